"""Entries in plain words, as a page shows them: conditions, outcomes, places in figure 2, periods of labels."""

from __future__ import annotations

import datetime as dt

import msgspec

from ntrkpath.report import terms
from ntrkpath.rules import SILENT, Fact
from ntrkpath.server.guidance.catalogue import Catalogue
from ntrkpath.server.guidance.entries import ExampleEntry, LabelEntry, RuleEntry

#: Sign and words of every fidelity.
FIDELITY = {"verbatim": ("=", "the text says so"), **terms.FIDELITY}
#: Titles of the files that hold the tables, and what each is for.
FILES = {
    "triage": ("Triage", "Histology and drivers give the tier; the stage gate turns it into the priority."),
    "interpretation": ("Interpretation", "What each readout says alone, and all of them together."),
    "testing": ("Testing", "What was done and what it said give the next test, or the end of testing."),
    "therapy": ("Therapy", "What the extent of disease opens, and when a patient is within a label."),
    "cautions": ("Cautions", "Warnings that a case raises, whatever the next step."),
    "fusion": ("Fusion verdict", "From what is known of a junction to whether a TRK inhibitor has a target."),
}
KINDS_OF_FACTS = {
    "case": "From the case",
    "readout": "From a test, a fusion or a label",
    "setting": "Settings",
    "table": "Set by a table",
}
KINDS_OF_STATEMENTS = {
    "rule": "decides what is recommended",
    "caution": "a warning, raised when it applies",
    "fact": "background",
    "figure": "a number, with its interval and source",
    "label": "approved use of a drug",
    "limit": "a stated absence of evidence",
}


class Condition(msgspec.Struct, frozen=True):
    """A fact that a rule tests, and the accepted levels in words; ``but`` where these are the ones left out."""

    fact: str
    question: str
    levels: tuple[str, ...]
    but: bool = False


class Place(msgspec.Struct, frozen=True):
    """A line of figure 2: the boxes it joins and the words beside it."""

    start: str
    words: str
    end: str


def level(fact: Fact, name: str) -> str:
    """Return a level in plain words."""
    return fact.says.get(name) or name.replace("_", " ")


def conditions(book: Catalogue, rule: RuleEntry) -> list[Condition]:
    """Return what a rule tests, in words; where fewer levels are left out than accepted, those that are left out."""
    found = []
    for ident, chosen in rule.when.items():
        fact = book.fact(ident, rule.table)
        rest = [lv for lv in fact.levels if lv not in chosen]
        but = len(rest) < len(chosen) and len(chosen) > 3 and not SILENT.intersection(rest)
        shown = tuple(level(fact, lv) for lv in (rest if but else chosen))
        found.append(Condition(ident, fact.question, shown, but))
    return found


def outcomes(book: Catalogue, rule: RuleEntry) -> list[Condition]:
    """Return what a rule sets, in words."""
    facts = [(book.fact(ident, rule.table), lv) for ident, lv in rule.sets.items()]
    return [Condition(fact.id, fact.question, (level(fact, lv),)) for fact, lv in facts]


def state(book: Catalogue, rule: RuleEntry, example: ExampleEntry) -> list[Condition]:
    """Return the facts of a constructed example, in words and in the order in which the table reads them."""
    facts = [book.fact(ident, rule.table) for ident in book.tables[rule.table].reads]
    return [Condition(fact.id, fact.question, (level(fact, example.facts[fact.id]),)) for fact in facts]


def places(book: Catalogue, rule: RuleEntry) -> list[Place]:
    """Return the lines of figure 2 that a rule can take."""
    graph = book.figure
    if graph is None:
        return []
    edges = {edge.id: edge for edge in graph.edges}
    found = [edges[ident] for ident in rule.figure]
    return [Place(graph.nodes[e.from_].title, e.words, graph.nodes[e.to].title) for e in found]


def nodes_of(book: Catalogue, action: str) -> list[str]:
    """Return the boxes of figure 2 that stand for an action."""
    nodes = book.figure.nodes.values() if book.figure else ()
    return [node.id for node in nodes if action in {named.partition("@")[0] for named in node.actions}]


def told(rule: RuleEntry) -> str:
    """Return a rule in one sentence."""
    return rule.says or rule.caution or rule.note or rule.id


def period(label: LabelEntry) -> str:
    """Return when a label version is in force."""
    return f"{label.start} to {label.until - dt.timedelta(1)}" if label.until else f"from {label.start}"


def day_of(text: str, default: dt.date) -> tuple[dt.date, str]:
    """Return a date as a form sends it, and what is wrong with it; the default where it is empty or wrong."""
    if not text.strip():
        return default, ""
    try:
        return dt.date.fromisoformat(text.strip()[:10]), ""
    except ValueError:
        return default, f"“{text[:20]}” is no date; write it as in 2025-04-10. Shown for {default}."
