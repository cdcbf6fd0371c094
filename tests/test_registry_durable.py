"""No acknowledged entry is lost and none is written twice: kills, full disk, locks, restarts, many writers at once."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("cryptography")

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ntrkpath.model.case import Case, Diagnosis
from ntrkpath.model.errors import OutputError, RegistryError
from ntrkpath.registry import database
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import CaseVersion, NoMoreData, NoMoreUse, kind_of
from ntrkpath.registry.forms import FollowUp, Screening
from ntrkpath.registry.incoming import Arrived, take
from ntrkpath.registry.verify import verify
from ntrkpath.registry.writing import lock
from support.postgresql import Server, running
from support.registry import Place, book, draft, place, registration, server

__all__ = ["book", "place", "server"]  # fixtures

WRITER = Path(__file__).parent / "support" / "registry_writer.py"


# --- kills ------------------------------------------------------------------------------------------------------------


def written_until_killed(
    where: str, site: str, first: int, lines: int, *, turns: int = 0, server: Server | None = None
) -> list[str]:
    """Start a writer, kill it without warning after some acknowledged lines, and return the acknowledged requests.

    Args:
        turns: How much this process does between the last of them and the kill: the writer is killed anywhere.
        server: The database that is killed in place of the writer, and started again.
    """
    paths = os.pathsep.join([str(Path(__file__).parents[1] / "src"), str(Path(__file__).parent)])
    process = subprocess.Popen(
        [sys.executable, str(WRITER), where, site, str(first)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if len(seen) > lines:
            for _ in range(turns):
                pass
            if server is None:
                process.send_signal(signal.SIGKILL)
            else:
                server.kill()
            break
    seen += process.stdout.readlines()  # acknowledged before the signal arrived
    errors = process.stderr.read()
    process.wait()
    process.stdout.close()
    process.stderr.close()
    if server is None:
        assert process.returncode == -signal.SIGKILL, errors
    else:
        assert "cannot be reached" in errors or "went away" in errors or "OutputError" in errors, errors
        server.start()
    return [request for line in seen[1:] if line.endswith("\n") for request in line.split()]


def kill_often(where: str, kills: int, server: Server | None = None) -> None:
    """Kill at random points the writer, or, where it is a process of its own, by turns the database."""
    draw = random.Random(kills)
    acknowledged: list[str] = []
    first = 0
    for number in range(kills):
        killed = server if server is not None and number % 2 else None
        lines, turns = draw.randint(0, 6), draw.randint(0, 500_000)
        acknowledged += written_until_killed(where, "S1", first, lines, turns=turns, server=killed)
        with Book.open(where) as book:
            stands = Counter(entry.request for entry in book.entries("S1"))
            assert set(acknowledged) <= set(stands) and set(stands.values()) <= {1}
            assert verify(book).ok
            first = max((int(request.partition("-")[0]) for request in stands), default=-1) + 1
            both = Counter(request.partition("-")[0] for request in stands)
            assert set(both.values()) <= {2}, "what is appended together stands together"


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that may be killed without taking it from other tests."""
    yield from running()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.long)])
def test_a_kill_of_writer_or_database_loses_no_acknowledged_entry(
    kind: str, kills: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("own_server") if kind == "postgresql" else None
    where = Place(kind, tmp_path, server).new()
    Book.create(where).close()
    kill_often(where, kills, server)


def test_a_write_that_is_repeated_after_a_kill_is_one(place: Place) -> None:
    where = place.new()
    Book.create(where).close()
    written_until_killed(where, "S1", 0, 3)
    written_until_killed(where, "S1", 0, 6)
    with Book.open(where) as book:
        assert set(Counter(entry.request for entry in book.entries("S1")).values()) == {1}
        assert verify(book).ok


# --- a database that will not -----------------------------------------------------------------------------------------


def fill(book: Book) -> None:
    for n in range(400):
        book.append(*(draft(f"P{n}", registration(note="x" * 1_900)) for _ in range(20)))


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    """The size that a process may give to a file stands for the space on a disk."""
    with Book.create(tmp_path / "book.sqlite") as book:
        book.append(draft("P1", registration()))
        before = list(book.entries())
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limit[1]))
            with pytest.raises(OutputError):
                fill(book)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
            signal.signal(signal.SIGXFSZ, ignored)
        assert list(book.entries())[:1] == before and verify(book).ok
        book.append(draft("P1", FollowUp(status="alive")))
        assert verify(book).ok


def test_a_locked_database_is_told_after_a_while_and_nothing_is_lost(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    where = place.new()
    with Book.create(where) as book, Book.open(where) as other:
        book.append(draft("P1", registration()))
        with other.engine.execution_options(writes=True).connect() as held:
            held.begin()
            lock(held, "S1")
            with pytest.raises(OutputError, match="another writer"):
                book.append(draft("P2", registration()))
            assert len(list(book.entries())) == 1, "readers do not wait"
        book.append(draft("P2", registration()))
        assert len(list(book.entries())) == 2 and verify(book).ok


def test_a_book_that_may_only_be_read_is_read(tmp_path: Path) -> None:
    if os.getuid() == 0:
        pytest.skip("root may write everywhere")
    with Book.create(tmp_path / "book.sqlite") as book:
        book.append(draft("P1", registration()))
    (tmp_path / "book.sqlite").chmod(0o400)
    with Book.open(tmp_path / "book.sqlite") as book, pytest.raises(OutputError):
        book.append(draft("P2", registration()))


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_a_server_that_restarts_under_load_loses_nothing_and_writes_nothing_twice(book: Book, place: Place) -> None:
    assert place.server is not None
    acknowledged: list[str] = []
    done = threading.Event()

    def load() -> None:
        number = 0
        while not done.is_set():
            one = draft(f"P{number % 20}", FollowUp(status="alive"), request=f"r{number}")
            try:
                book.append(one)
            except (OutputError, RegistryError):
                continue  # the same request again
            acknowledged.append(one.request)
            number += 1

    thread = threading.Thread(target=load)
    thread.start()
    try:
        for _ in range(3):
            enough = len(acknowledged) + 5
            while len(acknowledged) < enough and thread.is_alive():
                done.wait(0.01)
            place.server.stop("immediate")
            place.server.start()
    finally:
        done.set()
        thread.join()
    stands = Counter(entry.request for entry in book.entries())
    assert set(acknowledged) <= set(stands) and set(stands.values()) == {1}
    assert verify(book).ok


def test_many_writers_at_one_site_and_at_several_make_whole_chains(place: Place) -> None:
    where = place.new()
    Book.create(where).close()
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            with Book.open(where) as book:
                for i in range(8):
                    book.append(draft(f"P{i}", registration(prior_lines=number), site=f"S{number % 2}"))
        except BaseException as error:  # noqa: BLE001 - told by the test
            failures.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with Book.open(where) as book:
        assert verify(book).ok and verify(book).chains == {"S0": 16, "S1": 16}


# --- a simple model ---------------------------------------------------------------------------------------------------

SITES, SUBJECTS = st.sampled_from(["S1", "S2"]), st.sampled_from(["P1", "P2", "P3"])
HISTOLOGIES = st.sampled_from(["GIST", "leiomyosarcoma", "infantile fibrosarcoma"])


class Model(RuleBasedStateMachine):
    """A book beside a dictionary: what stands of each subject, and what was wished for it."""

    where: Any = None

    @initialize()
    def begin(self) -> None:
        self.book = Book.create(type(self).where())
        self.stands: dict[tuple[str, str], dict[str, Any]] = {}
        self.status: dict[tuple[str, str], str] = {}
        self.requests: dict[tuple[str, str], Any] = {}

    def teardown(self) -> None:
        if hasattr(self, "book"):
            self.book.close()

    def _write(self, site: str, subject: str, body: Any, allowed: bool) -> None:
        one = draft(subject, body, site=site)
        if not allowed:
            with pytest.raises(RegistryError):
                self.book.append(one)
            return
        self.book.append(one)
        self.requests[site, one.request] = one
        if kind_of(body) in ("registration", "case"):
            self.stands.setdefault((site, subject), {})[kind_of(body)] = body

    def _active(self, site: str, subject: str) -> bool:
        return self.status.get((site, subject), "active") == "active"

    @rule(site=SITES, subject=SUBJECTS, birth=st.sampled_from(["1980", "1981-02"]),
          collection=st.sampled_from(["prospective", "literature"]))  # fmt: skip
    def register(self, site: str, subject: str, birth: str, collection: str) -> None:
        body = registration(collection, birth=birth, histology_before="GIST")
        self._write(site, subject, body, self._active(site, subject))

    @rule(site=SITES, subject=SUBJECTS, histology=HISTOLOGIES)
    def new_version(self, site: str, subject: str, histology: str) -> None:
        body = CaseVersion(case=Case(diagnosis=Diagnosis(histology=histology), id=subject))
        self._write(site, subject, body, self._active(site, subject))

    @rule(site=SITES, subject=SUBJECTS)
    def step(self, site: str, subject: str) -> None:
        self._write(site, subject, Screening(step="stained"), self._active(site, subject))

    @rule(site=SITES, subject=SUBJECTS)
    def no_more_data(self, site: str, subject: str) -> None:
        allowed = self.status.get((site, subject), "active") in ("active", "no_more_data")
        self._write(site, subject, NoMoreData(asked_by="subject"), allowed)
        if allowed:
            self.status[site, subject] = "no_more_data"

    @rule(site=SITES, subject=SUBJECTS)
    def no_more_use(self, site: str, subject: str) -> None:
        allowed = self.status.get((site, subject), "active") in ("active", "no_more_data")
        self._write(site, subject, NoMoreUse(asked_by="subject"), allowed)
        if allowed:
            self.status[site, subject] = "no_more_use"

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def repeat(self, data: Any) -> None:
        key = data.draw(st.sampled_from(sorted(self.requests)))
        before = len(list(self.book.entries()))
        self.book.append(self.requests[key])
        assert len(list(self.book.entries())) == before

    @rule(site=SITES, subject=SUBJECTS)
    def erase(self, site: str, subject: str) -> None:
        there = self.book.subject(site, subject) is not None
        if not there or self.status.get((site, subject)) == "erased":
            with pytest.raises(RegistryError):
                self.book.erase(site, subject, author="a", request=str(uuid.uuid4()), asked_by="subject")
            return
        self.book.erase(site, subject, author="a", request=str(uuid.uuid4()), asked_by="subject")
        self.status[site, subject] = "erased"
        self.stands[site, subject] = {}

    @rule(site=SITES, subject=SUBJECTS, histology=HISTOLOGIES)
    def import_again(self, site: str, subject: str, histology: str) -> None:
        body = CaseVersion(case=Case(diagnosis=Diagnosis(histology=histology), id=subject))
        taken = take(self.book, [Arrived("x", subject, ((body, None),))], site, "a", "x")
        stood = self.stands.get((site, subject), {}).get("case")
        if not self._active(site, subject):
            assert len(taken.bad) == 1 and not taken.new
        elif stood is None:
            assert taken.new == 1
            self.stands.setdefault((site, subject), {})["case"] = body
        elif stood == body:
            assert taken.same == 1
        else:
            assert taken.waiting + taken.same == 1 and not taken.new

    @rule()
    def rebuild(self) -> None:
        self.book.rebuild()

    @invariant()
    def the_book_says_what_the_model_says(self) -> None:
        if not hasattr(self, "book"):
            return
        found = {(s.site, s.id): s for s in self.book.subjects()}
        for key, bodies in self.stands.items():
            registered, version = found[key].registration, found[key].case
            assert registered == bodies.get("registration")
            assert version == (bodies["case"].case if "case" in bodies else None)
        for key, status in self.status.items():
            assert found[key].status == status
        assert verify(self.book).ok
        from ntrkpath.registry.counts import counted

        wanted = Counter(s.histology_before or "not stated" for s in found.values() if s.counted)
        assert {row.histology: row.subjects for row in counted(self.book)} == dict(wanted)


def test_the_book_does_what_a_simple_model_does(place: Place) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    class Here(Model):
        where = staticmethod(place.new)

    examples = 8 if place.kind == "sqlite" else 4
    run_state_machine_as_test(
        Here, settings=settings(max_examples=examples, stateful_step_count=20, deadline=None,
                                suppress_health_check=list(HealthCheck)),
    )  # fmt: skip
