"""Synthetic cohorts for the benchmarks, each drawn with a fixed seed: level codes, raw columns, cases of a clinic."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from ntrkpath.cohort.catalogue import Catalogue
from ntrkpath.guidance import load

SEED = 2020


def codes(rows: int) -> Any:
    """Return random level codes of every fact, shape (facts, rows)."""
    draw = np.random.default_rng(SEED)
    sizes = [len(load().facts[fact].levels) for fact in Catalogue(load()).facts]
    found = np.empty((len(sizes), rows), np.uint8)
    for fact, size in enumerate(sizes):
        found[fact] = draw.integers(0, size, rows, dtype=np.uint8)
    return found


def wide(rows: int, first: int = 0) -> pl.DataFrame:
    """Return raw columns drawn at random: words, numbers and short lists, with empty cells."""
    draw = np.random.default_rng(SEED + first)

    def cells(words: list[Any], empty: float = 0.3) -> pl.Series:
        found = pl.Series(words).gather(draw.integers(0, len(words), rows))
        return found.scatter(np.flatnonzero(draw.random(rows) < empty), None)

    histologies = [
        "infantile fibrosarcoma", "IMT", "GIST", "leiomyosarcoma", "synovial sarcoma", "dedifferentiated liposarcoma",
        "undifferentiated pleomorphic sarcoma", "MPNST", "lipofibromatosis-like neural tumour", "osteosarcoma",
        "myxofibrosarcoma", "chondrosarcoma", "angiosarcoma", "LMS", "SYNS", "DDLS",
    ]  # fmt: skip
    return pl.DataFrame(
        {
            "case_id": pl.Series(np.arange(first, first + rows)).cast(pl.String).str.zfill(10),
            "histology": cells(histologies, 0),
            "site": cells(["thigh", "brain", "uterus"]),
            "age": pl.Series(draw.integers(0, 90, rows)),
            "typical_histology": cells([True, False]),
            "differentiation": cells(["none", "myogenic", "neural"]),
            "extent": cells(
                ["localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic"], 0.1
            ),
            "surgery_morbidity": cells(["acceptable", "severe"]),
            "standard_therapy": cells(["not_given", "ongoing", "progressed"]),
            "alterations": cells(
                ["KIT mutation absent; PDGFRA mutation absent", "SS18 fusion present", "MDM2 amplification present",
                 "ALK fusion absent; ROS1 fusion absent", "any fusion absent"], 0.5,
            ),
            "pan_trk_ihc.result": cells(["positive", "negative"], 0.6),
            "pan_trk_ihc.percent": cells([float(n) for n in range(101)], 0.6),
            "pan_trk_ihc.distribution": cells(["focal", "diffuse"], 0.7),
            "pan_trk_ihc.pattern": cells(["nuclear", "cytoplasmic"], 0.7),
            "fish.gene": cells(["NTRK1", "NTRK3", "ETV6"], 0.8),
            "fish.probe": cells(["break_apart"], 0.8),
            "fish.result": cells(["positive", "negative"], 0.8),
            "rna_mps.result": cells(["positive", "negative", "failed"], 0.7),
            "rna_mps.rna_quality": cells(["adequate", "poor"], 0.7),
            "rna_mps.genes_covered": cells(["NTRK1; NTRK2; NTRK3", "NTRK1"], 0.7),
            "rna_mps.fusions": cells(["ETV6::NTRK3 in_frame", "LMNA::NTRK1", "EWSR1::FLI1"], 0.9),
        }
    )  # fmt: skip


def narrow(rows: int, first: int = 0) -> pl.DataFrame:
    """Return few raw columns with the frequencies of a sarcoma centre, roughly."""
    draw = np.random.default_rng(SEED + first)

    def cells(words: dict[str, float], empty: float = 0.2) -> pl.Series:
        share = np.array(list(words.values()))
        found = pl.Series(list(words)).gather(draw.choice(len(words), rows, p=share / share.sum()))
        return found.scatter(np.flatnonzero(draw.random(rows) < empty), None)

    extents = ("localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic")
    return pl.DataFrame(
        {
            "case_id": pl.Series(np.arange(first, first + rows)).cast(pl.String).str.zfill(10),
            "histology": cells(dict(HISTOLOGIES), 0),
            "age": pl.Series(draw.integers(0, 90, rows)),
            "extent": cells(dict.fromkeys(extents, 1.0)),
            "surgery_morbidity": cells({"acceptable": 3, "severe": 1}),
            "pan_trk_ihc.result": cells({"negative": 9, "positive": 1}, 0.6),
            "rna_mps.result": cells({"negative": 18, "positive": 1, "failed": 1}, 0.7),
        }
    )  # fmt: skip


#: Diagnoses with a share each, roughly as a sarcoma centre sees them.
HISTOLOGIES = (
    ("GIST", 20), ("leiomyosarcoma", 18), ("dedifferentiated liposarcoma", 14), ("synovial sarcoma", 8),
    ("undifferentiated pleomorphic sarcoma", 14), ("IMT", 4), ("infantile fibrosarcoma", 2), ("MPNST", 5),
    ("osteosarcoma", 5), ("myxofibrosarcoma", 5), ("angiosarcoma", 2), ("spindle cell sarcoma NOS", 3),
)  # fmt: skip


def clinic(cases: int) -> Iterator[dict[str, Any]]:
    """Yield cases as a clinic would write them: few kinds of tests, many cases without any."""
    draw = random.Random(SEED)
    names, shares = zip(*HISTOLOGIES, strict=True)

    def some(options: dict[str, Any]) -> dict[str, Any]:
        return {key: draw.choice(values) for key, (share, values) in options.items() if draw.random() < share}

    for number in range(cases):
        case: dict[str, Any] = {"id": f"clinic-{number}", "diagnosis": {"histology": draw.choices(names, shares)[0]}}
        profiles = [{"S100": "negative", "CD34": "positive"}, {"S100": "positive", "CD34": "positive"},
                    {"desmin": "positive"}]  # fmt: skip
        case["diagnosis"] |= some({"site": (0.5, ["thigh", "retroperitoneum", "uterus"]),
                                   "immunoprofile": (0.3, profiles)})  # fmt: skip
        case["patient"] = some({"age": (0.9, [0.5, 4, 12, *range(18, 85)]), "sex": (0.8, ["female", "male"])})
        extents = ["localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic"]
        case["disease"] = some(
            {
                "extent": (0.9, extents), "surgery_morbidity": (0.4, ["acceptable", "severe"]),
                "standard_therapy": (0.5, ["not_given", "ongoing", "progressed"]),
                "relapse_risk": (0.2, ["standard", "high"]),
            }
        )  # fmt: skip
        tests: list[dict[str, Any]] = []
        if draw.random() < 0.5:
            positive = draw.random() < 0.15
            stain: dict[str, Any] = {"percent": (0.5, [5, 30, 60, 90] if positive else [0]), "control": (0.4, ["adequate"]),
                     "clone": (0.3, ["EPR17341"])}  # fmt: skip
            stain |= {"distribution": (0.5, ["focal", "diffuse"])} if positive else {}
            tests.append({"method": "pan_trk_ihc", "result": "positive" if positive else "negative", **some(stain)})
            if draw.random() < 0.05:
                tests.append({"method": "pan_trk_ihc", "result": "negative"})
        if draw.random() < 0.1:
            gene = draw.choice(["NTRK1", "NTRK3", "ETV6"])
            result = draw.choice(["negative", "negative", "positive"])
            tests.append({"method": "fish", "gene": gene, "probe": "break_apart", "result": result})
        if draw.random() < 0.35:
            result = draw.choices(["negative", "positive", "failed"], [18, 1, 1])[0]
            test: dict[str, Any] = {"method": "rna_mps", "result": result, "genes_covered": ["NTRK1", "NTRK2", "NTRK3"]}
            if result == "positive":
                partner, frame = draw.choice(["ETV6", "TPM3", "LMNA"]), draw.choice(["in_frame", "unknown"])
                test["fusions"] = [{"five_prime": partner, "three_prime": "NTRK3", "frame": frame}]
            tests.append(test | some({"rna_quality": (0.6, ["adequate", "adequate", "poor"])}))
        case |= {"tests": tests} if tests else {}
        if draw.random() < 0.25:
            gene = draw.choice(["SS18", "any"])
            case["alterations"] = [{"gene": gene, "kind": "fusion", "status": draw.choice(["present", "absent"])}]
        yield case


def write(rows: int, file: Path, draw: Callable[[int, int], pl.DataFrame]) -> None:
    """Write synthetic raw columns to Parquet, a million rows at a time."""
    step = 1_000_000
    tables = (draw(min(step, rows - first), first).to_arrow() for first in range(0, rows, step))
    table = next(tables)
    with pq.ParquetWriter(file, table.schema, compression="zstd") as writer:
        writer.write_table(table)
        for table in tables:
            writer.write_table(table)
