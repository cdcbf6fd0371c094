"""Which protein changes and fusions count as a driver of a sarcoma, and which are shown without a meaning."""

from __future__ import annotations

import re
from typing import Any

from ntrkpath.guidance import Edition
from ntrkpath.model.case import Mutation
from ntrkpath.model.fusion import Junction

_CODON = r"(?:p\.)?\(?(?:[A-Z][a-z]{2}|[A-Z*])(\d{1,5})(?!\d)"
_TRUNCATED = r"(?:[A-Z][a-z]{2}|[A-Z])\d{1,5}(?:\*|Ter|X\b)|fs|splice|^(?:p\.)?\(?(?:Met|M)1(?!\d)"


class Drivers:
    """Tells a driver from a passenger by the changes that ``facts.yaml`` lists for a gene.

    A change that is not among them leaves the alteration unknown, neither present nor absent. A gene that is not
    listed, and a text that names no codon (``exon 11 deletion``), count as the laboratory reports them.
    """

    def __init__(self, edition: Edition) -> None:
        derive = edition.facts["canonical_alteration"].derive or {}
        self._listed: dict[str, dict[str, Any]] = derive["changes"]

    def passenger(self, mutation: Mutation) -> str:
        """Return why a protein change does not count as a driver of its gene, or ``""`` where it does."""
        gene, change = mutation.gene.strip().upper(), mutation.protein.strip()
        listed = self._listed.get(gene)
        if listed is None:
            return ""
        found = re.match(_CODON, change)
        truncates = re.search(_TRUNCATED, change) is not None
        if found is None and not truncates:
            return ""
        if truncates:
            counts = bool(listed.get("truncating"))
        else:
            counts = any(first <= int(found[1]) <= last for first, last in listed.get("codons", ())) if found else False
        return "" if counts else f"none of the known driver changes of {gene}: whether it is one stays open"


def too_few_reads(junction: Junction) -> str:
    """Return why a fusion of other genes rests on too few reads to name a driver, or ``""``."""
    from ntrkpath.fusion.decision import default_thresholds
    from ntrkpath.fusion.evidence import unique_reads

    reads = unique_reads(junction.support)
    fewest = default_thresholds().fewest_reads
    return f"fewer than {fewest} reads support it" if reads is not None and reads < fewest else ""
