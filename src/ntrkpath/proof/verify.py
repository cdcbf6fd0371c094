"""``verify``: every state of every table, every citation, every safety property, and the lock of outcomes.

What is verified is passed in as plain data: the tables know no medicine, and neither do the checks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import msgspec

from ntrkpath.proof.checks import (
    check_quotations,
    check_sources,
    check_table,
    check_thresholds,
    check_vocabulary,
    compare,
)
from ntrkpath.proof.dated import Dated
from ntrkpath.proof.groups import check_groups
from ntrkpath.proof.lock import compare_lock, compute_lock
from ntrkpath.proof.properties import prove, prove_exclusive, prove_independent
from ntrkpath.proof.report import DatedCount, Finding, PropertyCount, Report, TableCount
from ntrkpath.rules.chain import Chain, Masks
from ntrkpath.rules.facts import Fact
from ntrkpath.rules.table import Table

MUST_CITE = ("rule", "caution", "label")


class Scope(msgspec.Struct, frozen=True):
    """Tables with one vocabulary.

    Args:
        facts: Every fact, by id.
        tables: Every table: those of the chain, and those that are read once per item of a case.
        chain: The tables that decide a case.
        answers: Facts that are part of the answer, so that no table needs to read them.
    """

    facts: Mapping[str, Fact]
    tables: tuple[Table, ...]
    chain: Chain
    answers: frozenset[str] = frozenset()


class Subject(msgspec.Struct, frozen=True):
    """What ``verify`` looks at.

    Args:
        scope: The tables of which the properties speak.
        beside: Tables with vocabularies of their own.
        statements: The kind of each statement, by id.
        quoted: The statements that carry a quotation or name the figure or table they stand in; not checked where
            not given.
        cited: Statements cited outside the rows of the tables (by labels, resistance, evidence).
        properties: Safety properties: ``id, text, when, never | always | impossible``.
        independent: For a fact, those that may not decide it, directly or through another table.
        exclusive: Groups of actions of which no state gives two.
        groups: Groups of levels, as ``fact.group``, that something other than a row names.
        dated: The proof over dated documents; returns its counts, its properties and its findings.
    """

    scope: Scope
    statements: Mapping[str, str]
    beside: tuple[Scope, ...] = ()
    quoted: frozenset[str] | None = None
    cited: frozenset[str] = frozenset()
    properties: tuple[Mapping[str, Any], ...] = ()
    independent: Mapping[str, Sequence[str]] = {}
    exclusive: tuple[Sequence[str], ...] = ()
    groups: frozenset[str] = frozenset()
    dated: Callable[[], Dated] | None = None


class Logic(msgspec.Struct, frozen=True):
    """What the checks of tables, vocabulary, sources and properties counted and found."""

    tables: list[TableCount]
    quiet: dict[str, tuple[str, ...]]
    properties: list[PropertyCount]
    findings: list[Finding]


def check_logic(subject: Subject) -> Logic:
    """Run the checks that decide whether the tables are sound: all but compared states, labels and the lock."""
    quiet: dict[str, tuple[str, ...]] = {}
    counts: list[TableCount] = []
    found: list[Finding] = []
    for scope in (subject.scope, *subject.beside):
        for table in scope.tables:
            count, findings = check_table(Masks(table, scope.facts), scope.facts)
            counts.append(count)
            found += findings
        found += check_thresholds(scope.tables)
        found += check_groups(scope.facts, scope.tables, subject.groups)
        unnamed, findings = check_vocabulary(scope.facts, scope.tables, scope.chain, scope.answers)
        quiet.update(unnamed)
        found += findings
    tables = tuple(table for scope in (subject.scope, *subject.beside) for table in scope.tables)
    found += check_sources(tables, subject.statements, subject.cited, MUST_CITE)[1]
    if subject.quoted is not None:
        found += check_quotations(tables, subject.quoted)
    properties, findings = check_properties(subject)
    return Logic(counts, quiet, properties, found + findings)


def check_properties(subject: Subject) -> tuple[list[PropertyCount], list[Finding]]:
    """Prove the safety properties, the independent facts and the exclusive actions over every composed state."""
    chain = subject.scope.chain
    properties: list[PropertyCount] = []
    found: list[Finding] = []
    for entry in subject.properties:
        proved, findings = prove(chain, entry)
        properties.append(proved)
        found += findings
    cases = case_states(chain)
    for fact, unread in subject.independent.items():
        findings = prove_independent(chain, fact, unread)
        text = f"Nothing that decides {fact} depends on {', '.join(unread)}."
        properties.append(PropertyCount(f"independent {fact}", text, cases, not findings))
        found += findings
    for group in subject.exclusive:
        states, findings = prove_exclusive(chain, group)
        properties.append(PropertyCount("exclusive", f"Never together: {', '.join(group)}.", states, not findings))
        found += findings
    return properties, found


def case_states(chain: Chain) -> int:
    """Return the number of assignments of all case facts of a chain."""
    return prod(len(chain.facts[fact].levels) for fact in chain.base)


def outcome_lock(subject: Subject) -> dict[str, str]:
    """Return the lock of the tables as they are now."""
    lock: dict[str, str] = {}
    for scope in (subject.scope, *subject.beside):
        lock.update(compute_lock(scope.facts, scope.tables))
    return lock


def verify(subject: Subject, signed: Mapping[str, str] | None = None) -> Report:
    """Check everything and return the counts and the findings.

    Args:
        subject: What to look at.
        signed: The lock of outcomes that was signed off; a finding where it is missing or differs.
    """
    logic = check_logic(subject)
    properties, found = list(logic.properties), list(logic.findings)
    scopes = (subject.scope, *subject.beside)
    compared: dict[str, int] = {}
    for scope in scopes:
        for table in scope.tables:
            compared[table.id], findings = compare(Masks(table, scope.facts), scope.facts)
            found += findings
    dated = DatedCount()
    if subject.dated is not None:
        dated, clauses, late = subject.dated()
        properties += clauses
        found += late
    lock = outcome_lock(subject)
    found += compare_lock(lock, signed)
    facts = [fact for scope in scopes for fact in scope.facts.values()]
    tables = tuple(table for scope in scopes for table in scope.tables)
    return Report(
        tables=tuple(msgspec.structs.replace(count, compared=compared[count.id]) for count in logic.tables),
        facts=len(facts),
        levels=sum(len(fact.levels) for fact in facts),
        quiet=logic.quiet,
        statements=dict(Counter(subject.statements.values())),
        cited=check_sources(tables, subject.statements, subject.cited, ())[0],
        case_states=case_states(subject.scope.chain),
        properties=tuple(properties),
        dated=dated,
        lock=lock,
        findings=tuple(found),
    )
