"""The handlers of a registry's pages; each asks for the token of this run, without which there is no such page."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from ntrkpath.registry.incoming import rule
from ntrkpath.registry.review import waiting
from ntrkpath.registry.study.review import to_review
from ntrkpath.registry.study.worklists import LISTS
from ntrkpath.report.sheet_forms import figures, report_html, sheet_section, sheets_csv
from ntrkpath.report.study_files import (
    heading,
    lead,
    results_json,
    results_report,
    review_csv,
    worklists_csv,
)
from ntrkpath.report.study_pictures import pictures
from ntrkpath.report.study_sheets import sheets
from ntrkpath.server.kit.addresses import at
from ntrkpath.server.kit.drawing import on_a_page
from ntrkpath.server.kit.http import Answer, Ask, Refused, get, post
from ntrkpath.server.kit.render import page
from ntrkpath.server.kit.uploads import form
from ntrkpath.server.registry import timeline
from ntrkpath.server.registry.opened import Opened

#: Lines of a list on one page, and subjects that a search shows.
MOST = 200


class Section(msgspec.Struct, frozen=True):
    """An entry of the navigation beside the registry."""

    word: str
    address: str


def _opened(request: Ask, token: str) -> Opened:
    found: Opened = request.app.state.registry
    if not found.admits(token):
        raise Refused(404)
    return found


def _show(template: str, opened: Opened, section: str, **context: Any) -> Answer:
    sections = [Section("The study", opened.path), Section("Worklists", f"{opened.path}/worklists"),
                Section("Subjects", f"{opened.path}/subjects"),
                Section("Imported values", f"{opened.path}/imports")]  # fmt: skip
    return page(
        f"registry/{template}", here="", sections=sections, section=f"{opened.path}{section}", base=at(opened.path),
        protocol=opened.protocol, day=opened.day, **context,
    )  # fmt: skip


#: The sheets of a study that are open when its page comes; all others are folded under their titles.
_OPEN = ("flow", "accuracy")


@get("/registry/{token:str}", slow=True)
def dashboard(request: Ask, token: str) -> Answer:
    """Show the study: what was found so far, in pictures and sheets."""
    opened = _opened(request, token)
    if "whole" not in request.query_params and not opened.ready():
        return _show("reckoning.html", opened, "")
    found = opened.results()
    shown = [msgspec.structs.replace(sheet, folded=sheet.ident not in _OPEN) for sheet in sheets(found)]
    drawn = pictures(found)
    with on_a_page():
        parts = [sheet_section(sheet, figures(sheet, drawn.get(sheet.ident, ()))) for sheet in shown]
    return _show("dashboard.html", opened, "", title=heading(found), lead=lead(found), parts=parts)


@get("/registry/{token:str}/results/{form:str}", slow=True)
def download(request: Ask, token: str, form: str) -> Answer:
    """Give the results as a file."""
    opened = _opened(request, token)
    made: dict[str, tuple[Any, str]] = {
        "csv": (lambda found: sheets_csv(sheets(found)), "text/csv"),
        "json": (results_json, "application/json"),
        "html": (lambda found: report_html(results_report(found, opened.edition)), "text/html"),
    }
    if form not in made:
        raise Refused(404)
    write, kind = made[form]
    headers = {"content-disposition": f'attachment; filename="study-{opened.day}.{form}"'}
    return Answer(write(opened.results()), media_type=kind, headers=headers)


@get("/registry/{token:str}/review/csv", slow=True)
def review_sheet(request: Ask, token: str) -> Answer:
    """Give the blinded sheet of central review as a file."""
    opened = _opened(request, token)
    headers = {"content-disposition": f'attachment; filename="review-{opened.day}.csv"'}
    content = review_csv(to_review(opened.gathered().participants, opened.protocol))
    return Answer(content, media_type="text/csv", headers=headers)


@get("/registry/{token:str}/worklists", slow=True)
def worklists(request: Ask, token: str) -> Answer:
    """Show the worklists, or one of them whole; ``form=csv`` gives them as a file."""
    opened = _opened(request, token)
    found = opened.worklists()
    chosen, site = request.query_params.get("list", ""), request.query_params.get("site", "")
    sites = sorted({item.site for items in found.values() for item in items})
    if site:
        found = {name: tuple(i for i in items if i.site == site) for name, items in found.items()}
    if chosen in LISTS:
        found = {chosen: found[chosen]}
    if request.query_params.get("form") == "csv":
        headers = {"content-disposition": f'attachment; filename="worklists-{opened.day}.csv"'}
        return Answer(worklists_csv(found), media_type="text/csv", headers=headers)
    most = MOST if chosen in LISTS else 5
    return _show("worklists.html", opened, "/worklists", lists=found, titles=LISTS, chosen=chosen, site=site,
                 sites=sites, most=most)  # fmt: skip


@get("/registry/{token:str}/subjects", slow=True)
def subjects(request: Ask, token: str) -> Answer:
    """Find a subject of the study by its pseudonym."""
    opened = _opened(request, token)
    asked = request.query_params.get("find", "").strip()
    wanted = asked.casefold()
    found = [one for one in opened.gathered().participants if wanted in one.id.casefold()]
    return _show("subjects.html", opened, "/subjects", find=asked, found=found[:MOST], count=len(found), most=MOST)


@get("/registry/{token:str}/subject", slow=True)
def one_subject(request: Ask, token: str) -> Answer:
    """Show one subject: its timeline, versions of the case with what changed, answers, decisions, queries."""
    opened = _opened(request, token)
    site, subject = request.query_params.get("site", ""), request.query_params.get("id", "")
    found = opened.book.subject(site, subject)
    if found is None:
        raise Refused(404)
    items = [item for items in opened.worklists().values() for item in items]
    return _show(
        "subject.html", opened, "/subjects", subject=found, timeline=timeline.timeline(found),
        versions=timeline.versions(found), answers=timeline.answers(found), decisions=timeline.decisions(found),
        queries=timeline.queries(found), titles=LISTS,
        standing=[item for item in items if (item.site, item.id) == (site, subject)],
    )  # fmt: skip


@get("/registry/{token:str}/imports", slow=True)
def imports(request: Ask, token: str) -> Answer:
    """Show the imported values that wait for a ruling."""
    opened = _opened(request, token)
    found = list(waiting(opened.book))
    return _show("imports.html", opened, "/imports", found=found[:MOST], count=len(found), most=MOST)


@post("/registry/{token:str}/imports/ruling")
async def ruling(request: Ask, token: str) -> Answer:
    """Take or leave an imported value."""
    opened = _opened(request, token)
    sent = await form(request)
    proposal, ruled = sent.one("proposal"), sent.one("ruling")
    if proposal.isdecimal() and ruled in ("take", "leave"):
        await asyncio.to_thread(
            rule, opened.book, sent.one("site"), sent.one("subject"), int(proposal), accepted=ruled == "take",
            author=opened.author,
        )  # fmt: skip
    return Answer("", 303, headers={"location": at(f"{opened.path}/imports")})


ROUTES = [dashboard, download, review_sheet, worklists, subjects, one_subject, imports, ruling]
