"""The guidance's own pathway as a strategy: each cell is walked through the decision tables, test after test."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model.case import Case, Diagnosis
from ntrkpath.pathway.decide import Pathway
from ntrkpath.rules.chain import Decision
from ntrkpath.strategy import files
from ntrkpath.strategy.plan import TablesPlan
from ntrkpath.strategy.population import Cell
from ntrkpath.strategy.tree import OUTCOMES, End, Step, Tree, Workup

#: A failed test is repeated at most this often.
_REPEATS = 1


class _Workup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fact: str
    costs: str


class _Summary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    fact: str
    failed: str


class Readouts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the pathway speaks of tests: ``readouts.yaml``.

    Args:
        tests: Test to its words.
        facts: Test to what each outcome makes of the facts.
        actions: Action to the tests it may be met by.
        workups: Action to the fact it settles and the entry of the costs.
        repeat: The action that repeats a failed test.
        summary: Test to the fact that sums up its kind, and the level of that fact once the test failed.
        found, excluded: Levels of the fact ``target`` that end testing so.
    """

    tests: dict[str, str]
    words: dict[str, str]
    facts: dict[str, dict[str, dict[str, str]]]
    actions: dict[str, list[str]]
    workups: dict[str, _Workup]
    repeat: str
    summary: dict[str, _Summary]
    found: list[str]
    excluded: list[str]


def load_readouts() -> Readouts:
    """Return the readouts that come with ntrkpath."""
    path = files.KNOWLEDGE / "readouts.yaml"
    return files.convert(files.read(path), Readouts, path.name)


@lru_cache(maxsize=8)
def walker_of(edition: Edition) -> Walker:
    """Return the walker of an edition, made once."""
    return Walker(edition, load_readouts())


class Walker:
    """Walks cells of a population through the tables of an edition."""

    def __init__(self, edition: Edition, readouts: Readouts) -> None:
        self.edition, self.readouts = edition, readouts
        bare = Case(id="cell", diagnosis=Diagnosis(histology="Sarcoma, NOS"))
        self.blank: dict[str, str] = Pathway(edition, dt.date.max).facts(bare).levels

    def levels(self, cell: Cell) -> dict[str, str]:
        """Return the levels of all case facts of a cell before any test."""
        return {**self.blank, **cell.facts}

    def settled(self, cell: Cell) -> dict[str, str]:
        """Return the levels as they are once every work-up is done."""
        return {**self.levels(cell), **cell.workup}

    def treatable(self, cell: Cell) -> bool:
        """Say whether a fusion proven in this cell opens the way to a TRK inhibitor."""
        levels = {**self.settled(cell), **self.readouts.facts["rna_mps"]["positive"]}
        return any(
            self.edition.action_kinds[a] == "treatment" for a in self._actions(self.edition.decisions.decide(levels))
        )

    def triage(self, cell: Cell) -> tuple[str, str]:
        """Return tier and priority of a cell once every work-up is done."""
        decided = self.edition.decisions.decide(self.settled(cell)).levels
        return decided["tier"], decided["priority"]

    def tree(self, cell: Cell, plan: TablesPlan) -> Tree:
        """Return the tree that the tables give for one cell."""
        return self._grow(cell, plan, self.levels(cell), {}, ())

    def _actions(self, decision: Decision) -> dict[str, tuple[str, str]]:
        """Return each action with its strongest strength and the row that gives it."""
        rank = {s: i for i, s in enumerate(self.edition.strengths)}
        best: dict[str, tuple[str, str]] = {}
        for hit in decision.hits:
            given: dict[str, Any] = hit.row.emits.get("actions", {})
            for action, strength in given.items():
                if action not in best or rank[strength] < rank[best[action][0]]:
                    best[action] = (strength, hit.row.id)
        return best

    def _grow(
        self, cell: Cell, plan: TablesPlan, levels: dict[str, str], done: dict[str, int], failed: tuple[str, ...]
    ) -> Tree:
        decision = self.edition.decisions.decide(levels)
        actions = self._actions(decision)
        for action, workup in self.readouts.workups.items():
            if actions.get(action, ("", ""))[0] == "recommended" and workup.fact in cell.workup:
                if levels[workup.fact] == cell.workup[workup.fact]:
                    continue
                known = {**levels, workup.fact: cell.workup[workup.fact]}
                return Workup(action, workup.costs, self._grow(cell, plan, known, done, failed), actions[action][1])
        for strength in plan.follow:
            wanted = {a: row for a, (s, row) in actions.items() if s == strength}
            if self.readouts.repeat in wanted:
                rule = wanted[self.readouts.repeat]
                again = [t for t in reversed(failed) if done[t] <= _REPEATS and self._about(rule, t)]
                if again:
                    return self._step(cell, plan, levels, done, failed, again[0], rule)
            tests = {t: row for a, row in wanted.items() for t in self.readouts.actions.get(a, ()) if t not in done}
            if chosen := next((t for t in plan.prefer if t in tests), None):
                return self._step(cell, plan, levels, done, failed, chosen, tests[chosen])
        return self._end(decision, actions, bool(done))

    def _about(self, rule: str, test: str) -> bool:
        """Say whether a row speaks of the failure of a test: it accepts that, and neither a negative nor no test."""
        summary = self.readouts.summary[test]
        accepted = self.edition.decisions.row(rule).row.when.get(summary.fact, frozenset())
        return summary.failed in accepted and not accepted & {"negative", "not_done"}

    def _step(
        self,
        cell: Cell,
        plan: TablesPlan,
        levels: dict[str, str],
        done: dict[str, int],
        failed: tuple[str, ...],
        test: str,
        rule: str,
    ) -> Step:
        attempt = done.get(test, 0) + 1
        known = {**done, test: attempt}
        below = {}
        for outcome in OUTCOMES:
            after = {**levels, **self.readouts.facts[test][outcome]}
            before = tuple(t for t in failed if t != test)
            below[outcome] = self._grow(cell, plan, after, known, (*before, test) if outcome == "failed" else before)
        return Step(test, below["positive"], below["negative"], below["failed"], attempt, rule)

    def _end(self, decision: Decision, actions: dict[str, tuple[str, str]], tested: bool) -> End:
        closing = [row for a, (_, row) in actions.items() if self.edition.action_kinds[a] == "closing"]
        target = decision.levels["target"]
        rule = closing[0] if closing else next((h.row.id for h in decision.hits if h.table == "next_test"), "")
        if target in self.readouts.found:
            return End("found", rule)
        if tested and (target in self.readouts.excluded or closing):
            return End("excluded", rule)
        if tested:
            return End("unresolved", rule)
        # A test that is ordered and that the strategy does not do is no missing fact.
        ordered = any(a in self.readouts.actions for a in actions) and not any(
            a in actions for a in self.readouts.workups
        )
        return End("not_tested" if closing or ordered else "undecided", rule)
