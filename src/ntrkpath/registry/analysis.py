"""Analysis tables: subjects, tests, and one table a form, each row with one stable key; CSV or Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

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
    found = _empty()
    for subject in subjects:
        found["subjects"].rows.append(_subject_row(subject, read(subject)))
        found["tests"].rows.extend(_test_rows(subject))
        for name in _several():
            found[name].rows.extend(_form_rows(subject, name))
    return found


def _several() -> list[str]:
    """Return the forms that are filled in several times; each is a table."""
    return [name for name, form in forms().items() if not form.single]


def _empty() -> dict[str, Rows]:
    of_case = [path for path in case_columns() if path.partition(".")[0] not in METHODS]
    of_tests = list(dict.fromkeys(p.partition(".")[2] for p in case_columns() if p.partition(".")[0] in METHODS))
    of_single = [item.path for form in forms().values() if form.single for item in form.items.values()]
    return {
        "subjects": Rows((KEY, SITE, SUBJECT, "status", *of_single, *of_case, *(f"read.{n}" for n in READ)), []),
        "tests": Rows((KEY, SITE, SUBJECT, "test", "method", *of_tests), []),
        **{
            n: Rows((KEY, SITE, SUBJECT, INSTANCE, *(i.path for i in forms()[n].items.values())), [])
            for n in _several()
        },
    }


def _own(subject: Subject, *rest: str) -> dict[str, str]:
    """Return what stands first in each row: its key, site and subject."""
    return {KEY: "/".join((subject.site, subject.id, *rest)), SITE: subject.site, SUBJECT: subject.id}


def _subject_row(subject: Subject, said: Reading | None) -> dict[str, str]:
    row = {**_own(subject), "status": subject.status}
    for name, form in forms().items():
        if form.single and (entry := subject.newest(KINDS[name])) is not None:
            row |= form_cells(entry.body)
    if subject.case is not None:
        row |= scalars(subject.case)
    told = {f"read.{n}": getattr(said, n) for n in READ} if said is not None else {}
    return row | {name: _plain(value) for name, value in told.items() if value is not None}


def _test_rows(subject: Subject) -> Iterator[dict[str, str]]:
    for number, (method, cells) in enumerate(tests(subject.case) if subject.case is not None else (), 1):
        plain = {path.partition(".")[2]: cell for path, cell in cells.items()}
        yield {**_own(subject, "test", str(number)), "test": str(number), "method": method, **plain}


def _form_rows(subject: Subject, name: str) -> Iterator[dict[str, str]]:
    for entry in subject.of(KINDS[name]):
        number = instance_of(entry.body)
        numbered = {} if number is None else {INSTANCE: str(number)}
        yield {**_own(subject, name, str(entry.seq)), **numbered, **form_cells(entry.body)}


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
