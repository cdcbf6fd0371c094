"""The forms of the registry, the kinds of its entries and the elements with their codes as one page."""

from __future__ import annotations

import inspect

from docs_guidance import cell, table
from ntrkpath.registry.entries import KINDS
from ntrkpath.registry.items import forms, knowledge


def pages() -> dict[str, str]:
    """Return the page by file name."""
    found = (
        "# Forms of the registry\n\nWhat is written of a subject beside the [case](case.md). "
        "An item that is absent was not filled in.\n"
    )
    for form in forms().values():
        rows = (
            (
                f"`{item.path}`", "yes" if item.required else "", cell(item.meaning),
                ", ".join(f"`{level}`" for level in item.levels) or item.kind.replace("_", " "),
                item.unit or item.system,
            )
            for item in form.items.values()
        )  # fmt: skip
        often = "Of several the newest stands." if form.single else "Filled in as often as needed."
        found += f"\n## {form.title} {{ #{form.name} }}\n\n{form.meaning} {often}\n\n"
        found += table(("item", "required", "what", "takes", "unit, codes"), rows)
    kinds = ((f"`{name}`", cell(_first(kind))) for name, kind in KINDS.items())
    found += "\n## Kinds of entries { #kinds }\n\n" + table(("kind", "what"), kinds)
    elements = (
        (
            cell(e["group"]), cell(e["element"]), ", ".join(f"`{w}`" for w in e.get("where", ())) or cell(e["why"]),
            cell(e.get("system", "")), cell(", ".join(f"{name} {code}" for name, code in e.get("codes", {}).items())),
        )
        for e in knowledge("elements")
    )  # fmt: skip
    found += "\n## Data elements { #elements }\n\nWhere each element of a registry of TRK fusion sarcoma stands.\n\n"
    return {"registry.md": found + table(("group", "element", "where", "code system", "codes"), elements)}


def _first(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].replace("``", "`").split())
