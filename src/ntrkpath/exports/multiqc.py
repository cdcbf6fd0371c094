"""Fusion verdicts as a section of a MultiQC report: the content of a `*_mqc.json` custom-content file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ntrkpath.figures import fusion_words as words
from ntrkpath.figures.svg import escape
from ntrkpath.model.fusion import FusionVerdict

#: Colour of each verdict in MultiQC's terms; the words stand beside it.
_RULES = {
    "pass": [{"s_eq": words.VERDICTS["productive"]}],
    "warn": [{"s_eq": words.VERDICTS["likely_productive"]}, {"s_eq": words.VERDICTS["uncertain"]}],
    "fail": [{"s_eq": words.VERDICTS["not_productive"]}],
}
_HEADERS: dict[str, dict[str, Any]] = {
    "sample": {"title": "Sample", "description": "Sample"},
    "fusion": {"title": "Fusion", "description": "HGNC name, 5' gene first"},
    "verdict": {
        "title": "Verdict",
        "description": "Whether the event makes an NTRK protein that a TRK inhibitor can hit",
        "cond_formatting_rules": _RULES,
    },
    "reasons": {"title": "Why", "description": "Reasons of the verdict"},
    "frame": {"title": "Frame", "description": "Reading frame by our transcripts"},
    "kinase": {
        "title": "Kinase domain",
        "description": "Share of the protein kinase domain (PF07714) that the junction keeps",
        "min": 0,
        "max": 100,
        "suffix": "%",
        "format": "{:,.0f}",
    },
    "reads": {"title": "Reads", "description": "Supporting reads, split and spanning, of the caller that found most"},
    "level": {"title": "Level", "description": "RNA or DNA"},
    "callers": {"title": "Callers", "description": "Programs that reported the event"},
    "name": {"title": "VICC name", "description": "Name with transcripts and exons", "hidden": True},
}


def multiqc_section(verdicts: Iterable[FusionVerdict]) -> dict[str, Any]:
    """Return a MultiQC table with one row per event, as plain data to be written as ``NAME_mqc.json``.

    Rows are named by fusion and sample, and numbered where the two do not tell them apart. A value that is not known
    is left out. Text is escaped, as MultiQC writes it into its page unchanged.
    """
    data: dict[str, dict[str, Any]] = {}
    for verdict in verdicts:
        fusion, sample = _key(verdict.name), _key(verdict.sample)
        key, number = f"{fusion} {sample}", 1
        while key in data:
            number += 1
            key = f"{fusion} ({number}) {sample}"
        data[key] = _row(verdict)
    return {
        "id": "ntrkpath_fusions",
        "section_name": "NTRK fusions",
        "description": (
            "Verdict of ntrkpath on every NTRK event in the files of the fusion callers. "
            "Decision support for professionals; the report of ntrkpath holds the reasons in full."
        ),
        "plot_type": "table",
        "pconfig": {
            "id": "ntrkpath_fusions_table",
            "title": "NTRK fusions: verdicts",
            "col1_header": "Event",
            "no_violin": True,
            "sort_rows": False,
        },
        "headers": {name: {"scale": False, **header} for name, header in _HEADERS.items()},
        "data": data,
    }


def _key(text: str) -> str:
    """Return text for the name of a row: MultiQC drops what stands before a slash, as if it were a directory.

    It also cuts endings such as ``.bam``, so that the sample, and not the fusion, has to stand last.
    """
    return escape(re.sub(r"[/\\]", "_", text))


def _row(verdict: FusionVerdict) -> dict[str, Any]:
    share, support = verdict.kinase_domain.retained_fraction, verdict.support
    counted = [n for n in (support.split_reads, support.spanning_pairs) if n is not None]
    reads = max([n for n in (sum(counted) if counted else None, support.total) if n is not None], default=None)
    row: dict[str, Any] = {
        "sample": escape(verdict.sample),
        "fusion": escape(verdict.name),
        "verdict": words.VERDICTS[verdict.verdict],
        "reasons": escape(words.reasons(verdict)),
        "frame": verdict.frame.ours,
        "kinase": None if share is None else round(100 * share, 1),
        "reads": reads,
        "level": verdict.level.upper(),
        "callers": escape(", ".join(verdict.callers)),
        "name": escape(verdict.vicc_name) if verdict.vicc_name else None,
    }
    return {name: value for name, value in row.items() if value is not None}
