"""Genes and transcripts: exons, coding sequence, and the transcript that counts first."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

import msgspec

from ntrkpath.model.fusion import Assembly


class Transcript(msgspec.Struct, frozen=True, eq=False, dict=True):
    """One complete coding transcript; compared by identity, so that caches need not hash its exons.

    Args:
        accession: With version where the source gives one (RefSeq models from UCSC have none).
        exons: 1-based inclusive (start, end), in ascending order on the chromosome.
        cds: First and last coding base on the chromosome, the stop codon included.
        mane: MANE Select as (Ensembl, RefSeq) accession with version, where this transcript is it.
    """

    accession: str
    strand: str
    exons: tuple[tuple[int, int], ...]
    cds: tuple[int, int]
    mane: tuple[str, str] | None = None

    @property
    def ordered_exons(self) -> tuple[tuple[int, int], ...]:
        """Exons in the order of transcription, as (start, end) on the chromosome."""
        return self.exons if self.strand == "+" else self.exons[::-1]

    @property
    def coding_length(self) -> int:
        """Coding bases, the stop codon included."""
        return self._coding_blocks[2][-1]

    @property
    def protein_length(self) -> int:
        """Amino acids."""
        return self.coding_length // 3 - 1

    def exon_number(self, index: int) -> int:
        """Return the 1-based number, in transcription order, of the exon at ``index`` of ``exons``."""
        return index + 1 if self.strand == "+" else len(self.exons) - index

    def coding_before(self, position: int) -> int:
        """Return the coding bases that lie strictly before a position, in the direction of transcription."""
        starts, ends, below = self._coding_blocks
        if self.strand == "+":
            i = bisect_left(starts, position)  # blocks that open before the position
            return below[i] - max(0, ends[i - 1] - position + 1) if i else 0
        i = bisect_right(ends, position)  # blocks that end at or below it
        above = below[-1] - below[i]
        return above - max(0, position - starts[i] + 1) if i < len(starts) else 0

    @cached_property
    def _coding_blocks(self) -> tuple[list[int], list[int], list[int]]:
        """Starts and ends of the coding part of each exon, and the coding bases below each, all ascending."""
        low, high = self.cds
        blocks = [(max(s, low), min(e, high)) for s, e in self.exons if s <= high and e >= low]
        below = [0, *accumulate(e - s + 1 for s, e in blocks)]
        return [s for s, _ in blocks], [e for _, e in blocks], below

    def last_base(self, exon: int) -> int:
        """Return the coordinate of the last transcribed base of an exon (1-based number).

        Raises:
            IndexError: The transcript has no such exon.
        """
        start, end = self._exon(exon)
        return end if self.strand == "+" else start

    def first_base(self, exon: int) -> int:
        """Return the coordinate of the first transcribed base of an exon (1-based number).

        Raises:
            IndexError: The transcript has no such exon.
        """
        start, end = self._exon(exon)
        return start if self.strand == "+" else end

    def _exon(self, exon: int) -> tuple[int, int]:
        if not 1 <= exon <= len(self.exons):
            raise IndexError(exon)
        return self.ordered_exons[exon - 1]


class Gene(msgspec.Struct, frozen=True, dict=True, eq=False):
    """A gene on one assembly, compared by identity; ``transcripts`` with the one that counts first at the front.

    The first is MANE Select where the table has it, else the longest complete coding sequence.
    """

    symbol: str
    chromosome: str
    strand: str
    assembly: Assembly
    transcripts: tuple[Transcript, ...]

    @classmethod
    def of(cls, symbol: str, chromosome: str, assembly: Assembly, transcripts: Iterable[Transcript]) -> Gene:
        """Return a gene with its transcripts in the order in which they count."""
        ranked = sorted(
            transcripts,
            key=lambda t: (t.mane is None, not t.accession.startswith("ENST"), -t.coding_length, t.accession),
        )
        return cls(symbol, chromosome, ranked[0].strand, assembly, tuple(ranked))

    @property
    def canonical(self) -> Transcript:
        """The transcript that counts first."""
        return self.transcripts[0]

    @cached_property
    def span(self) -> tuple[int, int]:
        """First and last base of any transcript on the chromosome."""
        return min(t.exons[0][0] for t in self.transcripts), max(t.exons[-1][1] for t in self.transcripts)

    def transcript(self, accession: str) -> Transcript | None:
        """Return the transcript with this accession, whatever its version; MANE RefSeq accessions included."""
        bare = accession.partition(".")[0].upper()
        for t in self.transcripts:
            if t.accession.partition(".")[0] == bare:
                return t
        for t in self.transcripts:
            if t.mane and t.mane[1].partition(".")[0] == bare:
                return t
        return None
