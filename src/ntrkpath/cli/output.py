"""Where a command's output goes: one writer for files, whole or not at all, and one for the terminal."""

from __future__ import annotations

import errno
import itertools
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from ntrkpath.model.errors import OutputError
from ntrkpath.model.printable import printable


class ReaderGone(Exception):  # noqa: N818  # no error: whoever read the output has enough
    """The reader of a pipe has closed it."""


Content = str | bytes | Iterable[str | bytes]


def write(content: Content, out: Path | None = None, *, styled: bool = False) -> None:
    """Write to a file, or to standard output where none is named.

    Args:
        content: Text (written as UTF-8, without what a terminal would obey), bytes (as they are), or chunks of these.
        out: A file is replaced whole or not at all, and left where there is no chunk; a pipe or device is written to
            as it stands.
        styled: The text carries our own colours, and was made printable before they were added.

    Raises:
        OutputError: It could not be written; nothing half-written stays.
        ReaderGone: Nobody reads the pipe any more.
    """
    chunks = (content,) if isinstance(content, str | bytes) else content
    data = (chunk if isinstance(chunk, bytes) else _encoded(chunk, styled) for chunk in chunks)
    first = next(data, None)
    if first is None:
        return
    with standard_output() if out is None else replacing(out) as target:
        for part in itertools.chain((first,), data):
            with _said(out):
                target.write(part)


def _encoded(text: str, styled: bool) -> bytes:
    return (text if styled else printable(text)).encode()


@contextmanager
def replacing(out: Path) -> Iterator[IO[bytes]]:
    """Give a file to write to that takes the place of ``out`` at the end, and never if anything fails before.

    Raises:
        OutputError: It cannot be written.
    """
    import secrets

    with _said(out):
        place = Path(os.path.realpath(out))
        mode = place.stat().st_mode if place.exists() else None
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        straight = mode is not None and not stat.S_ISREG(mode)
        beside = place if straight else place.with_name(f".{secrets.token_hex(8)}.partial")
        target = beside.open("wb" if straight else "xb")
    try:
        yield target
        with _said(out):
            target.flush()
            if not straight:
                os.fsync(target.fileno())
                if mode is not None:
                    os.fchmod(target.fileno(), stat.S_IMODE(mode))
            target.close()
            if not straight:
                beside.replace(place)
                sync_directory(place.parent)
    except BaseException:
        with suppress(OSError):
            target.close()
        if not straight:
            beside.unlink(missing_ok=True)
        raise


def sync_directory(directory: Path) -> None:
    """Have the names in a directory on the disk; where a system cannot, nothing is lost but the certainty."""
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def standard_output() -> Iterator[IO[bytes] | _Text]:
    """Give the bytes of standard output, flushed at the end.

    Raises:
        OutputError: It is closed, or cannot be written to.
    """
    stream = sys.stdout
    if stream is None:
        raise OutputError("standard output is closed", remedy="name a file with --out")
    with _said(None):
        stream.flush()
    yield getattr(stream, "buffer", None) or _Text(stream)
    flush()


def coloured(out: Path | None) -> bool:
    """Return whether the output is a terminal, which may be given colours."""
    return out is None and sys.stdout is not None and sys.stdout.isatty()


def flush() -> None:
    """Write out what standard output holds back.

    Raises:
        OutputError: It cannot be written to.
    """
    if sys.stdout is not None:
        with _said(None):
            sys.stdout.flush()


class _Text:
    """Bytes for a stream that takes text alone."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, data: bytes) -> None:
        self._stream.write(data.decode())


@contextmanager
def _said(out: Path | None) -> Iterator[None]:
    """Turn what the system says of an output into one error; a closed pipe is no error."""
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGone from error
    except OSError as error:
        reason = (error.strerror or type(error).__name__).casefold()
        raise OutputError(
            f"cannot be written: {reason}", where="standard output" if out is None else str(out),
            remedy="check space and permission there, or choose another place",
        ) from error  # fmt: skip


class _Screen:
    """A text stream that carries nothing a terminal would obey, whoever writes to it."""

    def __init__(self, stream: IO[str], *, faithful: bool) -> None:
        self._stream, self._faithful = stream, faithful

    def write(self, text: str) -> int:
        """Write a text; a line that begins anew (our own progress) still may."""
        again = text.startswith("\r")
        with self._heard():
            self._stream.write("\r" * again + printable(text[again:]))
        return len(text)

    def flush(self) -> None:
        """Write out what is held back."""
        with self._heard():
            self._stream.flush()

    @contextmanager
    def _heard(self) -> Iterator[None]:
        try:
            with _said(None):
                yield
        except (OutputError, ReaderGone):
            if self._faithful:
                raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def screened() -> Iterator[None]:
    """Have everything that is printed made printable; what cannot be said on standard error stops nothing."""
    out, err = sys.stdout, sys.stderr
    if out is not None:
        sys.stdout = _Screen(out, faithful=True)
    if err is not None:
        sys.stderr = _Screen(err, faithful=False)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


def silence() -> None:
    """Send to nowhere what a closed pipe or a full disk has left unsaid, so that the interpreter ends quietly."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
