"""An edition as a catalogue: every rule, table, statement, fact, action, reference and label, cross-referenced."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any

from ntrkpath.figures.graph import Graph
from ntrkpath.figures.graph import load as load_figure
from ntrkpath.guidance.edition import Edition, LabelVersion
from ntrkpath.model.errors import GuidanceError
from ntrkpath.rules import Fact, Row, Table
from ntrkpath.rules.table import FIDELITIES
from ntrkpath.server.guidance.entries import (
    ActionEntry,
    ExampleEntry,
    FactEntry,
    LabelEntry,
    Overview,
    ReferenceEntry,
    RuleEntry,
    StatementEntry,
    TableEntry,
)
from ntrkpath.server.guidance.exemplified import exemplified
from ntrkpath.server.guidance.exercised import Exercised, exercised

#: Files of the edition that name references, and what a reader calls them.
_CITING = {
    "evidence_tables": "tables 1 to 4",
    "evidence_frequency": "frequency",
    "evidence_accuracy": "accuracy of tests",
    "resistance": "resistance mutations",
    "partners": "fusion partners",
    "domains": "protein domains",
    "fusion": "fusion verdict",
}


class Catalogue:
    """The entries of one edition by kind and id, made once.

    Args:
        edition: The edition.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.all_tables: dict[str, Table] = {**edition.tables, **edition.fusion_tables}
        self._file = {t.id: file for file, tables in edition.files.items() for t in tables}
        self._file |= dict.fromkeys(edition.fusion_tables, "fusion")

    @cached_property
    def figure(self) -> Graph | None:
        """Figure 2, where the edition has one."""
        return load_figure(self.edition) if "figure2" in self.edition.data else None

    @cached_property
    def published(self) -> Exercised:
        """The published cases and where they lead."""
        return exercised(self.edition)

    def facts_of(self, table: str) -> Mapping[str, Fact]:
        """Return the vocabulary that a table reads: that of a case, or that of a fusion."""
        return self.edition.fusion_facts if table in self.edition.fusion_tables else self.edition.facts

    def fact(self, ident: str, table: str) -> Fact:
        """Return a fact as a table reads it."""
        return self.facts_of(table)[ident]

    @cached_property
    def rules(self) -> dict[str, RuleEntry]:
        """Every rule by id, in reading order."""
        drawn: dict[str, list[str]] = defaultdict(list)
        for edge in self.figure.edges if self.figure else ():
            for ident in edge.rows:
                drawn[ident].append(edge.id)
        found = {}
        for table in self.all_tables.values():
            made = exemplified(table, self.facts_of(table.id))
            for position, row in enumerate(table.rows, 1):
                found[row.id] = self._rule(table, row, position, tuple(drawn[row.id]), made[row.id])
        return found

    def _rule(
        self, table: Table, row: Row, position: int, drawn: tuple[str, ...], made: tuple[ExampleEntry, ...]
    ) -> RuleEntry:
        facts = self.facts_of(table.id)
        return RuleEntry(
            id=row.id,
            table=table.id,
            position=position,
            says=row.says,
            when={f: tuple(lv for lv in facts[f].levels if lv in levels) for f, levels in row.when.items()},
            sets=dict(row.sets),
            actions=dict(row.emits.get("actions", {})),
            caution=str(row.emits.get("caution", "")),
            statements=row.statements,
            source=row.source,
            fidelity=row.fidelity,
            note=row.note,
            yields_to=row.yields_to,
            figure=drawn,
            not_drawn=self.figure.not_drawn.get(row.id, "") if self.figure else "",
            examples=self.published.rules.get(row.id, ()),
            constructed=made,
        )

    @cached_property
    def tables(self) -> dict[str, TableEntry]:
        """Every table by id, in the order in which they are read; those of the fusion verdict last."""
        return {
            t.id: TableEntry(
                id=t.id, file=self._file[t.id], question=t.question, hit=t.hit, reads=t.facts, sets=t.sets,
                states=t.states(self.facts_of(t.id)), rules=tuple(row.id for row in t.rows),
            )
            for t in self.all_tables.values()
        }  # fmt: skip

    @cached_property
    def statements(self) -> dict[str, StatementEntry]:
        """Every statement by id."""
        citing: dict[str, list[str]] = defaultdict(list)
        for table in self.all_tables.values():
            for row in table.rows:
                for ident in row.statements:
                    citing[ident].append(row.id)
        return {
            s.id: StatementEntry(
                id=s.id,
                kind=s.kind,
                section=s.section,
                text=s.text,
                quote=s.quote,
                quoted_from=s.quoted_from,
                cited_by=tuple(citing[s.id]),
            )
            for s in self.edition.statements.values()
        }

    @cached_property
    def facts(self) -> dict[str, FactEntry]:
        """Every fact by id; those of the fusion verdict last."""
        ordered = [*self.edition.facts.values()]
        ordered += [f for f in self.edition.fusion_facts.values() if f.id not in self.edition.facts]
        return {f.id: self._fact(f) for f in ordered}

    def _fact(self, fact: Fact) -> FactEntry:
        beside = fact.id not in self.edition.facts
        tables = self.edition.fusion_tables if beside else self.edition.tables
        return FactEntry(
            id=fact.id,
            question=fact.question,
            kind=fact.kind,
            levels=fact.levels,
            says=fact.says,
            derived="; ".join(f"{k.replace('_', ' ')}: {_words(v)}" for k, v in (fact.derive or {}).items()),
            source=fact.source,
            set_by=tuple(t.id for t in tables.values() if fact.id in t.sets),
            read_by=tuple(t.id for t in tables.values() if fact.id in t.facts),
            rules=tuple(row.id for t in tables.values() for row in t.rows if fact.id in row.when),
        )

    @cached_property
    def actions(self) -> dict[str, ActionEntry]:
        """Every action by id, most important first."""
        return {
            ident: ActionEntry(
                id=ident, text=text, kind=self.edition.action_kinds[ident] or "testing",
                given_by={r.id: r.actions[ident] for r in self.rules.values() if ident in r.actions},
            )
            for ident, text in self.edition.actions.items()
        }  # fmt: skip

    @cached_property
    def references(self) -> dict[str, ReferenceEntry]:
        """Every reference by id."""
        entries = {entry["id"]: entry for entry in self.edition.data.get("references", {}).get("references", ())}
        citing: dict[str, dict[str, None]] = defaultdict(dict)
        for file, name in _CITING.items():
            for ident in _named(self.edition.data.get(file, {}), entries):
                citing[ident][name] = None
        texts = ("short", "title", "journal", "doi", "pmid", "pmc", "url", "note")
        return {
            ident: ReferenceEntry(
                id=ident,
                guidance_number=entry.get("guidance_number"),
                cited_by=tuple(citing[ident]),
                **{key: str(entry.get(key) or "") for key in texts},
            )
            for ident, entry in entries.items()
        }

    def labels(self, day: dt.date) -> dict[str, LabelEntry]:
        """Return every label version by id, drug by drug and oldest first, with whether it is in force on a day."""
        drugs = list(self.edition.drugs)
        ordered = sorted(self.edition.labels, key=lambda lb: (drugs.index(lb.drug), lb.agency, lb.from_))
        force = {lb.id for lb in self.edition.labels_on(day)}
        return {label.id: _label(label, label.id in force) for label in ordered}

    @cached_property
    def overview(self) -> Overview:
        """What the edition is and holds."""
        e = self.edition
        fidelity = dict.fromkeys(FIDELITIES, 0)
        for rule in self.rules.values():
            fidelity[rule.fidelity] += 1
        return Overview(
            id=e.id, title=e.title, version=e.version, sha256=e.sha256, published=e.published,
            labels_known_to=e.labels_known_to, intended_use=e.intended_use, fidelity=fidelity,
            counts={
                "tables": len(self.tables), "rules": len(self.rules), "statements": len(self.statements),
                "facts": len(self.facts), "actions": len(self.actions), "labels": len(e.labels),
                "references": len(self.references), "resistance": len(e.data["resistance"]["mutations"]),
            },
            tables=tuple(self.tables),
        )  # fmt: skip

    def found(self, kind: str, ident: str) -> Any:
        """Return one entry of ``rules``, ``tables``, ``statements``, ``facts``, ``actions`` or ``references``.

        Raises:
            GuidanceError: Nothing of this kind has this id.
        """
        entries: Mapping[str, Any] = getattr(self, kind)
        if ident not in entries:
            raise GuidanceError(
                f"no such entry among the {kind}", value=ident[:80], remedy="search the guidance, or see its lists"
            )
        return entries[ident]


def _label(label: LabelVersion, in_force: bool) -> LabelEntry:
    return LabelEntry(
        id=label.id, drug=label.drug, agency=label.agency, start=label.from_, until=label.until, in_force=in_force,
        approval=label.approval, requires=label.requires, text=label.text, source=label.source, note=label.note,
        in_paper=label.in_paper, label_read=label.label_read,
    )  # fmt: skip


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(" < ".join(map(str, v)) if isinstance(v, list) else str(v) for v in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_words(v)}" for k, v in value.items())
    return str(value)


def _named(data: Any, known: Mapping[str, Any]) -> Iterable[str]:
    """Yield every reference that some data name, whatever the field."""
    if isinstance(data, str):
        if data in known:
            yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _named(value, known)
    elif isinstance(data, list):
        for value in data:
            yield from _named(value, known)


@lru_cache(maxsize=8)
def catalogue(edition: Edition) -> Catalogue:
    """Return the catalogue of an edition, made once."""
    return Catalogue(edition)
