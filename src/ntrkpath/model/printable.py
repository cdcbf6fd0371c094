"""What of a foreign text may be shown: nothing that a terminal would obey, and nothing that a document cannot hold."""

from __future__ import annotations

import re

# Control characters but tab and new line; marks that turn the direction of writing; halves of surrogate pairs.
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
#: Characters that XML 1.0 forbids, also when escaped, and those that turn the direction of text.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def printable(text: str) -> str:
    """Return a text with each character that a terminal could obey as its escape (``\\u001b``).

    The escape is that of JSON, so that a JSON document stays one with the same values.
    """
    return _COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def clean(text: str) -> str:
    """Return ``text`` with characters that XML forbids or that turn the text direction shown as U+FFFD."""
    return _FORBIDDEN.sub("\ufffd", text)
