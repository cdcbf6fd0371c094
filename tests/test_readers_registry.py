"""Readers are found by content, by caller and by entry point, and only the one that is needed is imported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from ntrkpath import readers
from ntrkpath.model.fusion import Junction
from ntrkpath.readers import _registry
from ntrkpath.readers.api import Collector, Document, Format, Header, Row, TableReader, cells

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import build_formats  # noqa: E402

SIGNED = build_formats.signed()
DATA = ROOT / "tests" / "data" / "readers"


def _junction(row: Row) -> Junction:
    return row.junction(cells.side(row["up"], cells.locus(row["up_at"], 1)), cells.side(row["down"]))


TABLE = TableReader(
    "example",
    {"up": ("upstream_gene",), "down": ("downstream_gene",), "up_at": ("bp1",)},
    ("up", "down", "up_at"),
    _junction,
)


class Lines:
    """A reader of a format that is no table."""

    name = "lines"

    def recognises(self, document: Document) -> bool:
        return document.lines[0].startswith("EXAMPLE")

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        for number, line in enumerate(document.lines[1:], 2):
            if collector.wants(line):
                first, second = cells.pair(line)
                collector.add(collector.junction(cells.side(first), cells.side(second), number, line))


class _Entry:
    def __init__(self, name: str, reader: object) -> None:
        self.name = name
        self._reader = reader

    def load(self) -> object:
        return self._reader


def _with_entries(monkeypatch: pytest.MonkeyPatch, *entries: _Entry) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(metadata, "entry_points", lambda group: entries if group == _registry.GROUP else ())
        _registry.installed.cache_clear()
        yield
    _registry.installed.cache_clear()


@pytest.fixture
def _installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from _with_entries(monkeypatch, _Entry("example", TABLE), _Entry("lines", Lines()))


SIGNATURE = Format(
    reader=TABLE,
    file="`example.tsv`",
    seen="built",
    callers=("example-caller",),
    level="dna",
    specimen="upstream_gene\tdownstream_gene\tbp1\nETV6\tNTRK3\tchr12:12022902:+\n",
)


@pytest.fixture
def _installed_format(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from _with_entries(monkeypatch, _Entry("example", SIGNATURE))


@pytest.mark.usefixtures("_installed")
def test_an_installed_table_reader_is_recognised_by_its_columns_and_by_caller() -> None:
    text = b"upstream_gene\tdownstream_gene\tbp1\nETV6\tNTRK3\tchr12:12022902:+\n"
    for caller in (None, "example"):
        result = readers.read(text, "x", caller=caller)
        assert result.format == "example"
        assert result.junctions[0].five_prime.position == 12022903


@pytest.mark.usefixtures("_installed")
def test_an_installed_reader_of_lines_is_recognised_by_its_own_look() -> None:
    result = readers.read(b"EXAMPLE 1.0\nETV6--NTRK3\nA--B\n", "x", genes=readers.NTRK)
    assert (result.format, len(result.junctions), result.rows_other) == ("lines", 1, 1)


def test_reading_one_format_imports_no_other() -> None:
    code = (
        "import sys; from ntrkpath import readers; "
        f"readers.read({str(DATA / 'arriba_v1.tsv')!r}); "
        "print(sorted(m.rpartition('.')[2] for m in sys.modules if m.startswith('ntrkpath.readers.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    public = [name for name in done.stdout.replace("'", "").strip("[]\n").split(", ") if not name.startswith("_")]
    assert public == ["arriba"]


def test_index_and_page_are_what_the_formats_sign() -> None:
    for path, text in build_formats.made().items():
        assert path.read_text(encoding="utf-8") == text, f"run scripts/build_formats.py: {path.name}"
    assert set(readers.formats()) >= {"arriba", "manta", "tso500", "generic"}


@pytest.mark.parametrize(("module", "form"), SIGNED, ids=[form.name for _, form in SIGNED])
def test_a_format_is_signed_wholly(module: str, form: Format) -> None:
    assert bool(form.header) != (form.opening is not None), "columns or an opening"
    assert "real" in form.seen or "built" in form.seen
    assert form.file
    assert form.maintained


@pytest.mark.parametrize(("module", "form"), SIGNED, ids=[form.name for _, form in SIGNED])
def test_a_specimen_is_recognised_and_gives_an_ntrk_finding(module: str, form: Format) -> None:
    result = readers.read(form.specimen.encode(), "x", genes=readers.NTRK)
    assert (result.format, result.status, result.problems) == (form.name, "read", ())
    assert result.junctions or result.changes or result.copy_numbers
    assert set(result.tells) <= set(form.all_tells)
    if form.level is not None and form.level_stated:
        assert {(j.level, j.level_stated) for j in result.junctions} <= {(form.level, form.level_stated)}


@pytest.mark.parametrize(("module", "form"), SIGNED, ids=[form.name for _, form in SIGNED])
def test_a_header_without_rows_is_read_and_no_event(module: str, form: Format) -> None:
    if not form.header:
        return
    result = readers.read(form.specimen.splitlines(keepends=True)[0].encode(), "x")
    assert (result.format, result.status, result.junctions) == (form.name, "read", ())


@pytest.mark.usefixtures("_installed_format")
def test_an_installed_format_enters_like_a_built_in_one() -> None:
    result = readers.read(SIGNATURE.specimen.encode(), "x")
    assert (result.format, result.caller, result.tells) == ("example", "example-caller", ("dna_fusions",))
    assert (result.junctions[0].level, result.junctions[0].level_stated) == ("dna", True)
    assert readers.read(SIGNATURE.specimen.encode(), "x", caller="example-caller").format == "example"


def test_the_example_of_the_how_to_reads_a_file() -> None:
    page = (ROOT / "docs" / "how-to" / "write-a-reader.md").read_text(encoding="utf-8")
    scope: dict[str, object] = {}
    exec(page.split("```python\n")[1].split("```")[0], scope)
    reader = scope["READER"]
    assert isinstance(reader, TableReader)
    head = "upstream_gene\tdownstream_gene\tbp1\tbp2\tframe\tsupporting_reads\n"
    document = Document("x", (head + "ETV6\tNTRK3\tchr12:12022902:+\tchr15:88483983:-\tinframe\t7").split("\n"))
    collector = Collector(document, "example", None, None)
    reader.read(document, collector)
    (found,) = collector.junctions
    assert (found.five_prime.position, found.three_prime.position) == (12022903, 88483984)
    assert (found.frame_by_caller, found.support.split_reads) == ("in", 7)


def test_a_format_is_never_told_by_the_file_name() -> None:
    content = (DATA / "star_fusion.tsv").read_bytes()
    assert readers.read(content, "arriba_fusions.tsv").format == "star-fusion"
