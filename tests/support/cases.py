"""Synthetic cases as plain data, drawn two ways: at random over every key of a case, and as a clinic sees them."""

from __future__ import annotations

import random
from collections.abc import Callable
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
        targets: tuple[list[str], ...] = ([], ["ETV6::NTRK3"], ["SS18::SSX1"], ["SS18::SSX1", "TPM3-NTRK1"])
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


#: Diagnoses of a sarcoma clinic, with how often each comes among a hundred.
CLINIC = {
    "undifferentiated pleomorphic sarcoma": 14, "leiomyosarcoma": 13, "GIST": 12, "dedifferentiated liposarcoma": 8,
    "well-differentiated liposarcoma": 6, "myxofibrosarcoma": 7, "synovial sarcoma": 6, "osteosarcoma": 6,
    "Ewing sarcoma": 4, "MPNST": 4, "chondrosarcoma": 4, "IMT": 3, "solitary fibrous tumour": 3, "angiosarcoma": 3,
    "embryonal rhabdomyosarcoma": 2, "spindle cell sarcoma NOS": 2, "infantile fibrosarcoma": 1,
    "lipofibromatosis-like neural tumour": 1, "DFSP": 1,
}  # fmt: skip
_CHILDREN = ("infantile fibrosarcoma", "embryonal rhabdomyosarcoma", "Ewing sarcoma", "osteosarcoma")
_PANEL = {"panel": "sarcoma RNA panel", "genes_covered": [*GENES], "rna_quality": "adequate"}


def _clinic_tests(draw: random.Random) -> list[dict[str, Any]]:
    """Return the tests of a clinic: one stain first, the panel where it asks for one, each by the same protocol."""
    tests: list[dict[str, Any]] = []
    if draw.random() < 0.55:
        percent = draw.choices((0, 1, 5, 30, 80), (75, 6, 6, 6, 7))[0]
        stain = {"method": "pan_trk_ihc", "clone": "EPR17341", "percent": percent, "control": "adequate"}
        stain["result"] = "positive" if percent else "negative"
        if percent:
            stain["distribution"] = draw.choice(("focal", "diffuse"))
        tests.append(stain)
    if draw.random() < 0.45:
        rna: dict[str, Any] = {"method": "rna_mps", **_PANEL}
        rna["result"] = draw.choices(("negative", "positive", "failed"), (85, 8, 7))[0]
        if rna["result"] == "positive":
            pair = draw.choice((("ETV6", "NTRK3"), ("TPM3", "NTRK1"), ("LMNA", "NTRK1"), ("EWSR1", "FLI1")))
            rna["fusions"] = [{"five_prime": pair[0], "three_prime": pair[1], "frame": "in_frame"}]
        if rna["result"] == "failed":
            rna["rna_quality"] = "poor"
        tests.append(rna)
    if draw.random() < 0.2:
        tests.append({"method": "dna_mps", "result": "negative", "mutations": [], "genes_covered": [*GENES]})
    if draw.random() < 0.08:
        tests.append({"method": "fish", "gene": draw.choice(("NTRK3", "ETV6")), "probe": "break_apart",
                      "result": draw.choice(("negative", "positive"))})  # fmt: skip
    return tests


def clinic_case(number: int, draw: random.Random) -> dict[str, Any]:
    """Return one synthetic case as a clinic refers it: few diagnoses, stages and protocols, many times each."""
    histology = draw.choices(list(CLINIC), list(CLINIC.values()))[0]
    diagnosis: dict[str, Any] = {"histology": histology, "site": draw.choice(("thigh", "retroperitoneum", "uterus"))}
    if draw.random() < 0.6:
        diagnosis["central_review"] = True
    if draw.random() < 0.3:
        diagnosis["typical_histology"] = draw.random() < 0.9
    extent = draw.choices(("localized", "locally_advanced_unresectable", "metastatic"), (55, 15, 30))[0]
    disease: dict[str, Any] = {"extent": extent}
    if extent != "localized" and draw.random() < 0.7:
        disease["standard_therapy"] = draw.choice(("not_given", "ongoing", "progressed"))
    if draw.random() < 0.3:
        disease["surgery_morbidity"] = draw.choice(("acceptable", "severe"))
    ages = range(18) if histology in _CHILDREN else range(18, 90)
    case: dict[str, Any] = {
        "id": f"clinic-{number}", "patient": {"age": draw.choice(ages), "sex": draw.choice(("female", "male"))},
        "diagnosis": diagnosis, "disease": disease, "tests": _clinic_tests(draw),
    }  # fmt: skip
    if histology == "GIST" and draw.random() < 0.8:
        case["alterations"] = [{"gene": "KIT", "kind": "mutation", "status": draw.choice(("present", "absent"))}]
    elif histology == "IMT" and draw.random() < 0.7:
        status = draw.choice(("present", "absent"))
        case["alterations"] = [{"gene": "ALK", "kind": "fusion", "status": status}]
    if extent == "metastatic" and draw.random() < 0.5:
        case["therapy"] = [{"drug": draw.choice(("doxorubicin", "pazopanib", "trabectedin"))}]
    return case


#: The ways of drawing a case, by name.
KINDS: dict[str, Callable[[int, random.Random], dict[str, Any]]] = {"random": random_case, "clinic": clinic_case}
