"""Sheets of evidence: headed rows of text with a flat record behind each, for the terminal, CSV and HTML."""

from __future__ import annotations

from typing import Any

import msgspec

from ntrkpath.evidence.proportions import Interval


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line: ``cells`` as shown, ``below`` further sentences to it, ``record`` the same as plain data.

    ``kind`` is ``study``, ``group`` or ``pooled``.
    """

    cells: tuple[str, ...]
    below: tuple[str, ...] = ()
    record: dict[str, Any] = {}
    kind: str = "study"


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A title, heads of columns (those that start with ``>`` stand flush right), rows, and notes below."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    ident: str = ""


def ends(interval: Interval, name: str) -> dict[str, float]:
    """Return the two ends of an interval as fields of a record, in percent."""
    return {f"{name}_low": 100 * interval.low, f"{name}_high": 100 * interval.high}


def noted(transcription: str, print_note: str, note: str = "") -> tuple[str, ...]:
    """Return what is to be said of the print and of the study: an uncertain transcription, a note, or nothing."""
    if transcription != "ok":
        said = f"Transcription {transcription}: {print_note or 'the print leaves it open.'}"
        return (said, f"Note: {note}") if note else (said,)
    return (f"Note: {note or print_note}",) if note or print_note else ()
