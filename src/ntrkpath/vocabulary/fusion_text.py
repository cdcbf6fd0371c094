"""One text for a fusion, read: ``TPM3::NTRK1``, ``ETV6 exon 5 - NTRK3 exon 15``, VICC and HGVS names.

The 5' side stands first. Every side is the name of a gene (see ``genes``), with its exon, transcript or position
where the text states one; what cannot be read is a problem with its nearest names, never another gene.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from ntrkpath.vocabulary.cleaning import clean
from ntrkpath.vocabulary.denials import denies
from ntrkpath.vocabulary.genes import GeneName, partners, read_gene


class SideText(msgspec.Struct, frozen=True):
    """One side: its gene as read, and the exon, transcript and position (``chromosome:position``) that are stated."""

    gene: GeneName
    exon: int | None = None
    transcript: str | None = None
    position: str | None = None
    notes: tuple[str, ...] = ()


class FusionText(msgspec.Struct, frozen=True):
    """A fusion read from one text.

    Attributes:
        text: The text, cleaned of unseen characters.
        five_prime: The side that stands first; None where the text is no fusion.
        three_prime: The other side.
        frame: ``in_frame`` or ``out_of_frame`` where the text states it.
        problem: Why it cannot be read, None where it can.
        nearest: Names near an unknown gene.
        notes: What a reader should know of the reading.
    """

    text: str
    five_prime: SideText | None = None
    three_prime: SideText | None = None
    frame: str | None = None
    problem: str | None = None
    nearest: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``5'::3'`` by approved symbols, ``?`` for a side left open."""
        sides = (self.five_prime, self.three_prime)
        return "::".join((side.gene.symbol if side else None) or "?" for side in sides)


_EXON = r"(?:exons?|exón|esone|ex|e)\.?[ _:]?(\d{1,3})"
_ACCESSION = r"(?:[NX][MR]_\d{6,}|ENST\d{11})(?:\.\d+)?"
#: ``NM_001987.5(ETV6):e.5``, with an offset or an RNA position behind.
_VICC = re.compile(rf"({_ACCESSION}) ?\(([^()]+)\)(?: ?:? ?(.*))?", re.IGNORECASE)
#: ``ETV6{NM_001987.4}:r.1_737`` as COSMIC writes.
_COSMIC = re.compile(rf"([^{{}}]+)\{{({_ACCESSION})\}}(?: ?:? ?(.*))?", re.IGNORECASE)
#: ``EML4 (NM_019063.5) exon 2``.
_NAMED = re.compile(rf"([^()]+?) ?[(\[]({_ACCESSION})[)\]](?: ?:? ?(.*))?", re.IGNORECASE)
_BARE = re.compile(rf"({_ACCESSION}) ?:? ?(.*)", re.IGNORECASE)
_CHROMOSOME = re.compile(r"NC_0*(\d+)\.(\d+) ?\(chr ?([0-9XY]+)\) ?: ?g\.(\d+)(?:_\d+)?", re.IGNORECASE)
_AT = re.compile(r"(?:chr)?([0-9]{1,2}|X|Y) ?: ?([0-9]{4,})", re.IGNORECASE)
_PLACE = re.compile(rf"(?:e\.|{_EXON}|)(\d*)((?:[+-]\d+)?)", re.IGNORECASE)
_BESIDE = re.compile(
    rf"(.+?)(?: ?[({{\[] ?(?:{_EXON}|(\d{{1,3}})) ?[)}}\]]|[ _:]+{_EXON}|{_EXON}| ?: ?(\d{{1,3}})|:e\.(\d{{1,3}}))",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"{_EXON} (?:of|von|de|di|del) (.+)", re.IGNORECASE)
_BOTH_EXONS = re.compile(
    r"(.+?)[ ,;]*[({\[]? ?(?:exons?|ex|e|t|n)\.? ?(\d{1,3}) ?(?:[;:,/+-]|--|::|to|and|\u2013| )"
    r" ?(?:exons?|ex|e|n)\.? ?(\d{1,3}) ?[)}\]]?",
    re.IGNORECASE,
)
_FRAMES = (
    (re.compile(r"[\s,;(\[]*\b(?:not in[ -]frame|out[ -]of[ -]frame|frame[ -]?shift)\b[\s)\]]*", re.IGNORECASE),
     "out_of_frame"),
    (re.compile(r"[\s,;(\[]*\bin[ -]frame\b[\s)\]]*", re.IGNORECASE), "in_frame"),
)  # fmt: skip
_SPEAKING = re.compile(
    r"\b(?:gene|genes|fusions?|fusionen|fusionsgen|gen|g[eè]ne|rearrang(?:ed|ement)|rearrangements?|transcripts?|transkript"
    r"|chimeric|translocation|detected|identified|positive|fused|umlagerung|r[eé]arrangement)\b",
    re.IGNORECASE,
)
#: A word as a language has them, where only a space parts it from the other side: ``was`` is a gene, and no partner.
_WORD = re.compile(r"[^\W\d_A-Z]+")
_CYTOGENETIC = re.compile(r"[,;(\[ ]*\b(?:t|inv|del|der|ins)\([0-9XY;pq]+\)(?:\([0-9XYpq;.]+\))?[)\] ]*", re.IGNORECASE)
_CLEAR = (r"::", r"--", r"\s*(?:->|=>|\u2192|\u2013|\u2014)\s*", r"\s+-\s+", r"\s+(?:to|with|and|und|et|y|e|mit)\s+")
_UNCLEAR = (r"/", r"-", r"_", r"\s*:\s*", r"\s*\+\s*", r"\s+", r"\s*\|\s*", r"\s*,\s*", r"\s*;\s*")
#: Most characters of a fusion's name, with transcripts and an inserted sequence; every cut of it is tried.
_LONGEST = 500


@lru_cache(maxsize=8192)
def read_fusion(text: str) -> FusionText:
    """Read one text as a fusion; several readings, or none, are a problem and never a choice."""
    given = clean(text)
    if len(given) > _LONGEST:
        return FusionText(given[:_LONGEST], problem=f"longer than {_LONGEST} characters: no name of a fusion")
    rest, frame, notes = given, None, []
    for pattern, level in _FRAMES:
        if frame is None and pattern.search(rest):
            rest, frame = pattern.sub(" ", rest).strip(), level
    if denies(rest):
        return FusionText(given, problem="a text that denies is no fusion: leave it out, and state the result")
    if _CYTOGENETIC.search(rest):
        bare = _CYTOGENETIC.sub(" ", rest).strip()
        if not bare:
            return FusionText(given, problem="a translocation, which names no gene")
        rest = bare
        notes.append("the translocation beside the names is not read")
    rest = " ".join(_SPEAKING.sub(" ", rest).split()).strip(" ,;.")
    rest = re.sub(r"^(?:of|between|von|entre|tra)\s+", "", rest)
    found = _pair(rest)
    if found is None or not _known(found):
        found = _numbered_behind(rest) or found
    if found is not None:
        return _checked(given, *found, frame, tuple(notes))
    alone = read_side(rest)
    if alone.gene.known and alone.gene.how != "open":
        partner = SideText(GeneName("", None, "open"))
        return FusionText(
            given, partner, alone, frame, notes=(*notes, *alone.notes, "one gene is named: the partner is not known")
        )
    return FusionText(given, problem="no fusion of two genes", nearest=alone.gene.nearest)


def _known(sides: tuple[SideText, SideText]) -> bool:
    return all(side.gene.known for side in sides)


def _numbered_behind(text: str) -> tuple[SideText, SideText] | None:
    """Return the sides where both exons stand behind both names: ``ETV6-NTRK3 (E5;N15)``."""
    exons = _BOTH_EXONS.fullmatch(text)
    pair = _pair(exons[1].strip()) if exons else None
    if exons is None or pair is None or not _known(pair):
        return None
    five, three = pair
    return msgspec.structs.replace(five, exon=int(exons[2])), msgspec.structs.replace(three, exon=int(exons[3]))


def _checked(given: str, five: SideText, three: SideText, frame: str | None, notes: tuple[str, ...]) -> FusionText:
    found = FusionText(given, five, three, frame, notes=(*notes, *five.notes, *three.notes))
    unknown = [side.gene for side in (five, three) if not side.gene.known]
    if unknown:
        says = " and ".join(f"{gene.given!r}" for gene in unknown)
        near = tuple(dict.fromkeys(name for gene in unknown for name in gene.nearest))
        return msgspec.structs.replace(found, problem=f"no gene is called {says}", nearest=near)
    if not five.gene.symbol and not three.gene.symbol and not (five.position or three.position):
        return msgspec.structs.replace(found, problem="neither side names a gene")
    return found


def _pair(text: str) -> tuple[SideText, SideText] | None:
    """Return the two sides: by a separator that only separates, else by the one cut that leaves two genes."""
    for separator in _CLEAR:
        parts = re.split(separator, text, flags=re.IGNORECASE)
        if len(parts) == 2 and all(part.strip() for part in parts):
            return read_side(parts[0]), read_side(parts[1])
        if len(parts) > 2 and separator in ("::", "--"):
            return None
    cuts = list(_cuts(text))
    known = [cut for cut in cuts if all(side.gene.known for side in cut)]
    named = [cut for cut in known if all(side.gene.how in ("approved", "alias", "transcript") for side in cut)]
    if known:
        best = named or known
        return best[0] if len({(c[0].gene.symbol, c[1].gene.symbol) for c in best}) == 1 else None
    half = [cut for cut in cuts if any(side.gene.known and side.gene.how != "open" for side in cut)]
    return half[0] if half else cuts[0] if len(cuts) == 1 else None


def _is_word(text: str) -> bool:
    """Say whether a text may be a word of a language: small letters alone, and no known partner of NTRK (``lmna``)."""
    return _WORD.fullmatch(text) is not None and read_gene(text).symbol not in partners()


def _cuts(text: str) -> Iterator[tuple[SideText, SideText]]:
    if read_gene(text).known:
        return
    for separator in _UNCLEAR:
        for match in re.finditer(separator, text):
            left, right = text[: match.start()].strip(), text[match.end() :].strip()
            if separator == r"\s+" and (_is_word(left) or _is_word(right)):
                continue
            if left and right and re.search("[A-Za-z?]", left) and re.search("[A-Za-z?]", right):
                yield read_side(left), read_side(right)


def read_side(text: str) -> SideText:
    """Read one side of a fusion: a gene, with its exon, transcript or position where the text states one."""
    given = clean(text).strip(" ,;")
    whole = read_gene(given)
    if whole.known:
        return _side(whole)
    if match := _CHROMOSOME.fullmatch(given):
        return SideText(GeneName(given, None, "open"), position=f"{match[3]}:{match[4]}")
    if match := _AT.fullmatch(given):
        return SideText(GeneName(given, None, "open"), position=f"{match[1]}:{match[2]}")
    if match := _VICC.fullmatch(given):
        return _placed(read_gene(match[2]), match[1], match[3] or "")
    if match := _COSMIC.fullmatch(given):
        return _placed(read_gene(match[1]), match[2], match[3] or "")
    if match := _NAMED.fullmatch(given):
        return _placed(read_gene(match[1]), match[2], match[3] or "")
    if (match := _BARE.fullmatch(given)) and match[2]:
        return _placed(read_gene(match[1]), match[1], match[2])
    if match := _BESIDE.fullmatch(given):
        gene = read_gene(match[1].strip(" ,;:_-"))
        number = next((found for found in match.groups()[1:] if found), None)
        if gene.known and number and gene.how != "open":
            side = _side(gene)
            return msgspec.structs.replace(side, exon=int(number))
        if number and re.search("[A-Za-z]", match[1]) and not re.search(r"\d$", given[: match.end(1)] + "x"):
            return SideText(gene, exon=int(number))
    if match := _BEFORE.fullmatch(given):
        return msgspec.structs.replace(_side(read_gene(match[2])), exon=int(match[1]))
    return _side(whole)


def _side(gene: GeneName) -> SideText:
    notes = (gene.note,) if gene.note and gene.known else ()
    return SideText(gene, transcript=gene.transcript, notes=notes)


def _placed(gene: GeneName, transcript: str, place: str) -> SideText:
    """Return a side by its transcript, with the exon behind it; an offset or an RNA position is said and not read."""
    match = _PLACE.fullmatch(place.strip())
    exon = (match[1] or match[2]) if match else None
    notes = [gene.note] if gene.note and gene.known and not gene.transcript else []
    if match and match[3]:
        notes.append(f"the offset {match[3]} from exon {exon} is not read")
        exon = None
    elif place.strip() and not exon:
        notes.append(f"the place {place.strip()} is not read")
    return SideText(gene, int(exon) if exon else None, transcript, notes=tuple(notes))
