"""Names of tumours in German, French, Spanish and Italian, and abbreviations inside names, in English words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from ntrkpath.vocabulary.names import word_list

_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def plain(text: str) -> str:
    """Return a name in lower case, without accents, with one space for what parts words."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(re.sub(r"[,;.()\[\]/'\u2019_]|(?<=\w)-(?=\w)|-", " ", folded).split())


def in_english(text: str) -> Iterator[str]:
    """Yield a name in English words, by the patterns of ``languages``; nothing where no pattern holds.

    German umlauts may be written as two vowels (``alveolaeres``): the name is then read a second time without them.
    """
    folded = plain(text)
    without = folded
    for written, letter in _UMLAUTS:
        without = without.replace(written, letter)
    for spelling in dict.fromkeys((folded, without)):
        found = spelling
        if _any_pattern().search(spelling):
            for pattern, english in _patterns():
                found = pattern.sub(english, found)
        kept = [word for word in found.split() if word not in _silent()]
        if kept and kept != spelling.split():
            yield " ".join(kept)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    listed = word_list("languages")["patterns"]
    return tuple((re.compile("|".join(entry["matches"])), f" {entry['is']} ") for entry in listed)


@cache
def _any_pattern() -> re.Pattern[str]:
    """Finds whether any of them holds: most names are in English."""
    return re.compile("|".join(pattern.pattern for pattern, _ in _patterns()))


@cache
def _silent() -> frozenset[str]:
    return frozenset(word_list("languages")["silent"])
