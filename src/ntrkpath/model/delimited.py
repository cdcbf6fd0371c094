"""Cells of CSV and TSV files that a spreadsheet would run as formulas, made plain text, and read back."""

from __future__ import annotations

#: A cell that begins with one of these gets a mark before it, and so does one that begins with the mark itself: to
#: take one mark off every cell that begins with it gives each cell back. (OWASP, CSV injection.)
MARK = "'"
FORMULA = ("=", "+", "-", "@", "\t", "\r", MARK)


def neutral(cell: str) -> str:
    """Return a text that came from outside such that no spreadsheet runs it."""
    return MARK + cell if cell.startswith(FORMULA) else cell


def restored(cell: str) -> str:
    """Return the text that ``neutral`` was given."""
    return cell.removeprefix(MARK)
