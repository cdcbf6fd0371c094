"""Cohorts in JSON lines: cases as ``recommend`` reads them, or flat objects whose keys are columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.bad_rows import BadRow, bad_row
from ntrkpath.cohort.batches import Batch, numbered
from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.mapping import Mapping, apply, plan
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    import polars as pl


class LineSource:
    """JSON lines: cases as ``recommend`` reads them, or flat objects whose keys are columns."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.name, self.path, self.files = path.name, path, [str(path)]
        self.mapping = mapping
        #: Words for an empty cell are a matter of flat objects: a whole case says what it says to ``recommend``.
        self._plain = msgspec.structs.replace(mapping, empty=())
        self.rows: int | None = None
        self.share: float | None = None
        self._size = 0 if path.suffix == ".gz" else path.stat().st_size
        keys: dict[str, None] = {}
        told = False
        with self._open() as lines:
            for _, line in zip(range(1000), lines, strict=False):
                told = told or bool(line.strip())
                found, error = self._flat(line)
                keys.update(dict.fromkeys(found) if error is None else {})
        if not told:
            raise CaseError("the file is empty", where=self.name, remedy="write one case a line, as JSON")
        self.notes: list[str] = []
        self.not_read = plan(mapping, keys, self.name).not_read if keys else {}

    def _open(self) -> Any:
        import gzip

        return gzip.open(self.path, "rb") if self.path.suffix == ".gz" else self.path.open("rb")

    def batches(self, size: int, start: int = 0) -> Iterator[Batch]:
        """Yield batches of at most ``size`` rows, after passing over ``start`` rows."""
        from itertools import islice

        with self._open() as lines:
            told = (line for line in lines if line.strip())
            at = start
            for _ in islice(told, start):
                pass
            while part := list(islice(told, size)):
                self.share = min(lines.tell() / self._size, 1.0) if self._size else None
                yield self._batch(part, at + 1)
                at += len(part)

    def _batch(self, lines: list[bytes], first: int) -> Batch:
        import polars as pl
        import pyarrow as pa
        import pyarrow.compute as pc

        rows: list[dict[str, Any]] = []
        bad: list[BadRow] = []
        for number, line in enumerate(lines, first):
            flat, error = self._flat(line)
            if error is not None:
                bad.append(bad_row(number, flat.get(CASE_ID), error))
                flat = {}
            rows.append(flat)
        names = list(dict.fromkeys(name for row in rows for name in row))
        if CASE_ID not in {path for entry in rows for path in entry} and not names:
            return Batch(first, len(lines), None, bad)
        frame = pl.DataFrame([pl.Series(name, [row.get(name) for row in rows], dtype=pl.String) for name in names])
        refused = {row.row for row in bad}
        mapped, wrong = apply(plan(self._plain, names, self.name), frame, first)
        if refused:
            mapped = mapped.filter(pc.invert(pc.is_in(mapped["row"], pa.array(sorted(refused), pa.uint64()))))
        return Batch(first, len(lines), mapped, bad + [row for row in wrong if row.row not in refused])

    def ids(self, size: int) -> Iterator[tuple[int, pl.Series]]:
        """Yield the case ids alone, in runs, each with the number of its first row."""
        import polars as pl

        for batch in self.batches(size):
            if batch.table is not None:
                yield from numbered(batch.table)
            for row in batch.bad:
                yield row.row, pl.Series([row.case_id], dtype=pl.String)

    def _flat(self, line: bytes) -> tuple[dict[str, str | None], CaseError | None]:
        """Return a JSON object as columns of text; of one that is no case, what tells it apart, and why."""
        found, whole, error = _flat(line)
        if not whole:
            found = {k: None if v and v.strip().casefold() in self.mapping.empty else v for k, v in found.items()}
        return found, error


def _flat(line: bytes) -> tuple[dict[str, str | None], bool, CaseError | None]:
    """Return a JSON object as columns of text, and whether it is a whole case (by the paths of its keys)."""
    from ntrkpath.cases.load import decode_json

    ident: dict[str, str | None] = {}
    whole = False
    try:
        data = msgspec.json.decode(line)
        if not isinstance(data, dict):
            raise CaseError("a line holds one JSON object", remedy="write one case a line")
        if whole := isinstance(data.get("diagnosis"), dict):
            if isinstance(data.get("id"), str):
                ident = {CASE_ID: data["id"].strip()}
            case = decode_json(line)
            for i, test in enumerate(case.tests):
                if getattr(test, "file", None):
                    raise CaseError(
                        "a cohort does not open the files of callers", where=f"tests[{i}].file",
                        remedy="list the fusions in the case, or decide it with `ntrkpath recommend`",
                    )  # fmt: skip
            parts = ("patient", "diagnosis", "disease")
            inner = {f"{part}.{key}": value for part in parts for key, value in (data.get(part) or {}).items()}
            outer = {key: value for key, value in data.items() if key not in (*parts, "id", "source", "note")}
            data = {CASE_ID: data["id"], **inner, **outer}
    except CaseError as error:
        return ident, whole, error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}, False, CaseError("not readable as JSON", remedy="check commas, quotes, brackets and encoding")
    return {key: _text(value) for key, value in data.items()}, whole, None


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
