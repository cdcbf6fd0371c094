"""Examples: the published patients, one click each."""

from __future__ import annotations

import re
from functools import cache

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from ntrkpath.cases.load import decode_yaml
from ntrkpath.pathway.examples import examples as directory
from ntrkpath.server.pages import Nav
from ntrkpath.server.render import page
from ntrkpath.server.serving import Ask

NAV = Nav("Examples", "/examples")
_COMMENT = re.compile(r"^#\s?", re.MULTILINE)


class Published(msgspec.Struct, frozen=True):
    """A published patient: id, histology, source, how the answer compares with the authors, and the file."""

    id: str
    histology: str
    source: str
    compared: str
    text: str


@cache
def published() -> dict[str, Published]:
    """Return the published patients by id."""
    found = {}
    for path in sorted(directory().glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        case = decode_yaml(text.encode())
        head = " ".join(_COMMENT.sub("", text[: text.index("\nid:")]).split())
        compared = re.search(r"ntrkpath: (.*)$", head)
        found[case.id] = Published(
            case.id, case.diagnosis.histology, case.source or "",             compared[1] if compared else "", text,
        )  # fmt: skip
    return found


@get("/examples", include_in_schema=False, sync_to_thread=False)
def examples() -> Response[str]:
    """Show the list."""
    return page("examples.html", here=NAV.address, cases=list(published().values()))


@get("/examples/{ident:str}", include_in_schema=False)
async def example(request: Ask, ident: FromPath[str]) -> Response[str]:
    """Show the answer to one of them."""
    from ntrkpath.server.pages.case import answered
    from ntrkpath.server.uploads import Sent

    if ident not in published():
        raise NotFoundException
    return await answered(request, Sent({"text": [published()[ident].text]}))


ROUTES = [examples, example]
