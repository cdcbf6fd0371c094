"""Which assembly a file's coordinates are on, where it does not say: the one whose exon boundaries they hit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ntrkpath.fusion.locus import NTRK, Atlas
from ntrkpath.model.errors import AnnotationError
from ntrkpath.model.fusion import Assembly, Breakpoint, Junction

#: An exon boundary is hit by chance about once in 200 bases of a gene; lying in the named gene is weaker evidence,
#: and lying outside the named gene speaks against an assembly.
_BOUNDARY, _IN_GENE, _ELSEWHERE = 10, 1, -5


class Told(NamedTuple):
    """The assembly of rows that do not state one, and the note that says how it was told.

    Args:
        assembly: ``None`` where no row needs one.
    """

    assembly: Assembly | None
    note: str | None


def infer(
    assemblies: Sequence[Assembly], atlas: Callable[[Assembly], Atlas], junctions: Sequence[Junction], file: str
) -> Told:
    """Return the assembly of the rows of one file that state none.

    The coordinates must speak for it, and more than for the other: what merely speaks less against it tells nothing.

    Args:
        assemblies: Those that the annotation holds; ``atlas`` gives the annotation of one.

    Raises:
        AnnotationError: The coordinates fit both assemblies equally well, or neither.
    """
    open_ones = [j for j in junctions if j.assembly is None]
    rows = [[p for p in (j.five_prime, j.three_prime) if p.position is not None] for j in open_ones]
    if not any(rows):
        return Told(None, None)
    if len(assemblies) == 1:
        return Told(assemblies[0], None)
    score = {
        assembly: sum(
            _fit(atlas(assembly), point, junction.tolerance)
            for junction, points in zip(open_ones, rows, strict=True)
            for point in points
        )
        for assembly in assemblies
    }
    (first, high), (_, low) = sorted(score.items(), key=lambda item: -item[1])[:2]
    if high == low or high <= 0:
        raise AnnotationError(
            "the assembly is not stated and the coordinates do not tell it",
            where=file,
            allowed=("GRCh37", "GRCh38"),
            remedy="state it (--assembly)",
        )
    return Told(first, f"assembly {first} inferred from the coordinates")


def _fit(atlas: Atlas, point: Breakpoint, tolerance: int) -> int:
    assert point.position is not None
    genes = atlas.annotation.named(point.gene) if point.gene else ()
    if not genes and point.chromosome:
        genes = tuple(g for g in atlas.annotation.at(point.chromosome, point.position) if g.symbol in NTRK)
    score = _ELSEWHERE if genes else 0
    for gene in genes:
        low, high = gene.span
        if not low <= point.position <= high or (point.chromosome and point.chromosome != gene.chromosome):
            continue
        sites = atlas.sites(gene)
        near = any(
            sites.is_boundary(sites.snap(point.position, role, tolerance), role)
            for role in ("five_prime", "three_prime")
        )
        score = max(score, _BOUNDARY if near else _IN_GENE)
    return score


def fits_elsewhere(atlas: Atlas, other: Atlas, junction: Junction) -> bool:
    """Whether a named gene misses its position on this assembly while both named genes fit on the other one."""
    points = [p for p in (junction.five_prime, junction.three_prime) if p.gene and p.position is not None]
    here = [_fit(atlas, p, junction.tolerance) for p in points]
    return _ELSEWHERE in here and all(_fit(other, p, junction.tolerance) > 0 for p in points)
