"""A scored round as a terminal shows it: what came out, the matrix, what differs and why, marks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from ntrkpath.report.rounds_organiser import heading, lead
from ntrkpath.report.rounds_sheets import accuracy_sheet, causes_sheet
from ntrkpath.report.rounds_terms import call_words, cause_words, meanings, outcome_words
from ntrkpath.report.sheet_forms import sheet_text
from ntrkpath.rounds.published import Reckoned
from ntrkpath.rounds.score import Score
from ntrkpath.rounds.scoring import Rule
from ntrkpath.rounds.shares import counts_as

#: Differences that are listed; the others stand in the reports.
MOST = 60
_WIDTH = 110


def score_text(score: Score) -> str:
    """Return a scored round as text of at most 110 columns."""
    lines = [heading(score), ""]
    for said in lead(score):
        lines += textwrap.wrap(said, _WIDTH)
    lines += ["", *_matrix(score), ""]
    kinds = counts_as()
    differing = [
        one for one in score.results if kinds[one.outcome] == "wrong" or one.outcome == "out_of_design" or one.faults
    ]
    lines.append("What differs, and why")
    for one in differing[:MOST]:
        cause = f" Why: {cause_words(one)}." if cause_words(one) else ""
        which = f"{one.laboratory} {one.assay} {one.sample} ({one.reference})"
        text = f"{which}: {call_words(one)}. {outcome_words(one)}.{cause}"
        lines.append(textwrap.fill(text, _WIDTH, subsequent_indent="    ", break_on_hyphens=False))
    if len(differing) > MOST:
        lines.append(f"... {len(differing)} in all; see `ntrkpath rounds report`")
    for sheet in (accuracy_sheet(score), causes_sheet(score)):
        if sheet.rows:
            lines += ["", sheet_text(sheet)]
    lines += ["", f"Marks by {score.rule.name}: {score.rule.title}"]
    for mark in score.marks[:MOST]:
        passed = {True: "passed", False: "not passed", None: "no mark"}[mark.passed]
        lines.append(f"{mark.laboratory:<6} {mark.assay:<6} {passed:<11} {mark.why}")
    return "\n".join(lines) + "\n"


def _matrix(score: Score) -> list[str]:
    if len(score.assays) > MOST or len(score.truths) > 30:
        return [f"{len(score.assays)} assays by {len(score.truths)} samples: the matrix stands in the report."]
    samples = list(score.truths)
    signs = {(one.laboratory, one.assay, one.sample): meanings()[one.outcome].sign for one in score.results}
    width = max(len(f"{a.laboratory} {a.assay}") for a in score.assays)
    column = max(len(name) for name in samples) + 1
    lines = [" " * width + "".join(f"{name:>{column}}" for name in samples)]
    for assay in score.assays:
        row = "".join(f"{signs.get((*assay.key, name), ''):>{column}}" for name in samples)
        lines.append(f"{f'{assay.laboratory} {assay.assay}':<{width}}{row}")
    met = {one.outcome for one in score.results}
    legend = "; ".join(f"{meaning.sign} {meaning.says}" for key, meaning in meanings().items() if key in met)
    return [*lines, *textwrap.wrap(legend, _WIDTH)]


def rules_text(rules: Iterable[Rule]) -> str:
    """Return scoring rules as text."""
    lines = []
    for rule in rules:
        lines.append(f"{rule.name}  {rule.title}")
        said = [f"scheme: {rule.scheme}", f"source: {rule.source}"]
        if rule.pass_ is None:
            said.append("pass mark: none that was read")
        if rule.critical:
            said.append(f"critical: {', '.join(rule.critical)}")
        for text in (*said, *filter(None, [rule.note])):
            lines += textwrap.wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="      ")
    return "\n".join(lines) + "\n"


def published_text(found: Iterable[Reckoned]) -> str:
    """Return the published figures beside ours."""
    lines = []
    for one in found:
        lines.append(f"{'agrees ' if one.agrees else 'DIFFERS'}  {one.scheme}: {one.what}")
        for text in (f"published {one.printed}; here {one.ours}", one.note, one.source):
            if text:
                lines += textwrap.wrap(text, _WIDTH, initial_indent=" " * 9, subsequent_indent=" " * 9)
    return "\n".join(lines) + "\n"
