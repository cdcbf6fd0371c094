"""Results, worklists and plans of a study as text, CSV, JSON and HTML."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Mapping, Sequence

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model.delimited import neutral
from ntrkpath.model.numbers import grouped, percent, set_percent
from ntrkpath.registry.study.changed import Changed
from ntrkpath.registry.study.planned_screening import ToScreen
from ntrkpath.registry.study.planned_sequencing import ToSequence
from ntrkpath.registry.study.results import Results
from ntrkpath.registry.study.review import ToReview
from ntrkpath.registry.study.worklists import LISTS, Item
from ntrkpath.report.sheet import Report
from ntrkpath.report.study_pictures import pictures
from ntrkpath.report.study_sheets import figure_why, sheets

_WIDTH = 110


def lead(found: Results) -> tuple[str, ...]:
    """Return what stands first: how many, how many fusions, what the stain finds, and what is not known."""
    every, accuracy = found.frequency[0], found.accuracy
    return (
        f"{found.participants} tumours at {len(found.sites)} sites on {found.as_of}; {every.stained} with a readable "
        f"stain, {every.sequenced} sequenced with a result, {every.found.count} with an NTRK fusion.",
        f"Frequency over all stained: {figure_why(every.reckoned)}.".replace("..", "."),
        f"Sensitivity of the stain: {figure_why(accuracy.sensitivity)}.".replace("..", "."),
    )


def heading(found: Results) -> str:
    """Return the title of the results."""
    return f"{found.title}, protocol {found.protocol} {found.version}"


def results_report(found: Results, edition: Edition) -> Report:
    """Return the results with their pictures, for terminal, page, paper and table."""
    return Report(
        title=heading(found), lead=lead(found), sheets=tuple(sheets(found)), pictures=pictures(found),
        source=f"Read by the edition {found.edition}, sha256 {found.edition_sha256[:12]}.", use=edition.intended_use,
        wide=True,
    )  # fmt: skip


def results_json(found: Results) -> bytes:
    """Return the results as one JSON document."""
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def worklists_text(found: Mapping[str, Sequence[Item]], most: int = 20) -> str:
    """Return the worklists as text; of each at most so many lines, and how many there are."""
    lines = []
    for name, items in found.items():
        if not items:
            continue
        lines += ["", f"{LISTS[name]}: {len(items)}"]
        for item in items[:most]:
            waits = "" if item.days is None else f"{item.days} d"
            lines.append(f"  {item.site:<18} {item.id:<12} {waits:>6}  {item.says}"[:_WIDTH])
        if len(items) > most:
            lines.append(f"  ... {len(items) - most} more; --list {name} shows all")
    return "\n".join(lines).lstrip("\n") + "\n" if lines else "Nothing is to be done.\n"


def screening_text(found: ToScreen) -> str:
    """Return a plan for a frequency as text."""
    said = [
        f"Screen {grouped(found.screened)} tumours, for {grouped(found.results)} with a result.",
        f"Then the exact 95 % interval of a frequency of {set_percent(found.frequency)} is no wider than "
        f"{set_percent(found.width)} (upper less lower end) with a chance of {percent(found.chance)} (wanted: "
        f"{set_percent(found.assurance)}), and so with every larger number.",
        f"Fusions expected: {found.expected:.1f}; chance of finding none: {percent(found.none_found)}.",
    ]
    return "\n".join(line for text in said for line in textwrap.wrap(text, _WIDTH)) + "\n"


def sequencing_text(found: ToSequence) -> str:
    """Return plans for a sensitivity as text, a scope after the other."""
    lines = textwrap.wrap(
        f"To show a sensitivity of {set_percent(found.at_least)} or more with a chance of "
        f"{set_percent(found.assurance)}, where it is {set_percent(found.sensitivity)} and the specificity "
        f"{set_percent(found.specificity)}:", _WIDTH,
    )  # fmt: skip
    for plan in found.plans:
        lines += ["", f"Of {', '.join(plan.scope)}"]
        if plan.enough:
            lines.append(f"  Sequence {grouped(plan.total)} stained negatives:")
            for one in plan.drawn:
                drawn = f"{grouped(one.sequenced):>6} of {grouped(one.negatives):>6}"
                lines.append(f"    {one.name:<24} {drawn}, missed fusions expected among them: {one.expected:.1f}")
            said = (f"Missed fusions expected: {plan.expected:.1f}; among as many negatives drawn from all alike: "
                    f"{plan.expected_at_random:.1f}.")  # fmt: skip
        else:
            times = "no number up to a thousand times as many" if plan.screen_times is None else (
                f"{plan.screen_times:g} times as many"
            )  # fmt: skip
            fusions = plan.found + plan.missed
            said = (f"Not even every negative ({grouped(plan.total)}) is enough: the chance is {percent(plan.chance)}, "
                    f"since {fusions:.1f} fusions are expected. Tumours to screen: {times}.")  # fmt: skip
        lines += textwrap.wrap(said, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    return "\n".join(lines) + "\n"


def worklists_csv(found: Mapping[str, Sequence[Item]]) -> str:
    """Return the worklists as one CSV, a line an item."""
    return _csv([msgspec.to_builtins(item) for items in found.values() for item in items], Item.__struct_fields__)


def review_csv(found: Sequence[ToReview]) -> str:
    """Return what readers at central review are given as one CSV, with columns for their answer."""
    plain = [msgspec.to_builtins(one) for one in found]
    for row in plain:
        row["markers"] = "; ".join(f"{name} {value}" for name, value in row["markers"].items())
    return _csv(plain, (*ToReview.__struct_fields__, "outcome", "revised_histology"))


def changed_csv(found: Sequence[Changed]) -> str:
    """Return the cases that change as one CSV; several actions of one cell are parted by blanks."""
    plain = [msgspec.to_builtins(one) for one in found]
    for row in plain:
        row["gained"], row["lost"] = " ".join(row["gained"]), " ".join(row["lost"])
    return _csv(plain, Changed.__struct_fields__)


def changed_text(found: Sequence[Changed]) -> str:
    """Return the cases that change as text."""
    if not found:
        return "No case changes.\n"
    lines = [f"{len(found)} cases change."]
    for one in found:
        lines.append(f"{one.site} {one.id} (was: {one.was})")
        said = [f"new: {', '.join(one.gained)}"] if one.gained else []
        said += [f"no longer: {', '.join(one.lost)}"] if one.lost else []
        if one.fault:
            said.append(f"cannot be decided: {one.fault}")
        elif one.trk_inhibitor != one.trk_inhibitor_was:
            said.append(f"TRK inhibitor: {one.trk_inhibitor}")
        for text in said or ["the order of the actions"]:
            lines += textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines) + "\n"


def _csv(rows: Sequence[Mapping[str, object]], heads: Sequence[str]) -> str:
    """Return rows as CSV; what a spreadsheet would run is made plain text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, heads, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: neutral(value) if isinstance(value, str) else value for k, value in row.items()})
    return out.getvalue()
