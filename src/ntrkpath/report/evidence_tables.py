"""Tables 1 to 4 of the guidance as sheets, with exact intervals, references and notes on the print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ntrkpath.evidence.data import Evidence
from ntrkpath.evidence.proportions import clopper_pearson, wilson
from ntrkpath.evidence.studies import Table
from ntrkpath.model.errors import EvidenceError
from ntrkpath.model.numbers import percent, percent_range, printed_percent
from ntrkpath.report.sheet import Row, Sheet, ends, noted


def table_sheets(evidence: Evidence, number: int) -> tuple[Sheet, ...]:
    """Return a table of the guidance as sheets; table 2 has a second one with the counts derived from its print.

    Raises:
        EvidenceError: The guidance has no such table, or scipy is not installed (tables 1 and 2).
    """
    table = evidence.table(number)
    title = f"Table {number}. {table.title}"
    made = {1: _table_1, 2: _table_2, 3: _table_3, 4: _table_4}
    if number not in made:
        raise EvidenceError("no form for this table", value=number, allowed=map(str, made))
    return made[number](evidence, table, title)


def _number(evidence: Evidence, reference: str | None) -> str:
    found = evidence.reference(reference).get("guidance_number") if reference else None
    return str(found) if found else ""


def _cited(evidence: Evidence, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its reference spelt out."""
    reference = row.get("reference")
    return {
        **row,
        "guidance_number": _number(evidence, reference) or None,
        "citation": evidence.citation(reference) if reference else None,
    }


def _table_1(evidence: Evidence, table: Table, title: str) -> tuple[Sheet, ...]:
    rows = []
    for row in table.rows:
        exact, score = (f(row["positive"], row["tested"]) for f in (clopper_pearson, wilson))
        said = row.get("scope", "")
        scope = f"{said}: " if said and said.casefold() != row["subtypes"].casefold() else ""
        rows.append(
            Row(
                cells=(
                    row["study"], _number(evidence, row["reference"]), row["method"],
                    f"{row['positive']}/{row['tested']}", printed_percent(row["printed_percent"]),
                    percent(exact.estimate), percent_range(exact.low, exact.high),
                ),
                below=(f"{scope}{row['subtypes']}; fusions: {row['genes_partners']}.",
                       *noted(row["transcription"], row.get("note", ""))),
                record={**_cited(evidence, row), "percent": 100 * exact.estimate,
                        **ends(exact, "exact"), **ends(score, "wilson")},
            )
        )  # fmt: skip
    heads = ("Study", ">Ref.", "Method", ">Found", ">Printed", ">Computed", ">95 % interval, exact")
    note = "Intervals are ours (Clopper-Pearson). Ref.: number in the reference list of the guidance."
    return (Sheet(title=title, heads=heads, rows=tuple(rows), notes=(note,), ident="table-1"),)


def _table_2(evidence: Evidence, table: Table, title: str) -> tuple[Sheet, ...]:
    rows = []
    for row in table.rows:
        unit = f" {row['unit']}" if row["estimate"] != "not estimable" else ""
        spread = (
            f"{row['low']} to {row['high']}" if "low" in row else f"range {row['range_low']} to {row['range_high']}"
        )
        rows.append(
            Row(
                cells=(row["drug"], _number(evidence, row["reference"]), str(row["patients"]), row["endpoint"],
                       f"{row['estimate']}{unit}", spread),
                record=_cited(evidence, row),
            )
        )  # fmt: skip
    heads = ("Drug", ">Ref.", ">Patients", "Endpoint", ">Printed", ">95 % interval, printed")
    derived = []
    for row in table.derived:
        exact, printed = clopper_pearson(row["responders"], row["evaluable"]), row["reproduces"]
        derived.append(
            Row(
                cells=(row["part"], f"{row['responders']}/{row['evaluable']}", percent(exact.estimate),
                       percent_range(exact.low, exact.high),
                       f"{printed_percent(printed['estimate'])} "
                       f"({printed['low']} to {printed_percent(printed['high'])})",
                       _place(row["of"])),
                below=(f"Note: {row['note']}",) if row.get("note") else (),
                record={**{k: v for k, v in row.items() if k != "reproduces"}, "percent": 100 * exact.estimate,
                        **ends(exact, "exact"), **{f"printed_{k}": v for k, v in printed.items()}},
            )
        )  # fmt: skip
    return (
        Sheet(title=title, heads=heads, rows=tuple(rows), ident="table-2"),
        Sheet(
            title="Response rates: counts derived from what is printed",
            heads=("Patients", ">Responders", ">Rate", ">95 % interval, exact", ">Printed", "In"), rows=tuple(derived),
            notes=("The counts are not printed. Each reproduces the printed rate and interval (Clopper-Pearson).",),
            ident="table-2-derived",
        ),
    )  # fmt: skip


def _table_3(_: Evidence, table: Table, title: str) -> tuple[Sheet, ...]:
    rows = tuple(
        Row(cells=(row["method"], row["kind"], row["item"]), record={**row, "statement": table.statement})
        for row in table.rows
    )
    return (Sheet(title=title, heads=("Method", "Kind", "As printed"), rows=rows, ident="table-3"),)


def _table_4(evidence: Evidence, table: Table, title: str) -> tuple[Sheet, ...]:
    rows = tuple(
        Row(
            cells=(row["clone"], row["company"], row["label"], row["study"], _number(evidence, row.get("reference")),
                   row.get("protocol", "")),
            below=noted(row["transcription"], row.get("note", "")), record=_cited(evidence, row),
        )
        for row in table.rows
    )  # fmt: skip
    heads = ("Clone", "Company", "Label", "Study", ">Ref.", "Platform and protocol")
    note = "RUO: research use only. CE/IVD: marked for in-vitro diagnostics."
    return (Sheet(title=title, heads=heads, rows=rows, notes=(note,), ident="table-4"),)


def _place(of: str) -> str:
    """Return where a rate is printed: the table, or the statement of the text."""
    return of if of.startswith("RX") else f"table {of[1]}"
