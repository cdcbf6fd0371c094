"""Every question that the form asks is settled by its own field, and is then not asked again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

pytest.importorskip("litestar", reason="needs ntrkpath[server]")
pytest.importorskip("jinja2", reason="needs ntrkpath[server]")

from ntrkpath.guidance import load
from ntrkpath.model.case import Case, DnaMps, RnaMps
from ntrkpath.pathway import Pathway, case_from, read_cases
from ntrkpath.pathway.examples import examples
from ntrkpath.server.case.apply import written
from ntrkpath.server.case.asked import BASIC, questions
from ntrkpath.server.case.fields import Field

EDITION = load()
PATHWAY = Pathway(EDITION, dt.date(2026, 11, 1))
HISTOLOGIES = (
    "infantile fibrosarcoma", "GIST", "uterine leiomyosarcoma", "inflammatory myofibroblastic tumour", "chordoma",
    "undifferentiated pleomorphic sarcoma", "synovial sarcoma", "liposarcoma", "MPNST", "osteosarcoma",
)  # fmt: skip
_TESTS: tuple[list[dict[str, Any]], ...] = (
    [],
    [{"method": "pan_trk_ihc"}],
    [{"method": "fish"}, {"method": "rt_pcr"}],
    [{"method": "rna_mps"}],
    [{"method": "dna_mps", "result": "positive", "fusions": [{"five_prime": "ETV6", "three_prime": "NTRK3"}]}],
    [{"method": "pan_trk_ihc", "result": "positive"}, {"method": "rna_mps", "result": "negative"}],
)
_TYPED = {"number": "50", "date": "2026-01-01", "text": "thigh", "list": "NTRK1, NTRK2, NTRK3"}


def _cases() -> Iterator[Case]:
    for one in read_cases(examples()):
        assert isinstance(one, Case)
        tests = [msgspec.structs.replace(t, file=None) if isinstance(t, DnaMps | RnaMps) else t for t in one.tests]
        yield msgspec.structs.replace(one, tests=tests)
    for histology in HISTOLOGIES:
        for extent in ("unknown", "metastatic", "localized"):
            for tests in _TESTS:
                yield case_from(
                    {"id": "x", "diagnosis": {"histology": histology}, "disease": {"extent": extent}, "tests": tests}
                )


def _values(field: Field) -> list[str]:
    if field.name.endswith("patient.age"):
        return ["50"]
    if field.kind != "choice":
        return ["NTRK1" if field.name.endswith(".gene") else _TYPED[field.kind]]
    return [value for value, _ in field.choices if value != "unknown"]


def test_every_question_is_settled_by_its_own_field() -> None:
    asked, wrong = 0, []
    for case in _cases():
        data = msgspec.to_builtins(case)
        for question in questions(PATHWAY.recommend(case), data, EDITION):
            assert question.fields, question.fact
            for value in _values(question.fields[0]):
                asked += 1
                sent = {question.fields[0].name: [value]}
                if question.fields[0].name == "t:drug" and value != "none":
                    sent["t:course"] = ["ongoing"]
                after = written(data, sent)
                again = PATHWAY.recommend(case_from(after))
                if after == data and value != question.fields[0].value:
                    wrong.append((case.id, question.fact, value, "nothing changed"))
                elif len(question.fields) == 1 and question.fact in {one.fact for one in again.missing}:
                    wrong.append((case.id, question.fact, value, "asked again"))
    assert wrong == []
    assert asked > 2_000


def test_what_every_referral_states_is_asked_first_then_what_could_change_most() -> None:
    kinds = set()
    for case in _cases():
        rec = PATHWAY.recommend(case)
        changes = {one.fact: len(one.could_change) for one in rec.missing}
        asked = questions(rec, msgspec.to_builtins(case), EDITION)
        basic = [any(field.name.partition(":")[2] in BASIC for field in one.fields) for one in asked]
        assert basic == sorted(basic, reverse=True)
        for first in (True, False):
            worth = [changes[one.fact] for one, is_first in zip(asked, basic, strict=True) if is_first is first]
            assert worth == sorted(worth, reverse=True)
        kinds.add((any(basic), all(basic)))
    assert (True, False) in kinds and (False, False) in kinds
