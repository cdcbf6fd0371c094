"""Every statement of the guidance is met: a case shows it in its answer, on the first screen or in full."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from ntrkpath.cases import read_cases
from ntrkpath.cases.load import case_from
from ntrkpath.guidance import load
from ntrkpath.model.case import Case
from ntrkpath.pathway import Pathway
from ntrkpath.report.ordering import ordering
from ntrkpath.report.text import render

HERE = Path(__file__).parent
EDITION = load()
PATHWAY = Pathway(EDITION, dt.date(2026, 6, 1))
CONSTRUCTED = HERE / "data" / "board" / "constructed.yaml"
PUBLISHED = sorted((HERE.parent / "examples" / "cases").glob("*.yaml"))
ID = re.compile(r"\b[A-Z]+\d*-\d+\b")


def cases() -> list[Case]:
    """Return the published examples and the constructed cases that need no file."""
    constructed = [
        case_from({"id": entry["id"], **entry["case"]})
        for entry in yaml.safe_load(CONSTRUCTED.read_text(encoding="utf-8"))
        if not entry.get("files")
    ]
    return [*constructed, *(case for path in PUBLISHED for case in read_cases(path))]


@cache
def shown() -> dict[str, set[str]]:
    """Return the cases whose answer shows each statement, by statement."""
    found: dict[str, set[str]] = {}
    for case in cases():
        rec = PATHWAY.recommend(case)
        for told in (render(rec, EDITION, width=400), render(rec, EDITION, width=400, full=True)):
            for ident in set(ID.findall(told)):
                found.setdefault(ident, set()).add(case.id)
    return found


@pytest.mark.parametrize("statement", EDITION.statements)
def test_a_case_shows_the_statement(statement: str) -> None:
    assert shown().get(statement), f"no published or constructed case shows {statement}"


def test_nothing_stands_beside_an_order_that_is_not_given() -> None:
    """The stain has clones, sequencing has none, and an answer without an order says nothing of tests."""
    for case in cases():
        rec = PATHWAY.recommend(case)
        given = {action.action for action in rec.actions}
        beside = {one.test: one for one in ordering(rec, EDITION)}
        assert ("FISH" in beside) == ("order_fish" in given)
        assert ("Pan-TRK stain" in beside) == bool(given & {"order_pan_trk_ihc", "confirm_expression"})
        assert all(bool(one.clones) == (one.test == "Pan-TRK stain") for one in beside.values())
        assert all(one.advantages and one.limits for one in beside.values())


def test_every_action_beside_which_something_stands_exists() -> None:
    for entry in EDITION.data["ordering"]["ordering"]:
        assert set(entry["actions"]) <= set(EDITION.actions)
        assert set(entry["statements"]) <= set(EDITION.statements)
