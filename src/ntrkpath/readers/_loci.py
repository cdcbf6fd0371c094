"""Which names and coordinates belong to NTRK1, NTRK2 and NTRK3, so that no NTRK row is filtered away."""

from __future__ import annotations

import re
from collections.abc import Collection

from ntrkpath.model.fusion import Breakpoint, Junction
from ntrkpath.readers._contigs import contig
from ntrkpath.readers._symbols import ALIASES, INVISIBLE, NTRK, ntrk_gene

#: Chromosome -> gene and its span, widened by 5 kb, on GRCh37 and on GRCh38 (GENCODE 31, all transcripts).
LOCI: dict[str, tuple[str, tuple[tuple[int, int], ...]]] = {
    "1": ("NTRK1", ((156_780_000, 156_857_000), (156_810_000, 156_887_000))),
    "9": ("NTRK2", ((87_278_000, 87_644_000), (84_663_000, 85_032_000))),
    "15": ("NTRK3", ((88_397_000, 88_805_000), (87_854_000, 88_262_000))),
}
#: Bases from the gene beyond which a breakpoint cannot be meant as one of the gene.
FAR = 1_000_000

# What a line that can hold an NTRK record contains: a part of one of the names, also of a mistyped one ...
_NEEDLES = (
    *("TRK", "NTR", "NTK", "NRTK", "TNRK", "NRK", "MTC"),
    *sorted(alias for alias in ALIASES if alias.startswith(("ENS", "NM_", "NP_"))),
)
_NEAR = re.compile(r"N.RK|NT.K|(?<![\d.])491[456](?!\d)")
# ... or a number inside one of the spans, whose digits may be grouped or lost to an exponent.
_NUMBERS = re.compile(
    r"(?<!\d)(?:156[,. ']?[78]\d\d[,. ']?\d{3}|8[45678][,. ']?\d{3}[,. ']?\d{3})(?!\d)|\d[.,]\d+[eE]\+?\d"
)
#: Names that say beyond doubt that a line speaks of an NTRK gene.
NAMED = re.compile(r"(?<![A-Z0-9])(?:NTRK[123]|TRK[ABC])(?![A-Z0-9])", re.IGNORECASE)


def locus_gene(chromosome: str | None, position: int | None) -> str | None:
    """Return the NTRK gene at a position on either assembly, else ``None``."""
    if chromosome is None or position is None:
        return None
    entry = LOCI.get(chromosome) or LOCI.get(contig(chromosome).name)
    if entry is None:
        return None
    gene, spans = entry
    return gene if any(start <= position <= end for start, end in spans) else None


def contradicts(gene: str | None, chromosome: str | None, position: int | None) -> str | None:
    """Return where the NTRK gene that ``gene`` names lies, if the position lies elsewhere."""
    symbol = ntrk_gene(gene)
    if symbol is None or chromosome is None:
        return None
    home = next(name for name, (owner, _) in LOCI.items() if owner == symbol)
    if chromosome != home:
        return f"{symbol} lies on chromosome {home}, not {chromosome}"
    spans = LOCI[home][1]
    if position is not None and not any(start - FAR <= position <= end + FAR for start, end in spans):
        return f"{symbol} does not lie at {home}:{position}, on neither assembly"
    return None


class GeneFilter:
    """Keeps what touches the wanted genes; a row it is not sure about is kept.

    Args:
        genes: Wanted symbols; for NTRK genes also their aliases, and any position inside their loci.
    """

    def __init__(self, genes: Collection[str]) -> None:
        self.genes = frozenset(ntrk_gene(gene) or gene.upper() for gene in genes)
        self.ntrk = bool(self.genes & set(NTRK))
        others = tuple(sorted(self.genes - set(NTRK)))
        self._needles = (*(_NEEDLES if self.ntrk else ()), *others)

    def line(self, line: str) -> bool:
        """Whether a line of text can hold a wanted record: cheap, and never wrongly ``False``."""
        upper = line.upper() if line.isascii() else INVISIBLE.sub("", line).upper()
        for needle in self._needles:
            if needle in upper:
                return True
        return self.ntrk and (_NUMBERS.search(line) is not None or _NEAR.search(upper) is not None)

    def gene(self, name: str | None) -> bool:
        """Whether a symbol is one of the wanted genes."""
        return name is not None and (ntrk_gene(name) or name.upper()) in self.genes

    def _side(self, side: Breakpoint) -> bool:
        if any(map(self.gene, (side.gene, *side.others))):
            return True
        if side.gene is None and side.transcript is not None and self.gene(ntrk_gene(side.transcript)):
            return True
        return locus_gene(side.chromosome, side.position) in self.genes

    def junction(self, junction: Junction) -> bool:
        """Whether a junction touches a wanted gene by name or by position."""
        return self._side(junction.five_prime) or self._side(junction.three_prime)


def touches_ntrk(junction: Junction) -> bool:
    """Whether a junction names an NTRK gene or lies on one."""
    return _NTRK_ONLY.junction(junction)


_NTRK_ONLY = GeneFilter(NTRK)
