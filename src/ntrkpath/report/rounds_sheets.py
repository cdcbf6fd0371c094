"""The sheets of a scored round: what the organiser reads, each row with the record that CSV and JSON carry."""

from __future__ import annotations

from collections.abc import Iterable

from ntrkpath.model.numbers import percent, percent_with_range, set_percent, significant
from ntrkpath.report.rounds_terms import call_words, cause_words, outcome_words
from ntrkpath.report.sheet import Row, Sheet
from ntrkpath.rounds.result import Result
from ntrkpath.rounds.score import Score
from ntrkpath.rounds.shares import Ratio
from ntrkpath.vocabulary.methods import method_name

#: With more laboratories than this a page leaves their shares to the CSV.
_MANY = 200
_RESULTS = (
    "Laboratory",
    "Assay",
    "Sample",
    "Reference",
    "Reported",
    "Worth",
    "Cause",
    "Evidence",
)


def told(ratio: Ratio) -> str:
    """Return a ratio in words: ``15 of 18, 83.3 % (58.6 to 96.4 %)``."""
    if ratio.interval is None:
        return "none counted"
    found = ratio.interval
    return f"{ratio.count} of {ratio.of}, {percent_with_range(found.estimate, found.low, found.high)}"


def brief(ratio: Ratio, clear: Ratio | None = None) -> str:
    """Return a ratio for a narrow column: ``15/18, 83.3 % (58.6 to 96.4 %)``; or ``the same`` as ``clear``."""
    if ratio.interval is None:
        return "none counted"
    if clear is not None and (ratio.count, ratio.of) == (clear.count, clear.of):
        return "the same"
    found = ratio.interval
    return f"{ratio.count}/{ratio.of}, {percent_with_range(found.estimate, found.low, found.high)}"


def _ratio_record(ratio: Ratio, name: str) -> dict[str, object]:
    found = ratio.interval
    return {
        f"{name}_count": ratio.count,
        f"{name}_of": ratio.of,
        f"{name}_percent": None if found is None else round(100 * found.estimate, 3),
        f"{name}_low": None if found is None else round(100 * found.low, 3),
        f"{name}_high": None if found is None else round(100 * found.high, 3),
    }


def result_record(one: Result) -> dict[str, object]:
    """Return a result as a flat record."""
    return {
        "laboratory": one.laboratory,
        "assay": one.assay,
        "method": one.method,
        "panel": one.panel,
        "sample": one.sample,
        "reference": one.reference,
        "expected": one.expected,
        "reported": one.call,
        "named": one.named,
        "event": one.event_named,
        "outcome": one.outcome,
        "before_appeal": one.before_appeal or "",
        "faults": "; ".join(one.faults),
        "critical": "; ".join(one.critical),
        "sight": one.sight.call if one.sight is not None else "",
        "cause": one.cause.id if one.cause is not None else "",
        "certainty": one.cause.certainty if one.cause is not None else "",
        "evidence": " ".join(one.cause.evidence) if one.cause is not None else "",
        "why": one.says,
        "rules": " ".join([*one.rules, *([one.cause.rule] if one.cause is not None else [])]),
        "days": "" if one.days is None else one.days,
    }


def results_sheet(results: Iterable[Result], title: str = "Results", ident: str = "results") -> Sheet:
    """Return results, one row each."""
    rows = []
    for one in results:
        cause = cause_words(one)
        cells = (
            one.laboratory,
            one.assay,
            one.sample,
            one.reference,
            call_words(one),
            outcome_words(one),
            cause,
            " ".join(one.cause.evidence) if one.cause is not None and cause else "",
        )
        rows.append(Row(cells=cells, record=result_record(one)))
    return Sheet(title=title, heads=_RESULTS, rows=tuple(rows), ident=ident)


def shares_sheet(score: Score, whole: bool = True) -> Sheet:
    """Return the tallies of every kind of group; without ``whole`` many laboratories are left to the CSV."""
    heads = (
        "Group",
        ">Right",
        ">Wrong",
        ">Out of design",
        ">Inconclusive",
        ">Failed",
        ">Not sent",
        ">Not readable",
        "Right of right and wrong",
        "with out of design",
        "inconclusive as wrong",
        "inconclusive as right",
    )
    rows = []
    for one in score.tallies:
        if not whole and one.by == "laboratory" and len(score.laboratories) > _MANY:
            continue
        name = {"round": "All results", "method": method_name(one.name)}.get(one.by, one.name)
        beside = tuple(str(one.beside[k]) for k in one.beside)
        ways = (one.with_design, one.inconclusive_wrong, one.inconclusive_right)
        record: dict[str, object] = {
            "by": one.by,
            "name": one.name,
            "right": one.right,
            "wrong": one.wrong,
            **one.beside,
        }
        for way in ("clear", "with_design", "inconclusive_wrong", "inconclusive_right"):
            record |= _ratio_record(getattr(one, way), way)
        label = name if one.by in ("round", "method") else f"{one.by}: {name}"
        cells = (
            label,
            str(one.right),
            str(one.wrong),
            *beside,
            brief(one.clear),
            *(brief(way, one.clear) for way in ways),
        )
        rows.append(Row(cells=cells, record=record, kind="group" if one.by == "round" else "study"))
    notes = (
        "Intervals are exact (Clopper-Pearson, 95 %) and take results as independent; those of many laboratories on "
        "the same samples are not, so that the share over the round has a wider interval where it can be given.",
    )
    return Sheet(title="Counts and shares", heads=heads, rows=tuple(rows), notes=notes, ident="shares")


def accuracy_sheet(score: Score) -> Sheet:
    """Return sensitivity and specificity by kind of assay, inconclusive results both ways."""
    heads = ("Assay", "Measure", "Clear results", "with out of design", "inconclusive as positive", "as negative")
    rows = []
    for one in score.accuracies:
        ways = {
            "clear": one.clear,
            "with_design": one.with_design,
            "inconclusive_positive": one.inconclusive_positive,
            "inconclusive_negative": one.inconclusive_negative,
        }
        record: dict[str, object] = {"method": one.method, "measure": one.kind}
        for name, ratio in ways.items():
            record |= _ratio_record(ratio, name)
        rows.append(
            Row(
                cells=(
                    method_name(one.method),
                    one.kind,
                    *(brief(way, None if name == "clear" else one.clear) for name, way in ways.items()),
                ),
                record=record,
            )
        )
    notes = ("Of the samples of this round, not of patients: no predictive value follows.",)
    return Sheet(title="Sensitivity and specificity", heads=heads, rows=tuple(rows), notes=notes, ident="accuracy")


def _coefficient(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "not defined"
    return f"{value:.2f}" if low is None or high is None else f"{value:.2f} ({low:.2f} to {high:.2f})"


def agreement_sheet(score: Score) -> Sheet:
    """Return agreement by kind of assay: per cent, Fleiss' kappa and Gwet's AC1 together, Krippendorff's alpha."""
    heads = (
        "Assay",
        ">Assays",
        ">Samples",
        ">Results",
        ">Pairs alike",
        "Fleiss kappa",
        "Gwet AC1",
        ">Krippendorff alpha",
    )
    rows = []
    for one in score.agreement:
        found = one.agreement
        if found.per_cent is None:
            continue
        parts = [(c.value, c.low, c.high) for c in (found.fleiss, found.ac1, found.alpha)]
        record = {
            "method": one.method,
            "assays": one.laboratories,
            "samples": found.samples,
            "results": found.results,
            "pairs_alike_percent": round(100 * found.per_cent, 3),
            "fleiss": parts[0][0],
            "fleiss_low": parts[0][1],
            "fleiss_high": parts[0][2],
            "ac1": parts[1][0],
            "ac1_low": parts[1][1],
            "ac1_high": parts[1][2],
            "alpha": parts[2][0],
        }
        cells = (
            method_name(one.method),
            str(one.laboratories),
            str(found.samples),
            str(found.results),
            percent(found.per_cent),
            *(_coefficient(*part) for part in parts),
        )
        rows.append(Row(cells=cells, record=record))
    notes = (
        "Agreement on calls alone, right or wrong. Kappa falls to nothing where nearly all samples are alike; AC1 does "
        "not.",
    )
    return Sheet(title="Agreement", heads=heads, rows=tuple(rows), notes=notes, ident="agreement")


def causes_sheet(score: Score) -> Sheet:
    """Return the causes of differences, most frequent first, with what to do."""
    from ntrkpath.report.rounds_terms import cause_entry

    rows = []
    for one in score.causes:
        entry = cause_entry(one.cause)
        sure = ", ".join(f"{count} {certainty}" for certainty, count in one.by_certainty.items())
        record = {"cause": one.cause, "method": one.method, "count": one.count, **one.by_certainty}
        cells = (entry["says"], method_name(one.method), str(one.count), sure, entry["do"])
        rows.append(Row(cells=cells, record=record))
    heads = ("Cause", "Assay", ">Results", "How sure", "What to do")
    return Sheet(title="Causes", heads=heads, rows=tuple(rows), ident="causes")


def marks_sheet(score: Score) -> Sheet:
    """Return what each assay of each laboratory earned, and what the mark does by the ability of a laboratory."""
    from ntrkpath.report.rounds_terms import critical_words

    rows = []
    for one in score.marks:
        passed = {True: "passed", False: "not passed", None: "no mark"}[one.passed]
        critical = "; ".join(f"{sample}: {critical_words(error)}" for sample, error in one.critical)
        record = {
            "laboratory": one.laboratory,
            "assay": one.assay,
            "counted": one.counted,
            "points": one.points,
            "of": one.of,
            "passed": one.passed,
            "why": one.why,
            "critical": "; ".join(f"{s} {e}" for s, e in one.critical),
        }
        cells = (
            one.laboratory,
            one.assay,
            str(one.counted),
            f"{one.points:g} of {one.of:g}",
            passed,
            one.why,
            critical,
        )
        rows.append(Row(cells=cells, record=record))
    rule = score.rule
    notes = [
        f"Rule {rule.name}: {rule.title}. Scheme: {rule.scheme}. Source: {rule.source}.",
        *filter(None, [rule.note]),
    ]
    if score.operating:
        first = score.operating[0]
        chances = ", ".join(f"right in {set_percent(one.ability)}: {percent(one.passes)}" for one in score.operating)
        notes.append(f"Chance to reach {first.needed} of {first.of} by the ability of a laboratory: {chances}.")
    heads = ("Laboratory", "Assay", ">Counted", ">Points", "Passed", "Why", "Critical errors")
    return Sheet(title="Marks", heads=heads, rows=tuple(rows), notes=tuple(notes), ident="marks")


def places_sheet(score: Score) -> Sheet:
    """Return where laboratories stand against the difficulty of their samples."""
    from ntrkpath.report.rounds_terms import STANDING

    rows = []
    for one in score.places:
        expected = "-" if one.expected is None else f"{one.expected:.1f} ({one.low} to {one.high})"
        chance = "-" if one.below is None else significant(one.below, 2)
        record = {
            "laboratory": one.laboratory,
            "right": one.right,
            "of": one.of,
            "expected": one.expected,
            "low": one.low,
            "high": one.high,
            "chance_of_so_few": one.below,
            "standing": one.standing,
        }
        cells = (one.laboratory, f"{one.right} of {one.of}", expected, chance, STANDING[one.standing])
        rows.append(Row(cells=cells, record=record))
    by_chance = 0.025 * len(score.places)
    notes = (
        "Expected from the results of the other laboratories on the same samples by the same kind of assay; limits are "
        f"those of the Poisson-binomial distribution (95 %). By chance alone {by_chance:.1f} of {len(score.places)} "
        "fall below them.",
    )
    heads = ("Laboratory", ">Right", ">Expected (95 %)", ">Chance of so few", "Standing")
    return Sheet(title="Where laboratories stand", heads=heads, rows=tuple(rows), notes=notes, ident="places")
