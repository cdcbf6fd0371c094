"""A comparison of strategies as a report: one table of what each finds and costs, and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence

from ntrkpath.model.numbers import amount, grouped, percent, significant
from ntrkpath.report import strategy_sentences as sentences
from ntrkpath.report.sheet import Report, Row, Sheet, named
from ntrkpath.report.strategy_pictures import BARS, pictures
from ntrkpath.strategy.compare import Comparison
from ntrkpath.strategy.compare import Row as Strategy

#: The heads of the one table, with what they mean.
HEADS = (
    (">Tested", "patients with at least one NTRK test"),
    (">Found", "patients with a fusion in whom it is reported"),
    (">Missed", "patients with a fusion in whom it is not reported"),
    (">False positive", "patients without a fusion in whom one is reported"),
    (">Undecided", "patients not tested because a fact is missing"),
    (">Cost/patient", "of tests and work-ups, over all patients"),
    (">Cost/fusion", "for one fusion found"),
    (">Days", "mean from the first request to the end, of patients with a test or a work-up"),
    ("Each further fusion", "what it costs, against the strategy before it on the frontier"),
)
_MORE = (
    (">False positive, treated", "where the disease opens the way to a TRK inhibitor"),
    (">No answer", "patients tested without a reliable answer"),
    (">Tested for one fusion", "patients tested for one fusion found"),
    (">Cost in all", "of tests and work-ups"),
)


def comparison_report(found: Comparison, *, parameters: bool = True) -> Report:
    """Return a comparison as a report.

    Args:
        parameters: With every number that it rests on, which a terminal leaves out.
    """
    sheets = [_strategies(found)]
    if any(row.net_benefit is not None for row in found.rows):
        sheets.append(_worth(found))
    sheets += [*_drawn(found), _more(found)]
    if tests := sentences.test_names(found):
        sheets.append(_tests(found, tests))
    if found.simulation is not None:
        sheets.append(_simulated(found))
    sheets.append(_population(found))
    if parameters:
        sheets.append(_parameters(found))
    return Report(
        title=sentences.heading(found), lead=tuple(sentences.answer(found)), sheets=tuple(sheets),
        cautions=(sentences.cost_line(found), *sentences.warnings(found)), pictures=pictures(found), wide=True,
        source=f"Guidance {found.edition}, sha256 {found.edition_sha256[:12]}", use=found.intended_use,
    )  # fmt: skip


def _told(heads: Sequence[tuple[str, str]]) -> str:
    said = "; ".join(f"{head.removeprefix('>').lower()}: {meaning}" for head, meaning in heads)
    return f"{said[:1].upper()}{said[1:]}."


def _sheet(
    title: str, heads: Sequence[str], rows: Sequence[Row], ident: str, *notes: str, folded: bool = True
) -> Sheet:
    return Sheet(title=title, heads=tuple(heads), rows=tuple(rows), ident=ident, notes=notes, folded=folded)


def _strategies(found: Comparison) -> Sheet:
    rows = []
    keys = ["tested", "found", "missed", "false_positive"]
    undecided = any(row.outcomes["undecided"] for row in found.rows)
    keys += ["undecided"] if undecided else []
    for row in found.rows:
        o = row.outcomes
        counts = {key: o[key] for key in keys}
        costs = {
            "cost_per_patient": o["cost"] / found.size, "cost_per_found": row.cost_per_found,
            "days": row.days_per_handled,
        }  # fmt: skip
        cells = (*map(amount, (*counts.values(), *costs.values())), sentences.place(row))
        place = {
            "place": row.place.status, "against": row.place.against, "per_additional_found": row.place.per_additional,
        }  # fmt: skip
        record = {"sheet": "strategies", "row": row.name, "title": row.title, **counts, **costs, **place}
        rows.append(Row(cells=(row.name, *cells), below=(row.title,), record=record))
    used = [one for one in HEADS if undecided or one[0] != ">Undecided"]
    heads = ("Strategy", *(head for head, _ in used))
    costs_in = f"Costs in {found.currency}{sentences.tag(found)}. {_told(used)}"
    title = f"{sentences.expected(found)}, and what it costs{sentences.tag(found)}"
    return _sheet(title, heads, rows, "strategies", costs_in, folded=False)


def _more(found: Comparison) -> Sheet:
    def figures(row: Strategy) -> dict[str, float | None]:
        o = row.outcomes
        return {
            "false_positives_treated": o["false_positives_treated"], "no_answer": o["unresolved"],
            "tested_for_one": row.needed_to_test, "cost": o["cost"],
        }  # fmt: skip

    rows = [named("more", row.name, tuple(map(amount, figures(row).values())), **figures(row)) for row in found.rows]
    heads = ("Strategy", *(head for head, _ in _MORE))
    return _sheet(f"More of each strategy{sentences.tag(found)}", heads, rows, "more", _told(_MORE))


def _worth(found: Comparison) -> Sheet:
    rows = []
    for row in found.rows:
        worth = {
            "qalys": row.outcomes["qaly"], "cost_of_treatment": row.outcomes["treatment_cost"],
            "net_benefit": row.net_benefit,
        }  # fmt: skip
        rows.append(named("worth", row.name, tuple(map(amount, worth.values())), **worth))
    said = f"Treatment included, {amount(found.threshold)} {found.currency} for a QALY{sentences.tag(found)}."
    heads = ("Strategy", ">QALYs", ">Cost of treatment", ">Net benefit")
    return _sheet(f"Net benefit{sentences.tag(found)}", heads, rows, "worth", said, folded=False)


def _tests(found: Comparison, tests: dict[str, str]) -> Sheet:
    rows = []
    for row in found.rows:
        counts = {key: row.outcomes.get(key, 0.0) for key in tests}
        rows.append(named("tests", row.name, tuple(map(amount, counts.values())), **counts))
    heads = [t.replace(" (NTRK1, NTRK2, NTRK3)", "").removesuffix(" work-up") for t in tests.values()]
    return _sheet("Tests and work-ups", ("Strategy", *(f">{head}" for head in heads)), rows, "tests")


def _simulated(found: Comparison) -> Sheet:
    assert found.simulation is not None
    rows = []
    for name, outcomes in found.simulation.outcomes.items():
        mine, cost, days = outcomes.get("found"), outcomes["cost"], outcomes["days"]
        assert cost.quantiles is not None and days.quantiles is not None
        share = f"{1000 * mine.mean:.3f} +/- {1000 * mine.error:.3f}" if mine else "0"
        spread = [" / ".join(amount(q) for q in s.quantiles[:3]) for s in (cost, days) if s.quantiles]
        record = {"found_per_1000": 1000 * mine.mean if mine else 0.0, "cost_per_patient": cost.mean}
        rows.append(named("simulated", name, (share, f"{cost.mean:.3f} +/- {cost.error:.3f}", *spread), **record))
    patients, seed = grouped(found.simulation.patients), found.simulation.seed
    heads = ("Strategy", ">Found per 1,000", ">Cost a patient", ">Cost 5/50/95 %", ">Days 5/50/95 %")
    title = f"{patients} patients drawn one by one{sentences.tag(found)}"
    return _sheet(title, heads, rows, "simulated", f"Seed {seed}; with standard errors.")


def _drawn(found: Comparison) -> list[Sheet]:
    drawn, tag = found.uncertainty, sentences.tag(found)
    if drawn is None:
        return []
    keys = ("found", "missed", "false_positive", "cost")
    rows = []
    for name, outcomes in drawn.intervals.items():
        spans = [[found.size * v for v in (outcomes[k].mean, outcomes[k].low, outcomes[k].high)] for k in keys]
        record = {f"{k}_{end}": v for k, span in zip(keys, spans, strict=True)
                  for end, v in zip(("mean", "low", "high"), span, strict=True)}  # fmt: skip
        cells = tuple(f"{amount(mean)} ({amount(low)} to {amount(high)})" for mean, low, high in spans)
        rows.append(named("draws", name, cells, **record))
    heads = ("Strategy", ">Found", ">Missed", ">False positive", f">Cost{tag}")
    title = f"How sure: {grouped(drawn.draws)} draws of every unsure parameter"
    sure = _sheet(title, heads, rows, "draws", f"Mean and central 95 % of the draws (seed {drawn.seed}).")
    return [sure, _acceptability(found), *_tornado(found)]


def _acceptability(found: Comparison) -> Sheet:
    assert found.uncertainty is not None
    curve, (_, one) = found.uncertainty.acceptability, sentences.EFFECTS[found.uncertainty.effect]
    last = len(curve.willingness) - 1
    rows = []
    for i in sorted({0, last // 4, last // 2, last}):
        ranked = sorted(curve.best, key=lambda n: -curve.best[n][i])[:3]
        said = ", ".join(f"{n} {percent(curve.best[n][i])}" for n in ranked if curve.best[n][i] > 0)
        worth = curve.evpi[i] * found.size
        record = {f"best_{n}": curve.best[n][i] for n in curve.best}
        rows.append(named("acceptability", amount(curve.willingness[i]), (said, amount(worth)), worth=worth, **record))
    title = f"Best strategy by what {one} may cost{sentences.tag(found)}"
    heads = (f"May cost, {found.currency}", "Best, share of draws", ">Certainty would be worth")
    return _sheet(title, heads, rows, "acceptability")


def _tornado(found: Comparison) -> list[Sheet]:
    if found.tornado is None or not found.tornado.bars:
        return []
    rows = [
        named(
            "tornado", b.words,
            (f"{significant(b.low)} to {significant(b.high)}", f"{amount(b.at_low)} to {amount(b.at_high)}"),
            low=b.low, high=b.high, at_low=b.at_low, at_high=b.at_high,
        )
        for b in found.tornado.bars[:BARS]
    ]  # fmt: skip
    title = f"Cost per fusion found by {found.tornado.strategy}: what moves it most{sentences.tag(found)}"
    return [_sheet(title, ("Parameter", ">Central 95 %", ">Cost per fusion found"), rows, "tornado")]


def _population(found: Comparison) -> Sheet:
    return _sheet(
        "The population, and what to know beside the figures", (), (), "population",
        f"By the guidance, once worked up: tier {sentences.shares(found.tiers)}; "
        f"priority {sentences.shares(found.priorities)}.",
        f"Source: {found.population.source or 'not stated'}.", *sentences.notes(found),
    )  # fmt: skip


def _parameters(found: Comparison) -> Sheet:
    rows = []
    for key, p in found.parameters.items():
        source = (p["source"] or "-") + (" (assumed)" if p["assumed"] else "")
        cells = (significant(p["value"], 4), p["distribution"], source)
        rows.append(named("parameters", p["words"], cells, parameter=key, **{k: p[k] for k in p if k != "words"}))
    heads = ("Parameter", ">Central value", "Distribution", "Source")
    return _sheet(f"Every number the comparison rests on ({len(rows)})", heads, rows, "parameters")
