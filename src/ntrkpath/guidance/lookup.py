"""Looking things up in an edition: one text per thing, as a reader wants it."""

from __future__ import annotations

import datetime as dt
import difflib
import textwrap
from collections.abc import Callable, Iterable, Iterator

from ntrkpath.guidance.edition import Edition, LabelVersion
from ntrkpath.model.errors import GuidanceError
from ntrkpath.rules import SILENT, Fact, Row, Table


def _wrap(text: str, indent: int = 2) -> str:
    return textwrap.fill(text, 100, initial_indent=" " * indent, subsequent_indent=" " * indent)


def condition(fact: Fact, levels: Iterable[str]) -> str:
    """Return a condition in words: ``extent: metastatic or unknown``."""
    chosen = [level for level in fact.levels if level in set(levels)]
    rest = [level for level in fact.levels if level not in chosen]
    if len(rest) < len(chosen) and not any(level in SILENT for level in rest) and len(chosen) > 3:
        return f"{fact.id}: anything but {' or '.join(rest)}"
    return f"{fact.id}: {' or '.join(chosen)}"


def show_row(edition: Edition, table: Table, row: Row) -> str:
    """Return a rule with its conditions, outcome, statements, source, fidelity and note."""
    facts = edition.fusion_facts if table.id in edition.fusion_tables else edition.facts
    lines = [f"{row.id}  (table {table.id}: {table.question})"]
    if row.says:
        lines.append(_wrap(row.says))
    lines.append("  when")
    lines += [f"    {condition(facts[f], levels)}" for f, levels in row.when.items()] or ["    always"]
    lines.append("  then")
    lines += [f"    {fact} = {level}" for fact, level in row.sets.items()]
    lines += [
        f"    {strength}: {edition.actions[action]}  [{action}]"
        for action, strength in row.emits.get("actions", {}).items()
    ]
    if "caution" in row.emits:
        lines.append(_wrap(row.emits["caution"], 4))
    if not row.sets and not row.emits.get("actions") and "caution" not in row.emits:
        lines.append("    nothing")
    lines.append(f"  fidelity: {row.fidelity}" + (f". {row.note}" if row.note else ""))
    lines += [_wrap(f"{s}: {edition.statements[s].text}", 4) for s in row.statements]
    if row.source:
        lines.append(f"  source: {row.source}")
    return "\n".join(lines)


def show_statement(edition: Edition, ident: str) -> str:
    """Return a statement and the rules that cite it."""
    statement = edition.statements[ident]
    citing = [
        row.id
        for table in (*edition.tables.values(), *edition.fusion_tables.values())
        for row in table.rows
        if ident in row.statements
    ]
    lines = [f"{ident}  ({statement.kind}; {statement.section})", _wrap(statement.text)]
    if statement.quotation:
        lines.append(_wrap(statement.quotation))
    if citing:
        lines.append(_wrap(f"cited by: {', '.join(citing)}"))
    return "\n".join(lines)


def show_fact(fact: Fact, edition: Edition) -> str:
    """Return a fact with its question, levels, derivation and the tables that read it."""
    readers = [t.id for t in edition.tables.values() if fact.id in t.facts]
    setters = [t.id for t in edition.tables.values() if fact.id in t.sets]
    lines = [f"{fact.id}  ({'set by table ' + setters[0] if setters else fact.kind})", _wrap(fact.question)]
    lines += [f"    {level}" + (f": {fact.says[level]}" if level in fact.says else "") for level in fact.levels]
    if fact.derive:
        detail = "; ".join(f"{key} {value}" for key, value in fact.derive.items())
        lines.append(_wrap(f"derived: {detail}"))
    if fact.source:
        lines.append(_wrap(f"source: {fact.source}"))
    if readers:
        lines.append(_wrap(f"read by: {', '.join(readers)}"))
    return "\n".join(lines)


def show_label(label: LabelVersion) -> str:
    """Return a label version with its period, criteria, text and source."""
    until = f"until {label.until}" if label.until else "in force when last looked at"
    lines = [
        f"{label.id}  ({label.drug}, {label.agency}, from {label.from_}, {until}; {label.approval})",
        _wrap(label.text),
    ]
    lines.append(_wrap(f"requires: {', '.join(label.requires)}"))
    if label.in_paper:
        lines.append("  described in the guidance of 2020")
    if label.note:
        lines.append(_wrap(label.note))
    lines.append(_wrap(f"source: {label.source}"))
    return "\n".join(lines)


def _overview(edition: Edition) -> Iterator[str]:
    rows = sum(len(table.rows) for table in _tables(edition).values())
    yield f"{edition.id} {edition.version}: {edition.title}"
    yield f"  sha256 {edition.sha256}"
    yield f"  {len(_tables(edition))} tables, {rows} rules"
    yield f"  {len(_facts(edition))} facts, {len(edition.statements)} statements"
    yield f"  labels known to {edition.labels_known_to}"
    yield f"  lists: {', '.join(LISTS)}"


def _tables(edition: Edition) -> dict[str, Table]:
    return edition.tables | edition.fusion_tables


def _facts(edition: Edition) -> dict[str, Fact]:
    return edition.facts | {ident: fact for ident, fact in edition.fusion_facts.items() if ident not in edition.facts}


def _labels(edition: Edition, as_of: dt.date) -> Iterator[str]:
    yield f"labels in force on {as_of}"
    yield from (show_label(label) for label in edition.labels_on(as_of))
    for absent in edition.data["labels"]["absences"]:
        yield f"not approved: {absent['drug']}, {absent['agency']} ({absent['as_of']}): {absent['text']}"


def _resistance(edition: Edition) -> Iterator[str]:
    for mutation in edition.data["resistance"]["mutations"]:
        effects = ", ".join(f"{drug} {effect.replace('_', ' ')}" for drug, effect in mutation["effect"].items())
        yield _wrap(f"{mutation['gene']} {mutation['protein']}  ({mutation['class']}): {effects}", 0)


#: What is asked for by the name of a list, nothing for an overview, and what is told.
_LISTED: dict[str, Callable[[Edition, dt.date], Iterator[str]]] = {
    "": lambda edition, _: _overview(edition),
    "statements": lambda edition, _: (show_statement(edition, ident) for ident in edition.statements),
    "tables": lambda edition, _: (
        f"{table.id}  ({len(table.rows)} rules): {table.question}" for table in _tables(edition).values()
    ),
    "facts": lambda edition, _: (f"{fact.id}: {fact.question}" for fact in _facts(edition).values()),
    "actions": lambda edition, _: (f"{action}: {text}" for action, text in edition.actions.items()),
    "labels": _labels,
    "resistance": lambda edition, _: _resistance(edition),
}
LISTS = tuple(name for name in _LISTED if name)


def _one(edition: Edition, known: str) -> list[str]:
    """Return the texts for an id: of a rule, a statement, a table, a fact, an action or a label, in this order."""
    tables, upper = _tables(edition), known.upper()
    for table in tables.values():
        if found := [row for row in table.rows if row.id == upper]:
            return [show_row(edition, table, found[0])]
    if upper in edition.statements:
        return [show_statement(edition, upper)]
    if known in tables:
        return [show_row(edition, tables[known], row) for row in tables[known].rows]
    if known in (facts := _facts(edition)):
        return [show_fact(facts[known], edition)]
    if known in edition.actions:
        citing = [row.id for _, row in edition.rows.values() if known in row.emits.get("actions", {})]
        return [f"{known}: {edition.actions[known]}", _wrap(f"given by: {', '.join(citing)}")]
    return [show_label(label) for label in edition.labels if label.id == known.casefold()][:1]


def look_up(edition: Edition, what: str, as_of: dt.date) -> Iterator[str]:
    """Yield the texts for what is asked: an id, a list, or nothing for an overview.

    Raises:
        GuidanceError: Nothing has this id; the nearest ids are named.
    """
    known = what.strip()
    if known in _LISTED:
        yield from _LISTED[known](edition, as_of)
        return
    found = _one(edition, known)
    if not found:
        ids = [
            *edition.rows,
            *edition.statements,
            *edition.tables,
            *edition.facts,
            *edition.actions,
            *(lb.id for lb in edition.labels),
            *LISTS,
        ]
        near = difflib.get_close_matches(known, ids, n=3, cutoff=0.5)
        near = near or difflib.get_close_matches(known.upper(), ids, n=3)
        raise GuidanceError(
            "nothing has this id", value=known, allowed=f"nearest: {', '.join(near)}" if near else ", ".join(LISTS),
            remedy="`ntrkpath guideline show` lists what there is",
        )  # fmt: skip
    yield from found
