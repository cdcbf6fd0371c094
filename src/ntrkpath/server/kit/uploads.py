"""What a visitor sends: bodies within their limits, forms and files in memory, never on disk."""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from ntrkpath.model.errors import NtrkpathError
from ntrkpath.server.kit.http import Ask, Refused
from ntrkpath.server.kit.serving import serving

_SECONDS = 30.0
#: Endings under which callers, laboratories and this server write files; the content is told by itself.
SUFFIXES = frozenset((
    ".bed", ".bedpe", ".cff", ".csv", ".json", ".jsonl", ".maf", ".ndjson", ".out", ".seg", ".tab", ".tsv", ".txt",
    ".vcf", ".xml", ".yaml", ".yml",
))  # fmt: skip
_FILE_NAME = 100


class Sent(msgspec.Struct, frozen=True):
    """A form as it was sent: the values of each field, and files with the field they came in."""

    fields: dict[str, list[str]]
    files: tuple[tuple[str, str, bytes], ...] = ()

    def one(self, name: str) -> str:
        """Return the last value of a field without blanks around it; empty where it is absent."""
        return self.fields.get(name, [""])[-1].strip()

    def of(self, name: str) -> list[tuple[str, bytes]]:
        """Return the files of a field that hold something, with their names."""
        return [(file, content) for field, file, content in self.files if field == name and (file or content)]


async def body(request: Ask, most: int) -> bytes:
    """Return the body of a request.

    Raises:
        Refused: It is larger than ``most`` bytes, or takes too long to come.
    """
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated) > most:
        raise Refused(413)
    try:
        async with asyncio.timeout(_SECONDS):
            parts, size = [], 0
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise Refused(413)
                parts.append(part)
    except TimeoutError:
        raise Refused(408) from None
    return b"".join(parts)


async def form(request: Ask, more: tuple[str, ...] = ()) -> Sent:
    """Return a form, with or without files.

    Args:
        more: Endings of files that are read here beside those of ``SUFFIXES``.

    Raises:
        Refused: The body is too large or no form.
        NtrkpathError: It has too many fields or files, or a file of a kind that is not read.
    """
    settings = serving(request).settings
    kind, parameters = request.content_type
    data = await body(request, settings.body_bytes)
    if kind == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(
                data.decode("utf-8"), keep_blank_values=True, max_num_fields=settings.fields, errors="strict"
            )
        except ValueError:
            raise NtrkpathError("not a form, or too many fields", allowed=f"{settings.fields} fields") from None
        fields: dict[str, list[str]] = {}
        for name, value in pairs:
            fields.setdefault(name, []).append(value)
        return Sent(fields)
    if kind != "multipart/form-data":
        raise Refused(415)
    return multipart(data, parameters.get("boundary", ""), settings.fields, settings.files, more)


def cohort_of(
    request: Ask, files: list[tuple[str, bytes]], mapping: str, own: list[tuple[str, bytes]]
) -> dict[str, Any]:
    """Return a cohort as the tasks of cohorts take it.

    Raises:
        NtrkpathError: No file was sent, or more than one mapping.
    """
    if not files:
        raise NtrkpathError("no file was sent", where="file", remedy="choose one file of cases")
    if len(own) > 1:
        raise NtrkpathError("more than one mapping", where="own", remedy="send one YAML file")
    settings = serving(request).settings
    return {
        "files": files, "mapping": mapping, "own": own[0] if own else None,
        "day": serving(request).day.isoformat(), "edition": settings.edition,
        "most_bytes": settings.unpacked_bytes, "most_rows": settings.batch_rows,
    }  # fmt: skip


def multipart(data: bytes, boundary: str, most_fields: int, most_files: int, more: tuple[str, ...] = ()) -> Sent:
    """Return a form of several parts.

    Raises:
        Refused: It cannot be read.
        NtrkpathError: It has too many fields or files, or a file of a kind that is not read.
    """
    from multipart import (  # type: ignore[import-untyped]
        MultipartError,
        MultipartSegment,
        PushMultipartParser,
    )

    fields: dict[str, list[str]] = {}
    files: list[tuple[str, str, bytes]] = []
    segment: MultipartSegment | None = None
    parts: list[bytes] = []
    try:
        with PushMultipartParser(boundary, max_segment_count=most_fields + most_files) as parser:
            for part in parser.parse(data):
                if isinstance(part, MultipartSegment):
                    segment, parts = part, []
                elif part:
                    parts.append(bytes(part))
                elif segment is not None:
                    content = b"".join(parts)
                    if segment.filename is None:
                        fields.setdefault(segment.name, []).append(content.decode("utf-8"))
                    elif segment.filename or content:
                        files.append((segment.name, file_name(segment.filename, more), content))
                    segment = None
    except (MultipartError, UnicodeDecodeError, ValueError):
        raise Refused(400) from None
    if len(files) > most_files:
        raise NtrkpathError("too many files", value=len(files), allowed=f"up to {most_files}")
    return Sent(fields, tuple(files))


def file_name(name: str, more: tuple[str, ...] = ()) -> str:
    """Return the last part of a file's name, for messages only.

    Raises:
        NtrkpathError: Its ending is none of those that are read.
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(c if c.isprintable() else " " for c in last)[:_FILE_NAME] or "file"
    suffix = PurePosixPath(last.casefold().removesuffix(".gz")).suffix
    if suffix not in SUFFIXES and suffix not in more:
        raise NtrkpathError(
            "a file of a kind that is not read", value=suffix or "no ending", allowed=sorted({*SUFFIXES, *more}),
            remedy="send the text output of the caller, plain or as .gz",
        )  # fmt: skip
    return shown
