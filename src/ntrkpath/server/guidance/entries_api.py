"""The guidance for reading, for programs: every entry with its cross-references, search, and editions compared."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter

from ntrkpath.guidance import available, load
from ntrkpath.model.errors import GuidanceError
from ntrkpath.server.guidance.catalogue import Catalogue, catalogue
from ntrkpath.server.guidance.comparing import Comparison
from ntrkpath.server.guidance.comparing import compare as compared
from ntrkpath.server.guidance.entries import (
    ActionEntry,
    FactEntry,
    LabelEntry,
    ReferenceEntry,
    RuleEntry,
    StatementEntry,
    TableEntry,
)
from ntrkpath.server.guidance.finding import LONGEST, Found
from ntrkpath.server.guidance.finding import search as searched
from ntrkpath.server.kit.mounting import REFUSED, Ask
from ntrkpath.server.kit.serving import serving

Kind = FromPath[Literal["rules", "tables", "statements", "facts", "actions", "references"]]
Entry = RuleEntry | TableEntry | StatementEntry | FactEntry | ActionEntry | ReferenceEntry


def _book(request: Ask) -> Catalogue:
    return catalogue(load(serving(request).settings.edition))


def _json(content: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(content) + b"\n", media_type="application/json")


@get("/api/v1/browse/{kind:str}", responses={200: ResponseSpec(list[dict[str, Any]]), **REFUSED}, sync_to_thread=False)
def entries(request: Ask, kind: Kind) -> Response[bytes]:
    """Return every entry of a kind, each with what it refers to and what refers to it."""
    return _json(list(getattr(_book(request), kind).values()))


@get(
    "/api/v1/browse/{kind:str}/{ident:str}",
    responses={200: ResponseSpec(dict[str, Any]), **REFUSED},
    sync_to_thread=False,
)
def entry(request: Ask, kind: Kind, ident: FromPath[str]) -> Response[bytes]:
    """Return one entry."""
    found = getattr(_book(request), kind).get(ident)
    if found is None:
        raise NotFoundException
    return _json(found)


@get("/api/v1/browse/labels", responses={200: ResponseSpec(list[LabelEntry]), **REFUSED}, sync_to_thread=False)
def labels(request: Ask, as_of: FromQuery[dt.date | None] = None) -> Response[bytes]:
    """Return every label version, with whether it is in force on a date, by default today."""
    return _json(list(_book(request).labels(as_of or serving(request).day).values()))


@get("/api/v1/browse/resistance", responses={200: ResponseSpec(dict[str, Any]), **REFUSED}, sync_to_thread=False)
def resistance(request: Ask) -> Response[bytes]:
    """Return the mutations that confer resistance, with their effect on each drug."""
    data = _book(request).edition.data["resistance"]
    return _json({name: data[name] for name in ("classes", "mutations", "off_target")})


@get("/api/v1/browse/search", responses={200: ResponseSpec(list[Found]), **REFUSED}, sync_to_thread=False)
def search(
    request: Ask,
    q: Annotated[str, QueryParameter(max_length=LONGEST)],
    kind: FromQuery[Literal["rules", "tables", "statements", "facts", "actions", "labels", "references"] | None] = None,
    fidelity: FromQuery[Literal["verbatim", "inferred", "resolved", "ambiguous"] | None] = None,
) -> Response[bytes]:
    """Return the entries that hold every word of the question, ids first."""
    return _json(searched(_book(request).edition, q, kind or "", fidelity or ""))


@get("/api/v1/browse/compare", responses={200: ResponseSpec(Comparison), **REFUSED}, sync_to_thread=True)
def compare(request: Ask, one: FromQuery[str], other: FromQuery[str]) -> Response[bytes]:
    """Return what differs between two installed editions, by their names."""
    known = {load(name).id: load(name) for name in available()} | {"own": load(serving(request).settings.edition)}
    for name in (one, other):
        if name not in known:
            raise GuidanceError("no such edition here", value=name[:80], allowed=known)
    return _json(compared(known[one], known[other]))


ROUTES: list[Any] = [labels, resistance, search, compare, entries, entry]
