"""Recommendations as JSON and as lines of a table: the one way they are written, everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from ntrkpath.model.delimited import neutral
from ntrkpath.model.recommendation import Recommendation

#: The columns of a line, and what each holds; new ones go to the end. An empty cell: nothing to be said.
COLUMNS: dict[str, tuple[str, Callable[[Recommendation], str]]] = {
    "case_id": ("id of the case; one that a spreadsheet would run gets a mark", lambda rec: rec.case_id),
    "histology": ("the diagnosis as it was read, by its id in the vocabulary", lambda rec: rec.histology.id),
    "tier": ("+++, ++, +, undetermined or out_of_scope", lambda rec: rec.tier),
    "priority": ("+++, ++, +, not_routine or undetermined", lambda rec: rec.priority),
    "target": ("first sentence of the answer", lambda rec: rec.answer.target),
    "trk_inhibitor": ("second sentence of the answer", lambda rec: rec.answer.trk_inhibitor),
    "next": ("third sentence of the answer", lambda rec: rec.answer.next),
    "actions": (
        "name:strength, joined by spaces",
        lambda rec: " ".join(f"{a.action}:{a.strength}" for a in rec.actions),
    ),
    "rules": (
        "row behind each action, joined by spaces",
        lambda rec: " ".join(dict.fromkeys(a.rule for a in rec.actions)),
    ),
    "open": (
        "facts that are not known and could change the first step, joined by spaces",
        lambda rec: " ".join(one.fact for one in rec.missing if one.decides),
    ),
    "edition": ("edition and version of the guidance", lambda rec: f"{rec.guideline.id} {rec.guideline.version}"),
    "as_of": ("date of the labels", lambda rec: rec.as_of.isoformat()),
}

#: What a reader of lines or of cells may take as their end, and other control characters.
_BREAKS = "[\x00-\x1f\x7f-\x9f\u2028\u2029]+"


def encode(recommendation: Recommendation) -> bytes:
    """Return a recommendation as one line of JSON with a line feed at its end; the same answer gives the same bytes."""
    return msgspec.json.encode(recommendation) + b"\n"


def header() -> str:
    """Return the names of the columns as one line of tab-separated text."""
    return "\t".join(COLUMNS) + "\n"


def line(recommendation: Recommendation) -> str:
    """Return a recommendation as one line of tab-separated text; control characters in a cell become one space."""
    cells = [re.sub(_BREAKS, " ", cell(recommendation)) for _, cell in COLUMNS.values()]
    return "\t".join([neutral(cells[0]), *cells[1:]]) + "\n"
