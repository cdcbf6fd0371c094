"""Words that people write for the levels of a case: one level, or the word to use where they have no one level."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from ntrkpath.vocabulary.names import word_list

_APART = re.compile(r"[\s_.\-\u2010-\u2015/()]+")


class Words(NamedTuple):
    """One list: folded word to level, and folded word to what to write instead."""

    levels: dict[str, str]
    asked: dict[str, str]

    def level(self, word: str) -> str | None:
        """Return the level that a word stands for."""
        return self.levels.get(fold(word))

    def instead(self, word: str) -> str | None:
        """Return what to write instead of a word that is understood and has no one level."""
        folded = fold(word)
        whole = self.asked.get(folded)
        return whole or next((says for key, says in self.asked.items() if folded.startswith(f"{key} ")), None)


def fold(word: str) -> str:
    """Return a word in lower case, without accents, with one space for everything that parts words."""
    text = word.casefold()
    if not text.isascii():
        text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _APART.sub(" ", text).strip() or text.strip()


@cache
def words(name: str) -> Words:
    """Return the list of a name; a level is also a word for itself."""
    listed = word_list("case_words").get(name, {})
    levels: dict[str, str] = {}
    for level, others in listed.items():
        if level != "asked":
            levels |= {fold(word): level for word in (level, *others)}
    return Words(levels, {fold(word): says for word, says in listed.get("asked", {}).items()})
