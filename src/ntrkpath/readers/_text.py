"""From a path or bytes to the lines of a text file: gzip by its magic bytes, encodings, size limits."""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path
from typing import Literal

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.numerals import DecimalMark, decimal_mark_of

#: Most bytes a file may hold after decompression; a larger one is refused before it fills the memory.
MAX_BYTES = 256 * 1024 * 1024
#: Most characters one line may hold (read name lists run to some hundred kB).
MAX_LINE = 16 * 1024 * 1024

_CHUNK = 1024 * 1024
#: A number with a mark that fills a cell or a part of a locus.
_NUMBER = re.compile(r'(?:(?<=^)|(?<=[\t;:"]))[+-]?\d+(?:[.,]\d+)+(?=[\t;:"]|$)', re.ASCII)
#: The empty block with which every complete bgzip file ends.
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


class Document:
    """A text file split into lines.

    Args:
        name: File name without directory, shown in every message.
        lines: The lines without line ends; the first is line 1.
        ended: Whether the last line has a line end; without one the file may have been cut.
    """

    __slots__ = ("_mark", "ended", "lines", "name")

    def __init__(self, name: str, lines: list[str], ended: bool = True) -> None:
        self.name = name
        self.lines = lines
        self.ended = ended
        self._mark: DecimalMark | Literal[False] | None = False

    @property
    def stem(self) -> str:
        """The file name without ``.gz`` and its last suffix."""
        return Path(self.name.removesuffix(".gz")).stem

    @property
    def decimal_mark(self) -> DecimalMark | None:
        """The decimal mark that the numbers of the file show; ``None`` where they show none, or both."""
        if self._mark is False:
            marks = {mark for line in self.lines for cell in _NUMBER.findall(line) if (mark := decimal_mark_of(cell))}
            self._mark = marks.pop() if len(marks) == 1 else None
        return self._mark

    def where(self, line: int | None = None) -> str:
        """Place for a message: ``file`` or ``file:line``."""
        return self.name if line is None else f"{self.name}:{line}"


def _last(name: str) -> str:
    """Return a file name without directories: messages and sources never show where a file lies."""
    return name.replace("\\", "/").rpartition("/")[2] or name


def _gunzip(data: bytes, name: str) -> bytes:
    import gzip
    import io
    import zlib

    parts: list[bytes] = []
    size = 0
    remedy = "copy or download the file again"
    if data[3:4] == b"\x04" and data[12:14] == b"BC" and not data.endswith(_BGZF_END):
        raise ReaderError("the bgzip file ends too early", where=name, remedy=remedy)
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while part := stream.read(_CHUNK):
                size += len(part)
                if size > MAX_BYTES:
                    raise ReaderError(
                        "the file is too large after decompression",
                        where=name,
                        allowed=f"at most {MAX_BYTES // 2**20} MiB",
                        remedy="cut the file to the calls of interest first",
                    )
                parts.append(part)
    except EOFError:
        raise ReaderError("the gzip file ends too early", where=name, remedy=remedy) from None
    except (zlib.error, OSError) as error:
        raise ReaderError(f"the gzip file is damaged ({error})", where=name, remedy=remedy) from None
    return b"".join(parts)


def _decode(data: bytes, name: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    if "\x00" in text:
        raise ReaderError(
            "this is not a text file",
            where=name,
            allowed="the text output of a fusion caller, plain or gzipped (no zip, xlsx, bam or bcf)",
        )
    return text


def content_of(source: str | os.PathLike[str], shown: str | None = None) -> bytes:
    """Return the bytes of a file as they stand.

    Raises:
        ReaderError: It cannot be opened, or is too large.
    """
    path = Path(source)
    shown = shown or _last(path.name)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ReaderError(
                "the file is too large", where=shown, value=size, allowed=f"at most {MAX_BYTES // 2**20} MiB"
            )
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ReaderError(
            f"the file cannot be opened ({reason})", where=shown, remedy="check the path and its permissions"
        ) from None


def open_document(source: str | os.PathLike[str] | bytes, name: str | None = None) -> Document:
    """Read a file or bytes into lines.

    Args:
        source: Path, or the content itself.
        name: Name to show in messages; default the path's file name, or ``input`` for bytes.

    Raises:
        ReaderError: The file cannot be opened, is too large, damaged, or not text.
    """
    if isinstance(source, bytes):
        shown, data = _last(name or "input"), source
    else:
        shown = _last(name or Path(source).name)
        data = content_of(source, shown)
    if data[:2] == b"\x1f\x8b":
        data = _gunzip(data, shown)
    if len(data) > MAX_BYTES:
        raise ReaderError(
            "the input is too large", where=shown, value=len(data), allowed=f"at most {MAX_BYTES // 2**20} MiB"
        )
    text = _decode(data, shown)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    ended = not lines[-1]
    if ended:
        lines.pop()
    if not any(line.strip() for line in lines):
        raise ReaderError("the file is empty", where=shown, remedy="check that the caller finished")
    if len(text) > MAX_LINE and max(map(len, lines)) > MAX_LINE:
        raise ReaderError("a line is too long", where=shown, allowed=f"at most {MAX_LINE} characters")
    return Document(shown, lines, ended)
