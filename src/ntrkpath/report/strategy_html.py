"""A comparison as HTML: one document that needs nothing else, or a fragment for a notebook."""

from __future__ import annotations

from collections.abc import Callable

from ntrkpath.figures.acceptability import Curve, acceptability_svg, value_svg
from ntrkpath.figures.plane import Cloud, plane_svg
from ntrkpath.figures.screens import for_screens
from ntrkpath.figures.tornado import Lever, tornado_svg
from ntrkpath.model.numbers import amount, grouped
from ntrkpath.report import strategy_sentences as sentences
from ntrkpath.report.markup import Html, el, join, table
from ntrkpath.report.page import page
from ntrkpath.report.strategy_text import text
from ntrkpath.strategy.compare import Comparison

__all__ = ["document", "fragment", "text"]

_OWN = """
td:not(:first-child){font-variant-numeric:tabular-nums}
table.numbers td,table.numbers thead th:not(:first-child){text-align:right}
table.numbers td.wordy,table.numbers thead th.wordy:not(:first-child){text-align:left;padding-left:1rem}
.scroll table.numbers{min-width:46rem}
table.numbers caption{max-width:calc(100vw - 2.5rem)}
table.numbers tbody th{white-space:nowrap}
.lead{font-size:1.1rem}
figure{margin:1.5rem 0}
ul.plain{padding-left:1.2rem}
"""
#: A tornado shows so many parameters at most.
_BARS = 12


def document(found: Comparison) -> str:
    """Return one HTML document."""
    foot = el("p", f"Guidance {found.edition} ({found.edition_sha256[:12]}).")
    return page("Testing strategies compared", found.intended_use, Html(fragment(found)), foot=foot, css=_OWN)


def fragment(found: Comparison) -> str:
    """Return the comparison as HTML for a notebook."""
    tag = " (illustrative costs)" if found.costs_are_illustrative else ""
    warn = (
        el("p", el("strong", sentences.cost_line(found)), class_="warn")
        if found.costs_are_illustrative
        else el("p", sentences.cost_line(found))
    )
    parts: list[object] = [
        el("h2", sentences.heading(found)),
        warn,
        el("p", " ".join(sentences.answer(found)), class_="lead"),
        *(el("p", warning, class_="warn") for warning in sentences.warnings(found)),
        el("ul", *(el("li", el("strong", row.name), ": ", row.title) for row in found.rows), class_="plain"),
        el("h3", "What is found"),
        _numbers(
            sentences.expected(found),
            ["Strategy", *(head for head, _ in sentences.HEADS)],
            [[row.name, *sentences.outcome_cells(row)] for row in found.rows],
        ),
        _meanings(sentences.HEADS),
        el("h3", "What it costs"),
        _numbers(
            f"Costs in {found.currency}" + (", illustrative" if found.costs_are_illustrative else ""),
            ["Strategy", *(head for head, _ in sentences.COST_HEADS)],
            [[row.name, *sentences.cost_cells(row, found.size)] for row in found.rows],
        ),
        _meanings(sentences.COST_HEADS),
    ]
    if any(row.net_benefit is not None for row in found.rows):
        worth_in = f"Treatment included, {amount(found.threshold)} {found.currency} for a QALY{tag}"
        heads = ["Strategy", "QALYs", "cost of treatment", "net benefit"]
        worth = [
            [row.name, *(amount(v) for v in (row.outcomes["qaly"], row.outcomes["treatment_cost"], row.net_benefit))]
            for row in found.rows
        ]
        parts += [el("h3", "What it is worth"), _numbers(worth_in, heads, worth)]
    tests = sentences.test_names(found)
    if tests:
        rows = [[row.name, *(amount(row.outcomes.get(key, 0.0)) for key in tests)] for row in found.rows]
        parts += [el("h3", "Tests and work-ups"), _numbers("Expected numbers", ["Strategy", *tests.values()], rows)]
    parts += _pictures(found)
    parts += [
        el("h3", "The population"),
        el(
            "p",
            f"By the guidance, once worked up: tier {sentences.shares(found.tiers)}; "
            f"priority {sentences.shares(found.priorities)}.",
        ),
        el("p", f"Source: {found.population.source or 'not stated'}.", class_="quiet small"),
        el("h3", "Notes"),
        el("ul", *(el("li", note) for note in sentences.notes(found)), class_="plain"),
        _parameters(found),
    ]
    return join(*parts)


def _numbers(caption: str, heads: list[str], rows: list[list[str]]) -> Html:
    wordy = ["wordy" if any(r[i][:1].isalpha() for r in rows) else None for i in range(len(heads))]
    body = []
    for row in rows:
        cells = [el("td", cell, class_=kind) for cell, kind in zip(row[1:], wordy[1:], strict=True)]
        body.append(el("tr", el("th", row[0], scope="row"), *cells))
    head = el("thead", el("tr", *(el("th", h, scope="col", class_=kind) for h, kind in zip(heads, wordy, strict=True))))
    shown = el("table", el("caption", caption), head, el("tbody", *body), class_="numbers")
    return el("div", shown, class_="scroll", tabindex="0", role="region", aria_label=caption)


def _meanings(heads: tuple[tuple[str, str], ...]) -> Html:
    return el("p", "; ".join(f"{head}: {meaning}" for head, meaning in heads) + ".", class_="quiet small")


def _pictures(found: Comparison) -> list[object]:
    drawn = found.uncertainty
    if drawn is None:
        return []
    said = sentences.picture_notes(found)
    tag = " (illustrative costs)" if found.costs_are_illustrative else ""
    size = found.size
    effect, one = sentences.EFFECTS[drawn.effect]
    clouds = [
        Cloud(name, tuple((x * size, y * size) for x, y in points)) for name, points in drawn.plane.items() if points
    ]
    parts: list[object] = [el("h3", f"How sure: {grouped(drawn.draws)} draws of every unsure parameter")]
    rows = []
    for name, outcomes in drawn.intervals.items():
        cells = [outcomes[key] for key in ("found", "missed", "false_positive", "cost")]
        rows.append(
            [name, *(f"{amount(size * i.mean)} ({amount(size * i.low)} to {amount(size * i.high)})" for i in cells)]
        )
    parts.append(
        _numbers("Mean and central 95 % of the draws", ["Strategy", "found", "missed", "false +", f"cost{tag}"], rows)
    )
    if clouds:
        parts.append(
            _figure(
                lambda width: plane_svg(
                    clouds,
                    title=f"Additional {effect} and additional cost against “{drawn.reference}”{tag}",
                    across=f"additional {effect} among {grouped(size)} patients",
                    upright=f"additional cost, {found.currency}",
                    notes=said,
                    width=width,
                )
            )
        )
    curve = drawn.acceptability
    across = f"what {one} may cost, {found.currency}"
    parts.append(
        _figure(
            lambda width: acceptability_svg(
                curve.willingness,
                [Curve(n, s) for n, s in curve.best.items()],
                title=f"Which strategy is best, by what {one} may cost{tag}",
                across=across,
                notes=said,
                width=width,
            )
        )
    )
    parts.append(
        _figure(
            lambda width: value_svg(
                curve.willingness,
                [v * size for v in curve.evpi],
                title=f"What certainty about every parameter would be worth{tag}",
                across=across,
                upright=f"expected value of perfect information for {grouped(size)} patients, {found.currency}",
                notes=said,
                width=width,
            )
        )
    )
    tornado = found.tornado
    if tornado is not None and tornado.bars:
        levers = [
            Lever(b.words + (" (assumed)" if b.assumed else ""), b.low, b.high, b.at_low, b.at_high)
            for b in tornado.bars[:_BARS]
        ]
        parts.append(
            _figure(
                lambda width: tornado_svg(
                    levers,
                    tornado.central,
                    title=f"Cost per fusion found by “{tornado.strategy}”, each parameter moved alone{tag}",
                    across=f"cost per fusion found, {found.currency}",
                    notes=said,
                    width=width,
                )
            )
        )
    return parts


def _figure(draw: Callable[[float], str]) -> Html:
    return el("figure", Html(for_screens(draw)))


def _parameters(found: Comparison) -> Html:
    rows: list[list[object]] = []
    for p in found.parameters.values():
        source = join(p["source"] or "-", el("em", " (assumed)") if p["assumed"] else "")
        rows.append([p["words"], f"{p['value']:.4g}", p["distribution"], source])
    shown = table(
        "Every number the comparison rests on", ["Parameter", "Central value", "Distribution", "Source"], rows
    )
    return el("details", el("summary", f"Parameters ({len(rows)})"), shown)
