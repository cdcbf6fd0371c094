"""Where a breakpoint lies in a gene: exon, intron or untranslated region, and how many coding bases stand before it.

The boundaries of all exons and coding sequences cut a gene into segments. Within a segment every isoform is either
constant (intron, untranslated region) or linear (coding exon), so a segment is worked out once, and a breakpoint
costs one bisection, whatever the number of isoforms.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Literal

import msgspec

from ntrkpath.fusion.gene import Gene, Transcript

Role = Literal["five_prime", "three_prime"]
Place = Literal["coding_exon", "coding_intron", "start_utr", "stop_utr", "outside"]

_RANK = {"coding_exon": 1, "start_utr": 3, "stop_utr": 3, "coding_intron": 4, "outside": 6}


class Isoform(msgspec.Struct, frozen=True, gc=False):
    """One isoform within a segment.

    Args:
        before: Coding bases kept (5' side: up to and with the breakpoint) or skipped (3' side: before it) at the
            first base of the segment in the direction of transcription.
        exon: Last exon kept (5') or first exon kept (3'); 0 outside the transcript.
        intron: Whether the segment lies in an intron of this isoform.
        linear: Whether ``before`` grows with each base.
        boundary: Whether the breakpoint is a splice site of this isoform for this role.
    """

    transcript: Transcript
    place: Place
    exon: int
    intron: bool
    before: int
    linear: bool
    boundary: bool


class Site(msgspec.Struct, frozen=True, gc=False):
    """A breakpoint in a gene: the isoform that counts, and all isoforms by reading phase.

    Args:
        position: After snapping to a splice site.
        snapped: Bases between the reported and the snapped position.
        before: Coding bases kept (5') or skipped (3') in the isoform that counts.
        phases: Number of coding isoforms with 0, 1 and 2 bases of a codon before the breakpoint.
        canonical_phase: Phase in the transcript that counts first, ``None`` where it does not code here.
    """

    gene: Gene
    role: Role
    position: int
    snapped: int
    transcript: Transcript
    place: Place
    exon: int
    intron: bool
    boundary: bool
    before: int
    phases: tuple[int, int, int]
    canonical_phase: int | None


class _Segment(msgspec.Struct, frozen=True, gc=False):
    first: int  # the first base in the direction of transcription
    chosen: Isoform
    linear: tuple[int, int, int]
    constant: tuple[int, int, int]
    canonical: Isoform


class GeneSites:
    """The breakpoints of one gene; segments are worked out when first asked for and kept."""

    def __init__(self, gene: Gene, kinase_bearing: frozenset[str] = frozenset()) -> None:
        self.gene = gene
        self.plus = gene.strand == "+"
        self._kinase = kinase_bearing
        edges: set[int] = set()
        for t in gene.transcripts:
            for start, end in t.exons:
                edges |= {start, end + 1}
            edges |= {t.cds[0], t.cds[1] + 1}
        self._edges = sorted(edges)
        self._segments: dict[int, _Segment] = {}
        self._coding = {t.accession: t.coding_length for t in gene.transcripts}
        donors, acceptors = self._splice_sites()
        self._boundaries: dict[Role, list[int]] = {"five_prime": donors, "three_prime": acceptors}
        #: Last bases of exons that another follows, and first bases of exons that follow another.
        self.donors, self.acceptors = frozenset(donors), frozenset(acceptors)
        self._boundary_set = {"five_prime": self.donors, "three_prime": self.acceptors}
        self._near: dict[tuple[Role, int], frozenset[int]] = {}

    def _splice_sites(self) -> tuple[list[int], list[int]]:
        donors: set[int] = set()
        acceptors: set[int] = set()
        for t in self.gene.transcripts:
            exons = t.ordered_exons
            for number in range(1, len(exons)):
                donors.add(t.last_base(number))
                acceptors.add(t.first_base(number + 1))
        return sorted(donors), sorted(acceptors)

    def is_boundary(self, position: int, role: Role) -> bool:
        """Whether a position is a splice site of any isoform for this role."""
        return position in self._boundary_set[role]

    def near(self, role: Role, bases: int) -> frozenset[int]:
        """Return every position within so many bases of a splice site for this role."""
        found = self._near.get((role, bases))
        if found is None:
            sites = self._boundaries[role]
            found = frozenset(p for site in sites for p in range(site - bases, site + bases + 1))
            self._near[role, bases] = found
        return found

    def snap(self, position: int, role: Role, tolerance: int) -> int:
        """Return the nearest splice site within ``tolerance`` bases (the canonical ones first), or the position."""
        if not tolerance or self.is_boundary(position, role):
            return position
        sites = self._boundaries[role]
        near = sites[bisect_left(sites, position - tolerance) : bisect_right(sites, position + tolerance)]
        if not near:
            return position
        t = self.gene.canonical
        own = {t.last_base(n) if role == "five_prime" else t.first_base(n) for n in range(1, len(t.exons) + 1)}
        return min(near, key=lambda site: (abs(site - position), site not in own, site))

    def locate(self, position: int, role: Role, level: str, tolerance: int = 0) -> Site:
        """Return where a breakpoint lies.

        Args:
            level: ``rna`` reads introns as retained; ``dna`` as spliced out, so that the next exon counts.
            tolerance: Bases within which the breakpoint is moved onto a splice site.
        """
        at = self.snap(position, role, tolerance)
        index = bisect_right(self._edges, at)
        boundary = at in self._boundary_set[role]
        key = index * 8 + (role == "five_prime") * 4 + (level == "dna") * 2 + boundary
        segment = self._segments.get(key)
        if segment is None:
            segment = self._segments[key] = self._segment(at, index, role, level)
        moved = at - segment.first if self.plus else segment.first - at
        chosen = segment.chosen
        before = chosen.before + moved if chosen.linear else chosen.before
        a, b, c = segment.linear
        shift = moved % 3
        if shift == 1:
            a, b, c = c, a, b
        elif shift == 2:
            a, b, c = b, c, a
        x, y, z = segment.constant
        canonical = segment.canonical
        phase = None
        if canonical.place == "coding_exon" or (level == "dna" and canonical.place == "coding_intron"):
            phase = (canonical.before + (moved if canonical.linear else 0)) % 3
        return Site(
            self.gene,
            role,
            at,
            abs(at - position),
            chosen.transcript,
            chosen.place,
            chosen.exon,
            chosen.intron,
            chosen.boundary,
            before,
            (a + x, b + y, c + z),
            phase,
        )

    def _segment(self, at: int, index: int, role: Role, level: str) -> _Segment:
        edges = self._edges
        low = edges[index - 1] if index else at
        high = edges[index] - 1 if index < len(edges) else at
        first = low if self.plus else high
        isoforms = [self._isoform(t, at, first, role) for t in self.gene.transcripts]
        linear, constant = [0, 0, 0], [0, 0, 0]
        for form in isoforms:
            if form.place == "coding_exon":
                (linear if form.linear else constant)[form.before % 3] += 1
            elif form.place == "coding_intron" and level == "dna":
                constant[form.before % 3] += 1
        chosen = min(enumerate(isoforms), key=lambda item: (self._rank(item[1], level), item[0]))[1]
        return _Segment(
            first,
            chosen,
            (linear[0], linear[1], linear[2]),
            (constant[0], constant[1], constant[2]),
            isoforms[0],
        )

    def _rank(self, form: Isoform, level: str) -> tuple[int, bool]:
        rank = _RANK[form.place]
        if level == "dna" and form.place == "coding_intron":
            rank = 1
        elif form.place == "coding_exon" and form.boundary:
            rank = 0
        elif form.intron and form.place != "coding_intron":
            rank = 5 if level == "rna" else 3
        elif form.boundary:
            rank = 2
        return rank, bool(self._kinase) and form.transcript.accession not in self._kinase

    def _isoform(self, t: Transcript, at: int, first: int, role: Role) -> Isoform:
        exon, intron = _exon_of(t, at, role)
        if not exon:
            return Isoform(t, "outside", 0, False, 0, False, False)
        total = self._coding[t.accession]
        low, high = t.cds
        in_cds = not intron and low <= at <= high
        before = t.coding_before(first)
        if in_cds and role == "five_prime":
            before += 1  # the breakpoint itself is kept
        here = before + ((at - first if self.plus else first - at) if in_cds else 0)
        upstream = at < low if self.plus else at > high
        place: Place
        if in_cds:
            place = "stop_utr" if role == "five_prime" and here >= total else "coding_exon"
        elif intron and 0 < before < total:
            place = "coding_intron"
        else:
            place = "start_utr" if upstream or before == 0 else "stop_utr"
        edge = t.last_base(exon) if role == "five_prime" else t.first_base(exon)
        last = len(t.exons)
        splice = exon < last if role == "five_prime" else exon > 1
        return Isoform(t, place, exon, intron, before, in_cds, not intron and splice and edge == at)


def _exon_of(t: Transcript, at: int, role: Role) -> tuple[int, bool]:
    """Return the exon kept next to a position and whether the position is intronic; 0 outside the transcript."""
    exons = t.exons
    if not exons[0][0] <= at <= exons[-1][1]:
        return 0, False
    index = bisect_right(exons, (at, 1 << 60)) - 1
    if exons[index][1] >= at:
        return t.exon_number(index), False
    upstream = t.exon_number(index if t.strand == "+" else index + 1)
    return (upstream if role == "five_prime" else upstream + 1), True
