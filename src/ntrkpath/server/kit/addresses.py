"""Where the pages stand: at the root of a host, or, as a static site, in a folder of it."""

from __future__ import annotations

#: What leads every address of ours; without a slash at its end.
_root = ""


def stand(root: str) -> None:
    """Say where the pages stand, before the first one is made.

    Args:
        root: A path as ``/tools/ntrkpath``; empty for the root of a host.
    """
    global _root
    _root = root.rstrip("/")


def at(path: str = "") -> str:
    """Return the address of a page, from the root of its host."""
    return _root + path
