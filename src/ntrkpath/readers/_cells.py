"""Cells of caller files: numbers, chromosomes, loci, strands, genes and frame words, each said once."""

from __future__ import annotations

import re
from typing import Literal

from ntrkpath.model.fusion import Assembly, Breakpoint, FrameCall, Strand
from ntrkpath.readers._loci import locus_gene, ntrk_gene

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
#: A read count or exon number above this is no count.
MAX_COUNT = 10**9

_LOCUS = re.compile(
    r"^\s*((?:chr)?[A-Za-z0-9_.*-]+?):([\d,]+(?:\.0+)?)(?:-([\d,]+))?(?::([+\-.*?]|-?1))?\s*$", re.IGNORECASE
)
_CHROMOSOME = re.compile(r"^[A-Za-z0-9_.*-]{1,60}$")
_NEAREST = re.compile(r"^(.+?)\((-?\d+)\)$")
_GENE_SPLIT = re.compile(r"[,;/|]")
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


def integer(cell: str, what: str = "a number") -> int | None:
    """Return a whole number (``12``, ``12.0``, ``1,234``), or ``None`` for a missing one or ``-1``."""
    text = value(cell)
    if text is None:
        return None
    plain = text.replace(",", "")
    if "." in plain and not plain.partition(".")[2].strip("0"):
        plain = plain.partition(".")[0]
    if len(plain) > 15 or not re.fullmatch(r"[+-]?\d+", plain, re.ASCII):
        raise RowError(f"{what} is not a whole number: {text[:40]!r}")
    number = int(plain)
    return None if number == -1 else number


def count(cell: str) -> int | None:
    """Return a read count; a cell that is no count (a list of read names) gives ``None``."""
    try:
        number = integer(cell)
    except RowError:
        try:
            number = round(float(cell))
        except (ValueError, OverflowError):
            return None
    return None if number is None or not 0 <= number <= MAX_COUNT else number


def total(*counts: int | None) -> int | None:
    """Sum the counts that are given, ``None`` where none is."""
    given = [number for number in counts if number is not None]
    return sum(given) if given else None


def chromosome(cell: str) -> str | None:
    """Return the chromosome without ``chr``; ``23`` and ``24`` become X and Y, ``M`` becomes MT."""
    text = value(cell)
    if text is None:
        return None
    if text[:3].lower() == "chr" and len(text) > 3:
        text = text[3:]
    text = text.removesuffix(".0")
    if not _CHROMOSOME.match(text):
        raise RowError(f"not a chromosome: {text[:40]!r}")
    if text in {"M", "m"}:
        return "MT"
    return {"23": "X", "24": "Y", "x": "X", "y": "Y", "mt": "MT"}.get(text, text)


def position(cell: str, shift: int = 0) -> int | None:
    """Return a 1-based position; ``shift`` is 1 for a 0-based column."""
    number = integer(cell, "the position")
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


def assembly(cell: str) -> Assembly | None:
    """Return the assembly a free text names (``hg19``, ``GRCh37``, ``b37``, ``GRCh38.p13`` ...), if it names one."""
    text = cell.strip().lower().removesuffix(".0")
    if any(word in text for word in ("grch37", "hg19", "b37", "hs37", "g1k_v37")) or text in {"37", "19"}:
        return "GRCh37"
    if any(word in text for word in ("grch38", "hg38", "b38", "hs38")) or text == "38":
        return "GRCh38"
    return None


def genes(cell: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the gene of a cell and the further names in it.

    ``A,B`` and ``A;B`` are overlapping genes: an NTRK gene counts first, else the first named. ``A(12),B(34)`` is
    the notation for an intergenic breakpoint between A and B: no gene, both names kept. ``A^ENSG...`` is A.
    """
    text = value(cell)
    if text is None:
        return None, ()
    if text.isidentifier():
        return text, ()
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
        found[name] = None
    names = list(found)
    if intergenic or not names:
        return None, tuple(names)
    first = next((name for name in names if ntrk_gene(name)), names[0])
    return first, tuple(name for name in names if name != first)


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
    """Return the caller's filter verbatim, or ``None`` where the call passed (``PASS``, ``PASS;NOTE``)."""
    text = value(cell)
    return None if text is None or text.partition(";")[0].strip().upper() == "PASS" else text


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
    gene, others = genes(gene_cell)
    return Breakpoint(gene, at[0], at[1], at[2], exon, intron, transcript, keeps, others)


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
