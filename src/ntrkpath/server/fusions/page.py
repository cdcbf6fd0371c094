"""Fusions: caller files in, a verdict on every NTRK event out, with pictures and files to take away."""

from __future__ import annotations

from functools import cache
from typing import Any

from ntrkpath.exports.verdicts import FORMS
from ntrkpath.model.case import Case, DnaMps, RnaMps
from ntrkpath.model.errors import NtrkpathError, ReaderError
from ntrkpath.pathway import read_cases
from ntrkpath.pathway.examples import examples
from ntrkpath.readers import formats
from ntrkpath.server.fusions.task import MOST_EVENTS
from ntrkpath.server.kit.http import Answer, Ask, get, post
from ntrkpath.server.kit.navigation import FUSIONS
from ntrkpath.server.kit.problems import problem_of
from ntrkpath.server.kit.render import page
from ntrkpath.server.kit.serving import run, serving
from ntrkpath.server.kit.uploads import Sent, form

_PASTED = "pasted rows"


@cache
def published_rows() -> str:
    """Return the fusions of the published cases that give exons, as rows of the general format."""
    rows = ["sample\tgene5\texon5\tgene3\texon3\tlevel"]
    for case in read_cases(examples()) if examples().is_dir() else ():
        for test in case.tests if isinstance(case, Case) else ():
            if not isinstance(case, Case) or not isinstance(test, DnaMps | RnaMps):
                continue
            level = "rna" if isinstance(test, RnaMps) else "dna"
            for one in test.fusions or ():
                if one.exon_five_prime and one.exon_three_prime:
                    cells = (case.id, one.five_prime, one.exon_five_prime, one.three_prime, one.exon_three_prime, level)
                    rows.append("\t".join(map(str, cells)))
    return "\n".join(rows) + "\n"


def _show(status: int = 200, **context: Any) -> Answer:
    shown = {"answer": None, "problem": None, "text": "", "caller": "", "assembly": "", "sample": "", **context}
    return page(
        "fusions/fusions.html", status=status, here=FUSIONS.address, formats=formats(), forms=FORMS,
        most=MOST_EVENTS, **shown,
    )  # fmt: skip


@get("/fusions")
def ask(request: Ask) -> Answer:
    """Show the form; `?example` fills in the fusions of the published cases."""
    return _show(text=published_rows() if "example" in request.query_params else "")


@post("/fusions")
async def judge(request: Ask) -> Answer:
    """Judge the events of what was sent, or draw one more of them."""
    sent = await form(request)
    if sent.one("document"):
        carried = _carried(request, sent)
        event = sent.one("draw")
        answer = await run(request, "fusion_again", carried=carried, event=int(event) if event.isdecimal() else 0)
        return _show(answer=answer, mark=serving(request).sign(carried))
    asked: dict[str, Any] = {name: sent.one(name) for name in ("caller", "assembly", "sample")}
    files = sent.of("files")
    text = sent.fields.get("text", [""])[-1]
    if text.strip():
        files.append((_PASTED, text.encode()))
    try:
        answer = await run(request, "fusion_page", files=files, **asked)
    except NtrkpathError as error:
        return _show(422, problem=problem_of(error), text=text, **asked)
    mark = serving(request).sign(answer["document"])
    return _show(answer=answer, mark=mark, text=text, **asked)


@post("/fusions/file")
async def take_away(request: Ask) -> Answer:
    """Return the verdicts that a page carries as a file."""
    sent = await form(request)
    kind = sent.one("format")
    text = await run(request, "fusion_written", carried=_carried(request, sent), form=kind)
    media = FORMS[kind]  # type: ignore[index]  # the task has refused any other
    name = f"ntrk-fusions{media.ending}"
    return Answer(text, media_type=media.type, headers={"content-disposition": f'attachment; filename="{name}"'})


def _carried(request: Ask, sent: Sent) -> bytes:
    """Return the document that a page of ours carries.

    Raises:
        ReaderError: They are not as this server wrote them.
    """
    carried = sent.one("document").encode()
    if not serving(request).signed(carried, sent.one("mark")):
        raise ReaderError(
            "these verdicts are not as this server wrote them", remedy="send the files again; nothing was kept of them"
        )
    return carried


ROUTES = [ask, judge, take_away]
