"""`ntrkpath ask`: one case in words, or asked for question by question, without a file."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ntrkpath.cli.main import EXIT_OK, EXIT_USAGE
from ntrkpath.cli.one_case import in_words, many_options, one_case
from ntrkpath.cli.options import as_of_option, edition_option, form_option, out_option
from ntrkpath.cli.output import write
from ntrkpath.cli.recommend import decide

if TYPE_CHECKING:
    from ntrkpath.model.errors import CaseError
    from ntrkpath.pathway.interview import Question


@click.command("ask")
@click.argument("diagnosis", nargs=-1)
@many_options
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Save the case as YAML.")
@form_option
@as_of_option
@edition_option
@click.option("--agency", default=None, metavar="NAME", help="Only the labels of one agency, such as EMA.")
@click.option("--full", is_flag=True, help="Text: show all of the answer, not its first screen.")
@out_option
def command(
    diagnosis: tuple[str, ...], save: Path | None, form: str, as_of: dt.date | None, edition: str, agency: str | None,
    full: bool, out: Path | None, **words: Any,
) -> int:  # fmt: skip
    """Decide one case without a file.

    What is not said is unknown, never assumed; a test that is not named was not done. Without a diagnosis, on a
    terminal, it asks question by question, and the Tab key completes diagnoses and genes.

    \b
    ntrkpath ask UPS --metastatic --ihc "40 % diffuse" --rna "TPM3::NTRK1 in frame"
    ntrkpath ask "infantile fibrosarcoma" --age "8 months" --fish "ETV6 rearranged" --save case.yaml
    """
    if not diagnosis:
        if any(words.values()):
            raise click.UsageError("name the diagnosis first, as: ntrkpath ask UPS --metastatic")
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise click.UsageError("name the diagnosis, as: ntrkpath ask UPS --metastatic (questions need a terminal)")
        asked = _asked(edition, as_of, agency)
        if asked is None:
            click.echo("no diagnosis was given, and so there is no case", err=True)
            return EXIT_USAGE
        data: dict[str, Any] | CaseError = asked
        if save is None and (name := _prompt("\nSave the case as YAML file [Enter: no]: ")):
            save = Path(name)
        case = one_case(data)
    else:
        if save is not None and "-" in words["fusions"]:
            raise click.UsageError("--save keeps the name of a file: write standard input to one first")
        data, files = in_words(" ".join(diagnosis), words)
        case = one_case(data, files)
    code = decide(case, form, as_of, edition, out=out, full=full, agency=agency)
    if save is not None and code == EXIT_OK and isinstance(data, dict):
        _save(data, save)
    return code


def _save(data: dict[str, Any], out: Path) -> None:
    """Write a case; the files that it names are found from where it stands."""
    import os

    import yaml

    tests = [
        {**test, "file": os.path.relpath(test["file"], out.parent)} if "file" in test else test
        for test in data.get("tests", ())
    ]
    data = {**data, "tests": tests} if tests else data
    write(yaml.safe_dump(data, sort_keys=False, allow_unicode=True, default_flow_style=False), out)
    click.echo(f"the case stands in {out}: ntrkpath recommend {out}", err=True)


def _asked(edition: str, as_of: dt.date | None, agency: str | None) -> dict[str, Any] | None:
    """Return the case that the answers on the terminal give; None where there was no diagnosis."""
    from ntrkpath.guidance import load
    from ntrkpath.pathway import Pathway
    from ntrkpath.pathway.interview import interview

    guidance = load(edition)
    names = sorted({name for entry in guidance.vocabulary for name in (entry.name, *entry.synonyms)})
    genes = sorted(
        {*guidance.data["guideline"]["ntrk_genes"], *(p["five_prime"] for p in guidance.data["partners"]["partners"])}
    )
    click.echo("Enter: not known, or not done.   . : enough, answer now.   Tab completes.\n", err=True)

    def ask(question: Question) -> str | None:
        choices = f" ({', '.join(level.replace('_', ' ') for level in question.levels)})" if question.levels else ""
        words = names if question.path == "diagnosis.histology" else question.levels or genes
        with _completing(words, whole=question.path == "diagnosis.histology"):
            said = _prompt(f"{question.text}{choices}: ")
        return None if said == "." else said

    return interview(
        Pathway(guidance, as_of or dt.date.today(), agency=agency), ask, lambda text: click.echo(f"  {text}", err=True)
    )


def _prompt(text: str) -> str:
    """Return a line from the terminal without what surrounds it; the end of the input is enough."""
    try:
        with _on_the_terminal():
            return input(text).strip()
    except EOFError:
        return "."


@contextmanager
def _on_the_terminal() -> Iterator[None]:
    """Have a question asked where errors are said, when standard output goes to a file or a pipe."""
    if sys.stdout.isatty():
        yield
        return
    sys.stdout.flush()
    data = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(data, 1)
        os.close(data)


@contextmanager
def _completing(words: Sequence[str], whole: bool) -> Iterator[None]:
    """Complete words with the Tab key where the system can."""
    try:
        import readline
    except ImportError:
        yield
        return

    def complete(start: str, number: int) -> str | None:
        near = [word for word in words if word.casefold().startswith(start.casefold())]
        return near[number] if number < len(near) else None

    before, delimiters = readline.get_completer(), readline.get_completer_delims()
    readline.set_completer_delims("" if whole else " ,;:")
    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")
    readline.parse_and_bind("set completion-ignore-case on")
    try:
        yield
    finally:
        readline.set_completer(before)
        readline.set_completer_delims(delimiters)
