"""Names of an NTRK event as laboratories write them, read to genes and junctions; nothing is guessed.

Read are names with exons (``ETV6 e5::NTRK3 e15``, ``ETV6-NTRK3 (E5;N15)``), VICC names, HGVS names, and pairs by
symbol, alias or previous symbol (``TEL-TRKC``), a lone NTRK gene included. Exons without a transcript are read in every
numbering.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import msgspec

from ntrkpath.fusion import Transcripts
from ntrkpath.fusion.gene import Gene
from ntrkpath.fusion.literature import exon_fits
from ntrkpath.fusion.locus import NTRK, Atlas
from ntrkpath.fusion.numbering import Numbered, edge, readings
from ntrkpath.fusion.site import Role
from ntrkpath.model.errors import RoundError

_GENE = r"[A-Za-z][A-Za-z0-9.@]*(?:-[A-Za-z0-9]+)*?"
_BETWEEN = r"\s*(?:::|--|->|[-–—/;,+]|\bto\b)\s*"
_TRANSCRIPT = r"(?:NM_\d+|XM_\d+|ENST\d+)(?:\.\d+)?"
_SEGMENT = rf"(?:({_TRANSCRIPT})\s*)?\(?({_GENE})\)?\s*:?\s*e\.(\d+)(?:_(\d+))?([+-]\d+)?"
_VICC = re.compile(rf"{_SEGMENT}\s*::\s*{_SEGMENT}", re.IGNORECASE)
_HGVS = re.compile(
    rf"({_TRANSCRIPT})(?:\(({_GENE})\))?:r\.[-*]?\d+_(\d+)\s*::\s*({_TRANSCRIPT})(?:\(({_GENE})\))?:r\.(\d+)_[*]?\d+",
    re.IGNORECASE,
)
_EXON = r"(?:exons?|ex|e)\.?\s*"
_EACH = re.compile(rf"({_GENE})[\s:(,._]*{_EXON}(\d+)\)?{_BETWEEN}({_GENE})[\s:(,._]*{_EXON}(\d+)\)?", re.IGNORECASE)
_AFTER = re.compile(
    r"(?P<pair>.+?)[\s:,(]+(?:exons?|ex|[A-Z])?\s*(\d+)\s*(?:::|[-–;:,/]|to)?\s*(?:exons?|ex|[A-Z])?\s*(\d+)\)?$",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"\b(?:gene\s+)?(?:fusions?|rearrangements?|rearranged|transcripts?|translocations?|positive)\b", re.IGNORECASE
)
_NOBODY = frozenset({"", "?", "UNKNOWN", "NOVEL", "ANY", "X", "PARTNER", "NA", "N/A", "NOT NAMED"})
#: A breakpoint that lies on no exon boundary that we know: equal to none.
ELSEWHERE = 0
_LONGEST = 200


class Event(msgspec.Struct, frozen=True):
    """A pair of genes with the breakpoints that its name may mean, on GRCh38.

    Args:
        five: Approved symbol of the 5' gene as written; ``None`` where it is not named.
        five_at: Every position that the exon may mean, the one that counts first in front; empty without exons.
        exons: The exon numbers as written, which a swapped order is read from.
        exact: The junction is stated by transcripts or by HGVS, so that no numbering is open.
    """

    text: str
    five: str | None
    three: str | None
    five_at: tuple[int, ...] = ()
    three_at: tuple[int, ...] = ()
    exons: tuple[int, int] | None = None
    exact: bool = False

    @property
    def name(self) -> str:
        """The pair as HGNC writes it."""
        return f"{self.five or '?'}::{self.three or '?'}"

    @property
    def ntrk(self) -> str | None:
        """The NTRK gene, the 3' one first."""
        return next((gene for gene in (self.three, self.five) if gene in NTRK), None)

    @property
    def partner(self) -> str | None:
        """The gene on the other side of the NTRK gene."""
        return self.five if self.three == self.ntrk else self.three


@cache
def atlas() -> Atlas:
    """Return the shipped transcripts on GRCh38."""
    return Atlas(Transcripts.open().on("GRCh38"))


@lru_cache(maxsize=4096)
def gene(name: str) -> Gene:
    """Return a gene by approved symbol, alias or previous symbol.

    Raises:
        RoundError: No such gene, or an alias of several.
    """
    found = atlas().annotation.named(name.strip())
    symbols = sorted({one.symbol for one in found})
    if len(symbols) > 1:
        raise RoundError("an alias of several genes", value=name, allowed=symbols, remedy="write the approved symbol")
    if not found:
        raise RoundError(
            "no such gene", value=name, allowed=_nearest(name), remedy="write the approved symbol of the gene"
        )
    return found[0]


def _nearest(name: str) -> list[str]:
    from rapidfuzz import process

    from ntrkpath.rounds.known_events import symbols

    return [match[0] for match in process.extract(name.upper(), symbols(), limit=3, score_cutoff=60)]


@lru_cache(maxsize=65536)
def read_event(text: str) -> Event:
    """Return the event that a name means.

    Raises:
        RoundError: The name has no form that is read, a gene is unknown, or no transcript has such an exon.
    """
    if len(text) > _LONGEST:
        raise RoundError("a name of a fusion is shorter", value=text, allowed=f"{_LONGEST} characters")
    stripped = _NOISE.sub(" ", text.replace("\u00a0", " ")).strip(" .;,")
    if not stripped:
        raise RoundError("no event is named", value=text, allowed="a name such as ETV6::NTRK3 or ETV6 e5::NTRK3 e15")
    if found := _HGVS.fullmatch(stripped):
        return _hgvs(text, found)
    if found := _VICC.fullmatch(stripped):
        first, second = found.groups()[:5], found.groups()[5:]
        return _with_exons(
            text, first[1], int(first[3] or first[2]), second[1], int(second[2]), first[0], second[0],
            (first[4] is not None, second[4] is not None),
        )  # fmt: skip
    if found := _EACH.fullmatch(stripped):
        return _with_exons(text, found[1], int(found[2]), found[3], int(found[4]))
    pair = _pair(stripped)
    if pair is not None:
        return Event(text, *pair)
    if (found := _AFTER.fullmatch(stripped)) and (pair := _pair(found["pair"].strip(" :,;("))):
        if None in pair:
            return Event(text, *pair)
        return _with_exons(text, str(pair[0]), int(found[2]), str(pair[1]), int(found[3]))
    if re.fullmatch(_GENE, stripped):
        one = gene(stripped).symbol
        return Event(text, None, one) if one in NTRK else Event(text, one, None)
    raise RoundError(
        "this name of a fusion is not understood", value=text,
        allowed="ETV6::NTRK3, ETV6 e5::NTRK3 e15, a VICC or an HGVS name",
    )  # fmt: skip


def _pair(text: str) -> tuple[str | None, str | None] | None:
    """Return the two genes of a text, at the separator at which both are known; ``None`` where it is no pair."""
    problem: RoundError | None = None
    cuts = [(m.start(), m.end()) for m in re.finditer(r"\s*::\s*", text)]
    cuts = cuts or [(m.start(), m.end()) for m in re.finditer(r"\s*(?:--|->|[-–—/;:,+_]|\s)\s*", text)]
    for start, end in cuts:
        sides = text[:start].strip(), text[end:].strip()
        if any(side.upper() not in _NOBODY and not re.fullmatch(_GENE, side) for side in sides):
            continue
        try:
            return _symbol(sides[0]), _symbol(sides[1])
        except RoundError as error:
            problem = problem or error
    if problem is not None:
        raise problem
    return None


def _symbol(side: str) -> str | None:
    return None if side.upper() in _NOBODY else gene(side).symbol


def _with_exons(
    text: str, first: str, exon5: int, second: str, exon3: int,
    transcript5: str | None = None, transcript3: str | None = None, inside: tuple[bool, bool] = (False, False),
) -> Event:  # fmt: skip
    five, three = gene(first), gene(second)
    choices5 = _choices(five, exon5, "five_prime", transcript5)
    choices3 = _choices(three, exon3, "three_prime", transcript3)
    if three.symbol in NTRK and not (transcript5 and transcript3):
        fits = exon_fits(atlas(), five, choices5, three, choices3)
        at5 = tuple(dict.fromkeys(fit.five_prime for fit in fits))
        at3 = tuple(dict.fromkeys(fit.three_prime for fit in fits))
    else:
        at5, at3 = (tuple(choice.position for choice in choices) for choices in (choices5, choices3))
    return Event(
        text, five.symbol, three.symbol, (ELSEWHERE,) if inside[0] else at5, (ELSEWHERE,) if inside[1] else at3,
        (exon5, exon3), bool(transcript5 and transcript3),
    )  # fmt: skip


def _choices(one: Gene, exon: int, role: Role, transcript: str | None) -> list[Numbered]:
    if transcript is not None:
        own = one.transcript(transcript)
        at = edge(own, exon, role) if own is not None else None
        if own is not None and at is not None:
            return [Numbered(at, (own,))]
    found = readings(one, exon, role)
    if not found:
        most = max(len(t.exons) for t in one.transcripts)
        raise RoundError(f"no transcript of {one.symbol} has this exon", value=exon, allowed=f"1 to {most}")
    return found


def _hgvs(text: str, found: re.Match[str]) -> Event:
    five, three = _of_transcript(found[1], found[2]), _of_transcript(found[4], found[5])
    at5 = _coding_edge(five, found[1], int(found[3]), "five_prime")
    at3 = _coding_edge(three, found[4], int(found[6]), "three_prime")
    return Event(text, five.symbol, three.symbol, (at5,), (at3,), None, True)


def _of_transcript(accession: str, symbol: str | None) -> Gene:
    """Return the gene of a transcript: as named beside it, else among the genes of known events."""
    from ntrkpath.rounds.known_events import event_genes

    for name in [symbol] if symbol else event_genes():
        for one in atlas().annotation.named(name):
            if one.transcript(accession) is not None:
                return one
    raise RoundError(
        "no transcript of a known partner", value=accession, remedy="write the gene beside it: NM_001987.5(ETV6):r...."
    )


def _coding_edge(one: Gene, accession: str, count: int, role: Role) -> int:
    """Return the exon boundary at which so many coding bases have passed; ``ELSEWHERE`` where none is."""
    own = one.transcript(accession)
    assert own is not None
    for exon in range(1, len(own.exons) + 1):
        at = edge(own, exon, role)
        if at is not None and own.coding_before(at) + 1 == count and own.cds[0] <= at <= own.cds[1]:
            return at
    return ELSEWHERE
