"""Bar: a parsed case to its whole recommendation, and JSON bytes to JSON bytes, over distinct synthetic cases.

    python -m benchmarks.pathway [CASES]

Two ways of drawing a case, both of the tests' own support and with a fixed seed: at random over every key, with
distinct facts and with unknowns, and as a clinic refers them, where diagnoses, stages and protocols recur. Every memory
is empty at the start. Times are processor time of one process, beside the clock, with the garbage collector set as the
command sets it; the best of three runs counts.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.frame import Taken, best, record
from ntrkpath.cases.load import decode_json
from ntrkpath.cli.recommend import rest_collector
from ntrkpath.guidance import load
from ntrkpath.model.case import Case
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


def taken(raw: list[dict[str, Any]]) -> tuple[Taken, Taken, int]:
    """Return what parsed cases take, and JSON to JSON, and the bytes of an answer; memories empty."""
    cases = [case_from(data) for data in raw]
    documents = [msgspec.json.encode(data) for data in raw]
    sizes: list[int] = []

    def decide() -> None:
        pathway = Pathway(load(), TODAY)
        for case in cases:
            pathway.recommend(case)

    def stream() -> None:
        pathway = Pathway(load(), TODAY)
        sizes.append(sum(len(msgspec.json.encode(pathway.recommend(decode_json(one)))) for one in documents))

    return best(decide), best(stream), sizes[0] // len(raw)


#: What a case may state many of: the key, and what stands there in turn.
MANY: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "fusions": ("fusions", [
        {"five_prime": "ETV6", "three_prime": "NTRK3"}, {"five_prime": "EWSR1", "three_prime": "FLI1"},
    ]),
    "mutations": ("mutations", [{"gene": "TP53", "protein": "V1A"}]),
    "tests": ("tests", [
        {"method": "pan_trk_ihc", "result": "negative"}, {"method": "rna_mps", "result": "failed"},
        {"method": "fish", "gene": "NTRK3", "result": "positive"}, {"method": "dna_mps"},
    ]),
    "alterations": ("alterations", [{"gene": "KIT", "kind": "mutation", "status": "present"}]),
}  # fmt: skip


def many(what: str, count: int) -> Case:
    """Return a case with many of one thing."""
    key, turns = MANY[what]
    listed = [turns[i % len(turns)] for i in range(count)]
    test = {"method": "rna_mps", "result": "positive", key: listed}
    stated = {key: listed} if key in ("tests", "alterations") else {"tests": [test]}
    return case_from({"id": "many", "diagnosis": {"histology": "leiomyosarcoma"}, **stated})


def growth(count: int) -> tuple[float, float, str]:
    """Return the time of four times as many beside the time of so many, for what grows most, by both clocks."""

    def beside(what: str) -> tuple[float, float]:
        pathways = Pathway(load(), TODAY), Pathway(load(), TODAY)
        few, more = many(what, count), many(what, 4 * count)
        in_turns = [
            (best(lambda: pathways[0].recommend(few), times=1), best(lambda: pathways[1].recommend(more), times=1))
            for _ in range(7)
        ]
        shortest = partial(min, key=attrgetter("processor"))
        of_few: Taken = shortest(one for one, _ in in_turns)
        of_more: Taken = shortest(one for _, one in in_turns)
        return of_more.over(of_few)

    return max((*beside(what), what) for what in MANY)


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
        decided, streamed, size = taken(raw)
        record(of_cases, *decided.rate(count))
        record(of_bytes, *streamed.rate(count))
        print(f"{count} cases {name}, memories empty")
        for way, found, bar in (("parsed case -> answer", decided, "5,000"), ("JSON -> JSON", streamed, "4,000")):
            one, clock = found.rate(count)
            print(f"  {way:<22}{one:8.0f} /s ({clock:.0f} by the clock)   (bar {bar})")
        print(f"  {size} bytes an answer")
    one, clock, what = growth(1_000)
    record("pathway.growth", one, clock, note=f"most of them: {what}")
    print(f"4,000 {what} in one case beside 1,000: {one:.1f} x the time (bar 5; 4 is linear)")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
