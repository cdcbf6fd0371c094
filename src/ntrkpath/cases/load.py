"""Reading cases: YAML, JSON and JSON lines, with every error of a case at once for anything that cannot be used."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.cases.checks import contradictions
from ntrkpath.model.age import age_in_years
from ntrkpath.model.case import NO_ID, Case, DnaMps, Fish, RnaMps, RtPcr
from ntrkpath.model.errors import CaseError

#: A single case is text of at most this size in bytes; JSON lines are unlimited, each line under the same limit.
MAX_BYTES = 1_000_000

_decoder = msgspec.json.Decoder(Case)
_SUFFIXES = (".yaml", ".yml", ".json", ".jsonl", ".ndjson")
_BOM = b"\xef\xbb\xbf"
_EMPTY = "see `ntrkpath recommend --help` for the smallest case"
_KINDS = {list: "a list", str: "text", int: "a number", float: "a number", bool: "true or false"}
_SEVERAL = "several cases: each needs its own id"


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
            for where, case in read_located(child):
                yield where, _with_id(case, where) if len(names) > 1 else case
    elif path.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _read_lines(path)
    else:
        try:
            yield str(path), read_case(path)
        except CaseError as error:
            yield str(path), error


def _with_id(case: Case | CaseError, where: str) -> Case | CaseError:
    """Return a case of several, or the error that it has no id."""
    if isinstance(case, Case) and case.id == NO_ID:
        return CaseError("required key is missing", where=f"{where}: id", remedy="add `id`: each case has its own")
    return case


def _read_lines(path: Path) -> Iterator[tuple[str, Case | CaseError]]:
    found = False
    try:
        _regular(path)
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                found, where = True, f"{path}:{number}"
                try:
                    yield where, _with_id(decode_json(line), where)
                except CaseError as error:
                    yield where, error.at(where)  # type: ignore[misc]
    except CaseError as error:
        yield str(path), error
        return
    except OSError as error:
        yield str(path), CaseError(f"cannot be read ({error.strerror})", where=str(path), remedy="check the path")
        return
    if not found:
        yield str(path), CaseError("the file is empty", where=str(path), remedy="one case per line, as JSON")


def _regular(path: Path) -> int:
    """Return the size of a file; a pipe or a device has none, and might never end.

    Raises:
        CaseError: It is no regular file.
    """
    told = path.stat()
    if not stat.S_ISREG(told.st_mode):
        raise CaseError("not a regular file", where=str(path), remedy="save the case as a file, or pass it with -")
    return told.st_size


def read_case(path: Path | str) -> Case:
    """Read one case from a YAML or JSON file.

    Raises:
        CaseError: The file cannot be read, is no regular file or too large, is not YAML or JSON, or is not a case.
    """
    path = Path(path)
    try:
        size = _regular(path)
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


def decode(data: bytes) -> Case:
    """Decode and check one case from YAML or JSON, as its first character tells.

    Raises:
        CaseError: As ``decode_json`` and ``decode_yaml``.
    """
    start = data.removeprefix(_BOM).lstrip()[:1]
    return decode_json(data) if start in (b"{", b"[", b"") else decode_yaml(data)


def decode_json(data: bytes) -> Case:
    """Decode and check one case from JSON.

    Raises:
        CaseError: Not JSON, not a case, or a value is out of range, or more than one is (``others``).
    """
    if len(data) > MAX_BYTES:
        raise CaseError(
            "too large for a single case", value=f"{len(data)} bytes", allowed=f"up to {MAX_BYTES} bytes",
            remedy="put many cases into a .jsonl file, one per line",
        )  # fmt: skip
    data = data.removeprefix(_BOM)
    if not data.strip():
        raise CaseError("the file is empty", remedy=_EMPTY)
    if not _each_key_once(data):
        _plain_json(data)
    try:
        case = _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return case_from(_plain_json(data))
    return case if _in_the_words_of_the_format(case) else case_from(_plain_json(data))


def _each_key_once(data: bytes) -> bool:
    """Say whether it is certain that JSON states no key twice in one place; msgspec keeps the last in silence.

    A key that was dropped leaves fewer quotes. That is sure where nothing is escaped.
    """
    if b"\\" in data:
        return False
    try:
        return msgspec.json.encode(msgspec.json.decode(data)).count(b'"') == data.count(b'"')
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return False


def _plain_json(data: bytes) -> Any:
    """Return JSON as plain data."""
    import json  # not needed where a case is in the words of the format

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_unique)
    except UnicodeDecodeError as error:
        raise CaseError("not UTF-8 text", where=f"byte {error.start + 1}", remedy="save the file as UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CaseError("not readable as JSON", where=where, remedy="check commas, quotes, brackets") from None
    except RecursionError:
        raise CaseError("nested too deeply", remedy="a case needs no more than six levels") from None
    except ValueError:  # Python reads no number of more than some thousand digits
        raise CaseError("a number with too many digits", remedy="check the numbers") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        from ntrkpath.cases.document import short

        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise CaseError("the key stands twice", value=short(twice), remedy="keep one of the two")
    return found


def decode_yaml(data: bytes) -> Case:
    """Decode and check one case from YAML; anchors, aliases, tags and repeated keys are refused.

    Raises:
        CaseError: Not YAML, not a case, or a value is out of range, or more than one is (``others``).
    """
    from ntrkpath.cases.plain_yaml import load_plain

    plain = load_plain(data) if data.strip() else None
    if plain is None:
        raise CaseError("the file is empty", remedy=_EMPTY)
    return case_from(plain)


def case_from(data: Any) -> Case:
    """Check a case given as plain data, and read the words of it that are not those of the format.

    Raises:
        CaseError: Not a case, or a value is out of range, or more than one is (``others``).
    """
    from ntrkpath.cases.document import Document  # not needed where a case is in the words of the format

    if not isinstance(data, dict):
        raise CaseError(
            "a case is a mapping of keys", value=_KINDS.get(type(data), "a value"),
            remedy="start with `id:` and `diagnosis:`",
        )  # fmt: skip
    document = Document(data)
    if document.errors:
        raise CaseError.of(document.errors)
    try:
        case = msgspec.convert(document.plain, Case)
    except msgspec.ValidationError as error:  # what no key of ours explains, as a wrong entry of read_as
        raise CaseError(f"not a case ({error})", remedy="check the keys of the case") from None
    if found := list(contradictions(case)):
        raise CaseError.of(found)
    return case


def _in_the_words_of_the_format(case: Case) -> bool:
    """Whether nothing of a decoded case has to be read: symbols are approved, and nothing contradicts itself."""
    try:
        age_in_years(case.patient.age)
    except CaseError:
        return False
    texts = [case.id, case.diagnosis.histology, case.diagnosis.site, case.source, case.note]
    genes = [alteration.gene for alteration in case.alterations]
    for test in case.tests:
        texts.append(test.specimen)
        if isinstance(test, DnaMps | RnaMps):
            texts += (test.panel, test.file, test.sample, test.caller)
            if any(f.position_five_prime or f.position_three_prime for f in test.fusions):
                return False
            if test.mutations:
                from ntrkpath.cases.values import PROTEIN  # patterns that most cases do not need

                if not all(PROTEIN.fullmatch(m.protein) for m in test.mutations):
                    return False
            genes += [m.gene for m in test.mutations or ()]
            genes += [side for f in test.fusions for side in (f.five_prime, f.three_prime) if side]
            genes += (*(test.genes_covered or ()), *test.amplifications)
        elif isinstance(test, RtPcr) and test.targets:
            from ntrkpath.vocabulary.fusion_text import read_fusion

            if not all(read_fusion(target).name == target for target in test.targets):
                return False
        elif isinstance(test, Fish) and test.gene:
            genes += [test.gene] if isinstance(test.gene, str) else test.gene
    if genes:
        from ntrkpath.vocabulary.genes import is_symbol

        if not all(map(is_symbol, genes)):
            return False
    text = "".join(filter(None, texts))
    return text.isascii() and text.isprintable() and next(contradictions(case), None) is None
