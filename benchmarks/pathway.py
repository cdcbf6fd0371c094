"""Bar: a parsed case to its whole recommendation, and JSON bytes to JSON bytes, over distinct synthetic cases.

    python -m benchmarks.pathway [CASES]

The cases are synthetic, drawn with a fixed seed over every part of a case, with unknowns; every memory is empty at
the start. Times are processor time of one process, with the garbage collector set as the command sets it.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from typing import Any

import msgspec

from ntrkpath.cases.load import decode_json
from ntrkpath.cli.recommend import rest_collector
from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, case_from

HISTOLOGIES = (
    "infantile fibrosarcoma", "IMT", "GIST", "leiomyosarcoma", "synovial sarcoma", "dedifferentiated liposarcoma",
    "undifferentiated pleomorphic sarcoma", "MPNST", "lipofibromatosis-like neural tumour",
    "embryonal rhabdomyosarcoma", "osteosarcoma", "spindle cell sarcoma NOS", "chondrosarcoma", "myxofibrosarcoma",
)  # fmt: skip


def _test(draw: random.Random) -> dict[str, Any]:
    method = draw.choice(["pan_trk_ihc", "pan_trk_ihc", "fish", "rna_mps", "dna_mps", "rt_pcr"])
    test: dict[str, Any] = {"method": method, "result": draw.choice(["positive", "negative", "failed", None])}
    if method == "pan_trk_ihc":
        test |= {
            "percent": draw.choice([0, 1, 5, 40, 90, None]),
            "distribution": draw.choice(["focal", "diffuse", None]),
        }
        test |= {"pattern": draw.choice(["nuclear", "cytoplasmic", None]), "control": draw.choice(["adequate", None])}
    elif method == "fish":
        test |= {"gene": draw.choice(["NTRK1", "NTRK3", "ETV6"]), "probe": "break_apart"}
    elif method == "rt_pcr":
        test["targets"] = ["ETV6::NTRK3"]
    else:
        if method == "rna_mps":
            test["rna_quality"] = draw.choice(["adequate", "poor", None])
        test["genes_covered"] = draw.choice([["NTRK1", "NTRK2", "NTRK3"], ["NTRK1"], None])
        if test["result"] == "positive":
            partner, kinase = draw.choice(["ETV6", "TPM3", "LMNA"]), draw.choice(["NTRK1", "NTRK3"])
            test["fusions"] = [
                {"five_prime": partner, "three_prime": kinase, "frame": draw.choice(["in_frame", "unknown"])}
            ]
    return {key: value for key, value in test.items() if value is not None}


def draw_case(number: int, draw: random.Random) -> dict[str, Any]:
    """Return one synthetic case as plain data."""
    diagnosis: dict[str, Any] = {"histology": draw.choice(HISTOLOGIES)}
    options: dict[str, list[Any]] = {
        "site": ["thigh", "uterus", "brain"], "typical_histology": [True, False], "central_review": [True, False],
        "testing_for_diagnosis": [True, False], "differentiation": ["none", "myogenic", "neural"],
        "immunoprofile": [{"S100": "positive", "CD34": "positive"}, {"vimentin": "positive", "S100": "negative"}],
    }  # fmt: skip
    diagnosis |= {key: draw.choice(values) for key, values in options.items() if draw.random() < 0.4}
    options = {
        "extent": ["localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic"],
        "relapse_risk": ["standard", "high"], "surgery_morbidity": ["acceptable", "severe"],
        "standard_therapy": ["not_given", "ongoing", "progressed"], "satisfactory_alternative": [True, False],
    }  # fmt: skip
    disease = {key: draw.choice(values) for key, values in options.items() if draw.random() < 0.6}
    case: dict[str, Any] = {"id": f"synthetic-{number}", "diagnosis": diagnosis, "disease": disease}
    case["tests"] = [_test(draw) for _ in range(draw.randint(0, 3))]
    if draw.random() < 0.7:
        case["patient"] = {"age": draw.choice([0.05, 1, 5, 14, 40, 60])}
    if draw.random() < 0.4:
        stated = [
            {
                "gene": draw.choice(["ALK", "ROS1", "KIT", "any", "MDM2", "SS18", "NTRK1"]),
                "kind": draw.choice(["fusion", "mutation", "amplification"]),
                "status": draw.choice(["present", "absent"]),
            }
            for _ in range(draw.randint(1, 3))
        ]
        case["alterations"] = list({(one["gene"], one["kind"]): one for one in stated}.values())
    if draw.random() < 0.3:
        case["therapy"] = draw.choice([[], [{"drug": "larotrectinib", "progression": True}]])
    return case


def main(count: int = 10_000) -> None:
    """Measure and print."""
    edition, today = load(), dt.date(2026, 5, 15)
    draw = random.Random(2020)
    distinct: dict[tuple[str, ...], dict[str, Any]] = {}
    pathway = Pathway(edition, today)
    while len(distinct) < count:
        data = draw_case(len(distinct), draw)
        facts = pathway.facts(case_from(data))[0][0]
        distinct.setdefault(tuple(facts.values()), data)
    raw = list(distinct.values())
    cases = [case_from(data) for data in raw]
    documents = [msgspec.json.encode(data) for data in raw]

    rest_collector()
    pathway = Pathway(edition, today)
    started = time.process_time()
    for case in cases:
        pathway.recommend(case)
    decided = len(cases) / (time.process_time() - started)

    pathway = Pathway(edition, today)
    started = time.process_time()
    size = 0
    for document in documents:
        size += len(msgspec.json.encode(pathway.recommend(decode_json(document))))
    streamed = len(cases) / (time.process_time() - started)
    print(f"{len(cases)} cases with distinct facts, memories empty")
    print(f"parsed case -> whole recommendation   {decided:8.0f} /s   (bar 5,000)")
    print(f"JSON bytes -> JSON bytes              {streamed:8.0f} /s   (bar 4,000), {size // len(cases)} bytes a case")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
