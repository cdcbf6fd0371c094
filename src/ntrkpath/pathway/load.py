"""Reading cases: YAML, JSON and JSON lines, with one clear error for anything that cannot be used."""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.model import case as model
from ntrkpath.model.case import Case
from ntrkpath.model.errors import CaseError

#: A single case is text of at most this size in bytes; JSON lines are unlimited, each line under the same limit.
MAX_BYTES = 1_000_000

_UNKNOWN_KEY = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$(.*?)`)?$", re.DOTALL)
_AT = re.compile(r"(.*?)(?: - at `\$(.*?)`)?$", re.DOTALL)
_METHODS = {cls.__struct_config__.tag: cls for cls in typing.get_args(model.Test)}

_decoder = msgspec.json.Decoder(Case)


def read_cases(path: Path | str) -> Iterator[Case | CaseError]:
    """Yield every case of a file, or of the files of a directory; a bad one as its error, and the others go on.

    A directory is read in name order (``.yaml``, ``.yml``, ``.json``, ``.jsonl``, ``.ndjson``).
    """
    path = Path(path)
    if path.is_dir():
        names = [p for p in sorted(path.iterdir()) if p.suffix in _SUFFIXES]
        if not names:
            yield CaseError("no case files here", where=str(path), allowed=sorted(_SUFFIXES))
        for child in names:
            yield from read_cases(child)
    elif path.suffix in (".jsonl", ".ndjson"):
        yield from _read_lines(path)
    else:
        try:
            yield read_case(path)
        except CaseError as error:
            yield error


_SUFFIXES = (".yaml", ".yml", ".json", ".jsonl", ".ndjson")


def _read_lines(path: Path) -> Iterator[Case | CaseError]:
    found = False
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                found = True
                try:
                    yield decode_json(line)
                except CaseError as error:
                    yield error.at(f"{path.name}:{number}")  # type: ignore[misc]
    except OSError as error:
        yield CaseError(f"cannot be read ({error.strerror})", where=str(path))
        return
    if not found:
        yield CaseError("the file is empty", where=path.name, remedy="one case per line, as JSON")


def read_case(path: Path | str) -> Case:
    """Read one case from a YAML or JSON file.

    Raises:
        CaseError: The file cannot be read, is too large, is not YAML or JSON, or is not a case.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise CaseError(
                "the file is too large for a single case", where=path.name, value=f"{size} bytes",
                allowed=f"up to {MAX_BYTES} bytes", remedy="put many cases into a .jsonl file, one per line",
            )  # fmt: skip
        data = path.read_bytes()
    except OSError as error:
        raise CaseError(f"cannot be read ({error.strerror})", where=str(path)) from None
    try:
        return decode_json(data) if path.suffix == ".json" else decode_yaml(data)
    except CaseError as error:
        raise error.at(path.name) from None


def decode_json(data: bytes) -> Case:
    """Decode and check one case from JSON.

    Raises:
        CaseError: Not JSON, not a case, or a value is out of range.
    """
    if len(data) > MAX_BYTES:
        raise CaseError("too large for a single case", value=f"{len(data)} bytes", allowed=f"up to {MAX_BYTES} bytes")
    if not data.strip():
        raise CaseError("the file is empty", remedy="see `ntrkpath recommend --help` for the smallest case")
    try:
        return checked(_decoder.decode(data))
    except msgspec.ValidationError:
        return case_from(msgspec.json.decode(data))
    except msgspec.DecodeError as error:
        raise CaseError(f"not readable as JSON ({error})") from None


def decode_yaml(data: bytes) -> Case:
    """Decode and check one case from YAML; anchors, aliases, tags and repeated keys are refused.

    Raises:
        CaseError: Not YAML, not a case, or a value is out of range.
    """
    from ntrkpath.pathway.plain_yaml import load_plain

    if not data.strip():
        raise CaseError("the file is empty", remedy="see `ntrkpath recommend --help` for the smallest case")
    return case_from(load_plain(data))


def case_from(data: Any) -> Case:
    """Check a case given as plain data.

    Raises:
        CaseError: Not a case, or a value is out of range.
    """
    if not isinstance(data, dict):
        raise CaseError("a case is a mapping of keys", value=type(data).__name__, remedy="start with `id:` and `diagnosis:`")
    try:
        return checked(msgspec.convert(data, Case))
    except msgspec.ValidationError as error:
        raise _explain(str(error), data) from None


def checked(case: Case) -> Case:
    """Return the case if its values do not contradict each other.

    Raises:
        CaseError: Counts, dates or age are impossible.
    """
    from ntrkpath.pathway.tumour import age_in_years

    if case.patient.age is not None:
        age_in_years(case.patient.age)
    for i, test in enumerate(case.tests):
        if isinstance(test, model.Fish) and test.cells_counted is not None:
            for name in ("cells_split", "cells_isolated_3p", "cells_isolated_5p"):
                cells = getattr(test, name)
                if cells is not None and cells > test.cells_counted:
                    raise CaseError(
                        "more cells than were counted", where=f"tests[{i}].{name}", value=cells,
                        allowed=f"0 to {test.cells_counted} (cells_counted)", remedy="check the two counts",
                    )  # fmt: skip
    for i, line in enumerate(case.therapy or ()):
        if line.start and line.end and line.end < line.start:
            raise CaseError(
                "ends before it starts", where=f"therapy[{i}]", value=f"start {line.start}, end {line.end}",
                allowed="start on or before end", remedy="exchange or correct the two dates",
            )  # fmt: skip
    return case


def _explain(message: str, data: Any) -> CaseError:
    """Turn msgspec's message into ours: where, the value, what is allowed, and the remedy."""
    unknown = _UNKNOWN_KEY.match(message)
    if unknown:
        key, path = unknown[1], (unknown[2] or "").lstrip(".")
        allowed = _fields_at(path, data)
        near = difflib.get_close_matches(key, allowed, n=1, cutoff=0.5)
        return CaseError(
            f"unknown key {key!r}", where=f"{path}.{key}" if path else key, allowed=allowed,
            remedy=f"did you mean {near[0]!r}?" if near else "remove it",
        )  # fmt: skip
    match = _AT.match(message)
    text, path = (match[1], (match[2] or "").lstrip(".")) if match else (message, "")
    value = _value_at(path, data)
    allowed_levels = _levels_at(path, data)
    near = difflib.get_close_matches(str(value), allowed_levels, n=1) if isinstance(value, str) else []
    return CaseError(
        _plain(text), where=path, value=value if not isinstance(value, dict | list) else None, allowed=allowed_levels,
        remedy=f"did you mean {near[0]!r}?" if near else "",
    )  # fmt: skip


def _plain(text: str) -> str:
    text = text.replace("Object missing required field", "required key is missing:").replace("Invalid enum value", "not an allowed value")
    text = re.sub(r"Expected `(.*?)`, got `(.*?)`", r"expected \1, got \2", text)
    text = re.sub(r"Expected `(\w+)` (<=|>=) ([\d.]+)", lambda m: f"must be {'at most' if m[2] == '<=' else 'at least'} {m[3]}", text)
    return text[:1].lower() + text[1:]


def _steps(path: str) -> list[str]:
    return [step for step in re.split(r"\.|(\[\d*\]|\[\.\.\.\])", path) if step]


def _value_at(path: str, data: Any) -> Any:
    for step in _steps(path):
        try:
            data = data[int(step[1:-1])] if step[0] == "[" else data[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return data


def _type_at(path: str, data: Any) -> Any:
    """Return the declared type at a path of a case."""
    current: Any = Case
    for step in _steps(path):
        if step[0] == "[":
            args = [a for a in _alternatives(current) if typing.get_origin(a) in (list, dict)]
            current = typing.get_args(args[0])[-1] if args else Any
            data = data[int(step[1:-1])] if isinstance(data, list) and step[1:-1].isdigit() else None
        else:
            struct = _struct(current, data)
            if struct is None:
                return Any
            current = typing.get_type_hints(struct, include_extras=True).get(step, Any)
            data = data.get(step) if isinstance(data, dict) else None
    return current


def _alternatives(annotation: Any) -> list[Any]:
    if typing.get_origin(annotation) is typing.Annotated:
        return _alternatives(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [a for option in typing.get_args(annotation) for a in _alternatives(option)]
    return [annotation]


def _struct(annotation: Any, data: Any) -> Any:
    options = [a for a in _alternatives(annotation) if isinstance(a, type) and issubclass(a, msgspec.Struct)]
    if len(options) > 1 and isinstance(data, dict):
        return _METHODS.get(data.get("method"))  # type: ignore[arg-type]
    return options[0] if options else None


def _fields_at(path: str, data: Any) -> list[str]:
    struct = _struct(_type_at(path, data), _value_at(path, data))
    if struct is None:
        return []
    tag = [struct.__struct_config__.tag_field] if struct.__struct_config__.tag_field else []
    return [*tag, *struct.__struct_fields__]


def _levels_at(path: str, data: Any) -> list[str]:
    if path.endswith(".method"):
        return [str(method) for method in _METHODS]
    return [
        str(level).lower() if isinstance(level, bool) else str(level)
        for option in _alternatives(_type_at(path, data))
        if typing.get_origin(option) is typing.Literal
        for level in typing.get_args(option)
    ]
