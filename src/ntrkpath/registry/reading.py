"""What the guidance reads in the case that stands: tier, target, whether it was tested and is positive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache

import msgspec

from ntrkpath.cohort.tally import counting
from ntrkpath.guidance import load
from ntrkpath.model.case import Case
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.pathway import Pathway, attach
from ntrkpath.pathway.intake.files import telling_genes


class Reading(msgspec.Struct, frozen=True):
    """How a case is read by an edition.

    Args:
        histology: The entity; None where the histology is not recognised.
        tested: Whether any NTRK test was done, whatever its result; None where the case cannot be decided.
        positive: Whether there is evidence of a fusion that may lead to a TRK inhibitor.
    """

    edition: str
    histology: str | None = None
    tier: str | None = None
    priority: str | None = None
    target: str | None = None
    tested: bool | None = None
    positive: bool | None = None


@cache
def _pathway() -> Pathway:
    # The date bears on labels alone, and no label bears on what is read here.
    return Pathway(load(), dt.date(2000, 1, 1), probability=False)


def edition() -> str:
    """Return the edition that reads, as it is noted: name, version and hash."""
    newest = load()
    return f"{newest.id} {newest.version} {newest.sha256}"


def reading(case: Case, files: Mapping[str, bytes]) -> Reading:
    """Read a case; one that cannot be decided has neither tier nor result, and is never negative.

    Args:
        files: The rows of callers that are kept for it, by the name that its tests have for them.
    """
    pathway = _pathway()
    try:
        _, attached = attach(case, files, telling_genes())
        read = pathway.facts(case, attached)
        facts = pathway.chain.decide(read.levels).levels
    except NtrkpathError:
        return Reading(edition())
    counted = counting()
    return Reading(
        edition(), read.histology.id, facts["tier"], facts["priority"], facts["target"],
        any(facts[method] != "not_done" for method in counted["tested"]),
        facts["target"] in counted["positive"]["target"],
    )  # fmt: skip
