"""A summary and a comparison of cohorts as one HTML file each, with the patient flow and a forest by histology."""

from __future__ import annotations

from collections.abc import Callable

from ntrkpath.cohort.diff import CohortDiff, Moved
from ntrkpath.cohort.summarise import Agreement, Share, Summary
from ntrkpath.figures.forest import ForestRow, forest_svg
from ntrkpath.figures.patient_flow import Stage, patient_flow_svg
from ntrkpath.figures.screens import for_screens
from ntrkpath.guidance import Edition
from ntrkpath.model.numbers import grouped, percent
from ntrkpath.report.cohort_text import counted, dates_note, interval, level, origin, shown
from ntrkpath.report.markup import Html, el, join, pairs, table
from ntrkpath.report.page import page

_MORE = """
.scroll+.scroll,dl+.scroll,p+.scroll{margin-top:1.5rem}
td{font-variant-numeric:tabular-nums}
.two{display:grid;grid-template-columns:1fr 1fr;gap:0 2rem}
@media (max-width:38rem){.two{grid-template-columns:1fr}}
"""


_ANY = "by any method, whatever the result"


def _page(title: str, edition: Edition, *parts: Html) -> str:
    foot = el("p", f"{edition.title}, {edition.version}.", class_="quiet")
    return page(title, edition.intended_use, *parts, foot=foot, css=_MORE)


def _drawing(draw: Callable[[float], str]) -> Html:
    return el("figure", Html(for_screens(draw)))


def _count(value: int) -> Html:
    return Html(grouped(value))


def summary_html(summary: Summary, edition: Edition) -> str:
    """Return a summary as one self-contained HTML file."""
    total = summary.funnel.diagnosed
    parts = [
        el("p", origin(summary.about)),
        el("h3", "From diagnosed to treated"),
        _drawing(lambda width: patient_flow_svg(stages(summary), title="From diagnosed to treated", width=width)),
        el(
            "div",
            _shares("Tier", summary.tiers, total, edition, "tier"),
            _shares("Priority", summary.priorities, total, edition, "priority"),
            class_="two",
        ),
        el("h3", "Fusions among the tested, by histology group"),
        _forest(summary, edition),
        _groups(summary, edition),
        el("h3", "Next steps"),
        table(
            "Cases that the guidance gives each next step; a case can have several",
            ["Next step", "Cases", "Share"],
            [[edition.actions.get(a, a), _count(n), percent(n / total)] for a, n in summary.actions.items()],
        ),
    ]
    if summary.stain is not None:
        parts += [el("h3", "Pan-TRK stain against sequencing"), _agreement(summary.stain)]
    if summary.partners:
        rows: list[list[object]] = [[name, _count(n)] for name, n in summary.partners.items()]
        parts += [el("h3", "Fusions"), table("Fusions as the sources name them", ["Fusion", "Cases"], rows)]
    if summary.turnaround is not None:
        t = summary.turnaround
        told = [
            ("Cases", grouped(t.cases)), ("Median", f"{t.median:g} days"),
            ("Quartiles", f"{t.lower_quartile:g} to {t.upper_quartile:g} days"),
            ("Range", f"{t.shortest} to {t.longest} days"),
        ]  # fmt: skip
        if t.impossible:
            told.append(("Left out", f"{grouped(t.impossible)} reported before they were requested"))
        parts += [el("h3", "From request to report"), pairs(list(told), class_="facts")]
    parts += [el("h3", "What is missing"), _missing(summary, edition)]
    return _page(f"Cohort: {summary.about.source}", edition, *parts)


def stages(summary: Summary) -> list[Stage]:
    """Return the stages of the patient flow."""
    f = summary.funnel
    outside = f.diagnosed - f.in_scope
    bad = f"{grouped(summary.about.bad)} rows could not be decided" if summary.about.bad else ""
    untested = 0 if f.tested is None else f.in_scope - f.tested
    unfound = 0 if f.tested is None or f.positive is None else f.tested - f.positive
    none = "none, or not conclusive"
    found = [
        Stage("Diagnosed and decided", f.diagnosed, bad),
        Stage("Within the guidance", f.in_scope, "", (("not a sarcoma", outside),) if outside else ()),
        Stage(
            "Tested for NTRK fusions", f.tested, "the cohort states no tests" if f.tested is None else _ANY,
            (("not tested", untested),) if untested else (),
        ),
        Stage(
            "Evidence of a fusion", f.positive, "that may lead to a TRK inhibitor",
            () if f.positive is None else ((none, unfound),),
        ),
    ]  # fmt: skip
    note = "the cohort states no therapy" if f.treated is None and f.tested is not None else ""
    leaves: tuple[tuple[str, int], ...] = ()
    if f.treated is not None and f.positive is not None:
        untreated = f.positive - f.treated - f.therapy_unknown
        leaves = (("not given one", untreated),) if untreated else ()
        leaves += (("therapy not stated", f.therapy_unknown),) if f.therapy_unknown else ()
    if f.treated_otherwise:
        note = f"and {grouped(f.treated_otherwise)} without such evidence here"
    found.append(Stage("Given a TRK inhibitor", f.treated, note, leaves))
    return found


def _shares(title: str, counts: dict[str, int], total: int, edition: Edition, fact: str) -> Html:
    rows: list[list[object]] = [[level(k, edition, fact), _count(n), percent(n / total)] for k, n in counts.items()]
    return el("div", el("h3", title), table(f"Cases by {title.lower()}", [title, "Cases", "Share"], rows))


def _forest(summary: Summary, edition: Edition) -> Html:
    rows, largest = [], max((g.tested or 0 for g in summary.histologies), default=0)
    for group in summary.histologies:
        s = group.positive
        if s is not None and s.share is not None and group.tested:
            rows.append(
                ForestRow(
                    level(group.name, edition), s.share, s.low, s.high, columns=(grouped(s.count), grouped(s.of)),
                    weight=max(0.05, (group.tested / largest) ** 0.5),
                )
            )  # fmt: skip
    if not rows:
        return el("p", "No case was tested." if summary.funnel.tested is not None else "The cohort states no tests.")
    return _drawing(
        lambda width: forest_svg(
            rows, title="Fusions among the tested", axis_title="Share with evidence of a fusion (exact 95 % interval)",
            columns=("fusion", "tested"), figures="Share (95 % interval)", width=width,
        )
    )  # fmt: skip


def _groups(summary: Summary, edition: Edition) -> Html:
    made = []
    for caption, groups, fact in (
        ("By histology group", summary.histologies, "histology_group"),
        ("By priority", summary.by_priority, "priority"),
    ):
        rows: list[list[object]] = [
            [
                level(g.name, edition, fact), _count(g.cases), counted(g.tested),
                *((_count(s.count), percent(s.share), interval(s)) if (s := g.positive) else (counted(None), "", "")),
            ]
            for g in groups
        ]  # fmt: skip
        heads = [caption.removeprefix("By ").capitalize(), "Cases", "Tested", "Fusion", "Of tested", "95 % interval"]
        made.append(table(caption, heads, rows))
    return join(*made)


def _agreement(a: Agreement) -> Html:
    square = table(
        "Cases in which both give a plain answer",
        ["", "Fusion by sequencing", "No fusion"],
        [
            ["Stain positive", _count(a.both), _count(a.stain_only)],
            ["Stain negative", _count(a.sequencing_only), _count(a.neither)],
        ],
    )
    at = f"at a prevalence of {shown(a.prevalence)}"
    figures: list[tuple[str, Share, str]] = [
        ("Sensitivity", a.sensitivity, ""), ("Specificity", a.specificity, ""),
        ("Positive predictive value", a.positive_predictive_value, at),
        ("Negative predictive value", a.negative_predictive_value, at),
    ]  # fmt: skip
    told: list[tuple[str, object]] = [(name, f"{shown(s)} {note}".strip()) for name, s, note in figures]
    if a.kappa is not None:
        told.append(("Cohen's kappa", f"{a.kappa:.2f} ({a.kappa_low:.2f} to {a.kappa_high:.2f})"))
    if a.not_compared:
        told.append(
            ("Not compared", f"{grouped(a.not_compared)} cases in which stain or sequencing gives no plain answer")
        )
    return join(square, pairs(told, class_="facts"))


def _missing(summary: Summary, edition: Edition) -> Html:
    rows: list[list[object]] = []
    for m in summary.missing:
        question = edition.facts[m.fact].question if m.fact in edition.facts else m.fact
        could = "not worked out" if m.could_change is None else _count(m.could_change)
        rows.append([question, _count(m.undecided), _count(m.alone), could])
    caption = f"Facts that are missing; {grouped(summary.undecided)} cases have an undetermined priority"
    heads = ["Question", "Keeps the priority open", "By this alone", "Could change a next step"]
    return table(caption, heads, rows)


def diff_html(diff: CohortDiff, edition: Edition) -> str:
    """Return a comparison as one self-contained HTML file."""
    rows: list[list[object]] = [
        ["Actions change", _count(diff.actions_changed)], ["Tier changes", _count(diff.tier_changed)],
        ["Priority changes", _count(diff.priority_changed)],
        ["Other rules, same actions", _count(diff.rules_only)],
        ["Only before", _count(diff.only_before)], ["Only after", _count(diff.only_after)],
    ]  # fmt: skip
    if diff.labels_changed is not None:
        rows.append(["Label status changes", _count(diff.labels_changed)])
    parts = [
        pairs([("Before", origin(diff.before)), ("After", origin(diff.after))], class_="facts"),
        el("p", note) if (note := dates_note(diff)) else Html(""),
        table(f"What changes among the {grouped(diff.both)} cases in both", ["", "Cases"], rows),
        _moved("Tier", diff.tiers, edition),
        _moved("Priority", diff.priorities, edition),
    ]
    for title, counts in (("Gained", diff.gained), ("Lost", diff.lost)):
        if counts:
            listed: list[list[object]] = [
                [edition.actions.get(a.partition(":")[0], a), a.partition(":")[2], _count(n)] for a, n in counts.items()
            ]
            parts.append(table(f"{title} next steps", ["Next step", "Strength", "Cases"], listed))
    if diff.cases:
        cases: list[list[object]] = [
            [c.case_id, f"{c.priority_before} → {c.priority_after}", c.actions_before, c.actions_after]
            for c in diff.cases
        ]  # fmt: skip
        parts.append(table(f"First {len(diff.cases)} changed cases", ["Case", "Priority", "Before", "After"], cases))
    return _page("Two cohorts compared", edition, *parts)


def _moved(title: str, moved: tuple[Moved, ...], edition: Edition) -> Html:
    levels = list(dict.fromkeys([m.before for m in moved] + [m.after for m in moved]))
    cells = {(m.before, m.after): m.cases for m in moved}
    words = [level(name, edition, title.lower()) for name in levels]
    rows: list[list[object]] = [
        [word, *(_count(cells.get((b, a), 0)) for a in levels)] for b, word in zip(levels, words, strict=True)
    ]
    return table(f"{title} before (rows) and after (columns)", ["", *words], rows)
