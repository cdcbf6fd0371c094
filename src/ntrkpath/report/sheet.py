"""Sheets, headed rows of text with a flat record behind each; and reports, sheets with what is said above them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from ntrkpath.evidence.proportions import Interval
from ntrkpath.guidance.edition import Edition

#: Makes a drawing of a width in px.
Draw = Callable[[float], str]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line: ``cells`` as shown, ``below`` further sentences to it, ``record`` the same as plain data.

    ``kind`` is ``study``, ``group`` or ``pooled``.
    """

    cells: tuple[str, ...]
    below: tuple[str, ...] = ()
    record: dict[str, Any] = {}
    kind: str = "study"


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A title, heads of columns (those that start with ``>`` stand flush right), rows, and notes below.

    ``folded``: a page opens it on request.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    ident: str = ""
    folded: bool = False


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Sheets under one title: the same for terminal, page, paper and table.

    Args:
        lead: Sentences that stand first: the answer.
        cautions: What would make the sheets misleading if it were read only below them.
        pictures: By the ``ident`` of the sheet above which they stand: what draws one at a width, or an SVG element.
        source: What it rests on, with edition and hash.
        use: The intended use.
        wide: A PDF lies on its side.
    """

    title: str
    sheets: tuple[Sheet, ...]
    source: str
    use: str
    lead: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    pictures: Mapping[str, Sequence[Draw | str]] = {}
    wide: bool = False


def rests_on(edition: Edition) -> str:
    """Return the edition with the beginning of its hash, as it stands below a report."""
    return f"{edition.id} {edition.version}, sha256 {edition.sha256[:12]}"


def named(sheet: str, name: str, cells: tuple[str, ...], **record: Any) -> Row:
    """Return a row whose first cell names it; its record names the sheet too, so that several sheets make one CSV."""
    return Row(cells=(name, *cells), record={"sheet": sheet, "row": name, **record})


def ends(interval: Interval, name: str) -> dict[str, float]:
    """Return the two ends of an interval as fields of a record, in percent."""
    return {f"{name}_low": 100 * interval.low, f"{name}_high": 100 * interval.high}


def noted(transcription: str, print_note: str, note: str = "") -> tuple[str, ...]:
    """Return what is to be said of the print and of the study: an uncertain transcription, a note, or nothing."""
    if transcription != "ok":
        said = f"Transcription {transcription}: {print_note or 'the print leaves it open.'}"
        return (said, f"Note: {note}") if note else (said,)
    return (f"Note: {note or print_note}",) if note or print_note else ()
