"""Links from an answer to the guidance: a rule or statement that is named leads to its page."""

from __future__ import annotations

import re

from markupsafe import Markup

from ntrkpath.guidance.edition import Edition
from ntrkpath.server.browse.catalogue import catalogue

_NAMED = re.compile(r"<code>([A-Za-z0-9_-]{2,40})</code>")


def linked(markup: str, edition: Edition) -> Markup:
    """Return markup of an answer in which each rule and statement that stands as code is a link to its page.

    It opens in a tab of its own: on the way back from another page a browser asks for the form again, or loses it.

    Args:
        markup: Made by the report, not by a visitor; what a visitor wrote is text in it, and stays text.
        edition: The edition that answered.
    """
    book = catalogue(edition)

    def link(found: re.Match[str]) -> str:
        ident = found[1]
        kind = "rules" if ident in book.rules else "statements" if ident in book.statements else ""
        if not kind:
            return found[0]
        return f'<a class="id" href="/guidance/{kind}/{ident}" target="_blank" rel="noopener">{ident}</a>'

    return Markup(_NAMED.sub(link, markup))  # noqa: S704 - made by the report, which escapes
