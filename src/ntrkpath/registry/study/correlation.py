"""What goes with a fusion, with its gene and with response: exact tests, and how many were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import msgspec

from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.registry.study.exact_tables import exact_test, holm
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.treatment import best_response


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tests that are adjusted together: what is compared, among whom, and with which traits."""

    id: str
    says: str
    among: str
    compared: str
    traits: dict[str, str]
    note: str = ""


class Association(msgspec.Struct, frozen=True, kw_only=True):
    """One trait against what is compared.

    Args:
        columns: The levels compared; ``rows`` each level of the trait with its counts in them.
        unknown: Participants of this set whose trait or outcome is not known; they are in no row.
        p: Of the exact test; ``None`` where one level alone occurs. ``adjusted``: after Holm, over the family.
        exact: Every table was gone through; else random tables were drawn.
    """

    family: str
    trait: str
    says: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    unknown: int
    p: float | None
    adjusted: float | None = None
    exact: bool = True


class Correlations(msgspec.Struct, frozen=True):
    """The tests of one family; ``tests`` of them could be made and are adjusted together."""

    family: Family
    tests: int
    associations: tuple[Association, ...]


@cache
def families() -> tuple[Family, ...]:
    """Return the families of tests that the knowledge names."""
    plain = load_plain((KNOWLEDGE / "registry" / "correlates.yaml").read_bytes())
    return tuple(msgspec.convert(plain["families"], tuple[Family, ...]))


def correlations(participants: Iterable[Participant]) -> tuple[Correlations, ...]:
    """Return the associations of every family."""
    given = list(participants)
    return tuple(_family(family, given) for family in families())


def _family(family: Family, participants: Sequence[Participant]) -> Correlations:
    among = [one for one in participants if _AMONG[family.among](one)]
    found = [_association(family, trait, says, among) for trait, says in family.traits.items()]
    made = [one for one in found if one.p is not None]
    adjusted = iter(holm([one.p for one in made if one.p is not None]))
    return Correlations(
        family,
        len(made),
        tuple(msgspec.structs.replace(o, adjusted=next(adjusted)) if o.p is not None else o for o in found),
    )


def _association(family: Family, trait: str, says: str, among: Sequence[Participant]) -> Association:
    compared = _COMPARED[family.compared]
    pairs = [(level_of(one, trait), compared(one)) for one in among]
    known = Counter((row, column) for row, column in pairs if row is not None and column is not None)
    columns = tuple(sorted({column for _, column in known}))
    levels = sorted({row for row, _ in known})
    rows = tuple((level, tuple(known[level, column] for column in columns)) for level in levels)
    tested = exact_test([counts for _, counts in rows]) if rows else None
    return Association(
        family=family.id, trait=trait, says=says, columns=columns, rows=rows, unknown=len(pairs) - known.total(),
        p=tested.p if tested else None, exact=tested.exact if tested else True,
    )  # fmt: skip


def level_of(one: Participant, trait: str) -> str | None:
    """Return the level of a trait; ``None`` where it is not known."""
    if trait == "response":
        return _responded(one)
    return one.traits.get(trait)


def _responded(one: Participant) -> str | None:
    best = best_response(one)
    return None if best in (None, "NE", "unknown") else "CR or PR" if best in ("CR", "PR") else "SD or PD"


def _found(one: Participant) -> str | None:
    """Return whether the way of the study (stain, then sequencing) found a fusion; ``None`` where it has no end yet.

    A fusion found in a drawn negative is left out: negatives are drawn unequally, by the very traits compared.
    """
    if one.stain == "negative":
        return None if one.sequence == "fusion" else "not found"
    if one.stain != "positive" or not one.conclusive:
        return None
    return "found" if one.sequence == "fusion" else "not found"


_AMONG: dict[str, Callable[[Participant], Any]] = {
    "stained": lambda one: one.stain in ("positive", "negative"),
    "fusion": lambda one: one.sequence == "fusion",
}
_COMPARED: dict[str, Callable[[Participant], str | None]] = {
    "found": _found,
    "gene": lambda one: one.traits.get("gene"),
    "response": _responded,
}
