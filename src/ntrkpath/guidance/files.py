"""The files of an edition as plain data: YAML in the source tree, one compiled file with its hash in an installation.

Parsing the YAML costs some 0.1 s and more; the compiled form is read in a few milliseconds and used only where its
check sum is that of the YAML beside it. It carries the SHA-256 that every answer names, each file as it is decoded when
it is asked for, and facts and tables that were checked when it was made.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.model.errors import GuidanceError
from ntrkpath.rules import Fact, Table, load_facts, load_tables

COMPILED = "compiled.msgpack"
KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge"


class Ready(msgspec.Struct, frozen=True):
    """The facts of an edition, and its tables by file, as they are once checked."""

    facts: dict[str, Fact]
    tables: dict[str, tuple[Table, ...]]


class Contents(msgspec.Struct, frozen=True):
    """Every YAML file of an edition by stem, and over names and contents the SHA-256 and a quick check sum."""

    sha256: str
    check_sum: int
    files: Mapping[str, Any]


class _Compiled(msgspec.Struct, frozen=True):
    """The compiled form: the contents, each file still encoded."""

    sha256: str
    check_sum: int
    files: dict[str, msgspec.Raw]
    ready: msgspec.Raw


class CompiledFiles(Mapping[str, Any]):
    """Files by stem, each decoded when it is first asked for; a deep copy is plain data, which may be edited.

    Attributes:
        ready: The facts and tables that these files hold.
    """

    def __init__(self, encoded: Mapping[str, msgspec.Raw], ready: Ready) -> None:
        self._encoded, self.ready = encoded, ready
        self._decoded: dict[str, Any] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {stem: msgspec.msgpack.decode(encoded) for stem, encoded in self._encoded.items()}

    def __getitem__(self, stem: str) -> Any:
        if stem not in self._decoded:
            self._decoded[stem] = msgspec.msgpack.decode(self._encoded[stem])
        return self._decoded[stem]

    def __contains__(self, stem: object) -> bool:
        return stem in self._encoded

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)


def ready(files: Mapping[str, Any]) -> Ready:
    """Check the facts and the tables of an edition and return them; those of compiled files are checked already.

    Raises:
        GuidanceError: One of them is malformed, or refers to something that is not defined.
    """
    if isinstance(files, CompiledFiles):
        return files.ready
    facts = load_facts(files["facts"]["facts"])
    listed = files["guideline"]["tables"]
    return Ready(facts, {file: load_tables(files[file]["tables"], facts, f"{file}.yaml") for file in listed})


def _named_bytes(directory: Path) -> list[bytes]:
    return [path.name.encode() + b"\0" + path.read_bytes() + b"\0" for path in sorted(directory.glob("*.yaml"))]


def digest(directory: Path) -> str:
    """Return the SHA-256 over the names and bytes of the YAML files, in name order."""
    import hashlib  # not needed where the compiled form is up to date

    return hashlib.sha256(b"".join(_named_bytes(directory))).hexdigest()


def check_sum(directory: Path) -> int:
    """Return the CRC-32 over the same bytes, which tells whether the compiled form is up to date."""
    return zlib.crc32(b"".join(_named_bytes(directory)))


def parse(directory: Path) -> Contents:
    """Read the YAML files of an edition.

    Raises:
        GuidanceError: The directory holds no edition, or a file is not YAML.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: dict[str, Any] = {}
    for path in sorted(directory.glob("*.yaml")):
        try:
            data[path.stem] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            raise GuidanceError(
                f"not readable as YAML ({error.__class__.__name__})", where=f"{path.name}{line}"
            ) from None
    if "guideline" not in data:
        raise GuidanceError("no edition here: guideline.yaml is missing", where=str(directory))
    return Contents(digest(directory), check_sum(directory), msgspec.to_builtins(data))


def write_compiled(directory: Path) -> Path:
    """Write the compiled form of an edition beside its YAML files and return its path."""
    target = directory / COMPILED
    made = target.with_suffix(".new")
    contents = parse(directory)
    made.write_bytes(msgspec.msgpack.encode({**msgspec.structs.asdict(contents), "ready": ready(contents.files)}))
    made.replace(target)
    return target


def read(directory: Path) -> Contents:
    """Return the contents of an edition, from the compiled form where it is up to date."""
    compiled = directory / COMPILED
    if compiled.exists():
        try:
            found = msgspec.msgpack.decode(compiled.read_bytes(), type=_Compiled)
            if found.check_sum == check_sum(directory):
                known = msgspec.msgpack.decode(found.ready, type=Ready)
                return Contents(found.sha256, found.check_sum, CompiledFiles(found.files, known))
        except msgspec.MsgspecError:
            return parse(directory)
    return parse(directory)
