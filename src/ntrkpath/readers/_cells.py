"""Cells of caller files: numbers, chromosomes, loci, strands, genes, frame words and the caller's own word."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from ntrkpath.model import numerals
from ntrkpath.model.fusion import Breakpoint, FrameCall, Standing, Strand
from ntrkpath.model.numerals import DecimalMark, NumberError
from ntrkpath.readers._contigs import contig, named_assembly
from ntrkpath.readers._loci import locus_gene
from ntrkpath.readers._symbols import mistyped, ntrk_gene, tidied

MISSING = frozenset(
    {
        "",
        ".",
        "-",
        "--",
        "---",
        "na",
        "n/a",
        "nan",
        "none",
        "null",
        "?",
        "unknown",
        "not available",
        "unable to predict breakpoint position",
    }
)

#: Longest human chromosome, rounded up: a larger number is no position.
MAX_POSITION = 250_000_000
#: A read count above this is no count, and an exon number or a copy number beyond these is none.
MAX_COUNT = 10**9
MAX_EXON = 400
MAX_COPIES = 10_000

_LOCUS = re.compile(
    r"^\s*((?:chr)?[A-Za-z0-9_.*-]+?):(\d[\d,.' ]*(?:[eE]\+?\d+)?)(?:-([\d,.]+))?(?::([+\-.*?]|-?1))?\s*$",
    re.IGNORECASE,
)
_CHROMOSOME = re.compile(r"^[A-Za-z0-9_.*-]{1,60}$")
_NEAREST = re.compile(r"^(.+?)\((-?\d+)\)$")
_GENE_SPLIT = re.compile(r"[,;/|]")
_TRUTH = {"true": True, "t": True, "yes": True, "y": True, "1": True,
          "false": False, "f": False, "no": False, "n": False, "0": False}  # fmt: skip
_IN = frozenset({"in-frame", "inframe", "in_frame", "in frame", "in", "yes", "true", "inframe_shift"})
_OUT = frozenset(
    {
        "out-of-frame",
        "outframe",
        "out_of_frame",
        "out of frame",
        "out-frame",
        "out",
        "no",
        "false",
        "frameshift",
        "frame-shift",
        "frame shift",
        "neo_frame",
    }
)


class RowError(Exception):
    """A row cannot be read; the table reader turns it into a located problem and goes on."""


def value(cell: str) -> str | None:
    """Return the cell without surrounding blanks, or ``None`` where it says that there is no value."""
    text = cell.strip()
    return None if text.lower() in MISSING else text


def integer(
    cell: str, what: str = "the number", least: int = 0, most: int = MAX_COUNT, mark: DecimalMark | None = None
) -> int | None:
    """Return a whole number (``12``, ``12.0``, ``11.869.969``), or ``None`` for a missing one.

    Raises:
        RowError: No whole number, or one outside the range.
    """
    text = value(cell)
    if text is None:
        return None
    try:
        number = int(text) if text.isdigit() and len(text) < 16 else numerals.whole(text, mark)
    except NumberError as error:
        raise RowError(f"{what}: {error}") from None
    if not least <= number <= most:
        raise RowError(f"{what} is not between {least} and {most}: {text[:40]}")
    return number


def count(cell: str, mark: DecimalMark | None = None) -> int | None:
    """Return a read count, rounded where the caller estimates it; ``None`` where the cell is empty.

    Raises:
        RowError: No count: no number, a negative one, or one that may be read in two ways.
    """
    text = value(cell)
    if text is None:
        return None
    if text.isdigit() and len(text) < 10:
        return int(text)
    if mark is None and numerals.is_ambiguous(text):
        raise RowError(f"a read count: {text[:40]!r} may be read in two ways: its mark is decimal or groups digits")
    return round(decimal(text, "a read count", 0, MAX_COUNT, mark))


def decimal(cell: str, what: str, least: float, most: float, mark: DecimalMark | None = None) -> float:
    """Return a number that may have a fraction.

    Raises:
        RowError: No number, one outside the range, or one that may be read in two ways.
    """
    try:
        number = numerals.number(cell, mark)
    except NumberError as error:
        raise RowError(f"{what}: {error}") from None
    if not least <= number <= most:
        raise RowError(f"{what} is not between {least:g} and {most:g}: {cell.strip()[:40]}")
    return number


def copies(cell: str, mark: DecimalMark | None = None) -> float | None:
    """Return a copy number or fold change, ``None`` where the cell is empty.

    Raises:
        RowError: No number, a negative one, or more copies than a cell can hold.
    """
    return None if value(cell) is None else decimal(cell, "a copy number", 0, MAX_COPIES, mark)


def exon(cell: str, what: str = "the exon") -> int | None:
    """Return an exon number, counted from 1; ``None`` where the cell is empty or ``-1``."""
    return None if cell.strip() == "-1" else integer(cell, what, 1, MAX_EXON)


def total(*counts: int | None) -> int | None:
    """Sum the counts that are given, ``None`` where none is."""
    given = [number for number in counts if number is not None]
    return sum(given) if given else None


def chromosome(cell: str) -> str | None:
    """Return the chromosome without ``chr``; ``23`` and ``24`` become X and Y, ``M`` becomes MT.

    Accessions stay as they are: the collector resolves them, since they also say the assembly.
    """
    text = value(cell)
    if text is None:
        return None
    if not _CHROMOSOME.match(text):
        raise RowError(f"not a chromosome: {text[:40]!r}")
    found = contig(text)
    return found.name if found.assembly is None and found.foreign is None else text


def position(cell: str, shift: int = 0) -> int | None:
    """Return a 1-based position; ``shift`` is 1 for a 0-based column; ``-1`` is not given."""
    if cell.strip() == "-1":
        return None
    number = integer(cell, "the position", most=10**12)
    if number is None:
        return None
    number += shift
    if not 1 <= number <= MAX_POSITION:
        raise RowError(f"the position lies on no human chromosome: {number}")
    return number


def strand(cell: str) -> Strand | None:
    """Return ``+`` or ``-``; anything else is not stated."""
    text = cell.strip()
    if text in {"+", "1", "+1"}:
        return "+"
    return "-" if text in {"-", "-1"} else None


def retained(mark: str) -> Literal["left", "right"] | None:
    """Return the kept side for ``+`` (the sequence left of the breakpoint) and ``-`` (right of it)."""
    side = strand(mark)
    return None if side is None else "left" if side == "+" else "right"


def locus(cell: str, shift: int = 0) -> tuple[str | None, int | None, Strand | None]:
    """Return chromosome, 1-based position and strand of ``chr12:11869969:+`` (strand and ``chr`` optional)."""
    text = value(cell)
    if text is None:
        return None, None, None
    found = _LOCUS.match(text)
    if found is None:
        raise RowError(f"not a breakpoint (chromosome:position[:strand]): {text[:60]!r}")
    return chromosome(found[1]), position(found[2], shift), strand(found[4] or "")


assembly = named_assembly


def genes(cell: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the gene of a cell and the further names in it.

    ``A,B`` and ``A;B`` are overlapping genes: an NTRK gene counts first, else the first named. ``A(12),B(34)`` is
    the notation for an intergenic breakpoint between A and B: no gene, both names kept. ``A^ENSG...`` is A.

    Raises:
        RowError: A name is no gene and was probably meant as an NTRK gene (``NTKR1``).
    """
    gene, others, _ = gene_and_exon(cell)
    return gene, others


def gene_and_exon(cell: str) -> tuple[str | None, tuple[str, ...], int | None]:
    """Return what ``genes`` returns, and the exon that hangs on an NTRK symbol (``NTRK3:14``, ``NTRK3 exon14``)."""
    text = value(cell)
    if text is None:
        return None, (), None
    symbol, number = tidied(text)
    if number is not None or symbol.isidentifier():
        return _checked(symbol), (), number
    found: dict[str, None] = {}
    intergenic = False
    for part in _GENE_SPLIT.split(text):
        name = value(part.partition("^")[0] or part.partition("^")[2])
        if name is None:
            continue
        near = _NEAREST.match(name)
        if near:
            intergenic = True
            name = near[1]
        found[_checked(tidied(name)[0])] = None
    names = list(found)
    if intergenic or not names:
        return None, tuple(names), None
    first = next((name for name in names if ntrk_gene(name)), names[0])
    return first, tuple(name for name in names if name != first), None


def approved(gene: str) -> str:
    """Return the approved symbol of an NTRK gene under any name; other genes stay as they are."""
    return ntrk_gene(gene) or gene


def _checked(name: str) -> str:
    meant = mistyped(name)
    if meant is not None:
        raise RowError(f"{name!r} is no gene symbol; meant may be {meant}")
    return name


def pair(cell: str, separators: tuple[str, ...] = ("--", "::")) -> tuple[str, str]:
    """Return the two gene cells of a fusion name (``ETV6--NTRK3``, ``--NTRK3`` where the partner is unknown)."""
    for separator in separators:
        first, found, second = cell.partition(separator)
        if found:
            return first, second
    raise RowError(f"not a fusion name ({' or '.join('A' + s + 'B' for s in separators)}): {cell[:60]!r}")


def hyphen_pair(cell: str) -> tuple[str, str]:
    """Return the two genes of ``A-B`` where the symbols may hold hyphens themselves; an NTRK gene decides."""
    parts = cell.strip().split("-")
    if not 2 <= len(parts) <= 20:
        raise RowError(f"not a fusion name (A-B): {cell[:60]!r}")
    splits = [("-".join(parts[:at]), "-".join(parts[at:])) for at in range(1, len(parts))]
    for first, second in splits:
        if ntrk_gene(first) or ntrk_gene(second):
            return first, second
    return splits[0]


def frame(cell: str) -> FrameCall:
    """Map a caller's frame word; words about anything else (a stop codon, a truncation) are ``unknown``."""
    word = cell.strip().lower()
    if word in _IN:
        return "in"
    return "out" if word in _OUT else "unknown"


def failed(cell: str) -> str | None:
    """Return the caller's filter verbatim, or ``None`` where nothing but ``PASS`` stands there."""
    text = value(cell)
    return None if text is None or text.upper() == "PASS" else text


def truth(cell: str) -> bool | None:
    """Return what a cell of yes and no says, however it is written; ``None`` where it says neither."""
    return _TRUTH.get(cell.strip().lower())


def judged(
    cell: str,
    *,
    accepted: Collection[str] = (),
    doubted: Collection[str] = (),
    rejected: Collection[str] = (),
    otherwise: Standing = "doubted",
) -> tuple[Standing, str | None]:
    """Return the standing that the caller's word gives a row, and the word where it is a doubt or a rejection.

    A word that is none of those known is a doubt: what a caller writes beside a call is not passed over.

    Args:
        cell: The word (confidence, class, reported).
        accepted, doubted, rejected: Words for each, in lower case.
        otherwise: Standing of any other word; an empty cell says nothing.
    """
    text = value(cell)
    if text is None:
        return "not_stated", None
    word = text.lower()
    standing: Standing = otherwise
    if truth(word) is not None:
        word = "true" if truth(word) else "false"
    for name, words in (("accepted", accepted), ("doubted", doubted), ("rejected", rejected)):
        if word in words:
            standing = name  # type: ignore[assignment]
    return standing, text if standing in ("doubted", "rejected") else None


def filtered(cell: str) -> tuple[Standing, str | None]:
    """Return the standing of a FILTER cell: accepted where it passed, rejected where it names a filter.

    ``PASS`` with something behind it contradicts itself or adds a remark: a doubt, with the words.
    """
    text = failed(cell)
    if text is None:
        return "accepted" if value(cell) else "not_stated", None
    return "doubted" if re.match(r"pass\s*[;,|]", text, re.IGNORECASE) else "rejected", text


def side(
    gene_cell: str,
    at: tuple[str | None, int | None, Strand | None] = (None, None, None),
    *,
    exon: int | None = None,
    intron: int | None = None,
    transcript: str | None = None,
    keeps: Literal["left", "right"] | None = None,
) -> Breakpoint:
    """Build one side from a gene cell and a locus."""
    gene, others, named = gene_and_exon(gene_cell)
    return Breakpoint(gene, at[0], at[1], at[2], named if exon is None else exon, intron, transcript, keeps, others)


def by_locus(
    names: tuple[str, str], first: tuple[str | None, int | None], second: tuple[str | None, int | None]
) -> tuple[str, str]:
    """Put two gene names on the sides they belong to, where the order of the names is not that of the sides.

    Only NTRK loci are known here; where neither name is an NTRK gene both sides stay without a name.
    """
    on_first, on_second = locus_gene(*first), locus_gene(*second)
    symbols = (ntrk_gene(genes(names[0])[0]), ntrk_gene(genes(names[1])[0]))
    if names[0] == names[1]:
        return names
    if on_first and on_first in symbols:
        return (names[0], names[1]) if symbols[0] == on_first else (names[1], names[0])
    if on_second and on_second in symbols:
        return (names[0], names[1]) if symbols[1] == on_second else (names[1], names[0])
    return "", ""
