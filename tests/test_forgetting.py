"""What a case states is not kept by a pathway that forgets, as the server's does."""

from __future__ import annotations

import datetime as dt
import gc
from types import FunctionType, ModuleType
from typing import Any

import pytest

from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, case_from

MARK = "Zyxwvut"
CASE = {
    "id": f"id{MARK}", "note": f"note {MARK}", "source": MARK,
    "diagnosis": {"histology": "leiomyosarcoma", "site": f"thigh {MARK}"},
    "alterations": [{"gene": "KIT", "kind": "mutation", "status": "present", "detail": f"exon 11 {MARK}"}],
    "tests": [
        {"method": "pan_trk_ihc", "percent": 40, "clone": MARK, "specimen": MARK},
        {"method": "rna_mps", "result": "positive", "panel": MARK, "caller": MARK},
    ],
}  # fmt: skip


def kept(root: object) -> set[str]:
    """Return the texts with the mark that can be reached from an object."""
    stack, seen, found = [root], set(), set()
    while stack:
        one = stack.pop()
        if id(one) in seen or isinstance(one, type | ModuleType):
            continue
        seen.add(id(one))
        text = one.decode("latin-1") if isinstance(one, bytes) else one
        if isinstance(text, str) and MARK.casefold() in text.casefold():
            found.add(text)
        stack += (one.__closure__ or ()) if isinstance(one, FunctionType) else gc.get_referents(one)
    return found


@pytest.mark.parametrize("forgets", [True, False])
def test_a_pathway_that_forgets_keeps_nothing_that_a_case_stated(forgets: bool) -> None:
    pathway: Any = Pathway(load(), dt.date(2026, 5, 15), forgets=forgets)
    answer = pathway.recommend(case_from(CASE))
    assert any(MARK in finding.stated for finding in answer.findings)
    del answer
    assert (kept(pathway) == set()) is forgets
