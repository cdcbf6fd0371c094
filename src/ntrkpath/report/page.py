"""One self-contained HTML file: head, title, intended use, body, foot; nothing is loaded from elsewhere."""

from __future__ import annotations

from ntrkpath.report.markup import Html, el
from ntrkpath.report.style import CSS

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(title: str, use: str, *parts: Html, under: Html | None = None, foot: Html | None = None, css: str = "") -> str:
    """Return a whole HTML file.

    Args:
        title: Title of the file and its first heading.
        use: The intended use, said once, at the top.
        parts: The contents.
        under: What follows the title before the contents begin.
        foot: What stands below the contents.
        css: Rules of this file, after those that all files share.
    """
    header = el("header", el("h1", title), el("p", use, class_="quiet small"), *([under] if under is not None else []))
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        el("title", title),
        el("style", Html(CSS + css)),
    )
    body = el("body", header, el("main", *parts), *([el("footer", foot)] if foot is not None else []))
    return f"<!DOCTYPE html>\n{el('html', head, body, lang='en-GB')}\n"
