"""A recommendation as text for a terminal or a pipe: one screen, and the whole of it on request."""

from __future__ import annotations

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.recommendation import Label, Recommendation
from ntrkpath.report import probability, terms
from ntrkpath.report.columns import Page, Span
from ntrkpath.report.ordering import ordering
from ntrkpath.report.screen import Line, rest, screen
from ntrkpath.report.terms import Basis, plain

WIDTH = 100
_ACTIONS_SHOWN = 3


def _cited(basis: Basis) -> list[Span]:
    sign = [(f"  {basis.sign} {basis.words}", "italic")] if basis.sign else []
    return [(basis.cited, "dim"), *sign]


def _noted(basis: Basis, with_note: bool = True) -> list[Span]:
    """Return rule and statements to stand below a text, and its note where it is not verbatim."""
    note = [(f"\n{plain(basis.note)}", "italic")] if basis.note and with_note else []
    return [("\n", ""), *_cited(basis), *note]


def _first(page: Page, rec: Recommendation, edition: Edition, whole: bool, brief: bool = False) -> None:
    """Add the first screen; ``whole`` leaves out what the sections below it show in full, ``brief`` all but why."""
    shown = screen(rec, edition, notes=whole)
    page.line([(" · ".join(shown.who), "bold")])
    if shown.found:
        widest = max(len(test) for test, _ in shown.found)
        page.rows(([[(test, "dim")], said] for test, said in shown.found), min(20, widest), None)
    page.line()
    page.rows(([[(name, "bold cyan")], [(plain(said), "bold")]] for name, said in shown.sentences), 8, None, indent=0)
    if terms.read_loosely(rec):
        page.line([(f"Check     {terms.histology_read(edition, rec)}", "yellow")])
    if whole:
        return
    page.line()
    below = [([("Why" if i == 0 else "", "cyan")], _line(line)) for i, line in enumerate(shown.why)]
    if not brief:
        below += [([("Weigh" if i == 0 else "", "cyan")], [(text, "")]) for i, text in enumerate(shown.weigh)]
        if shown.open:
            below.append(([("Open", "cyan")], [("   ".join(f"? {question}" for question in shown.open), "")]))
        below += [
            ([("Caution" if i == 0 else "", "yellow")], _line(line, "! ")) for i, line in enumerate(shown.cautions)
        ]
        below.append(([("Source", "dim")], [(shown.source, "dim")]))
        if left := rest(shown):
            below.append(([], [(f"--full shows {left}, labels, readings and probability.", "dim")]))
    page.rows(below, 8, None, indent=0)


def _line(line: Line, sign: str = "") -> list[Span]:
    short = f"{line.basis.cited}  {line.basis.sign}".rstrip()
    return [(f"{sign}{line.text}  ", ""), (short, "dim")]


def _answer(page: Page, rec: Recommendation) -> None:
    page.head("Actions")
    if not rec.actions:
        page.rows([("", "None follows from the guidance.")], 3, None)
    for index, action in enumerate(rec.actions, 1):
        of = " one of a choice" if action.choice else ""
        page.rows([(f"{index}.", [(plain(action.text), ""), (f" [{action.strength}]{of}", "dim")])], 3, None)
    page.line()
    for name, level, reason in (("Tier", rec.tier, rec.tier_reason), ("Priority", rec.priority, rec.priority_reason)):
        page.rows([(name, [(terms.tier_words(level), "bold")], plain(reason))], 8, 12, None)


def _weigh(page: Page, rec: Recommendation) -> None:
    if not rec.weigh:
        return
    page.head("To weigh")
    for one in rec.weigh:
        of = f"{one.drug}, " if one.drug else ""
        newer = "newer than the guidance; changes no action: " if one.newer else ""
        source = " · ".join([*one.statements, *([one.source] if one.source else [])])
        body = [(f"{of}{one.topic}: ", "bold"), (newer, "italic"), (plain(one.text), ""), (f"\n{source}", "dim")]
        page.rows([([("+" if one.newer else "-", "cyan")], body)], 2, None)


def _ordering(page: Page, rec: Recommendation, edition: Edition) -> None:
    ordered = ordering(rec, edition)
    if not ordered:
        return
    page.head("Beside the order")
    for one in ordered:
        page.line([(one.test, "bold"), (f"  {', '.join(one.statements)}", "dim")], indent=2)
        page.rows(([[(name, "dim")], plain(said)] for name, said in one.lines), 8, None, indent=4)


def _why(page: Page, rec: Recommendation, edition: Edition) -> None:
    if not rec.actions:
        return
    page.head("Why")
    reasons = terms.reasons(rec)
    marks = [", ".join(str(n) for n in numbers) if len(reasons) > 1 else ">" for numbers, _ in reasons]
    widest = max(2, *(len(mark) for mark in marks))
    for mark, (_, lead) in zip(marks, reasons, strict=True):
        basis = terms.basis(edition, lead.rule, lead.statements, lead.fidelity, lead.note)
        page.rows([([(mark, "cyan")], [(plain(lead.reason), ""), *_noted(basis)])], widest, None)


def _cautions(page: Page, rec: Recommendation, edition: Edition, notes: bool) -> None:
    if not rec.cautions:
        return
    page.head("Cautions")
    for caution in rec.cautions:
        basis = terms.basis(edition, caution.rule, caution.statements, caution.fidelity)
        page.rows([([("!", "bold yellow")], [(plain(caution.text), ""), *_noted(basis, notes)])], 2, None)


def _missing(page: Page, rec: Recommendation, edition: Edition, most: int | None) -> None:
    if not rec.missing:
        return
    page.head("Missing, and could change the answer")
    for missing in rec.missing:
        could = f"\ncould change: {terms.could_lead_to(edition, missing.could_change, most)}"
        body = [(plain(missing.question), ""), ("  decides" if missing.decides else "", "bold"), (could, "dim")]
        page.rows([([("?", "bold magenta")], body)], 2, None)


def _readings(page: Page, rec: Recommendation, edition: Edition, notes: bool) -> None:
    if not rec.interpretation:
        return
    page.head("What the readouts say")
    for name, reading in terms.readings(rec):
        basis = terms.basis(edition, reading.rule, reading.statements, reading.fidelity)
        call = terms.reading_call(edition, reading)
        body = [(f"{name}: ", ""), (call, "bold"), (f". {plain(reading.text)}", ""), *_noted(basis, notes)]
        page.rows([([("=" if reading.test is None else "-", "cyan")], body)], 2, None)


def _probability(page: Page, rec: Recommendation, edition: Edition, full: bool) -> None:
    found = rec.probability
    if found is None:
        return
    page.head(f"{probability.TITLE} (95 % credible range)")
    lines = probability.lines(found, edition, full)
    widths = (min(34, max((len(line.label) for line in lines), default=0)), 24, None)
    following = False
    for line in lines:
        if line.following and not following:
            following = True
            page.rows([([("If next", "dim")], "", "")], *widths)
        over = f"Single studies: {line.over}. " if line.over else ""
        shown = [(line.shown or "no figure", "" if line.following else "bold")]
        page.rows([(plain(line.label), shown, plain(over + line.detail))], *widths)
    if found.note:
        page.line(plain(found.note), indent=2)
    if found.next or found.now is not None:
        told = (probability.BESIDE, *(found.assumptions if full else probability.brief(found, edition)))
        page.line([(" ".join(told), "dim")], indent=2)


def _status(label: Label) -> list[Span]:
    style = {"within_label": "bold green", "outside_label": "red"}.get(label.status, "yellow")
    return [(f"{terms.STATUS_SIGN.get(label.status, '?')} {terms.STATUS.get(label.status, label.status)}", style)]


def _therapy(page: Page, rec: Recommendation, edition: Edition) -> None:
    if not rec.therapy:
        return
    page.head(f"TRK inhibitors by label on {rec.as_of.isoformat()}")
    widths = (max(16, *(2 + len(terms.label_dates(label)) for label in rec.therapy)), 15, None)
    page.rows([[[(name, "dim")] for name in ("agency, label of", "status", "why")]], *widths)
    groups = terms.label_groups(rec)
    for drug in dict.fromkeys(group[0].drug for group in groups):
        page.line([(terms.drug_name(edition, drug), "bold")], indent=2)
        for group in groups:
            if (label := group[0]).drug == drug:
                dates = "\n".join(f"  {terms.label_dates(each)}" for each in group)
                page.rows([(dates, _status(label), plain(" ".join(label.reasons)))], *widths)


def _trace(page: Page, rec: Recommendation, edition: Edition) -> None:
    page.head("Trace: the rows that held, in table order")
    for step in rec.trace:
        read = ", ".join(f"{fact} = {rec.facts[fact]}" for fact in step.reads)
        sets = ", ".join(f"{fact} = {level}" for fact, level in step.sets.items())
        body = [(plain(read or "any state"), ""), *([(f"\nso {plain(sets)}", "bold")] if sets else [])]
        page.rows([([(step.table, "dim")], plain(step.rule), body)], 20, 14, None)
    page.head("Statements cited")
    for ident in terms.statements_cited(rec):
        known = edition.statements.get(ident)
        page.rows([([(ident, "bold")], plain(known.text) if known else "not in this edition")], 8, None)


def _provenance(page: Page, rec: Recommendation, edition: Edition) -> None:
    page.head("Provenance")
    told = (
        ("Histology", terms.histology_read(edition, rec)),
        ("Guidance", terms.guideline_read(rec)),
        ("Labels", terms.labels_read(rec)),
        ("Use", plain(rec.intended_use)),
    )
    page.rows(([[(name, "dim")], said] for name, said in told), 9, None)


def render(
    recommendation: Recommendation,
    edition: Edition,
    width: int = WIDTH,
    colour: bool = False,
    *,
    full: bool = False,
    verbose: bool = False,
    brief: bool = False,
) -> str:
    """Return a recommendation as text.

    Args:
        width: Columns to wrap to, at least 40.
        colour: Write ANSI colours; nothing depends on them.
        brief: Only who, what was found, the three sentences and the reasons.
        full: Add every action, reason, caution, question, reading, figure and label.
        verbose: Add to these every row that held, the statements in full, and all that a missing fact could change.
    """
    page = Page(max(40, width), colour=colour)
    full = full or verbose
    _first(page, recommendation, edition, full, brief)
    if full:
        _answer(page, recommendation)
        _why(page, recommendation, edition)
        _weigh(page, recommendation)
        _ordering(page, recommendation, edition)
        _cautions(page, recommendation, edition, verbose)
        _missing(page, recommendation, edition, None if verbose else _ACTIONS_SHOWN)
        _readings(page, recommendation, edition, verbose)
        _probability(page, recommendation, edition, verbose)
        _therapy(page, recommendation, edition)
    if verbose:
        _trace(page, recommendation, edition)
    if full:
        _provenance(page, recommendation, edition)
    return page.text()
