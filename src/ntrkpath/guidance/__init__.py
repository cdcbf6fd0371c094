"""Editions of the guidance: loading, looking up, comparing."""

from ntrkpath.guidance.edition import Edition, Statement, available, load, loaded

__all__ = ["Edition", "Statement", "available", "load", "loaded"]
