"""Counts of several registries, combined with the models of the evidence."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ntrkpath.evidence.glmm import Pooled, pool
from ntrkpath.evidence.proportions import Interval, clopper_pearson
from ntrkpath.model.errors import EvidenceError, RegistryError
from ntrkpath.registry.counts import TOTAL, ForPooling


class OfOne(msgspec.Struct, frozen=True):
    """One registry's counts of a histology, with the exact interval of the share."""

    study: str
    tested: int
    positive: int
    exact: Interval


class Combined(msgspec.Struct, frozen=True):
    """The frequency of a histology over several registries: random effects, binomial likelihood.

    ``pooled`` is None where the studies cannot be pooled; ``why_not`` says why.
    """

    histology: str
    studies: tuple[OfOne, ...]
    pooled: Pooled | None
    why_not: str = ""


def read_counts(path: Path) -> ForPooling:
    """Read counts that ``registry counts --for-pooling`` wrote.

    Raises:
        RegistryError: They are none, or contradict themselves.
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=ForPooling)
    except OSError as error:
        raise RegistryError(f"cannot be read ({error.strerror})", where=str(path)) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RegistryError(
            "no counts of a registry",
            where=str(path),
            remedy="`ntrkpath registry counts --for-pooling SITE` writes them",
        ) from None
    for row in found.counts:
        if not 0 <= row.positive <= row.tested <= row.subjects:
            raise RegistryError("counts that contradict each other", where=str(path), value=row.histology)
    return found


def combine(counts: list[ForPooling]) -> list[Combined]:
    """Combine the counts of several registries, by histology, and over all of them at the end.

    Raises:
        RegistryError: Two of them are of one book.
        EvidenceError: numpy or scipy is not installed.
    """
    books = [one.book for one in counts]
    twice = next((one.study for one in counts if books.count(one.book) > 1), None)
    if twice is not None:
        raise RegistryError("two files are of one registry", value=twice, remedy="give the newest of each registry")
    names = sorted({row.histology for one in counts for row in one.counts})
    found = []
    for name in [*names, TOTAL]:
        studies = []
        for one in counts:
            rows = [row for row in one.counts if name in (row.histology, TOTAL)]
            tested, positive = sum(r.tested for r in rows), sum(r.positive for r in rows)
            if tested:
                studies.append(OfOne(one.study, tested, positive, clopper_pearson(positive, tested)))
        if studies:
            found.append(_combined(name, studies))
    return found


def _combined(name: str, studies: list[OfOne]) -> Combined:
    try:
        pooled = pool([one.positive for one in studies], [one.tested for one in studies])
    except EvidenceError as error:
        return Combined(name, tuple(studies), None, error.problem)
    return Combined(name, tuple(studies), pooled)
