"""Examples: the published patients, one click each."""

from __future__ import annotations

from ntrkpath.pathway.examples import published
from ntrkpath.server.kit.http import Answer, Ask, Refused, get
from ntrkpath.server.kit.navigation import EXAMPLES
from ntrkpath.server.kit.render import page


@get("/examples")
def examples(_: Ask) -> Answer:
    """Show the list."""
    return page("case/examples.html", here=EXAMPLES.address, cases=list(published().values()))


@get("/examples/{ident:str}")
async def example(request: Ask, ident: str) -> Answer:
    """Show the answer to one of them."""
    from ntrkpath.server.case.page import answered
    from ntrkpath.server.kit.uploads import Sent

    if ident not in published():
        raise Refused(404)
    return await answered(request, Sent({"text": [published()[ident].text]}))


ROUTES = [examples, example]
