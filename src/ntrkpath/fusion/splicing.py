"""Splice sites under an RNA junction: both breakpoints at exon boundaries, or a little off in a way that says why."""

from __future__ import annotations

from typing import NamedTuple

from ntrkpath.fusion.decision import Thresholds
from ntrkpath.fusion.locus import Atlas, Locus
from ntrkpath.fusion.site import GeneSites, Role

#: How well both breakpoints fit exon boundaries. ``SNAPPED``: within the tolerance of the format; ``SHIFTED``: off by
#: the same few bases in the same direction, which gives the same RNA; ``NEAR``: a few bases off, each for itself.
EXACT, SNAPPED, SHIFTED, NEAR, NONE = 4, 3, 2, 1, 0


class Fit(NamedTuple):
    """Two breakpoints on exon boundaries.

    Args:
        how: ``EXACT`` to ``NONE``.
        five: Last base of the exon on the 5' side; the position as given where nothing fits.
        three: First base of the exon on the 3' side.
        shift: Bases by which both sides were off, in the direction of transcription.
    """

    how: int
    five: int
    three: int
    shift: int = 0


def fit(
    atlas: Atlas, five: Locus, three: Locus, tolerance: int, thresholds: Thresholds, mended: bool = False
) -> Fit:  # fmt: skip
    """Return how two breakpoints fit exon boundaries if ``five`` gives the 5' end.

    A shift keeps the number of bases before and after the junction, so that the reading frame is that of the
    boundaries. Whether the shifted bases are equal on both sides is not looked at: no genome sequence is shipped.

    Args:
        tolerance: Bases by which a breakpoint of this format may miss a boundary.
        mended: Also accept breakpoints that are off by a few bases each for itself (``NEAR``).
    """
    a, b = five.position, three.position
    assert a is not None
    assert b is not None
    if five.gene is None or three.gene is None:
        return Fit(NONE, a, b)
    left, right = atlas.sites(five.gene), atlas.sites(three.gene)
    if a in left.donors and b in right.acceptors:
        return Fit(EXACT, a, b)
    bases = max(tolerance, thresholds.junction_shift, thresholds.mended_bases)
    if a not in left.near("five_prime", bases) or b not in right.near("three_prime", bases):
        return Fit(NONE, a, b)  # by far the most that are not exact
    if tolerance and (near := _near(left, a, right, b, tolerance)):
        return Fit(SNAPPED, *near)
    ahead_left, ahead_right = 1 if left.plus else -1, 1 if right.plus else -1
    for size in range(1, thresholds.junction_shift + 1):
        for shift in (size, -size):
            x, y = a - shift * ahead_left, b - shift * ahead_right
            if x in left.donors and y in right.acceptors:
                return Fit(SHIFTED, x, y, shift)
    if mended and (near := _near(left, a, right, b, thresholds.mended_bases)):
        return Fit(NEAR, *near)
    return Fit(NONE, a, b)


def _near(left: GeneSites, a: int, right: GeneSites, b: int, tolerance: int) -> tuple[int, int] | None:
    x, y = left.snap(a, "five_prime", tolerance), right.snap(b, "three_prime", tolerance)
    return (x, y) if x in left.donors and y in right.acceptors else None


def edges(atlas: Atlas, five: Locus, three: Locus, tolerance: int) -> int:
    """Return how many sides are splice sites if ``five`` gives the 5' end, within a tolerance."""
    return _is_edge(atlas, five, "five_prime", tolerance) + _is_edge(atlas, three, "three_prime", tolerance)


def _is_edge(atlas: Atlas, locus: Locus, role: Role, tolerance: int) -> bool:
    if locus.gene is None or locus.position is None:
        return False
    sites = atlas.sites(locus.gene)
    return sites.is_boundary(sites.snap(locus.position, role, tolerance) if tolerance else locus.position, role)


def told(found: Fit, five: Locus, three: Locus) -> list[str]:
    """Return what to say of breakpoints that were moved onto exon boundaries."""
    if found.how == SHIFTED:
        where = "behind" if found.shift > 0 else "before"
        bases = f"{abs(found.shift)} base{'' if abs(found.shift) == 1 else 's'}"
        return [
            f"both breakpoints lie {bases} {where} their exon boundaries, which gives a transcript of the same exons: "
            "moved onto the boundaries; the sequence of the shared bases was not compared"
        ]
    if found.how not in (SNAPPED, NEAR):
        return []
    notes = []
    for locus, position in ((five, found.five), (three, found.three)):
        assert locus.position is not None
        if moved := abs(position - locus.position):
            notes.append(f"{locus.name}: breakpoint moved {moved} bp onto the exon boundary")
    return notes
