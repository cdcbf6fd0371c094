"""Panels that set an answer beside its case: the tests in time, and results that disagree."""

from __future__ import annotations

import datetime as dt

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.case import Case
from ntrkpath.model.recommendation import Caution, Recommendation
from ntrkpath.report import terms
from ntrkpath.report.markup import Html, el, join
from ntrkpath.report.sections import cited, items
from ntrkpath.report.terms import plain
from ntrkpath.vocabulary.methods import by_facts, method_name

#: The calls that stand for and against a fusion.
_FOR = frozenset({"positive", "productive", "likely_productive"})
_AGAINST = frozenset({"negative", "not_productive"})


class Event:
    """Something with a date in a case: a test, or a line of therapy.

    Args:
        day: Its date; ``None`` where the case gives none.
        head: What it is, as ``Test 1, FISH``.
        told: What came out of it.
    """

    def __init__(self, day: dt.date | None, head: str, told: str) -> None:
        self.day, self.head, self.told = day, head, told


def events(case: Case, rec: Recommendation, edition: Edition) -> list[Event]:
    """Return tests and lines of therapy by date; what has no date comes last, in the order of the case."""
    calls: dict[int, list[str]] = {}
    for reading in rec.interpretation:
        if reading.test is not None:
            call = terms.reading_call(edition, reading)
            before = calls.setdefault(reading.test, [])
            if reading.fusion:
                told = f"{plain(reading.fusion)}: {call}"  # once, where two junctions of a fusion are reported
                before.extend([] if told in before else [told])
            elif not any(told.endswith(f": {call}") for told in before):
                before.append(call)
    found = []
    for position, test in enumerate(case.tests, 1):
        method = method_name(str(type(test).__struct_config__.tag))
        specimen = f", {plain(test.specimen)}" if test.specimen else ""
        found.append(Event(test.date, f"Test {position}, {method}{specimen}", "; ".join(calls.get(position, []))))
    for line in case.therapy or ():
        course = [f"until {line.end}" if line.end else "", f"best response {line.best_response}"
                  if line.best_response else "", "progressed on it" if line.progression is True else ""]  # fmt: skip
        found.append(Event(line.start or line.end, plain(line.drug), "; ".join(part for part in course if part)))
    return sorted(found, key=lambda event: (event.day is None, event.day or dt.date.min))


def timeline(case: Case, rec: Recommendation, edition: Edition) -> Html:
    """Return tests and therapy as a list in time; empty where the case has neither."""
    found = events(case, rec, edition)
    if not found:
        return Html("")
    rows = [
        el(
            "li",
            el("time", event.day.isoformat(), datetime=event.day.isoformat()) if event.day else
            el("span", "no date", class_="quiet time"),
            el("div", el("strong", event.head), el("p", plain(event.told or "no result stated"))),
        )
        for event in found
    ]  # fmt: skip
    return join(el("h3", "Tests and therapy in time"), el("ol", *rows, class_="timeline"))


def disagreeing(rec: Recommendation) -> tuple[list[str], list[str]]:
    """Return the methods that speak for a fusion and those that speak against it; both empty where none disagree."""
    for_it = [fact for fact in by_facts() if rec.facts.get(fact) in _FOR]
    against = [fact for fact in by_facts() if rec.facts.get(fact) in _AGAINST]
    return (for_it, against) if for_it and against else ([], [])


def of_disagreement(rec: Recommendation, edition: Edition) -> list[Caution]:
    """Return the cautions that weigh a method that disagrees, against another or against all sequencing."""
    for_it, against = disagreeing(rec)
    both = {*for_it, *against}
    found = []
    for caution in rec.cautions:
        read = set(edition.rows[caution.rule][1].when) if caution.rule in edition.rows else set()
        if both & read and len(read & {*by_facts(), "sequence"}) > 1:
            found.append(caution)
    return found


def discordances(rec: Recommendation, edition: Edition) -> Html:
    """Return the methods that disagree, and what the guidance says of it; empty where none do."""
    for_it, against = disagreeing(rec)
    if not for_it:
        return Html("")
    rows: list[tuple[str, object]] = [
        ("≠", el("p", "; ".join(
            f"{by_facts()[fact].name}: {terms.level_words(edition, fact, rec.facts[fact])}"
            for fact in (*for_it, *against)
        ), class_="told")),
    ]  # fmt: skip
    for caution in of_disagreement(rec, edition):
        basis = terms.basis(edition, caution.rule, caution.statements, caution.fidelity)
        rows.append(("", join(el("p", plain(caution.text)), cited(basis))))
    return join(el("h3", "Results that disagree"), items(rows))
