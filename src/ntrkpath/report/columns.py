"""Text in columns: cells wrapped at blanks and set side by side, with colours where a terminal takes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from ntrkpath.model.printable import printable

#: A text with its style: words of ``_CODES``, empty for none.
Span = tuple[str, str]
#: A cell: plain text, or spans one after the other.
Cell = str | Sequence[Span]

GAP = "  "
#: The last column keeps so much while another is wider.
_LEAST = 12
_WORD = re.compile(r"\s*\S+\s*")
_CODES = {
    "bold": "1", "dim": "2", "italic": "3", "red": "31", "green": "32", "yellow": "33", "magenta": "35", "cyan": "36",
}  # fmt: skip


def wide(text: str) -> int:
    """Return how many columns of a terminal a text takes: none for a mark on a letter, two for a wide sign."""
    if not text or max(text) < "\u0300":
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text)


def wrapped(text: str, width: int, *, first: str = "", later: str = "") -> list[str]:
    """Return a text as lines of at most ``width`` columns, broken at blanks; ``first`` and ``later`` lead them."""
    lines = (text[start:end].strip() for start, end in _breaks(text, width - max(wide(first), wide(later))))
    return [((later if i else first) + line).rstrip() for i, line in enumerate(lines)]


def set_side_by_side(
    cells: Sequence[Cell], widths: Sequence[int], *, right: Sequence[bool] = (), gap: str = GAP, colour: bool = False
) -> list[str]:
    """Return one row of a table as lines: each cell wrapped to its width, flush right where ``right`` says so."""
    columns = [list(_lines(cell, width, colour)) for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for i in range(max(map(len, columns))):
        pieces = []
        for number, (column, width) in enumerate(zip(columns, widths, strict=True)):
            text, taken = column[i] if i < len(column) else ("", 0)
            blank = " " * (width - taken)
            pieces.append(blank + text if right and right[number] else text + blank)
        lines.append(gap.join(pieces).rstrip())
    return lines


def natural(rows: Sequence[Sequence[str]], most: int, gap: int = len(GAP)) -> list[int]:
    """Return the widths of columns as their cells ask; the widest gives way until a line holds ``most``."""
    return fitted([max(max(map(wide, cells)), 1) for cells in zip(*rows, strict=True)], most, gap)


def fitted(widths: Sequence[int], most: int, gap: int = len(GAP)) -> list[int]:
    """Return widths of which the widest gave way until a line holds ``most`` columns."""
    found = list(widths)
    for _ in range(sum(found) + gap * (len(found) - 1) - most):
        found[max(range(len(found)), key=found.__getitem__)] -= 1
    return found


def aligned(rows: Sequence[Sequence[str]], most: int, *, right: Sequence[bool] = (), indent: str = "") -> list[str]:
    """Return rows as lines, each column as wide as its widest cell where that fits."""
    widths = natural(rows, most - len(indent))
    return [indent + line for row in rows for line in set_side_by_side(row, widths, right=right)]


class Page:
    """Lines of at most ``width`` columns, coloured where ``colour``; a terminal obeys nothing else in them."""

    def __init__(self, width: int, *, colour: bool = False) -> None:
        self.width, self.colour = width, colour
        self._lines: list[str] = []

    def line(self, cell: Cell = "", indent: int = 0) -> None:
        """Add a text, wrapped."""
        self.rows([(cell,)], None, indent=indent)

    def head(self, title: str) -> None:
        """Add the title of a section below an empty line."""
        self._lines.append("")
        self.line([(title, "bold cyan")])

    def rows(self, rows: Iterable[Sequence[Cell]], *widths: int | None, indent: int = 2) -> None:
        """Add rows in columns of these widths; ``None`` is the column that takes what is left."""
        room = self.width - indent - len(GAP) * (len(widths) - 1)
        left = max(room - sum(width or 0 for width in widths), _LEAST)
        chosen = fitted([left if width is None else width for width in widths], room, 0)
        for row in rows:
            self._lines += [" " * indent + line for line in set_side_by_side(row, chosen, colour=self.colour)]

    def text(self) -> str:
        """Return the lines."""
        return "\n".join(line.rstrip() for line in self._lines) + "\n"


def _lines(cell: Cell, width: int, colour: bool) -> Iterator[tuple[str, int]]:
    """Yield the lines of a cell, each with the columns it takes."""
    spans = [(cell, "")] if isinstance(cell, str) else cell
    spans = [(printable(text).replace("\t", " "), style) for text, style in spans]
    whole = "".join(text for text, _ in spans)
    for start, end in _breaks(whole, width):
        end = start + len(whole[start:end].rstrip())
        line = whole[start:end]
        yield (_coloured(spans, start, end) if colour else line), wide(line)


def _coloured(spans: Iterable[Span], start: int, end: int) -> str:
    """Return a stretch of the spans' text with the codes of their styles."""
    found, at = [], 0
    for text, style in spans:
        piece = text[max(0, start - at) : max(0, end - at)]
        at += len(text)
        if piece and style:
            piece = f"\x1b[{';'.join(_CODES[word] for word in style.split())}m{piece}\x1b[0m"
        found.append(piece)
    return "".join(found)


def _breaks(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Yield where each line begins and ends: at a new line, at blanks, and within a word that no line holds."""
    at = 0
    for paragraph in text.split("\n"):
        if wide(paragraph) <= width:
            yield at, at + len(paragraph)
        else:
            yield from ((at + start, at + end) for start, end in _broken(paragraph, width))
        at += len(paragraph) + 1


def _broken(text: str, width: int) -> Iterator[tuple[int, int]]:
    begun, taken = 0, 0
    for word in _WORD.finditer(text):
        start, size = word.start(), wide(word[0].rstrip())
        if taken + size > width and taken:
            yield begun, start
            begun, taken = start, 0
        for end in _cuts(text, start, word.end(), width) if size > width else ():
            yield begun, end
            begun = start = end
        taken += wide(text[start : word.end()])
    yield begun, len(text)


def _cuts(text: str, start: int, end: int, width: int) -> Iterator[int]:
    """Yield where a word longer than a line is cut."""
    taken = 0
    for at in range(start, end):
        size = wide(text[at])
        if taken + size > width and not text[at].isspace():
            yield at
            taken = 0
        taken += size
