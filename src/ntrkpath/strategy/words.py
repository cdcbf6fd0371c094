"""The words and rows that the text and the HTML of a comparison share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ntrkpath.strategy.generated import load_readouts

if TYPE_CHECKING:
    from ntrkpath.strategy.compare import Comparison, Row

#: Heads of the table of outcomes, with what they mean.
HEADS = (
    ("tested", "patients with at least one NTRK test"),
    ("found", "patients with a fusion in whom it is reported"),
    ("missed", "patients with a fusion in whom it is not reported"),
    ("false +", "patients without a fusion in whom one is reported"),
    ("treated false +", "of these, where the disease opens the way to a TRK inhibitor"),
    ("no answer", "patients tested without a reliable answer"),
    ("undecided", "patients not tested because a fact is missing"),
    ("needed to test", "patients tested for one fusion found"),
)
COST_HEADS = (
    ("cost", "of tests and work-ups"),
    ("per patient", "cost for each patient of the population"),
    ("per fusion found", "cost for one fusion found"),
    ("per additional fusion", "against the strategy before it on the frontier"),
    ("days", "mean from the first request to the end, of patients with a test or a work-up"),
)


#: Differentiation in which a stain misleads more often than its published figures say.
_STAIN_UNLIKE = ("myogenic", "neural", "neuroendocrine")

#: The effects that the draws weigh against cost: in the plural, and one of them.
EFFECTS = {"found": ("fusions found", "one fusion found"), "qaly": ("QALYs", "one QALY")}


def amount(value: float | None) -> str:
    """Return a number with as many digits as it deserves: no decimals from 100, two significant digits below 0.01."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    if size >= 0.01:
        return f"{value:.2f}"
    return f"{value:.2g}"


def heading(found: Comparison) -> str:
    """Return what was compared on whom."""
    made_up = " (synthetic)" if found.population.synthetic else ""
    patients = "1 patient" if found.size == 1 else f"{found.size:,.0f} patients"
    return f"Testing strategies for {patients}: {found.population.title}{made_up}"


def expected(found: Comparison) -> str:
    """Return among how many patients, and how many fusions, the outcomes are expected."""
    fusions = amount(found.rows[0].outcomes["fusions"])
    return f"Expected among {found.size:,.0f} patients, {fusions} of them with a fusion"


def cost_line(found: Comparison) -> str:
    """Return where costs and times come from; for the shipped ones, that they have no source."""
    if found.costs_are_illustrative:
        return f"Costs, times and failure rates are illustrative, without a source; costs in {found.currency}."
    return f"Costs, times and failure rates: {found.costs}; costs in {found.currency}."


def outcome_cells(row: Row) -> list[str]:
    """Return the cells below ``HEADS``."""
    o = row.outcomes
    return [
        *(amount(o[k]) for k in ("tested", "found", "missed", "false_positive", "false_positives_treated")),
        amount(o["unresolved"]),
        amount(o["undecided"]),
        amount(row.needed_to_test),
    ]


def cost_cells(row: Row, size: float) -> list[str]:
    """Return the cells below ``COST_HEADS``."""
    o = row.outcomes
    return [
        amount(o["cost"]),
        amount(o["cost"] / size),
        amount(row.cost_per_found),
        place(row),
        amount(row.days_per_handled),
    ]


def place(row: Row) -> str:
    """Return the cost per additional fusion found, or by whom the strategy is dominated."""
    if row.place.status == "frontier":
        if row.place.against is None:
            return "first on the frontier"
        return f"{amount(row.place.per_additional)} against {row.place.against}"
    if row.place.status == "dominated":
        return f"dominated by {row.place.against}"
    return f"dominated by a mix with {row.place.against}"


def test_names(found: Comparison) -> dict[str, str]:
    """Return the tests and work-ups that occur, by the key of their outcome."""
    readouts = load_readouts()
    names = {f"tests:{k}": v for k, v in readouts.tests.items()}
    names |= {f"workups:{w.costs}": readouts.words[action] for action, w in readouts.workups.items()}
    return {key: name for key, name in names.items() if any(row.outcomes.get(key) for row in found.rows)}


def shares(of: dict[str, float]) -> str:
    """Return shares as percentages in words."""
    return ", ".join(f"{level.replace('_', ' ')} {100 * share:.1f} %" for level, share in of.items())


def notes(found: Comparison) -> list[str]:
    """Return what the reader must know beside the numbers."""
    said = [
        "Exact expectations with the central value of every parameter. A reported fusion counts as found in priority "
        "+++ also where testing ended on a stain or FISH alone.",
        "Tests of different kinds are taken as independent given the true status; RNA sequencing that succeeds is the "
        "reference.",
    ]
    if any(row.outcomes["false_positive"] for row in found.rows):
        said.append(
            "The frontier weighs cost against fusions found alone: look at the false positives beside it. They cost "
            "something here only where the cost file has an entry `treatment`."
        )
    unlike = [c for c in found.population.cells if c.facts.get("differentiation") in _STAIN_UNLIKE]
    if unlike and any(row.outcomes.get("tests:pan_trk_ihc") for row in found.rows):
        share = 100 * sum(cell.share for cell in unlike)
        said.append(
            f"In {share:.0f} % of the patients the tumour is myogenic, neural or neuroendocrine: a strategy that "
            "stains it meets more false positives than shown (IHC-3, IHC-4); no study counts them, so the figure of "
            "sarcoma stands."
        )
    said += [f"{row.name}: {row.note}" for row in found.rows if row.note]
    said += [f"Population: {found.population.note}"] if found.population.note else []
    said += [f"Taken as: {line}." for line in found.population.assumed]
    undecided = max((row.outcomes["undecided"] for row in found.rows), default=0.0)
    if undecided:
        said.append(
            f"Up to {amount(undecided)} patients stay undecided by the guidance because their extent, drivers or "
            "histology are not known; say what is taken of them, for example --assume extent=metastatic."
        )
    by_why: dict[str, float] = {}
    for cell in found.population.cells:
        if why := found.stands_in.get(cell.name):
            by_why[why] = by_why.get(why, 0.0) + cell.share
    said += [
        f"Frequency of fusions in {100 * share:.0f} % of the patients: {why[0].lower()}{why[1:].rstrip('.')}."
        for why, share in by_why.items()
    ]
    if found.costs_note:
        said.append(found.costs_note)
    return said
