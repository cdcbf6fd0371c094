"""Guidance: every rule, table, statement, fact, action, label and reference on a page of its own, and search."""

from __future__ import annotations

from typing import Any

from ntrkpath.figures.label_timeline import LabelSpan, timeline_svg
from ntrkpath.figures.screens import for_screens
from ntrkpath.guidance import Edition, available, load
from ntrkpath.model.errors import GuidanceError
from ntrkpath.server.guidance import reading
from ntrkpath.server.guidance.catalogue import Catalogue, catalogue
from ntrkpath.server.guidance.comparing import compare
from ntrkpath.server.guidance.exemplified import shown
from ntrkpath.server.guidance.figure import figure_with
from ntrkpath.server.guidance.finding import KINDS, LONGEST, nearest, search
from ntrkpath.server.kit.drawing import on_a_page
from ntrkpath.server.kit.http import Answer, Ask, Refused, get
from ntrkpath.server.kit.navigation import GUIDANCE
from ntrkpath.server.kit.render import page
from ntrkpath.server.kit.serving import serving

#: The sections of the browser: word and address.
SECTIONS = (
    ("Overview", "/guidance"),
    ("Figure 2", "/guidance/figure"),
    ("Statements", "/guidance/statements"),
    ("Facts", "/guidance/facts"),
    ("Actions", "/guidance/actions"),
    ("Labels", "/guidance/labels"),
    ("Resistance", "/guidance/resistance"),
    ("References", "/guidance/references"),
    ("Safety", "/guidance/safety"),
    ("Compare", "/guidance/compare"),
)
_MOST = 120


def _show(template: str, request: Ask, section: str, **context: Any) -> Answer:
    book = _book(request)
    return page(
        f"guidance/{template}", here=GUIDANCE.address, sections=SECTIONS, section=f"/guidance{section}", book=book,
        reading=reading, kinds=KINDS, **context,
    )  # fmt: skip


def _edition(request: Ask) -> Edition:
    return load(serving(request).settings.edition)


def _book(request: Ask) -> Catalogue:
    return catalogue(_edition(request))


def _found(request: Ask, kind: str, ident: str) -> Any:
    """Return an entry; an address without one is an address at which nothing stands."""
    try:
        return _book(request).found(kind, ident)
    except GuidanceError:
        raise Refused(404) from None


@get("/guidance")
def overview(request: Ask) -> Answer:
    """Show the edition: its tables in order, and how faithful its rules are."""
    files: dict[str, list[Any]] = {}
    for table in _book(request).tables.values():
        files.setdefault(table.file, []).append(table)
    return _show("overview.html", request, "", files=files, figure=figure_with(_book(request).edition))


@get("/guidance/search")
def find(request: Ask) -> Answer:
    """Search the guidance."""
    asked = {name: request.query_params.get(name, "")[:LONGEST].strip() for name in ("q", "kind", "fidelity")}
    kind = asked["kind"] if asked["kind"] in KINDS else ""
    fidelity = asked["fidelity"] if asked["fidelity"] in reading.FIDELITY else ""
    edition = _edition(request)
    found = search(edition, asked["q"], kind, fidelity) if any((asked["q"], kind, fidelity)) else []
    counts: dict[str, int] = {}
    for one in search(edition, asked["q"], "", fidelity) if found or kind else []:
        counts[one.kind] = counts.get(one.kind, 0) + 1
    return _show(
        "search.html", request, "/search", q=asked["q"], kind=kind, fidelity=fidelity, found=found[:_MOST],
        total=len(found), counts=counts, near=[] if found else nearest(edition, asked["q"]),
    )  # fmt: skip


@get("/guidance/rules/{ident:str}")
def rule(request: Ask, ident: str) -> Answer:
    """Show one rule."""
    book = _book(request)
    entry = _found(request, "rules", ident)
    table = book.tables[entry.table]
    figure = figure_with(book.edition, entry.figure, what=f"rule {entry.id}") if entry.figure else ""
    place = entry.position - 1
    return _show(
        "rule.html", request, "", rule=entry, table=table, figure=figure, examples_of=shown,
        before=table.rules[place - 1] if place else "", after="".join(table.rules[place + 1 : place + 2]),
    )  # fmt: skip


@get("/guidance/tables/{ident:str}")
def table(request: Ask, ident: str) -> Answer:
    """Show one table with its rules in order."""
    return _show("table.html", request, "", table=_found(request, "tables", ident))


@get("/guidance/statements")
def statements(request: Ask) -> Answer:
    """Show every statement, section by section."""
    by: dict[str, list[Any]] = {}
    for entry in _book(request).statements.values():
        by.setdefault(entry.section, []).append(entry)
    return _show("statements.html", request, "/statements", by=by)


@get("/guidance/statements/{ident:str}")
def statement(request: Ask, ident: str) -> Answer:
    """Show one statement and the rules that rest on it."""
    return _show("statement.html", request, "/statements", statement=_found(request, "statements", ident))


@get("/guidance/facts")
def facts(request: Ask) -> Answer:
    """Show every fact, by where it comes from."""
    by: dict[str, list[Any]] = {kind: [] for kind in reading.KINDS_OF_FACTS}
    for entry in _book(request).facts.values():
        by.setdefault(entry.kind, []).append(entry)
    return _show("facts.html", request, "/facts", by=by)


@get("/guidance/facts/{ident:str}")
def fact(request: Ask, ident: str) -> Answer:
    """Show one fact and the rules that test it."""
    return _show("fact.html", request, "/facts", fact=_found(request, "facts", ident))


@get("/guidance/actions")
def actions(request: Ask) -> Answer:
    """Show everything that a recommendation can advise."""
    return _show("actions.html", request, "/actions")


@get("/guidance/actions/{ident:str}")
def action(request: Ask, ident: str) -> Answer:
    """Show one action and the rules that give it."""
    book = _book(request)
    entry = _found(request, "actions", ident)
    nodes = reading.nodes_of(book, ident)
    figure = figure_with(book.edition, (), nodes, what=entry.text) if nodes else ""
    return _show("action.html", request, "/actions", action=entry, figure=figure)


@get("/guidance/references")
def references(request: Ask) -> Answer:
    """Show every reference."""
    return _show("references.html", request, "/references")


@get("/guidance/references/{ident:str}")
def reference(request: Ask, ident: str) -> Answer:
    """Show one reference."""
    return _show("reference.html", request, "/references", reference=_found(request, "references", ident))


@get("/guidance/labels")
def labels(request: Ask) -> Answer:
    """Show the labels in force on a day, and those before and after."""
    day, wrong = reading.day_of(request.query_params.get("date", ""), serving(request).day)
    found = _book(request).labels(day)
    spans = [LabelSpan(one.drug, one.agency, one.start, one.until, one.in_force) for one in found.values()]
    with on_a_page():
        drawing = for_screens(lambda width: timeline_svg(spans, day, width))
    return _show("labels.html", request, "/labels", day=day, wrong=wrong, labels=found, drawing=drawing)


@get("/guidance/labels/{ident:str}")
def label(request: Ask, ident: str) -> Answer:
    """Show one version of a label, beside the other versions of the same drug at the same agency."""
    book, day = _book(request), serving(request).day
    found = book.labels(day)
    if ident not in found:
        raise Refused(404)
    entry = found[ident]
    others = [lb for lb in found.values() if (lb.drug, lb.agency) == (entry.drug, entry.agency) and lb is not entry]
    return _show("label.html", request, "/labels", label=entry, others=others, day=day)


@get("/guidance/resistance")
def resistance(request: Ask) -> Answer:
    """Show the mutations that confer resistance, drug by drug."""
    data = _book(request).edition.data["resistance"]
    drugs = list(dict.fromkeys(drug for mutation in data["mutations"] for drug in mutation["effect"]))
    return _show("resistance.html", request, "/resistance", data=data, drugs=drugs)


@get("/guidance/safety")
def safety(request: Ask) -> Answer:
    """Show the safety properties that are proved over every state."""
    return _show("safety.html", request, "/safety", data=_book(request).edition.data["safety"])


@get("/guidance/figure")
def figure(request: Ask) -> Answer:
    """Show figure 2 and the rules behind each of its lines."""
    book = _book(request)
    return _show("figure.html", request, "/figure", figure=figure_with(book.edition), graph=book.figure)


@get("/guidance/compare", slow=True)
def comparison(request: Ask) -> Answer:
    """Show two editions side by side."""
    # Editions are chosen from this list: a name that a visitor sends never reaches the file system.
    editions = {
        f"{e.id} {e.version} ({e.sha256[:8]})": e for e in map(load, {*available(), serving(request).settings.edition})
    }
    editions = dict(sorted(editions.items()))
    chosen = [request.query_params.get(key, "") for key in ("one", "other")]
    compared = None
    if all(name in editions for name in chosen):
        compared = compare(editions[chosen[0]], editions[chosen[1]])
    else:
        chosen = [next(iter(editions)), list(editions)[-1]]
    return _show(
        "compare.html", request, "/compare", editions=list(editions), one=chosen[0], other=chosen[1], compared=compared
    )


ROUTES = [
    overview, find, rule, table, statements, statement, facts, fact, actions, action, references, reference, labels,
    label, resistance, safety, figure, comparison,
]  # fmt: skip
