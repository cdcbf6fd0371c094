"""The validation of the frequencies as sheets: studies left out in turn, and series that were never pooled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ntrkpath.evidence.data import Evidence
from ntrkpath.evidence.predictive import prior_note
from ntrkpath.evidence.validation import Foretold, Validation, validations
from ntrkpath.report.sheet import Row, Sheet

HEADS = ("Group", "Series", ">Tested", ">Found", ">Expected", ">95 % range", "In range")


def validation_sheets(evidence: Evidence) -> tuple[Sheet, ...]:
    """Return two sheets: what each study is foretold to hold by the others, and what series outside the pools hold.

    Raises:
        EvidenceError: numpy or scipy is not installed.
    """
    found = validations(evidence)
    in_turn = [(group, one) for group in found for one in group.in_turn]
    outside = [(group, one) for group in found for one in group.outside]
    alone = [one for _, one in outside if one.independent]
    return (
        _sheet(
            "validation-in-turn", "Each study left out in turn, and foretold from the others of its group", in_turn,
            (f"{_covered(one for _, one in in_turn)} in range, where 95 % are expected. {FEW}", _prior(), FREQUENCIES),
        ),
        _sheet(
            "validation-outside", "Series that were not pooled, foretold from those that were", outside,
            (
                f"{_covered(alone)} of independent patients in range; of the rest "
                f"{_covered(one for _, one in outside if not one.independent)}, which proves nothing.",
                "A series is mostly not pooled because it differs: outside the range says that a figure does not hold "
                "for such tumours, or such a test.",
            ),
        ),
    )  # fmt: skip


FEW = "With so few tumours in most series a range holds most counts that can be: no gross error is shown, and no more."
FREQUENCIES = (
    "Tested here is the frequency before any test. No series of patients has been followed through the figures after a "
    "result: these are not validated."
)


def _prior() -> str:
    return f"Expected and range: a new centre, with a {prior_note()}; the range holds the chance of the count too."


def _covered(found: Iterable[Foretold]) -> str:
    counted = list(found)
    return f"{sum(one.found.covered for one in counted)} of {len(counted)}"


def _sheet(
    ident: str, title: str, found: Sequence[tuple[Validation, Foretold]], notes: tuple[str, ...]
) -> Sheet:  # fmt: skip
    return Sheet(title=title, heads=HEADS, rows=tuple(_row(*one) for one in found), notes=notes, ident=ident)


def _row(group: Validation, one: Foretold) -> Row:
    study, found = one.study, one.found
    below = [f"Not pooled: {one.why_not}"] if one.why_not else []
    below += [] if one.independent else ["Not independent: it shares patients with what it is foretold from."]
    return Row(
        cells=(group.group, study.label, str(study.tested), str(study.positive), f"{found.expected:.1f}",
               f"{found.low} to {found.high}", "yes" if found.covered else "no"),
        below=tuple(below),
        record={
            "group": group.group, "kind": "outside" if one.why_not else "left out", "study": study.label,
            "id": study.id, "reference": study.reference, "positive": study.positive, "tested": study.tested,
            "expected": found.expected, "low": found.low, "high": found.high, "in_range": found.covered,
            "independent": one.independent, "why_not": one.why_not,
        },
    )  # fmt: skip
