"""Verdicts and recommendations in forms that other programs read: JSON, tables, frames, VICC, a section for MultiQC."""
