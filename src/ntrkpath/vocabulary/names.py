"""The word lists of `knowledge/names`, read when first needed: from one compiled file where it is up to date."""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

NAMES = Path(__file__).resolve().parents[1] / "knowledge" / "names"
COMPILED = "compiled.msgpack"


class _Contents(msgspec.Struct, frozen=True):
    """Every list by its file's stem, and a check sum over the files it was made from."""

    check_sum: int
    lists: dict[str, Any]


def _check_sum(directory: Path) -> int:
    return zlib.crc32(b"".join(p.name.encode() + b"\0" + p.read_bytes() for p in sorted(directory.glob("*.yaml"))))


def parse(directory: Path | None = None) -> _Contents:
    """Read the YAML files themselves, those that are shipped where no directory is given."""
    directory = directory or NAMES
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    lists = {
        path.stem: yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
        for path in sorted(directory.glob("*.yaml"))
    }
    return _Contents(_check_sum(directory), lists)


def write_compiled(directory: Path | None = None) -> Path:
    """Write the compiled form beside the YAML files and return its path."""
    directory = directory or NAMES
    target = directory / COMPILED
    made = target.with_suffix(".new")
    made.write_bytes(msgspec.msgpack.encode(parse(directory)))
    made.replace(target)
    return target


@cache
def word_list(name: str) -> Any:
    """Return one list as plain data: ``genes``, ``case_words``, ``alterations`` or ``languages``."""
    return _contents().lists[name]


@cache
def _contents() -> _Contents:
    compiled = NAMES / COMPILED
    if compiled.exists():
        try:
            contents = msgspec.msgpack.decode(compiled.read_bytes(), type=_Contents)
        except msgspec.MsgspecError:
            return parse(NAMES)
        if contents.check_sum == _check_sum(NAMES):
            return contents
    return parse(NAMES)
