"""What ``verify`` found: counts of all it looked at, and findings."""

from __future__ import annotations

import datetime as dt

import msgspec


class Finding(msgspec.Struct, frozen=True, order=True):
    """Something that does not hold: the check, the table, row, fact or property it speaks of, and what is wrong."""

    check: str
    where: str
    message: str


class TableCount(msgspec.Struct, frozen=True):
    """One table: its states, and of them and of its rows how many are at fault.

    Args:
        gaps: States in which no row of a first-hit table holds.
        dead: Rows that never decide (first hit) or never hold (hit all).
        overlaps: Pairs of rows that hold together without being declared in ``yields_to``, or declared and not so.
        compared: States on which the evaluator and the compiled look-up were compared.
    """

    id: str
    hit: str
    states: int
    rows: int
    gaps: int
    dead: int
    overlaps: int
    compared: int = 0


class PropertyCount(msgspec.Struct, frozen=True):
    """One safety property: the number of assignments of all case facts it speaks of, and whether it holds in each."""

    id: str
    text: str
    states: int
    holds: bool


class DatedCount(msgspec.Struct, frozen=True):
    """Dated documents (labels): the dates looked at, the documents, the states of their criteria over all dates."""

    dates: tuple[dt.date, ...] = ()
    documents: int = 0
    states: int = 0


class Report(msgspec.Struct, frozen=True):
    """Everything that ``verify`` accounts for.

    Args:
        facts: Facts, all of them read by a table or part of the answer unless a finding says otherwise.
        levels: Levels of all facts.
        quiet: Levels that no condition names, by fact: what remains, or nothing to say.
        statements: Statements by kind.
        cited: Statements that a row, a label or a property cites.
        case_states: Assignments of all case facts of the chain.
        lock: SHA-256 of the outcomes of each table.
        readouts: Reports of tests that were run through the derivation of the pathway.
        derivations: Other inputs that were: ages, sites, alterations, drugs, labels, names.
    """

    tables: tuple[TableCount, ...]
    facts: int
    levels: int
    quiet: dict[str, tuple[str, ...]]
    statements: dict[str, int]
    cited: int
    case_states: int
    properties: tuple[PropertyCount, ...]
    dated: DatedCount
    lock: dict[str, str]
    findings: tuple[Finding, ...]
    readouts: int = 0
    derivations: int = 0

    @property
    def ok(self) -> bool:
        """Whether there is no finding."""
        return not self.findings

    def lines(self) -> list[str]:
        """Return the report as lines of plain text: counts first, findings last."""
        tables = self.tables
        total = {name: sum(getattr(t, name) for t in tables) for name in ("states", "rows", "gaps", "dead", "overlaps")}
        compared = sum(t.compared for t in tables)
        quiet = sum(len(levels) for levels in self.quiet.values())
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.statements.items()))
        width = max((len(t.id) for t in tables), default=0)
        proved = sum(p.holds for p in self.properties)
        text = [
            f"{t.id:<{width}}  {t.hit:<5} {t.states:>7} states {t.rows:>3} rows "
            f"{t.gaps} gaps {t.dead} dead {t.overlaps} overlaps"
            for t in tables
        ]
        text += [
            f"{p.id}: {'proved' if p.holds else 'NOT PROVED'} over {p.states:.3g} states: {p.text}"
            for p in self.properties
        ]
        rows = (
            f"{len(tables)} tables, {total['rows']} rows, {total['states']} states: {total['gaps']} gaps, "
            f"{total['dead']} dead rows, {total['overlaps']} undeclared overlaps"
        )
        text += [
            rows,
            f"{compared} states evaluated and looked up: the same rows",
            f"{self.facts} facts with {self.levels} levels, all used ({quiet} of them by what the others say)",
            f"{sum(self.statements.values())} statements ({kinds}), {self.cited} cited",
            f"{proved} of {len(self.properties)} safety properties proved over {self.case_states:.3g} cases",
        ]
        if self.dated.dates:
            text.append(
                f"{self.dated.documents} labels on {len(self.dated.dates)} dates "
                f"({self.dated.dates[0]} to {self.dated.dates[-1]}), {self.dated.states} states of their criteria"
            )
        if self.readouts:
            text.append(
                f"{self.readouts} reports of tests and {self.derivations} other inputs run through their derivation"
            )
        text += [f"FINDING {f.check}: {f.where}: {f.message}" for f in self.findings]
        text.append("no finding" if self.ok else f"{len(self.findings)} findings")
        return text
