"""Scoring rules as data: points, critical errors, pass marks; the published ones by the name of their scheme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.model.errors import NtrkpathError, RoundError
from ntrkpath.model.numbers import set_percent
from ntrkpath.rounds.knowledge import knowledge, parsed, rule_files
from ntrkpath.rounds.result import Result
from ntrkpath.rounds.shares import counts_as

Points = Annotated[float, msgspec.Meta(ge=0)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]


class Pass(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When a laboratory passes: a share of the points, another one with so many cases, no critical error."""

    share_at_least: Share | None = None
    share_with: dict[int, Share] = {}
    no_critical: bool = False


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A scoring rule.

    Args:
        points: Points of each outcome that counts; an outcome that is absent is not counted.
        less_for: Points taken off a right result for a fault in its description, never below zero.
        critical: Critical errors that this rule knows.
        wrong_is_critical: Every wrong result is a critical error.
        pass_: When a laboratory passes; absent where the scheme's mark is not known.
        review_sample_at: Share of discordant results from which a sample is looked at again.
    """

    name: str = ""
    title: str
    scheme: str
    source: str
    points: dict[str, Points]
    less_for: dict[str, Points] = {}
    critical: tuple[str, ...] = ()
    wrong_is_critical: bool = False
    pass_: Pass | None = msgspec.field(default=None, name="pass")
    review_sample_at: Share | None = None
    note: str = ""

    @property
    def most(self) -> float:
        """Points of a result that is right in every respect."""
        return self.points["right"]


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What one assay of a laboratory earned.

    Args:
        counted: Results that count; ``points`` of ``of`` possible ones.
        passed: ``None`` where the rule has no mark, or nothing counts.
    """

    laboratory: str
    assay: str
    counted: int
    points: float
    of: float
    critical: tuple[tuple[str, str], ...]
    passed: bool | None
    why: str

    @property
    def share(self) -> float | None:
        """Share of the possible points."""
        return self.points / self.of if self.of else None


def load_rule(name: str, folder: Path | None = None) -> Rule:
    """Return a scoring rule: a shipped one by name, or a YAML file in the folder of the round.

    Raises:
        RoundError: Neither, or the file is malformed.
    """
    shipped = rule_files()
    own = folder / name if folder is not None and name.lower().endswith((".yaml", ".yml")) else None
    if own is not None:
        if Path(name).name != name or not own.is_file():
            raise RoundError("no such scoring rule in the folder of the round", where="scoring", value=name)
        try:
            data: Any = load_plain(own.read_bytes())
        except NtrkpathError as error:
            raise RoundError(error.problem, where=f"{name}: {error.where}", value=error.value) from None
    elif name in shipped:
        data = parsed(shipped[name])
    else:
        raise RoundError(
            "no such scoring rule",
            where="scoring",
            value=name,
            allowed=shipped,
            remedy="or name a YAML file in the folder",
        )
    return read_rule(data, name)


def read_rule(data: Any, name: str) -> Rule:
    """Return a rule from plain data.

    Raises:
        RoundError: A key is unknown or missing, or names an outcome, a fault or an error that does not exist.
    """
    try:
        rule = msgspec.structs.replace(msgspec.convert(data, Rule, strict=False), name=name)
    except msgspec.ValidationError as error:
        raise RoundError(str(error).replace("`", ""), where=name) from None
    words = knowledge("wording")
    countable = [outcome for outcome, kind in counts_as().items() if kind != "none"]
    for key, given, allowed in (
        ("points", rule.points, countable),
        ("less_for", rule.less_for, list(words["faults"])),
        ("critical", rule.critical, list(words["critical"])),
    ):
        for one in given:
            if one not in allowed:
                raise RoundError("not known", where=f"{name}: {key}", value=one, allowed=allowed)
    missing = [o for o in countable if counts_as()[o] in ("right", "wrong") and o not in rule.points]
    if missing:
        raise RoundError("an outcome without points", where=f"{name}: points", value=missing[0])
    return rule


def points_of(rule: Rule, result: Result) -> float | None:
    """Return the points of a result; ``None`` where it does not count."""
    points = rule.points.get(result.outcome)
    if points is None:
        return None
    return max(0.0, points - sum(rule.less_for.get(fault, 0) for fault in result.faults))


def critical_of(rule: Rule, result: Result) -> tuple[str, ...]:
    """Return the critical errors of a result that the rule knows."""
    found = tuple(error for error in result.critical if error in rule.critical)
    if rule.wrong_is_critical and counts_as()[result.outcome] == "wrong" and not found:
        return (result.outcome,)
    return found


def marks(rule: Rule, results: Iterable[Result]) -> tuple[Mark, ...]:
    """Return the mark of every assay of every laboratory, in order of appearance."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for one in results:
        groups.setdefault((one.laboratory, one.assay), []).append(one)
    return tuple(_mark(rule, *key, group) for key, group in groups.items())


def _mark(rule: Rule, laboratory: str, assay: str, results: Sequence[Result]) -> Mark:
    earned = [points for one in results if (points := points_of(rule, one)) is not None]
    critical = tuple((one.sample, error) for one in results for error in critical_of(rule, one))
    points, of = sum(earned), rule.most * len(earned)
    passed, why = _passed(rule, len(earned), points, of, len(critical))
    return Mark(
        laboratory=laboratory, assay=assay, counted=len(earned), points=points, of=of, critical=critical,
        passed=passed, why=why,
    )  # fmt: skip


def _passed(rule: Rule, counted: int, points: float, of: float, critical: int) -> tuple[bool | None, str]:
    mark = rule.pass_
    if mark is None:
        return None, "the rule has no pass mark"
    if not counted and not critical:
        return None, "no result counts"
    if mark.no_critical and critical:
        return False, f"{critical} critical error{'s' if critical > 1 else ''}"
    needed = mark.share_with.get(counted, mark.share_at_least)
    if needed is None:
        return True, "no critical error"
    if not of:
        return None, "no result counts"
    reached = points + 1e-9 >= needed * of
    return reached, f"{points:g} of {of:g} points, {set_percent(needed)} needed"
