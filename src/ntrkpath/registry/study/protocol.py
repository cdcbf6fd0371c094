"""Protocols as data: who is screened, what confirms, which negatives are sequenced, time limits, stopping rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.guidance import Edition
from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.model.errors import NtrkpathError, RegistryError

DIRECTORY = KNOWLEDGE / "registry" / "protocols"
DEFAULT = "sts_ihc_mps"
#: Facts that are known before any NTRK test; population and strata may read no others.
BEFORE = ("histology_group", "age_band", "s100_cd34", "lineage", "differentiation", "extent")
Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]*$", max_length=40)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
When = dict[str, str | tuple[str, ...]]
Milestone = Literal["enrolled", "stained", "read", "sent", "received", "reported", "returned"]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a protocol, closed against unknown keys."""


class Population(_Part, frozen=True):
    """Who is screened, by facts known before the test."""

    says: str
    when: When = {}


class StainReading(_Part, frozen=True):
    """Levels of the fact ``ihc`` that are a positive and a negative; all others are no result."""

    positive: tuple[str, ...]
    negative: tuple[str, ...]


class Confirmation(_Part, frozen=True):
    """Levels of the fact ``sequence`` that show a fusion and that exclude one; all others leave it open."""

    methods: tuple[Literal["rna_mps", "dna_mps"], ...]
    fusion: tuple[str, ...]
    no_fusion: tuple[str, ...]


class SampledStratum(_Part, frozen=True):
    """A stratum of stained negatives and the share of it that is sequenced; without ``when`` it holds all others."""

    id: Name
    says: str
    fraction: Share
    when: When = {}


class Negatives(_Part, frozen=True):
    """Which stained negatives are sequenced; the first stratum that holds counts. ``key`` makes the draw."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    strata: tuple[SampledStratum, ...]


class TimeLimit(_Part, frozen=True):
    """Most days from one step to another; ``only``: those alone whose tumour is to be sequenced."""

    id: Name
    says: str
    start: Milestone
    end: Milestone
    days: Annotated[int, msgspec.Meta(ge=0)]
    only: Literal["all", "to_sequence"] = "all"


class ChildWatch(_Part, frozen=True):
    """Most days between two visits of a child under a TRK inhibitor, until growth ends."""

    days: Annotated[int, msgspec.Meta(ge=1)]


class Review(_Part, frozen=True):
    """Central review: the share of tumours without a positive result that stands among those with one."""

    others: Share


class StoppingRule(_Part, frozen=True):
    """A figure of the results and where it is to stand for the study to stop."""

    id: Name
    says: str
    when: Literal["results", "fusions", "frequency_width", "sensitivity_high", "sensitivity_low"]
    at_least: float | None = None
    at_most: float | None = None


class Protocol(_Part, frozen=True):
    """A screening protocol; ``id`` is the name of its file."""

    title: str
    version: str
    population: Population
    first_test: Literal["pan_trk_ihc"]
    stain: StainReading
    confirmation: Confirmation
    negatives: Negatives
    collections: tuple[Literal["prospective", "retrospective"], ...] = ("prospective",)
    statements: tuple[str, ...] = ()
    time_limits: tuple[TimeLimit, ...] = ()
    growth: ChildWatch | None = None
    review: Review = Review(others=1.0)
    stopping: tuple[StoppingRule, ...] = ()
    id: str = ""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a protocol, made from its types; ``read_protocol`` checks more."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Protocol)}


def shipped() -> dict[str, Path]:
    """Return the protocols that ship with the product, by name."""
    return {path.stem: path for path in sorted(DIRECTORY.glob("*.yaml"))}


def load_protocol(name: str | Path, edition: Edition) -> Protocol:
    """Return a protocol: a shipped one by name, or a YAML file.

    Raises:
        RegistryError: Neither, or it is malformed; every error of it at once, each with its place.
    """
    known = shipped()
    path = known.get(str(name), Path(name))
    if not path.is_file():
        raise RegistryError("no such protocol", value=str(name), allowed=known, remedy="or name a YAML file")
    try:
        plain = load_plain(path.read_bytes())
    except NtrkpathError as error:
        raise RegistryError(
            error.problem, where=f"{path.name}: {error.where}", value=error.value, remedy=error.remedy
        ) from None
    return read_protocol(plain, edition, path.stem, path.name)


def read_protocol(plain: Any, edition: Edition, ident: str, where: str = "protocol") -> Protocol:
    """Return a protocol from plain data.

    Raises:
        RegistryError: A key is unknown or missing, or names a fact, level, step or statement that does not exist; all
            such errors at once.
    """
    try:
        protocol = msgspec.structs.replace(msgspec.convert(plain, Protocol, strict=False), id=ident)
    except msgspec.ValidationError as error:
        said, _, place = str(error).replace("`", "").rpartition(" - at ")
        raise RegistryError(said or place, where=f"{where}: {place.strip('$.')}" if said else where) from None
    errors = [
        RegistryError(problem, where=f"{where}: {place}", value=value, allowed=allowed, remedy=remedy)
        for problem, place, value, allowed, remedy in _faults(protocol, edition)
    ]
    if errors:
        first, *others = errors
        first.others = tuple(others)
        raise first
    return protocol


Fault = tuple[str, str, object, "tuple[str, ...] | str", str]


def _faults(protocol: Protocol, edition: Edition) -> Iterable[Fault]:
    strata = protocol.negatives.strata
    yield from _conditions("population", protocol.population.when, edition)
    for i, stratum in enumerate(strata):
        yield from _conditions(f"negatives.strata[{i}]", stratum.when, edition)
        if not stratum.when and i + 1 < len(strata):
            yield "no stratum after this one can hold", f"negatives.strata[{i}].when", stratum.id, (), "put it last"
    if not strata or strata[-1].when:
        remedy = "add a last stratum without `when`; its fraction may be 0"
        yield "some stained negatives stand in no stratum", "negatives.strata", None, (), remedy
    for key, names in (
        ("negatives.strata", [one.id for one in strata]),
        ("time_limits", [one.id for one in protocol.time_limits]),
        ("stopping", [one.id for one in protocol.stopping]),
    ):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield "the id stands twice", key, name, (), "give each its own"
    for fact, key, part in (
        ("ihc", "stain", protocol.stain),
        ("sequence", "confirmation", protocol.confirmation),
    ):
        yield from _levels(edition.facts[fact].levels, key, part)
    for i, limit in enumerate(protocol.time_limits):
        order = Milestone.__args__  # type: ignore[attr-defined]
        if order.index(limit.end) <= order.index(limit.start):
            yield "the end comes no later than the start", f"time_limits[{i}]", limit.end, order, ""
    for i, rule in enumerate(protocol.stopping):
        if (rule.at_least is None) == (rule.at_most is None):
            yield "one of at_least and at_most is needed", f"stopping[{i}]", rule.id, (), ""
    for i, statement in enumerate(protocol.statements):
        if statement not in edition.statements:
            yield "no such statement", f"statements[{i}]", statement, (), f"see the statements of {edition.id}"


def _conditions(place: str, when: Mapping[str, str | tuple[str, ...]], edition: Edition) -> Iterable[Fault]:
    for fact, wanted in when.items():
        if fact not in BEFORE:
            yield "not known before the test", f"{place}.when", fact, BEFORE, "a stratum must not depend on a result"
            continue
        levels = edition.facts[fact].levels
        for level in (wanted,) if isinstance(wanted, str) else wanted:
            if level not in levels:
                yield "no such level", f"{place}.when.{fact}", level, levels, ""


def _levels(levels: tuple[str, ...], key: str, part: StainReading | Confirmation) -> Iterable[Fault]:
    names = ("positive", "negative") if isinstance(part, StainReading) else ("fusion", "no_fusion")
    seen: set[str] = set()
    for name in names:
        for level in getattr(part, name):
            if level not in levels:
                yield "no such level", f"{key}.{name}", level, levels, ""
            elif level in ("not_done", "unknown", "failed"):
                yield "no result is never one", f"{key}.{name}", level, (), "leave it out"
            elif level in seen:
                yield "a level cannot say both", f"{key}.{name}", level, (), ""
            seen.add(level)


def holds(when: Mapping[str, str | tuple[str, ...]], levels: Mapping[str, str]) -> bool:
    """Return whether each fact of a condition has one of its levels; a fact that is absent is unknown."""
    return all(
        levels.get(fact, "unknown") in ((wanted,) if isinstance(wanted, str) else wanted)
        for fact, wanted in when.items()
    )


def stratum_of(protocol: Protocol, levels: Mapping[str, str]) -> SampledStratum:
    """Return the stratum of a tumour by the facts that were known before the test."""
    return next(stratum for stratum in protocol.negatives.strata if holds(stratum.when, levels))
