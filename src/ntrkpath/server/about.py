"""About: what this is, what happens to what is entered, and what is applied."""

from __future__ import annotations

from ntrkpath.guidance import load
from ntrkpath.server.kit.http import Answer, Ask, get
from ntrkpath.server.kit.navigation import ABOUT
from ntrkpath.server.kit.render import page
from ntrkpath.server.kit.serving import serving


@get("/about")
def about(request: Ask) -> Answer:
    """Show the page."""
    shared = serving(request)
    return page("about.html", here=ABOUT.address, edition=load(shared.settings.edition), day=shared.day.isoformat())


ROUTES = [about]
