"""Recommendations as PDF: the same words as the other reports, laid out by typst; needs ``ntrkpath[pdf]``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ntrkpath.figures.fusion import fusion_svg
from ntrkpath.figures.pathway import pathway_svg
from ntrkpath.figures.svg import COLOURS, FONT
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.case import Case
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Recommendation, Weighed
from ntrkpath.report import panels, probability, terms
from ntrkpath.report.ordering import ordering
from ntrkpath.report.screen import Screen, not_on_paper, screen
from ntrkpath.report.terms import plain
from ntrkpath.report.typesetting import FAMILY, typeset
from ntrkpath.vocabulary.methods import by_facts

_TEMPLATE = Path(__file__).parent / "typst" / "recommendation.typ"
_VARIABLE = re.compile(r"var\(--([a-z-]+)\)")
_DARK = re.compile(r"@media screen and \(prefers-color-scheme:dark\)\{[^{}]*\{[^{}]*\}\}")
_DEFINED = re.compile(r"--[a-z-]+:[^;}]*;")
#: A word longer than this may be broken anywhere, so that no column is ever left.
_LONGEST = 24


def render_pdf(
    recommendations: Sequence[Recommendation],
    edition: Edition,
    fusions: Sequence[Sequence[FusionVerdict]] = (),
    cases: Sequence[Case] = (),
    whole: bool = True,
) -> bytes:
    """Return one PDF (A4) with a part for each recommendation; the same answers give the same bytes.

    Args:
        recommendations: The answers, at least one.
        edition: The edition that gave them.
        fusions: For each answer, our verdicts on the events of its caller files, which are drawn.
        cases: The case of each answer, for tests and therapy in time.
        whole: Also what stands behind the first page of each answer, which holds every caution and tells what is left.

    Raises:
        PdfError: typst is not installed.
    """
    document = {
        "title": "NTRK fusions in sarcoma",
        "use": edition.intended_use,
        "whole": whole,
        "as_of": recommendations[0].as_of.isoformat(),
        "cases": [
            _case(rec, edition, fusions[i] if fusions else (), cases[i] if cases else None, whole)
            for i, rec in enumerate(recommendations)
        ],
    }
    return typeset(_TEMPLATE, breakable(document))


def _case(
    rec: Recommendation, edition: Edition, verdicts: Sequence[FusionVerdict], case: Case | None, whole: bool
) -> dict[str, Any]:
    """Return one case as the template reads it: the first page, then what stands behind it."""
    return {
        "id": plain(rec.case_id),
        "name": rec.histology.name,
        "screen": _screen(screen(rec, edition), whole),
        **_steps(rec, edition),
        **_reasons(rec, edition),
        **_results(rec, edition, case),
        "pathway": drawn(pathway_svg(edition, rec, "pathway")),
        "fusions": [[plain(v.name), drawn(fusion_svg(v, ident=f"fusion-{i}"))] for i, v in enumerate(verdicts)],
        "statements": [
            [ident, f"{edition.statements[ident].text} ({edition.statements[ident].section})"]
            for ident in terms.statements_cited(rec) if ident in edition.statements
        ],
        "provenance": [
            ["Histology", terms.histology_read(edition, rec)],
            ["Guidance", f"{rec.guideline.id} {rec.guideline.version}, {edition.title}"],
            ["SHA-256", rec.guideline.sha256],
            ["Labels", terms.labels_read(rec)],
            ["Use", plain(rec.intended_use)],
        ],
    }  # fmt: skip


def _screen(shown: Screen, whole: bool) -> dict[str, Any]:
    """Return the first screen, which is the first page, with every caution; what it leaves out is told."""
    cautions = (*shown.cautions, *shown.further)
    return {
        "who": " · ".join(shown.who[1:] or shown.who),
        "found": [list(line) for line in shown.found],
        "sentences": [[name, plain(said)] for name, said in shown.sentences],
        "below": [
            *_told("Why", [f"{line.text} ({line.basis.cited} {line.basis.sign})" for line in shown.why]),
            *_told("Weigh", shown.weigh),
            *_told("Open", [f"? {question}" for question in shown.open]),
            *_told("Caution", [f"! {line.text} ({line.basis.cited} {line.basis.sign})" for line in cautions]),
        ],
        "left": not_on_paper(shown, "on the pages behind it" if whole else "in the PDF with all reasons"),
        "source": shown.source,
    }


def _steps(rec: Recommendation, edition: Edition) -> dict[str, Any]:
    """Return every action, tier and priority, and whether the histology is to be checked."""
    actions = [{"text": a.text, "strength": a.strength} for a in rec.actions]
    return {
        "actions": actions or [{"text": "None follows from the guidance.", "strength": ""}],
        "numbered": len(terms.reasons(rec)) > 1,
        "check": terms.histology_read(edition, rec) if terms.read_loosely(rec) else "",
        "tiers": [
            ["Tier", terms.tier_words(rec.tier), plain(rec.tier_reason)],
            ["Priority", terms.tier_words(rec.priority), plain(rec.priority_reason)],
        ],
    }


def _reasons(rec: Recommendation, edition: Edition) -> dict[str, Any]:
    """Return what speaks for the actions and what to weigh with them, what is uncertain and what is missing."""
    numbered = len(terms.reasons(rec)) > 1
    for_it, against = panels.disagreeing(rec)
    return {
        "why": [
            _item(", ".join(map(str, numbers)) if numbered else "›", lead.reason, edition, lead.rule, lead.statements,
                  lead.fidelity, lead.note)
            for numbers, lead in terms.reasons(rec)
        ],
        "disagree": "; ".join(
            f"{by_facts()[fact].name}: {terms.level_words(edition, fact, rec.facts[fact])}"
            for fact in (*for_it, *against)
        ),
        "weigh": [_weighed(one, edition) for one in rec.weigh],
        "order": [
            [one.test, [list(line) for line in one.lines], " · ".join(one.statements)] for one in ordering(rec, edition)
        ],
        "cautions": [_item("!", c.text, edition, c.rule, c.statements, c.fidelity) for c in rec.cautions],
        "missing": [[one.question, terms.could_lead_to(edition, one.could_change)] for one in rec.missing],
    }  # fmt: skip


def _weighed(one: Weighed, edition: Edition) -> dict[str, str]:
    """Return one thing to weigh; what is newer than the guidance says so."""
    about = f"{one.drug + ', ' if one.drug else ''}{one.topic}"
    item = _item("+" if one.newer else "-", f"{about}: {one.text}", edition, "", one.statements, "")
    return item | {
        "fidelity": "newer than the guidance, changes no action" if one.newer else "", "note": one.source
    }  # fmt: skip


def _results(rec: Recommendation, edition: Edition, case: Case | None) -> dict[str, Any]:
    """Return the tables: readouts, tests in time, probability, labels."""
    return {
        "readings": [
            [name, terms.reading_call(edition, one), plain(one.text),
             terms.basis(edition, one.rule, one.statements, one.fidelity).cited]
            for name, one in terms.readings(rec)
        ],
        "timeline": [
            [event.day.isoformat() if event.day else "no date", event.head, plain(event.told or "no result stated")]
            for event in (panels.events(case, rec, edition) if case is not None else ())
        ],
        "probability": _probability(rec, edition),
        "therapy": [
            [terms.drug_name(edition, group[0].drug), "\n".join(map(terms.label_dates, group)),
             f"{terms.STATUS_SIGN.get(group[0].status, '?')} {terms.STATUS.get(group[0].status, group[0].status)}",
             plain(" ".join(group[0].reasons))]
            for group in terms.label_groups(rec)
        ],
    }  # fmt: skip


def _told(name: str, texts: Sequence[str]) -> list[list[str]]:
    """Return the texts of one heading, which stands beside the first of them."""
    return [[name if i == 0 else "", plain(text)] for i, text in enumerate(texts)]


def _item(
    sign: str, text: str, edition: Edition, rule: str, statements: Sequence[str], fidelity: str, note: str = ""
) -> dict[str, str]:
    basis = terms.basis(edition, rule, statements, fidelity, note)
    told = f"{basis.sign} {basis.words}" if basis.sign else ""
    return {"sign": sign, "text": plain(text), "cited": basis.cited, "fidelity": told, "note": plain(basis.note)}


def _probability(rec: Recommendation, edition: Edition) -> dict[str, Any] | None:
    found = rec.probability
    if found is None:
        return None
    lines = [
        [f"If next: {line.label}" if line.following else line.label, line.shown or "no figure", line.over, line.detail]
        for line in probability.lines(found, edition)
    ]
    return {"title": probability.TITLE, "beside": probability.BESIDE, "note": found.note, "lines": lines,
            "brief": list(probability.brief(found, edition))}  # fmt: skip


def drawn(svg: str) -> str:
    """Return a drawing in its light colours, as a PDF needs it: no custom properties, and the font of the texts."""
    light = _DEFINED.sub("", _DARK.sub("", svg)).replace(FONT, f"'{FAMILY}'")
    return _VARIABLE.sub(lambda match: COLOURS.get(match[1], ("#000000", ""))[0], light)


def breakable(value: Any, key: str = "") -> Any:
    """Return a document in which words that are longer than a column have places to break."""
    if isinstance(value, dict):
        return {name: breakable(part, name) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [breakable(part, key) for part in value]
    if isinstance(value, str) and not value.startswith("<svg"):
        return re.sub(rf"\S{{{_LONGEST},}}", lambda m: "\u200b".join(re.findall(r".{1,12}", m[0])), value)
    return value
