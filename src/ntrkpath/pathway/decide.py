"""One case, decided: facts through the tables, actions, cautions, what is missing, readings, labels, trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import Any

import msgspec

from ntrkpath.cases.load import case_from
from ntrkpath.evidence.probability import Probabilities
from ntrkpath.guidance import Edition, load
from ntrkpath.model.case import Case
from ntrkpath.model.errors import CaseError
from ntrkpath.model.recommendation import (
    SCHEMA,
    Action,
    Caution,
    Guideline,
    HistologyAnswer,
    Label,
    Missing,
    Reading,
    Recommendation,
    Step,
)
from ntrkpath.model.remembered import Remembered
from ntrkpath.pathway.answer import Facts, Words
from ntrkpath.pathway.intake.files import Attached, open_mutations, with_files
from ntrkpath.pathway.intake.findings import Account
from ntrkpath.pathway.intake.genes import NtrkGenes
from ntrkpath.pathway.intake.readouts import Called, Readouts
from ntrkpath.pathway.intake.reported import judge
from ntrkpath.pathway.intake.treated import Treated
from ntrkpath.pathway.intake.tumour import Tumour
from ntrkpath.pathway.labels import Labels
from ntrkpath.pathway.weigh import Weighing
from ntrkpath.rules import Fact, Hit, Row
from ntrkpath.rules.chain import Masks
from ntrkpath.rules.explore import Explorer
from ntrkpath.vocabulary.methods import by_facts, facts_of

#: Tables whose rows are shown as readings of all tests of a method, or of all tests together.
_TOGETHER = (*by_facts(), "sequence", "target")
#: An alteration that the histology lets one expect is open too: its own test would override it.
_OPEN = ("unknown", "expected")
#: Levels of a readout that answer nothing.
_SAYS_NOTHING = ("unknown", "not_done", "not_counted", "no_cutoff", "above_any_cutoff", "no_signal")


#: Tables whose case facts are one part of a case: the tumour, and each method.
_PARTS = (("tier", "reason_to_test", "ihc_screen"), *((f"{facts}_call", facts) for facts in by_facts()))

_NO_FILES: Attached = {}
#: States of a case that are remembered.
_REMEMBERED = 5_000
_DECIDES = attrgetter("decides")
#: Reads levels of facts, as one key.
Key = Callable[[Mapping[str, str]], object]


class Decided(msgspec.Struct, frozen=True, gc=False):
    """What the tables alone make of the facts of a case.

    Args:
        derived: The level of every fact that a table sets.
        actions: Every action with the row that gives it, before its text is made for the case.
        asks: What the laboratory may be asked.
        reasons: What the last row of each table says.
        readings: What all tests of a method together say, and all tests, by the table that reads them.
    """

    derived: dict[str, str]
    actions: tuple[tuple[Action, Row], ...]
    asks: tuple[str, ...]
    cautions: tuple[Caution, ...]
    trace: tuple[Step, ...]
    reasons: dict[str, str]
    readings: tuple[tuple[str, Reading], ...]


class Pathway:
    """The guidance, ready to decide cases on one date.

    Args:
        edition: The edition to apply.
        as_of: The date whose labels count.
        figure2_reading: ``both``, ``a`` or ``b``; the edition's default where not given.
        judged: Whether fusions with exons or coordinates get our own verdict; else the names decide.
        agency: Only the labels of this agency; all of them where not given.
        probability: Whether the answer carries the probability of a productive fusion; no rule reads it.
        forgets: Whether what a case states is forgotten with its answer; else equal tests and blocks are read once.

    Raises:
        CaseError: ``figure2_reading`` or ``agency`` is none of the edition's.
    """

    def __init__(
        self,
        edition: Edition,
        as_of: dt.date,
        *,
        figure2_reading: str | None = None,
        judged: bool = True,
        probability: bool = True,
        forgets: bool = False,
        agency: str | None = None,
    ) -> None:
        self.edition, self.as_of = edition, as_of
        self.chain = edition.decisions
        ntrk = NtrkGenes(edition.data["guideline"]["ntrk_genes"])
        remembered = 0 if forgets else _REMEMBERED
        self.tumour, self.treated = Tumour(edition, ntrk, remembered), Treated(edition, ntrk)
        self.readouts = Readouts(edition, ntrk, judge if judged else None, remembered)
        self.account = Account(self.tumour, self.treated, self.readouts.silent, remembered)
        self.labels = Labels(edition, as_of, agency)
        self.words, self.weighing = Words(edition, ntrk), Weighing(edition)
        self.probabilities = Probabilities(edition) if probability else None
        setting = edition.facts["figure2_reading"]
        self.reading = figure2_reading or str((setting.derive or {})["default"])
        if self.reading not in setting.levels:
            raise CaseError("unknown reading of figure 2", value=self.reading, allowed=setting.levels)
        self.guideline = Guideline(edition.id, edition.version, edition.sha256)
        self.screen = Masks(edition.tables["ihc_screen"], edition.facts)
        self.explorer = Explorer(self.chain, edition.items(), strength(edition), _PARTS)
        self._fillable = [self._fill(edition.facts[fact]) for fact in self.explorer.order]
        self._parts = {hit.row.id: self._static(hit) for masks in self.chain.masks for hit in masks.hits}
        asked = [fact for ident in (*self.explorer.order, "fusion_frame") if (fact := edition.facts.get(ident))]
        beside = {other for fact in asked for other in (*fact.answered_by, *fact.decides_where)}
        self._open_of: Key = itemgetter(*self.explorer.order)
        self._asked_of: Key = itemgetter(*dict.fromkeys((*self.explorer.order, *sorted(beside))))
        self._facts_of: Key = itemgetter(*self.chain.base)
        self._decisions: Remembered[object, Decided] = Remembered(_REMEMBERED)
        self._missed: Remembered[object, tuple[Missing, ...]] = Remembered(_REMEMBERED)
        self._changed: Remembered[frozenset[str], tuple[tuple[str, ...], bool]] = Remembered(_REMEMBERED)
        self._rank = {action: i for i, action in enumerate(edition.actions)}
        self._strength = {strength: i for i, strength in enumerate(edition.strengths)}

    def _static(self, hit: Hit) -> tuple[tuple[Action, ...], Caution | None, Step]:
        row = hit.row
        actions = tuple(
            Action(
                action, strength, self.edition.actions[action], row.says, row.id, row.statements, row.fidelity, row.note
            )
            for action, strength in row.emits.get("actions", {}).items()
        )
        text = row.emits.get("caution")
        caution = Caution(text, row.id, row.statements, row.fidelity) if text else None
        return actions, caution, Step(hit.table, row.id, tuple(row.when), row.sets)

    def facts(
        self, case: Case, attached: Attached = _NO_FILES
    ) -> tuple[list[dict[str, str]], HistologyAnswer, list[Called], Situation]:
        """Return the levels of every case fact, once for each choice of the tests that are read.

        Raises:
            CaseError: The histology or a drug is not recognised, or the age is none.
        """
        case = with_files(case, attached)
        resolution = self.tumour.histology(case.diagnosis.histology)
        histology = resolution.histology
        assert histology is not None
        answer = HistologyAnswer(resolution.text, histology.id, histology.name, histology.group, resolution.how)
        carried = self.tumour.carried(resolution, case)
        levels = self.tumour.levels(case, histology, [*carried, *self.readouts.found(case, attached)])
        treated, resistance, progressed = self.treated.levels(
            case,
            open_mutations(attached),
            [side.gene for one in attached.values() for e in one.events for side in (e.five_prime, e.three_prime)],
        )
        levels |= treated
        levels["figure2_reading"] = self.reading
        called = self.readouts.call(case, self.screen.row(levels).sets["ihc_screen"], attached)
        levels |= self.readouts.summary(case, called)
        choices = [{**levels, **choice} for choice in self.readouts.choices(case, called)]
        return choices, answer, called, (resistance.mutation, resistance.effects, progressed)

    def recommend(self, case: Case, attached: Attached = _NO_FILES) -> Recommendation:
        """Decide one case.

        Args:
            attached: What the files of the case give, by position of the test (``pathway.attach``).

        Raises:
            CaseError: The histology or a drug is not recognised, or the age is none.
        """
        choices, histology, called, situation = self.facts(case, attached)
        entity = self.edition.vocabulary.get(histology.id)
        assert entity is not None
        decided = self._decided(choices[0])
        levels = {**choices[0], **decided.derived}
        therapy = self._therapy(levels, situation)
        found = self.readouts.found(case, attached)
        told = Facts(
            case, entity, levels, called, therapy, self.tumour.open_markers(case, found), situation[0],
            self.treated.given(case), self.tumour.points_to(case, found),
        )  # fmt: skip
        said = self._ordered(
            [(self.words.specific(action, row, told, decided.asks), row) for action, row in decided.actions]
        )
        return Recommendation(
            schema=SCHEMA,
            case_id=case.id,
            patient=self.account.patient(case),
            guideline=self.guideline,
            as_of=self.as_of,
            labels_known_to=self.edition.labels_known_to,
            answer=self.words.answer(told, said),
            findings=self.account.findings(case, entity, called, attached),
            histology=histology,
            tier=levels["tier"],
            tier_reason=decided.reasons["tier"],
            priority=levels["priority"],
            priority_reason=decided.reasons["priority"],
            actions=said,
            cautions=decided.cautions,
            missing=self.missing([levels, *choices[1:]], self.readouts.open_levels(called)),
            interpretation=self._interpretation(called, decided.readings, levels),
            therapy=therapy,
            weigh=self.weighing.of(levels, self.words.named(told)),
            probability=self.probabilities.of(histology.id, histology.name, levels) if self.probabilities else None,
            facts=levels,
            trace=decided.trace,
            intended_use=self.edition.intended_use,
        )

    def _decided(self, levels: Mapping[str, str]) -> Decided:
        """Return what the tables alone make of the facts of a case."""
        key = self._facts_of(levels)
        return self._decisions.get(key) or self._decisions.keep(key, self._decide(levels))

    def _decide(self, levels: Mapping[str, str]) -> Decided:
        decision = self.chain.decide(levels)
        actions: dict[str, tuple[Action, Row]] = {}
        asks: list[str] = []
        cautions: list[Caution] = []
        reasons: dict[str, str] = {}
        readings: list[tuple[str, Reading]] = []
        for hit in decision.hits:
            row = hit.row
            given, caution, _ = self._parts[row.id]
            for action in given:
                before = actions.get(action.action)
                if before is None or self._weight(action, row) < self._weight(*before):
                    actions[action.action] = action, row
            asks += row.emits.get("asks", ())
            if caution is not None:
                cautions.append(caution)
            reasons[hit.table] = row.says
            if hit.table in _TOGETHER:
                level = decision.levels[hit.table]
                readings.append((hit.table, Reading(hit.table, level, row.says, row.id, row.statements, row.fidelity)))
        return Decided(
            {fact: level for fact, level in decision.levels.items() if fact in self.chain.derived},
            tuple((_because(action, row, reasons), row) for action, row in actions.values()),
            tuple(asks), tuple(cautions), tuple(self._parts[hit.row.id][2] for hit in decision.hits), reasons,
            tuple(readings),
        )  # fmt: skip

    def _weight(self, action: Action, row: Row) -> tuple[int, bool]:
        """Return how an action ranks among the same action of other rows: the stronger one, then one with a place."""
        return self._strength[action.strength], "place" not in row.emits

    def _ordered(self, actions: list[tuple[Action, Row]]) -> tuple[Action, ...]:
        """Return the actions, most important first; a row may place its own with or after the treatment."""
        treated = any(self.edition.action_kinds[action.action] == "treatment" for action, _ in actions)

        def rank(item: tuple[Action, Row]) -> tuple[float, int]:
            action, row = item
            return self.edition.rank(action.action, action.strength, row.emits.get("place"), treated)

        return tuple(action for action, _ in sorted(actions, key=rank))

    def missing(
        self, choices: list[dict[str, str]], frames: Mapping[str, frozenset[str]] = MappingProxyType({})
    ) -> tuple[Missing, ...]:
        """Return the unknown facts that could change the actions, alone or together with other unknown ones.

        Args:
            choices: The levels of the facts, once for each choice of the tests that are read; the first with what
                the tables decide of it.
            frames: What the most telling fusion of a method may turn out to be once frames not stated are.
        """
        key = (self._asked_of(choices[0]), *map(self._open_of, choices[1:]), *frames.items())
        known = self._missed.get(key)
        return self._missed.keep(key, self._missing(choices, frames)) if known is None else known

    def _missing(self, choices: list[dict[str, str]], frames: Mapping[str, frozenset[str]]) -> tuple[Missing, ...]:
        found: dict[str, frozenset[str]] = {}
        for levels in choices:
            for fact, items in self.explorer.changes(levels, self.open_facts(levels, frames)).items():
                asked_for = "fusion_frame" if fact in frames else fact
                found[asked_for] = found.get(asked_for, frozenset()) | items
        asked = []
        for fact, items in found.items():
            actions, weighty = self._changed.get(items) or self._changed.keep(items, self._change(items))
            known = self.edition.facts[fact]
            asked.append(Missing(fact, known.question, actions, weighty and self._decides(known, choices[0])))
        return tuple(sorted(asked, key=_DECIDES, reverse=True))

    def open_facts(
        self, levels: Mapping[str, str], frames: Mapping[str, frozenset[str]] = MappingProxyType({})
    ) -> dict[str, tuple[str, ...]]:
        """Return every fact that may still be filled in, with the levels it may take, the present one included."""
        opened = {
            fact: filled[level]
            for fact, filled, asked in self._fillable
            if (level := levels[fact]) in filled and (asked is None or levels[asked] != "not_done")
        }
        for fact, worth in frames.items():
            opened[fact] = tuple(sorted(worth | {levels[fact]}))
        return opened

    def _change(self, items: frozenset[str]) -> tuple[tuple[str, ...], bool]:
        """Return the actions that items speak of, and whether they bear on the first step or the word on the drug."""
        firm = f":{self.edition.strengths[0]}"
        actions = sorted({item.partition(":")[0] for item in items}, key=self._rank.__getitem__)
        treats = any(self.edition.action_kinds[action] == "treatment" for action in actions)
        return tuple(actions), treats or any(item.endswith(firm) for item in items)

    @staticmethod
    def _decides(fact: Fact, levels: Mapping[str, str]) -> bool:
        """Say whether a fact that is not known decides anything where other facts are as they are."""
        if any(levels[other] not in _SAYS_NOTHING for other in fact.answered_by):
            return False
        return all(levels[other] in named for other, named in fact.decides_where.items())

    @staticmethod
    def _fill(fact: Fact) -> tuple[str, dict[str, tuple[str, ...]], str | None]:
        """Return a fact, the levels it may take from each level that stands open, and the result it belongs to.

        A readout is asked only where its test was done; a method that was not done is an action, not a missing fact.
        """
        filled = {
            now: tuple(level for level in fact.levels if level == now or level not in (*_OPEN, "not_done"))
            for now in _OPEN
            if now in fact.levels
        }
        method = next((facts for facts in by_facts() if fact.id.startswith(f"{facts}_")), None)
        return fact.id, filled, f"{method}_result" if method and fact.kind == "readout" else None

    @staticmethod
    def _interpretation(
        called: list[Called], together: Iterable[tuple[str, Reading]], levels: dict[str, str]
    ) -> tuple[Reading, ...]:
        readings = [reading for test in called for reading in test.readings]
        methods = [test.method for test in called]
        shown = {facts_of(method) for method in methods if methods.count(method) > 1}
        if called or levels["sequence"] != "not_done":
            shown |= {"sequence", "target"}
        return (*readings, *(reading for table, reading in together if table in shown))

    def _therapy(self, levels: dict[str, str], situation: Situation) -> tuple[Label, ...]:
        if levels["target"] not in ("provisional", "likely", "proven"):
            return ()
        judged = self.edition.criteria.decide(levels)
        return self.labels.statuses(judged.hits, judged.levels, *situation)


def _because(action: Action, row: Row, reasons: Mapping[str, str]) -> Action:
    """Return the action with the reason that another table found, where its row says so."""
    table = row.emits.get("because")
    return msgspec.structs.replace(action, reason=reasons[table]) if table else action


Situation = tuple[str | None, dict[str, str], frozenset[str]]


def strength(edition: Edition) -> Callable[[str], tuple[str, int]]:
    """Return a function that tells the action of an item, and its rank: of one action the strongest counts."""
    rank = {strength: i for i, strength in enumerate(edition.strengths)}

    def told(item: str) -> tuple[str, int]:
        action, _, strength = item.partition(":")
        return action, rank[strength]

    return told


def recommend(
    case: Case | Mapping[str, Any], edition: Edition | str | None = None, as_of: dt.date | None = None
) -> Recommendation:
    """Decide one case by an edition (the newest by default) with the labels of a date (today by default).

    Args:
        case: A case, or the plain data of one as ``case_from`` takes it.

    Raises:
        CaseError: Not a case, or the histology or a drug is not recognised.
        GuidanceError: No such edition.
    """
    chosen = load(edition) if isinstance(edition, str) else edition or load()
    checked = case if isinstance(case, Case) else case_from(dict(case))
    return Pathway(chosen, as_of or dt.date.today()).recommend(checked)
