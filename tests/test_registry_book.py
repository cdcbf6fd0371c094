"""The book: entries are appended and never changed, on SQLite and PostgreSQL; what is changed all the same is found."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")
import sqlalchemy as sa

from ntrkpath.model.errors import OutputError, RegistryError
from ntrkpath.registry import chain, guards, heads, tables
from ntrkpath.registry.backup import backup, restore
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import (
    KINDS,
    CallerFile,
    Decision,
    NoMoreData,
    NoMoreUse,
    Query,
    Reply,
    Retraction,
    checked,
    read,
    written,
)
from ntrkpath.registry.forms import Consent, FollowUp, Screening
from ntrkpath.registry.verify import verify
from support.registry import (
    Place,
    book,
    case,
    draft,
    fusion_case,
    place,
    registration,
    server,
)

__all__ = ["book", "place", "server"]  # fixtures


def filled(book: Book) -> Book:
    content = b"#Gene\nETV6\tNTRK3\n"
    digest = hashlib.sha256(content).hexdigest()
    kept = CallerFile(name="calls.tsv", whole_sha256="0" * 64, kept_sha256=digest, rows=1, caller="arriba")
    book.append(
        draft("P1", registration(birth="1980", histology_before="infantile fibrosarcoma")),
        draft("P1", fusion_case()),
        draft("P1", kept, content=content),
        draft("P2", registration("retrospective")),
        draft("P2", case("leiomyosarcoma")),
        draft("Q1", registration("literature", source="doi 10.1/made-up"), site="S2"),
        draft("Q1", fusion_case(), site="S2"),
    )
    return book


def run(book: Book, statement: str, **values: Any) -> None:
    with book.engine.execution_options(writes=True).begin() as connection:
        connection.execute(sa.text(statement), values)


def rows(book: Book, statement: str) -> list[Any]:
    with book.engine.connect() as connection:
        return list(connection.execute(sa.text(statement)).all())


def unguarded(book: Book) -> None:
    """Take the triggers off, as only the owner can."""
    with book.engine.execution_options(writes=True).begin() as connection:
        for name in guards.in_place(connection):
            table = name.partition("_")[0]
            on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")


def found(book: Book, **more: Any) -> list[str]:
    """Return the findings beside those that say that the guards are gone."""
    return [f"{f.where}: {f.text}" for f in verify(book, **more).findings if f.where != "guards"]


# --- appending --------------------------------------------------------------------------------------------------------


def test_entries_come_back_as_they_were_written_in_the_order_of_their_site(book: Book) -> None:
    filled(book)
    entries = list(book.entries())
    assert [(e.site, e.seq) for e in entries] == [("S1", n) for n in range(1, 6)] + [("S2", 1), ("S2", 2)]
    assert entries[1].body.case.id == "P1" and entries[1].body.case.tests == fusion_case().case.tests
    assert book.file("S1", 3) == b"#Gene\nETV6\tNTRK3\n"
    assert book.sites() == ("S1", "S2")
    assert verify(book).ok and verify(book).chains == {"S1": 5, "S2": 2}


def test_a_repeated_request_is_one_entry(book: Book) -> None:
    first = draft("P1", registration())
    [once] = book.append(first)
    [again] = book.append(first)
    assert once == again and len(list(book.entries())) == 1
    twice_at_once = book.append(draft("P2", registration(), request="r"), draft("P2", registration(), request="r"))
    assert twice_at_once[0] == twice_at_once[1] and len(list(book.entries())) == 2


def test_a_request_that_was_used_for_another_entry_is_refused(book: Book) -> None:
    book.append(draft("P1", registration(), request="r"))
    for other in (draft("P1", registration("literature"), request="r"), draft("P2", registration(), request="r")):
        with pytest.raises(RegistryError, match="another entry"):
            book.append(other)
    assert len(list(book.entries())) == 1


def test_entries_are_appended_all_or_none(book: Book) -> None:
    with pytest.raises(RegistryError):
        book.append(draft("P1", registration()), draft("P1", Reply(query=1, text="no such query", closes=True)))
    assert list(book.entries()) == [] and verify(book).ok


@pytest.mark.parametrize(
    ("site", "subject"), [("S1", "Jane Doe"), ("S1", ""), ("", "P1"), ("S 1", "P1"), ("S1", "x" * 65), ("S1", "P\n1")]
)
def test_a_name_that_is_no_pseudonym_is_refused(book: Book, site: str, subject: str) -> None:
    with pytest.raises(RegistryError, match="not a name"):
        book.append(draft(subject, registration(), site=site))


def test_an_error_never_repeats_the_name_of_a_subject(book: Book) -> None:
    with pytest.raises(RegistryError) as caught:
        book.append(draft("Jane Doe", registration()))
    assert "Jane" not in str(caught.value)


def test_a_day_that_does_not_exist_is_refused(book: Book) -> None:
    with pytest.raises(RegistryError, match="no such day"):
        book.append(draft("P1", registration(birth="2023-02-30")))


def test_a_decision_against_the_answer_has_a_reason(book: Book) -> None:
    with pytest.raises(RegistryError, match="reason"):
        book.append(draft("P1", Decision(action="order_fish", follows="no")))


def test_what_points_to_an_entry_points_to_one_of_the_same_subject(book: Book) -> None:
    [query] = book.append(draft("P1", Query(about="registration.birth", text="which year?")))
    with pytest.raises(RegistryError, match="no such entry"):
        book.append(draft("P2", Reply(query=query.seq, text="1980", closes=True)))
    book.append(draft("P1", Reply(query=query.seq, text="1980", closes=True)))
    assert book.subject("S1", "P1").open_queries == ()  # type: ignore[union-attr]


def test_rows_of_a_caller_are_those_that_their_entry_names(book: Book) -> None:
    named = CallerFile(name="a", whole_sha256="0" * 64, kept_sha256="0" * 64, rows=1, caller="arriba")
    for wrong in (draft("P1", named), draft("P1", named, content=b"x"), draft("P1", registration(), content=b"x")):
        with pytest.raises(RegistryError):
            book.append(wrong)


def test_after_no_more_data_only_questions_and_wishes_are_written(book: Book) -> None:
    book.append(draft("P1", registration()), draft("P1", case()), draft("P1", NoMoreData(asked_by="subject")))
    with pytest.raises(RegistryError, match="no longer written"):
        book.append(draft("P1", fusion_case()))
    book.append(draft("P1", Query(about="case", text="?")), draft("P1", NoMoreUse(asked_by="subject")))
    with pytest.raises(RegistryError, match="no longer written"):
        book.append(draft("P1", Query(about="case", text="?")))
    subject = book.subject("S1", "P1")
    assert subject is not None and subject.status == "no_more_use" and not subject.usable


def test_order_is_by_place_and_never_by_the_clock(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    from ntrkpath.registry import writing

    class Back(dt.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return dt.datetime(1999, 1, 1, tzinfo=tz)

    book.append(draft("P1", registration()), draft("P1", case("GIST")))
    monkeypatch.setattr(writing.dt, "datetime", Back)
    book.append(draft("P1", case("leiomyosarcoma")))
    monkeypatch.undo()
    assert verify(book).ok
    subject = book.subject("S1", "P1")
    assert subject is not None and subject.case is not None and subject.case.diagnosis.histology == "leiomyosarcoma"


# --- subjects ---------------------------------------------------------------------------------------------------------


def test_of_two_forms_with_one_number_the_newer_stands_and_a_retracted_one_does_not(book: Book) -> None:
    *_, wrong = book.append(
        draft("P1", Screening(step="stained", date="2026-01", instance=1)),
        draft("P1", Screening(step="stained", date="2026-02", instance=1)),
        draft("P1", Screening(step="read", date="2026-03")),
    )
    book.append(draft("P1", Retraction(entry=wrong.seq)))
    subject = book.subject("S1", "P1")
    assert subject is not None and [e.body.date for e in subject.screening] == ["2026-02"]
    assert len(subject.entries) == 4


def test_the_literature_and_who_is_not_registered_are_in_no_count(book: Book) -> None:
    filled(book)
    book.append(draft("P3", fusion_case()))
    counts = rows(book, "SELECT site, histology, subjects, tested, positive FROM tallies ORDER BY 1, 2")
    assert [tuple(r) for r in counts if r.subjects] == [
        ("S1", "infantile fibrosarcoma", 1, 1, 1), ("S1", "leiomyosarcoma", 1, 0, 0)
    ]  # fmt: skip


def test_consent_that_is_refused_ends_the_use(book: Book) -> None:
    filled(book).append(draft("P1", Consent(status="no")))
    subject = book.subject("S1", "P1")
    assert subject is not None and not subject.usable
    assert rows(book, "SELECT sum(subjects) FROM tallies")[0][0] == 1


def test_consent_at_majority_is_due_from_the_earliest_day_that_the_subject_may_be_of_age(book: Book) -> None:
    book.append(draft("P1", registration(birth="2008-06")), draft("P1", Consent(status="yes", by="parent")))
    subject = book.subject("S1", "P1")
    assert subject is not None
    assert not subject.majority_due(dt.date(2026, 5, 31)) and subject.majority_due(dt.date(2026, 6, 1))
    book.append(draft("P1", FollowUp(status="dead", date="2025-01")))
    dead = book.subject("S1", "P1")
    assert dead is not None and not dead.majority_due(dt.date(2026, 6, 1))


# --- what is refused --------------------------------------------------------------------------------------------------

CHANGES = [
    "UPDATE entries SET author = 'x'",
    "UPDATE bodies SET body = salt",
    "UPDATE files SET content = content",
    "UPDATE about SET id = 'x'",
    "DELETE FROM entries",
    "DELETE FROM bodies",
    "DELETE FROM files",
    "DELETE FROM about",
    "INSERT INTO entries SELECT site, seq + 9, subject, kind, schema, author, at, request || 'x', digest, previous,"
    " hash FROM entries WHERE site = 'S2' AND seq = 2",
    "INSERT INTO entries SELECT site, seq + 1, subject, kind, schema, author, at, request, digest, hash, hash"
    " FROM entries WHERE site = 'S2' AND seq = 2",
    "INSERT INTO about VALUES ('second')",
]
REPLACED = [
    f"INSERT OR {how} INTO {table} SELECT * FROM {table} WHERE true LIMIT 1"
    for how in ("REPLACE", "IGNORE", "FAIL")
    for table in ("entries", "bodies", "files", "about")
]
UPSERTED = [
    "INSERT INTO bodies SELECT * FROM bodies WHERE true ON CONFLICT (site, seq) DO UPDATE SET body = excluded.salt",
    "INSERT INTO entries SELECT * FROM entries WHERE true ON CONFLICT (site, seq) DO UPDATE SET author = 'x'",
]


@pytest.mark.parametrize("change", [*CHANGES, *UPSERTED])
def test_change_deletion_and_disorder_are_refused_by_the_database(book: Book, change: str) -> None:
    filled(book)
    before = list(book.entries())
    with pytest.raises(sa.exc.DBAPIError):
        run(book, change)
    assert list(book.entries()) == before and verify(book).ok


@pytest.mark.parametrize("change", REPLACED)
def test_sqlite_replaces_no_row(tmp_path: Path, change: str) -> None:
    with Book.create(tmp_path / "book.sqlite") as book:
        filled(book)
        before = list(book.entries())
        with pytest.raises(sa.exc.DBAPIError):
            run(book, change)
        assert list(book.entries()) == before and verify(book).ok


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", guards.GUARDED)
def test_postgresql_truncates_no_table(book: Book, table: str) -> None:
    filled(book)
    with pytest.raises(sa.exc.DBAPIError):
        run(book, f"TRUNCATE {table} CASCADE")
    assert verify(book).ok


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_the_application_appends_and_erases_and_owns_nothing(place: Place) -> None:
    assert place.server is not None
    where = place.new()
    name = where.partition("?")[0].rpartition("/")[2]
    place.server.sql("-c", f"CREATE ROLE app_{name} LOGIN")
    Book.create(where, application=f"app_{name}").close()
    with Book.open(place.server.address(name, f"app_{name}")) as book:
        filled(book)
        book.erase("S1", "P1", author="a", request="e", asked_by="subject")
        book.rebuild()
        for refused in ("ALTER TABLE entries DISABLE TRIGGER ALL", "DROP TRIGGER entries_no_update ON entries",
                        "TRUNCATE entries CASCADE", "SET session_replication_role = replica", "DROP TABLE bodies",
                        "DROP FUNCTION ntrkpath_refuse() CASCADE", "DELETE FROM entries",
                        "UPDATE bodies SET salt = body",
                        "CREATE OR REPLACE FUNCTION ntrkpath_refuse() RETURNS trigger LANGUAGE sql AS ''"):  # fmt: skip
            with pytest.raises(sa.exc.DBAPIError):
                run(book, refused)
        assert verify(book).ok


# --- what is found ----------------------------------------------------------------------------------------------------

FORGED = {
    "an author": "UPDATE entries SET author = 'someone' WHERE site = 'S1' AND seq = 2",
    "a time": "UPDATE entries SET at = '2020-01-01T00:00:00.000000+00:00' WHERE site = 'S1' AND seq = 2",
    "a subject": "UPDATE entries SET subject = 'P2' WHERE site = 'S1' AND seq = 2",
    "a kind": "UPDATE entries SET kind = 'stain' WHERE site = 'S1' AND seq = 2",
    "a schema": "UPDATE entries SET schema = 2 WHERE site = 'S1' AND seq = 2",
    "a request": "UPDATE entries SET request = 'other' WHERE site = 'S1' AND seq = 2",
    "a digest": "UPDATE entries SET digest = hash WHERE site = 'S1' AND seq = 2",
    "a link": "UPDATE entries SET previous = hash WHERE site = 'S1' AND seq = 2",
    "a hash": "UPDATE entries SET hash = previous WHERE site = 'S1' AND seq = 2",
    "a gap": "DELETE FROM entries WHERE site = 'S1' AND seq = 2",
    "the first entry": "DELETE FROM entries WHERE site = 'S1' AND seq = 1",
    "a body": "UPDATE bodies SET body = (SELECT body FROM bodies WHERE site = 'S1' AND seq = 5)"
    " WHERE site = 'S1' AND seq = 2",
    "a salt": "UPDATE bodies SET salt = body WHERE site = 'S1' AND seq = 2",
    "a missing body": "DELETE FROM bodies WHERE site = 'S1' AND seq = 2",
    "a foreign body": "INSERT INTO bodies SELECT site, 99, salt, body FROM bodies WHERE site = 'S1' AND seq = 2",
    "a file": "UPDATE files SET content = (SELECT salt FROM bodies WHERE site = 'S1' AND seq = 2)",
    "a missing file": "DELETE FROM files",
    "a foreign file": "INSERT INTO files SELECT site, 2, content FROM files",
    "another site": "UPDATE entries SET site = 'S3' WHERE site = 'S2' AND seq = 2",
    "a view": "UPDATE current SET tier = '+' WHERE subject = 'P1'",
    "a missing row of a view": "DELETE FROM current WHERE subject = 'P1'",
    "a foreign row of a view": "INSERT INTO current SELECT site, 'P9', first_seq, last_seq, status, collection,"
    " counted, case_seq, histology_before, histology, tier, priority, target, tested, positive, edition,"
    " open_queries, waiting FROM current WHERE subject = 'P1'",
    "a count": "UPDATE tallies SET positive = positive + 1",
}


@pytest.mark.parametrize("what", FORGED)
def test_what_the_owner_changes_is_found(book: Book, what: str) -> None:
    filled(book)
    unguarded(book)
    if book.engine.dialect.name == "sqlite":
        with book.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
            connection.connection.driver_connection.execute(FORGED[what])  # type: ignore[union-attr]
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]
    else:
        run(book, FORGED[what])
    assert found(book)


def test_two_entries_that_changed_places_are_found(book: Book) -> None:
    filled(book)
    unguarded(book)
    for statement in ("UPDATE entries SET seq = 77 WHERE site = 'S2' AND seq = 1",
                      "UPDATE entries SET seq = 1 WHERE site = 'S2' AND seq = 2",
                      "UPDATE entries SET seq = 2 WHERE site = 'S2' AND seq = 77"):  # fmt: skip
        if book.engine.dialect.name == "sqlite":
            with book.engine.connect() as connection:
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
                connection.connection.driver_connection.execute(statement)  # type: ignore[union-attr]
        else:
            run(book, statement)
    assert found(book)


def test_a_guard_that_is_missing_or_another_is_found(book: Book) -> None:
    filled(book)
    assert verify(book).ok
    on = " ON entries" if book.engine.dialect.name == "postgresql" else ""
    run(book, f"DROP TRIGGER entries_no_update{on}")
    assert [f.where for f in verify(book).findings] == ["guards"]
    if book.engine.dialect.name == "postgresql":
        run(book, "CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries FOR EACH ROW WHEN (false)"
            " EXECUTE FUNCTION ntrkpath_refuse()")  # fmt: skip
    else:
        run(book, "CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries WHEN 0 BEGIN SELECT 1; END")
    assert [f.where for f in verify(book).findings] == ["guards"]


def test_every_byte_of_a_chain_counts(tmp_path: Path) -> None:
    """Each field of each row of the book is changed by itself, in its first, middle and last byte."""
    import sqlite3

    path = tmp_path / "book.sqlite"
    with Book.create(path) as book:
        filled(book)
        unguarded(book)
    data = sqlite3.connect(path, isolation_level=None)
    data.execute("PRAGMA foreign_keys=OFF")
    for table in ("entries", "bodies", "files"):
        columns = [row[1] for row in data.execute(f"PRAGMA table_info({table})")]
        for values in data.execute(f"SELECT * FROM {table}").fetchall():
            for column, value in zip(columns, values, strict=True):
                for changed in _changed(value):
                    data.execute("BEGIN")
                    key = (values[0], values[1])
                    data.execute(f"UPDATE {table} SET {column} = ? WHERE site = ? AND seq = ?", (changed, *key))
                    data.execute("COMMIT")
                    with Book.open(path) as book:
                        assert found(book, with_views=False), (table, column, value, changed)
                    back = (changed if column == "site" else key[0], changed if column == "seq" else key[1])
                    data.execute(f"UPDATE {table} SET {column} = ? WHERE site = ? AND seq = ?", (value, *back))
    with Book.open(path) as book:
        assert not found(book)
    data.close()


def _changed(value: Any) -> list[Any]:
    if isinstance(value, int):
        return [value + 1000, value - 1000, str(value) + "x"]
    places = {0, len(value) // 2, len(value) - 1}
    if isinstance(value, str):
        return [value[:i] + ("~" if value[i] != "~" else "!") + value[i + 1 :] for i in places] + [value + " "]
    return [value[:i] + bytes([value[i] ^ 1]) + value[i + 1 :] for i in places] + [value + b"\0", value[:-1]]


# --- heads ------------------------------------------------------------------------------------------------------------


def signed(book: Book, tmp_path: Path) -> tuple[Path, str]:
    key, exported = tmp_path / "key.pem", tmp_path / "head.json"
    if not key.exists():
        heads.new_key(key)
    with book.engine.connect() as connection:
        head = heads.head(connection, book.id, heads.private_key(key))
    exported.write_bytes(msgspec.json.encode(head))
    return exported, heads.public_of(key)


def test_an_exported_head_fits_the_book_it_is_of_and_every_later_state(book: Book, tmp_path: Path) -> None:
    exported, key = signed(filled(book), tmp_path)
    assert verify(book, heads.read_head(exported, key)).ok
    book.append(draft("P2", fusion_case()))
    assert verify(book, heads.read_head(exported, key)).ok


def test_a_chain_without_its_newest_entries_is_found_against_a_head(book: Book, tmp_path: Path) -> None:
    exported, key = signed(filled(book), tmp_path)
    unguarded(book)
    for table in ("files", "bodies", "entries"):
        run(book, f"DELETE FROM {table} WHERE site = 'S2' AND seq = 2")
    book.rebuild()
    assert not found(book) and found(book, head=heads.read_head(exported, key))


def test_a_chain_written_anew_is_found_against_a_head(book: Book, place: Place, tmp_path: Path) -> None:
    exported, key = signed(filled(book), tmp_path)
    unguarded(book)
    salt, body = chain.new_salt(), written(registration("literature"))
    previous = chain.START
    for row in rows(book, "SELECT * FROM entries WHERE site = 'S1' ORDER BY seq"):
        values = dict(row._mapping) | {"previous": previous}
        if row.seq == 1:
            values["digest"] = chain.digest(salt, body)
        link = chain.linked(chain.Link(**values))
        previous = link.hash
        run(book, "UPDATE entries SET digest = :d, previous = :p, hash = :h WHERE site = 'S1' AND seq = :s",
            d=link.digest, p=link.previous, h=link.hash, s=row.seq)  # fmt: skip
    run(book, "UPDATE bodies SET salt = :s, body = :b WHERE site = 'S1' AND seq = 1", s=salt, b=body)
    book.rebuild()
    assert not found(book)
    assert any("anew" in told for told in found(book, head=heads.read_head(exported, key)))


def test_a_head_that_was_changed_or_signed_by_another_key_is_refused(book: Book, tmp_path: Path) -> None:
    exported, key = signed(filled(book), tmp_path)
    told = exported.read_bytes()
    heads.new_key(tmp_path / "other.pem")
    with pytest.raises(RegistryError, match="another key"):
        heads.read_head(exported, heads.public_of(tmp_path / "other.pem"))
    exported.write_bytes(told.replace(b'"seq":5', b'"seq":4'))
    with pytest.raises(RegistryError, match="signature"):
        heads.read_head(exported, key)


def test_a_key_is_readable_by_its_owner_alone_and_never_replaced(tmp_path: Path) -> None:
    heads.new_key(tmp_path / "key.pem")
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    with pytest.raises(RegistryError, match="already"):
        heads.new_key(tmp_path / "key.pem")


# --- erasure ----------------------------------------------------------------------------------------------------------


def test_an_erasure_removes_body_salt_file_and_derived_row_and_the_chain_still_verifies(book: Book) -> None:
    filled(book)
    book.erase("S1", "P1", author="a", request="e", asked_by="subject")
    assert verify(book).ok and verify(book).erased == 3
    assert rows(book, "SELECT seq FROM bodies WHERE site = 'S1' ORDER BY seq") == [(4,), (5,), (6,)]
    assert rows(book, "SELECT * FROM files") == []
    subject = book.subject("S1", "P1")
    assert subject is not None and subject.status == "erased" and subject.case is None
    [kept] = rows(book, "SELECT * FROM current WHERE subject = 'P1'")
    assert {kept.histology_before, kept.histology, kept.tier, kept.collection} == {None}
    with pytest.raises(RegistryError, match="no longer written"):
        book.append(draft("P1", registration()))


def test_an_erasure_asked_for_twice_is_one(book: Book) -> None:
    filled(book)
    first = book.erase("S1", "P1", author="a", request="e", asked_by="subject")
    assert book.erase("S1", "P1", author="a", request="e", asked_by="subject") == first
    with pytest.raises(RegistryError, match="already"):
        book.erase("S1", "P1", author="a", request="f", asked_by="subject")


def test_after_an_erasure_no_byte_of_what_was_said_is_left_in_the_files(tmp_path: Path) -> None:
    marks = ["a-histology-that-nobody-has", "4711.25"]
    with Book.create(tmp_path / "book.sqlite") as book:
        filled(book)
        book.append(draft("P7", registration(histology_before=marks[0], size_mm=float(marks[1]))), draft("P7", case()))
        book.append(*(draft(f"R{n}", registration()) for n in range(200)))
        stored = b"".join(file.read_bytes() for file in tmp_path.glob("book.sqlite*"))
        assert all(mark.encode() in stored for mark in marks)
        book.erase("S1", "P7", author="a", request="e", asked_by="subject")
        stored = b"".join(file.read_bytes() for file in tmp_path.glob("book.sqlite*"))
        assert not any(mark.encode() in stored for mark in marks)


def test_bodies_that_no_erasure_names_are_not_deleted_and_erased_ones_do_not_come_back(book: Book) -> None:
    filled(book)
    kept = rows(book, "SELECT * FROM bodies WHERE site = 'S1' AND seq = 1")[0]
    book.erase("S1", "P1", author="a", request="e", asked_by="subject")
    with pytest.raises(sa.exc.DBAPIError):
        run(book, "DELETE FROM bodies WHERE site = 'S1' AND seq = 4")
    with pytest.raises(sa.exc.DBAPIError):
        run(book, "INSERT INTO bodies VALUES ('S1', 1, :salt, :body)", salt=kept.salt, body=kept.body)


# --- opening ----------------------------------------------------------------------------------------------------------


def test_a_book_is_made_once_and_opened_only_where_there_is_one(place: Place) -> None:
    where = place.new()
    with pytest.raises((RegistryError, OutputError)):
        Book.open(where)
    Book.create(where).close()
    with pytest.raises(RegistryError, match="already"):
        Book.create(where)
    Book.open(where).close()


def test_a_book_of_another_version_is_not_opened(book: Book, place: Place) -> None:
    run(book, "UPDATE book_version SET version_num = '0000'")
    with pytest.raises(RegistryError, match="another version"):
        Book.open(book.engine.url.render_as_string(hide_password=False).replace("sqlite+pysqlite:///", ""))


def test_views_are_rebuilt_from_the_book_alone(book: Book) -> None:
    filled(book)
    before = [rows(book, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables.derived.tables]
    for table in tables.derived.tables:
        run(book, f"DELETE FROM {table}")
    assert found(book)
    assert book.rebuild() == 3
    assert [rows(book, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables.derived.tables] == before
    assert not found(book)


# --- bodies -----------------------------------------------------------------------------------------------------------

#: Bodies as the first schema wrote them; they are read for ever, and never written anew.
FIRST_SCHEMA = Path(__file__).parent / "data" / "registry" / "bodies-1.jsonl"


def test_bodies_of_the_first_schema_are_read_for_ever() -> None:
    lines = FIRST_SCHEMA.read_bytes().splitlines()
    assert {str(read(line, 1).__struct_config__.tag) for line in lines} == set(KINDS)
    assert all(written(read(line, 1)) == line for line in lines)


def test_a_body_of_a_newer_schema_is_refused_with_the_remedy() -> None:
    with pytest.raises(RegistryError, match="newer"):
        read(b"{}", 99)


def test_a_body_with_an_unknown_item_is_refused() -> None:
    with pytest.raises(RegistryError):
        checked({"kind": "stain", "percentage": 3})


# --- backup and restore -----------------------------------------------------------------------------------------------


def test_a_backup_is_a_book_with_the_same_chains_and_restores_on_either_database(book: Book, place: Place) -> None:
    filled(book)
    book.erase("S1", "P2", author="a", request="e", asked_by="subject")
    out = place.directory / "backup.sqlite"
    backup(book, out)
    assert [p.name for p in place.directory.glob("*backup*")] == ["backup.sqlite"]
    where = place.new()
    restored = restore(out, where, None)
    with Book.open(where) as again:
        assert list(again.entries()) == list(book.entries()) and again.id == book.id
        assert again.file("S1", 3) == book.file("S1", 3)
        assert verify(again).ok and (restored.lost, restored.erased) == ((), ())


def test_a_restored_book_says_what_is_lost_and_erases_again(book: Book, place: Place) -> None:
    out = place.directory / "backup.sqlite"
    backup(filled(book), out)
    book.append(draft("P4", registration()), draft("P4", case()))
    book.erase("S1", "P1", author="a", request="e", asked_by="subject")
    exported, key = signed(book, place.directory)
    where = place.new()
    restored = restore(out, where, heads.read_head(exported, key))
    assert [(lost.site, lost.first, lost.last) for lost in restored.lost] == [("S1", 6, 8)]
    with Book.open(where) as again:
        subject = again.subject("S1", "P1")
        assert subject is not None and subject.status == "erased" and again.file("S1", 3) is None
        assert verify(again).ok


def test_a_backup_that_was_changed_is_not_restored(book: Book, place: Place) -> None:
    import sqlite3

    out = place.directory / "backup.sqlite"
    backup(filled(book), out)
    data = sqlite3.connect(out)
    data.execute("DROP TRIGGER bodies_no_update")
    data.execute("UPDATE bodies SET body = salt WHERE seq = 1 AND site = 'S1'")
    data.commit()
    data.close()
    with pytest.raises(RegistryError, match="does not verify"):
        restore(out, place.new(), None)


def test_a_backup_replaces_no_file_and_is_made_of_no_broken_book(book: Book, place: Place) -> None:
    filled(book)
    out = place.directory / "there"
    out.write_text("something else")
    with pytest.raises(OutputError, match="already"):
        backup(book, out)
    run(book, "DROP TRIGGER entries_no_update" + (" ON entries" if place.kind == "postgresql" else ""))
    with pytest.raises(RegistryError, match="does not verify"):
        backup(book, place.directory / "other")
    assert not list(place.directory.glob("*other*")) and out.read_text() == "something else"


def test_the_tables_that_migrations_make_are_those_that_are_used(book: Book) -> None:
    with book.engine.connect() as connection:
        found = sa.inspect(connection)
        for table in (*tables.book.sorted_tables, *tables.derived.sorted_tables):
            columns = {c["name"]: c["nullable"] for c in found.get_columns(table.name)}
            assert columns == {c.name: bool(c.nullable) for c in table.columns}, table.name
            keys = found.get_pk_constraint(table.name)["constrained_columns"]
            assert keys == [c.name for c in table.primary_key]


def test_only_the_primary_key_leads_from_the_site_to_an_entry(book: Book) -> None:
    """Of two such indexes PostgreSQL took the one that holds all entries of a site, for each new entry."""
    with book.engine.connect() as connection:
        for index in sa.inspect(connection).get_indexes("entries"):
            assert index["column_names"][0] != "site"


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from ntrkpath.cli.registry import command
    from ntrkpath.registry import needed

    monkeypatch.setattr(needed.util, "find_spec", lambda name: None)
    result = CliRunner().invoke(command, ["verify"], standalone_mode=False)
    assert isinstance(result.exception, RegistryError) and "ntrkpath[registry]" in str(result.exception)
