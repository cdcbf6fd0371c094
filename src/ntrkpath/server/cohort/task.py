"""The tasks of the cohort page: a file of cases is decided in a private directory that is gone with the answer."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import os
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.cohort.bad_rows import BadRow
from ntrkpath.cohort.batches import DELIMITED, LINES, WORKBOOKS
from ntrkpath.cohort.mapping import Mapping, load_mapping, sent_mapping, shipped
from ntrkpath.cohort.outcome import Outcome, Progress
from ntrkpath.cohort.proposal import propose
from ntrkpath.cohort.sources import open_source
from ntrkpath.cohort.summarise import Summary, summarise
from ntrkpath.cohort.triage import Triage
from ntrkpath.cohort.workbook import check_size
from ntrkpath.cohort.writing import About
from ntrkpath.guidance import Edition, load
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.model.numbers import grouped
from ntrkpath.report.cohort_sheets import summary_report
from ntrkpath.report.cohort_terms import unread
from ntrkpath.report.sheet_forms import report_parts
from ntrkpath.server.kit import tasks
from ntrkpath.server.kit.drawing import on_a_page

# A worker decides one cohort at a time: threads of the libraries would only take of its memory. Read when they load.
for _name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

#: Endings that are read here; a table of columns, or cases one a line.
ENDINGS = (*DELIMITED, *LINES, *WORKBOOKS)
MOST_BAD = 50
_BLOCK = 1 << 20
#: A table of more rows is opened on request.
_LONG = 8


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A cohort as it was sent.

    Args:
        files: Names and contents; one, or with the mapping of a study its file of samples first and others of it.
        mapping: Name of a mapping that comes with ntrkpath; empty for the plain one.
        own: Name and content of a mapping that was sent; empty for none.
        day: The date whose labels count.
        most_bytes: Most bytes of all files when unpacked.
        most_rows: Most rows that are decided.
    """

    files: tuple[tuple[str, bytes], ...]
    mapping: str
    own: tuple[str, bytes] | None
    day: dt.date
    edition: str
    most_bytes: int
    most_rows: int


def mappings() -> list[str]:
    """Return the mappings that may be chosen, the plain one first."""
    return sorted(shipped(), key=lambda name: name != "default")


@contextmanager
def _decided(asked: Request, form: str) -> Iterator[tuple[Outcome, Path, Edition]]:
    """Decide a cohort; what it is read from and written to stands in memory where the system offers that.

    Raises:
        NtrkpathError: The file is none of a cohort, or holds more than it may.
    """
    used = load(asked.edition)
    mapping = mapping_of(asked)
    if len(asked.files) > 1 and not mapping.study:
        raise CaseError(
            "more than one file", remedy="choose one file of cases, or the mapping of a study for its files"
        )
    name = asked.files[0][0]
    with tempfile.TemporaryDirectory(prefix="cohort-", dir=tasks.private) as private:
        sources = _unpacked(asked, Path(private), keep_names=bool(mapping.study))
        out = Path(private) / f"decided{form}"

        def told(at: Progress) -> None:
            if at.rows > asked.most_rows:
                raise CaseError(
                    "too many rows", where=name, allowed=f"up to {grouped(asked.most_rows)}",
                    remedy="send it in parts, or use `ntrkpath cohort triage`",
                )  # fmt: skip

        try:
            opened = open_source(str(sources[0]), used, mapping)
            outcome = Triage(
                opened, out, used, asked.day, mapping=asked.own[0] if asked.own else asked.mapping, threads=1, told=told
            ).run()
        except NtrkpathError as error:
            error.where = error.where.replace(str(sources[0]), name).replace(sources[0].name, name).replace(private, "")
            if "--mapping" in error.remedy:
                error.remedy = "rename the column in the file, or choose or send a mapping"
            raise
        yield outcome, out, used


def mapping_of(asked: Request) -> Mapping:
    """Return the mapping that is asked for.

    Raises:
        NtrkpathError: There is none of that name, or the one that was sent cannot be used.
    """
    if asked.own is not None:
        return sent_mapping(*asked.own)
    if asked.mapping and asked.mapping not in mappings():
        raise CaseError("no such mapping", where="mapping", value=asked.mapping, allowed=mappings())
    return load_mapping(asked.mapping or "default")


def _unpacked(asked: Request, private: Path, *, keep_names: bool) -> list[Path]:
    """Write what was sent, unpacked, and return where: a study is known by the names of its files."""
    left = asked.most_bytes
    found = []
    for number, (name, content) in enumerate(asked.files):
        bare = name[:-3] if name.casefold().endswith(".gz") else name
        ending = Path(bare.casefold()).suffix
        if ending not in ENDINGS:
            raise CaseError(
                "not a file of cases", where=name, value=ending or "no ending", allowed=ENDINGS,
                remedy="other formats are read by `ntrkpath cohort triage`",
            )  # fmt: skip
        path = private / (Path(bare).name if keep_names else f"cohort{number or ''}{ending}")
        if path.exists():
            raise CaseError("two files of one name", where=name, remedy="send each file once")
        with path.open("wb") as file:
            for block in blocks(name, content, asked.most_bytes, left):
                left -= file.write(block)
        if ending in WORKBOOKS:
            check_size(path, asked.most_bytes)
        found.append(path)
    return found


def blocks(name: str, content: bytes, most: int, left: int | None = None) -> Iterator[bytes]:
    """Yield what a file holds, unpacked where its name ends in ``.gz``.

    Args:
        most: Most bytes of all files, and ``left`` of them for this one.

    Raises:
        CaseError: It is damaged, or holds more.
    """
    packed = name.casefold().endswith(".gz")
    left = most if left is None else left
    with gzip.GzipFile(fileobj=io.BytesIO(content)) if packed else io.BytesIO(content) as stream:
        try:
            while block := stream.read(_BLOCK):
                if (left := left - len(block)) < 0:
                    raise _too_much(name, most)
                yield block
        except (OSError, EOFError, zlib.error):
            raise CaseError("damaged", where=name, remedy="pack the file anew, or send it unpacked") from None


def _too_much(name: str, most: int) -> CaseError:
    return CaseError(
        "too large when unpacked", where=name, allowed=f"up to {most} bytes",
        remedy="send it in parts, or use `ntrkpath cohort triage`",
    )  # fmt: skip


def page(**asked: Any) -> dict[str, Any]:
    """Return the parts of the answer page: the funnel in numbers, the report, and the rows that were not decided."""
    request = msgspec.convert(asked, Request)
    name = request.files[0][0]
    with _decided(request, ".parquet") as (outcome, out, used):
        about = msgspec.structs.replace(outcome.about, source=name)
        return shown(about, _bad(outcome), summarise(out, used) if about.decided else None, used)


def shown(about: About, bad: Sequence[BadRow], summary: Summary | None, used: Edition) -> dict[str, Any]:
    """Return the parts of the answer page for a cohort that was decided; no summary where no row could be."""
    found: dict[str, Any] = {
        "bad": [{"row": b.row, "id": b.case_id or "", "where": b.where, "reason": b.reason} for b in bad[:MOST_BAD]],
        "bad_in_all": about.bad, "rows": about.rows, "unread": unread(about.not_read, command=False),
    }  # fmt: skip
    if summary is None:
        return {"funnel": None, "html": "", **found}
    with on_a_page():
        html = str(report_parts(summary_report(msgspec.structs.replace(summary, about=about), used), fold_beyond=_LONG))
    return {
        "funnel": msgspec.to_builtins(summary.funnel), "html": html, "undecided": summary.undecided, **found,
    }  # fmt: skip


def summary(**asked: Any) -> bytes:
    """Return the summary as JSON, as `ntrkpath cohort summarise --format json` prints it."""
    request = msgspec.convert(asked, Request)
    name = request.files[0][0]
    with _decided(request, ".parquet") as (outcome, out, used):
        if not outcome.about.decided:
            raise CaseError("no row could be decided", where=name, remedy=_reason(outcome))
        found = summarise(out, used)
        about = msgspec.structs.replace(found.about, source=name)
        return msgspec.json.encode(msgspec.structs.replace(found, about=about)) + b"\n"


def rows(**asked: Any) -> bytes:
    """Return the decided rows as CSV, as `ntrkpath cohort triage` writes them."""
    request = msgspec.convert(asked, Request)
    with _decided(request, ".csv") as (outcome, out, _):
        if not outcome.about.decided:
            raise CaseError("no row could be decided", where=request.files[0][0], remedy=_reason(outcome))
        return out.read_bytes()


def proposed(**asked: Any) -> bytes:
    """Return the mapping that is proposed for a table, as `ntrkpath cohort map` writes it."""
    request = msgspec.convert(asked, Request)
    name = request.files[0][0]
    with tempfile.TemporaryDirectory(prefix="cohort-", dir=tasks.private) as private:
        source = _unpacked(request, Path(private), keep_names=True)[0]
        try:
            return propose(source, request.mapping or None).text.encode()
        except NtrkpathError as error:
            error.where = error.where.replace(str(source), name)
            raise


def _reason(outcome: Outcome) -> str:
    return next((row.reason for row in _bad(outcome)), "the file holds no row")


def _bad(outcome: Outcome) -> list[BadRow]:
    if outcome.bad_rows is None:
        return []
    with outcome.bad_rows.open("rb") as lines:
        return [msgspec.json.decode(line, type=BadRow) for _, line in zip(range(MOST_BAD), lines, strict=False)]
