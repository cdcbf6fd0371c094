"""The pictures of the evidence: forests of the studies of a group, of all groups, and of the accuracy of a test."""

from __future__ import annotations

from collections.abc import Iterable

from ntrkpath.evidence.frequency import Frequency
from ntrkpath.figures.forest import ForestRow, forest_svg
from ntrkpath.report.sheet import Draw, Sheet


def frequency_forest(found: Frequency) -> list[Draw]:
    """Return the forest plot of a group; none for a single study."""
    pooled = found.pooled
    if len(found.studies) < 2:
        return []
    largest = max(row.study.tested for row in found.studies)
    rows = [
        ForestRow(
            row.study.label + ("" if row.used else " (not pooled)"), row.exact.estimate, row.exact.low, row.exact.high,
            columns=(f"{row.study.positive}/{row.study.tested}",), weight=row.study.tested / largest,
        )
        for row in found.studies
    ]  # fmt: skip
    name = "Pooled" if pooled.studies > 1 else "The one study that counts"
    rows.append(
        ForestRow(name, pooled.estimate, pooled.low, pooled.high, "pooled", (f"{pooled.positive}/{pooled.tested}",))
    )
    rows.append(ForestRow("A new centre", None, found.new_centre.low, found.new_centre.high, "prediction", ("",)))
    return [
        lambda width: forest_svg(
            rows, title=f"Share with an NTRK fusion: {found.group.says}", axis_title="Share with an NTRK fusion",
            columns=("Found",), notes_below=("Intervals of studies are exact (95 %); squares grow with the study.",),
            ident=f"forest-{found.group.id}", width=width,
        )
    ]  # fmt: skip


def groups_forest(found: Iterable[Frequency]) -> Draw:
    """Return a forest plot with one line for each group: pooled, or its single study."""
    rows = [
        ForestRow(
            one.group.says[:1].upper() + one.group.says[1:], one.pooled.estimate, one.pooled.low, one.pooled.high,
            "study", (f"{one.pooled.positive}/{one.pooled.tested}",), weight=0.3,
        )
        for one in found
    ]  # fmt: skip
    return lambda width: forest_svg(
        rows, title="How often NTRK fusions are found, by group of sarcomas",
        axis_title="Share with an NTRK fusion (logit scale)",
        columns=("Found",), scale="logit", ident="forest-groups", width=width,
        notes_below=("One line is the pooled share of a group, or its single study; ranges are 95 % intervals.",),
    )  # fmt: skip


def accuracy_forests(sheet: Sheet) -> list[Draw]:
    """Return a forest plot of sensitivity and one of specificity, from the rows that have counts."""
    made: list[Draw] = []
    for side, yes, no in (
        ("sensitivity", "true_positive", "false_negative"),
        ("specificity", "true_negative", "false_positive"),
    ):
        with_counts = [row for row in sheet.rows if row.record.get(f"{side}_percent") is not None]
        if sum(row.kind == "study" for row in with_counts) < 2:
            continue
        totals = [(row.record.get(yes) or 0) + (row.record.get(no) or 0) for row in with_counts]
        rows = []
        for row, total in zip(with_counts, totals, strict=True):
            record, study = row.record, row.kind == "study"
            gene = "" if record["gene"] == "any" else f", {record['gene']}"
            label = f"{record['study']}, {record['tumours']}{gene}" if study else row.cells[0]
            rows.append(
                ForestRow(
                    label, record[f"{side}_percent"] / 100,
                    record[f"{side}_low"] / 100, record[f"{side}_high"] / 100,
                    "study" if study else "pooled", (f"{record[yes]}/{total}" if study else "",),
                    weight=max(total, 1) / max(*totals, 1),
                )
            )  # fmt: skip
        made.append(
            lambda width, rows=rows, side=side: forest_svg(  # type: ignore[misc]
                rows, title=f"{side.capitalize()}: {sheet.title.removeprefix('Accuracy of ')}",
                axis_title=side.capitalize(), columns=("Counts",), low=0.0, high=1.0, ident=f"{sheet.ident}-{side}",
                width=width,
                notes_below=("Intervals of studies are exact (95 %). Rows of one study share tumours.",),
            )
        )  # fmt: skip
    return made
