"""Beside an order: advantages and limits of each test that is ordered, with turnaround, cost class and clones."""

from __future__ import annotations

from typing import Any

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.recommendation import Recommendation


class Ordered(msgspec.Struct, frozen=True):
    """What to know of a test before it is ordered.

    Args:
        test: Its name.
        advantages: As table 3 of the guidance gives them, turnaround and cost class among them.
        limits: Likewise.
        clones: The antibodies of table 4, each with company and label; empty for other tests.
        text: What the tables do not say.
        statements: What it rests on.
    """

    test: str
    advantages: tuple[str, ...]
    limits: tuple[str, ...]
    clones: tuple[str, ...]
    text: str
    statements: tuple[str, ...]

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """What it says, each with its name."""
        named = (("For", self.advantages), ("Against", self.limits), ("Clones", self.clones))
        told = [(name, "; ".join(of) + ".") for name, of in named if of]
        return (*told, ("Beside", self.text)) if self.text else tuple(told)


def ordering(rec: Recommendation, edition: Edition) -> tuple[Ordered, ...]:
    """Return what stands beside the orders of an answer; an edition without ``ordering.yaml`` says nothing."""
    given = {action.action for action in rec.actions}
    entries: list[dict[str, Any]] = edition.data.get("ordering", {}).get("ordering", [])
    return tuple(_ordered(entry, edition) for entry in entries if given.intersection(entry["actions"]))


def _ordered(entry: dict[str, Any], edition: Edition) -> Ordered:
    tables = {table["table"]: table["rows"] for table in edition.data["evidence_tables"]["tables"]}
    items = [row for row in tables[3] if row["method"] == entry["method"]]
    clones: dict[str, None] = {}
    if entry.get("clones"):
        says: dict[str, str] = edition.data["ordering"]["labels"]
        clones = dict.fromkeys(f"{row['clone']}, {row['company']}, {says[row['label']]}" for row in tables[4])
    return Ordered(
        entry["test"],
        tuple(row["item"].strip() for row in items if row["kind"] == "advantage"),
        tuple(row["item"].strip() for row in items if row["kind"] == "disadvantage"),
        tuple(clones),
        " ".join(entry.get("text", "").split()),
        tuple(entry["statements"]),
    )
