"""About: what this is, what happens to what is entered, and what is applied."""

from __future__ import annotations

from litestar import Response, get

from ntrkpath.guidance import load
from ntrkpath.server.pages import Nav
from ntrkpath.server.render import page
from ntrkpath.server.serving import Ask, serving

NAV = Nav("About", "/about")


@get("/about", include_in_schema=False, sync_to_thread=False)
def about(request: Ask) -> Response[str]:
    """Show the page."""
    shared = serving(request)
    return page("about.html", here=NAV.address, edition=load(shared.settings.edition), day=shared.day.isoformat())


ROUTES = [about]
