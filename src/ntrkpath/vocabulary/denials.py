"""Words that turn a text into its opposite: what denies, what says wild type, what speaks of another place."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from ntrkpath.vocabulary.names import word_list


@cache
def _pattern(*lists: str) -> re.Pattern[str]:
    words = [re.escape(word).replace(r"\ ", r"\s+") for name in lists for word in word_list("denials")[name]]
    alone = "|".join(map(re.escape, word_list("denials")["denies_alone"])) if "denies" in lists else ""
    behind = rf"|(?:{alone})(?![\w-])(?!\.)" if alone else ""
    return re.compile(rf"(?<!\w)(?:(?:{'|'.join(words)})(?!\w){behind})")


def _plain(text: str) -> str:
    lower = text.casefold()
    if lower.isascii():
        return lower
    return "".join(char for char in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(char))


def denies(text: str) -> bool:
    """Say whether a word of a text denies what the others state: ``NTRK1 not detected``, ``kein ETV6::NTRK3``."""
    return _pattern("denies").search(_plain(text)) is not None


def denies_alteration(text: str) -> bool:
    """Say whether a text says of an alteration that it is not there: ``exon 11 wild type``, ``not detected``."""
    return _pattern("not_there").search(_plain(text)) is not None


def speaks_of_elsewhere(text: str) -> bool:
    """Say whether a text names a place where the tumour did not begin: ``metastases in brain``, ``not brain``."""
    return _pattern("denies", "elsewhere").search(_plain(text)) is not None
