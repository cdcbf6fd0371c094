"""A recommendation as text for a terminal or a pipe: one screen, and the whole of it on request."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.printable import printable
from ntrkpath.model.recommendation import Label, Recommendation
from ntrkpath.report import probability, terms
from ntrkpath.report.ordering import ordering
from ntrkpath.report.screen import Line, rest, screen
from ntrkpath.report.terms import Basis, plain

WIDTH = 100
_ACTIONS_SHOWN = 3


def _grid(*widths: int | None) -> Table:
    """Return a table without lines; ``None`` is the column that takes what is left."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    for width in widths:
        if width is None:
            grid.add_column(ratio=1, overflow="fold")
        else:
            grid.add_column(width=width, overflow="fold")
    grid.expand = True
    return grid


def _indent(item: RenderableType, by: int = 2) -> Padding:
    return Padding(item, (0, 0, 0, by))


def _head(title: str) -> Iterator[RenderableType]:
    yield Text("")
    yield Text(title, style="bold cyan")


def _cited(basis: Basis) -> Text:
    line = Text(basis.cited, style="dim")
    if basis.sign:
        line.append(f"  {basis.sign} {basis.words}", style="not dim italic")
    return line


def _noted(body: Text, basis: Basis, with_note: bool = True) -> Text:
    """Return a text with its rule and statements below, and its note where it is not verbatim."""
    body.append("\n").append_text(_cited(basis))
    if basis.note and with_note:
        body.append(f"\n{plain(basis.note)}", style="italic")
    return body


def _first(rec: Recommendation, edition: Edition, whole: bool, brief: bool = False) -> Iterator[RenderableType]:
    """Yield the first screen; ``whole`` leaves out what the sections below it show in full, ``brief`` all but why."""
    shown = screen(rec, edition, notes=whole)
    yield Text(" · ".join(shown.who), style="bold")
    if shown.found:
        grid = _grid(min(20, max(len(test) for test, _ in shown.found)), None)
        for test, said in shown.found:
            grid.add_row(Text(test, style="dim"), said)
        yield _indent(grid)
    yield Text("")
    sentences = _grid(8, None)
    for name, said in shown.sentences:
        sentences.add_row(Text(name, style="bold cyan"), Text(plain(said), style="bold"))
    yield sentences
    if terms.read_loosely(rec):
        yield Text(f"Check     {terms.histology_read(edition, rec)}", style="yellow")
    if whole:
        return
    yield Text("")
    below = _grid(8, None)
    for i, line in enumerate(shown.why):
        below.add_row(Text("Why" if i == 0 else "", style="cyan"), _line(line))
    if brief:
        yield below
        return
    for i, text in enumerate(shown.weigh):
        below.add_row(Text("Weigh" if i == 0 else "", style="cyan"), text)
    if shown.open:
        below.add_row(Text("Open", style="cyan"), Text("   ".join(f"? {question}" for question in shown.open)))
    for i, line in enumerate(shown.cautions):
        below.add_row(Text("Caution" if i == 0 else "", style="yellow"), _line(line, "! "))
    below.add_row(Text("Source", style="dim"), Text(shown.source, style="dim"))
    if left := rest(shown):
        below.add_row("", Text(f"--full shows {left}, labels, readings and probability.", style="dim"))
    yield below


def _line(line: Line, sign: str = "") -> Text:
    short = f"{line.basis.cited}  {line.basis.sign}".rstrip()
    return Text.assemble(sign, line.text, "  ", (short, "dim"))


def _answer(rec: Recommendation) -> Iterator[RenderableType]:
    yield from _head("Actions")
    answer = _grid(3, None)
    if not rec.actions:
        answer.add_row("", "None follows from the guidance.")
    for index, action in enumerate(rec.actions, 1):
        told = Text.assemble(plain(action.text), (f" [{action.strength}]", "dim"))
        if action.choice:
            told.append(" one of a choice", style="dim")
        answer.add_row(f"{index}.", told)
    yield _indent(answer)
    tiers = _grid(8, 12, None)
    for name, level, reason in (
        ("Tier", rec.tier, rec.tier_reason),
        ("Priority", rec.priority, rec.priority_reason),
    ):
        tiers.add_row(name, Text(terms.tier_words(level), style="bold"), plain(reason))
    yield Text("")
    yield _indent(tiers)


def _weigh(rec: Recommendation) -> Iterator[RenderableType]:
    if not rec.weigh:
        return
    yield from _head("To weigh")
    grid = _grid(2, None)
    for one in rec.weigh:
        of = f"{one.drug}, " if one.drug else ""
        newer = Text("newer than the guidance; changes no action: ", style="italic") if one.newer else Text("")
        body = Text.assemble((f"{of}{one.topic}: ", "bold"), newer, plain(one.text))
        body.append(f"\n{' · '.join([*one.statements, *([one.source] if one.source else [])])}", style="dim")
        grid.add_row(Text("+" if one.newer else "-", style="cyan"), body)
    yield _indent(grid)


def _ordering(rec: Recommendation, edition: Edition) -> Iterator[RenderableType]:
    ordered = ordering(rec, edition)
    if not ordered:
        return
    yield from _head("Beside the order")
    for one in ordered:
        yield _indent(Text.assemble((one.test, "bold"), "  ", (", ".join(one.statements), "dim")))
        grid = _grid(8, None)
        for name, said in one.lines:
            grid.add_row(Text(name, style="dim"), plain(said))
        yield _indent(grid, 4)


def _why(rec: Recommendation, edition: Edition) -> Iterator[RenderableType]:
    if not rec.actions:
        return
    yield from _head("Why")
    reasons = terms.reasons(rec)
    marks = [", ".join(str(n) for n in numbers) if len(reasons) > 1 else ">" for numbers, _ in reasons]
    grid = _grid(max(2, *(len(mark) for mark in marks)), None)
    for mark, (_, lead) in zip(marks, reasons, strict=True):
        basis = terms.basis(edition, lead.rule, lead.statements, lead.fidelity, lead.note)
        grid.add_row(Text(mark, style="cyan"), _noted(Text(plain(lead.reason)), basis))
    yield _indent(grid)


def _cautions(rec: Recommendation, edition: Edition, notes: bool) -> Iterator[RenderableType]:
    if not rec.cautions:
        return
    yield from _head("Cautions")
    grid = _grid(2, None)
    for caution in rec.cautions:
        basis = terms.basis(edition, caution.rule, caution.statements, caution.fidelity)
        grid.add_row(Text("!", style="bold yellow"), _noted(Text(plain(caution.text)), basis, with_note=notes))
    yield _indent(grid)


def _missing(rec: Recommendation, edition: Edition, most: int | None) -> Iterator[RenderableType]:
    if not rec.missing:
        return
    yield from _head("Missing, and could change the answer")
    grid = _grid(2, None)
    for missing in rec.missing:
        body = Text(plain(missing.question))
        if missing.decides:
            body.append("  decides", style="bold")
        body.append(f"\ncould change: {terms.could_lead_to(edition, missing.could_change, most)}", style="dim")
        grid.add_row(Text("?", style="bold magenta"), body)
    yield _indent(grid)


def _readings(rec: Recommendation, edition: Edition, notes: bool) -> Iterator[RenderableType]:
    if not rec.interpretation:
        return
    yield from _head("What the readouts say")
    grid = _grid(2, None)
    for name, reading in terms.readings(rec):
        basis = terms.basis(edition, reading.rule, reading.statements, reading.fidelity)
        body = Text.assemble(name, ": ", (terms.reading_call(edition, reading), "bold"), ". ", plain(reading.text))
        grid.add_row(Text("=" if reading.test is None else "-", style="cyan"), _noted(body, basis, with_note=notes))
    yield _indent(grid)


def _probability(rec: Recommendation, edition: Edition, full: bool) -> Iterator[RenderableType]:
    found = rec.probability
    if found is None:
        return
    yield from _head(f"{probability.TITLE} (95 % credible range)")
    lines = probability.lines(found, edition, full)
    if lines:
        grid = _grid(min(34, max(len(line.label) for line in lines)), 24, None)
        following = False
        for line in lines:
            if line.following and not following:
                following = True
                grid.add_row(Text("If next", style="dim"))
            over = f"Single studies: {line.over}. " if line.over else ""
            strong = "" if line.following else "bold"
            grid.add_row(plain(line.label), Text(line.shown or "no figure", style=strong), plain(over + line.detail))
        yield _indent(grid)
    if found.note:
        yield _indent(Text(plain(found.note)))
    if found.next or found.now is not None:
        told = (probability.BESIDE, *(found.assumptions if full else probability.brief(found, edition)))
        yield _indent(Text(" ".join(told), style="dim"))


def _status(label: Label) -> Text:
    style = {"within_label": "bold green", "outside_label": "red"}.get(label.status, "yellow")
    return Text(
        f"{terms.STATUS_SIGN.get(label.status, '?')} {terms.STATUS.get(label.status, label.status)}", style=style
    )


def _therapy(rec: Recommendation, edition: Edition) -> Iterator[RenderableType]:
    if not rec.therapy:
        return
    yield from _head(f"TRK inhibitors by label on {rec.as_of.isoformat()}")
    agencies = max(16, *(2 + len(terms.label_dates(label)) for label in rec.therapy))
    yield _indent(_label_table(agencies, Text("agency, label of"), Text("status"), Text("why"), style="dim"))
    groups = terms.label_groups(rec)
    for drug in dict.fromkeys(group[0].drug for group in groups):
        yield _indent(Text(terms.drug_name(edition, drug), style="bold"))
        for group in groups:
            if (label := group[0]).drug == drug:
                dates = Text("\n".join(f"  {terms.label_dates(each)}" for each in group))
                yield _indent(_label_table(agencies, dates, _status(label), Text(plain(" ".join(label.reasons)))))


def _label_table(agencies: int, *cells: Text, style: str = "") -> Table:
    row = _grid(agencies, 15, None)
    row.add_row(*cells, style=style)
    return row


def _trace(rec: Recommendation, edition: Edition) -> Iterator[RenderableType]:
    yield from _head("Trace: the rows that held, in table order")
    grid = _grid(20, 14, None)
    for step in rec.trace:
        read = ", ".join(f"{fact} = {rec.facts[fact]}" for fact in step.reads)
        sets = ", ".join(f"{fact} = {level}" for fact, level in step.sets.items())
        body = Text(plain(read or "any state"))
        if sets:
            body.append(f"\nso {plain(sets)}", style="bold")
        grid.add_row(Text(step.table, style="dim"), plain(step.rule), body)
    yield _indent(grid)
    yield from _head("Statements cited")
    grid = _grid(8, None)
    for ident in terms.statements_cited(rec):
        known = edition.statements.get(ident)
        grid.add_row(Text(ident, style="bold"), plain(known.text) if known else "not in this edition")
    yield _indent(grid)


def _provenance(rec: Recommendation, edition: Edition) -> Iterator[RenderableType]:
    yield from _head("Provenance")
    grid = _grid(9, None)
    for name, told in (
        ("Histology", terms.histology_read(edition, rec)),
        ("Guidance", terms.guideline_read(rec)),
        ("Labels", terms.labels_read(rec)),
        ("Use", plain(rec.intended_use)),
    ):
        grid.add_row(Text(name, style="dim"), told)
    yield _indent(grid)


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
    out = io.StringIO()
    console = Console(
        file=out,
        width=max(40, width),
        force_terminal=colour,
        color_system="standard" if colour else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    full = full or verbose
    parts = [_first(recommendation, edition, full, brief)]
    if full:
        parts += [
            _answer(recommendation),
            _why(recommendation, edition),
            _weigh(recommendation),
            _ordering(recommendation, edition),
            _cautions(recommendation, edition, verbose),
            _missing(recommendation, edition, None if verbose else _ACTIONS_SHOWN),
            _readings(recommendation, edition, verbose),
            _probability(recommendation, edition, verbose),
            _therapy(recommendation, edition),
        ]
    if verbose:
        parts.append(_trace(recommendation, edition))
    if full:
        parts.append(_provenance(recommendation, edition))
    for part in parts:
        for item in part:
            # A terminal obeys what a case holds no more than it reads it: cleaned piece by piece, before the colours.
            pieces = (Segment(printable(piece.text), piece.style) for piece in console.render(item))
            console.print(Segments(pieces), end="")
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
