"""Synthetic cohorts: random cases over every key of a case, as plain data and as raw columns."""

from __future__ import annotations

import json
import random
from typing import Any

HISTOLOGIES = (
    "infantile fibrosarcoma", "IMT", "lipofibromatosis-like neural tumour", "GIST", "dedifferentiated liposarcoma",
    "synovial sarcoma", "undifferentiated pleomorphic sarcoma", "leiomyosarcoma", "MPNST", "chordoma", "sarcoma NOS",
    "osteosarcoma", "embryonal rhabdomyosarcoma", "lipoma", "myxofibrosarcoma", "SYNS",
)  # fmt: skip
GENES = ("NTRK1", "NTRK2", "NTRK3")
DATES = ("2019-03-01", "2021-07-09", "2024-11-30", "2025-02-02")
RESULTS = ("positive", "negative", "failed", "not_interpretable", "unknown")
FLAGS = (True, False, "unknown")


def _some(draw: random.Random, options: dict[str, tuple[Any, ...]], share: float = 0.5) -> dict[str, Any]:
    return {key: draw.choice(values) for key, values in options.items() if draw.random() < share}


def _several(draw: random.Random, make: Any, most: int = 2) -> list[Any]:
    return [make() for _ in range(draw.randint(0, most))]


def random_test(draw: random.Random, method: str) -> dict[str, Any]:
    """Return one synthetic test of a method."""
    test: dict[str, Any] = {"method": method}
    test |= _some(draw, {"date": DATES, "specimen": ("biopsy", "resection"), "result": RESULTS}, 0.6)
    if method == "pan_trk_ihc":
        test |= _some(
            draw,
            {
                "percent": (0, 0.5, 1, 5, 40, 90.5, 100), "intensity": ("weak", "moderate", "strong", "unknown"),
                "distribution": ("focal", "diffuse", "unknown"), "control": ("adequate", "inadequate", "unknown"),
                "pattern": ("nuclear", "nuclear_membrane", "cytoplasmic", "membranous", "mixed"),
                "clone": ("EPR17341", "EPR17341 (Ventana)", "A7H6R", "my own"),
                "fixation": ("adequate", "poor", "excessive"),
            },
        )  # fmt: skip
    elif method == "fish":
        test |= _some(
            draw,
            {
                "gene": ("NTRK1", "NTRK3", "ETV6", ["NTRK1", "NTRK2", "NTRK3"], ["ETV6", "NTRK3"], "ALK"),
                "probe": ("break_apart", "break-apart", "colocalisation", "unknown"),
            },
            0.8,
        )
        if draw.random() < 0.5:
            test["cells_counted"] = 100
            test |= _some(
                draw,
                {
                    "cells_split": (0, 20, 60), "cells_isolated_3p": (0, 50), "cells_isolated_5p": (0, 50),
                    "cutoff": (15, 10.5),
                },
            )  # fmt: skip
    elif method == "rt_pcr":
        targets = ([], ["ETV6::NTRK3"], ["SS18::SSX1"], ["SS18::SSX1", "TPM3-NTRK1"])
        test |= _some(draw, {"targets": targets, "control": ("adequate", "inadequate", "unknown")})
    else:
        test |= _some(draw, {"genes_covered": (["NTRK1"], [*GENES], []), "amplifications": (["NTRK1"], ["MDM2"], [])})
        if draw.random() < 0.5:
            test["fusions"] = _several(draw, lambda: _fusion(draw))
        if draw.random() < 0.5:
            test["mutations"] = _several(draw, lambda: _mutation(draw))
        if method == "rna_mps":
            test |= _some(draw, {"rna_quality": ("adequate", "poor", "unknown")})
    return test


def _fusion(draw: random.Random) -> dict[str, Any]:
    return _some(
        draw,
        {
            "five_prime": ("ETV6", "TPM3", "LMNA", "MYH9", "EWSR1", "NTRK1"), "three_prime": (*GENES, "FLI1"),
            "frame": ("in_frame", "out_of_frame", "unknown"),
        },
        0.8,
    )  # fmt: skip


def _mutation(draw: random.Random) -> dict[str, str]:
    genes, proteins = ("NTRK1", "NTRK3", "KRAS", "KIT"), ("G595R", "G623R", "G667C", "G12D", "D816V")
    return {"gene": draw.choice(genes), "protein": draw.choice(proteins)}


def _alteration(draw: random.Random) -> dict[str, str]:
    found = {
        "gene": draw.choice(("ALK", "ROS1", "KIT", "PDGFRA", "NF1", "MDM2", "SS18", "EWSR1::FLI1", "any", *GENES)),
        "kind": draw.choice(("fusion", "mutation", "deficiency", "amplification")),
        "status": draw.choice(("present", "absent", "unknown")),
    }
    if draw.random() < 0.3:
        found["detail"] = draw.choice(("NTRK1 G595R", "p.G623R", "exon 11"))
    return found


def random_case(number: int, draw: random.Random, most_tests: int = 4) -> dict[str, Any]:
    """Return one synthetic case as plain data."""
    case: dict[str, Any] = {"id": f"synthetic-{number}", "diagnosis": {"histology": draw.choice(HISTOLOGIES)}}
    case["diagnosis"] |= _some(
        draw,
        {
            "site": ("thigh", "uterus", "brain"), "typical_histology": FLAGS, "central_review": FLAGS,
            "testing_for_diagnosis": FLAGS,
            "differentiation": ("none", "myogenic", "neural", "myofibroblastic", "neuroendocrine", "other", "unknown"),
            "immunoprofile": (
                {"S100": "positive", "CD34": "positive"}, {"vimentin": "positive", "S100": "negative"},
                {"desmin": "negative"}, {"S100": "negative"},
            ),
        },
        0.4,
    )  # fmt: skip
    case["disease"] = _some(
        draw,
        {
            "extent": ("localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic"),
            "relapse_risk": ("standard", "high", "unknown"), "surgery_morbidity": ("acceptable", "severe"),
            "standard_therapy": ("not_given", "ongoing", "progressed"), "satisfactory_alternative": FLAGS,
        },
        0.6,
    )  # fmt: skip
    case["patient"] = _some(draw, {"age": (0, 1, 11.5, 14, 45, "3 months", "newborn"), "sex": ("female", "M")})
    case["tests"] = [
        random_test(draw, draw.choice(("pan_trk_ihc", "fish", "rt_pcr", "rna_mps", "dna_mps")))
        for _ in range(draw.randint(0, most_tests))
    ]
    if draw.random() < 0.5:
        stated = _several(draw, lambda: _alteration(draw), 3)
        case["alterations"] = list({(one["gene"], one["kind"]): one for one in stated}.values())
    if draw.random() < 0.5:
        case["therapy"] = _several(
            draw,
            lambda: {
                "drug": draw.choice(("larotrectinib", "entrectinib", "repotrectinib", "doxorubicin")),
                **_some(draw, {"start": DATES[:2], "end": DATES[2:], "progression": FLAGS}),
                **_some(draw, {"best_response": ("PD", "partial")}),
            },
        )  # fmt: skip
        for line in case["therapy"]:
            if line.get("best_response") == "PD" and line.get("progression") is False:
                del line["progression"]
    return case


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
