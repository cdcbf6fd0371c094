"""De-identified tables: new numbers, ages over 89 joined, dates as days since diagnosis, no free text; what is rare."""

from __future__ import annotations

import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterable

from ntrkpath.model.age import age_in_years
from ntrkpath.model.case_keys import METHODS
from ntrkpath.model.errors import CaseError
from ntrkpath.registry.analysis import KEY, SITE, SUBJECT, Rows, tables_of
from ntrkpath.registry.counts import LEAST
from ntrkpath.registry.flat import case_columns, form_columns
from ntrkpath.registry.items import knowledge
from ntrkpath.registry.partial_dates import days_between, earliest
from ntrkpath.registry.reading import Reading
from ntrkpath.registry.subjects import Subject

#: Ages above this one are joined (HIPAA Safe Harbor, 45 CFR 164.514(b)(2)).
OLDEST = 89
#: What others may know of a person: rows with few of a kind are reported.
QUASI = ("age", "patient.sex", "read.histology", "disease.extent")


def de_identified(subjects: Iterable[Subject], read: Callable[[Subject], Reading | None]) -> dict[str, Rows]:
    """Return the analysis tables without what identifies, and the table ``rare`` of what still might.

    Subjects have new numbers in a new order; the site is left out. A date becomes the days since the diagnosis
    (pathological, else clinical, else on imaging), as ``12`` or, where one of the two is partial, ``-3..28``; a date of
    a subject without a diagnosis date is left out.
    """
    some = list(subjects)
    random.Random(secrets.token_bytes(16)).shuffle(some)  # noqa: S311 - the order is to say nothing, no secret
    numbers = {(s.site, s.id): f"D{i:05}" for i, s in enumerate(some, 1)}
    starts = {(s.site, s.id): _start(s) for s in some}
    found = tables_of(some, read)
    made = {name: _table(name, rows, numbers, starts) for name, rows in found.items()}
    made["rare"] = _rare(made["subjects"])
    return made


def _start(subject: Subject) -> str | None:
    registration = subject.registration
    if registration is None:
        return None
    return registration.date_pathology or registration.date_clinical or registration.date_imaging


def _table(
    name: str, rows: Rows, numbers: dict[tuple[str, str], str], starts: dict[tuple[str, str], str | None]
) -> Rows:
    dates, texts = _dates(), frozenset(knowledge("free_text")["removed"])
    columns = tuple(c for c in rows.columns if c not in (SITE, *texts) and c not in _GONE)
    if name == "subjects":
        columns = (*columns[:2], "age", *columns[2:])
    kept = []
    for row in rows.rows:
        who = (row[SITE], row[SUBJECT])
        new = {c: row[c] for c in columns if c in row}
        number = numbers[who]
        new |= {SUBJECT: number, KEY: number if name == "subjects" else f"{number}/{row[KEY].split('/', 2)[2]}"}
        for column in columns:
            if column in dates and column in new:
                days = _days(starts[who], new.pop(column))
                new |= {column: days} if days is not None else {}
        if name == "subjects":
            new |= _age(row)
        kept.append(new)
    return Rows(columns, kept)


_GONE = ("patient.age", "registration.birth", "therapy", "alterations", "read.edition")


def _dates() -> frozenset[str]:
    of_forms = {path for path, item in form_columns().items() if item.kind == "partial_date"}
    of_tests = {
        p.partition(".")[2] for p, k in case_columns().items() if k.kind == "date" and p.partition(".")[0] in METHODS
    }
    return frozenset(of_forms | of_tests)


def _days(start: str | None, date: str) -> str | None:
    if start is None:
        return None
    low, high = days_between(start, date)
    return str(low) if low == high else f"{low}..{high}"


def _age(row: dict[str, str]) -> dict[str, str]:
    """Return the age in whole years, joined above ``OLDEST``; in months under two years, where months matter."""
    stated = row.get("patient.age")
    birth = row.get("registration.birth")
    start = next((row[f"registration.date_{d}"] for d in _STARTS if f"registration.date_{d}" in row), None)
    years: float | None = None
    if stated is not None:
        try:
            years = age_in_years(float(stated) if stated.replace(".", "", 1).isdigit() else stated)
        except CaseError:
            years = None
    elif birth is not None and start is not None:
        years = max((earliest(start) - earliest(birth)).days / 365.25, 0.0)
    if years is None:
        return {}
    if years > OLDEST:
        return {"age": f"over {OLDEST}"}
    return {"age": f"{int(years * 12)} months" if years < 2 else str(int(years))}


_STARTS = ("pathology", "clinical", "imaging")


def _rare(subjects: Rows) -> Rows:
    """Return what few subjects share: each combination of ``QUASI`` that fewer than ``LEAST`` have."""
    shared = Counter(tuple(_band(c, row.get(c, "")) for c in QUASI) for row in subjects.rows)
    few = [(kind, n) for kind, n in sorted(shared.items()) if n < LEAST]
    columns = (*QUASI, "subjects")
    return Rows(columns, [dict(zip(columns, (*kind, str(n)), strict=True)) for kind, n in few])


def _band(column: str, cell: str) -> str:
    """Return an age as its band of ten years: what others know of an age is seldom more."""
    if column != "age" or not cell.isdigit():
        return cell
    low = int(cell) // 10 * 10
    return f"{low}-{low + 9}"
