"""Strategy: testing strategies compared on a case mix, with costs and accuracies to set."""

from __future__ import annotations

from typing import Any

from ntrkpath.model.errors import NtrkpathError
from ntrkpath.server.kit.http import Answer, Ask, get
from ntrkpath.server.kit.navigation import STRATEGY
from ntrkpath.server.kit.problems import problem_of
from ntrkpath.server.kit.render import page
from ntrkpath.server.kit.serving import run, serving
from ntrkpath.server.strategy.task import Choices, choices
from ntrkpath.strategy import StrategyError

_DRAWS = 200
_SECONDS = 30.0


def asked(request: Ask, known: Choices) -> dict[str, Any]:
    """Return what an address asks for, as the comparison takes it.

    Raises:
        StrategyError: A number cannot be read.
    """
    query = request.query_params

    def number(name: str) -> float | None:
        text = query.get(name, "").strip().replace(",", ".")
        try:
            return float(text) if text else None
        except ValueError:
            raise StrategyError("not a number", where=name, value=text[:40]) from None

    costs: dict[str, float] = {}
    accuracy: dict[str, dict[str, float]] = {}
    for test, (_, illustrative) in known.tests.items():
        cost = number(f"cost.{test}")
        if cost is not None and cost != illustrative:
            costs[test] = cost
        for side in ("sensitivity", "specificity"):
            percent = number(f"{side}.{test}")
            if percent is not None:
                accuracy.setdefault(test, {})[side] = percent / 100
    return {
        "population": query.get("population") or "table1",
        "strategies": query.getall("strategy", list(known.chosen)),
        "patients": number("patients"),
        "draws": _DRAWS if query.get("draws") else 0,
        "costs": costs,
        "accuracy": accuracy,
        "edition": serving(request).settings.edition,
    }


@get("/strategy")
async def strategy(request: Ask) -> Answer:
    """Show the form and the comparison that it asks for."""
    known = choices(serving(request).settings.edition)
    answer = problem = None
    try:
        wanted = asked(request, known)
        answer = await run(request, "strategy_page", seconds=_SECONDS, **wanted)
    except NtrkpathError as error:
        problem = problem_of(error)
    query = request.query_params
    return page(
        "strategy/strategy.html", status=200 if problem is None else 422, here=STRATEGY.address, known=known,
        answer=answer, problem=problem, given={name: query.get(name, "") for name in query},
        population=query.get("population") or "table1", strategies=query.getall("strategy", list(known.chosen)),
    )  # fmt: skip


ROUTES = [strategy]
