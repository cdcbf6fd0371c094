"""Answers worked out when a static site is built, for a browser: what takes long there, or needs libraries it lacks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import msgspec

#: Where they are kept; absent on a server, which works everything out itself.
FOLDER = Path(__file__).resolve().parents[1] / "kept"
FILE = "answers.msgpack"
_read_kept = False
Work = TypeVar("Work", bound=Callable[..., Any])


def read_kept() -> None:
    """Say that nothing is worked out here: what a site keeps is read."""
    global _read_kept
    _read_kept = True


def kept(work: Work) -> Work:
    """Make a function of an edition and of names one that is worked out once, or read where it is kept.

    Its answer must be plain data or a ``Struct`` of it, as its annotation says.
    """
    told = functools.cache(lambda: get_type_hints(work)["return"])

    @functools.lru_cache(maxsize=128)
    def once(*given: Any) -> Any:
        if not _read_kept:
            return work(*given)
        return msgspec.msgpack.decode(_kept()[_key(work, given)], type=told())

    return functools.wraps(work)(once)  # type: ignore[return-value]


def packed(wanted: Iterable[tuple[Callable[..., Any], tuple[Any, ...]]]) -> bytes:
    """Return answers worked out, as a site keeps them in ``FOLDER`` under ``FILE``.

    Args:
        wanted: Functions that are ``kept``, each with what it is asked.
    """
    return msgspec.msgpack.encode({_key(work, given): msgspec.msgpack.encode(work(*given)) for work, given in wanted})


@functools.cache
def _kept() -> dict[str, bytes]:
    return msgspec.msgpack.decode((FOLDER / FILE).read_bytes(), type=dict[str, bytes])


def _key(work: Callable[..., Any], given: tuple[Any, ...]) -> str:
    return "/".join((work.__name__, *(one for one in given if isinstance(one, str)), *(
        str(one) for one in given if isinstance(one, int)
    )))  # fmt: skip
