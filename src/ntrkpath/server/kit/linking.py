"""Links from an answer to the guidance: a rule or statement that is named leads to its page."""

from __future__ import annotations

import re

from markupsafe import Markup

from ntrkpath.guidance.edition import Edition
from ntrkpath.server.kit.addresses import at

_NAMED = re.compile(r"<code>([A-Za-z0-9_-]{2,40})</code>")


def linked(markup: str, edition: Edition) -> Markup:
    """Return markup of an answer in which each rule and statement that stands as code is a link to its page.

    It opens in a tab of its own: on the way back from another page a browser asks for the form again, or loses it.

    Args:
        markup: Made by the report, not by a visitor; what a visitor wrote is text in it, and stays text.
        edition: The edition that answered.
    """

    def link(found: re.Match[str]) -> str:
        ident = found[1]
        kind = "rules" if ident in edition.rows else "statements" if ident in edition.statements else ""
        if not kind:
            return found[0]
        return f'<a class="id" href="{at(f"/guidance/{kind}/{ident}")}" target="_blank" rel="noopener">{ident}</a>'

    return Markup(_NAMED.sub(link, markup))  # noqa: S704 - made by the report, which escapes
