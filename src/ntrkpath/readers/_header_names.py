"""Names of columns as people and programs write them, and the form in which two of them are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_FOREIGN = re.compile(r"[^a-z0-9]+")
_MADE_BY_R = re.compile(r"[A-Za-z0-9._]+")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe"})


def ascii_name(name: str) -> str:
    """Return a name in lower case without accents (``Échantillon`` is ``echantillon``)."""
    lowered = name.casefold().translate(_LETTERS)
    if lowered.isascii():
        return lowered
    return "".join(letter for letter in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(letter))


def key(name: str) -> str:
    """Return the letters and digits of a name: case, blanks, dots, underscores, brackets and primes do not tell.

    ``strand1(gene/fusion)`` and what R makes of it, ``strand1.gene.fusion.``, have the same key.
    """
    return _FOREIGN.sub("", ascii_name(name))


def made_by_r(names: Iterable[str]) -> bool:
    """Whether R has rewritten a header: a name starts with ``X.`` or ``X5``, and none holds a character R forbids."""
    given = [name for name in names if name]
    return any(re.match(r"[xX][.\d_]", name) for name in given) and all(_MADE_BY_R.fullmatch(n) for n in given)


def unmangled(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names without the ``X`` that R (``make.names``) puts before a sign or a digit it forbids there.

    ``X.gene1`` was ``#gene1``, ``X5..Gene`` was ``5' Gene``. A header that R did not write is left as it is.
    """
    if not made_by_r(names):
        return names
    return tuple(re.sub(r"^[xX](?=[.\d_])\.?", "", name) for name in names)
