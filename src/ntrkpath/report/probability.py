"""The probability of a productive fusion in words and rows, for every report."""

from __future__ import annotations

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.numbers import percent, percent_range, percent_with_range, ratio_with_range
from ntrkpath.model.recommendation import AfterResult, Estimate, PreTest, Probability, TestAccuracy
from ntrkpath.report.terms import level_words

TITLE = "Probability of a productive NTRK fusion"
BESIDE = "Information beside the rules: no rule reads it, and no action rests on it."
RANGES = "Median and 95 % credible range for a patient of a new centre: frequency and accuracy are known only roughly."
BEFORE = "Before any test"


class Line(msgspec.Struct, frozen=True):
    """One line of a report.

    Args:
        label: What is known then; ``following`` where it may come next.
        shown: The probability with its range; empty without a figure.
        over: What single studies would make of it.
        detail: Where the figure comes from, or why there is none.
    """

    label: str
    shown: str
    over: str
    detail: str
    following: bool = False


def with_range(found: Estimate | PreTest | TestAccuracy) -> str:
    """Return a share with its range, for example ``2.3 % (1.1 to 4.7 %)``."""
    return percent_with_range(found.estimate, found.low, found.high)


def ratio_words(ratio: Estimate) -> str:
    """Return a likelihood ratio with its range."""
    return ratio_with_range(ratio.estimate, ratio.low, ratio.high)


def result_words(edition: Edition, step: AfterResult) -> str:
    """Return a test and its result, for example ``pan-TRK IHC positive``."""
    names = {test["id"]: test["name"] for test in edition.data["probability"]["tests"]}
    return f"{names[step.test]} {level_words(edition, step.test, step.result)}"


def accuracy_words(name: str, found: TestAccuracy) -> str:
    """Return sensitivity or specificity with range, counts and source."""
    if found.low == found.high:
        return f"{name} {percent(found.estimate)} ({found.counts}; {found.source})"
    return f"{name} {percent(found.estimate)} ({percent_range(found.low, found.high)}; {found.counts}, {found.source})"


def pre_test_words(found: PreTest) -> str:
    """Return where the probability before any test comes from."""
    return f"{found.says}, {found.counts}." + (f" {found.why}" if found.why else "")


def over_words(over: tuple[float, float] | None) -> str:
    """Return the range over single studies; a study that missed none gives no lower end, since 0 % is not known."""
    if over is None:
        return ""
    low, high = over
    if low == 0:
        return f"up to {percent(high)}"
    return f"{percent(low)} or more" if high == 1 else percent_range(low, high)


def brief(found: Probability, edition: Edition) -> tuple[str, ...]:
    """Return what every report says of the figures, however short: what rests on several tests, and what has none."""
    if not found.next and not any(step.probability for step in found.steps):
        return ()
    said = {entry["text"] for entry in edition.data["probability"]["assumptions"] if entry.get("brief")}
    return tuple(text for text in found.assumptions if text in said)


def _detail(step: AfterResult, full: bool) -> str:
    if step.ratio is None or step.sensitivity is None or step.specificity is None:
        return step.why
    ratio = f"Likelihood ratio {ratio_words(step.ratio)}"
    if not full:
        return f"{ratio}."
    sides = (accuracy_words("sensitivity", step.sensitivity), accuracy_words("specificity", step.specificity))
    return f"{'; '.join((ratio, *sides))}. {step.why}"


def lines(probability: Probability, edition: Edition, full: bool = True) -> list[Line]:
    """Return the lines of a report, from before any test to what may come next.

    Args:
        full: Give sensitivity and specificity with their counts too.
    """
    found = []
    if probability.pre_test is not None:
        found.append(Line(BEFORE, with_range(probability.pre_test), "", pre_test_words(probability.pre_test)))
    for step, following in (
        *((step, False) for step in probability.steps),
        *((step, True) for step in probability.next),
    ):
        shown = with_range(step.probability) if step.probability else ""
        if step.effect == "leaves":
            shown = "unchanged"
        found.append(
            Line(result_words(edition, step), shown, over_words(step.over_studies), _detail(step, full), following)
        )
    return found
