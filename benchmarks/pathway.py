"""Bar: a parsed case to its whole recommendation, and JSON bytes to JSON bytes, over distinct synthetic cases.

    python -m benchmarks.pathway [CASES]

Two ways of drawing a case, both of the tests' own support and with a fixed seed: at random over every key, with
distinct facts and with unknowns, and as a clinic refers them, where diagnoses, stages and protocols recur. Every memory
is empty at the start. Times are processor time of one process, with the garbage collector set as the command sets it;
the best of three runs counts.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.frame import record
from ntrkpath.cases.load import decode_json
from ntrkpath.cli.recommend import rest_collector
from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, case_from

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

TODAY = dt.date(2026, 5, 15)
Draw = Callable[[int, random.Random], dict[str, Any]]


def distinct_cases(draw_case: Draw, count: int) -> list[dict[str, Any]]:
    """Return cases of which no two have the same facts."""
    draw, pathway = random.Random(2020), Pathway(load(), TODAY)
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    while len(found) < count:
        data = draw_case(len(found), draw)
        found.setdefault(tuple(pathway.facts(case_from(data)).levels.values()), data)
    return list(found.values())


def rates(raw: list[dict[str, Any]]) -> tuple[float, float, int]:
    """Return cases a second from parsed cases, and from JSON to JSON, and the bytes of an answer; memories empty."""
    cases = [case_from(data) for data in raw]
    documents = [msgspec.json.encode(data) for data in raw]
    decided = streamed = float("inf")
    size = 0
    for _ in range(3):
        pathway = Pathway(load(), TODAY)
        started = time.process_time()
        for case in cases:
            pathway.recommend(case)
        decided = min(decided, time.process_time() - started)
        pathway = Pathway(load(), TODAY)
        size = 0
        started = time.process_time()
        for document in documents:
            size += len(msgspec.json.encode(pathway.recommend(decode_json(document))))
        streamed = min(streamed, time.process_time() - started)
    return len(raw) / decided, len(raw) / streamed, size // len(raw)


def main(count: int = 5_000) -> None:
    """Measure and print."""
    from support.cases import clinic_case, random_case

    draw = random.Random(2020)
    drawn = {
        ("pathway.cases", "pathway.bytes"): (
            "at random over the schema, distinct facts",
            distinct_cases(random_case, count),
        ),
        ("pathway.clinic_cases", "pathway.clinic_bytes"): (
            "as a clinic refers them",
            [clinic_case(number, draw) for number in range(count)],
        ),
    }
    rest_collector()
    for (of_cases, of_bytes), (name, raw) in drawn.items():
        decided, streamed, size = rates(raw)
        record(of_cases, decided)
        record(of_bytes, streamed)
        print(f"{count} cases {name}, memories empty")
        print(f"  parsed case -> whole recommendation   {decided:8.0f} /s   (bar 5,000)")
        print(f"  JSON bytes -> JSON bytes              {streamed:8.0f} /s   (bar 4,000), {size} bytes a case")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
