"""Cases as a tumour board meets them: the first line of the answer is what the board would say."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ntrkpath.cases.load import case_from
from ntrkpath.guidance import load
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway import Pathway, attach
from ntrkpath.report.text import render

SHARED = Path(__file__).parents[1].resolve().parent / "shared" / "data" / "cases" / "board_cases.yaml"
OWN = yaml.safe_load((Path(__file__).parent / "data" / "board" / "constructed.yaml").read_text(encoding="utf-8"))
BOARD = yaml.safe_load(SHARED.read_text(encoding="utf-8")) if SHARED.is_file() else []
EDITION = load()


def answered(entry: dict[str, Any], directory: Path) -> Recommendation:
    """Return the answer to a case, with the files that stand beside it."""
    for name, text in entry.get("files", {}).items():
        (directory / name).write_text(text, encoding="utf-8")
    case = case_from({"id": entry["id"], **entry["case"]})
    pathway = Pathway(EDITION, dt.date.fromisoformat(entry.get("as_of", "2026-06-01")))
    if not entry.get("files"):
        return pathway.recommend(case)
    return pathway.recommend(*attach(case, directory))


def complaints(entry: dict[str, Any], rec: Recommendation) -> list[str]:
    """Return what does not hold of an answer that the entry asks for."""
    given = [action.action for action in rec.actions]
    told = render(rec, EDITION)
    found = [f"{key} is {getattr(rec, key)}" for key in ("tier", "priority")
             if key in entry and getattr(rec, key) != entry[key]]  # fmt: skip
    found += [f"lacks {action}" for action in entry.get("must", ()) if action not in given]
    found += [f"gives {action}" for action in entry.get("not", ()) if action in given]
    if "any" in entry and not set(entry["any"]) & set(given):
        found.append(f"gives none of {entry['any']}")
    if "first" in entry and given[0] not in entry["first"]:
        found.append(f"begins with {given[0]}")
    found += [f"does not say {p}" for p in entry.get("says", ()) if not re.search(p, told, re.IGNORECASE)]
    found += [f"says {p}" for p in entry.get("says_not", ()) if re.search(p, told, re.IGNORECASE)]
    asked = {missing.fact for missing in rec.missing}
    found += [f"does not ask {fact}" for fact in entry.get("missing", ()) if fact not in asked]
    for which, wanted in entry.get("therapy", {}).items():
        drug, agency = which.split("/")
        status = {label.status for label in rec.therapy if (label.drug, label.agency) == (drug, agency)}
        if not status & set([wanted] if isinstance(wanted, str) else wanted):
            found.append(f"{which} is {status}")
    return found


@pytest.mark.parametrize("entry", OWN, ids=lambda entry: entry["id"])
def test_a_constructed_board_case_is_answered_as_the_board_would(entry: dict[str, Any], tmp_path: Path) -> None:
    rec = answered(entry, tmp_path)
    assert not complaints(entry, rec), rec.answer


@pytest.mark.skipif(not BOARD, reason="the board cases of ../shared are not here")
@pytest.mark.parametrize("entry", BOARD, ids=lambda entry: entry["id"])
def test_a_board_case_is_answered_as_the_guidance_supports(entry: dict[str, Any], tmp_path: Path) -> None:
    rec = answered(entry, tmp_path)
    assert not complaints(entry, rec), rec.answer
