"""Files that are to be read: a pipe or a device is none, since it never ends, or ends once."""

from __future__ import annotations

import stat
from pathlib import Path

from ntrkpath.model.errors import InputError


def regular(path: Path | str) -> Path:
    """Return the path of a file or directory; one that is not there is left to whoever opens it.

    Raises:
        InputError: It is a pipe, a socket or a device.
    """
    path = Path(path)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return path
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise InputError(
            "this is a pipe or a device, no file", where=path.name, remedy="write its content to a file first"
        )  # fmt: skip
    return path
