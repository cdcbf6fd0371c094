"""Fusion verdicts as tab-separated text, one line per event, with a header that does not change."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ntrkpath.model.delimited import neutral
from ntrkpath.model.fusion import FusionVerdict, Side

#: The columns and what each holds, in order. New columns go to the end. An empty cell is unknown or not given.
COLUMNS: dict[str, str] = {
    "sample": "sample, as in the file, given by the user, or the stem of the file",
    "name": "HGNC name, 5' gene first",
    "vicc_name": "name of the VICC gene fusion specification",
    "five_prime_gene": "approved symbol of the 5' gene",
    "five_prime_transcript": "transcript that numbers its exons",
    "five_prime_exon": "last exon kept, in that transcript",
    "five_prime_position": "chromosome:position of the last base kept",
    "three_prime_gene": "approved symbol of the 3' gene",
    "three_prime_transcript": "transcript that numbers its exons",
    "three_prime_exon": "first exon kept, in that transcript",
    "three_prime_position": "chromosome:position of the first base kept",
    "assembly": "GRCh37 or GRCh38",
    "level": "rna or dna",
    "verdict": "productive, likely_productive, uncertain or not_productive",
    "reasons": "reason codes, joined by commas",
    "frame_ours": "in, out or unknown, by our transcripts",
    "frame_by_caller": "in, out or unknown, as the callers say",
    "isoforms_in": "pairs of coding isoforms in frame",
    "isoforms_out": "pairs of coding isoforms out of frame",
    "kinase_fraction": "share of the kinase domain kept, 0 to 1",
    "kinase_status": "complete, partial, lost or unknown",
    "split_reads": "reads across the junction",
    "spanning_pairs": "read pairs around the junction",
    "total_reads": "all supporting reads, where the caller gives one number",
    "callers": "callers, joined by commas",
    "sources": "file:line of each row, joined by commas",
    "notes": "remarks, joined by semicolons",
}

#: What a reader of lines or of cells may take as their end, and other control characters.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def verdicts_tsv(verdicts: Iterable[FusionVerdict]) -> str:
    """Return a header line and one line per verdict, each ended by a newline; see ``COLUMNS``.

    Tabs, line breaks and other control characters in a cell become one space. Cells are not quoted; one that a
    spreadsheet would run gets a mark (``model.delimited``).
    """
    lines = ["\t".join(COLUMNS)]
    lines += ["\t".join(map(_cell, cells(v))) for v in verdicts]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, str):
        return neutral(_BREAKS.sub(" ", value))
    return "" if value is None else str(value)


def _side(side: Side) -> tuple[object, ...]:
    return side.gene, side.transcript, side.exon, side.position


def cells(v: FusionVerdict) -> tuple[object, ...]:
    """Return the values of a verdict in the order of ``COLUMNS``; None where nothing is known or given."""
    return (
        v.sample,
        v.name,
        v.vicc_name,
        *_side(v.five_prime),
        *_side(v.three_prime),
        v.assembly,
        v.level,
        v.verdict,
        ",".join(v.reasons),
        v.frame.ours,
        v.frame.by_caller,
        v.frame.isoforms_in,
        v.frame.isoforms_out,
        v.kinase_domain.retained_fraction,
        v.kinase_domain.status,
        v.support.split_reads,
        v.support.spanning_pairs,
        v.support.total,
        ",".join(v.callers),
        ",".join(s.file if s.line is None else f"{s.file}:{s.line}" for s in v.source),
        "; ".join(v.notes),
    )
