"""The tasks of the cohort page: a file of cases is decided in a private directory that is gone with the answer."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.cohort.bad_rows import BadRow
from ntrkpath.cohort.html import summary_html
from ntrkpath.cohort.mapping import shipped
from ntrkpath.cohort.sources import open_source
from ntrkpath.cohort.summarise import Summary, summarise
from ntrkpath.cohort.triage import Outcome, Triage
from ntrkpath.guidance import Edition, load
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.server import tasks

# A worker decides one cohort at a time: threads of the libraries would only take of its memory. Read when they load.
for _name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

#: Endings that are read here; a table of columns, or cases one a line.
ENDINGS = (".csv", ".tsv", ".jsonl", ".ndjson")
MOST_BAD = 50
_MAIN = re.compile(r"<main>(.*)</main>", re.DOTALL)


def mappings() -> list[str]:
    """Return the mappings of columns that fit a single file."""
    return [name for name in shipped() if name != "cbioportal"]


@contextmanager
def _decided(
    name: str, content: bytes, mapping: str, day: str, edition: str, form: str
) -> Iterator[tuple[Outcome, Path, Edition]]:
    """Decide a cohort; what it is read from and written to stands in memory where the system offers that.

    Raises:
        NtrkpathError: The file is none of a cohort.
    """
    packed = ".gz" if name.casefold().endswith(".gz") else ""
    ending = Path(name.casefold().removesuffix(".gz")).suffix
    if ending not in ENDINGS:
        raise CaseError("not a file of cases", where=name, value=ending or "no ending", allowed=ENDINGS,
                        remedy="other formats are read by `ntrkpath cohort triage`")  # fmt: skip
    if mapping and mapping not in mappings():
        raise CaseError("no such mapping", where="mapping", value=mapping, allowed=mappings())
    used = load(edition)
    with tempfile.TemporaryDirectory(prefix="cohort-", dir=tasks.private) as private:
        source, out = Path(private) / f"cohort{ending}{packed}", Path(private) / f"decided{form}"
        source.write_bytes(content)
        try:
            opened = open_source(str(source), used, mapping or None)
            outcome = Triage(opened, out, used, dt.date.fromisoformat(day), mapping=mapping, threads=1).run()
        except NtrkpathError as error:
            error.where = error.where.replace(str(source), name).replace(source.name, name)
            if "--mapping" in error.remedy:
                error.remedy = "rename the column in the file"
            raise
        yield outcome, out, used


def page(file: str, content: bytes, mapping: str, day: str, edition: str) -> dict[str, Any]:
    """Return the parts of the answer page: the funnel in numbers, the report, and the rows that were not decided."""
    with _decided(file, content, mapping, day, edition, ".parquet") as (outcome, out, used):
        bad = _bad(outcome)
        about = msgspec.structs.replace(outcome.about, source=file)
        if not about.decided:
            return {"funnel": None, "html": "", "bad": bad, "bad_in_all": about.bad, "rows": about.rows}
        summary = msgspec.structs.replace(summarise(out, used), about=about)
        return {
            "funnel": msgspec.to_builtins(summary.funnel), "html": _body(summary, used), "bad": bad,
            "bad_in_all": about.bad, "rows": about.rows, "undecided": summary.undecided,
        }  # fmt: skip


def summary(file: str, content: bytes, mapping: str, day: str, edition: str) -> bytes:
    """Return the summary as JSON, as `ntrkpath cohort summarise --format json` prints it."""
    with _decided(file, content, mapping, day, edition, ".parquet") as (outcome, out, used):
        if not outcome.about.decided:
            raise CaseError("no row could be decided", where=file, remedy=_bad(outcome)[0]["reason"])
        found = summarise(out, used)
        about = msgspec.structs.replace(found.about, source=file)
        return msgspec.json.encode(msgspec.structs.replace(found, about=about)) + b"\n"


def rows(file: str, content: bytes, mapping: str, day: str, edition: str) -> bytes:
    """Return the decided rows as CSV, as `ntrkpath cohort triage` writes them."""
    with _decided(file, content, mapping, day, edition, ".csv") as (outcome, out, _):
        if not outcome.about.decided:
            raise CaseError("no row could be decided", where=file, remedy=_bad(outcome)[0]["reason"])
        return out.read_bytes()


def _bad(outcome: Outcome) -> list[dict[str, Any]]:
    if outcome.bad_rows is None:
        return []
    with outcome.bad_rows.open("rb") as lines:
        read = (msgspec.json.decode(line, type=BadRow) for _, line in zip(range(MOST_BAD), lines, strict=False))
        return [{"row": b.row, "id": b.case_id or "", "where": b.where, "reason": b.reason} for b in read]


def _body(found: Summary, edition: Edition) -> str:
    """Return the report between its head and its foot, its headings one step up."""
    shown = _MAIN.search(str(summary_html(found, edition)))
    return re.sub(r"(</?)h3\b", r"\1h2", shown.group(1)) if shown else ""
