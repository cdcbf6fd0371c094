"""Decision tables as JSON Decision Model (JDM) graphs, for the differential test and benchmark with zen-engine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ntrkpath.rules import Fact, Table


def to_zen(table: Table, facts: Mapping[str, Fact]) -> str:
    """Return a table as a JDM document whose decision table answers with the id of each row that holds."""
    rules = []
    for row in table.rows:
        rule = {"_id": row.id, "row": json.dumps(row.id)}
        for fact in table.facts:
            levels = row.when.get(fact)
            named = [level for level in facts[fact].levels if levels is not None and level in levels]
            rule[fact] = ", ".join(json.dumps(level) for level in named)
        rules.append(rule)
    content = {
        "hitPolicy": "first" if table.hit == "first" else "collect",
        "inputs": [{"id": fact, "name": fact, "field": fact} for fact in table.facts],
        "outputs": [{"id": "row", "name": "row", "field": "row"}],
        "rules": rules,
    }
    place = {"x": 0, "y": 0}
    nodes: list[dict[str, Any]] = [
        {"id": "in", "type": "inputNode", "name": "in", "position": place},
        {"id": "table", "type": "decisionTableNode", "name": table.id, "position": place, "content": content},
        {"id": "out", "type": "outputNode", "name": "out", "position": place},
    ]
    edges = [
        {"id": "e1", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "e2", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def rows_of(result: Any) -> list[str]:
    """Return the rows that a result of zen-engine names, in order."""
    if isinstance(result, list):
        return [entry["row"] for entry in result]
    return [result["row"]] if result else []


def zen_evaluator(table: Table, facts: Mapping[str, Fact]) -> Callable[..., Any]:
    """Return a function from a state, and options, to the answer of zen-engine.

    The content is compiled once and found by a loader: a decision made from text compiles its cells again and again,
    which is some twenty times slower.
    """
    import zen

    content = zen.ZenDecisionContent(to_zen(table, facts))
    evaluate = zen.ZenEngine({"loader": lambda _: content}).evaluate
    return partial(evaluate, table.id)
