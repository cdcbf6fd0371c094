"""Synthetic cohorts for the benchmarks, each drawn with a fixed seed: level codes, raw columns, JSON lines."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pyarrow.parquet as pq

from ntrkpath.cohort.catalogue import Catalogue
from ntrkpath.guidance import load

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from support.cases import CLINIC, KINDS

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

    def cells(words: Mapping[str, float], empty: float = 0.2) -> pl.Series:
        share = np.array(list(words.values()))
        found = pl.Series(list(words)).gather(draw.choice(len(words), rows, p=share / share.sum()))
        return found.scatter(np.flatnonzero(draw.random(rows) < empty), None)

    extents = ("localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic")
    return pl.DataFrame(
        {
            "case_id": pl.Series(np.arange(first, first + rows)).cast(pl.String).str.zfill(10),
            "histology": cells(CLINIC, 0),
            "age": pl.Series(draw.integers(0, 90, rows)),
            "extent": cells(dict.fromkeys(extents, 1.0)),
            "surgery_morbidity": cells({"acceptable": 3, "severe": 1}),
            "pan_trk_ihc.result": cells({"negative": 9, "positive": 1}, 0.6),
            "rna_mps.result": cells({"negative": 18, "positive": 1, "failed": 1}, 0.7),
        }
    )  # fmt: skip


def cases(kind: str, count: int) -> list[bytes]:
    """Return cases as JSON lines: drawn at random over every key, or as a clinic refers them."""
    draw = random.Random(SEED)
    return [msgspec.json.encode(KINDS[kind](number, draw)) + b"\n" for number in range(count)]


def write(rows: int, file: Path, draw: Callable[[int, int], pl.DataFrame]) -> None:
    """Write synthetic raw columns to Parquet, a million rows at a time."""
    step = 1_000_000
    tables = (draw(min(step, rows - first), first).to_arrow() for first in range(0, rows, step))
    table = next(tables)
    with pq.ParquetWriter(file, table.schema, compression="zstd") as writer:
        writer.write_table(table)
        for table in tables:
            writer.write_table(table)
