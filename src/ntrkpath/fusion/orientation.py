"""Which side of a junction is 5': from strands, from the sides that are kept, or from the splice sites themselves."""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from ntrkpath.fusion.decision import Thresholds
from ntrkpath.fusion.locus import NTRK, Atlas, Locus
from ntrkpath.fusion.site import Role
from ntrkpath.fusion.splicing import EXACT, NEAR, NONE, edges, fit
from ntrkpath.model.fusion import Junction

End = Literal["three_prime", "five_prime", "unknown"]


class Orientation(msgspec.Struct, frozen=True, gc=False):
    """The two sides in order.

    Args:
        repaired: Whether the order is ours: the caller's was turned round, or the format has none.
        sense: ``sense``, ``antisense``, ``contradicted`` where strands and splice sites disagree, or ``unknown``.
        ntrk_end: Which end of the product the NTRK gene gives.
        mended: The order rests on exon boundaries from which the breakpoints are a few bases off.
    """

    five: Locus
    three: Locus
    repaired: bool
    sense: str
    ntrk_end: End
    mended: bool = False


def _role(locus: Locus, retained: str | None) -> Role | None:
    """Return the end of its own gene that this side keeps."""
    if retained is None or locus.gene is None:
        return None
    return "five_prime" if (retained == "left") == (locus.gene.strand == "+") else "three_prime"


def _retained(locus: Locus, role: Role, ordered: bool) -> str | None:
    """Return the side of the position that is kept: as stated, or from the transcribed strand and the order."""
    point = locus.point
    if point.retained is not None:
        return point.retained
    if not ordered or point.strand is None:
        return None
    return "left" if (point.strand == "+") == (role == "five_prime") else "right"


def _ntrk_end(five: Locus, three: Locus) -> End:
    if three.name in NTRK:
        return "three_prime"
    return "five_prime" if five.name in NTRK else "unknown"


def orient(atlas: Atlas, junction: Junction, first: Locus, second: Locus, thresholds: Thresholds) -> Orientation:
    """Return the two sides in 5' to 3' order.

    In this order: the sides of the chromosome that are kept (stated, or implied by strand and order); the splice
    sites, as a 5' side ends an exon and a 3' side opens one; the order of the caller. RNA whose two breakpoints are
    splice sites, or lie a few bases off such, only in reverse order is turned round also where the caller claims an
    order. Strands that contradict two splice sites that fit in order are doubted.
    """
    ordered = junction.ordered
    stated = first.point.retained is not None and second.point.retained is not None
    a = _role(first, _retained(first, "five_prime", ordered))
    b = _role(second, _retained(second, "three_prime", ordered))
    if junction.level == "rna" and first.position is not None and second.position is not None:
        found = _by_sites(atlas, junction, first, second, thresholds, a, b, stated)
        if found is not None:
            return found
    if a is not None and a == b:
        return _antisense(first, second, a, ordered)
    if not _as_read(a, b):
        return _against(first, second, a, b, ordered)
    if a is not None or b is not None or ordered:
        told = not junction.antisense or (a is not None and b is not None)
        return Orientation(first, second, not ordered, "sense" if told else "unknown", _ntrk_end(first, second))
    # Nothing tells: the NTRK gene is put second, as it would stand in a productive fusion, and the doubt is kept.
    pair = (second, first) if first.name in NTRK and second.name not in NTRK else (first, second)
    return Orientation(*pair, False, "unknown", "unknown" if first.name != second.name else _ntrk_end(*pair))


def _as_read(a: Role | None, b: Role | None) -> bool:
    """Whether no side keeps the other end of its gene than its place in the row needs."""
    return a != "three_prime" and b != "five_prime"


def _by_sites(
    atlas: Atlas,
    junction: Junction,
    first: Locus,
    second: Locus,
    thresholds: Thresholds,
    a: Role | None,
    b: Role | None,
    stated: bool,
) -> Orientation | None:
    """Return the order that the splice sites of RNA give; ``None`` where they do not settle it.

    Args:
        a, b: The end of its own gene that each side keeps, where that is known.
        stated: Whether the file says which sides are kept; then sites only speak against it.
    """
    if not _as_read(a, b):
        return _against_sites(atlas, first, second, thresholds, a is not None and a == b)
    if stated:
        return None
    sure = junction.ordered or a is not None or b is not None
    order = (_claimed if sure else _unclaimed)(atlas, junction.tolerance, first, second, thresholds)
    if order is None:
        return None
    pair = (second, first) if order.turned else (first, second)
    return Orientation(*pair, True, "sense", _ntrk_end(*pair), order.mended)


def _antisense(first: Locus, second: Locus, kept: Role, ordered: bool) -> Orientation:
    """Return the order where both sides keep the same end of their genes: NTRK stands at that end."""
    turned = (second.name in NTRK) != (kept == "three_prime")
    pair = (second, first) if turned else (first, second)
    return Orientation(*pair, not ordered, "antisense", kept)


class _Order(NamedTuple):
    """The order that splice sites give; ``mended``: they are a few bases off, each side for itself."""

    turned: bool
    mended: bool


def _claimed(atlas: Atlas, tolerance: int, first: Locus, second: Locus, thresholds: Thresholds) -> _Order | None:
    """Return the order of a row that claims one: turned, where both sides fit so and neither as it stands."""
    if fit(atlas, first, second, tolerance, thresholds).how > NONE:
        return None
    turned = fit(atlas, second, first, tolerance, thresholds, mended=True)
    if turned.how == NONE or (turned.how > NEAR and edges(atlas, first, second, tolerance)):
        return None
    if turned.how == NEAR and fit(atlas, first, second, tolerance, thresholds, mended=True).how == NEAR:
        return None
    return _Order(True, turned.how == NEAR)


def _unclaimed(atlas: Atlas, tolerance: int, first: Locus, second: Locus, thresholds: Thresholds) -> _Order | None:
    """Return the order of a row that claims none: the one whose sides fit better; the same whichever side is first."""
    given = fit(atlas, first, second, tolerance, thresholds, mended=True).how
    turned = fit(atlas, second, first, tolerance, thresholds, mended=True).how
    if given != turned and max(given, turned) > NEAR:
        return _Order(turned > given, False)
    here, there = edges(atlas, first, second, tolerance), edges(atlas, second, first, tolerance)
    if here != there:
        return _Order(there > here, False)
    return _Order(turned > given, True) if given != turned else None


def _against_sites(
    atlas: Atlas, first: Locus, second: Locus, thresholds: Thresholds, antisense: bool
) -> Orientation | None:
    """Return the order that two exact splice sites give where the strands do not fit the row as it stands.

    Strands that say the same order are believed; others contradict the sites, and nothing is settled.
    """
    if fit(atlas, first, second, 0, thresholds).how == EXACT:
        return Orientation(first, second, False, "contradicted", _ntrk_end(first, second))
    if fit(atlas, second, first, 0, thresholds).how == EXACT:
        return Orientation(second, first, True, "contradicted" if antisense else "sense", _ntrk_end(second, first))
    return None


def _against(first: Locus, second: Locus, a: Role | None, b: Role | None, ordered: bool) -> Orientation:
    """Return the order where a side keeps the end of its gene that its place in the row does not need.

    With both ends known, or a format without order, the row is turned round. With one end known the other side may
    be turned round or antisense: what is sure is which end the known gene gives.
    """
    end = _ntrk_end(second, first)
    if (a is not None and b is not None) or not ordered or first.gene is None or second.gene is None:
        return Orientation(second, first, True, "sense", end)
    known = first if a is not None else second
    return Orientation(second, first, True, "unknown", end if known.name in NTRK else "unknown")
