"""Makes ``probability_figures.yaml``: every frequency, accuracy and probability that a case can ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from ntrkpath.evidence.data import Evidence, evidence_of
from ntrkpath.evidence.posterior import Spread, Uncertain
from ntrkpath.evidence.posttest import after, likelihood_ratio
from ntrkpath.evidence.probability_sources import RULES, combination, made_from
from ntrkpath.evidence.studies import AccuracyStudy
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.errors import GuidanceError
from ntrkpath.rules.conditions import Ruled, When

_SIDES = ("sensitivity", "specificity")


def figures(edition: Edition) -> dict[str, Any]:
    """Return the figures of an edition as plain data.

    Raises:
        GuidanceError: ``probability.yaml`` names a study or a pool that is not there, or that lacks the counts.
        EvidenceError: numpy or scipy is not installed.
    """
    evidence, rules = evidence_of(edition), edition.data[RULES]
    _check(edition)
    accuracy = {entry["id"]: _accuracy(evidence, entry) for entry in rules["accuracy"]}
    frequency = {group: _frequency(evidence, group) for group in sorted({group for group, _ in _reached(edition)})}
    overs = {entry["id"]: _over(evidence, entry) for entry in rules["accuracy"]}
    signs = {test["id"]: _signs(test) for test in rules["tests"]}
    tests = {entry["id"]: entry["test"] for entry in rules["accuracy"]}
    found: dict[str, dict[str, list[float]]] = {group: {} for group in frequency}
    for group, used in sorted(_reached(edition)):
        for results in _combinations(used, tests, signs):
            if combination(results) not in found[group]:
                found[group][combination(results)] = _after(frequency[group], accuracy, overs, results)
    return {
        "made_from": made_from(edition),
        "frequencies": {group: shown for group, (_, shown) in frequency.items()},
        "accuracy": {ident: shown for ident, (_, _, shown) in accuracy.items()},
        "after": found,
    }


def _signs(test: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the results of a test that some case can have weighed, or may be told of next."""
    weighed = [entry["sign"] for entry in test["results"] if entry["effect"] == "weighed"]
    return tuple(dict.fromkeys([*weighed, *test.get("next", {}).get("signs", ())]))


def _check(edition: Edition) -> None:
    """Check that every condition of ``probability.yaml`` names facts, levels and histologies that are there."""
    rules = edition.data[RULES]
    entries = [*rules["without_figure"], *rules["not_shown"], *rules["accuracy"], *rules["assumptions"]]
    for test in rules["tests"]:
        entries += [*test["results"], *([test["next"]] if "next" in test else [])]
    groups = {group["id"] for group in edition.data["evidence_frequency"]["groups"]}
    named = {"histology": {histology.id for histology in edition.vocabulary}, "frequency": groups}
    for entry in entries:
        for fact, wanted in When(entry.get("when", {})).wanted:
            where = f"{RULES}.yaml: {entry.get('id') or entry.get('why') or entry.get('text') or entry['when']}"
            if fact not in named and fact not in edition.facts:
                raise GuidanceError("no such fact", where=where, value=fact)
            allowed = named[fact] if fact in named else set(edition.facts[fact].levels)
            if stray := wanted - allowed:
                raise GuidanceError(f"no such {fact}", where=where, value=min(stray))


def _reached(edition: Edition) -> set[tuple[str, tuple[str, ...]]]:
    """Return every group of frequencies with the accuracies, one a test, that some case can bring together."""
    rules = edition.data[RULES]
    assignments = Ruled(edition.data["evidence_frequency"]["assignments"])
    ruled = [Ruled(e for e in rules["accuracy"] if e["test"] == test["id"]) for test in rules["tests"]]
    facts = sorted((assignments.facts() | {f for r in ruled for f in r.facts()}) - {"histology", "histology_group"})
    states = [dict(zip(facts, levels, strict=True)) for levels in product(*(edition.facts[f].levels for f in facts))]
    found = set()
    for histology, state in product(edition.vocabulary, states):
        levels = {"histology": histology.id, "histology_group": histology.group, **state}
        assigned = assignments.first(levels)
        if assigned is not None and assigned["group"] is not None:
            used = [entry["id"] for r in ruled if (entry := r.first(levels)) is not None]
            found.add((assigned["group"], tuple(used)))
    return found


def _combinations(
    used: tuple[str, ...], tests: Mapping[str, str], signs: Mapping[str, tuple[str, ...]]
) -> Iterator[list[tuple[str, str]]]:
    """Yield every set of results that can be weighed together, in the order of the tests."""
    for chosen in product(*((None, *signs[tests[ident]]) for ident in used)):
        results = [(ident, sign) for ident, sign in zip(used, chosen, strict=True) if sign is not None]
        if results:
            yield results


def _frequency(evidence: Evidence, ident: str) -> tuple[Uncertain, dict[str, Any]]:
    studies = evidence.studies(ident)
    x, n = [s.positive for s in studies], [s.tested for s in studies]
    spread = Uncertain.new_centre(x, n)
    return spread, {
        "says": evidence.group(ident).says,
        "probability": _rounded(spread.range()),
        "counts": f"{sum(x)} of {sum(n)}",
        "studies": [f"{s.label}: {s.positive} of {s.tested}" for s in studies],
    }


def _study(evidence: Evidence, ident: str, entry: str) -> AccuracyStudy:
    study = evidence.accuracy_studies.get(ident)
    if study is None:
        raise GuidanceError("no such study of accuracy", where=f"probability.yaml: {entry}", value=ident)
    return study


def _counts(evidence: Evidence, side: str, ident: str, entry: str) -> tuple[int, int]:
    counts = getattr(_study(evidence, ident, entry), side)
    if counts is None:
        raise GuidanceError(f"a study without counts of {side}", where=f"probability.yaml: {entry}", value=ident)
    return int(counts[0]), int(counts[1])


def _accuracy(evidence: Evidence, entry: Mapping[str, Any]) -> tuple[Uncertain, Uncertain, dict[str, Any]]:
    spreads, shown = [], []
    for side in _SIDES:
        ((kind, ident),) = entry[side].items()
        if kind == "pool":
            if ident not in evidence.pools:
                raise GuidanceError("no such pool", where=f"probability.yaml: {entry['id']}", value=ident)
            members = evidence.pools[ident].studies
            pairs = [_counts(evidence, side, study, entry["id"]) for study in members]
            spread = Uncertain.new_centre([x for x, _ in pairs], [n for _, n in pairs])
            source = ", ".join(evidence.accuracy_studies[study].label for study in members)
        elif kind == "study":
            pairs = [_counts(evidence, side, ident, entry["id"])]
            spread = Uncertain.new_centre([pairs[0][0]], [pairs[0][1]])
            source = evidence.accuracy_studies[ident].label
        else:
            printed = _study(evidence, ident, entry["id"]).printed
            value = getattr(printed, side) if printed else None
            if value is None:
                raise GuidanceError(f"prints no {side}", where=f"probability.yaml: {entry['id']}", value=ident)
            pairs, spread = [], Uncertain.certain(value / 100)
            source = evidence.accuracy_studies[ident].label
        counts = f"{sum(x for x, _ in pairs)} of {sum(n for _, n in pairs)}" if pairs else "printed, without counts"
        estimate, low, high = _rounded(spread.range())
        spreads.append(spread)
        shown.append({"estimate": estimate, "low": low, "high": high, "counts": counts, "source": source})
    sensitivity, specificity = spreads
    return (
        sensitivity,
        specificity,
        {
            "sensitivity": shown[0],
            "specificity": shown[1],
            **{
                sign: _rounded(Spread.ratio(sensitivity, specificity, sign == "positive").ratio_range())
                for sign in ("positive", "negative")
            },
        },
    )


def _over(evidence: Evidence, entry: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Return sensitivity and specificity of the pairs of studies that are put in one after the other."""
    pairs = []
    for sensitive, specific in entry.get("over", ()):
        (x, n), (y, m) = (
            _counts(evidence, side, ident, entry["id"])
            for side, ident in zip(_SIDES, (sensitive, specific), strict=True)
        )
        pairs.append((x / n, y / m))
    return pairs


def _after(
    frequency: tuple[Uncertain, dict[str, Any]],
    accuracy: Mapping[str, tuple[Uncertain, Uncertain, dict[str, Any]]],
    overs: Mapping[str, list[tuple[float, float]]],
    results: list[tuple[str, str]],
) -> list[float]:
    """Return median, low, high, and the lowest and highest over the studies where pairs of them are named."""
    spread = frequency[0].spread()
    single = [frequency[1]["probability"][0]]
    for ident, sign in results:
        sensitivity, specificity, shown = accuracy[ident]
        spread = spread.plus(Spread.ratio(sensitivity, specificity, sign == "positive"))
        pairs = overs[ident] or [(shown["sensitivity"]["estimate"], shown["specificity"]["estimate"])]
        single = [after(p, likelihood_ratio(*pair, sign == "positive")) for p in single for pair in pairs]
    found = _rounded(spread.range())
    return [*found, *_rounded((min(single), max(single)))] if any(overs[ident] for ident, _ in results) else found


def _rounded(values: tuple[float, ...]) -> list[float]:
    """Round to six decimals, or to three digits where these would be fewer."""
    return [round(value, 6) if value >= 0.001 else float(f"{value:.3g}") for value in values]
