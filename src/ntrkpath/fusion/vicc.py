"""A verdict as an AssayedFusion of the VICC gene fusion specification (plain JSON data)."""

from __future__ import annotations

import re
from typing import Any

from ntrkpath.fusion.locus import NTRK
from ntrkpath.model.fusion import FusionVerdict, Side
from ntrkpath.readers import refseq
from ntrkpath.vocabulary.genes import hgnc_number
from ntrkpath.vocabulary.methods import by_facts

_SEGMENT = re.compile(r"(?P<accession>[A-Z]+_?\d+(?:\.\d+)?)\((?P<gene>[^)]+)\):e\.(?P<exon>\d+)(?P<offset>[+-]\d+)?")
_DOMAIN = "interpro:IPR001245"


def assayed_fusion(verdict: FusionVerdict) -> dict[str, Any]:
    """Return the fusion as the VICC specification writes it.

    Locations name their sequence by RefSeq accession; the digest of the sequence is left out, as no sequence is
    shipped. ``readingFramePreserved`` is absent where the frame is unknown.
    """
    parts = (verdict.vicc_name or "?::?").split("::")
    sides = ((verdict.five_prime, parts[0], "exonEnd", "End"), (verdict.three_prime, parts[-1], "exonStart", "Start"))
    fusion: dict[str, Any] = {
        "type": "AssayedFusion",
        "structure": [_element(verdict, *side) for side in sides],
        "causativeEvent": {"type": "CausativeEvent", "eventType": _event(verdict)},
        "assay": {
            "type": "Assay",
            "assayName": by_facts()[verdict.level].name,
            "fusionDetection": "observed" if verdict.level == "rna" else "inferred",
        },
    }
    if verdict.frame.ours != "unknown":
        fusion["readingFramePreserved"] = verdict.frame.ours == "in"
    reads = _reads(verdict)
    if reads:
        fusion["readData"] = reads
    status = {"complete": "preserved", "lost": "lost"}.get(verdict.kinase_domain.status)
    gene = next((s.gene for s in (verdict.three_prime, verdict.five_prime) if s.gene in NTRK), None)
    if status and gene:
        domain = {"type": "FunctionalDomain", "status": status, "id": _DOMAIN, "associatedGene": _gene(gene)}
        fusion["criticalFunctionalDomains"] = [domain | {"label": "Protein kinase domain (PF07714)"}]
    if verdict.vicc_name:
        fusion["viccNomenclature"] = verdict.vicc_name
    return fusion


def _event(verdict: FusionVerdict) -> str:
    return "read-through" if any("read-through" in note for note in verdict.notes) else "rearrangement"


def _gene(symbol: str) -> dict[str, Any]:
    gene: dict[str, Any] = {"conceptType": "Gene", "name": symbol}
    if (number := hgnc_number(symbol)) is not None:
        system = "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/"
        gene["primaryCoding"] = {"id": f"hgnc:{number}", "code": f"HGNC:{number}", "system": system}
    return gene


def _element(verdict: FusionVerdict, side: Side, name: str, exon_key: str, edge: str) -> dict[str, Any]:
    found = _SEGMENT.fullmatch(name)
    if found is None or side.position is None or verdict.assembly is None:
        if side.gene is None:
            return {"type": "UnknownGeneElement"}
        return {"type": "GeneElement", "gene": _gene(side.gene)}
    accession = found["accession"]
    space = "ensembl" if accession.startswith("ENST") else "refseq"
    chromosome, _, position = side.position.partition(":")
    location = {
        "type": "SequenceLocation",
        "sequenceReference": {
            "type": "SequenceReference",
            "id": f"refseq:{refseq(chromosome, verdict.assembly)}",
        },
        "start": int(position) - 1,
        "end": int(position),
    }
    return {
        "type": "TranscriptSegmentElement",
        "transcript": f"{space}:{accession}",
        exon_key: int(found["exon"]),
        f"{exon_key}Offset": int(found["offset"] or 0),
        "gene": _gene(found["gene"]),
        f"elementGenomic{edge}": location,
    }


def _reads(verdict: FusionVerdict) -> dict[str, Any]:
    support = verdict.support
    data: dict[str, Any] = {}
    if support.split_reads is not None:
        data["split"] = {"type": "SplitReads", "splitReads": support.split_reads}
    if support.spanning_pairs is not None:
        data["spanning"] = {"type": "SpanningReads", "spanningReads": support.spanning_pairs}
    return {"type": "ReadData", **data} if data else {}
