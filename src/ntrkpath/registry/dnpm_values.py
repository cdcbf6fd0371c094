"""Codings, references and days as records of DNPM:DIP write them."""

from __future__ import annotations

from typing import Any

from ntrkpath.registry.items import knowledge
from ntrkpath.registry.partial_dates import earliest, latest


def coding(system: str, code: str, display: str | None = None) -> dict[str, str]:
    """Return a code of a system that ``dnpm.yaml`` names."""
    return {"code": code, **({"display": display} if display else {}), "system": knowledge("dnpm")["systems"][system]}


def levels(name: str) -> dict[str, Any]:
    """Return the codes of the levels of an item."""
    found: dict[str, Any] = knowledge("dnpm")[name]
    return found


def reference(ident: str, kind: str) -> dict[str, str]:
    """Return a reference to another part of the record."""
    return {"id": ident, "type": kind}


def exact_day(date: str | None) -> str | None:
    """Return a date that is known to the day; None where it is not."""
    return date if date and earliest(date) == latest(date) else None
