"""A summary and a comparison of cohorts as reports of sheets, with exact intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ntrkpath.cohort.diff import Changed, CohortDiff, Moved
from ntrkpath.cohort.summarise import Agreement, Group, Share, Summary, Turnaround
from ntrkpath.guidance import Edition
from ntrkpath.model.numbers import grouped, percent
from ntrkpath.report.cohort_pictures import pictures
from ntrkpath.report.cohort_terms import counted, dates_note, interval, level, origin
from ntrkpath.report.sheet import Report, Row, Sheet, named, rests_on


def summary_report(summary: Summary, edition: Edition | None) -> Report:
    """Return a summary as a report.

    Args:
        edition: The edition that decided the cohort; without it levels, steps and questions are named by their keys.
    """
    by = summary.about.guideline
    rests = f"{by['id']} {by['version']}, sha256 {by['sha256'][:12]}"
    absent = f"The edition {rests} is not here: its keys stand for its words, and its intended use is not known."
    total = summary.funnel.diagnosed
    sheets = [
        _funnel(summary),
        _levels("Tier", summary.tiers, total, edition),
        _levels("Priority", summary.priorities, total, edition),
        _groups("Fusions among the tested, by histology group", "histology_group", summary.histologies, edition),
        _groups("Fusions among the tested, by priority", "priority", summary.by_priority, edition),
        _steps(summary, edition),
    ]
    if summary.stain is not None:
        sheets += [_square(summary.stain), _agreement(summary.stain)]
    if summary.partners:
        rows = [named("fusions", name, (grouped(n),), cases=n) for name, n in summary.partners.items()]
        sheets.append(_sheet("Fusions as the sources name them", ("Fusion", ">Cases"), rows, "fusions", folded=True))
    if summary.turnaround is not None:
        sheets.append(_turnaround(summary.turnaround))
    sheets.append(_missing(summary, edition))
    return Report(
        title=f"Cohort: {summary.about.source}", lead=(f"{origin(summary.about)}.",), sheets=tuple(sheets),
        pictures=pictures(summary, edition), source=f"Summed up by the edition {rests}",
        use=edition.intended_use if edition else "", cautions=() if edition else (absent,),
    )  # fmt: skip


def _sheet(
    title: str, heads: tuple[str, ...], rows: Iterable[Row], ident: str, *notes: str, folded: bool = False
) -> Sheet:
    notes = tuple(filter(None, notes))
    return Sheet(title=title, heads=heads, rows=tuple(rows), ident=ident, notes=notes, folded=folded)


def _of(count: int, total: int) -> str:
    return percent(count / total) if total else ""


def _funnel(summary: Summary) -> Sheet:
    f = summary.funnel
    stages: tuple[tuple[str, int | None], ...] = (
        ("Diagnosed", f.diagnosed), ("Within the guidance", f.in_scope), ("Tested for NTRK fusions", f.tested),
        ("Fusion found", f.positive), ("Given a TRK inhibitor", f.treated),
    )  # fmt: skip
    rows = []
    before: int | None = None
    for name, count in stages:
        share = _of(count, before) if count is not None and before else ""
        rows.append(named("funnel", name, (counted(count), share), cases=count))
        before = count
    more = grouped(f.treated_otherwise)
    return _sheet(
        "From diagnosed to treated", ("Stage", ">Cases", ">Of the stage before"), rows, "funnel",
        f"{more} more were given a TRK inhibitor without evidence of a fusion here." if f.treated_otherwise else "",
    )  # fmt: skip


def _levels(title: str, counts: Mapping[str, int], total: int, edition: Edition | None) -> Sheet:
    fact = title.lower()
    rows = [
        named(fact, level(k, edition, fact), (grouped(n), _of(n, total)), level=k, cases=n) for k, n in counts.items()
    ]
    return _sheet(title, (title, ">Cases", ">Share"), rows, fact)


def _groups(title: str, fact: str, groups: Iterable[Group], edition: Edition | None) -> Sheet:
    ident = {"histology_group": "histologies"}.get(fact, f"by-{fact}")
    rows = []
    for group in groups:
        s = group.positive
        found = (grouped(s.count), percent(s.share), interval(s)) if s else (counted(None), "", "")
        rows.append(
            named(
                ident, level(group.name, edition, fact), (grouped(group.cases), counted(group.tested), *found),
                level=group.name, cases=group.cases, tested=group.tested, **_figures(s),
            )
        )  # fmt: skip
    heads = ("Cases of", ">Cases", ">Tested", ">Fusion", ">Of tested", ">95 % interval")
    return _sheet(title, heads, rows, ident)


def _figures(share: Share | None) -> dict[str, float | None]:
    """Return a share as fields of a record, in percent."""
    if share is None:
        return {}
    ends = {"percent": share.share, "low": share.low, "high": share.high}
    return {"count": share.count, "of": share.of} | {
        name: None if value is None else 100 * value for name, value in ends.items()
    }


def _steps(summary: Summary, edition: Edition | None) -> Sheet:
    total = summary.funnel.diagnosed
    rows = [
        named("steps", edition.actions.get(a, a) if edition else a, (grouped(n), _of(n, total)), action=a, cases=n)
        for a, n in summary.actions.items()
    ]
    return _sheet("Next steps", ("Next step", ">Cases", ">Share"), rows, "steps", "A case can have several.")


def _square(a: Agreement) -> Sheet:
    rows = [
        named("stain", name, (grouped(fusion), grouped(none)), fusion=fusion, no_fusion=none)
        for name, fusion, none in (
            ("Stain positive", a.both, a.stain_only), ("Stain negative", a.sequencing_only, a.neither),
        )
    ]  # fmt: skip
    left = f"{grouped(a.not_compared)} cases with both are not compared: one of the two gives no plain answer."
    return _sheet(
        "Pan-TRK stain against sequencing", ("", ">Fusion by sequencing", ">No fusion"), rows, "stain",
        left if a.not_compared else "",
    )  # fmt: skip


def _agreement(a: Agreement) -> Sheet:
    at = f"at a prevalence of {percent(a.prevalence.share)}"
    rows = [
        named(
            "agreement", f"{name} {note}".strip(),
            (f"{grouped(s.count)} of {grouped(s.of)}", percent(s.share) if s.share is not None else "", interval(s)),
            **_figures(s),
        )
        for name, s, note in (
            ("Sensitivity", a.sensitivity, ""), ("Specificity", a.specificity, ""),
            ("Positive predictive value", a.positive_predictive_value, at),
            ("Negative predictive value", a.negative_predictive_value, at),
        )
    ]  # fmt: skip
    kappa = "" if a.kappa is None else f"Cohen's kappa {a.kappa:.2f} ({a.kappa_low:.2f} to {a.kappa_high:.2f})."
    return _sheet("How the stain agrees", ("", ">Cases", ">Share", ">95 % interval"), rows, "agreement", kappa)


def _turnaround(t: Turnaround) -> Sheet:
    told = (
        ("Median", f"{t.median:g}"), ("Quartiles", f"{t.lower_quartile:g} to {t.upper_quartile:g}"),
        ("Range", f"{t.shortest} to {t.longest}"),
    )  # fmt: skip
    rows = [named("turnaround", name, (days,), days=days) for name, days in told]
    left = f" {grouped(t.impossible)} reported before they were requested are left out." if t.impossible else ""
    return _sheet(
        "From request to report", ("", ">Days"), rows, "turnaround", f"{grouped(t.cases)} cases.{left}"
    )  # fmt: skip


def _missing(summary: Summary, edition: Edition | None) -> Sheet:
    rows = []
    for m in summary.missing:
        question = edition.facts[m.fact].question if edition and m.fact in edition.facts else m.fact
        could = "not worked out" if m.could_change is None else grouped(m.could_change)
        rows.append(
            named(
                "missing", question, (grouped(m.undecided), grouped(m.alone), could),
                fact=m.fact, keeps_open=m.undecided, alone=m.alone, could_change=m.could_change,
            )
        )  # fmt: skip
    heads = ("Question", ">Keeps the priority open", ">By this alone", ">Could change a next step")
    said = f"{grouped(summary.undecided)} cases have an undetermined priority."
    return _sheet("What is missing", heads, rows, "missing", said, folded=True)


def diff_report(diff: CohortDiff, edition: Edition) -> Report:
    """Return a comparison as a report."""
    sheets = [_changes(diff), _moved("Tier", diff.tiers, edition), _moved("Priority", diff.priorities, edition)]
    sheets += [
        _gained(title, counts, edition) for title, counts in (("Gained", diff.gained), ("Lost", diff.lost)) if counts
    ]
    if diff.cases:
        sheets.append(_cases(diff.cases))
    return Report(
        title="Two cohorts compared", sheets=tuple(sheets), use=edition.intended_use,
        lead=tuple(filter(None, (
            f"Before: {origin(diff.before)}.", f"After: {origin(diff.after)}.", dates_note(diff),
            f"{grouped(diff.both)} cases in both, {grouped(diff.only_before)} only before, "
            f"{grouped(diff.only_after)} only after.",
        ))),
        source=f"In the words of the edition {rests_on(edition)}",
    )  # fmt: skip


def _changes(diff: CohortDiff) -> Sheet:
    changes = [
        ("Actions change", diff.actions_changed), ("Tier changes", diff.tier_changed),
        ("Priority changes", diff.priority_changed), ("Other rules, same actions", diff.rules_only),
    ]  # fmt: skip
    if diff.labels_changed is not None:
        changes.append(("Label status changes", diff.labels_changed))
    rows = [named("changes", name, (grouped(n), _of(n, diff.both)), cases=n) for name, n in changes]
    title = f"What changes among the {grouped(diff.both)} cases in both"
    return _sheet(title, ("", ">Cases", ">Share"), rows, "changes")


def _moved(title: str, moved: tuple[Moved, ...], edition: Edition) -> Sheet:
    fact = title.lower()
    levels = list(dict.fromkeys([m.before for m in moved] + [m.after for m in moved]))
    cells = {(m.before, m.after): m.cases for m in moved}
    words = {name: level(name, edition, fact) for name in levels}
    rows = [
        named(
            fact, words[b], tuple(grouped(cells.get((b, a), 0)) for a in levels), before=b,
            **{f"after_{a}": cells.get((b, a), 0) for a in levels},
        )
        for b in levels
    ]  # fmt: skip
    return _sheet(f"{title} before (rows) and after (columns)", ("", *(f">{words[a]}" for a in levels)), rows, fact)


def _gained(title: str, counts: Mapping[str, int], edition: Edition) -> Sheet:
    rows = []
    for entry, n in counts.items():
        action, _, strength = entry.partition(":")
        cells = (strength, grouped(n))
        rows.append(
            named(title.lower(), edition.actions.get(action, action), cells, action=action, strength=strength, cases=n)
        )
    return _sheet(f"{title} next steps", ("Next step", "Strength", ">Cases"), rows, title.lower())


def _cases(cases: tuple[Changed, ...]) -> Sheet:
    rows = []
    for c in cases:
        before, after = set((c.labels_before or "").split()), set((c.labels_after or "").split())
        below = tuple(
            f"Labels {title}: {'; '.join(sorted(label.replace('@', ', ').replace('=', ': ') for label in labels))}."
            for title, labels in (("gone", before - after), ("new", after - before))
            if labels
        )
        cells = (c.case_id, f"{c.priority_before} → {c.priority_after}", c.actions_before, c.actions_after)
        record = {
            "sheet": "cases", "row": c.case_id, "priority_before": c.priority_before,
            "priority_after": c.priority_after, "actions_before": c.actions_before, "actions_after": c.actions_after,
        }  # fmt: skip
        rows.append(Row(cells=cells, below=below, record=record))
    title = f"Changed cases, the first {grouped(len(cases))}"
    return _sheet(title, ("Case", "Priority", "Before", "After"), rows, "cases")
