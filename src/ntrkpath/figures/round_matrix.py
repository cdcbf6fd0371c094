"""The matrix of a round: laboratories by samples, each cell a sign for what the result is worth; colour is spare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from ntrkpath.figures import host
from ntrkpath.figures.axes import MARGIN, SMALL, heading, notes, plot
from ntrkpath.figures.svg import clean, escape, number, tag, text_lines, text_width

#: Cells are drawn with signs up to so many rows and columns; beyond, as areas by kind.
_SIGNED = (80, 40)
_SIDE = 22.0
_KINDS = ("right", "wrong", "beside", "none")
#: Rules for the cells, beside those of every plot.
STYLE = """
.ntrk-plot .cell-right{fill:var(--box);stroke:var(--edge);stroke-width:.5}
.ntrk-plot .cell-wrong{fill:var(--ink);stroke:var(--ink);stroke-width:.5}
.ntrk-plot .cell-beside{fill:var(--taken-box);stroke:var(--taken);stroke-width:1}
.ntrk-plot .cell-none{fill:var(--paper);stroke:var(--edge);stroke-width:.5;stroke-dasharray:2 2}
.ntrk-plot text.on-wrong{fill:var(--paper);font-weight:700}
"""


class Meaning(msgspec.Struct, frozen=True):
    """What a sign says, and how it counts: ``right``, ``wrong``, ``beside`` or ``none``."""

    sign: str
    says: str
    kind: str


def matrix_svg(
    rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[str, str], str], meanings: Mapping[str, Meaning],
    *, title: str, ident: str = "matrix", notes_below: Sequence[str] = (),
) -> str:  # fmt: skip
    """Return the matrix as one SVG element.

    Args:
        rows: Laboratories (with their assay), from the top; ``columns`` samples, from the left.
        cells: A key of ``meanings`` for each row and column; an absent one is left blank.
        meanings: What each outcome says.
        title: Stands above and names the picture to a screen reader.
        ident: Makes the ids unique where several pictures share a page.
        notes_below: Sentences below.
    """
    head, top = heading(title)
    grid = _grid(rows, columns, top)
    parts = [head, host.style(STYLE)]
    if grid.signed:
        parts += _names(rows, columns, grid) + _signs(rows, columns, cells, meanings, grid.left, grid.top)
    else:
        parts += _areas(rows, columns, cells, meanings, grid.left, grid.top, grid.side, grid.tall)
    met = set(cells.values())
    legend = "; ".join(f"{meaning.sign} {meaning.says}" for key, meaning in meanings.items() if key in met)
    said = f"Signs: {legend}." if grid.signed else _AREAS
    below, end = notes([said, *notes_below], grid.top + len(rows) * grid.tall + 16)
    width = max(960.0, grid.left + len(columns) * grid.side + MARGIN)
    told = f"{len(rows)} assays of laboratories by {len(columns)} samples: {_told(cells, meanings, grid.signed)}"
    return plot([*parts, below], end, clean(title), clean(told), ident, width)


_AREAS = "Dark: wrong. Outlined: beside. Pale: right. The results hold every cell."


class _Grid(msgspec.Struct, frozen=True):
    """Where the cells stand: the corner of the first, and width and height of each; with signs and names, or not."""

    signed: bool
    left: float
    top: float
    side: float
    tall: float


def _grid(rows: Sequence[str], columns: Sequence[str], top: float) -> _Grid:
    if len(rows) > _SIGNED[0] or len(columns) > _SIGNED[1]:
        side, tall = 900 / max(len(columns), 1), 700 / max(len(rows), 1)
        return _Grid(False, MARGIN + 10, top + 8, max(1.5, min(8.0, side)), max(0.8, min(8.0, tall)))
    longest = [max((text_width(clean(name), SMALL) for name in names), default=0.0) for names in (rows, columns)]
    return _Grid(True, MARGIN + longest[0] + 12, top + longest[1] + 10, _SIDE, _SIDE)


def _names(rows: Sequence[str], columns: Sequence[str], grid: _Grid) -> list[str]:
    """Return the names: samples upright above, laboratories at the left."""
    parts = []
    for i, name in enumerate(columns):
        x = grid.left + (i + 0.5) * grid.side + 4
        turn = f"rotate(-90 {number(x)} {number(grid.top - 5)})"
        parts.append(tag("text", escape(name), x=x, y=grid.top - 5, font_size=SMALL, transform=turn))
    for i, name in enumerate(rows):
        y = grid.top + (i + 0.5) * grid.tall + SMALL * 0.36
        parts.append(text_lines([clean(name)], grid.left - 8, y, SMALL, anchor="end"))
    return parts


def _told(cells: Mapping[tuple[str, str], str], meanings: Mapping[str, Meaning], named: bool) -> str:
    """Return how many cells are of each kind, and where ``named`` which are wrong."""
    counts = Counter(meanings[key].kind for key in cells.values())
    told = ", ".join(f"{counts[kind]} {kind}" for kind in _KINDS if counts[kind]) + "."
    wrong = [
        f"{row}, {column}: {meanings[key].says}"
        for (row, column), key in cells.items()
        if named and meanings[key].kind == "wrong"
    ]
    return told + (f" Wrong: {'; '.join(wrong)}." if wrong else "")


def _signs(
    rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[str, str], str], meanings: Mapping[str, Meaning],
    left: float, top: float,
) -> list[str]:  # fmt: skip
    parts = []
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            key = cells.get((row, column))
            if key is None:
                continue
            meaning = meanings[key]
            x, y = left + j * _SIDE, top + i * _SIDE
            box = tag(
                "rect", tag("title", escape(f"{row}, {column}: {meaning.says}")), x=x + 1, y=y + 1, width=_SIDE - 2,
                height=_SIDE - 2, class_=f"cell-{meaning.kind}",
            )  # fmt: skip
            class_ = "on-wrong" if meaning.kind == "wrong" else ""
            sign = text_lines([meaning.sign], x + _SIDE / 2, y + _SIDE / 2 + 4, SMALL, anchor="middle", class_=class_)
            parts.append(box + sign)
    return parts


def _areas(
    rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[str, str], str], meanings: Mapping[str, Meaning],
    left: float, top: float, side: float, tall: float,
) -> list[str]:  # fmt: skip
    """Return one path a kind: runs of equal cells along each row."""
    data: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for i, row in enumerate(rows):
        start, kind = 0, ""
        for j in range(len(columns) + 1):
            key = cells.get((row, columns[j])) if j < len(columns) else None
            here = meanings[key].kind if key is not None else ""
            if here != kind:
                if kind:
                    x, y, run = left + start * side, top + i * tall, (j - start) * side
                    data[kind].append(f"M{number(x)} {y:.2f}h{number(run)}v{tall:.2f}h{number(-run)}z")
                start, kind = j, here
    return [
        tag("path", d="".join(runs), class_=f"cell-{kind}", style="stroke:none") for kind, runs in data.items() if runs
    ]
