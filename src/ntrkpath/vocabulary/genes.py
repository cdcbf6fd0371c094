"""Names of genes: approved symbols, older names, transcripts, names by form; and the nearest of a mistyped name.

A name that is none of these is unknown: in a case it is an error, since a mistyped gene would read as another one.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import msgspec

from ntrkpath.vocabulary.cleaning import clean
from ntrkpath.vocabulary.names import word_list

How = Literal["approved", "alias", "transcript", "family", "form", "open", "unknown"]

_TRANSCRIPTS = Path(__file__).resolve().parents[1] / "knowledge" / "transcripts"
_ACCESSION = re.compile(r"(?:[NX][MR]_\d{6,}|ENST\d{11})(?:\.\d+)?", re.IGNORECASE)
_ISOFORM = re.compile(r"(.+)-(\d{3})")
_PARTED = re.compile(r"([A-Za-z][A-Za-z0-9]*)[ _-]+([A-Za-z]?\d+[A-Za-z0-9]*)")
_GROUP = re.compile(r"([A-Za-z]{2,}) ?-?(\d)((?: ?(?:/|,|&|\+|-|\u2013|and|und|et|y|e) ?(?:\1)? ?\d)+)", re.IGNORECASE)
_NTRK = ("NTRK1", "NTRK2", "NTRK3")
_MOST = 3
_FAR = 2


class GeneName(msgspec.Struct, frozen=True):
    """What a text means as a gene.

    Attributes:
        given: The text, cleaned of unseen characters.
        symbol: The approved symbol; the name as written where it stands for no annotated gene; None where it is
            unknown, or ``open``: the report leaves the side open.
        how: By which kind of name it was read.
        note: What a reader should know of the reading.
        transcript: The transcript that the text names.
        owners: The genes that an older name stood for, where it is not clear which is meant.
    """

    given: str
    symbol: str | None
    how: How
    note: str | None = None
    transcript: str | None = None
    owners: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether the text names a gene, or says that none is known."""
        return self.how != "unknown"

    @property
    def nearest(self) -> tuple[str, ...]:
        """Names within two letters, best first, where the name is unknown."""
        return () if self.known else self.owners or nearest(self.given)


@lru_cache(maxsize=65_536)
def read_gene(text: str) -> GeneName:
    """Return what a text means as the name of one gene; it is never guessed."""
    given = clean(text)
    if _approved(given):
        return GeneName(given, given, "approved")
    return _otherwise(given)


def hgnc_number(symbol: str | None) -> str | None:
    """Return the number that the HUGO Gene Nomenclature Committee gave a gene; None where it was read nowhere."""
    number: str | None = word_list("genes")["hgnc"].get(symbol)
    return number


def is_symbol(text: str) -> bool:
    """Whether a text is a symbol that needs no reading: an approved one, or one of several genes (``SDH``, ``any``)."""
    return _approved(text) or text in ("any", "SDH") or read_gene(text).symbol == text


def _otherwise(given: str) -> GeneName:
    lists = word_list("genes")
    upper = given.upper()
    if not upper or given.casefold() in lists["open_sides"]:
        return GeneName(given, None, "open")
    if upper in lists["families"]:
        return GeneName(given, "any" if upper == "ANY" else upper, "family", lists["families"][upper])
    if symbol := _proper_case(upper):
        return GeneName(given, symbol, "approved")
    if (alias := lists["aliases"].get(upper)) is not None:
        return GeneName(given, alias, "alias", f"{given} is another name of {alias}")
    owners = _aliased(upper)
    doubt = _close_to_ntrk(upper) if owners and not set(owners) & set(_NTRK) else ()
    if len(owners) == 1 and not doubt:
        return GeneName(given, owners[0], "alias", f"{given} is another name of {owners[0]}")
    form = None if doubt or _like_ntrk(upper) else _by_form(given, upper)
    if owners:
        says = f"{given} is an older name of {' and of '.join(owners)}"
        return form or GeneName(given, None, "unknown", says, owners=(*owners[:_MOST], *doubt))
    if _ACCESSION.fullmatch(given):
        return _by_transcript(given)
    return _by_ensembl(given) or _parted(given) or form or GeneName(given, None, "unknown")


def _by_ensembl(given: str) -> GeneName | None:
    """Return the gene of a transcript by Ensembl's name (``ETV6-201``)."""
    isoform = _ISOFORM.fullmatch(given)
    if isoform is None or (gene := read_gene(isoform[1])).how not in ("approved", "alias"):
        return None
    note = f"{given} is a transcript by Ensembl's name: its gene is {gene.symbol}"
    return GeneName(given, gene.symbol, "transcript", note)


def _parted(given: str) -> GeneName | None:
    """Return the gene whose symbol is written in two parts (``NTRK 1``)."""
    parted = _PARTED.fullmatch(given)
    if parted is None:
        return None
    whole = parted[1] + parted[2]
    gene = read_gene(whole)
    if gene.how not in ("approved", "alias") or gene.given != whole:
        return None
    return GeneName(given, gene.symbol, "alias", f"{given} is {gene.symbol}")


def _by_form(given: str, upper: str) -> GeneName | None:
    """Return a name that only its form explains: a clone, a locus, a non-coding or small RNA."""
    for form in word_list("genes")["forms"]:
        if re.fullmatch(form["matches"], upper):
            return GeneName(given, given, "form", f"{given}: {form['note']}")
    return None


def read_genes(text: str) -> tuple[GeneName, ...]:
    """Return what a text means as the name of one gene or of several (``NTRK1-3``, ``NTRK1/2/3``, ``ETV6, NTRK3``)."""
    given = clean(text)
    whole = read_gene(given)
    if whole.known:
        return (whole,)
    if group := _GROUP.fullmatch(given):
        more = re.sub(re.escape(group[1]), "", group[3], flags=re.IGNORECASE)
        numbers = [int(number) for number in group[2] + "".join(re.findall(r"\d", more))]
        if re.search("[-\u2013]", group[3]) and len(numbers) == 2:
            numbers = list(range(numbers[0], numbers[1] + 1))
        return tuple(read_gene(f"{group[1]}{number}") for number in numbers)
    parts = [part for part in re.split(r"\s*[,;/]\s*|\s+(?:and|und|et)\s+", given) if part]
    return tuple(map(read_gene, parts)) if len(parts) > 1 else (whole,)


def _by_transcript(given: str) -> GeneName:
    bare = given.upper().partition(".")[0]
    symbol = _accessions().get(bare)
    if symbol is None:
        return GeneName(given, None, "unknown", f"{given} is a transcript that is not in the table of transcripts")
    return GeneName(given, symbol, "transcript", f"{given} is a transcript of {symbol}", transcript=given)


@lru_cache(maxsize=1024)
def nearest(name: str, most: int = _MOST) -> tuple[str, ...]:
    """Return approved symbols and sarcoma names within two letters of a name, best first; NTRK before others."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    upper = name.upper()
    close = process.extract(upper, _all_symbols(), scorer=OSA.distance, score_cutoff=_FAR if len(upper) > 3 else 1,
                            limit=None)  # fmt: skip
    # A letter exchanged or left out is likelier than one put in place of another, and the sets of letters are the same.
    ranked = sorted(close, key=lambda hit: (hit[1], hit[0] not in _NTRK, sorted(hit[0]) != sorted(upper),
                                            hit[0] not in partners(), hit[0]))  # fmt: skip
    return tuple(symbol for symbol, _, _ in ranked[:most])


def _close_to_ntrk(upper: str) -> tuple[str, ...]:
    """Return the NTRK genes whose symbol a name misses by a letter, or whose stem it bears."""
    if "TRK" in upper:
        return _NTRK
    return tuple(symbol for symbol in _NTRK if _edits(upper, symbol) <= 1)


def _like_ntrk(upper: str) -> bool:
    """Whether a name is within two letters of an NTRK symbol, so that it is never taken for a clone or a locus."""
    if not 3 <= len(upper) <= 7 or len(set("NTRK").intersection(upper)) < 2:
        return False
    return any(_edits(upper, symbol) <= _FAR for symbol in _NTRK)


def _edits(one: str, other: str) -> int:
    """Return how many letters are exchanged, left out, added or put in place of another."""
    from rapidfuzz.distance import OSA

    return OSA.distance(one, other)


@cache
def _index() -> bytes:
    return (_TRANSCRIPTS / "index.tsv").read_bytes()


@cache
def _aliases() -> bytes:
    return (_TRANSCRIPTS / "aliases.tsv").read_bytes()


@cache
def _accessions() -> dict[str, str]:
    lines = (_TRANSCRIPTS / "accessions.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines)


@cache
def partners() -> frozenset[str]:
    """Return the genes whose transcripts the literature of NTRK fusions names: the NTRK genes and their partners."""
    return frozenset(_accessions().values())


@cache
def _all_symbols() -> tuple[str, ...]:
    symbols = (line.partition(b"\t")[0].decode() for line in _index().splitlines())
    return tuple(dict.fromkeys(symbol for symbol in symbols if symbol))


#: Genes that cases name most, so that reading one of them opens no file.
_COMMON = frozenset((
    "NTRK1", "NTRK2", "NTRK3", "ETV6", "TPM3", "TPM4", "LMNA", "EML4", "TPR", "SQSTM1", "STRN", "STRN3", "RBPMS",
    "SPECC1L", "MYO5A", "KIT", "PDGFRA", "NF1", "BRAF", "SDHA", "SDHB", "SDHC", "SDHD", "ALK", "ROS1", "RET", "MDM2",
    "CDK4", "SS18", "EWSR1", "FUS", "FOXO1", "STAT6", "NAB2", "SMARCB1", "CIC", "BCOR", "MET", "EGFR", "RAF1", "TP53",
))  # fmt: skip


def _approved(symbol: str) -> bool:
    if symbol in _COMMON:
        return True
    return bool(symbol) and _line(_index(), symbol) is not None


def _proper_case(upper: str) -> str | None:
    """Return the approved symbol that differs in case only (``ntrk3``, ``c15orf48``)."""
    if _approved(upper):
        return upper
    frame = re.fullmatch(r"(C(?:\d+|X|Y))ORF(\d+)(.*)", upper)
    named = f"{frame[1]}orf{frame[2]}{frame[3]}" if frame else ""
    return named if named and _approved(named) else None


def _aliased(upper: str) -> list[str]:
    if not upper or upper.startswith("ENST") or "\t" in upper:
        return []
    line = _line(_aliases(), upper)
    if line is None and upper.startswith("ENSG"):
        line = _line(_aliases(), upper.partition(".")[0])
    return line.decode().split(",") if line is not None else []


def _line(table: bytes, name: str) -> bytes | None:
    """Return what stands behind a name in a table whose lines are sorted, ``None`` where it is not there."""
    key = name.encode("utf-8", "replace") + b"\t"
    low, high = 0, len(table)
    while low < high:
        start = table.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = table.find(b"\n", start)
        end = len(table) if end < 0 else end
        line = table[start:end]
        if line.startswith(key):
            return line[len(key) :]
        if line.partition(b"\t")[0] + b"\t" < key:
            low = end + 1
        else:
            high = start
    return None


def approved_symbols() -> tuple[str, ...]:
    """Return every approved symbol of a coding gene."""
    return _all_symbols()


def aliases() -> tuple[str, ...]:
    """Return every older name of the alias table, upper case."""
    return tuple(line.partition(b"\t")[0].decode() for line in _aliases().splitlines() if line)
