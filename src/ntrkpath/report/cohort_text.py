"""A summary and a comparison of cohorts as text: aligned tables, counts with exact intervals."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from ntrkpath.cohort.diff import CohortDiff, Moved
from ntrkpath.cohort.summarise import Agreement, Share, Summary
from ntrkpath.cohort.writing import About
from ntrkpath.guidance import Edition
from ntrkpath.model.numbers import grouped, percent, percent_range

NOT_STATED = "not stated"
#: Histology groups and actions that are listed.
_SHOWN = 12


def shown(share: Share) -> str:
    """Return a count among others with its interval, in words."""
    if share.share is None:
        return f"{grouped(share.count)} of {grouped(share.of)}"
    return f"{grouped(share.count)} of {grouped(share.of)}, {percent(share.share)} ({interval(share)})"


def interval(share: Share) -> str:
    """Return the 95 % interval of a share as ``0.1 to 2.3 %``."""
    if share.low is None or share.high is None:
        return ""
    return percent_range(share.low, share.high)


def level(name: str, edition: Edition, fact: str = "histology_group") -> str:
    """Return a level of a fact in plain words."""
    return edition.facts[fact].says.get(name, name.replace("_", " "))


def table(rows: Sequence[Sequence[str]], heads: Sequence[str] = ()) -> list[str]:
    """Return rows as lines: the first column to the left, the others to the right."""
    every = [*([list(heads)] if heads else []), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in every) for i in range(len(every[0]))] if every else []
    lines = []
    for row in every:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))]
        lines.append(("  " + "  ".join(cells)).rstrip())
    return lines


def origin(about: About) -> str:
    """Return how a cohort was decided, in one line."""
    by = f"{about.guideline['id']} {about.guideline['version']}, {about.as_of.isoformat()}"
    return f"{about.source}: {headline(about)}; {by}"


def headline(about: About) -> str:
    """Return what became of rows and columns: ``3 of 4 rows decided, 1 bad; columns ihc, rna not read``."""
    bad = f", {grouped(about.bad)} bad" if about.bad else ""
    return "; ".join([f"{grouped(about.decided)} of {grouped(about.rows)} rows decided{bad}", *unread(about.not_read)])


def unread(not_read: Mapping[str, str], most: int = 12, *, command: bool = True) -> list[str]:
    """Return in words which columns were not read, and which keys they may mean; nothing where all were.

    Args:
        most: Columns that are named.
        command: Whether the command that proposes a mapping is named.
    """
    if not not_read:
        return []
    names = ", ".join([*list(not_read)[:most], *([f"{len(not_read) - most} more"] if len(not_read) > most else [])])
    near = [f"{column}: {key}" for column, key in not_read.items() if key][:most]
    told = f"column{'s' if len(not_read) > 1 else ''} {names} not read"
    how = "; see `ntrkpath cohort map`" if command else ""
    return [f"{told} (nearest: {', '.join(near)}{how})" if near else told]


def counted(count: int | None) -> str:
    """Return a count in words; what no column tells is not stated, never none."""
    return NOT_STATED if count is None else grouped(count)


def funnel_lines(summary: Summary) -> list[tuple[str, str, str]]:
    """Return the stages of the funnel: name, count, share of the stage before."""
    f = summary.funnel
    stages: list[tuple[str, int | None]] = [
        ("diagnosed", f.diagnosed), ("within the guidance", f.in_scope), ("tested for NTRK fusions", f.tested),
        ("fusion found", f.positive), ("given a TRK inhibitor", f.treated),
    ]  # fmt: skip
    found, before = [], None
    for name, count in stages:
        share = percent(count / before) if count is not None and before else ""
        found.append((name, counted(count), share))
        before = count
    return found


def summary_text(summary: Summary, edition: Edition) -> str:
    """Return a summary as text of at most 100 columns."""
    lines = [origin(summary.about), "", "From diagnosed to treated (share of the line before)"]
    lines += table(funnel_lines(summary))
    if summary.funnel.treated_otherwise:
        more = grouped(summary.funnel.treated_otherwise)
        lines.append(f"  {more} more were given one without evidence of a fusion here.")
    total = summary.funnel.diagnosed
    for title, counts in (("Tier", summary.tiers), ("Priority", summary.priorities)):
        lines += ["", title]
        lines += table([(level(k, edition, title.lower()), grouped(n), percent(n / total)) for k, n in counts.items()])
    heads = ("", "cases", "tested", "fusion", "of tested", "95 % interval")
    for title, groups, fact in (
        ("By histology group", summary.histologies, "histology_group"),
        ("By priority", summary.by_priority, "priority"),
    ):
        lines += ["", title]
        rows = [
            (
                level(g.name, edition, fact), grouped(g.cases), counted(g.tested),
                *((grouped(s.count), percent(s.share), interval(s)) if (s := g.positive) else (counted(None), "", "")),
            )
            for g in groups
        ]  # fmt: skip
        lines += table(rows, heads)
    lines += ["", "Next steps (cases; a case can have several)"]
    actions = list(summary.actions.items())
    lines += table(
        [(textwrap.shorten(edition.actions.get(a, a), 80, placeholder=" ..."), grouped(n)) for a, n in actions[:_SHOWN]]
    )
    if summary.stain is not None:
        lines += ["", "Pan-TRK stain against sequencing", *_agreement(summary.stain)]
    if summary.partners:
        lines += ["", "Fusions", *table([(name, grouped(n)) for name, n in summary.partners.items()])]
    if summary.turnaround is not None:
        t = summary.turnaround
        lines += ["", "Days from request to report"]
        lines.append(
            f"  median {t.median:g}, quartiles {t.lower_quartile:g} to {t.upper_quartile:g}, range {t.shortest} to "
            f"{t.longest} ({grouped(t.cases)} cases)"
        )
        if t.impossible:
            lines.append(f"  {grouped(t.impossible)} reported before requested: left out.")
    lines += ["", *_missing(summary, edition)]
    return "\n".join(lines) + "\n"


def _agreement(a: Agreement) -> list[str]:
    lines = table(
        [
            ("stain positive", grouped(a.both), grouped(a.stain_only)),
            ("stain negative", grouped(a.sequencing_only), grouped(a.neither)),
        ],
        ("", "fusion", "no fusion"),
    )
    lines += table(
        [("sensitivity", shown(a.sensitivity)), ("specificity", shown(a.specificity))]
        + [
            (f"{name} at a prevalence of {percent(a.prevalence.share)}", shown(value))
            for name, value in (
                ("positive predictive value", a.positive_predictive_value),
                ("negative predictive value", a.negative_predictive_value),
            )
        ]
    )
    if a.kappa is not None:
        lines.append(f"  kappa {a.kappa:.2f} ({a.kappa_low:.2f} to {a.kappa_high:.2f})")
    if a.not_compared:
        lines.append(
            f"  {grouped(a.not_compared)} with stain and sequencing not compared: one of the two gives no plain answer."
        )
    return lines


def _missing(summary: Summary, edition: Edition) -> list[str]:
    lines = [f"What is missing; {grouped(summary.undecided)} cases have an undetermined priority"]
    rows = []
    for m in summary.missing:
        question = edition.facts[m.fact].question if m.fact in edition.facts else m.fact
        could = "-" if m.could_change is None else grouped(m.could_change)
        rows.append((textwrap.shorten(question, 56, placeholder=" ..."), grouped(m.undecided), grouped(m.alone), could))
    return lines + table(rows, ("", "keeps open", "alone", "could change a step"))


def diff_text(diff: CohortDiff) -> str:
    """Return a comparison as text."""
    lines = [f"before  {origin(diff.before)}", f"after   {origin(diff.after)}", ""]
    only_before, only_after = grouped(diff.only_before), grouped(diff.only_after)
    lines.append(f"{grouped(diff.both)} cases in both, {only_before} only before, {only_after} only after")
    changes = [
        ("actions change", diff.actions_changed),
        ("tier changes", diff.tier_changed),
        ("priority changes", diff.priority_changed),
        ("other rules, same actions", diff.rules_only),
    ]
    if diff.labels_changed is not None:
        changes.append(("label status changes", diff.labels_changed))
    rows = [(name, grouped(n), percent(n / diff.both if diff.both else None)) for name, n in changes]
    lines += table(rows)
    if note := dates_note(diff):
        lines.append(f"  {note}")
    for title, moved in (("Tier", diff.tiers), ("Priority", diff.priorities)):
        if any(m.before != m.after for m in moved):
            lines += ["", f"{title} before (rows) and after (columns)", *cross_table(moved)]
    for title, counts in (("Gained", diff.gained), ("Lost", diff.lost)):
        if counts:
            lines += ["", f"{title} (cases)", *table([(a.replace(":", ", "), grouped(n)) for a, n in counts.items()])]
    if diff.cases:
        lines += ["", f"First {grouped(len(diff.cases))} changed cases"]
        for c in diff.cases:
            lines.append(f"  {c.case_id}: {c.priority_before} -> {c.priority_after}")
            if c.actions_before != c.actions_after:
                lines += [f"    before  {c.actions_before}", f"    after   {c.actions_after}"]
            before, after = set((c.labels_before or "").split()), set((c.labels_after or "").split())
            for title, labels in (("gone", before - after), ("new", after - before)):
                if labels:
                    lines.append(f"    labels {title}:")
                    lines += [f"      {label.replace('@', ', ').replace('=', ': ')}" for label in sorted(labels)]
    return "\n".join(lines) + "\n"


def dates_note(diff: CohortDiff) -> str:
    """Return what to say where the two runs differ in nothing but the date."""
    if diff.before.guideline != diff.after.guideline or diff.before.as_of == diff.after.as_of:
        return ""
    if diff.labels_changed is not None:
        return "Same edition: the date bears on the labels alone."
    return "Same edition: the date bears on the labels alone, which `cohort triage --labels` adds."


def cross_table(moved: Sequence[Moved]) -> list[str]:
    """Return counts by level before and after as lines."""
    levels = list(dict.fromkeys([m.before for m in moved] + [m.after for m in moved]))
    cells = {(m.before, m.after): m.cases for m in moved}
    rows = [(b, *(grouped(cells.get((b, a), 0)) for a in levels)) for b in levels]
    return table(rows, ("", *levels))
