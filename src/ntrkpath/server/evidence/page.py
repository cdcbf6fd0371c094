"""Evidence: tables 1 to 4, frequencies and accuracies with intervals and forests, and one test before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from markupsafe import Markup

from ntrkpath.evidence import evidence_of
from ntrkpath.guidance import Edition, load
from ntrkpath.model.errors import EvidenceError
from ntrkpath.model.numbers import printed_percent
from ntrkpath.report.evidence_accuracy import pooled_sentences
from ntrkpath.report.evidence_frequency import sentence
from ntrkpath.report.markup import Html
from ntrkpath.report.sheet_forms import sheet_section
from ntrkpath.server.evidence import fragments as parts
from ntrkpath.server.kit.addresses import at
from ntrkpath.server.kit.http import Answer, Ask, Refused, get
from ntrkpath.server.kit.navigation import EVIDENCE
from ntrkpath.server.kit.render import page
from ntrkpath.server.kit.serving import serving

#: A table of more rows is opened on request.
_LONG = 12
_START = {"prevalence": 0.76, "sensitivity": 75.0, "specificity": 95.9}


class Section(msgspec.Struct, frozen=True):
    """An entry of the navigation beside the evidence."""

    word: str
    address: str


def _edition(request: Ask) -> Edition:
    return load(serving(request).settings.edition)


def _show(template: str, request: Ask, section: str, **context: Any) -> Answer:
    edition = _edition(request)
    sections = [Section("Frequency by group", "/evidence"), Section("One test, before and after", "/evidence/test")]
    sections += [
        Section(name[:1].upper() + name[1:], f"/evidence/accuracy/{i}") for i, name in parts.tests(edition).items()
    ]
    sections += [Section(f"Table {n}", f"/evidence/tables/{n}") for n in parts.TABLES]
    sections += [Section("What panels can see", "/evidence/panels")]
    return page(
        f"evidence/{template}", here=EVIDENCE.address, sections=sections, section=f"/evidence{section}",
        edition=edition, groups=evidence_of(edition).groups, **context,
    )  # fmt: skip


def _section(part: parts.Part, *, heading: bool = True, link: Callable[[str], str] | None = None) -> Markup:
    made = sheet_section(
        part.sheet, [Html(drawing) for drawing in part.drawings], heading=heading, fold_beyond=_LONG, link=link
    )
    return Markup(made)  # noqa: S704 - made by the report, which escapes


def _sheets(request: Ask, section: str, found: Sequence[parts.Part]) -> Answer:
    """Show sheets one below the other; the first bears the title of the page, and what it pools stands first."""
    first = found[0].sheet
    return _show(
        "sheets.html", request, section, title=first.title, pooled=pooled_sentences(first),
        parts=[_section(part, heading=i > 0) for i, part in enumerate(found)],
    )  # fmt: skip


def _address(edition: Edition) -> Callable[[str], str]:
    """Return what leads from the words for a group to its page."""
    named = {
        sentence(group.says): at(f"/evidence/frequency/{ident}") for ident, group in evidence_of(edition).groups.items()
    }
    return lambda words: named.get(words, "")


def _below(edition: Edition) -> dict[str, str]:
    """Return the groups that stand below another: words by id."""
    return {i: sentence(group.says) for i, group in evidence_of(edition).groups.items() if group.below is not None}


@get("/evidence", slow=True)
def overview(request: Ask) -> Answer:
    """Show how often NTRK fusions are found in each group."""
    return _show(
        "overview.html", request, "", lead=parts.lead(_edition(request)), below=_below(_edition(request)),
        part=_section(parts.overview(_edition(request)), heading=False, link=_address(_edition(request))),
    )  # fmt: skip


@get("/evidence/frequency/{group:str}", slow=True)
def frequency(request: Ask, group: str) -> Answer:
    """Show the frequency in one group, study by study."""
    overlap = request.query_params.get("overlap", "once")
    chosen = overlap if overlap in parts.OVERLAP else "once"
    if group not in evidence_of(_edition(request)).groups:
        raise Refused(404)
    part = parts.group(_edition(request), group, chosen)
    return _show("frequency.html", request, "", part=_section(part, heading=False), group=group, overlap=chosen,
                 ways=parts.OVERLAP)  # fmt: skip


@get("/evidence/accuracy/{test:str}", slow=True)
def accuracy(request: Ask, test: str) -> Answer:
    """Show the accuracy of one test."""
    if test not in parts.tests(_edition(request)):
        raise Refused(404)
    return _sheets(request, f"/accuracy/{test}", parts.accuracy(_edition(request), test))


@get("/evidence/tables/{number:int}", slow=True)
def table(request: Ask, number: int) -> Answer:
    """Show a table of the guidance."""
    if number not in parts.TABLES:
        raise Refused(404)
    return _sheets(request, f"/tables/{number}", parts.table(_edition(request), number))


@get("/evidence/panels", slow=True)
def panels(request: Ask) -> Answer:
    """Show what each panel can see of each known event."""
    return _sheets(request, "/panels", (parts.panels(),))


@get("/evidence/test", slow=True)
def one_test(request: Ask) -> Answer:
    """Show what one test says at a prevalence, from three percentages."""
    given: dict[str, float] = {}
    wrong = ""
    for name, start in _START.items():
        text = request.query_params.get(name, "").strip().replace(",", ".")
        try:
            given[name] = float(text) if text else start
        except ValueError:
            given[name] = start
            wrong = f"The {name} is not a number; shown for {printed_percent(start)}."
        if not 0 <= given[name] <= 100:
            given[name] = start
            wrong = f"The {name} lies outside 0 to 100 %; shown for {printed_percent(start)}."
    found = drawing = None
    try:
        found = parts.one_test(*(given[name] / 100 for name in _START))
        drawing = parts.one_test_drawing(found)
    except EvidenceError as error:
        wrong = f"{error.problem}."
    groups, tests = parts.starts(_edition(request))
    return _show("test.html", request, "/test", given=given, found=found, drawing=drawing, wrong=wrong,
                 prevalences=groups, accuracies=tests)  # fmt: skip


ROUTES = [overview, frequency, accuracy, table, panels, one_test]
