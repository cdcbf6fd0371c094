"""Names of fusions as files write them: ``ETV6::NTRK3``, ``HLA-A-NTRK1``, ``TPM3 e8::NTRK1 e10``."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from ntrkpath.readers._cells import RowError
from ntrkpath.readers._columns import knowledge
from ntrkpath.readers._gene_symbols import is_symbol
from ntrkpath.readers._header_names import ascii_name
from ntrkpath.readers._symbols import ntrk_gene

#: Separators that never belong to a symbol. Those that put the 5' partner first by convention say so.
_SEPARATORS = (("::", True), ("--", True), ("->", True), (">", True), ("|", False), ("/", False), (":", False))
#: Longest name, and most hyphens of one: the two symbols with the most have two each.
_LONGEST, _HYPHENS = 200, 7
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_ARROWS = re.compile("[\u2192\u21d2\u27f6]|=>")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_ONCOMINE = re.compile(r"^(.+?)\.[A-Z](\d{1,3})[A-Z](\d{1,3})(?:\..*)?$")
_SIDE = re.compile(
    r"^(?:(?P<transcript>(?:[NX][MR]_|ENST)\d+(?:\.\d+)?)\s*[(:]\s*)?(?P<gene>[\w@.-]+?)\)?"
    r"(?:[\s:;,_.(]*\(?(?:exon|exón|esone|ex|e)[ .:]?(?P<exon>\d{1,3})\)?|\((?P<number>\d{1,3})\))?$",
    re.IGNORECASE,
)


class Side(NamedTuple):
    """One partner as a name gives it."""

    gene: str
    exon: int | None = None
    transcript: str | None = None


class Pair(NamedTuple):
    """The two partners of a name; ``ordered`` where its separator puts the 5' partner first by convention."""

    first: Side
    second: Side
    ordered: bool
    intragenic: bool = False


@cache
def _words(of: str) -> tuple[str, ...]:
    return tuple(sorted((ascii_name(word) for word in knowledge()[of]), key=len, reverse=True))


def says_none(text: str) -> bool:
    """Whether a cell says in words that there is no fusion."""
    return ascii_name(text.strip(" .!\t")) in _words("no_event")


def _trimmed(text: str) -> str:
    """Return a name with plain dashes and arrows, without invisible characters and words that say it is a fusion."""
    plain = _ARROWS.sub(">", _DASHES.sub("-", _INVISIBLE.sub("", text))).strip(" \t\"'.")
    for word in _words("after_a_name"):
        lowered = ascii_name(plain)
        if len(lowered) == len(plain) and lowered.endswith(" " + word):
            plain = plain[: -len(word) - 1].rstrip(" ,;:-")
    return plain


def _side(text: str, whole: str) -> Side:
    found = _SIDE.match(text.strip())
    if found is None:
        raise RowError(f"not a fusion name (A::B): {whole[:60]!r}")
    exon = found["exon"] or found["number"]
    return Side(found["gene"], int(exon) if exon else None, found["transcript"])


def _at_hyphen(text: str) -> tuple[str, str]:
    """Split ``A-B`` where the symbols may hold hyphens: the one place that leaves two genes on its sides.

    Raises:
        RowError: The text is one gene, or could be split in several places.
    """
    at = [found.start() for found in re.finditer("-", text)]
    if len(at) > _HYPHENS:
        raise RowError(f"not a fusion name (A::B): {text[:60]!r}")
    splits = [(text[:i], text[i + 1 :]) for i in at if text[:i].strip() and text[i + 1 :].strip()]
    if not splits:
        raise RowError(f"not a fusion name (A::B): {text[:60]!r}")
    names = {split: tuple(_side(half, text).gene for half in split) for split in splits}
    known = [split for split in splits if all(map(is_symbol, names[split]))]
    ntrk = [split for split in splits if any(map(ntrk_gene, names[split]))]
    for found in (known, ntrk):
        if len(found) == 1:
            return found[0]
    if is_symbol(text):
        raise RowError(f"this is the symbol of one gene, no fusion: {text[:60]!r}")
    if len(splits) == 1:
        return splits[0]
    raise RowError(f"the hyphens leave open where the two genes part: {text[:60]!r} (write A::B)")


def parse(text: str) -> Pair:
    """Return the partners of a fusion's name.

    Raises:
        RowError: The text is no name of two genes.
    """
    if len(text) > _LONGEST:
        raise RowError(f"not a fusion name (A::B): {text[:60]!r}")
    plain = _trimmed(text)
    exons: tuple[int | None, int | None] = (None, None)
    oncomine = _ONCOMINE.match(plain)
    if oncomine is not None:
        plain, exons = oncomine[1], (int(oncomine[2]), int(oncomine[3]))
    separator, ordered = next((one for one in _SEPARATORS if plain.count(one[0]) == 1), ("", oncomine is not None))
    if separator:
        first, second = plain.split(separator)
    else:
        first, second = _at_hyphen(plain) if "-" in plain else _at_underscore(plain)
    if second.strip().lower() == "intragenic":
        gene = _side(first, plain)
        return Pair(gene, gene, False, True)
    left = _side(first, plain) if first.strip() else Side("")
    right = _side(second, plain) if second.strip() else Side("")
    if not (left.gene or right.gene):
        raise RowError(f"not a fusion name (A::B): {text[:60]!r}")
    left = left._replace(exon=left.exon or exons[0])
    right = right._replace(exon=right.exon or exons[1])
    return Pair(left, right, ordered)


def _at_underscore(text: str) -> tuple[str, str]:
    halves = text.split("_")
    if len(halves) == 2 and all(halves) and all(map(is_symbol, halves)):
        return halves[0], halves[1]
    raise RowError(f"not a fusion name (A::B): {text[:60]!r}")
