"""Work in a directory that survives a stop at any moment: a lock, files on the disk, and what they must hold."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

import msgspec

from ntrkpath.model.errors import OutputError

_BLOCK = 1 << 20


class Mark(msgspec.Struct, frozen=True):
    """What a file holds: its size in bytes and the SHA-256 of them."""

    bytes: int
    sha256: str


def mark(path: Path, size: int | None = None) -> Mark | None:
    """Return what a file holds, or its first ``size`` bytes; ``None`` where it is not there or holds fewer."""
    if not path.is_file():
        return Mark(0, hashlib.sha256().hexdigest()) if size == 0 else None
    found, left = hashlib.sha256(), path.stat().st_size if size is None else size
    if path.stat().st_size < left:
        return None
    total = left
    with path.open("rb") as file:
        while left and (block := file.read(min(_BLOCK, left))):
            found.update(block)
            left -= len(block)
    return Mark(total, found.hexdigest())


def to_disk(path: Path) -> None:
    """Have a file, or the names in a directory, on the disk before anything is said of it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():  # some systems sync no directories
            raise
    finally:
        os.close(handle)


class Lock:
    """The right of one process to work in a directory; it ends with the process, and leaves no file behind.

    Args:
        directory: Made where it is missing.

    Raises:
        OutputError: Another process works there.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._handle: int | None = None
        directory.mkdir(exist_ok=True)
        try:
            import fcntl
        except ImportError:  # a system without such locks
            return
        self._handle = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            same = directory.exists() and os.fstat(self._handle).st_ino == directory.stat().st_ino
        except OSError:
            same = False
        if not same:
            self.release()
            raise OutputError(
                "another run works on this output", where=str(directory), remedy="wait for it, or name another output"
            )  # fmt: skip

    def empty(self) -> None:
        """Remove what stands in the directory."""
        for path in self.directory.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    def release(self) -> None:
        """Give the right up."""
        if self._handle is not None:
            with suppress(OSError):
                os.close(self._handle)
            self._handle = None
