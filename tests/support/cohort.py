"""Synthetic cohorts: random cases as raw columns."""

from __future__ import annotations

import json
import random
from typing import Any

from support.cases import random_case


def as_columns(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case as one row of raw columns; nested cells as JSON text, tests in columns of their own if they can."""
    row: dict[str, Any] = {"case_id": case["id"]}
    for part in ("diagnosis", "disease", "patient"):
        row |= {f"{part}.{key}": _cell(value) for key, value in case.get(part, {}).items()}
    for key in ("alterations", "therapy"):
        if key in case:
            row[key] = json.dumps(case[key])
    methods = [test["method"] for test in case["tests"]]
    alone = [t for t in case["tests"] if methods.count(t["method"]) == 1 and len(t) > 1]
    for test in alone:
        row |= {f"{test['method']}.{key}": _cell(value) for key, value in test.items() if key != "method"}
    if rest := [t for t in case["tests"] if t not in alone]:
        row["tests"] = json.dumps(rest)
    return row


def _cell(value: Any) -> str:
    return json.dumps(value) if isinstance(value, list | dict) else str(value)


def cohort_frame(cases: int, seed: int, bad: int = 0, most_tests: int = 3) -> Any:
    """Return a synthetic cohort as a polars frame of raw columns; the last ``bad`` rows have an unknown histology."""
    import polars as pl

    draw = random.Random(seed)
    rows = [as_columns(random_case(i, draw, most_tests)) for i in range(cases)]
    for row in rows[cases - bad :]:
        row["diagnosis.histology"] = "no such tumour"
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in names})
