"""Which names and coordinates belong to NTRK1, NTRK2 and NTRK3, so that no NTRK row is filtered away."""

from __future__ import annotations

import re
from collections.abc import Collection

from ntrkpath.model.fusion import Breakpoint, Junction

NTRK: tuple[str, ...] = ("NTRK1", "NTRK2", "NTRK3")

#: Names under which callers and laboratories report the genes (HGNC aliases, Ensembl and Entrez identifiers).
ALIASES: dict[str, str] = {
    "NTRK1": "NTRK1",
    "TRKA": "NTRK1",
    "TRK-A": "NTRK1",
    "TRK": "NTRK1",
    "TRK1": "NTRK1",
    "MTC": "NTRK1",
    "ENSG00000198400": "NTRK1",
    "NTRK2": "NTRK2",
    "TRKB": "NTRK2",
    "TRK-B": "NTRK2",
    "GP145-TRKB": "NTRK2",
    "ENSG00000148053": "NTRK2",
    "NTRK3": "NTRK3",
    "TRKC": "NTRK3",
    "TRK-C": "NTRK3",
    "GP145-TRKC": "NTRK3",
    "ENSG00000140538": "NTRK3",
}

#: Chromosome -> gene and its span, widened by 5 kb, on GRCh37 and on GRCh38 (GENCODE 31, all transcripts).
LOCI: dict[str, tuple[str, tuple[tuple[int, int], ...]]] = {
    "1": ("NTRK1", ((156_780_000, 156_857_000), (156_810_000, 156_887_000))),
    "9": ("NTRK2", ((87_278_000, 87_644_000), (84_663_000, 85_032_000))),
    "15": ("NTRK3", ((88_397_000, 88_805_000), (87_854_000, 88_262_000))),
}

# A line that can hold an NTRK record has one of the names or a number inside one of the spans; positions may
# carry thousands separators.
_RELEVANT = re.compile(
    r"NTRK|TRK|MTC|ENSG00000(?:198400|148053|140538)|(?<![\d.])491[456](?![\d])"
    r"|(?<![\d.])(?:156,?[78]\d\d,?\d{3}|8[45678],?\d{3},?\d{3})(?!\d)",
    re.IGNORECASE,
)


def ntrk_gene(name: str | None) -> str | None:
    """Return the approved symbol if ``name`` is one of the three genes under any of its names, else ``None``."""
    if not name:
        return None
    key = name.upper()
    return ALIASES.get(key) or ALIASES.get(key.partition(".")[0])


def locus_gene(chromosome: str | None, position: int | None) -> str | None:
    """Return the NTRK gene at a position on either assembly, else ``None``."""
    if chromosome is None or position is None:
        return None
    entry = LOCI.get(chromosome)
    if entry is None:
        return None
    gene, spans = entry
    return gene if any(start <= position <= end for start, end in spans) else None


class GeneFilter:
    """Keeps junctions that touch the wanted genes; a row it is not sure about is kept.

    Args:
        genes: Wanted symbols; for NTRK genes also their aliases, and any position inside their loci.
    """

    def __init__(self, genes: Collection[str]) -> None:
        self.genes = frozenset(ntrk_gene(gene) or gene.upper() for gene in genes)
        if self.genes <= set(NTRK):
            self._line = _RELEVANT
        else:
            names = [re.escape(gene) for gene in sorted(self.genes)]
            if self.genes & set(NTRK):
                names.append(_RELEVANT.pattern)
            self._line = re.compile("|".join(names), re.IGNORECASE)

    def line(self, line: str) -> bool:
        """Whether a line of text can hold a wanted record: cheap, and never wrongly ``False``."""
        return self._line.search(line) is not None

    def _side(self, side: Breakpoint) -> bool:
        for name in (side.gene, *side.others):
            if name is not None and (ntrk_gene(name) or name.upper()) in self.genes:
                return True
        return locus_gene(side.chromosome, side.position) in self.genes

    def junction(self, junction: Junction) -> bool:
        """Whether a junction touches a wanted gene by name or by position."""
        return self._side(junction.five_prime) or self._side(junction.three_prime)
