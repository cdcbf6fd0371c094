"""What tests cost, how long they take and how often they fail: the user's table, or the shipped illustrative one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ntrkpath.model.errors import StrategyError
from ntrkpath.strategy import files
from ntrkpath.strategy.distributions import MOST, Distribution, distribution
from ntrkpath.vocabulary.methods import methods

#: The shipped costs; whoever uses them is told so.
ILLUSTRATIVE = "illustrative"


class _CostEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cost: Any
    days: Any


class _TestEntry(_CostEntry, frozen=True, forbid_unknown_fields=True):
    failure: Any


class _Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    qaly: Any = 0
    cost: Any = 0


class _Treatment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    threshold: float
    fusion: _Outcome
    no_fusion: _Outcome = _Outcome()
    source: str = ""


class OwnAccuracy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The user's own accuracy of a test, for every tumour."""

    sensitivity: Any
    specificity: Any
    source: str = ""


class _CostFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    currency: str
    tests: dict[str, _TestEntry]
    workups: dict[str, _CostEntry] = {}
    source: str = ""
    note: str = ""
    accuracy: dict[str, OwnAccuracy] = {}
    frequency: dict[str, Any] = {}
    treatment: _Treatment | None = None


class Parameter(msgspec.Struct, frozen=True):
    """One number of the model: its words, its distribution, and where it comes from."""

    name: str
    words: str
    distribution: Distribution
    source: str
    assumed: bool = False


class Costs(msgspec.Struct, frozen=True):
    """A table of costs as it was read.

    Args:
        name: ``illustrative`` for the shipped set.
        currency: The unit of every cost.
        threshold: What a quality-adjusted life year may cost, where the file speaks of treatment.
    """

    name: str
    currency: str
    source: str
    note: str
    threshold: float | None
    parameters: dict[str, Parameter]
    accuracy: dict[str, OwnAccuracy]
    frequency: dict[str, Any]
    where: str

    @property
    def illustrative(self) -> bool:
        """Whether these are the shipped figures, all or those that are not the user's own."""
        return self.name.startswith(ILLUSTRATIVE)


def load_costs(name: str = ILLUSTRATIVE) -> Costs:
    """Return the shipped costs, or the user's from a YAML file.

    Raises:
        StrategyError: No such file, an unknown key, a negative cost, a proportion over 1.
    """
    path = files.find("costs", name)
    return costs(files.read(path), path.name, shipped=path.is_relative_to(files.KNOWLEDGE))


def costs(data: Any, where: str = "costs", *, shipped: bool = False) -> Costs:
    """Return costs from plain data.

    Raises:
        StrategyError: An unknown key, a negative cost or time, a proportion over 1.
    """
    read = files.convert(data, _CostFile, where)
    if read.name == ILLUSTRATIVE and not shipped:
        raise StrategyError(
            "this name is kept for the shipped costs", where=f"{where}: name", value=read.name, remedy="give your own"
        )
    found: dict[str, Parameter] = {}

    def add(kind: str, key: str, given: Any, place: str, *, proportion: bool = False) -> None:
        words = {"cost": "cost of", "days": "days for", "failure": "failure rate of"}[kind]
        numbers = distribution(given, f"{where}: {place}.{key}.{kind}", proportion=proportion)
        name = f"{kind}:{key}"
        found[name] = Parameter(name, f"{words} {plain(key)}", numbers, read.source or read.name, shipped)

    entries: Mapping[str, _CostEntry]
    for place, entries in (("tests", read.tests), ("workups", read.workups)):
        for key, entry in entries.items():
            add("cost", key, entry.cost, place)
            add("days", key, entry.days, place)
            if isinstance(entry, _TestEntry):
                add("failure", key, entry.failure, place, proportion=True)
    if read.treatment is not None:
        for kind, outcome in (("fusion", read.treatment.fusion), ("no_fusion", read.treatment.no_fusion)):
            for key in ("qaly", "cost"):
                # Treatment can harm, or save money.
                numbers = distribution(getattr(outcome, key), f"{where}: treatment.{kind}.{key}", signed=True)
                words = f"{'QALYs gained' if key == 'qaly' else 'added cost'} by treating a patient {_with(kind)}"
                name = f"treatment:{kind}:{key}"
                found[name] = Parameter(name, words, numbers, read.treatment.source or read.source or read.name)
        if not 0 <= read.treatment.threshold <= MOST:
            raise StrategyError(
                "a negative number" if read.treatment.threshold < 0 else "not an amount",
                where=f"{where}: treatment.threshold",
                value=read.treatment.threshold,
                allowed=f"0 to {MOST:g}",
            )
    for test, own in read.accuracy.items():
        for kind in ("sensitivity", "specificity"):
            distribution(getattr(own, kind), f"{where}: accuracy.{test}.{kind}", proportion=True)
    for group, given in read.frequency.items():
        distribution(given, f"{where}: frequency.{group}", proportion=group != "beside_driver")
    threshold = read.treatment.threshold if read.treatment else None
    return Costs(
        read.name, read.currency, read.source, read.note, threshold, found, read.accuracy, read.frequency, where
    )


def _with(kind: str) -> str:
    return "with a fusion" if kind == "fusion" else "without one"


def plain(key: str) -> str:
    """Return a test or work-up in words."""
    if key in methods():
        return methods()[key].name
    return "ALK and ROS1 work-up" if key == "alk_ros1" else f"{key} work-up"
