"""What is said of a comparison of strategies in sentences."""

from __future__ import annotations

from ntrkpath.model.numbers import amount, grouped, percent
from ntrkpath.strategy.compare import Comparison, Row
from ntrkpath.strategy.costs import ILLUSTRATIVE
from ntrkpath.strategy.generated import load_readouts

#: Differentiation in which a stain misleads more often than its published figures say.
_STAIN_UNLIKE = ("myogenic", "neural", "neuroendocrine")

#: A strategy is comparable while it leaves no larger share of the fusions to patients undecided.
_FEW = 0.01

#: The effects that the draws weigh against cost: in the plural, and one of them.
EFFECTS = {"found": ("fusions found", "one fusion found"), "qaly": ("QALYs", "one QALY")}


def heading(found: Comparison) -> str:
    """Return what was compared on whom."""
    made_up = " (synthetic)" if found.population.synthetic else ""
    patients = "1 patient" if found.size == 1 else f"{grouped(found.size)} patients"
    return f"Testing strategies for {patients}: {found.population.title}{made_up}"


def tag(found: Comparison) -> str:
    """Return what stands behind whatever speaks of costs: that they are illustrative, or nothing."""
    return " (illustrative costs)" if found.costs_are_illustrative else ""


def expected(found: Comparison) -> str:
    """Return among how many patients, and how many fusions, the outcomes are expected."""
    fusions = amount(found.rows[0].outcomes["fusions"])
    return f"Expected among {grouped(found.size)} patients, {fusions} of them with a fusion"


def answer(found: Comparison) -> list[str]:
    """Return what the comparison says, in a sentence or three: who finds most, and what the frontier costs."""
    fusions = found.rows[0].outcomes["fusions"]
    most = max(found.rows, key=lambda row: row.outcomes["found"])
    if not most.outcomes["found"]:
        return ["No strategy here finds a fusion."]
    said = [
        f"Of {amount(fusions)} fusions expected, {most.name} finds most: {amount(most.outcomes['found'])}, with "
        f"{amount(most.outcomes['tested'])} of {grouped(found.size)} patients tested."
    ]
    finders = [row for row in found.rows if row.outcomes["found"] > 0 and row.cost_per_found is not None]
    least = min(finders, key=lambda row: row.cost_per_found or 0.0)
    if least is not most:
        unit = f"{found.currency}, illustrative" if found.costs_are_illustrative else found.currency
        said.append(
            f"{least.name} finds {amount(least.outcomes['found'])} at the lowest cost for each, "
            f"{amount(least.cost_per_found)} ({unit}) against {amount(most.cost_per_found)}."
        )
    wrong = [f"{row.name} {amount(row.outcomes['false_positive'])}" for row in (most, least)]
    if any(row.outcomes["false_positive"] >= 0.005 for row in (most, least)):
        said.append(f"Reported where there is none: {', '.join(dict.fromkeys(wrong))}.")
    return said


def warnings(found: Comparison) -> list[str]:
    """Return what would make the tables misleading if it were read only below them."""
    said = []
    open_ = sum(cell.share for cell in found.population.cells if _extent(cell.facts, cell.workup) == "unknown")
    remedy = "for example --assume extent=metastatic" if open_ else "by `workup` in the file of the population"
    for row in found.rows:
        o = row.outcomes
        if not o["undecided"]:
            continue
        why = (
            f"{amount(o['undecided'])} of {grouped(found.size)} patients stay undecided, because their extent, "
            "drivers or histology are not known. They count as not tested"
        )
        if o["missed_undecided"] < _FEW * o["fusions"]:
            said.append(f"{row.name}: {why}; hardly any of its missed fusions are theirs.")
        else:
            said.append(
                f"{row.name} is not comparable here: {why}, and {amount(o['missed_undecided'])} of its "
                f"{amount(o['missed'])} missed fusions are theirs. The other strategies test without asking. Give the "
                f"facts, or say what is taken of them, {remedy}."
            )
    if open_ and any(row.outcomes["false_positive"] for row in found.rows):
        said.append(
            f"The extent of {percent(open_)} of the patients is not known; none of them counts as treated, so "
            "false positives treated are too few."
        )
    return said


def picture_notes(found: Comparison) -> list[str]:
    """Return what a picture must say by itself, as it may be seen without the tables."""
    said = [cost_line(found)] if found.costs_are_illustrative else []
    for row in found.rows:
        if row.outcomes["missed_undecided"] >= _FEW * row.outcomes["fusions"] > 0:
            said.append(
                f"{row.name} is not comparable: {amount(row.outcomes['undecided'])} of {grouped(found.size)} patients "
                "are undecided for want of a fact, and count as not tested."
            )
    if all(row.net_benefit is None for row in found.rows) and any(r.outcomes["false_positive"] for r in found.rows):
        said.append("Fusions reported where there is none cost nothing here.")
    return said


def _extent(facts: dict[str, str], workup: dict[str, str]) -> str:
    return workup.get("extent") or facts.get("extent", "unknown")


def cost_line(found: Comparison) -> str:
    """Return where costs and times come from; for the shipped ones, that they have no source."""
    if found.costs_are_illustrative and found.costs != ILLUSTRATIVE:
        return f"Costs, times and failure rates: {found.costs}; costs in {found.currency}."
    if found.costs_are_illustrative:
        return f"Costs, times and failure rates are illustrative, without a source; costs in {found.currency}."
    return f"Costs, times and failure rates: {found.costs}; costs in {found.currency}."


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
    return ", ".join(f"{level.replace('_', ' ')} {percent(share)}" for level, share in of.items())


def notes(found: Comparison) -> list[str]:
    """Return what the reader must know beside the numbers."""
    said = [
        "Exact expectations with the central value of every parameter. A reported fusion counts as found in priority "
        "+++ also where testing ended on a stain or FISH alone.",
        "Tests of different kinds are taken as independent given the true status; RNA sequencing that succeeds is the "
        "reference. A repeated test fails as often as the first time; in poor tissue it fails more often.",
    ]
    if found.uncertainty is None:
        said.append("Every number rests on few fusions in published series: --draws 2000 shows how unsure it is.")
    if any(row.outcomes["false_positive"] for row in found.rows):
        said.append(
            "The frontier weighs cost against fusions found alone: look at the false positives beside it. They cost "
            "something only in the net benefit, which is shown where the cost file has an entry `treatment`."
        )
    unlike = [c for c in found.population.cells if c.facts.get("differentiation") in _STAIN_UNLIKE]
    if unlike and any(row.outcomes.get("tests:pan_trk_ihc") for row in found.rows):
        share = sum(cell.share for cell in unlike)
        said.append(
            f"In {percent(share)} of the patients the tumour is myogenic, neural or neuroendocrine: a strategy that "
            "stains it meets more false positives than shown (IHC-3, IHC-4); no study counts them, so the figure of "
            "sarcoma stands."
        )
    said += [f"{row.name}: {row.note}" for row in found.rows if row.note]
    said += [f"Population: {found.population.note}"] if found.population.note else []
    said += [f"Taken as: {line}." for line in found.population.assumed]
    by_why: dict[str, float] = {}
    for cell in found.population.cells:
        if why := found.stands_in.get(cell.name):
            by_why[why] = by_why.get(why, 0.0) + cell.share
    said += [
        f"Frequency of fusions in {percent(share)} of the patients: {why[0].lower()}{why[1:].rstrip('.')}."
        for why, share in by_why.items()
    ]
    if found.costs_note:
        said.append(found.costs_note)
    return said
