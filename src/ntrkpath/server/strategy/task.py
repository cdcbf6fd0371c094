"""Strategies compared on a shipped population, with shipped costs or those that a visitor sets: a page or JSON."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from ntrkpath.guidance import load
from ntrkpath.report.sheet_forms import report_parts
from ntrkpath.report.strategy_sheets import comparison_report
from ntrkpath.server.kit.drawing import on_a_page
from ntrkpath.strategy import Comparison, StrategyError, files
from ntrkpath.strategy.compare import DEFAULT, compare
from ntrkpath.strategy.costs import ILLUSTRATIVE, load_costs
from ntrkpath.strategy.generated import load_readouts
from ntrkpath.strategy.plan import load_plan
from ntrkpath.strategy.population import load_population

#: Most draws of the unsure parameters on one request.
MOST_DRAWS = 1000
MOST_PATIENTS = 100_000_000.0


class Choices(msgspec.Struct, frozen=True):
    """What may be chosen: titles by name, and of each test its name and illustrative cost."""

    strategies: dict[str, str]
    populations: dict[str, str]
    tests: dict[str, tuple[str, float]]
    currency: str
    note: str
    chosen: tuple[str, ...]


@lru_cache(maxsize=8)
def choices(edition: str) -> Choices:
    """Return what may be chosen, read once."""
    used, readouts, table = load(edition), load_readouts(), load_costs()
    tests = {
        ident: (name, table.parameters[f"cost:{ident}"].distribution.value)
        for ident, name in readouts.tests.items()
        if f"cost:{ident}" in table.parameters
    }
    return Choices(
        {name: load_plan(name, used, readouts.tests).title for name in files.names("plans")},
        {name: load_population(name, used).title for name in files.names("populations")},
        tests, table.currency, table.note, DEFAULT,
    )  # fmt: skip


def own_costs(costs: Mapping[str, float], accuracy: Mapping[str, Mapping[str, float]]) -> Any:
    """Return the illustrative costs with those that were set, and own accuracies; the name of the shipped set if none.

    Args:
        costs: Cost by test.
        accuracy: Sensitivity and specificity by test, from 0 to 1.

    Raises:
        StrategyError: No such test, or one of sensitivity and specificity without the other.
    """
    if not costs and not accuracy:
        return ILLUSTRATIVE
    data = copy.deepcopy(files.read(files.find("costs", ILLUSTRATIVE)))
    for test, cost in costs.items():
        if test not in data["tests"]:
            raise StrategyError("no such test", where=f"costs.{test}", value=test, allowed=data["tests"])
        data["tests"][test]["cost"] = cost
    for test, pair in accuracy.items():
        if set(pair) != {"sensitivity", "specificity"}:
            raise StrategyError(
                "sensitivity and specificity go together", where=f"accuracy.{test}", value=", ".join(sorted(pair)),
                remedy="give both, or leave both to the published figures",
            )  # fmt: skip
    changed = [f"cost of {test}" for test in costs] + [f"accuracy of {test}" for test in accuracy]
    data["name"] = f"illustrative, with your own {', '.join(changed)}".replace("_", " ")
    data["note"] = (
        f"Your own: {', '.join(changed)}. All other costs, times and failure rates are illustrative.".replace("_", " ")
    )
    data["accuracy"] = {test: {**pair, "source": "entered on this page"} for test, pair in accuracy.items()}
    return data


def compared(
    population: str, strategies: Sequence[str], patients: float | None, draws: int, costs: dict[str, float],
    accuracy: dict[str, dict[str, float]], edition: str,
) -> Comparison:  # fmt: skip
    """Compare shipped strategies on a shipped population; no name reaches the file system unless it is one of these.

    Raises:
        StrategyError: Something given cannot be used.
    """
    known = choices(edition)
    for where, given, allowed in (
        ("population", [population], known.populations), ("strategies", strategies, known.strategies),
    ):  # fmt: skip
        for name in given:
            if name not in allowed:
                raise StrategyError("no such name here", where=where, value=name[:80], allowed=allowed)
    if draws > MOST_DRAWS or draws < 0:
        raise StrategyError("too many draws", where="draws", value=draws, allowed=f"0 to {MOST_DRAWS}",
                            remedy="the command line has no such limit")  # fmt: skip
    if patients is not None and not 1 <= patients <= MOST_PATIENTS:
        raise StrategyError("not a number of patients", where="patients", value=patients, allowed="1 to 100 million")
    return compare(
        population, strategies, own_costs(costs, accuracy), patients=patients, draws=draws, edition=load(edition)
    )


def document(**asked: Any) -> bytes:
    """Return a comparison as JSON, as `ntrkpath strategy compare --format json` prints it."""
    return msgspec.json.encode(compared(**asked)) + b"\n"


def page(**asked: Any) -> dict[str, Any]:
    """Return a comparison as the parts of a page: its heading, the answer, and the report below it."""
    found = compared(**asked)
    with on_a_page():
        report = comparison_report(found)
        html = str(report_parts(report))
    return {"title": report.title, "html": html}
