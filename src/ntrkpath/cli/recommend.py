"""`ntrkpath recommend`: cases in, recommendations out."""

from __future__ import annotations

import datetime as dt
import gc
import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ntrkpath.cli.main import EXIT_FINDING, EXIT_NO_INPUT, EXIT_OK
from ntrkpath.cli.one_case import Files, few_options, in_words, one_case
from ntrkpath.cli.options import as_of_option, edition_option, form_option, out_option
from ntrkpath.cli.output import coloured, write

if TYPE_CHECKING:
    from ntrkpath.guidance import Edition
    from ntrkpath.model.case import Case
    from ntrkpath.model.errors import CaseError, NtrkpathError
    from ntrkpath.model.fusion import FusionVerdict
    from ntrkpath.model.recommendation import Recommendation
    from ntrkpath.pathway import Pathway
    from ntrkpath.pathway.intake.files import Attached

_EPILOG = """\b
The smallest case (YAML):
  id: example
  diagnosis: {histology: infantile fibrosarcoma}

\b
Add what is known: patient.age, disease.extent, tests, alterations, therapy.
What is left out is unknown, never assumed; a test that is not listed was not done.
"""


@click.command("recommend", epilog=_EPILOG)
@click.argument("cases", nargs=-1, metavar="[CASE...]")
@click.option("--histology", default=None, metavar="TEXT", help="One case in words instead of a file: its diagnosis.")
@few_options
@form_option
@as_of_option
@edition_option
@click.option(
    "--figure2-reading",
    type=click.Choice(["both", "a", "b"]),
    default=None,
    help="After a negative stain in priority ++ (default: both).",
)
@click.option(
    "--fail-on", multiple=True, metavar="ACTION|missing|bad-case", help="Exit 1 where a case gives this; repeatable."
)
@out_option
@click.option("--allow-bad", is_flag=True, help="Exit 0 also where a case or a file could not be read or evaluated.")
@click.option("--full", is_flag=True, help="Text: show all of the answer, not its first screen.")
@click.option("--agency", default=None, metavar="NAME", help="Only the labels of one agency, such as EMA.")
@click.option("--trace", is_flag=True, help="Text: show all of the answer and every row that held.")
def command(
    cases: tuple[str, ...], histology: str | None, form: str, as_of: dt.date | None, edition: str,
    figure2_reading: str | None, fail_on: tuple[str, ...], out: Path | None, allow_bad: bool, full: bool,
    agency: str | None, trace: bool, **words: Any,
) -> int:  # fmt: skip
    """Decide cases and say why.

    CASE is a YAML or JSON file, a file of JSON lines, a directory of these, or - for one YAML or JSON case on
    standard input. A bad case is listed on standard error and the others go on; so is a file of a case that could not
    be wholly read, and the code is then 65.

    \b
    ntrkpath recommend case.yaml
    ntrkpath recommend --histology IFS --extent metastatic --age 2 --fusions fusions.tsv
    """
    if bool(cases) == (histology is not None):
        raise click.UsageError("name a file, or the diagnosis of one case with --histology")
    if cases and any(words.values()):
        raise click.UsageError("a case in words needs --histology, and no file")
    given = one_case(*in_words(histology, words)) if histology is not None else inputs(cases)
    return decide(given, form, as_of, edition, figure2_reading, fail_on, out, allow_bad, full, agency, trace)


def decide(
    cases: Iterator[Input], form: str, as_of: dt.date | None, edition: str, figure2_reading: str | None = None,
    fail_on: tuple[str, ...] = (), out: Path | None = None, allow_bad: bool = False, full: bool = False,
    agency: str | None = None, trace: bool = False,
) -> int:  # fmt: skip
    """Decide cases, write the answers, and return the exit code."""
    from ntrkpath.guidance import load
    from ntrkpath.pathway import Pathway

    guidance = load(edition)
    for finding in fail_on:
        if finding not in ("missing", "bad-case") and finding not in guidance.actions:
            raise click.BadParameter(
                f"{finding!r} is no action; see `ntrkpath guideline show actions`", param_hint="--fail-on"
            )
    pathway = Pathway(guidance, as_of or dt.date.today(), figure2_reading=figure2_reading, agency=agency)
    rest_collector()
    run = Run(pathway, fail_on)
    results = run.decided(cases)
    colour = coloured(out)
    if form == "pdf" and colour:
        raise click.UsageError("a PDF is not for a terminal: name a file with --out")
    texts = rendered(results, form, guidance, run.fusions, colour=colour, full=full, trace=trace)
    write(texts, out, styled=form == "text")
    if run.bad:
        click.echo(f"{run.good} decided, {run.bad} not: see the errors above", err=True)
    if run.found or (run.bad and "bad-case" in fail_on):
        return EXIT_FINDING
    return EXIT_OK if allow_bad or not (run.bad or run.unread) else EXIT_NO_INPUT


def rest_collector() -> None:
    """Let the garbage collector pass over the loaded guidance and run seldom: answers hold no cycles to be found."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


#: Where a case stands (file, and line of JSON lines), the case or why it is none, and its own files.
Input = tuple[str, "Case | CaseError", Files]


def inputs(paths: Iterable[str]) -> Iterator[Input]:
    """Yield every case of the files, directories and standard input that are named."""
    from ntrkpath.cases.load import decode, read_located
    from ntrkpath.model.errors import CaseError

    for path in paths:
        if path == "-":
            try:
                yield "standard input", decode(sys.stdin.buffer.read()), Path()
            except CaseError as error:
                yield "", error.at("standard input"), Path()  # type: ignore[misc]
        else:
            directory = Path(path) if Path(path).is_dir() else Path(path).parent
            for place, case in read_located(path):
                yield place, case, directory


class Run:
    """Decides cases one after the other and counts."""

    def __init__(self, pathway: Pathway, fail_on: tuple[str, ...]) -> None:
        self.pathway, self.fail_on = pathway, frozenset(fail_on)
        self.good = self.bad = 0
        #: Files that were not wholly read and evaluated; their cases are decided without what was not.
        self.unread = 0
        self.found = False
        #: For each case decided, our verdicts on the events of its caller files.
        self.fusions: list[list[FusionVerdict]] = []

    def decided(self, cases: Iterator[Input]) -> Iterator[Recommendation | None]:
        """Yield each recommendation, or ``None`` for a bad case, which is reported on standard error."""
        from ntrkpath.model.errors import CaseError, NtrkpathError

        progress = sys.stderr.isatty()
        for place, case, files in cases:
            if isinstance(case, CaseError):
                self._report(case)
                yield None
                continue
            try:
                case, attached = self._with_files(case, files)
                answer = self.pathway.recommend(case, attached)
            except NtrkpathError as error:
                self._report(error.at(place))
                yield None
                continue
            self.good += 1
            self.fusions.append([event for found in attached.values() for event in found.events])
            self._count_unread(place, attached)
            given = {action.action for action in answer.actions}
            self.found |= bool(given & self.fail_on) or ("missing" in self.fail_on and bool(answer.missing))
            if progress and self.good % 1000 == 0:
                click.echo(f"\r{self.good} cases decided", nl=False, err=True)
            yield answer

    @staticmethod
    def _with_files(case: Case, files: Files) -> tuple[Case, Attached]:
        """Return the case with what the caller files that it names give, where it names any."""
        if not any(getattr(test, "file", None) for test in case.tests):
            return case, {}
        from ntrkpath.pathway import attach

        return attach(case, files)

    def _count_unread(self, place: str, attached: Attached) -> None:
        for found in attached.values():
            if not found.evaluated:
                self.unread += 1
                said = "; ".join(found.report.problems[:3]) or "not everything in it could be evaluated"
                click.echo(f"not read: {place}: {found.report.file}: {said}", err=True)

    def _report(self, error: NtrkpathError) -> None:
        self.bad += 1
        for one in error.all:
            click.echo(f"error: {one}", err=True)


def rendered(
    results: Iterator[Recommendation | None],
    form: str,
    edition: Edition,
    fusions: Sequence[Sequence[FusionVerdict]] = (),
    *,
    colour: bool = False,
    full: bool = False,
    trace: bool = False,
) -> Iterator[str | bytes]:
    """Yield recommendations as text, as one JSON document, as lines of a table, or as one HTML or PDF file.

    Args:
        fusions: For each case decided, our verdicts on the events of its caller files; filled as ``results`` are read.
        colour: Text: with ANSI colours.
        full: Text: all of each answer, not its first screen.
        trace: Text: every row that held as well.
    """
    if form == "json":
        yield from _json(results)
        return
    if form == "tsv":
        from ntrkpath.exports.recommendations import header, line

        yield header()
        yield from (line(answer) for answer in results if answer is not None)
        return
    if form == "text":
        from ntrkpath.report.text import render

        first = True
        for answer in results:
            if answer is not None:
                yield ("" if first else "\n") + render(answer, edition, colour=colour, full=full, verbose=trace)
                first = False
        return
    answers = (answer for answer in results if answer is not None)
    first_one = next(answers, None)
    if first_one is None:
        return
    if form == "html":
        from ntrkpath.report.html import html_chunks

        yield from html_chunks(itertools.chain((first_one,), answers), edition, fusions)
    else:
        from ntrkpath.report.pdf import render_pdf

        yield render_pdf([first_one, *answers], edition, fusions)


def _json(results: Iterator[Recommendation | None]) -> Iterator[bytes]:
    """Yield one recommendation as an object, several as an array, as they come."""
    from ntrkpath.exports.recommendations import encode

    first = next(results, None)
    second = next(results, _NOTHING)
    if second is _NOTHING:
        if first is not None:
            yield encode(first)
        return
    yield b"["
    separator = b""
    for answer in itertools.chain((first, second), results):
        if answer is not None:
            yield separator + encode(answer).removesuffix(b"\n")
            separator = b",\n"
    yield b"]\n"


_NOTHING: Recommendation | None = object()  # type: ignore[assignment]
