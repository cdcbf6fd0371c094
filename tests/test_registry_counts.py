"""Counts that leave the registry: small cells stay hidden, releases grow in steps, pooling is exact and noted."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")
pytest.importorskip("scipy")

from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.cli.registry import command
from ntrkpath.evidence.glmm import pool
from ntrkpath.model.errors import RegistryError
from ntrkpath.registry.book import Book
from ntrkpath.registry.counts import LEAST, Cells, counted, for_pooling, hidden, published
from ntrkpath.registry.entries import WHOLE, Counted
from ntrkpath.registry.pooling import combine, read_counts
from ntrkpath.registry.verify import verify
from support.registry import draft, fusion_case, negative_case, registration


@pytest.fixture
def book(tmp_path: Path) -> Any:
    with Book.create(tmp_path / "book.sqlite") as made:
        yield made


def enrol(book: Book, histology: str, first: int, count: int, positive: int = 0) -> None:
    for n in range(first, first + count):
        body = fusion_case(histology) if n - first < positive else negative_case(histology)
        book.append(draft(f"P{n}", registration(histology_before=histology)), draft(f"P{n}", body))


def row(found: Any, histology: str) -> Cells:
    return next(cells for cells in found.rows if cells.histology == histology)


ROWS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)).map(lambda t: sorted(t, reverse=True)),
    min_size=1, max_size=6,
)  # fmt: skip


@given(ROWS)
def test_no_cell_under_five_is_shown_and_none_follows_from_the_others(drawn: list[list[int]]) -> None:
    rows = tuple(Counted(f"h{i}", *numbers) for i, numbers in enumerate(drawn))
    *shown, total = hidden(rows)
    for cells, exact in zip(shown, rows, strict=True):
        for what in ("subjects", "tested", "positive"):
            assert getattr(cells, what) in (None, getattr(exact, what))
            assert getattr(cells, what) is None or getattr(cells, what) >= LEAST
        if cells.positive is not None:
            assert exact.tested - exact.positive >= LEAST, "the negatives are a cell too"
    for what in ("subjects", "tested", "positive"):
        gone = [getattr(e, what) for c, e in zip(shown, rows, strict=True) if getattr(c, what) is None]
        if getattr(total, what) is not None and gone:
            assert len(gone) > 1 and sum(gone) >= LEAST


@given(st.lists(st.integers(0, 4), min_size=2, max_size=5))
def test_a_sum_never_tells_every_hidden_cell(hidden_cells: list[int]) -> None:
    rows = tuple(Counted(f"h{i}", 20, 20, n) for i, n in enumerate(hidden_cells))
    *_, total = hidden(rows)
    if total.positive is not None:
        possible = [c for c in itertools.product(range(LEAST), repeat=len(rows)) if sum(c) == total.positive]
        assert len(possible) > 1


def test_a_release_changes_by_at_least_five_subjects_a_row(book: Book) -> None:
    enrol(book, "leiomyosarcoma", 0, 6)
    assert row(published(book, author="a"), "leiomyosarcoma").subjects == 6
    enrol(book, "leiomyosarcoma", 6, 4)
    found = published(book, author="a")
    assert row(found, "leiomyosarcoma").subjects == 6 and found.held_back == 1
    enrol(book, "leiomyosarcoma", 10, 1)
    assert row(published(book, author="a"), "leiomyosarcoma").subjects == 11


def test_a_row_of_fewer_than_five_is_in_no_release(book: Book) -> None:
    enrol(book, "leiomyosarcoma", 0, 4)
    assert [cells.histology for cells in published(book, author="a").rows] == ["all"]


def test_every_release_is_noted_in_the_book_and_belongs_to_no_subject(book: Book) -> None:
    enrol(book, "leiomyosarcoma", 0, 5, positive=1)
    published(book, author="a")
    for_pooling(book, "study", author="b")
    noted = [(e.body.purpose, e.author) for e in book.entries(WHOLE)]
    assert noted == [("published", "a"), ("pooling", "b")]
    assert len(list(book.subjects())) == 5 and book.sites() == ("S1",) and verify(book).ok
    published(book, author="a")
    assert len(list(book.entries(WHOLE))) == 2, "the same release again is the one before"


def test_counts_for_pooling_are_exact_and_cross_nothing(book: Book, tmp_path: Path) -> None:
    enrol(book, "leiomyosarcoma", 0, 3, positive=1)
    found = for_pooling(book, "study", author="a")
    assert found.counts == (Counted("leiomyosarcoma", 3, 3, 1),) == counted(book)
    assert set(found.__struct_fields__) == {"schema", "book", "study", "at", "edition", "counts"}


def test_pooled_is_what_the_models_of_the_evidence_give(tmp_path: Path) -> None:
    files = []
    for name, (count, positive) in {"one": (9, 2), "two": (12, 1), "three": (7, 0)}.items():
        with Book.create(tmp_path / f"{name}.sqlite") as book:
            enrol(book, "leiomyosarcoma", 0, count, positive)
        out = tmp_path / f"{name}.json"
        arguments = ["counts", "--database", str(tmp_path / f"{name}.sqlite"), "--for-pooling", name, "--out", str(out)]
        CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)
        files.append(out)
    [of_one, of_all] = combine([read_counts(path) for path in files])
    assert of_one.pooled == of_all.pooled == pool([2, 1, 0], [9, 12, 7])
    told = CliRunner().invoke(
        command, ["pool", "--format", "json", *map(str, files)], standalone_mode=False, catch_exceptions=False
    )
    assert [one["histology"] for one in json.loads(told.output)] == ["leiomyosarcoma", "all"]
    with pytest.raises(RegistryError, match="one registry"):
        combine([read_counts(files[0]), read_counts(files[0])])


def test_counts_that_contradict_each_other_are_refused(book: Book, tmp_path: Path) -> None:
    enrol(book, "leiomyosarcoma", 0, 3, positive=1)
    import msgspec

    text = msgspec.json.encode(for_pooling(book, "study", author="a")).replace(b'"positive":1', b'"positive":9')
    (tmp_path / "wrong.json").write_bytes(text)
    with pytest.raises(RegistryError, match="contradict"):
        read_counts(tmp_path / "wrong.json")
