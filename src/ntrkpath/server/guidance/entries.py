"""The entries of an edition as data for pages and programs, each with its cross-references."""

from __future__ import annotations

import datetime as dt

import msgspec


class ExampleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A constructed example, as it concerns one row.

    Args:
        name: The example in plain words and, after the colon, what its table makes of it.
        facts: The level of every fact that the table reads.
        rows: The rows of the table that answer.
        holds: Whether the row is one of them; a near miss otherwise.
        differs: In a near miss, the one fact in which it differs from an example in which the row holds.
    """

    name: str
    facts: dict[str, str]
    rows: tuple[str, ...]
    holds: bool
    differs: str


class RuleEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a decision table.

    Args:
        id: Its stable id, as ``NEXT-30``.
        table: The table it stands in.
        position: Its place there, from 1.
        says: One sentence for the reader.
        when: Accepted levels by fact, in the order of the fact's levels; a fact that is not named accepts every level.
        sets: Levels of derived facts.
        actions: Strength by action.
        caution: The warning it raises; empty where none.
        statements: The statements it rests on.
        source: Where it comes from, other than a statement.
        fidelity: ``verbatim``, ``inferred``, ``resolved`` or ``ambiguous``.
        note: Why it is not verbatim.
        yields_to: Earlier rows it overlaps and gives way to.
        figure: The lines of figure 2 that it can take.
        not_drawn: Why figure 2 does not show it; empty where it does, or where its table is not part of the figure.
        examples: The published cases in which it holds.
        constructed: The constructed examples in which it holds, then those that miss it by one fact.
    """

    id: str
    table: str
    position: int
    says: str
    when: dict[str, tuple[str, ...]]
    sets: dict[str, str]
    actions: dict[str, str]
    caution: str
    statements: tuple[str, ...]
    source: str
    fidelity: str
    note: str
    yields_to: tuple[str, ...]
    figure: tuple[str, ...]
    not_drawn: str
    examples: tuple[str, ...]
    constructed: tuple[ExampleEntry, ...]


class TableEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A decision table.

    Args:
        file: The file of the edition that holds it.
        hit: ``first``: the first row that holds decides. ``all``: every row that holds contributes.
        reads: The facts its rows read.
        sets: The facts its rows set.
        states: The number of combinations of levels it covers.
        rules: Its rows, in order.
    """

    id: str
    file: str
    question: str
    hit: str
    reads: tuple[str, ...]
    sets: tuple[str, ...]
    states: int
    rules: tuple[str, ...]


class StatementEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A statement of the guidance, in the edition's own words, with its quotation and the rules that cite it."""

    id: str
    kind: str
    section: str
    text: str
    quote: str
    quoted_from: str
    cited_by: tuple[str, ...]


class FactEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A fact of the closed vocabulary.

    Args:
        kind: ``case`` (asked), ``readout`` (of a test), ``setting`` (of the reader) or ``table`` (set by one).
        levels: Every value it can take.
        says: Plain words for levels.
        derived: How a case yields it; empty for a fact that a table sets.
        set_by: The tables that set it.
        read_by: The tables that read it.
        rules: The rules that test it.
    """

    id: str
    question: str
    kind: str
    levels: tuple[str, ...]
    says: dict[str, str]
    derived: str
    source: str
    set_by: tuple[str, ...]
    read_by: tuple[str, ...]
    rules: tuple[str, ...]


class ActionEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Something a recommendation can advise, with the rules that give it and how strongly."""

    id: str
    text: str
    kind: str
    given_by: dict[str, str]


class ReferenceEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A publication.

    Args:
        short: Authors and year.
        guidance_number: Its number in the reference list of the guidance.
        cited_by: Where the edition names it, in words.
    """

    id: str
    short: str
    title: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    pmc: str = ""
    url: str = ""
    guidance_number: int | None = None
    note: str = ""
    cited_by: tuple[str, ...] = ()


class LabelEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one drug's label at one agency.

    Args:
        start: The day on which it came into force.
        until: The day on which the next version replaced it; ``None`` where it was in force when last looked at.
        in_force: Whether it is in force on the date that was asked for.
        requires: The facts that must all be met.
        label_read: Whether the label itself was read; without it the answer is never better than ``cannot_tell``.
    """

    id: str
    drug: str
    agency: str
    start: dt.date
    until: dt.date | None
    in_force: bool
    approval: str
    requires: tuple[str, ...]
    text: str
    source: str
    note: str
    in_paper: bool
    label_read: bool


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """An edition: what it is and what it holds."""

    id: str
    title: str
    version: str
    sha256: str
    published: dt.date
    labels_known_to: dt.date
    intended_use: str
    counts: dict[str, int]
    fidelity: dict[str, int]
    tables: tuple[str, ...]
