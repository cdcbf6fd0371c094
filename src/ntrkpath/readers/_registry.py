"""Recognising a format by content or by caller, importing no format but the one that is read."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from ntrkpath.model.errors import ReaderError
from ntrkpath.readers._index import INDEX
from ntrkpath.readers._signature import Format
from ntrkpath.readers._table import Header, TableReader, headers
from ntrkpath.readers._text import Document

GROUP = "ntrkpath.readers"
#: Formats named in an error: the closest ones, not all of them.
_CLOSEST = 3


class Signature:
    """How one format is recognised, and where it is.

    Args:
        name: The format.
        load: Returns the format itself; only then its module is imported.
        callers: Callers whose files have this format.
        header: Columns that a header must hold, each with the names that mean it; empty for formats without columns.
        opening: For those: which lines the pattern has to fit, and the pattern.
        rank: Of several formats that fit, the highest wins.
        recognises: For installed formats that are told in another way.
    """

    __slots__ = ("callers", "header", "load", "name", "opening", "rank", "recognises")

    def __init__(
        self,
        name: str,
        load: Callable[[], Format],
        callers: tuple[str, ...],
        header: tuple[tuple[str, ...], ...],
        opening: tuple[str, str] | None,
        rank: int,
        recognises: Callable[[Document], bool] | None = None,
    ) -> None:
        self.name = name
        self.load = load
        self.callers = callers
        self.header = header
        self.opening = opening
        self.rank = rank
        self.recognises = recognises

    def fits(self, names: frozenset[str]) -> bool:
        """Whether a header with these column names is of this format."""
        return bool(self.header) and all(not names.isdisjoint(accepted) for accepted in self.header)

    def share(self, names: frozenset[str]) -> float:
        """Share of the needed columns that a header holds, 0 to 1."""
        return sum(not names.isdisjoint(accepted) for accepted in self.header) / (len(self.header) or 1)

    def opens(self, document: Document) -> bool:
        """Whether a document without column names begins like this format."""
        if self.recognises is not None:
            return self.recognises(document)
        if self.opening is None or self.opening[0] == "asked":
            return False
        where, pattern = self.opening
        fits = _compiled(pattern).match
        if where == "any":
            return any(fits(line) for line in document.lines[:200])
        if where == "first":
            return fits(next((line for line in document.lines if line.strip()), "").strip()) is not None
        lines = [line for line in document.lines[:50] if line.strip() and not line.startswith("#")]
        return 2 * sum(fits(line.strip()) is not None for line in lines) > len(lines)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _loader(module: str, name: str) -> Callable[[], Format]:
    def load() -> Format:
        formats: tuple[Format, ...] = importlib.import_module(f"ntrkpath.readers.{module}").FORMATS
        return next(one for one in formats if one.name == name)

    return load


@cache
def built_in() -> tuple[Signature, ...]:
    """Return the signatures of the formats of this package, from the index that is made of their modules."""
    return tuple(
        Signature(name, _loader(module, name), callers, header, opening, rank)
        for name, module, callers, header, opening, rank in INDEX
    )


@cache
def installed() -> tuple[Signature, ...]:
    """Return the formats that other packages install under the entry point group; looked for once a process.

    A server asks for them before its first request, so that no request makes it list and open what is installed.
    """
    from importlib.metadata import entry_points

    known = {plain(name) for one in built_in() for name in (one.name, *one.callers)}
    signatures = []
    for entry in entry_points(group=GROUP):
        if plain(entry.name) not in known:
            found = entry.load()
            signatures += [_signature_of(entry.name, one) for one in (found if isinstance(found, tuple) else (found,))]
    return tuple(signatures)


def _signature_of(name: str, found: Any) -> Signature:
    """Return the signature of an installed format; a bare reader becomes a format of its own name."""
    form = found if isinstance(found, Format) else Format(
        reader=found, file="", seen="", specimen="", callers=(name,), level_stated=False
    )  # fmt: skip
    opening = (form.opening.where, form.opening.pattern) if form.opening else None
    return Signature(
        form.name, lambda: form, tuple(dict.fromkeys((name, *form.all_callers))), form.header, opening, form.rank,
        getattr(form.reader, "recognises", None),
    )  # fmt: skip


def plain(name: str) -> str:
    """Return a caller or format name without case, blanks and punctuation."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def formats() -> tuple[str, ...]:
    """Return the names ``--caller`` accepts: formats, built in and installed, and the callers that write them."""
    return tuple(sorted({name for one in (*built_in(), *installed()) for name in (one.name, *one.callers)}))


def _best(candidates: Iterable[Signature], document: Document) -> Signature | None:
    ranked = sorted(candidates, key=lambda one: -one.rank)
    if not ranked:
        return None
    tied = [one.name for one in ranked if one.rank == ranked[0].rank]
    if len(tied) > 1:
        raise ReaderError(
            "several formats fit this file",
            where=document.name,
            allowed=tied,
            remedy=f"say which one with --caller, for example --caller {tied[0]}",
        )
    return ranked[0]


def _by_header(signatures: Iterable[Signature], document: Document) -> tuple[Signature, Header] | None:
    """Return the format that the first header line fits, of those with columns."""
    tables = [one for one in signatures if one.header]
    seen = -1
    found: list[Signature] = []
    head: Header | None = None
    for header in headers(document):
        if head is not None and header.index != seen:
            break
        if head is None:
            names = frozenset(header.names)
            fitting = [one for one in tables if one.fits(names)]
            if fitting:
                found, head, seen = fitting, header, header.index
    best = _best(found, document)
    return None if best is None or head is None else (best, head)


def _closest(document: Document) -> list[str]:
    """Return the formats whose columns a line of the document has most of, each with the columns that it lacks."""
    near: dict[str, tuple[float, str]] = {}
    for header in headers(document):
        names = frozenset(header.names)
        for one in built_in():
            share = one.share(names) if one.header else 0.0
            if share > near.get(one.name, (0.0, ""))[0]:
                lacks = [" or ".join(dict.fromkeys(names_)) for names_ in one.header if names.isdisjoint(names_)]
                near[one.name] = (share, ", ".join(lacks))
    likely = sorted(near.items(), key=lambda item: (-item[1][0], item[0]))
    return [f"{name} (lacks {lacks})" for name, (_, lacks) in likely][:_CLOSEST]


def _plain_table_lacks(document: Document) -> str:
    reader = next(one for one in built_in() if one.name == "generic").load().reader
    return str(reader.lacks(document))


def recognise(document: Document) -> tuple[Format, Header | None]:
    """Return the format of a document by its content, with the header line of a table.

    Raises:
        ReaderError: No format fits, or several do; names the closest ones and ``--caller``.
    """
    opened = _best((one for one in built_in() if one.opens(document)), document)
    if opened is not None and opened.rank > 0:
        return opened.load(), None
    if (table := _by_header(built_in(), document)) is not None:
        return table[0].load(), table[1]
    others = installed()
    if (told := _best((one for one in others if one.opens(document)), document)) is not None:
        return told.load(), None
    if (table := _by_header(others, document)) is not None:
        return table[0].load(), table[1]
    if opened is not None:
        return opened.load(), None
    for asked in sorted((one for one in built_in() if one.opening == ("asked", "")), key=lambda one: -one.rank):
        form = asked.load()
        if form.reader.recognises(document):
            return form, None
    near = _closest(document)
    raise ReaderError(
        "the format is not recognised",
        where=document.name,
        allowed=f"closest: {'; '.join(near)}" if near else (),
        remedy=f"a plain table lacks {_plain_table_lacks(document)}; `ntrkpath fusions --formats` shows every format "
        "and the names of columns; --caller NAME reads the file as that caller's",
    )


def by_caller(name: str, document: Document) -> tuple[Format, Header | None]:
    """Return the format a caller writes; where it writes several, the one that fits the document.

    Raises:
        ReaderError: No reader knows the caller, or the document is none of its formats.
    """
    wanted = plain(name)
    every = (*built_in(), *installed())
    fits = [one for one in every if wanted in {plain(n) for n in (one.name, *one.callers)}]
    if not fits:
        from difflib import get_close_matches

        raise ReaderError(
            "no reader for this caller", where=document.name, value=name,
            allowed=get_close_matches(name.lower(), formats(), 5, 0.3) or formats()[:5],
            remedy="leave --caller out: the format is recognised by its content",
        )  # fmt: skip
    for one in fits:
        if one.opens(document):
            return one.load(), None
    if (table := _by_header(fits, document)) is not None:
        return table[0].load(), table[1]
    exact = [one for one in fits if plain(one.name) == wanted]
    chosen = (exact or fits)[0]
    form = chosen.load()
    if isinstance(form.reader, TableReader) or chosen.opening is None or chosen.opening[0] == "asked":
        return form, None
    raise ReaderError(
        f"this is no file of {name}: it does not begin as one", where=document.name,
        remedy="leave --caller out: the format is recognised by its content",
    )  # fmt: skip
