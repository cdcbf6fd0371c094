"""The pieces of a phrase: its parts, the words that `knowledge/names/phrases.yaml` lists, and what a key reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from ntrkpath.cases.values import read_value
from ntrkpath.model.case_keys import Key
from ntrkpath.model.errors import CaseError
from ntrkpath.vocabulary.case_words import fold
from ntrkpath.vocabulary.cleaning import clean
from ntrkpath.vocabulary.names import word_list

#: Characters of a phrase, and words of one piece of it: no test is told in more.
_LONGEST, _WORDS = 1_000, 16
#: What stands between the parts of a phrase.
PHRASE_PARTS = re.compile(r"\s*[;\n]\s*|\s*,\s+")


class PhraseWords(NamedTuple):
    """The words of `knowledge/names/phrases.yaml`, folded."""

    says_nothing: frozenset[str]
    needs_a_call: frozenset[str]
    joins: frozenset[str]
    keys: dict[str, str]
    progression: dict[str, bool | None]
    dates: dict[str, str]


@cache
def phrase_words() -> PhraseWords:
    """Return the words of phrases, read once."""
    listed = word_list("phrases")

    def standing_for(name: str) -> dict[str, str]:
        return {fold(word): key for key, words in listed[name].items() for word in words}

    progressed = {"progressed": True, "not_progressed": False, "unknown": None}
    progression = {word: progressed[stands] for word, stands in standing_for("progression").items()}
    nothing, call, joins = (frozenset(map(fold, listed[name])) for name in ("says_nothing", "needs_a_call", "joins"))
    return PhraseWords(nothing, call, joins, standing_for("keys"), progression, standing_for("dates"))


def plain(text: str) -> str:
    """Return a phrase without what is not seen in it.

    Raises:
        CaseError: It is too long for a phrase.
    """
    text = clean(text)
    if len(text) > _LONGEST:
        raise CaseError(
            "too long for a phrase", value=f"{len(text)} characters", allowed=f"up to {_LONGEST} characters",
            remedy="one phrase for each test, drug or alteration; what is listed at length stands in a file",
        )  # fmt: skip
    return text


def runs(words: list[str], most: int = _WORDS) -> Iterator[str]:
    """Yield every run of words of a text that has at most so many."""
    for i in range(len(words)):
        for j in range(i + 1, min(i + most, len(words)) + 1):
            yield " ".join(words[i:j])


def starts(text: str) -> Iterator[tuple[str, str]]:
    """Yield a text cut after each of its first words, the longest start first: the start and the rest."""
    ends = [match.start() for match, _ in zip(re.finditer(r"\s+|$", text), range(_WORDS), strict=False)]
    for end in reversed(ends):
        if start := text[:end].rstrip(" ,"):
            yield start, text[end:].strip()


def reads(key: Key, value: str) -> bool:
    """Whether a key accepts a text as its value."""
    try:
        given = value.replace(" and ", " ").replace(",", " ").split() if key.kind == "genes" else value
        read_value(key, given)
    except CaseError:
        return False
    return True


def once(found: dict[str, Any], name: str, value: Any) -> None:
    """State a key, which may be stated again only as it stands."""
    if found.get(name, value) != value:
        raise CaseError("stated twice", value=f"{name} {value}", remedy="state it once")
    found[name] = value
