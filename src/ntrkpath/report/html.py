"""Recommendations as one HTML file that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from collections.abc import Sequence

from ntrkpath.figures import pathway_list, pathway_svg
from ntrkpath.figures.fusion import fusion_svg
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.report import words
from ntrkpath.report.markup import Html, el, join, pairs, table
from ntrkpath.report.style import CSS
from ntrkpath.report.words import Basis, plain

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def _cited(basis: Basis) -> Html:
    line = join(el("code", basis.rule), *(join(" · ", el("code", ident)) for ident in basis.statements))
    if basis.sign:
        line = join(line, "  ", el("span", f"{basis.sign} {basis.words}", class_="fidelity"))
    told = el("p", line, class_="cited")
    if basis.note:
        told = join(told, el("p", plain(basis.note), class_="note small"))
    return told


def _items(rows: list[tuple[str, object]]) -> Html:
    shown = [el("li", el("span", sign, class_="sign"), el("div", body)) for sign, body in rows]
    return el("ul", *shown, class_="items")


def _answer(rec: Recommendation, edition: Edition) -> Html:
    many = len(words.reasons(rec)) > 1
    if rec.actions:
        first = rec.actions[0]
        lead = join("1. " if many else "", first.text, " ", el("span", first.strength, class_="strength"))
    else:
        lead = Html("None follows from the guidance.")
    others = [el("li", action.text, " ", el("span", action.strength, class_="strength")) for action in rec.actions[1:]]
    box = el(
        "div",
        el("p", el("span", "Next step", class_="word"), lead, class_="next"),
        (el("ol", *others, start=2) if many else el("ul", *others)) if others else Html(""),
        class_="answer",
    )
    check = Html("")
    if words.read_loosely(rec):
        check = el("p", el("strong", "Check the histology: "), words.histology_read(edition, rec), class_="warn")
    tiers: list[tuple[str, object]] = [
        (name, join(el("strong", words.tier_words(level)), el("span", plain(reason))))
        for name, level, reason in (
            ("Tier", rec.tier, rec.tier_reason),
            ("Priority", rec.priority, rec.priority_reason),
        )
    ]
    return join(box, check, pairs(tiers, class_="tiers"))


def _why(rec: Recommendation, edition: Edition) -> Html:
    if not rec.actions:
        return Html("")
    found = words.reasons(rec)
    rows: list[tuple[str, object]] = []
    for numbers, lead in found:
        basis = words.basis(edition, lead.rule, lead.statements, lead.fidelity, lead.note)
        sign = ", ".join(map(str, numbers)) if len(found) > 1 else "›"
        rows.append((sign, join(el("p", plain(lead.reason)), _cited(basis))))
    return join(el("h3", "Why"), _items(rows))


def _cautions(rec: Recommendation, edition: Edition) -> Html:
    if not rec.cautions:
        return Html("")
    rows: list[tuple[str, object]] = []
    for caution in rec.cautions:
        basis = words.basis(edition, caution.rule, caution.statements, caution.fidelity)
        rows.append(("!", join(el("p", plain(caution.text)), _cited(basis))))
    return join(el("h3", "Cautions"), _items(rows))


def _missing(rec: Recommendation, edition: Edition) -> Html:
    if not rec.missing:
        return Html("")
    rows: list[tuple[str, object]] = [
        (
            "?",
            join(
                el("p", plain(missing.question)),
                el("p", f"Could change: {words.could_lead_to(edition, missing.could_change)}.", class_="quiet small"),
            ),
        )
        for missing in rec.missing
    ]
    return join(el("h3", "Missing, and could change the answer"), _items(rows))


def _readings(rec: Recommendation, edition: Edition) -> Html:
    if not rec.interpretation:
        return Html("")
    rows: list[list[object]] = []
    for name, reading in words.readings(rec):
        basis = words.basis(edition, reading.rule, reading.statements, reading.fidelity)
        call = el("strong", words.reading_call(edition, reading))
        rows.append([name, call, join(el("p", plain(reading.text)), _cited(basis))])
    found = table("Each test alone, then all together", ["Readout", "Says", "Meaning"], rows, class_="readings")
    return join(el("h3", "What the readouts say"), found)


def _therapy(rec: Recommendation, edition: Edition) -> Html:
    if not rec.therapy:
        return Html("")
    rows: list[list[object]] = []
    drug = ""
    for group in words.label_groups(rec):
        label = group[0]
        status = f"{words.STATUS_SIGN.get(label.status, '?')} {words.STATUS.get(label.status, label.status)}"
        agencies = join(*(join(el("br") if i else "", words.label_dates(lb)) for i, lb in enumerate(group)))
        rows.append(
            [
                words.drug_name(edition, label.drug) if label.drug != drug else None,
                el("span", agencies, class_="agency"),
                el("span", status, class_="status"),
                plain(" ".join(label.reasons)),
            ]
        )
        drug = label.drug
    caption = f"Labels in force on {rec.as_of.isoformat()}, held against this case"
    return join(
        el("h3", "TRK inhibitors by label"),
        table(caption, ["Drug", "Agency, label of", "Status", "Why"], rows, class_="labels"),
    )


def _labels(rec: Recommendation) -> Html:
    if not rec.therapy:
        return Html("")
    told = [
        el("li", el("strong", f"{lb.drug}, {words.label_dates(lb)}: "), plain(lb.text), " ", plain(lb.source))
        for lb in rec.therapy
    ]
    summary = el("summary", f"The {len(told)} labels in our words, with their sources")
    return el("details", summary, el("ul", *told, class_="small"), class_="on-paper")


def _pathway(rec: Recommendation, edition: Edition, ident: str) -> Html:
    drawn = Html(pathway_svg(edition, rec, ident))
    caption = "Figure 2 drawn from the tables. Thick lines and ticks: the path of this case."
    return join(
        el("h3", "Place in the pathway"),
        el(
            "div",
            el("figure", el("figcaption", caption), drawn),
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label="Pathway",
        ),
        el("details", el("summary", "The same as a list"), el("pre", pathway_list(edition, rec)), class_="on-screen"),
    )


def _statements(rec: Recommendation, edition: Edition) -> Html:
    cited = words.statements_cited(rec)
    if not cited:
        return Html("")
    quoted = []
    for ident in cited:
        known = edition.statements.get(ident)
        told = f"{known.text} ({known.section})" if known else "Not in this edition."
        quoted.append(el("blockquote", el("code", ident), " ", told))
    return el(
        "details", el("summary", f"The {len(cited)} statements of the guidance cited here"), *quoted, class_="on-paper"
    )


def _trace(rec: Recommendation) -> Html:
    rows: list[list[object]] = [
        [
            el("code", step.rule),
            step.table.replace("_", " "),
            "; ".join(f"{fact} = {rec.facts[fact]}" for fact in step.reads),
            "; ".join(f"{fact} = {level}" for fact, level in step.sets.items()),
        ]
        for step in rec.trace
    ]
    found = table("Every row that held, in table order", ["Rule", "Table", "Facts read", "So"], rows, class_="trace")
    return el("details", el("summary", "Trace"), found, class_="on-screen small")


def _provenance(rec: Recommendation, edition: Edition) -> Html:
    return join(
        el("h3", "Provenance"),
        pairs(
            [
                ("Histology", words.histology_read(edition, rec)),
                ("Guidance", join(words.guideline_read(rec), el("br"), edition.title)),
                ("Labels", words.labels_read(rec)),
                ("Use", plain(rec.intended_use)),
            ],
            class_="facts",
        ),
    )


def _case(rec: Recommendation, edition: Edition, position: int, verdicts: Sequence[FusionVerdict]) -> Html:
    ident = f"case-{position}"
    return el(
        "section",
        el("h2", f"Case {plain(rec.case_id)}", id=ident),
        _answer(rec, edition),
        _why(rec, edition),
        _cautions(rec, edition),
        _missing(rec, edition),
        _readings(rec, edition),
        _fusions(verdicts, ident),
        _therapy(rec, edition),
        _pathway(rec, edition, ident),
        _provenance(rec, edition),
        _statements(rec, edition),
        _labels(rec),
        _trace(rec),
        class_="case",
        aria_labelledby=ident,
    )


def _fusions(verdicts: Sequence[FusionVerdict], ident: str) -> Html:
    if not verdicts:
        return Html("")
    drawn = [
        el(
            "div",
            el("figure", el("figcaption", plain(verdict.name)), Html(fusion_svg(verdict, ident=f"{ident}-fusion-{i}"))),
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label=f"Fusion {i}",
        )
        for i, verdict in enumerate(verdicts, 1)
    ]
    return join(el("h3", "NTRK events in the caller files"), *drawn)


def _contents(recommendations: Sequence[Recommendation]) -> Html:
    if len(recommendations) < 2:
        return Html("")
    entries = [
        el(
            "li",
            el("a", f"Case {plain(rec.case_id)}", href=f"#case-{i}"),
            f": {words.tier_words(rec.priority)}. {rec.actions[0].text if rec.actions else 'No next step.'}",
        )
        for i, rec in enumerate(recommendations, 1)
    ]
    return el("nav", el("ol", *entries), aria_label="Cases")


def render_html(
    recommendations: Sequence[Recommendation],
    edition: Edition,
    fusions: Sequence[Sequence[FusionVerdict]] = (),
) -> str:
    """Return one self-contained HTML file with a section for each recommendation, in the order given.

    Args:
        recommendations: The answers.
        edition: The edition that gave them.
        fusions: For each answer, our verdicts on the events of its caller files, which are drawn.

    Raises:
        GuidanceError: The edition has no figure.
    """
    count = len(recommendations)
    title = f"NTRK fusions in sarcoma: {count} case{'' if count == 1 else 's'}"
    page = el(
        "html",
        el(
            "head",
            el("meta", charset="utf-8"),
            el("meta", name="viewport", content="width=device-width, initial-scale=1"),
            el("meta", http_equiv="Content-Security-Policy", content=_POLICY),
            el("title", title),
            el("style", Html(CSS)),
        ),
        el(
            "body",
            el(
                "header",
                el("h1", title),
                el("p", edition.intended_use, class_="quiet small"),
                _contents(recommendations),
            ),
            el(
                "main",
                *(
                    _case(rec, edition, i, fusions[i - 1] if fusions else ())
                    for i, rec in enumerate(recommendations, 1)
                ),
            ),
        ),
        lang="en-GB",
    )
    return f"<!DOCTYPE html>\n{page}\n"
