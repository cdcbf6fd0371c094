"""The form of a case: what is asked because it could change the answer, and below it everything that is stated."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.server.case.asked import BASIC, STATES, Question, questions, simple
from ntrkpath.server.case.fields import (
    FIRST,
    Field,
    methods,
    of_alterations,
    of_fusions,
    of_test,
    of_therapy,
    test_type,
)
from ntrkpath.server.case.fields import words as level_words

#: Keys shown among what is known only where they are filled in.
_STATED = (
    "disease.standard_therapy", "disease.surgery_morbidity", "disease.satisfactory_alternative", "disease.relapse_risk",
    "diagnosis.typical_histology", "diagnosis.differentiation", "diagnosis.central_review",
    "diagnosis.testing_for_diagnosis", "patient.sex",
)  # fmt: skip
#: Most questions shown before the rest is unfolded.
_FOREMOST = 3


class _Rest:
    """The fields that no question shows: a key is asked for in one place of the page."""

    def __init__(self, asked: Collection[Question]) -> None:
        self.taken = {one.name for question in asked for one in question.fields}

    def __call__(self, found: Sequence[Field]) -> list[dict[str, Any]]:
        return [msgspec.to_builtins(one) for one in found if one.name not in self.taken]


def form(data: dict[str, Any], rec: Recommendation | None, edition: Edition, act: str) -> dict[str, Any]:
    """Return the parts of the form.

    Args:
        data: The case as plain data.
        rec: Its answer; ``None`` where there is none yet.
        act: ``add:METHOD`` offers the fields of one more test.
    """
    asked, deciding = _asked(rec, data, edition)
    rest = _Rest(asked)
    known = [simple(path, data) for path in BASIC]
    known += [one for path in _STATED if (one := simple(path, data)).value]
    return {
        "questions": [msgspec.to_builtins(question) for question in asked],
        "deciding": min(_FOREMOST, deciding or len(asked)),
        "known": rest(known),
        "stated": " · ".join(one.value for one in known if one.value),
        "tests": _tests(data.get("tests", []), act.removeprefix("add:") if act.startswith("add:") else "", rest),
        "methods": methods(),
        "alterations": [rest(row) for row in of_alterations(data)],
        "therapy": [rest(row) for row in of_therapy(data)],
        "no_therapy": data.get("therapy") == [],
        "markers": rest(_markers(data)),
    }


def _asked(rec: Recommendation | None, data: dict[str, Any], edition: Edition) -> tuple[list[Question], int]:
    """Return the questions, those that decide first, and how many these are."""
    if rec is None:
        return [], 0
    decides = {one.fact for one in rec.missing if one.decides}
    asked = sorted(questions(rec, data, edition), key=lambda one: one.fact not in decides)
    return asked, sum(one.fact in decides for one in asked)


def _tests(listed: Sequence[dict[str, Any]], added: str, rest: _Rest) -> list[dict[str, Any]]:
    """Return the tests that are stated, and one more of the method ``added``, where it is one."""
    found = [_test(i, test, rest, new=False) for i, test in enumerate(listed)]
    if test_type(added) is not None:
        found.append(_test(len(listed), {"method": added}, rest, new=True))
    return found


def _test(position: int, test: dict[str, Any], rest: _Rest, *, new: bool) -> dict[str, Any]:
    method = str(test.get("method", ""))
    fields = rest(of_test(position, test))
    first = [one for one in fields if one["name"].rpartition(".")[2] in FIRST.get(method, ())]
    return {
        "position": position,
        "method": method,
        "name": level_words(method),
        "file": str(test.get("file") or ""),
        "fields": first,
        "further": [one for one in fields if one not in first],
        "fusions": [rest(row) for row in of_fusions(position, test)],
        "new": new,
    }


def _markers(data: dict[str, Any]) -> list[Field]:
    diagnosis = data.get("diagnosis")
    profile = (diagnosis.get("immunoprofile") if isinstance(diagnosis, dict) else None) or {}
    return [Field(f"i:{name}", str(name), "choice", STATES, str(value)) for name, value in profile.items()]
