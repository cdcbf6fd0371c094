"""A round written to a folder from plain values, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ntrkpath.rounds.score import Score, score

ETV6 = "NM_001987.5(ETV6):e.5::NM_002530.4(NTRK3):e.15"
TPM3 = "NM_152263.3(TPM3):e.8::NM_002529.3(NTRK1):e.10"


def fusion(name: str, **more: Any) -> dict[str, Any]:
    return {"reference": {"status": "fusion", "fusion": name}, **more}


def none(**more: Any) -> dict[str, Any]:
    return {"reference": {"status": "no_fusion"}, **more}


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    heads = list(dict.fromkeys(key for row in rows for key in row))  # without rows, those of laboratories
    lines = [",".join(heads or ("laboratory", "assay", "method"))]
    lines += [",".join(str(row.get(head, "")) for head in heads) for row in rows]
    return "\n".join(lines) + "\n"


def write_round(
    folder: Path,
    samples: Mapping[str, Mapping[str, Any]],
    laboratories: Sequence[Mapping[str, Any]],
    submissions: Mapping[str, Sequence[Mapping[str, Any]]],
    /,
    **more: Any,
) -> Path:
    described: dict[str, Any] = {
        "round": "test",
        "title": "Test",
        "synthetic": True,
        "assays": ["rna_mps", "dna_mps", "rt_pcr", "fish", "pan_trk_ihc"],
        "scoring": "ntrkpath",
        "samples": [{"id": ident, **given} for ident, given in samples.items()],
        **more,
    }
    (folder / "submissions").mkdir(parents=True, exist_ok=True)
    (folder / "round.yaml").write_text(yaml.safe_dump(described, sort_keys=False), encoding="utf-8")
    (folder / "laboratories.csv").write_text(table(laboratories), encoding="utf-8")
    for name, rows in submissions.items():
        (folder / "submissions" / f"{name}.csv").write_text(table(rows), encoding="utf-8")
    return folder


def one(
    folder: Path, sample: Mapping[str, Any], assay: Mapping[str, Any], *rows: Mapping[str, Any], **more: Any
) -> Score:
    """Score a round of one sample (S1), one laboratory (L1) and one assay (a)."""
    laboratory = {"laboratory": "L1", "assay": "a", "method": "rna_mps", **assay}
    sheet = [{"sample": "S1", "assay": "a", **row} for row in rows]
    return score(write_round(folder, {"S1": sample}, [laboratory], {"L1": sheet}, **more))
