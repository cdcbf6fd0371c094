"""Which side of a junction is 5': from strands, from the sides that are kept, or from the splice sites themselves."""

from __future__ import annotations

from typing import Literal

import msgspec

from ntrkpath.fusion.locus import NTRK, Atlas, Locus
from ntrkpath.fusion.site import Role
from ntrkpath.model.fusion import Junction

End = Literal["three_prime", "five_prime", "unknown"]


class Orientation(msgspec.Struct, frozen=True, gc=False):
    """The two sides in order.

    Args:
        repaired: Whether the order is ours: the caller's was turned round, or the format has none.
        sense: ``sense``, ``antisense``, or ``unknown`` where nothing tells.
        ntrk_end: Which end of the product the NTRK gene gives.
    """

    five: Locus
    three: Locus
    repaired: bool
    sense: str
    ntrk_end: End


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


def _is_edge(atlas: Atlas, locus: Locus, role: Role, tolerance: int) -> bool:
    """Whether the position is a splice site for this role, within the tolerance of the format."""
    if locus.gene is None or locus.position is None:
        return False
    sites = atlas.sites(locus.gene)
    return sites.is_boundary(sites.snap(locus.position, role, tolerance) if tolerance else locus.position, role)


def _edges(atlas: Atlas, five: Locus, three: Locus, tolerance: int) -> int:
    """Return how many sides are splice sites if ``five`` gives the 5' end."""
    return _is_edge(atlas, five, "five_prime", tolerance) + _is_edge(atlas, three, "three_prime", tolerance)


def _ntrk_end(five: Locus, three: Locus) -> End:
    if three.name in NTRK:
        return "three_prime"
    return "five_prime" if five.name in NTRK else "unknown"


def orient(atlas: Atlas, junction: Junction, first: Locus, second: Locus) -> Orientation:
    """Return the two sides in 5' to 3' order.

    In this order: the sides of the chromosome that are kept (stated, or implied by strand and order); the splice
    sites, as a 5' side ends an exon and a 3' side opens one; the order of the caller. RNA whose two breakpoints are
    splice sites only in reverse order is turned round also where the caller claims an order.
    """
    ordered = junction.ordered
    stated = first.point.retained is not None and second.point.retained is not None
    a = _role(first, _retained(first, "five_prime", ordered))
    b = _role(second, _retained(second, "three_prime", ordered))
    if not stated and junction.level == "rna" and a != "three_prime" and b != "five_prime":
        tolerance = junction.tolerance
        if not ordered and a is None and b is None:
            as_given, turned = _edges(atlas, first, second, tolerance), _edges(atlas, second, first, tolerance)
            if as_given != turned:
                pair = (first, second) if as_given > turned else (second, first)
                return Orientation(*pair, True, "sense", _ntrk_end(*pair))
        elif (
            _is_edge(atlas, second, "five_prime", tolerance)
            and _is_edge(atlas, first, "three_prime", tolerance)
            and not _edges(atlas, first, second, tolerance)
        ):
            return Orientation(second, first, True, "sense", _ntrk_end(second, first))
    if a is not None and a == b:
        ntrk_second = second.name in NTRK
        turned_round = ntrk_second != (a == "three_prime")
        pair = (second, first) if turned_round else (first, second)
        return Orientation(*pair, not ordered, "antisense", "three_prime" if a == "three_prime" else "five_prime")
    if a == "three_prime" or b == "five_prime":
        return _against(first, second, a, b, ordered)
    if a == "five_prime" or b == "three_prime" or ordered:
        told = not junction.antisense or (a is not None and b is not None)
        return Orientation(first, second, not ordered, "sense" if told else "unknown", _ntrk_end(first, second))
    # Nothing tells: the NTRK gene is put second, as it would stand in a productive fusion, and the doubt is kept.
    pair = (second, first) if first.name in NTRK and second.name not in NTRK else (first, second)
    return Orientation(*pair, False, "unknown", "unknown" if first.name != second.name else _ntrk_end(*pair))


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
