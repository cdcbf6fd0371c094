"""One value of a case by its key: from what is written to what the format has, or the error that says the remedy."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

from ntrkpath.cases.dates import read_date
from ntrkpath.model import age as ages
from ntrkpath.model import numerals
from ntrkpath.model.case_keys import Key
from ntrkpath.model.errors import CaseError
from ntrkpath.vocabulary.case_words import fold, words
from ntrkpath.vocabulary.cleaning import clean, surrogates, unseen, without_unseen
from ntrkpath.vocabulary.fusion_text import read_fusion
from ntrkpath.vocabulary.genes import GeneName, read_gene, read_genes

_CORRECT = "correct the value, or leave out what is not known"
_ONE_SYMBOL = "write the approved symbol, one for each side of a fusion; leave out an unknown side"
_RANGE = re.compile(r"[<>\u2264\u2265]|\d\s*%?\s*(?:-|\u2013|to|bis|à|a)\s*\d", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:~|\u2248|ca\.?|circa|approx\.?|approximately|about|etwa|environ)\s*", re.IGNORECASE)
_UNIT = re.compile(r"\s*(?:%|percent|per cent|prozent|pct|cells|zellen|cellules|c[eé]lulas|cellule)$", re.IGNORECASE)
_OF = re.compile(r"\d+\s*(?:/|of|von|out of|sur|de|su)\s*\d+", re.IGNORECASE)
_AGED = re.compile(r"(\d+(?:[.,]\d+)?)[\s-]*([^\W\d][^\d]*?)?(?:[\s-]+(?:of age|alt|old))?", re.IGNORECASE)
_RESIDUE = r"(?:[A-Z][a-z]{2}|[A-Z*])"
#: A protein change as HGVS writes it, with or without ``p.`` and brackets.
PROTEIN = re.compile(
    rf"(?:p\.)?\(?{_RESIDUE}\d+(?:_{_RESIDUE}\d+)?(?:{_RESIDUE}|=|(?:{_RESIDUE})?(?:del|dup|ins|fs|ext)[A-Za-z0-9*]*)\)?"
)
_POSITION = re.compile(r"(?:chr)?(\d{1,2}|X|Y|MT?) ?[: ] ?(\d[\d,.' ]*)", re.IGNORECASE)


def read_value(key: Key, value: Any) -> Any:
    """Return what the format has for a value of a key: a level, a number, a date as text, a list of symbols.

    Args:
        value: Plain data, as YAML, JSON or a cell gives it; None stays None.

    Raises:
        CaseError: It is none, or may be read in several ways; ``where`` is left empty.
    """
    if value is None:
        return None
    return _READERS[key.kind](key, value)


def allowed_of(key: Key) -> list[str] | str:
    """Say in words, or by its levels, what a key accepts."""
    if key.levels:
        return list(key.levels)
    if key.low is not None and key.high is not None:
        return f"{key.low:g} to {key.high:g}"
    if key.kind in ("number", "count"):
        return f"a whole number, {key.low:g} or more" if key.low is not None else "a number"
    return {
        "date": "a date as YYYY-MM-DD", "age": ages.ALLOWED, "gene": "one symbol, as NTRK3 or ETV6",
        "genes": "a list of symbols", "parts": "a list", "part": "a mapping of keys",
        "pairs": "a list of fusions, as ETV6::NTRK3", "map": "a mapping of markers",
        "position": "chromosome:position, for example 12:12022903",
        "one_or_more_genes": "one symbol, or a list of two", "protein": "one change, as G595R, p.G595R or p.Gly595Arg",
    }.get(key.kind) or (f"text of {key.shortest} to {key.longest} characters" if key.longest else "text")  # fmt: skip


def _wrong(key: Key, value: Any, remedy: str = _CORRECT, problem: str = "not an allowed value") -> CaseError:
    shown = value if isinstance(value, str | int | float | bool) and key.kind not in ("text", "id") else None
    return CaseError(problem, value=shown, allowed=allowed_of(key), remedy=remedy)


def _choice(key: Key, value: Any) -> str:
    if isinstance(value, str) and value in key.levels:
        return value
    if not isinstance(value, str | int | bool):
        raise _wrong(key, value)
    listed = words(key.words)
    for word in _spellings(value):
        if (level := listed.level(word)) in key.levels:
            return str(level)
    for word in _spellings(value):
        if says := listed.instead(word):
            raise _wrong(key, value, says)
    import difflib  # only for a bad case

    known = {**dict.fromkeys(key.levels), **dict.fromkeys(listed.levels)}
    near = difflib.get_close_matches(fold(str(value)), [fold(word) for word in known], n=1, cutoff=0.7)
    level = next((lv for lv in key.levels if near and fold(lv) == near[0]), None) or (
        listed.levels.get(near[0]) if near else None
    )
    raise _wrong(key, value, f"did you mean {level!r}?" if level in key.levels else _CORRECT)


def _spellings(value: str | int | bool) -> tuple[str, ...]:
    """Return a value as the words it may have been: YAML takes ``yes`` for true."""
    if isinstance(value, bool):
        return ("true", "yes") if value else ("false", "no")
    return (clean(str(value)),)


def _flag(key: Key, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    level = words("flags").level(clean(str(value))) if isinstance(value, str | int) else None
    if level is None:
        raise _wrong(key, value)
    return {"true": True, "false": False}.get(level, level)


def _number(key: Key, value: Any) -> float | int:
    whole = key.kind == "count"
    number = value
    if isinstance(value, str):
        text = _UNIT.sub("", _ABOUT.sub("", clean(value)))
        if _OF.fullmatch(text):
            raise _wrong(key, value, "write the two numbers under their own keys", "two numbers")
        if _RANGE.search(text):
            raise _wrong(
                key, value, "write the number that was counted (0 where none was), and `result` as the laboratory "
                "calls it", "a range is not a number",
            )  # fmt: skip
        try:
            number = numerals.whole(text) if whole else numerals.number(text)
        except numerals.AmbiguousNumberError:
            raise _wrong(key, value, "write it without a mark that groups digits", "may be read in two ways") from None
        except numerals.NumberError:
            raise _wrong(key, value) from None
    if isinstance(number, bool) or not isinstance(number, int | float) or math.isnan(number):
        raise _wrong(key, value)
    if whole and number != int(number):
        raise _wrong(key, value)
    if (key.low is not None and number < key.low) or (key.high is not None and number > key.high):
        raise _wrong(key, value)
    return int(number) if whole else number


def _date(key: Key, value: Any) -> str:
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return value.isoformat()
    found = read_date(clean(value)) if isinstance(value, str) else None
    if found is None:
        raise _wrong(key, value, "write the whole date as YYYY-MM-DD, or leave it out")
    return found


def _age(key: Key, value: Any) -> float | str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        ages.age_in_years(value)
        return value
    if not isinstance(value, str):
        raise _wrong(key, value)
    text = clean(value)
    listed = words("ages")
    if (level := listed.level(text)) in ("newborn", "unknown"):
        return str(level)
    match = _AGED.fullmatch(text)
    unit = listed.level(match[2]) if match and match[2] else "years"
    if match is None or unit in (None, "newborn", "unknown"):
        raise CaseError(
            "not an age", value=value, allowed=ages.ALLOWED,
            remedy="write one number with its unit, as '27 months' for 2 years and 3 months",
        )  # fmt: skip
    said = f"{match[1].replace(',', '.')} {unit}"
    ages.age_in_years(said)
    try:
        ages.age_in_years(text)
    except CaseError:
        return said
    return text


def _text(key: Key, value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise _wrong(key, value, "put it in quotes" if isinstance(value, float) else _CORRECT)
    if surrogates(value):
        raise CaseError(
            "half a character, which no file can carry", allowed="whole characters", remedy="type the text again"
        )
    text = without_unseen(value)
    if not key.shortest <= len(text) <= (key.longest or len(text)):
        raise _wrong(key, None)
    return text


def _id(key: Key, value: Any) -> str:
    text = _text(key, value)
    if unseen(text) or (text != value and isinstance(value, str)):
        raise CaseError(
            "an id with characters that cannot be seen", allowed="characters that print, on one line",
            remedy="type the id again: two ids that look alike would be taken for one",
        )  # fmt: skip
    return text


def unknown_gene(gene: GeneName) -> CaseError:
    """Return the error of a name that is no gene, with the nearest names."""
    near = ", ".join(gene.nearest)
    return CaseError(
        "not the symbol of one gene", value=gene.given[:40],
        allowed=f"nearest: {near}" if near else "one symbol, as NTRK3 or ETV6",
        remedy=f"{gene.note}: write the approved symbol" if gene.note else _ONE_SYMBOL,
    )  # fmt: skip


def _gene(key: Key, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _wrong(key, value)
    gene = read_gene(value)
    if gene.how == "open" and key.required:
        raise _wrong(key, value)
    if gene.known:
        return gene.symbol
    if key.owner == "Alteration" and "/" not in value:
        pair = read_fusion(value)
        if pair.problem is None and pair.five_prime and pair.five_prime.gene.symbol:
            return pair.name
    raise unknown_gene(gene)


def _genes(key: Key, value: Any) -> list[str]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        raise _wrong(key, value)
    if isinstance(value, str) and fold(value) in ("none", "keine", "aucun", "ninguno", "nessuno"):
        return []
    found: list[str] = []
    for name in listed:
        for gene in read_genes(name):
            if gene.symbol is None:
                raise unknown_gene(gene)
            found.append(gene.symbol)
    return found


def _one_or_more(key: Key, value: Any) -> str | list[str]:
    if isinstance(value, str):
        pair = read_fusion(value) if not read_gene(value).known else None
        if pair is not None and pair.problem is None and "::" not in (pair.name[:2], pair.name[-2:]):
            return pair.name.split("::")
    found = _genes(key, value)
    return found[0] if len(found) == 1 and isinstance(value, str) else found


def _pairs(key: Key, value: Any) -> list[str]:
    listed = re.split(r"\s*[;,]\s*", clean(value)) if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        raise _wrong(key, value)
    found = []
    for text in listed:
        pair = read_fusion(text)
        if pair.problem:
            near = ", ".join(pair.nearest)
            raise CaseError(
                pair.problem, value=pair.text[:80], allowed=f"nearest: {near}" if near else allowed_of(key),
                remedy="write the two symbols, as ETV6::NTRK3",
            )  # fmt: skip
        found.append(pair.name)
    return found


def _protein(key: Key, value: Any) -> str:
    text = clean(value) if isinstance(value, str) else ""
    if not PROTEIN.fullmatch(text):
        raise CaseError(
            "not a protein change", value=value if isinstance(value, str) else None, allowed=allowed_of(key),
            remedy="write the protein change alone; one that cannot be read would count as no resistance",
        )  # fmt: skip
    return text


def _position(key: Key, value: Any) -> str:
    match = _POSITION.fullmatch(clean(value)) if isinstance(value, str) else None
    try:
        if match is not None:
            return f"{match[1].upper()}:{numerals.whole(match[2])}"
    except numerals.NumberError:
        pass
    raise CaseError("not a position", value=value, allowed=allowed_of(key), remedy=_CORRECT)


def _never(key: Key, _: Any) -> Any:
    raise _wrong(key, None)


_READERS: dict[str, Callable[[Key, Any], Any]] = {
    "choice": _choice, "flag": _flag, "number": _number, "count": _number, "date": _date, "age": _age, "text": _text,
    "histology": _text, "id": _id, "gene": _gene, "genes": _genes, "one_or_more_genes": _one_or_more, "pairs": _pairs,
    "protein": _protein, "position": _position, "part": _never, "parts": _never, "map": _never,
}  # fmt: skip
