"""A case asked for question by question: what decides comes first, and what is not known stays unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import msgspec

from ntrkpath.cases.load import case_from
from ntrkpath.cases.phrases import TESTS, read_test
from ntrkpath.guidance import Edition
from ntrkpath.model.case_keys import PARTS, keys_of
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway.decide import Pathway

#: Keys that a fact is read from where its own derivation does not name one.
_READ_FROM = {"differentiation": "diagnosis.differentiation", "cns_site": "diagnosis.site"}
_FIRST = ("disease.extent", "patient.age", "diagnosis.site")
_FIELD = ("choice", "flag", "bands")


class Question(msgspec.Struct, frozen=True):
    """One question: its words, what may be answered (levels, or nothing for free words), and the key it fills."""

    text: str
    levels: tuple[str, ...]
    path: str


#: Asks a question and returns the answer; ``""``: not known, ``None``: enough.
Ask = Callable[[Question], str | None]


def open_question(answer: Recommendation, edition: Edition, asked: Collection[str]) -> Question | None:
    """Return the next question that one key of the case answers; None where none is left.

    What every referral states comes first (extent, age, site), then what decides.
    """
    found: list[Question] = []
    for missing in answer.missing:
        derive = edition.facts[missing.fact].derive or {}
        source = derive.get("from", "")
        path = derive["field"] if source in _FIELD else _READ_FROM.get(source)
        if path and path not in asked:
            part, _, key = str(path).partition(".")
            levels = tuple(level for level in keys_of(PARTS[part])[key].levels if level != "unknown")
            shown = tuple({"true": "yes", "false": "no"}.get(level, level) for level in levels)
            found.append(Question(missing.question, shown, str(path)))
    return min(found, key=lambda one: _FIRST.index(one.path) if one.path in _FIRST else len(_FIRST), default=None)


def interview(pathway: Pathway, ask: Ask, tell: Callable[[str], None]) -> dict[str, Any] | None:
    """Ask for a case, and return it as plain data; None where not even a diagnosis was given.

    The diagnosis comes first, then the tests, then what could change the answer. An answer that cannot be read is
    said, and asked again.

    Args:
        tell: Says what is wrong with an answer.
    """
    diagnosis = Question("Diagnosis", (), "diagnosis.histology")
    data: dict[str, Any] | None = None
    while data is None:
        named = ask(diagnosis)
        if not named:
            return None
        data = _with(pathway, {}, diagnosis.path, named, tell)
    for option, (method, name, example) in TESTS.items():
        question = Question(f"{name}, as {example}", (), option)
        while said := ask(question):
            try:
                data = _checked(pathway, {**data, "tests": [*data.get("tests", ()), read_test(method, said)]})
                break
            except NtrkpathError as error:
                tell(str(error))
        if said is None:
            return data
    asked: set[str] = set()
    while question_left := open_question(pathway.recommend(case_from(data)), pathway.edition, asked):
        said = ask(question_left)
        if said is None:
            return data
        changed = _with(pathway, data, question_left.path, said, tell) if said else data
        if changed is not None:
            data = changed
            asked.add(question_left.path)
    return data


def _with(
    pathway: Pathway, data: dict[str, Any], path: str, value: str, tell: Callable[[str], None]
) -> dict[str, Any] | None:
    part, _, key = path.partition(".")
    try:
        return _checked(pathway, {**data, part: {**data.get(part, {}), key: value}})
    except NtrkpathError as error:
        tell(str(error))
        return None


def _checked(pathway: Pathway, data: dict[str, Any]) -> dict[str, Any]:
    """Return a case as it is where it can be decided.

    Raises:
        CaseError: It is no case, or its diagnosis or drug is not known.
    """
    pathway.recommend(case_from(data))
    return data
