"""A comparison as text for a terminal of 100 columns."""

from __future__ import annotations

import textwrap

from ntrkpath.model.numbers import amount, grouped, percent
from ntrkpath.report import strategy_sentences as sentences
from ntrkpath.strategy.compare import Comparison

_WIDTH = 100
#: The longest name of a parameter in a table.
_NAME = 52
#: What the heads of the tables mean, for a reader of the text alone.
_COLUMNS = (
    "found, missed: patients with a fusion in whom it is, or is not, reported. false +: patients without one in whom "
    "one is reported; (treated): of these, where the disease opens the way to a TRK inhibitor. no answer: tested "
    "without a reliable answer. to test: patients tested for one fusion found."
)


def text(found: Comparison) -> str:
    """Return the comparison as lines of text."""
    name = max(len(row.name) for row in found.rows)
    lines = [*_fill(sentences.heading(found)), sentences.cost_line(found), ""]
    lines += [*_fill(" ".join(sentences.answer(found))), ""]
    for row in found.rows:
        lines += textwrap.wrap(f"{row.name:<{name}}  {row.title}", _WIDTH, subsequent_indent=" " * (name + 2))
    lines += [
        "",
        sentences.expected(found),
    ]
    short = ["tested", "found", "missed", "false +", "(treated)", "no answer", "undecided", "to test"]
    lines += _table([[row.name, *sentences.outcome_cells(row)] for row in found.rows], ["", *short])
    for warning in sentences.warnings(found):
        lines += textwrap.wrap(warning, _WIDTH, initial_indent="! ", subsequent_indent="  ")
    lines += ["", f"Cost in {found.currency}" + (" (illustrative)" if found.costs_are_illustrative else "")]
    heads = ["", "cost", "per patient", "per found", "per additional fusion found", "days"]
    lines += _table([[row.name, *sentences.cost_cells(row, found.size)] for row in found.rows], heads)
    tests = sentences.test_names(found)
    if tests:
        lines += ["", "Tests and work-ups"]
        lines += _table(
            [[row.name, *(amount(row.outcomes.get(key, 0.0)) for key in tests)] for row in found.rows],
            ["", *(t.replace(" (NTRK1, NTRK2, NTRK3)", "").removesuffix(" work-up") for t in tests.values())],
        )
    if any(row.net_benefit is not None for row in found.rows):
        lines += ["", f"Net benefit in {found.currency}, treatment included, {amount(found.threshold)} for a QALY"]
        lines += _table([[row.name, amount(row.net_benefit)] for row in found.rows], ["", "net benefit"])
    lines += _simulated(found) + _drawn(found)
    lines += ["", *_fill(f"By the guidance, once worked up: tier {sentences.shares(found.tiers)}.")]
    lines += ["", "Notes"]
    for note in [_COLUMNS, *sentences.notes(found)]:
        lines += textwrap.wrap(note, _WIDTH, initial_indent="- ", subsequent_indent="  ")
    return "\n".join(lines)


def _simulated(found: Comparison) -> list[str]:
    if found.simulation is None:
        return []
    rows = []
    for name, outcomes in found.simulation.outcomes.items():
        mine = outcomes.get("found")
        cost, days = outcomes["cost"], outcomes["days"]
        assert cost.quantiles is not None and days.quantiles is not None
        share = f"{1000 * mine.mean:.3f} +/- {1000 * mine.error:.3f}" if mine else "0"
        spread = [" / ".join(amount(q) for q in s.quantiles[:3]) for s in (cost, days) if s.quantiles]
        rows.append([name, share, f"{cost.mean:.3f} +/- {cost.error:.3f}", *spread])
    heads = ["", "found per 1,000", "cost a patient", "cost 5/50/95 %", "days 5/50/95 %"]
    patients, seed = grouped(found.simulation.patients), found.simulation.seed
    drawn = f"{patients} patients drawn one by one (seed {seed}), standard errors"
    return ["", drawn, *_table(rows, heads)]


def _drawn(found: Comparison) -> list[str]:
    drawn = found.uncertainty
    if drawn is None:
        return []
    lines = ["", f"{grouped(drawn.draws)} draws of every unsure parameter (seed {drawn.seed}): mean and central 95 %"]
    rows = []
    for name, outcomes in drawn.intervals.items():
        cells = []
        for key in ("found", "missed", "cost"):
            span = outcomes[key]
            scaled = [amount(found.size * v) for v in (span.mean, span.low, span.high)]
            cells.append(f"{scaled[0]} ({scaled[1]} to {scaled[2]})")
        rows.append([name, *cells])
    lines += _table(rows, ["", "found", "missed", "cost"])
    curve = drawn.acceptability
    chosen = [0, len(curve.willingness) // 4, len(curve.willingness) // 2, len(curve.willingness) - 1]
    lines += [
        "",
        f"Best strategy by what a fusion found may cost ({found.currency}): share of draws; value of certainty",
    ]
    rows = []
    for i in sorted(set(chosen)):
        ranked = sorted(curve.best, key=lambda n: -curve.best[n][i])[:3]
        said = ", ".join(f"{n} {percent(curve.best[n][i])}" for n in ranked if curve.best[n][i] > 0)
        rows.append([amount(curve.willingness[i]), said, amount(curve.evpi[i] * found.size)])
    lines += _table(rows, ["may cost", "best", "worth knowing"])
    if found.tornado is not None:
        lines += ["", f"Cost per fusion found by {found.tornado.strategy}: parameters that move it most"]
        lines += _table(
            [
                [_short(b.words), f"{b.low:.3g} to {b.high:.3g}", f"{amount(b.at_low)} to {amount(b.at_high)}"]
                for b in found.tornado.bars[:6]
            ],
            ["", "central 95 %", "cost per fusion found"],
        )
    return lines


def _short(told: str) -> str:
    return told if len(told) <= _NAME else told[: _NAME - 3].rstrip() + "..."


def _fill(told: str) -> list[str]:
    return textwrap.wrap(told, _WIDTH)


def _table(rows: list[list[str]], heads: list[str]) -> list[str]:
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    shown = []
    for row in [heads, *rows]:
        cells = [f"{row[0]:<{widths[0]}}"]
        for i in range(1, len(heads)):
            wordy = any(r[i][:1].isalpha() for r in rows)
            cells.append(f"{row[i]:<{widths[i]}}" if wordy else f"{row[i]:>{widths[i]}}")
        shown.append("  ".join(cells).rstrip())
    return shown
