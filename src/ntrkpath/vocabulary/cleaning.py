"""Text as people type or paste it, without what cannot be seen: invisible, control and compatibility characters."""

from __future__ import annotations

import re
import unicodedata

# Format characters (zero width, direction marks, soft hyphen, byte order mark) and controls but for white space.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_HYPHENS = re.compile("[\u2010\u2011\u2012\u2212\ufe63\uff0d]")
_SPACES = re.compile(r"\s+")


def unseen(text: str) -> bool:
    """Whether a text holds characters that nobody sees: they part words and names that look whole."""
    return (not text.isascii() and _UNSEEN.search(text) is not None) or (text.isascii() and not text.isprintable())


def surrogates(text: str) -> bool:
    """Whether a text holds half a character (a lone surrogate), which no file and no page can carry."""
    return not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)


def clean(text: str) -> str:
    """Return a text on one line without unseen characters, compatibility forms and odd hyphens and spaces."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return _SPACES.sub(" ", _HYPHENS.sub("-", text)).strip()


def without_unseen(text: str) -> str:
    """Return a text without unseen characters; its lines and its other characters stay."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("", text)
