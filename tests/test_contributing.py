"""CONTRIBUTING names every file that an addition touches: the files are there, and made-up additions need no other."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from ntrkpath import readers
from ntrkpath.cli.main import cli
from ntrkpath.cohort.columns import raw_columns
from ntrkpath.model import case_keys
from ntrkpath.model.case import Disease
from ntrkpath.model.case_meanings import SAID, Said
from ntrkpath.readers import _registry
from ntrkpath.readers.api import Format, Row, TableReader, cells

ROOT = Path(__file__).resolve().parents[1]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TOUCHED = re.findall(r"^- `([^`]+)`", CONTRIBUTING, re.MULTILINE)


def test_every_addition_is_explained() -> None:
    heads = re.findall(r"^## (.+)$", CONTRIBUTING, re.MULTILINE)
    assert {"A rule", "A statement", "A format of a caller", "A key of a case", "A test method"} <= set(heads)


@pytest.mark.parametrize("path", TOUCHED)
def test_a_file_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


def test_the_decisions_are_all_listed_once() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}[^)]*)\)", (folder / "index.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("0*.md"))
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [name for name in listed if menu.count(f"decisions/{name}") != 1] == []


def test_the_drawing_of_the_floors_is_made_from_the_code_as_it_is() -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts" / "docs_architecture.py", "--check"], check=False)
    assert done.returncode == 0, "python scripts/docs_architecture.py"


# --- a key ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def with_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[msgspec.Struct]]:
    """The part `disease` with a made-up key, stated in the two files that CONTRIBUTING names."""
    made = msgspec.defstruct("Disease", [("bone_metastases", bool | None, None)], bases=(Disease,), frozen=True)
    monkeypatch.setitem(case_keys.PARTS, "disease", made)
    monkeypatch.setitem(SAID, "Disease.bone_metastases", Said("Whether there are metastases in bone.", label="In bone"))
    raw_columns.cache_clear()
    yield made
    monkeypatch.undo()
    raw_columns.cache_clear()


def test_a_made_up_key_is_a_column_a_field_and_part_of_the_reference(with_key: type[msgspec.Struct]) -> None:
    pytest.importorskip("litestar", reason="needs the extra server")
    from ntrkpath.server.case.fields import field

    column = raw_columns()["disease.bone_metastases"]
    assert (column.short, column.kind) == ("bone_metastases", "flag")
    shown = field(with_key, "bone_metastases", "disease", {})
    assert shown.label == "In bone" and [value for value, _ in shown.choices] == ["true", "false"]
    key = dict(case_keys.all_keys())["disease.bone_metastases"]
    assert key.meaning == "Whether there are metastases in bone."


# --- a format ---------------------------------------------------------------------------------------------------------
def _junction(row: Row) -> object:
    return row.junction(cells.side(row["up"]), cells.side(row["down"]))


MADE_UP = Format(
    reader=TableReader("made-up", {"up": ("first_partner",), "down": ("second_partner",)}, ("up", "down"), _junction),
    file="`made-up.tsv`", seen="built", level="rna", specimen="first_partner\tsecond_partner\nETV6\tNTRK3\n",
)  # fmt: skip


class _Entry:
    name = "made-up"

    def load(self) -> object:
        return MADE_UP


@pytest.fixture
def with_format(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A format that an installed package brings."""
    monkeypatch.setattr(metadata, "entry_points", lambda group: (_Entry(),) if group == _registry.GROUP else ())
    _registry.installed.cache_clear()
    yield
    monkeypatch.undo()
    _registry.installed.cache_clear()


def test_a_made_up_format_is_read_listed_and_named_by_the_command(with_format: None, tmp_path: Path) -> None:
    assert "made-up" in readers.formats()
    path = tmp_path / "made-up.tsv"
    path.write_text(MADE_UP.specimen, encoding="utf-8")
    for more in ([], ["--caller", "made-up"]):
        done = CliRunner().invoke(cli, ["fusions", str(path), "--format", "json", *more])
        assert '"ETV6::NTRK3"' in done.stdout and '"made-up"' in done.stdout


def test_a_made_up_format_can_be_chosen_on_the_page(with_format: None) -> None:
    pytest.importorskip("litestar", reason="needs the extra server")
    from support.web import client

    with client() as asked:
        assert ">made-up<" in asked.get("/fusions").text
