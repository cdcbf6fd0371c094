"""Which assembly a file's coordinates are on, where it does not say: the one whose exon boundaries they hit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ntrkpath.fusion.locus import NTRK, Atlas
from ntrkpath.model.errors import AnnotationError
from ntrkpath.model.fusion import Assembly, Breakpoint, Junction

if TYPE_CHECKING:
    from ntrkpath.fusion.assessment import Assessor

#: An exon boundary is hit by chance about once in 200 bases of a gene; lying in the named gene is weaker evidence,
#: and lying outside the named gene speaks against an assembly.
_BOUNDARY, _IN_GENE, _ELSEWHERE = 10, 1, -5


def infer(assessor: Assessor, junctions: Iterable[Junction]) -> tuple[dict[str, Assembly], dict[str, str]]:
    """Return the assembly of each file that does not state one, and a note that says so.

    Raises:
        AnnotationError: A file has coordinates that fit both assemblies equally well, or neither.
    """
    scores: dict[str, dict[Assembly, int]] = {}
    for junction in junctions:
        if junction.assembly is not None:
            continue
        points = [p for p in (junction.five_prime, junction.three_prime) if p.position is not None]
        if not points:
            continue
        score = scores.setdefault(junction.source.file, dict.fromkeys(assessor.transcripts.assemblies, 0))
        for assembly in assessor.transcripts.assemblies:
            atlas = assessor.atlas(assembly)
            score[assembly] += sum(_fit(atlas, point, junction.tolerance) for point in points)
    chosen: dict[str, Assembly] = {}
    notes: dict[str, str] = {}
    for file, score in scores.items():
        if len(score) == 1:
            chosen[file] = next(iter(score))
            continue
        (first, high), (_, low) = sorted(score.items(), key=lambda item: -item[1])[:2]
        if high == low:
            raise AnnotationError(
                "the assembly is not stated and the coordinates do not tell it",
                where=file,
                allowed=("GRCh37", "GRCh38"),
                remedy="state it (--assembly)",
            )
        chosen[file] = first
        notes[file] = f"assembly {first} inferred from the coordinates"
    return chosen, notes


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
