"""The recommendation: what the guidance says of one case, each item with its rule and its statements."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

import msgspec

from ntrkpath.model.shown import Shown

SCHEMA = "https://ntrkpath.org/schema/recommendation-1.json"


class _Item(msgspec.Struct, frozen=True, gc=False):
    """An item of a recommendation."""


class Guideline(_Item, frozen=True, gc=False):
    """The edition that answered, and the SHA-256 of its files."""

    id: str
    version: str
    sha256: str


class Answer(_Item, frozen=True, gc=False):
    """The three sentences that stand first everywhere.

    Args:
        target: What is known of the target.
        trk_inhibitor: Whether a TRK inhibitor comes in now, which by label, and why or why not.
        next: The next step.
    """

    target: str
    trk_inhibitor: str
    next: str


class Action(_Item, frozen=True, gc=False):
    """What to do next; ``strength`` is ``recommended``, ``consider`` or ``may``.

    Args:
        text: What is to be done in this case: which genes, which test, which drug.
        choice: Actions with the same name here are alternatives: one of them is enough to start.
        asks: What the laboratory is to be asked; each completes "Ask the laboratory ...".
    """

    action: str
    strength: str
    text: str
    reason: str
    rule: str
    statements: tuple[str, ...]
    fidelity: str
    note: str
    choice: str | None = None
    asks: tuple[str, ...] = ()


class Caution(_Item, frozen=True, gc=False):
    """A warning that the case raises."""

    text: str
    rule: str
    statements: tuple[str, ...]
    fidelity: str


class Missing(_Item, frozen=True, gc=False):
    """A fact that is unknown and could change the actions, alone or together with other unknown ones.

    Args:
        decides: The first step, or the word on the drug, could change. Those that decide come first.
    """

    fact: str
    question: str
    could_change: tuple[str, ...]
    decides: bool = False


class Reading(_Item, frozen=True, gc=False):
    """What one readout, or all of them together, say. ``test`` is the position in ``tests`` of the case, from 1."""

    readout: str
    call: str
    text: str
    rule: str
    statements: tuple[str, ...]
    fidelity: str
    test: int | None = None
    fusion: str | None = None


class Label(_Item, frozen=True, gc=False):
    """One drug at one agency on the ``as_of`` date: ``within_label``, ``outside_label`` or ``cannot_tell``.

    Args:
        read: When the text of the label was last read, as ``2026-05``; ``None`` where only a report of it was read.
    """

    drug: str
    agency: str
    status: str
    reasons: tuple[str, ...]
    label: str
    label_date: dt.date
    text: str
    source: str
    in_paper: bool
    read: str | None = None


class Weighed(_Item, frozen=True, gc=False):
    """What to weigh where a drug is considered: a figure, or what is not known.

    Args:
        topic: What it speaks of, as ``response`` or ``safety``.
        text: The figure with its interval, or what is not known, in one sentence.
        drug: The drug it speaks of; ``None`` for TRK inhibitors as a class, or for what else may be given.
        statements: The statements of the guidance it repeats.
        source: Where it stands; for newer evidence with its date and whether it was read.
        newer: Newer than the guidance; such a claim changes no action.
    """

    topic: str
    text: str
    drug: str | None
    statements: tuple[str, ...]
    source: str
    newer: bool


class Step(_Item, frozen=True, gc=False):
    """One row that held: the facts it tests (their levels stand in ``facts`` of the recommendation), what it set."""

    table: str
    rule: str
    reads: tuple[str, ...]
    sets: dict[str, str]


class Finding(_Item, frozen=True, gc=False):
    """One thing that the case states, and what became of it.

    Args:
        where: Its path in the case; of a file also the line: ``tests[0].file: calls.tsv:3``.
        stated: As it was stated.
        read_as: What it was taken for.
        used: Whether the answer rests on it, so far as it bears on it.
        why_not: Why it was not used, or what is to be said of it; empty otherwise.
    """

    where: str
    stated: str
    read_as: str
    used: bool
    why_not: str


class HistologyAnswer(_Item, frozen=True, gc=False):
    """How the histology was read."""

    text: str
    id: str
    name: str
    group: str
    how: str


class Estimate(_Item, frozen=True, gc=False):
    """A probability (0 to 1) or a likelihood ratio (0 or more) with its credible range.

    Args:
        estimate: Median.
        low: Lower end of the 95 % credible range.
        high: Upper end of the 95 % credible range.
    """

    estimate: float
    low: float
    high: float


class PreTest(_Item, frozen=True, gc=False):
    """How often an NTRK fusion is found in tumours like this one, before any test.

    Args:
        estimate: The share with a fusion, 0 to 1: the median for a patient of a new centre.
        low: Lower end of the 95 % credible range for a patient of a new centre.
        high: Upper end of the same range.
        group: The group of the evidence whose frequency is taken.
        says: The group in words.
        counts: Tumours with a fusion of tumours tested, as ``23 of 3017``.
        studies: The same, study by study.
        stands_in_for: The histology of the case, where the frequency was counted in other tumours than that one.
        why: What is to be said of this choice.
    """

    estimate: float
    low: float
    high: float
    group: str
    says: str
    counts: str
    studies: tuple[str, ...]
    stands_in_for: str | None = None
    why: str = ""


class TestAccuracy(_Item, frozen=True, gc=False):
    """Sensitivity or specificity of a test.

    Args:
        estimate: Median, 0 to 1.
        low: Lower end of the 95 % credible range.
        high: Upper end of the 95 % credible range.
        counts: Tumours, as ``29 of 39``; or that a percentage is printed without counts.
        source: The studies.
    """

    estimate: float
    low: float
    high: float
    counts: str
    source: str


class AfterResult(_Item, frozen=True, gc=False):
    """What one result does to the probability; without a figure ``why`` says why there is none.

    Args:
        test: ``ihc``, ``fish``, ``rt_pcr``, ``dna`` or ``rna``: all tests of that method together.
        result: The level of that fact.
        effect: ``weighed``, ``leaves`` (the probability stays where it was) or ``no_figure``.
        probability: After this result and those before it.
        over_studies: The lowest and the highest probability when the percentages of single studies are put in.
        ratio: The likelihood ratio of the result.
        sensitivity: Of the test, in tumours like this one.
        specificity: Of the test, in tumours like this one.
        why: Why these counts are taken, or why the result is not weighed.
    """

    test: str
    result: str
    effect: Literal["weighed", "leaves", "no_figure"]
    probability: Estimate | None = None
    over_studies: tuple[float, float] | None = None
    ratio: Estimate | None = None
    sensitivity: TestAccuracy | None = None
    specificity: TestAccuracy | None = None
    why: str = ""


class Probability(_Item, frozen=True, gc=False):
    """How probable a productive NTRK fusion is: information beside the rules, which never read it.

    Absent (``null``) where a fusion is proven or the next step does not turn on it: ``not_shown`` of probability.yaml.

    Args:
        pre_test: Before any test; ``None`` where the evidence holds no figure for such a tumour.
        steps: Every result of the case, in the order of the tests named at ``AfterResult``.
        now: After all results; ``None`` where one of them cannot be weighed.
        next: What each result that may come next would make of it.
        assumptions: What the figures rest on.
        note: Why there is no figure.
    """

    pre_test: PreTest | None
    steps: tuple[AfterResult, ...]
    now: Estimate | None
    next: tuple[AfterResult, ...]
    assumptions: tuple[str, ...]
    note: str


class Recommendation(Shown, frozen=True, gc=False):
    """The whole answer for one case.

    Args:
        patient: What the case states of the patient, the tumour and its stage, by key, as it was stated.
        findings: Every finding that the case states, in the order of the case, with what became of it.
        tier: By histology and drivers: ``+++``, ``++``, ``+``, ``undetermined``, ``out_of_scope``.
        priority: The stage gate applied to the tier: the same values, or ``not_routine``.
        labels_known_to: The newest label date of the edition; labels after it are not known.
        answer: The three sentences that stand first.
        weigh: What to weigh where a drug is considered.
        probability: Probability of a productive fusion; ``None`` where the edition holds no evidence or none is asked.
        facts: The level of every fact of the case.
    """

    schema: str
    case_id: str
    patient: dict[str, str]
    guideline: Guideline
    as_of: dt.date
    labels_known_to: dt.date
    answer: Answer
    findings: tuple[Finding, ...]
    histology: HistologyAnswer
    tier: str
    tier_reason: str
    priority: str
    priority_reason: str
    actions: tuple[Action, ...]
    cautions: tuple[Caution, ...]
    missing: tuple[Missing, ...]
    interpretation: tuple[Reading, ...]
    therapy: tuple[Label, ...]
    weigh: tuple[Weighed, ...]
    probability: Probability | None
    facts: dict[str, str]
    trace: tuple[Step, ...]
    intended_use: str

    SHOWN_BY: ClassVar[str] = "ntrkpath.report.notebook"

    def __repr__(self) -> str:
        """Return the answer in one short line; the whole of it is in the fields."""
        actions = ", ".join(action.action for action in self.actions) or "no action"
        return f"<Recommendation {self.case_id!r}: {self.histology.id}, priority {self.priority}: {actions}>"
