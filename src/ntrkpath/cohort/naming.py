"""Which key of a case a column may mean, and which level a word: proposals for a person to accept, never applied."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any

from ntrkpath.cohort.columns import CASE_ID, raw_columns
from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.model.case_keys import METHODS

#: Names at least this alike (0 to 100) are near.
_NEAR = 80
#: Shorter names are near to too many.
_SHORT = 3


@cache
def _synonyms() -> dict[str, Any]:
    import yaml

    found: dict[str, Any] = yaml.safe_load((KNOWLEDGE / "cohort" / "synonyms.yaml").read_text(encoding="utf-8"))
    return found


def _plain(name: str) -> str:
    """Return a name by its letters, digits and signs alone, without accents."""
    parts = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in parts if c.isalnum())


@cache
def _keys() -> dict[str, str]:
    """Return every known name of a column, plain, with its key."""
    found: dict[str, str] = {}
    for key, names in _synonyms()["columns"].items():
        found |= {_plain(name): key for name in names}
    for path, column in raw_columns().items():
        found[_plain(path)] = path
        if column.short:
            found[_plain(column.short)] = path
    return found | {_plain(CASE_ID): CASE_ID}


def meaning(column: str) -> tuple[str, bool]:
    """Return the key that a column most likely fills and whether it is a known name of it; ``""``: none is near."""
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import OSA

    name = _plain(column)
    if not name:
        return "", False
    if name in _keys():
        return _keys()[name], True
    if alike := process.extractOne(name, list(_keys()), scorer=fuzz.ratio, score_cutoff=_NEAR):
        return _keys()[alike[0]], False
    if len(name) < _SHORT:
        return "", False
    amiss = process.extractOne(name, list(_keys()), scorer=OSA.distance, score_cutoff=1)  # one letter amiss
    return (_keys()[amiss[0]], False) if amiss else ("", False)


def nearest(columns: Iterable[str]) -> dict[str, str]:
    """Return for each column the nearest key of a case, or ``""``."""
    return {column: meaning(column)[0] for column in columns}


def levels(path: str) -> tuple[str, ...]:
    """Return the words that a key takes, where it takes only some."""
    return raw_columns()[path].levels if path in raw_columns() else ()


@cache
def _words(path: str) -> dict[str, str]:
    named = _synonyms()["values"]
    method, _, key = path.partition(".")
    known = named.get("results" if key == "result" and method in METHODS else path, {})
    return {_word(word): level for level, words in known.items() for word in words}


def _word(word: str) -> str:
    return " ".join(word.casefold().replace("_", " ").split())


def level_of(path: str, word: str) -> str | None:
    """Return the level that a word of a cell may mean: itself, another spelling, a known other word; else ``None``."""
    by_word = {_word(level): level for level in levels(path)}
    found = by_word.get(_word(word)) or _words(path).get(_word(word))
    return found if found is None or found in levels(path) else None


def says_nothing(word: str) -> bool:
    """Return whether a word leaves a cell empty."""
    return _word(word) in {_word(str(known)) for known in _synonyms()["empty"]}
