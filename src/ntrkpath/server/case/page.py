"""Case: a form that asks what matters next, and the answer; the case travels with the page and is stored nowhere."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import msgspec

from ntrkpath.cases.load import decode_json
from ntrkpath.guidance import load
from ntrkpath.model.case import Disease
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway.examples import published
from ntrkpath.server.case.fields import field
from ntrkpath.server.kit.http import Answer, Ask, get, post
from ntrkpath.server.kit.navigation import CASE
from ntrkpath.server.kit.render import page
from ntrkpath.server.kit.serving import run, serving
from ntrkpath.server.kit.settings import MIB
from ntrkpath.server.kit.uploads import Sent, form

#: The case that ``--demo`` opens on.
DEMO = "L022"
#: Published patients to open from the first page, one of each kind of answer: id, and name.
TRIES = (
    ("L022", "infantile fibrosarcoma, EML4::NTRK3"),
    ("L016", "GIST, ETV6::NTRK3"),
    ("L026", "synovial sarcoma, PDE3A::NTRK2"),
    ("L011", "cervical sarcoma"),
)


@cache
def _histologies(edition: str) -> list[str]:
    return sorted({h.name for h in load(edition).vocabulary if h.group != "not_sarcoma"}, key=str.casefold)


def _shown(request: Ask, told: dict[str, Any] | None, status: int = 200) -> Answer:
    settings = serving(request).settings
    return page(
        "case/case.html", here=CASE.address, status=status, page=told,
        guidance=load(settings.edition), histologies=_histologies(settings.edition),
        extents=[choice for choice in field(Disease, "extent", "disease", {}).choices if choice[0] != "unknown"],
        tries=TRIES, most_files=settings.files, most_mb=settings.body_bytes // MIB,
    )  # fmt: skip


async def answered(request: Ask, sent: Sent) -> Answer:
    """Return the page that answers a form; what was entered is kept also where the verdicts it carries are not ours."""
    shared = serving(request)
    try:
        carried, refused = _carried(request, sent), None
    except CaseError as error:
        carried, refused = b"", error
    fields = {name: values for name, values in sent.fields.items() if name not in ("carried", "mark")}
    for name in ("text", "case"):
        if len(sent.one(name)) > shared.settings.case_bytes:
            raise CaseError("too large for a case", where=name, allowed=f"up to {shared.settings.case_bytes} bytes")
    if picked := sent.one("pick"):
        fields["f:diagnosis.histology"] = [picked]
    if histology := sent.one("start:histology"):
        fields.setdefault("f:diagnosis.histology", [histology])
    told = await run(
        request, "case", sent=fields, files=sent.of("files"), carried=carried, day=shared.day.isoformat(),
        act=sent.one("act"),
    )  # fmt: skip
    if refused:
        told["answer"] = None
        told["error"] = {
            "problem": refused.problem, "where": "", "value": None, "allowed": "", "remedy": refused.remedy
        }  # fmt: skip
    held = bytes(told["carried"])
    told |= {"carried": held.decode(), "mark": shared.sign(held) if held else "", "yaml": _readable(told["case"])}
    return _shown(request, told, 422 if told["error"] and not told["answer"] else 200)


def _carried(request: Ask, sent: Sent) -> bytes:
    """Return the verdicts that a page carries, where the mark on them is ours.

    Raises:
        CaseError: The mark is not ours, or of an earlier run of the server.
    """
    carried = sent.one("carried").encode()
    if carried and not serving(request).signed(carried, sent.one("mark")):
        raise CaseError("the caller files were read by another run of this server", remedy="send the files again")
    return carried


def _readable(case: str) -> str:
    """Return a case as indented JSON, which is also YAML.

    Raises:
        CaseError: It is no JSON.
    """
    try:
        return msgspec.json.format(case.encode(), indent=2).decode()
    except msgspec.DecodeError:
        raise CaseError("not a case", remedy="start with the form") from None


@get("/")
async def start(request: Ask) -> Answer:
    """Show the start, or with ``--demo`` a published case."""
    if serving(request).settings.demo:
        return await answered(request, Sent({"text": [published()[DEMO].text]}))
    return _shown(request, None)


@get("/case")
async def empty(request: Ask) -> Answer:
    """Show the start, also with ``--demo``."""
    return _shown(request, None)


@post("/case")
async def case(request: Ask) -> Answer:
    """Answer the form."""
    return await answered(request, await form(request))


def _day(text: str) -> str:
    """Return a date as it is written.

    Raises:
        CaseError: It is no date.
    """
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise CaseError("not a date", where="as_of", value=text[:40], allowed="YYYY-MM-DD") from None


async def _kept(request: Ask, sent: Sent, task: str, media_type: str, name: str, **more: Any) -> Answer:
    day = _day(sent.one("as_of")) if sent.one("as_of") else serving(request).day.isoformat()
    content = await run(request, task, text=sent.one("case"), carried=_carried(request, sent), day=day, **more)
    return Answer(
        bytes(content), media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'}
    )


@post("/case/pdf")
async def as_pdf(request: Ask) -> Answer:
    """Return the answer as PDF: one page to hand over, or with ``whole`` all that stands behind it."""
    sent = await form(request)
    return await _kept(request, sent, "pdf", "application/pdf", "recommendation.pdf", whole=bool(sent.one("whole")))


@post("/case/json")
async def as_json(request: Ask) -> Answer:
    """Return the answer as JSON."""
    return await _kept(request, await form(request), "answer", "application/json", "recommendation.json")


@post("/case/file")
async def as_file(request: Ask) -> Answer:
    """Return the case as a file that the command line reads."""
    case = (await form(request)).one("case")
    decode_json(case.encode())
    return Answer(
        _readable(case).encode() + b"\n", media_type="application/json",
        headers={"content-disposition": 'attachment; filename="case.json"'},
    )  # fmt: skip


ROUTES = [start, empty, case, as_pdf, as_json, as_file]
