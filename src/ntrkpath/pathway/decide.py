"""One case, decided: facts through the tables, actions, cautions, what is missing, readings, labels, trace."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import islice
from operator import itemgetter
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
    Label,
    Reading,
    Recommendation,
    Step,
)
from ntrkpath.model.remembered import Remembered
from ntrkpath.pathway.answer import Known, Words
from ntrkpath.pathway.intake.files import Attached, genes_of_events, open_mutations, with_files
from ntrkpath.pathway.intake.findings import Account
from ntrkpath.pathway.intake.genes import NtrkGenes
from ntrkpath.pathway.intake.read import Read
from ntrkpath.pathway.intake.readouts import Called, Readouts
from ntrkpath.pathway.intake.reported import judge
from ntrkpath.pathway.intake.treated import Treated, Treatment
from ntrkpath.pathway.intake.tumour import Tumour
from ntrkpath.pathway.labels import Labels
from ntrkpath.pathway.unknowns import Unknowns
from ntrkpath.pathway.weigh import Weighing
from ntrkpath.rules import Hit, Row
from ntrkpath.rules.chain import Masks
from ntrkpath.vocabulary.methods import by_facts, facts_of

#: Tables whose rows are shown as readings of all tests of a method, or of all tests together.
_TOGETHER = (*by_facts(), "sequence", "target")
_NO_FILES: Attached = {}
#: States of a case that are remembered.
_REMEMBERED = 5_000
#: Reads levels of facts, as one key.
Key = Callable[[Mapping[str, str]], object]


class Decided(msgspec.Struct, frozen=True, gc=False):
    """What the tables alone make of the facts of a case.

    Args:
        derived: The level of every fact that a table sets.
        actions: Every action with the row that gives it, before its text is made for the case; most important first.
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


class _Part(msgspec.Struct, frozen=True, gc=False):
    """What a row that holds adds to an answer."""

    step: Step
    row: Row
    actions: tuple[Action, ...]
    asks: tuple[str, ...]
    caution: Caution | None
    reading: tuple[str, Reading] | None


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
        self.words, self.weighing = Words(edition, self.tumour), Weighing(edition)
        self.probabilities = Probabilities(edition) if probability else None
        setting = edition.facts["figure2_reading"]
        self.reading = figure2_reading or str((setting.derive or {})["default"])
        if self.reading not in setting.levels:
            raise CaseError("unknown reading of figure 2", value=self.reading, allowed=setting.levels)
        self.guideline = Guideline(edition.id, edition.version, edition.sha256)
        self.screen = Masks(edition.tables["ihc_screen"], edition.facts)
        self.unknowns = Unknowns(edition)
        self._parts = {hit.row.id: self._static(hit) for masks in self.chain.masks for hit in masks.hits}
        self._facts_of: Key = itemgetter(*self.chain.base)
        self._decisions: Remembered[object, Decided] = Remembered(_REMEMBERED)
        self._strength = {strength: i for i, strength in enumerate(edition.strengths)}

    def _static(self, hit: Hit) -> _Part:
        row, items = hit.row, self.edition.actions
        actions = tuple(
            Action(
                action, strength, items[action], row.says, row.id, row.statements, row.fidelity, row.note,
                choice=row.id if action in row.emits.get("choice", ()) else None,
            )
            for action, strength in row.emits.get("actions", {}).items()
        )
        text = row.emits.get("caution")
        caution = Caution(text, row.id, row.statements, row.fidelity) if text else None
        step = Step(hit.table, row.id, tuple(row.when), row.sets)
        reading = None
        if hit.table in _TOGETHER:
            level = row.sets[hit.table]
            reading = hit.table, Reading(hit.table, level, row.says, row.id, row.statements, row.fidelity)
        return _Part(step, row, actions, tuple(row.emits.get("asks", ())), caution, reading)

    def facts(self, case: Case, attached: Attached = _NO_FILES) -> Read:
        """Return what is read from a case, and the levels of its facts.

        Raises:
            CaseError: The histology or a drug is not recognised, or the age is none.
        """
        case = with_files(case, attached)
        resolution = self.tumour.histology(case.diagnosis.histology)
        histology = resolution.histology
        assert histology is not None
        alterations = self.tumour.altered(
            case, [*self.tumour.carried(resolution, case), *self.readouts.found(case, attached)]
        )
        levels = self.tumour.levels(case, histology, alterations)
        treatment = self.treated.of(
            case,
            open_mutations(attached),
            genes_of_events(attached),
        )
        levels |= treatment.levels
        levels["figure2_reading"] = self.reading
        called = self.readouts.call(case, self.screen.row(levels).sets["ihc_screen"], attached)
        levels |= self.readouts.summary(case, called)
        choices = [{**levels, **choice} for choice in self.readouts.choices(case, called)]
        return Read(choices, histology, resolution, alterations, called, treatment)

    def recommend(self, case: Case, attached: Attached = _NO_FILES) -> Recommendation:
        """Decide one case.

        Args:
            attached: What the files of the case give, by position of the test (``pathway.attach``).

        Raises:
            CaseError: The histology or a drug is not recognised, or the age is none.
        """
        read = self.facts(case, attached)
        histology, called = read.histology, read.called
        decided = self._decided(read.levels)
        levels = {**read.levels, **decided.derived}
        therapy = self._therapy(levels, read.treatment)
        known = Known(case, read, levels, therapy)
        said = tuple([self.words.specific(action, row, known, decided.asks) for action, row in decided.actions])
        return Recommendation(
            schema=SCHEMA,
            case_id=case.id,
            patient=self.account.patient(case),
            guideline=self.guideline,
            as_of=self.as_of,
            labels_known_to=self.edition.labels_known_to,
            answer=self.words.answer(known, said),
            findings=self.account.findings(case, histology, called, attached),
            histology=read.answer,
            tier=levels["tier"],
            tier_reason=decided.reasons["tier"],
            priority=levels["priority"],
            priority_reason=decided.reasons["priority"],
            actions=said,
            cautions=decided.cautions,
            missing=self.unknowns.missing([levels, *read.choices[1:]], self.readouts.open_levels(called)),
            interpretation=self._interpretation(called, decided.readings, levels),
            therapy=therapy,
            weigh=self.weighing.of(levels, self.words.named(known)),
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
        parts = [self._parts[hit.row.id] for hit in decision.hits]
        actions: dict[str, tuple[Action, Row]] = {}
        asks: list[str] = []
        for part in parts:
            for action in part.actions:
                before = actions.get(action.action)
                if before is None or self._weight(action, part.row) < self._weight(*before):
                    actions[action.action] = action, part.row
            asks += part.asks
        reasons = {part.step.table: part.row.says for part in parts}
        return Decided(
            # what the tables set stands behind what was given
            dict(islice(decision.levels.items(), len(levels), None)),
            tuple([(_because(action, row, reasons), row) for action, row in self._ordered(actions.values())]),
            tuple(asks),
            tuple([part.caution for part in parts if part.caution is not None]),
            tuple([part.step for part in parts]),
            reasons,
            tuple([part.reading for part in parts if part.reading is not None]),
        )

    def _weight(self, action: Action, row: Row) -> tuple[int, bool]:
        """Return how an action ranks among the same action of other rows: the stronger one, then one with a place."""
        return self._strength[action.strength], "place" not in row.emits

    def _ordered(self, actions: Collection[tuple[Action, Row]]) -> list[tuple[Action, Row]]:
        """Return the actions, most important first; a row may place its own with or after the treatment."""
        treated = any(self.edition.action_kinds[action.action] == "treatment" for action, _ in actions)

        def rank(item: tuple[Action, Row]) -> tuple[float, int]:
            action, row = item
            return self.edition.rank(action.action, action.strength, row.emits.get("place"), treated)

        return sorted(actions, key=rank)

    @staticmethod
    def _interpretation(
        called: list[Called], together: Iterable[tuple[str, Reading]], levels: dict[str, str]
    ) -> tuple[Reading, ...]:
        readings = [reading for test in called for reading in test.readings]
        if not called and levels["sequence"] == "not_done":
            return ()
        methods = Counter(test.method for test in called)
        shown = {"sequence", "target"} | {facts_of(method) for method, tests in methods.items() if tests > 1}
        return (*readings, *(reading for table, reading in together if table in shown))

    def _therapy(self, levels: dict[str, str], treatment: Treatment) -> tuple[Label, ...]:
        if levels["target"] not in ("provisional", "likely", "proven"):
            return ()
        judged = self.edition.criteria.decide(levels)
        resistance = treatment.resistance
        return self.labels.statuses(
            judged.hits, judged.levels, resistance.mutation, resistance.effects, treatment.progressed
        )


def _because(action: Action, row: Row, reasons: Mapping[str, str]) -> Action:
    """Return the action with the reason that another table found, where its row says so."""
    table = row.emits.get("because")
    return msgspec.structs.replace(action, reason=reasons[table]) if table else action


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
