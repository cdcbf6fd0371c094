"""HTML by small functions: text is escaped unless it was made here."""

from __future__ import annotations

from functools import cache

from ntrkpath.figures.svg import escape


class Html(str):
    """Markup that is safe already; any other string is text."""

    __slots__ = ()


_VOID = frozenset({"br", "hr", "meta"})


def safe(part: object) -> str:
    """Return ``part`` as markup: unchanged where it is markup, escaped where it is text."""
    return part if isinstance(part, Html) else escape(part)


def el(name: str, /, *children: object, **attributes: object) -> Html:
    """Return one element; ``class_`` becomes ``class``, other underscores become hyphens, ``None`` is left out."""
    shown = "".join([f' {_attribute(key)}="{escape(value)}"' for key, value in attributes.items() if value is not None])
    if name in _VOID:
        return Html(f"<{name}{shown}>")
    inside = "".join([child if isinstance(child, Html) else escape(child) for child in children])
    return Html(f"<{name}{shown}>{inside}</{name}>")


@cache
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def join(*parts: object) -> Html:
    """Return parts one after the other."""
    return Html("".join(safe(part) for part in parts))


def table(caption: str, heads: list[str], rows: list[list[object]], class_: str | None = None) -> Html:
    """Return a table whose first column heads its rows; ``None`` there continues the head above.

    The table scrolls within itself where the page is too narrow, also by keyboard.
    """
    head = el("tr", *(el("th", text, scope="col") for text in heads))
    body = []
    for i, row in enumerate(rows):
        first: object = Html("")
        if row[0] is not None:
            span = 1
            while i + span < len(rows) and rows[i + span][0] is None:
                span += 1
            first = el("th", row[0], scope="row" if span == 1 else "rowgroup", rowspan=span if span > 1 else None)
        body.append(el("tr", first, *(el("td", cell) for cell in row[1:])))
    found = el("table", el("caption", caption), el("thead", head), el("tbody", *body), class_=class_)
    return scrolling(caption, found)


def scrolling(name: str, wide: Html) -> Html:
    """Return a table or picture that scrolls within itself where the page is too narrow, also by keyboard."""
    return el("div", wide, class_="scroll", tabindex="0", role="region", aria_label=name)


def pairs(rows: list[tuple[str, object]], class_: str | None = None) -> Html:
    """Return a list of names with what is said of them."""
    return el("dl", *(el("div", el("dt", name), el("dd", told)) for name, told in rows), class_=class_)
