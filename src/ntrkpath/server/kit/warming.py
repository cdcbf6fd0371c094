"""What the pages derive from an edition, made before the first visitor asks for it."""

from __future__ import annotations

from ntrkpath.guidance import load
from ntrkpath.model.errors import NtrkpathError


def warm(edition: str) -> None:
    """Make the catalogue, the index of the search, the list of strategies, and the evidence where its extra is there.

    Takes about a second; meant for a thread beside the server.
    """
    from ntrkpath.server.guidance.catalogue import catalogue
    from ntrkpath.server.guidance.figure import figure_with
    from ntrkpath.server.guidance.finding import nearest, search
    from ntrkpath.server.strategy.task import choices

    used = load(edition)
    search(used, "")
    nearest(used, "stain")
    figure_with(used)
    _ = catalogue(used).overview
    choices(edition)
    try:
        from ntrkpath.server.evidence import fragments as parts

        parts.overview(used)
        parts.lead(used)
        parts.starts(used)
        for test in parts.tests(used):
            parts.accuracy(used, test)
    except NtrkpathError:
        return
