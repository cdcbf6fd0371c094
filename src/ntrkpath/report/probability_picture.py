"""The probability of a productive fusion as a picture, and as a section of an HTML report."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ntrkpath.figures.axes import WIDTH
from ntrkpath.figures.prepost import PrePostRow, prepost_svg
from ntrkpath.figures.screens import once
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.numbers import percent
from ntrkpath.model.recommendation import AfterResult, Probability, Recommendation
from ntrkpath.report.markup import Html, el, join, table
from ntrkpath.report.probability import BEFORE, BESIDE, RANGES, TITLE, brief, lines, ratio_words, result_words

PICTURE = "Before and after each result"


def pictured(probability: Probability) -> bool:
    """Say whether a result moves the probability, so that there is something to draw."""
    steps = (*probability.steps, *probability.next)
    return probability.pre_test is not None and any(step.probability for step in steps)


def picture(probability: Probability, edition: Edition, ident: str, width: float = WIDTH) -> str:
    """Return the pre- and post-test picture as SVG, ``width`` px wide; empty where no result moves the probability."""
    before = probability.pre_test
    if before is None or not pictured(probability):
        return ""
    rows = [
        PrePostRow(BEFORE, before.estimate, before.low, before.high, "before", note=f"{before.says}, {before.counts}")
    ]
    for step in probability.steps:
        if step.probability is not None:
            rows.append(_row(step, edition, len(rows) - 1, following=False))
    now = len(rows) - 1
    rows += [_row(step, edition, now, following=True) for step in probability.next]
    return prepost_svg(rows, title=PICTURE, ident=ident, width=width)


def _row(step: AfterResult, edition: Edition, start: int, following: bool) -> PrePostRow:
    assert step.probability is not None
    at = step.probability
    note = ""
    if step.sensitivity is not None and step.specificity is not None:
        note = f"sensitivity {percent(step.sensitivity.estimate)}, specificity {percent(step.specificity.estimate)}"
    return PrePostRow(
        result_words(edition, step), at.estimate, at.low, at.high, "next" if following else "after",
        ratio_words(step.ratio) if step.ratio else "", note, start,
    )  # fmt: skip


def _unbroken(text: str) -> str:
    """Return a text in which a number keeps its percent sign on its line."""
    return text.replace(" %", "\u00a0%")


def section(
    rec: Recommendation, edition: Edition, ident: str, drawn: Callable[[Callable[[float], str]], str] = once
) -> Html:
    """Return the probability as a section of an HTML report: the picture, the figures, what they rest on.

    Args:
        ident: Makes the ids of the picture unique where several cases share a page.
        drawn: Makes the picture from what draws it at a width: once, or for every screen.
    """
    found = rec.probability
    if found is None:
        return Html("")
    parts = [el("h3", TITLE), el("p", BESIDE, class_="quiet small")]
    if found.note:
        parts.append(el("p", found.note))
    if pictured(found):
        parts.append(el("figure", Html(drawn(partial(picture, found, edition, f"{ident}-probability")))))
    rows: list[list[object]] = [
        [
            f"If next: {line.label}" if line.following else line.label,
            *(_unbroken(text) for text in (line.shown or "no figure", line.over, line.detail)),
        ]
        for line in lines(found, edition)
    ]
    if rows:
        heads = ["Known", "Probability (95 % range)", "Over single studies", "From"]
        parts.append(table(RANGES, heads, rows, class_="probability"))
    parts += [el("p", text, class_="quiet small") for text in brief(found, edition)]
    if found.assumptions:
        told = el("ul", *(el("li", text) for text in found.assumptions), class_="small")
        parts.append(el("details", el("summary", "What these figures rest on"), told))
    return join(*parts)
