"""Reading cases: YAML, JSON and JSON lines, with one clear error for anything that cannot be used."""

from __future__ import annotations

import datetime as dt
import json
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
from ntrkpath.vocabulary.genes import read_gene

#: A single case is text of at most this size in bytes; JSON lines are unlimited, each line under the same limit.
MAX_BYTES = 1_000_000

_UNKNOWN_KEY = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$(.*?)`)?$", re.DOTALL)
_AT = re.compile(r"(.*?)(?: - at `\$(.*?)`)?$", re.DOTALL)
_METHODS = {cls.__struct_config__.tag: cls for cls in typing.get_args(model.Test)}

_decoder = msgspec.json.Decoder(Case)
_RESIDUE = r"(?:[A-Z][a-z]{2}|[A-Z*])"
#: A protein change as HGVS writes it, with or without ``p.`` and brackets.
_PROTEIN = re.compile(
    rf"(?:p\.)?\(?{_RESIDUE}\d+(?:_{_RESIDUE}\d+)?(?:{_RESIDUE}|=|(?:{_RESIDUE})?(?:del|dup|ins|fs|ext)[A-Za-z0-9*]*)\)?"
)
_SUFFIXES = (".yaml", ".yml", ".json", ".jsonl", ".ndjson")
_BOM = b"\xef\xbb\xbf"
_EMPTY = "see `ntrkpath recommend --help` for the smallest case"


def read_cases(path: Path | str) -> Iterator[Case | CaseError]:
    """Yield every case of a file, or of the files of a directory; a bad one as its error, and the others go on.

    A directory is read in name order (``.yaml``, ``.yml``, ``.json``, ``.jsonl``, ``.ndjson``).
    """
    for _, case in read_located(path):
        yield case


def read_located(path: Path | str) -> Iterator[tuple[str, Case | CaseError]]:
    """Yield the same as ``read_cases``, each with its place: the file, and for JSON lines the line."""
    path = Path(path)
    if path.is_dir():
        names = [p for p in sorted(path.iterdir()) if p.suffix.lower() in _SUFFIXES]
        if not names:
            yield str(path), CaseError("no case files here", where=str(path), allowed=sorted(_SUFFIXES))
        for child in names:
            yield from read_located(child)
    elif path.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _read_lines(path)
    else:
        try:
            yield str(path), read_case(path)
        except CaseError as error:
            yield str(path), error


def _read_lines(path: Path) -> Iterator[tuple[str, Case | CaseError]]:
    found = False
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                found, where = True, f"{path}:{number}"
                try:
                    yield where, decode_json(line)
                except CaseError as error:
                    yield where, error.at(where)  # type: ignore[misc]
    except OSError as error:
        yield str(path), CaseError(f"cannot be read ({error.strerror})", where=str(path), remedy="check the path")
        return
    if not found:
        yield str(path), CaseError("the file is empty", where=str(path), remedy="one case per line, as JSON")


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
                "the file is too large for a single case", where=str(path), value=f"{size} bytes",
                allowed=f"up to {MAX_BYTES} bytes", remedy="put many cases into a .jsonl file, one per line",
            )  # fmt: skip
        data = path.read_bytes()
    except OSError as error:
        raise CaseError(f"cannot be read ({error.strerror})", where=str(path), remedy="check the path") from None
    try:
        return decode_json(data) if path.suffix.lower() == ".json" else decode_yaml(data)
    except CaseError as error:
        raise error.at(str(path)) from None


def decode_json(data: bytes) -> Case:
    """Decode and check one case from JSON.

    Raises:
        CaseError: Not JSON, not a case, or a value is out of range.
    """
    if len(data) > MAX_BYTES:
        raise CaseError(
            "too large for a single case", value=f"{len(data)} bytes", allowed=f"up to {MAX_BYTES} bytes",
            remedy="put many cases into a .jsonl file, one per line",
        )  # fmt: skip
    data = data.removeprefix(_BOM)
    if not data.strip():
        raise CaseError("the file is empty", remedy=_EMPTY)
    plain = _plain_json(data)
    try:
        return checked(_decoder.decode(data))
    except msgspec.DecodeError:
        return case_from(plain)
    except (RecursionError, UnicodeDecodeError):
        raise CaseError("not readable as JSON", remedy="check nesting and encoding") from None


def _plain_json(data: bytes) -> Any:
    """Return JSON as plain data; msgspec would take the last of two equal keys in silence."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise CaseError("not UTF-8 text", where=f"byte {error.start + 1}", remedy="save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CaseError(
            f"not readable as JSON ({error.msg})", where=where, remedy="check commas, quotes, brackets"
        ) from None
    except RecursionError:
        raise CaseError("nested too deeply", remedy="a case needs no more than six levels") from None
    except ValueError:  # Python reads no number of more than some thousand digits
        raise CaseError("a number with too many digits", remedy="check the numbers") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise CaseError("the key stands twice", value=_short(twice), remedy="keep one of the two")
    return found


def decode_yaml(data: bytes) -> Case:
    """Decode and check one case from YAML; anchors, aliases, tags and repeated keys are refused.

    Raises:
        CaseError: Not YAML, not a case, or a value is out of range.
    """
    from ntrkpath.pathway.plain_yaml import load_plain

    plain = load_plain(data) if data.strip() else None
    if plain is None:
        raise CaseError("the file is empty", remedy=_EMPTY)
    return case_from(plain)


def case_from(data: Any) -> Case:
    """Check a case given as plain data.

    Raises:
        CaseError: Not a case, or a value is out of range.
    """
    if not isinstance(data, dict):
        raise CaseError(
            "a case is a mapping of keys",
            value=_KINDS.get(type(data), "a value"),
            remedy="start with `id:` and `diagnosis:`",
        )
    if strange := next((key for key in data if not isinstance(key, str)), None):
        raise CaseError("a key is text", value=strange, allowed=_fields_at("", data), remedy="correct the key")
    try:
        return checked(msgspec.convert(data, Case))
    except msgspec.ValidationError as error:
        raise _explain(str(error), data) from None


def checked(case: Case) -> Case:
    """Return the case if its values do not contradict each other.

    Raises:
        CaseError: Counts, dates or age are impossible.
    """
    from ntrkpath.pathway.intake.tumour import age_in_years

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
        if isinstance(test, model.DnaMps | model.RnaMps):
            for j, fusion in enumerate(test.fusions):
                for side in ("five_prime", "three_prime"):
                    _one_gene(getattr(fusion, side), f"tests[{i}].fusions[{j}].{side}")
            for j, mutation in enumerate(test.mutations or ()):
                if not _PROTEIN.fullmatch(mutation.protein.strip()):
                    raise CaseError(
                        "not a protein change", where=f"tests[{i}].mutations[{j}].protein", value=mutation.protein,
                        allowed="one change, as G595R, p.G595R or p.Gly595Arg",
                        remedy="write the protein change alone; one that cannot be read would count as no resistance",
                    )  # fmt: skip
    for i, line in enumerate(case.therapy or ()):
        if line.start and line.end and line.end < line.start:
            raise CaseError(
                "ends before it starts", where=f"therapy[{i}]", value=f"start {line.start}, end {line.end}",
                allowed="start on or before end", remedy="exchange or correct the two dates",
            )  # fmt: skip
    return case


def _one_gene(name: str | None, where: str) -> None:
    """Refuse a side of a fusion that is no gene: a mistyped NTRK or partner would count as another gene."""
    gene = read_gene(name or "?")
    if not gene.known:
        near = gene.nearest
        raise CaseError(
            "not the symbol of one gene", where=where, value=_short(gene.given),
            allowed=f"nearest: {', '.join(near)}" if near else "one symbol, as NTRK3 or ETV6",
            remedy="write the approved symbol; five_prime and three_prime apart, exons under their own keys; leave out "
            "an unknown side",
        )  # fmt: skip


def _explain(message: str, data: Any) -> CaseError:
    """Turn msgspec's message into ours: where, the value, what is allowed, and the remedy."""
    import difflib  # only for a bad case

    unknown = _UNKNOWN_KEY.match(message)
    if unknown:
        key, path = _short(unknown[1]), (unknown[2] or "").lstrip(".")
        fields = _fields_at(path, data)
        near = difflib.get_close_matches(key, fields, n=1, cutoff=0.5)
        return CaseError(
            f"unknown key {key!r}", where=f"{path}.{key}" if path else key, allowed=fields,
            remedy=f"did you mean {near[0]!r}?" if near else "remove it",
        )  # fmt: skip
    match = _AT.match(message)
    text, path = (match[1], (match[2] or "").lstrip(".")) if match else (message, "")
    if missing := _MISSING.match(text):
        place = f"{path}.{missing[1]}" if path else missing[1]
        return CaseError(
            "required key is missing", where=place, allowed=_levels_at(place, data), remedy=f"add `{missing[1]}`"
        )
    path = _named(path, data)
    value, annotation, levels = _value_at(path, data), _type_at(path, data), _levels_at(path, data)
    allowed: list[str] | str = levels or _allowed(annotation)
    remedy = "correct the value, or leave out what is not known"
    if isinstance(value, str) and (near := difflib.get_close_matches(value, levels, n=1)):
        remedy = f"did you mean {near[0]!r}?"
    if path.endswith(".method") and str(value).casefold() in ("ngs", "mps", "sequencing", "wgs", "wes"):
        remedy = "write rna_mps; or dna_mps, the weaker evidence, also where the report does not say which"
    free = isinstance(allowed, str) and allowed.startswith(("text", "a list", "a mapping"))
    if free and isinstance(value, int | float):
        remedy = "put it in quotes"
    # Free text may name the patient: it is never shown.
    shown = None if free or isinstance(value, dict | list) else value
    return CaseError("not an allowed value", where=path, value=shown, allowed=allowed, remedy=remedy)


def _named(path: str, data: Any) -> str:
    """Put the key in place of msgspec's ``[...]``, which stands for some value of a mapping."""
    before, dots, after = path.partition("[...]")
    mapping = _value_at(before, data) if dots else None
    if not isinstance(mapping, dict):
        return path
    levels = _levels_at(path, data)
    wrong = next((key for key, value in mapping.items() if value not in levels), None)
    return f"{before}.{wrong}{after}" if wrong is not None else path


def _short(key: str) -> str:
    """Return a key on one line, cut where it is longer than any key of ours."""
    line = " ".join(key.split())
    return line if len(line) <= 40 else f"{line[:37]}..."


_MISSING = re.compile(r"Object missing required field `(.*?)`")
_KINDS = {list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false"}


def _allowed(annotation: Any) -> str:
    """Say in words what an annotation of a case accepts where it is no closed list."""
    options = _alternatives(annotation)
    limits = [m for m in _metas(annotation) if isinstance(m, msgspec.Meta)]
    if dt.date in options:
        return "a date as YYYY-MM-DD"
    if int in options or float in options:
        low = next((m.ge for m in limits if m.ge is not None), None)
        high = next((m.le for m in limits if m.le is not None), None)
        what = "a whole number" if int in options and float not in options else "a number"
        if low is not None and high is not None:
            return f"{low:g} to {high:g}"
        return f"{what}, {low:g} or more" if low is not None else what
    if str in options:
        long = next((m.max_length for m in limits if m.max_length), None)
        short = next((m.min_length for m in limits if m.min_length), None)
        return f"text of {short or 0} to {long} characters" if long else "text"
    if any(typing.get_origin(option) is list for option in options):
        return "a list"
    return "a mapping of keys" if any(isinstance(o, type) and issubclass(o, msgspec.Struct) for o in options) else ""


def _metas(annotation: Any) -> list[Any]:
    """Return the limits declared anywhere in an annotation."""
    if typing.get_origin(annotation) is typing.Annotated:
        first, *extra = typing.get_args(annotation)
        return [*extra, *_metas(first)]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [m for option in typing.get_args(annotation) for m in _metas(option)]
    return []


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
                values = [typing.get_args(a)[-1] for a in _alternatives(current) if typing.get_origin(a) is dict]
                return values[0] if values else Any
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
        return _METHODS.get(str(data.get("method")))
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
    options = _alternatives(_type_at(path, data))
    levels = [str(lv) for o in options if typing.get_origin(o) is typing.Literal for lv in typing.get_args(o)]
    return ["true", "false", *levels] if bool in options else levels
