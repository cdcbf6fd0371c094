"""Examples: the published patients, one click each."""

from __future__ import annotations

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from ntrkpath.pathway.examples import published
from ntrkpath.server.pages import Nav
from ntrkpath.server.render import page
from ntrkpath.server.serving import Ask

NAV = Nav("Examples", "/examples")


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
