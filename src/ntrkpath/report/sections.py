"""The sections of an answer in HTML, which the HTML report and the pages of the server share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ntrkpath.figures import host
from ntrkpath.figures.fusion import fusion_svg
from ntrkpath.figures.pathway import figure_svg, pathway_list
from ntrkpath.figures.pathway_marks import case_marked
from ntrkpath.figures.screens import once
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Caution, Recommendation
from ntrkpath.report import terms
from ntrkpath.report.markup import Html, el, join, pairs, table
from ntrkpath.report.ordering import ordering
from ntrkpath.report.screen import Line, Screen, not_on_paper, rest, screen
from ntrkpath.report.terms import Basis, plain


def named(ident: str) -> Html:
    """Return a rule or statement by its id: a link where the page around shows it.

    It opens in a tab of its own: on the way back from another page a browser asks for the form again, or loses it.
    """
    if address := host.address(ident):
        return el("a", ident, class_="id", href=address, target="_blank", rel="noopener")
    return el("code", ident)


def cited(basis: Basis) -> Html:
    """Return rule, statements and fidelity in one line, with the note of its row."""
    line = join(named(basis.rule), *(join(" · ", named(ident)) for ident in basis.statements))
    if basis.sign:
        line = join(line, "  ", el("span", f"{basis.sign} {basis.words}", class_="fidelity"))
    told = el("p", line, class_="cited")
    if basis.note:
        told = join(told, el("p", plain(basis.note), class_="note small"))
    return told


def items(rows: list[tuple[str, object]]) -> Html:
    """Return a list whose items are led by a sign."""
    shown = [el("li", el("span", sign, class_="sign"), el("div", body)) for sign, body in rows]
    return el("ul", *shown, class_="items")


def first(rec: Recommendation, edition: Edition) -> Html:
    """Return the first screen: who, what was found, three sentences, reasons, what to weigh, questions, cautions."""
    shown = screen(rec, edition)
    return join(opening(shown), behind(shown))


def opening(shown: Screen, headed: str = "") -> Html:
    """Return the upper half of the first screen: who, what was found, three sentences.

    Args:
        headed: The heading above it, which is not said again.
    """
    who = [part for part in shown.who[1:] or shown.who if part.casefold() != headed.casefold()]
    found = [el("li", el("span", f"{test} ", class_="quiet"), said) for test, said in shown.found]
    sentences: list[tuple[str, object]] = [(name, el("strong", plain(said))) for name, said in shown.sentences]
    return join(
        el("p", " · ".join(who), class_="who") if who else Html(""),
        el("ul", *found, class_="found small") if found else Html(""),
        pairs(sentences, class_="first answer"),
    )


def behind(shown: Screen, printed: str = "") -> Html:
    """Return the lower half of the first screen: reasons, what to weigh, questions, cautions, and how much is left.

    Args:
        printed: Where that stands, when a print has this screen alone; it then holds every caution.
    """
    further = [el("div", _line(line), class_="in-print") for line in shown.further] if printed else []
    below: list[tuple[str, object]] = [
        ("Why", join(*(_line(line) for line in shown.why))),
        ("Weigh", join(*(el("p", text) for text in shown.weigh))),
        ("Open", join(*(el("p", f"? {question}") for question in shown.open))),
        ("Caution", join(*(_line(line) for line in shown.cautions), *further)),
    ]
    told = [(name, body) for name, body in below if str(body)]
    left = rest(shown)
    return join(
        pairs(told, class_="first"),
        el("p", f"Below: {left}.", class_="quiet small on-screen") if left else Html(""),
        el("p", out, class_="quiet small in-print") if printed and (out := not_on_paper(shown, printed)) else Html(""),
    )


def _line(line: Line) -> Html:
    short = f"{line.basis.cited} {line.basis.sign}".rstrip()
    return el("p", line.text, " ", el("span", short, class_="quiet small"))


def weigh(rec: Recommendation) -> Html:
    """Return everything to weigh, what is newer than the guidance marked."""
    if not rec.weigh:
        return Html("")
    rows: list[tuple[str, object]] = []
    for one in rec.weigh:
        lead = el("strong", f"{one.drug + ', ' if one.drug else ''}{one.topic}: ")
        newer = el("em", "newer than the guidance, changes no action. ") if one.newer else ""
        based = " · ".join([*one.statements, *([one.source] if one.source else [])])
        rows.append(("+" if one.newer else "-", join(el("p", lead, newer, one.text), el("p", based, class_="cited"))))
    return join(el("h3", "To weigh"), items(rows))


def beside_order(rec: Recommendation, edition: Edition) -> Html:
    """Return advantages, limits and clones of the tests that are ordered."""
    ordered = ordering(rec, edition)
    if not ordered:
        return Html("")
    told = [
        el(
            "details",
            el("summary", one.test),
            pairs(list(one.lines)),
            el("p", " · ".join(one.statements), class_="cited"),
        )
        for one in ordered
    ]
    return join(el("h3", "Beside the order"), *told)


def record(rec: Recommendation, edition: Edition) -> Html:
    """Return the first screen as plain text to copy into the record, and a line for the signature in print."""
    from ntrkpath.report.text import render

    return join(
        el("details", el("summary", "Plain text for the record"), el("pre", render(rec, edition)), class_="on-screen"),
        el("p", "Read and approved: ______________________________  Date: ______________", class_="in-print signature"),
    )


def answer(rec: Recommendation, edition: Edition) -> Html:
    """Return the next step, the other actions, and tier and priority with their reasons."""
    many = len(terms.reasons(rec)) > 1
    if rec.actions:
        first = rec.actions[0]
        lead = join("1. " if many else "", first.text, " ", el("span", first.strength, class_="strength"))
    else:
        lead = Html("None follows from the guidance.")
    others = [el("li", action.text, " ", el("span", action.strength, class_="strength")) for action in rec.actions[1:]]
    box = el(
        "div",
        el("p", el("span", "Next step", class_="word"), lead, class_="next"),
        (el("ol", *others, start=2) if many else el("ul", *others)) if others else Html(""),
        class_="answer",
    )
    return join(box, check(rec, edition), tiers(rec))


def check(rec: Recommendation, edition: Edition) -> Html:
    """Return that the histology was read loosely and is to be checked; empty where it was not."""
    if not terms.read_loosely(rec):
        return Html("")
    return el("p", el("strong", "Check the histology: "), terms.histology_read(edition, rec), class_="warn")


def tiers(rec: Recommendation) -> Html:
    """Return tier and priority with their reasons."""
    told: list[tuple[str, object]] = [
        (name, join(el("strong", terms.tier_words(level)), el("span", plain(reason))))
        for name, level, reason in (
            ("Tier", rec.tier, rec.tier_reason),
            ("Priority", rec.priority, rec.priority_reason),
        )
    ]
    return pairs(told, class_="tiers")


def why(rec: Recommendation, edition: Edition, quoted: bool = False) -> Html:
    """Return each rule that gives actions, with its statements.

    Args:
        quoted: Also show the first statement of each rule in full, with its quotation.
    """
    if not rec.actions:
        return Html("")
    found = terms.reasons(rec)
    rows: list[tuple[str, object]] = []
    for numbers, lead in found:
        basis = terms.basis(edition, lead.rule, lead.statements, lead.fidelity, lead.note)
        sign = ", ".join(map(str, numbers)) if len(found) > 1 else "›"
        quote = _quotation(edition, lead.statements) if quoted else ""
        rows.append((sign, join(el("p", plain(lead.reason)), cited(basis), quote)))
    return join(el("h3", "Why"), items(rows))


def _quotation(edition: Edition, statements: Sequence[str]) -> Html:
    known = next((edition.statements[ident] for ident in statements if ident in edition.statements), None)
    if not known:
        return Html("")
    quote = el("p", known.quotation, class_="quote") if known.quotation else Html("")
    return el("blockquote", el("p", named(known.id), " ", known.text), quote, class_="small")


def cautions(rec: Recommendation, edition: Edition, shown: Sequence[Caution] = ()) -> Html:
    """Return the cautions but those that are ``shown`` elsewhere."""
    rows: list[tuple[str, object]] = []
    for caution in rec.cautions:
        if caution in shown:
            continue
        basis = terms.basis(edition, caution.rule, caution.statements, caution.fidelity)
        rows.append(("!", join(el("p", plain(caution.text)), cited(basis))))
    return join(el("h3", "Cautions"), items(rows)) if rows else Html("")


def missing(rec: Recommendation, edition: Edition) -> Html:
    """Return what is missing and could change the answer."""
    if not rec.missing:
        return Html("")
    rows: list[tuple[str, object]] = [
        (
            "?",
            join(
                el("p", plain(absent.question)),
                el("p", f"Could change: {terms.could_lead_to(edition, absent.could_change)}.", class_="quiet small"),
            ),
        )
        for absent in rec.missing
    ]
    return join(el("h3", "Missing, and could change the answer"), items(rows))


def readings(rec: Recommendation, edition: Edition) -> Html:
    """Return what each readout says, and all together."""
    if not rec.interpretation:
        return Html("")
    rows: list[list[object]] = []
    for name, reading in terms.readings(rec):
        basis = terms.basis(edition, reading.rule, reading.statements, reading.fidelity)
        call = el("strong", terms.reading_call(edition, reading))
        rows.append([name, call, join(el("p", plain(reading.text)), cited(basis))])
    found = table("Each test alone, then all together", ["Readout", "Says", "Meaning"], rows, class_="readings")
    return join(el("h3", "What the readouts say"), found)


def therapy(rec: Recommendation, edition: Edition) -> Html:
    """Return the labels in force, held against the case."""
    if not rec.therapy:
        return Html("")
    rows: list[list[object]] = []
    drug = ""
    for group in terms.label_groups(rec):
        label = group[0]
        status = f"{terms.STATUS_SIGN.get(label.status, '?')} {terms.STATUS.get(label.status, label.status)}"
        agencies = join(*(join(el("br") if i else "", terms.label_dates(lb)) for i, lb in enumerate(group)))
        rows.append(
            [
                terms.drug_name(edition, label.drug) if label.drug != drug else None,
                el("span", agencies, class_="agency"),
                el("span", status, class_="status"),
                plain(" ".join(label.reasons)),
            ]
        )
        drug = label.drug
    caption = f"Labels in force on {rec.as_of.isoformat()}, held against this case"
    return join(
        el("h3", "TRK inhibitors by label"),
        table(caption, ["Drug", "Agency, label of", "Status", "Why"], rows, class_="labels"),
    )


def labels(rec: Recommendation) -> Html:
    """Return the labels in our words, with their sources."""
    if not rec.therapy:
        return Html("")
    told = [
        el("li", el("strong", f"{lb.drug}, {terms.label_dates(lb)}: "), plain(lb.text), " ", plain(lb.source))
        for lb in rec.therapy
    ]
    summary = el("summary", f"The {len(told)} labels in our words, with their sources")
    return el("details", summary, el("ul", *told, class_="small"))


def pathway(
    rec: Recommendation, edition: Edition, ident: str, drawn: Callable[[Callable[[float], str]], str] = once
) -> Html:
    """Return figure 2 with the path taken, made by ``drawn`` from what draws it at a width, and the same as a list."""
    caption = "Figure 2 drawn from the tables. Thick lines and ticks: the path of this case."
    marked = case_marked(edition, rec)
    figure = Html(drawn(lambda width: figure_svg(edition, marked, ident, width)))
    return join(
        el("h3", "Place in the pathway"),
        el(
            "div",
            el("figure", el("figcaption", caption), figure),
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label="Pathway",
        ),
        el("details", el("summary", "The same as a list"), el("pre", pathway_list(edition, rec)), class_="on-screen"),
    )


def statements(rec: Recommendation, edition: Edition) -> Html:
    """Return the statements that the answer cites."""
    found = terms.statements_cited(rec)
    if not found:
        return Html("")
    quoted = []
    for ident in found:
        known = edition.statements.get(ident)
        told = f"{known.text} ({known.section})" if known else "Not in this edition."
        quoted.append(el("blockquote", named(ident), " ", told))
    return el("details", el("summary", f"The {len(found)} statements of the guidance cited here"), *quoted)


def trace(rec: Recommendation) -> Html:
    """Return every row that held."""
    rows: list[list[object]] = [
        [
            named(step.rule),
            step.table.replace("_", " "),
            "; ".join(f"{fact} = {rec.facts[fact]}" for fact in step.reads),
            "; ".join(f"{fact} = {level}" for fact, level in step.sets.items()),
        ]
        for step in rec.trace
    ]
    found = table("Every row that held, in table order", ["Rule", "Table", "Facts read", "So"], rows, class_="trace")
    return el("details", el("summary", "Trace"), found, class_="small")


def provenance(rec: Recommendation, edition: Edition) -> Html:
    """Return how the histology was read, edition, label date and intended use."""
    return join(
        el("h3", "Provenance"),
        pairs(
            [
                ("Histology", terms.histology_read(edition, rec)),
                ("Guidance", join(terms.guideline_read(rec), el("br"), edition.title)),
                ("Labels", terms.labels_read(rec)),
                ("Use", plain(rec.intended_use)),
            ],
            class_="facts",
        ),
    )


def fusions(
    verdicts: Sequence[FusionVerdict], ident: str, drawn: Callable[[Callable[[float], str]], str] = once
) -> Html:
    """Return the drawings of fusions, each made by ``drawn`` from what draws it at a width."""
    if not verdicts:
        return Html("")
    figures = [
        el("figure", el("figcaption", plain(verdict.name)), Html(drawn(_fusion(verdict, f"{ident}-fusion-{i}"))))
        for i, verdict in enumerate(verdicts, 1)
    ]
    return join(el("h3", "NTRK events in the caller files"), *figures)


def _fusion(verdict: FusionVerdict, ident: str) -> Callable[[float], str]:
    return lambda width: fusion_svg(verdict, ident=ident, width=width)
