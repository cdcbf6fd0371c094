"""A strategy as data: a small decision tree of tests, written in YAML and checked before it is used."""

from __future__ import annotations

from typing import Any

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model.errors import StrategyError
from ntrkpath.strategy import files
from ntrkpath.strategy.population import Cell, check_facts
from ntrkpath.strategy.tree import ENDS, OUTCOMES, End, Step, Tree

_ENDS = tuple(end for end in ENDS if end != "undecided")


class _Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    go: str
    when: dict[str, str | list[str]] = {}


class _StepEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    test: str
    positive: str
    negative: str
    failed: str
    repeat: int = 0


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    start: list[_Start]
    steps: dict[str, _StepEntry] = {}
    source: str = ""
    note: str = ""


class _TablesFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    decision_tables: bool
    prefer: list[str]
    follow: list[str]
    source: str = ""
    note: str = ""


class Plan(msgspec.Struct, frozen=True):
    """A strategy that is written out.

    Args:
        start: First hit: the facts a cell must have (empty: any), and the step or end it goes to.
        steps: Step id to its test, what follows each outcome, and how often a failed test is repeated.
    """

    name: str
    title: str
    start: tuple[_Start, ...]
    steps: dict[str, _StepEntry]
    source: str = ""
    note: str = ""

    def tree(self, cell: Cell) -> Tree:
        """Return the tree for one cell."""
        for rule in self.start:
            if all(cell.facts.get(fact, "unknown") in _levels(level) for fact, level in rule.when.items()):
                return self._grow(rule.go)
        raise AssertionError("checked: the last rule of start matches every cell")

    def _grow(self, target: str, attempt: int = 1) -> Tree:
        if target in _ENDS:
            return End(target)
        step = self.steps[target]
        again = attempt <= step.repeat
        return Step(
            step.test,
            self._grow(step.positive),
            self._grow(step.negative),
            self._grow(target, attempt + 1) if again else self._grow(step.failed),
            attempt,
        )


class TablesPlan(msgspec.Struct, frozen=True):
    """A strategy that is generated from the decision tables of the edition.

    Args:
        prefer: Which test to take where the guidance leaves the choice, most preferred first.
        follow: Strengths of action that are followed (``recommended``, ``consider``), in this order.
    """

    name: str
    title: str
    prefer: tuple[str, ...]
    follow: tuple[str, ...]
    source: str = ""
    note: str = ""


def load_plan(name: str, edition: Edition, tests: dict[str, str]) -> Plan | TablesPlan:
    """Return a shipped strategy by name, or the user's from a YAML file.

    Args:
        tests: The tests that exist, with their words.

    Raises:
        StrategyError: No such strategy, or it is malformed: a loop, a dead end, an unknown test.
    """
    path = files.find("plans", name)
    return plan(files.read(path), edition, tests, path.stem, path.name)


def plan(data: Any, edition: Edition, tests: dict[str, str], name: str, where: str = "plan") -> Plan | TablesPlan:
    """Return a strategy from plain data.

    Raises:
        StrategyError: A loop, a dead end, an unknown test, a step that no path reaches, an unknown fact.
    """
    if isinstance(data, dict) and "decision_tables" in data:
        read = files.convert(data, _TablesFile, where)
        if not read.decision_tables:
            remedy = "leave the key out and give `start` and `steps`"
            raise StrategyError("not of the tables", where=f"{where}: decision_tables", allowed="true", remedy=remedy)
        for i, test in enumerate(read.prefer):
            _test(test, tests, f"{where}: prefer[{i}]")
        for i, strength in enumerate(read.follow):
            if strength not in edition.strengths:
                raise StrategyError(
                    "unknown strength", where=f"{where}: follow[{i}]", value=strength, allowed=edition.strengths
                )
        for key, listed in (("prefer", read.prefer), ("follow", read.follow)):
            if not listed or len(set(listed)) < len(listed):
                raise StrategyError("empty, or an entry twice", where=f"{where}: {key}", value=", ".join(listed))
        return TablesPlan(name, read.title, tuple(read.prefer), tuple(read.follow), read.source, read.note)
    written = files.convert(_worded(data), _File, where)
    found = Plan(name, written.title, tuple(written.start), written.steps, written.source, written.note)
    _check(found, edition, tests, where)
    return found


def _worded(data: Any) -> Any:
    if not isinstance(data, dict) or not isinstance(data.get("start"), list):
        return data
    start = [
        {**r, "when": files.levels(r["when"])} if isinstance(r, dict) and "when" in r else r for r in data["start"]
    ]
    return {**data, "start": start}


def _test(test: str, tests: dict[str, str], where: str) -> None:
    if test not in tests:
        raise StrategyError("unknown test", where=where, value=test, allowed=tests)


def _levels(level: str | list[str]) -> list[str]:
    return [level] if isinstance(level, str) else level


def _check(found: Plan, edition: Edition, tests: dict[str, str], where: str) -> None:
    allowed = [*found.steps, *_ENDS]
    for name in found.steps:
        if name in _ENDS:
            raise StrategyError("a step bears the name of an end", where=f"{where}: steps", value=name)
    if not found.start:
        raise StrategyError("no start", where=f"{where}: start", remedy="give at least {go: STEP}")
    for i, rule in enumerate(found.start):
        here = f"{where}: start[{i}]"
        if rule.go not in allowed:
            raise StrategyError("a dead end: no such step or end", where=f"{here}.go", value=rule.go, allowed=allowed)
        for fact, level in rule.when.items():
            for one in _levels(level):
                check_facts({fact: one}, edition, f"{here}.when")
        last = i == len(found.start) - 1
        if last and rule.when:
            raise StrategyError(
                "a dead end: a cell that meets no condition goes nowhere",
                where=f"{here}.when",
                remedy="end with {go: STEP} without `when`, for example {go: not_tested}",
            )
        if not last and not rule.when:
            raise StrategyError(
                "what stands below it is never reached", where=here, remedy="put it last, or add `when`"
            )
    for name, step in found.steps.items():
        here = f"{where}: steps.{name}"
        _test(step.test, tests, f"{here}.test")
        if not 0 <= step.repeat <= 3:
            raise StrategyError("too many repeats", where=f"{here}.repeat", value=step.repeat, allowed="0 to 3")
        for outcome in OUTCOMES:
            target = getattr(step, outcome)
            if target not in allowed:
                raise StrategyError(
                    "a dead end: no such step or end", where=f"{here}.{outcome}", value=target, allowed=allowed
                )
            if target == "not_tested":
                raise StrategyError("a test was done", where=f"{here}.{outcome}", value=target, allowed=allowed[:-1])
    reached: set[str] = set()
    for rule in found.start:
        _follow(found, rule.go, (), where, reached)
    for name in found.steps:
        if name not in reached:
            raise StrategyError("no path reaches this step", where=f"{where}: steps.{name}", remedy="remove it")


def _follow(found: Plan, target: str, path: tuple[str, ...], where: str, reached: set[str]) -> None:
    if target not in found.steps:
        return
    if target in path:
        way = " -> ".join((*path[path.index(target) :], target))
        raise StrategyError("a loop", where=f"{where}: steps.{path[-1]}", value=way, remedy="let it end; use `repeat`")
    step = found.steps[target]
    before = [name for name in path if found.steps[name].test == step.test]
    if before:
        raise StrategyError(
            "the same test twice on one path: its result would be the same",
            where=f"{where}: steps.{target}.test",
            value=step.test,
            remedy="repeat a failed test by `repeat: 1`",
        )
    reached.add(target)
    for outcome in OUTCOMES:
        _follow(found, getattr(step, outcome), (*path, target), where, reached)
