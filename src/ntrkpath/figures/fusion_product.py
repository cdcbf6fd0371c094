"""The product of a fusion as drawn: what either gene gives, and what of it is read."""

from __future__ import annotations

import msgspec

from ntrkpath.figures.fusion_pen import BAR, DOMAIN, Pen, bar, brackets, draw_domain, heading, write_labels
from ntrkpath.figures.svg import number
from ntrkpath.figures.tracks import Span, Track
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.numbers import grouped, percent

_CALLS = {"in": "in frame", "out": "out of frame", "unknown": "reading frame unknown"}
_STATES = {"in": "kept", "out": "lost", "unknown": "unplaced"}


class Product(msgspec.Struct, frozen=True):
    """What is joined: both genes, the stretch that each gives, and whether the second is read in frame.

    Args:
        call: Our frame: ``in``, ``out`` or ``unknown``.
        level: ``rna``, or ``dna``, where the exons are spliced only as annotated.
    """

    five: Track
    three: Track
    first: Span
    second: Span
    call: str
    level: str

    @property
    def stopped(self) -> bool:
        """Whether the 5' part holds the stop codon of its own gene."""
        return self.first.length >= self.five.total

    @property
    def state(self) -> str:
        """How the 3' part is drawn: ``kept``, ``lost`` (not read) or ``unplaced`` (not known)."""
        return "lost" if self.stopped else _STATES[self.call]

    def said(self) -> str:
        """Return what comes of it, in words."""
        if self.stopped:
            told = f"{self.five.gene} ends at its own stop codon, before the junction"
        else:
            told = _CALLS[self.call]
            if self.level == "dna" and self.call != "unknown":
                told += " if the exons are spliced as annotated"
            if self.call == "in" and self.first.length and self.second.length:
                told += f", about {grouped((self.first.length + self.second.length) // 3 - 1)} amino acids"
                told += "; one codon is joined from both genes" if self.first.length % 3 else ""
        for track, stretch in ((self.five, self.first), (self.three, self.second)):
            told += "" if stretch.length else f"; no coding part of {track.gene} is kept"
        return told

    def labels(self) -> tuple[str, str]:
        """Return what stands over either part."""
        read = {
            "in": f" ({grouped(max(self.second.length // 3 - 1, 0))} aa)",
            "out": ", not read in its frame",
            "unknown": ", reading not known",
        }
        return (
            f"{self.five.gene} part ({grouped(self.first.length // 3 - self.stopped)} aa)",
            f"{self.three.gene} part" + (", after the stop codon" if self.stopped else read[self.call]),
        )


def draw_product(pen: Pen, verdict: FusionVerdict, five: Track, three: Track, scale: float) -> None:
    """Draw the product of two genes whose breakpoints are placed, ``scale`` px to the coding base."""
    assert five.kept is not None and three.kept is not None
    made = Product(five, three, five.kept, three.kept, verdict.frame.ours, verdict.level)
    heading(pen, f"Product: {verdict.name}", made.said())
    join = pen.left + made.first.length * scale
    places = ((five, made.first, pen.left, "kept"), (three, made.second, join, made.state))
    over = [(x, span.length * scale, label)
            for (_, span, x, _), label in zip(places, made.labels(), strict=True)]  # fmt: skip
    top = brackets(pen, over, pen.y + 20)
    for track, span, x, state in places:
        bar(pen, track, span, x, top, scale, state)
    pen.path(f"M{number(join)} {number(top - 4)}V{number(top + BAR + 6)}", "break")
    y = top + BAR + 6
    labels = [
        label for track, span, x, state in places for label in _domains(pen, track, span, x, y, scale, state)
    ]  # fmt: skip
    pen.y = write_labels(pen, labels, y + DOMAIN + 3) if labels else y + 4


def _domains(
    pen: Pen, track: Track, stretch: Span, x: float, y: float, scale: float, state: str
) -> list[tuple[float, float, str]]:
    """Draw the domains of a stretch, and return their labels with where each domain lies."""
    labels = []
    for mark in track.marks:
        part = mark.span.within(stretch)
        if part is None:
            continue
        left, width = x + (part.start - stretch.start) * scale, part.length * scale
        draw_domain(pen, mark, left, width, y, state)
        share = track.share(mark) or 0.0
        fate = ": not read" if state == "lost" else "" if share >= 0.9999 else f": {percent(share)}"
        labels.append((left, left + width, mark.label + fate))
    return labels
