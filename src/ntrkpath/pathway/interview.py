"""A case asked for question by question: what decides comes first, and what is not known stays unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import msgspec

from ntrkpath.cases.load import case_from
from ntrkpath.cases.phrase_of_a_test import TESTS, read_test
from ntrkpath.cases.phrases import read_alteration, read_therapy
from ntrkpath.guidance import Edition
from ntrkpath.model.case_keys import PARTS, keys_of
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway.decide import Pathway

#: Keys that a fact is read from where its own derivation does not name one.
_READ_FROM = {
    "differentiation": "diagnosis.differentiation", "cns_site": "diagnosis.site", "canonical": "alterations",
    "fusion_pair": "alterations", "other_driver": "alterations", "trk_therapy": "therapy",
}  # fmt: skip
#: Lists that are answered in phrases, separated by semicolons: an example.
_IN_PHRASES = {
    "alterations": "as 'KIT mutation absent; PDGFRA mutation absent'",
    "therapy": "as 'larotrectinib, progressed', or 'none'",
}
#: What every referral states is asked before the tests, and the site with it where it could change the answer.
_REFERRAL = ("disease.extent", "patient.age")
_FIRST = (*_REFERRAL, "diagnosis.site")
_FIELD = ("choice", "flag", "bands")


class Question(msgspec.Struct, frozen=True):
    """One question: its words, what may be answered (levels, or nothing for free words), and the key it fills."""

    text: str
    levels: tuple[str, ...]
    path: str


#: Asks a question and returns the answer; ``""``: not known, ``None``: enough.
Ask = Callable[[Question], str | None]


def open_questions(answer: Recommendation, edition: Edition) -> list[Question]:
    """Return the questions that are left, each of one key of the case: what decides comes first."""
    found: dict[str, Question] = {}
    for missing in answer.missing:
        derive = edition.facts[missing.fact].derive or {}
        source = derive.get("from", "")
        path = str(derive["field"]) if source in _FIELD else _READ_FROM.get(source)
        if path:
            found.setdefault(path, _question(missing.question, path))
    return list(found.values())


def referral_questions(edition: Edition) -> list[Question]:
    """Return the questions on what every referral states: on these rest also the labels."""
    by_key = {(fact.derive or {}).get("field"): fact.question for fact in edition.facts.values()}
    return [_question(by_key[path], path) for path in _REFERRAL]


def _question(text: str, path: str) -> Question:
    if path in _IN_PHRASES:
        return Question(f"{text} {_IN_PHRASES[path]}", (), path)
    part, _, key = path.partition(".")
    levels = tuple(level for level in keys_of(PARTS[part])[key].levels if level != "unknown")
    return Question(text, tuple({"true": "yes", "false": "no"}.get(level, level) for level in levels), path)


def interview(pathway: Pathway, ask: Ask, tell: Callable[[str], None]) -> dict[str, Any] | None:
    """Ask for a case, and return it as plain data; None where not even a diagnosis was given.

    The diagnosis comes first, then extent and age, then the tests, then what else could change the answer, what decides
    before the rest. An answer that cannot be read is said, and asked again.

    Args:
        tell: Says what is wrong with an answer.
    """
    asking = _Interview(pathway, ask, tell)
    if asking.diagnosis() and asking.open(_FIRST) and asking.tests():
        asking.open()
    return asking.data or None


class _Interview:
    """The case as it grows; each step returns whether there is more to ask."""

    def __init__(self, pathway: Pathway, ask: Ask, tell: Callable[[str], None]) -> None:
        self.pathway, self.ask, self.tell = pathway, ask, tell
        self.data: dict[str, Any] = {}
        self.asked: set[str] = set()

    def diagnosis(self) -> bool:
        return bool(self._answered(Question("Diagnosis", (), "diagnosis.histology"))) and bool(self.data)

    def open(self, paths: Collection[str] | None = None) -> bool:
        """Ask what is missing, once each, of some keys or of all."""
        while True:
            answer, edition = self.pathway.recommend(case_from(self.data)), self.pathway.edition
            left = [*referral_questions(edition), *open_questions(answer, edition)]
            left = [one for one in left if one.path not in self.asked and (paths is None or one.path in paths)]
            if not left:
                return True
            self.asked.add(left[0].path)
            if self._answered(left[0]) is None:
                return False

    def tests(self) -> bool:
        for option, (_, name, example) in TESTS.items():
            if self._answered(Question(f"{name}, as {example}", (), option)) is None:
                return False
        return True

    def _answered(self, question: Question) -> str | None:
        """Ask until the answer can be read, or there is none; take it, and return it."""
        while said := self.ask(question):
            try:
                data = self._with(question.path, said)
                self.pathway.recommend(case_from(data))
            except NtrkpathError as error:
                self.tell(str(error))
            else:
                self.data = data
                break
        return said

    def _with(self, path: str, said: str) -> dict[str, Any]:
        """Return the case with an answer.

        Raises:
            CaseError: It is not understood.
        """
        if path in TESTS:
            return {**self.data, "tests": [*self.data.get("tests", ()), read_test(TESTS[path][0], said)]}
        if path in _IN_PHRASES:
            read = read_alteration if path == "alterations" else read_therapy
            none = path == "therapy" and said.strip().casefold() == "none"
            phrases = [] if none else [one for one in said.split(";") if one.strip()]
            return {**self.data, path: [read(phrase) for phrase in phrases]}
        part, _, key = path.partition(".")
        return {**self.data, part: {**self.data.get(part, {}), key: said}}
