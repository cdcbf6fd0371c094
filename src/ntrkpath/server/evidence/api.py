"""The evidence for programs: tables of the guidance, frequencies, accuracies, and one test before and after."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter

from ntrkpath.evidence import Evidence, evidence_of
from ntrkpath.evidence import frequency as frequencies
from ntrkpath.evidence.accuracy import pooled_accuracy, study_accuracy
from ntrkpath.guidance import load
from ntrkpath.report.evidence_tables import table_sheets
from ntrkpath.server.evidence.fragments import OneTest, one_test
from ntrkpath.server.kit.mounting import REFUSED, Ask
from ntrkpath.server.kit.serving import serving

Overlap = FromQuery[Literal["once", "all"]]
Share = Annotated[float, QueryParameter(ge=0, le=1)]
_DOCUMENT = {200: ResponseSpec(dict[str, Any], description="The JSON of `ntrkpath evidence`"), **REFUSED}


def _evidence(request: Ask) -> Evidence:
    return evidence_of(load(serving(request).settings.edition))


def _json(request: Ask, content: dict[str, Any]) -> Response[bytes]:
    used = load(serving(request).settings.edition)
    named = {"id": used.id, "version": used.version, "sha256": used.sha256}
    return Response(msgspec.json.encode({"guideline": named, **content}) + b"\n", media_type="application/json")


@get("/api/v1/evidence/tables/{number:int}", responses=_DOCUMENT, sync_to_thread=True)
def table(request: Ask, number: FromPath[int]) -> Response[bytes]:
    """Return table 1, 2, 3 or 4 of the guidance, row by row."""
    evidence = _evidence(request)
    if number not in evidence.tables:
        raise NotFoundException
    sheets = table_sheets(evidence, number)
    content: dict[str, Any] = {"table": number, "rows": [row.record for row in sheets[0].rows]}
    if len(sheets) > 1:
        content["derived"] = [row.record for row in sheets[1].rows]
    return _json(request, content)


def _frequency(request: Ask, groups: list[str], overlap: Literal["once", "all"]) -> Response[bytes]:
    found = [frequencies.frequency(_evidence(request), group, overlap) for group in groups]
    return _json(request, {"overlap": overlap, "groups": found})


@get("/api/v1/evidence/frequency", responses=_DOCUMENT, sync_to_thread=True)
def every_frequency(request: Ask, overlap: Overlap = "once") -> Response[bytes]:
    """Return how often NTRK fusions are found in every group, study by study and pooled."""
    return _frequency(request, list(_evidence(request).groups), overlap)


@get("/api/v1/evidence/frequency/{group:str}", responses=_DOCUMENT, sync_to_thread=True)
def frequency(request: Ask, group: FromPath[str], overlap: Overlap = "once") -> Response[bytes]:
    """Return how often NTRK fusions are found in one group."""
    if group not in _evidence(request).groups:
        raise NotFoundException
    return _frequency(request, [group], overlap)


def _accuracy(request: Ask, test: str | None) -> Response[bytes]:
    evidence = _evidence(request)
    return _json(request, {
        "studies": [study_accuracy(evidence, study) for study in evidence.accuracy(test)],
        "pools": [pooled_accuracy(evidence, p.id) for p in evidence.pools.values() if test in (None, p.test)],
    })  # fmt: skip


@get("/api/v1/evidence/accuracy", responses=_DOCUMENT, sync_to_thread=True)
def every_accuracy(request: Ask) -> Response[bytes]:
    """Return how accurate every test is."""
    return _accuracy(request, None)


@get("/api/v1/evidence/accuracy/{test:str}", responses=_DOCUMENT, sync_to_thread=True)
def accuracy(request: Ask, test: FromPath[str]) -> Response[bytes]:
    """Return how accurate one test is, study by study and pooled."""
    if all(study.test != test for study in _evidence(request).accuracy_studies.values()):
        raise NotFoundException
    return _accuracy(request, test)


@get("/api/v1/evidence/test", responses={200: ResponseSpec(OneTest), **REFUSED}, sync_to_thread=False)
def test_at(prevalence: Share, sensitivity: Share, specificity: Share) -> Response[bytes]:
    """Return what a test says at a prevalence: likelihood ratios, and the probability of a fusion after each result."""
    found = one_test(prevalence, sensitivity, specificity)
    return Response(msgspec.json.encode(found) + b"\n", media_type="application/json")


ROUTES: list[Any] = [table, every_frequency, frequency, every_accuracy, accuracy, test_at]
