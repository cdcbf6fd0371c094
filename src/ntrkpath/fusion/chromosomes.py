"""The chromosomes of an assembly: which positions lie on them, and their RefSeq accessions."""

from __future__ import annotations

from functools import cache

from ntrkpath.fusion.decision import knowledge
from ntrkpath.model.fusion import Assembly, Breakpoint


@cache
def _lengths(assembly: Assembly) -> dict[str, int]:
    return dict(knowledge("assemblies")[assembly]["length"])


@cache
def _accessions(assembly: str) -> dict[str, str]:
    return dict(knowledge("assemblies").get(assembly, {}).get("accession", {}))


def accession(chromosome: str, assembly: str) -> str | None:
    """Return the RefSeq accession of a chromosome on an assembly; ``None`` where we know none."""
    return _accessions(assembly).get(chromosome)


def fits(point: Breakpoint, assembly: Assembly) -> bool:
    """Whether a position lies on its chromosome; a chromosome whose length we do not know holds every position."""
    if point.position is None:
        return True
    length = _lengths(assembly).get(point.chromosome or "")
    return point.position >= 1 and (length is None or point.position <= length)


def beyond(points: tuple[Breakpoint, ...], assemblies: tuple[Assembly, ...]) -> Breakpoint | None:
    """Return the first side whose position lies beyond its chromosome on every one of some assemblies."""
    return next((p for p in points if assemblies and not any(fits(p, a) for a in assemblies)), None)
