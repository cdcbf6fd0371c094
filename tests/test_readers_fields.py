"""Every field that a reader fills is filled by some file, and used or shown downstream."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ntrkpath import readers
from ntrkpath.model.fusion import Breakpoint, FileReport, Junction, Source, Support
from ntrkpath.readers import CopyNumber, ProteinChange, ReadResult, RowProblem

PACKAGE = Path(readers.__file__).parents[1]
DATA = Path(__file__).parent / "data" / "readers"
STRUCTS = (Junction, Breakpoint, Support, Source, ProteinChange, CopyNumber, ReadResult, RowProblem)
#: Fields that are for people who look into a file by hand, and for programs that read results.
FOR_PROGRAMS = {
    (Junction, "call_by_caller"): "the caller's words on the frame; its claim is frame_by_caller",
    (ReadResult, "rows_other"): "counts the records of other genes",
    (ReadResult, "rows_without_reads"): "told row by row in the notes",
    (RowProblem, "file"): "part of the text of a problem",
    (RowProblem, "line"): "part of the text of a problem",
    (RowProblem, "message"): "part of the text of a problem",
}


def _attributes() -> set[str]:
    """Names of attributes that the layers above the readers read."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name in {"readers", "model"}:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return found


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_field_of_what_is_read_is_used_downstream(struct: type[msgspec.Struct]) -> None:
    used = _attributes()
    unused = [name for name in struct.__struct_fields__ if name not in used and (struct, name) not in FOR_PROGRAMS]
    assert not unused


def _structs(value: object) -> Iterator[msgspec.Struct]:
    if isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from _structs(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _structs(one)


@pytest.fixture(scope="module")
def filled() -> set[tuple[type, str]]:
    """Fields that some file fills with more than its default."""
    seen: set[tuple[type, str]] = set()
    for path in DATA.iterdir():
        if path.is_file() and path.suffix != ".md":
            for one in _structs(readers.read(path)):
                defaults = {field.name: field.default for field in msgspec.structs.fields(one)}
                seen |= {(type(one), name) for name in defaults if getattr(one, name) != defaults[name]}
    return seen


@pytest.mark.parametrize("struct", [s for s in STRUCTS if s is not ReadResult], ids=lambda struct: struct.__name__)
def test_every_field_is_filled_by_some_file(struct: type[msgspec.Struct], filled: set[tuple[type, str]]) -> None:
    assert [name for name in struct.__struct_fields__ if (struct, name) not in filled] == []


def test_a_file_report_has_what_the_result_tells() -> None:
    assert set(FileReport.__struct_fields__) >= {
        "file",
        "caller",
        "format",
        "assembly",
        "samples",
        "status",
        "problems",
    }
