"""Analysis tables: subjects, tests, and one table a form, each row with one stable key; CSV or Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from ntrkpath.model.case_keys import METHODS
from ntrkpath.registry.dictionary import csv_of
from ntrkpath.registry.entries import KINDS
from ntrkpath.registry.flat import case_columns, form_cells, instance_of, scalars, tests
from ntrkpath.registry.items import INSTANCE, forms
from ntrkpath.registry.reading import Reading
from ntrkpath.registry.subjects import Subject

#: What stands first in every table.
KEY, SITE, SUBJECT = "key", "site", "subject"
#: What the guidance reads, in the table of subjects.
READ = ("histology", "tier", "priority", "target", "tested", "positive", "edition")


class Rows(msgspec.Struct, frozen=True):
    """One table: its columns, and its rows as cells by column."""

    columns: tuple[str, ...]
    rows: list[dict[str, str]]


def tables_of(subjects: Iterable[Subject], read: Callable[[Subject], Reading | None]) -> dict[str, Rows]:
    """Return every table by name.

    Args:
        subjects: Those that are to be in it.
        read: Gives how the guidance reads the case of a subject.
    """
    single = [name for name, form in forms().items() if form.single]
    several = [name for name in forms() if name not in single]
    of_case = [path for path in case_columns() if path.partition(".")[0] not in METHODS]
    of_tests = list(dict.fromkeys(p.partition(".")[2] for p in case_columns() if p.partition(".")[0] in METHODS))
    of_single = [item.path for name in single for item in forms()[name].items.values()]
    found = {
        "subjects": Rows((KEY, SITE, SUBJECT, "status", *of_single, *of_case, *(f"read.{n}" for n in READ)), []),
        "tests": Rows((KEY, SITE, SUBJECT, "test", "method", *of_tests), []),
        **{n: Rows((KEY, SITE, SUBJECT, INSTANCE, *(i.path for i in forms()[n].items.values())), []) for n in several},
    }
    for subject in subjects:
        own = {SITE: subject.site, SUBJECT: subject.id}
        key = f"{subject.site}/{subject.id}"
        row = {KEY: key, **own, "status": subject.status}
        for name in single:
            entry = subject.newest(KINDS[name])
            row |= form_cells(entry.body) if entry is not None else {}
        if subject.case is not None:
            row |= scalars(subject.case)
            for number, (method, cells) in enumerate(tests(subject.case), 1):
                plain = {path.partition(".")[2]: cell for path, cell in cells.items()}
                found["tests"].rows.append(
                    {KEY: f"{key}/test/{number}", **own, "test": str(number), "method": method, **plain}
                )
        if (said := read(subject)) is not None:
            told = ((n, getattr(said, n)) for n in READ)
            row |= {f"read.{n}": _plain(value) for n, value in told if value is not None}
        found["subjects"].rows.append(row)
        for name in several:
            for entry in subject.of(KINDS[name]):
                own_number = instance_of(entry.body)
                numbered = {} if own_number is None else {INSTANCE: str(own_number)}
                cells = form_cells(entry.body)
                found[name].rows.append({KEY: f"{key}/{name}/{entry.seq}", **own, **numbered, **cells})
    return found


def _plain(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def as_csv(rows: Rows) -> str:
    """Return a table as CSV; an empty cell says that nothing is stated."""
    return csv_of(rows.columns, ([row.get(name, "") for name in rows.columns] for row in rows.rows))


def as_parquet(rows: Rows) -> bytes:
    """Return a table as Parquet, every column text, null where nothing is stated."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({n: pa.array([row.get(n) for row in rows.rows], pa.string()) for n in rows.columns})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()
