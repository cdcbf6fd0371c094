"""A study says the same on SQLite and on PostgreSQL: filled, listed, reckoned, answered, exported."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="needs ntrkpath[registry]")

from click.testing import CliRunner

from ntrkpath.cli.registry import command
from ntrkpath.guidance import load
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import Draft
from ntrkpath.registry.forms import Registration
from ntrkpath.registry.study.synthetic import synthetic_study
from support.postgresql import Server
from support.registry import Place, server
from support.study import protocol

__all__ = ["server"]  # a fixture

#: Commands that read a book; each must say the same on either database.
READING = (
    ("worklist", "--format", "json"), ("worklist", "--site", "synthetic-north"), ("worklist", "--list", "overdue"),
    ("results",), ("results", "--format", "json"), ("results", "--as-of", "2026-03-31", "--format", "csv"),
    ("central-review",), ("review",), ("answer", "--author", "a"), ("answer", "--author", "a"),
    ("changed", "--format", "json"), ("verify",), ("counts", "--author", "a"), ("rebuild",),
    ("verify", "--format", "json"),
)  # fmt: skip
EXPORTS = ("tables", "redcap", "cbioportal", "dnpm")


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory, server: Server) -> dict[str, str]:
    drafts = [d for of_one in islice(synthetic_study(protocol(), load(), subjects=150), 150) for d in of_one]
    made = {
        kind: Place(kind, tmp_path_factory.mktemp(kind), server if kind == "postgresql" else None).new()
        for kind in ("sqlite", "postgresql")
    }
    names = list(dict.fromkeys((draft.site, draft.subject) for draft in drafts))[:20]
    whole = Registration(collection="prospective", birth="1980-05", date_pathology="2024-03-05", icd_10_gm="C49.2",
                         topography="C49.2", morphology="8890/3", grade="2")  # fmt: skip
    drafts += [Draft(site=site, subject=ident, body=whole, author="a", request=f"whole {site} {ident}")
               for site, ident in names]  # fmt: skip
    for where in made.values():
        with Book.create(where) as book:
            book.append(*drafts)
    return made


def said(where: str, *words: str) -> Any:
    """Return what a command says, less what names the database or the moment."""
    dated = (
        () if "--as-of" in words or words[0] in ("review", "verify", "counts", "rebuild") else ("--as-of", "2026-06-30")
    )
    found = CliRunner().invoke(command, [words[0], "--database", where, *words[1:], *dated], standalone_mode=False)
    assert found.exception is None, found.exception
    return found.return_value, re.sub(r"\d{4}-\d\d-\d\dT[\d:.+]+", "AT", found.output)


def test_every_command_says_the_same_on_both(books: dict[str, str]) -> None:
    for words in READING:
        assert said(books["postgresql"], *words) == said(books["sqlite"], *words), words


@pytest.mark.parametrize("kind", EXPORTS)
def test_every_export_is_the_same_from_both(kind: str, books: dict[str, str], tmp_path: Path) -> None:
    found = {}
    for name, where in books.items():
        out = tmp_path / name
        site = ("--site", "synthetic-north") if kind == "redcap" else ()
        CliRunner().invoke(command, ["export", str(out), "--database", where, "--as", kind, *site],
                           standalone_mode=False, catch_exceptions=False)  # fmt: skip
        found[name] = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert found["postgresql"] == found["sqlite"] and len(found["sqlite"]) > 2
    assert [name for name, text in found["sqlite"].items() if told(text) > 3], "no subject is in the export"
    if kind == "dnpm":
        assert sum(name.endswith(".json") for name in found["sqlite"]) > 10


def told(text: bytes) -> int:
    """Return how many lines a file has that are not blank and no comment."""
    return sum(bool(line.strip()) and not line.startswith(b"#") for line in text.splitlines())
