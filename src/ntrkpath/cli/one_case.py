"""One case in words on the command line: its options, and what they say as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ntrkpath.model.case import Case
    from ntrkpath.model.errors import CaseError

Command = TypeVar("Command", bound=Callable[..., Any])

#: Option, and the key of a case that it states.
_KEYS = {"age": "patient.age", "site": "diagnosis.site", "extent": "disease.extent"}
#: What a pipeline knows of a case; and what else one can say of it.
_FEW = (
    click.option("--age", default=None, metavar="TEXT", help="As '34', '8 months'."),
    click.option("--site", default=None, metavar="TEXT", help="Where the tumour lies."),
    click.option("--extent", default=None, metavar="TEXT", help="As 'localized', 'unresectable', 'metastatic'."),
    click.option("--fusions", multiple=True, metavar="FILE", help="Output of a fusion caller; repeatable."),
    click.option("--set", "also", multiple=True, metavar="KEY=VALUE", help="As disease.relapse_risk=high; repeatable."),
)
_MANY = (
    click.option("--metastatic", is_flag=True, help="The same as --extent metastatic."),
    click.option("--localized", is_flag=True, help="The same as --extent localized."),
    click.option("--ihc", multiple=True, metavar="TEXT", help="Pan-TRK stain, as '40 % diffuse, control adequate'."),
    click.option("--fish", multiple=True, metavar="TEXT", help="As 'NTRK3 break-apart positive'."),
    click.option("--rt-pcr", multiple=True, metavar="TEXT", help="As 'ETV6::NTRK3 negative, control adequate'."),
    click.option("--rna", multiple=True, metavar="TEXT", help="RNA sequencing, as 'TPM3::NTRK1 in frame'."),
    click.option("--dna", multiple=True, metavar="TEXT", help="DNA sequencing, as 'LMNA::NTRK1', 'NTRK1 G595R'."),
    click.option("--found", multiple=True, metavar="TEXT", help="Another alteration, as 'KIT mutation absent'."),
    click.option("--therapy", multiple=True, metavar="TEXT", help="As 'larotrectinib, progressed', or 'none'."),
)


def few_options(command: Command) -> Command:
    """Give a command the options of what a pipeline knows of a case."""
    return _with(_FEW, command)


def many_options(command: Command) -> Command:
    """Give a command every option that describes one case."""
    return _with((*_FEW, *_MANY), command)


def _with(options: Iterable[Callable[[Command], Command]], command: Command) -> Command:
    for option in reversed(tuple(options)):
        command = option(command)
    return command


def in_words(histology: str, words: dict[str, Any]) -> Iterator[tuple[str, Case | CaseError, Path]]:
    """Yield the one case that the options describe, or why it is none."""
    from ntrkpath.cases.load import case_from
    from ntrkpath.model.errors import CaseError

    try:
        yield "", case_from(plain(histology, words)), Path()
    except CaseError as error:
        yield "", error, Path()


def plain(histology: str, words: dict[str, Any]) -> dict[str, Any]:
    """Return the case that the options describe as plain data.

    Raises:
        CaseError: A phrase is not understood; all of them at once.
        ReaderError: A file of a caller cannot be read.
    """
    from ntrkpath.cases.phrases import TESTS, described

    stated = [(path, words[name]) for name, path in _KEYS.items() if words.get(name) is not None]
    stated += [("disease.extent", extent) for extent in ("metastatic", "localized") if words.get(extent)]
    for pair in words["also"]:
        key, equals, value = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"{pair!r} is not KEY=VALUE", param_hint="--set")
        stated.append((key.strip(), value.strip()))
    said: dict[str, str] = {}
    for key, value in stated:
        if said.setdefault(key, value) != value:
            raise click.UsageError(f"{key} is stated twice: {said[key]!r} and {value!r}")
    tests = {option: words.get(option, ()) for option in TESTS}
    case = described(histology, said, tests, words.get("found", ()), words.get("therapy", ()))
    files = [{"method": f"{_level(file)}_mps", "file": file} for file in words["fusions"]]
    return {**case, "tests": [*case.get("tests", ()), *files]} if files else case


def _level(file: str) -> str:
    """Return ``rna`` or ``dna``: what the file of a caller speaks of."""
    from ntrkpath.readers import NTRK, read

    found = read(file, genes=NTRK)
    levels = {junction.level for junction in found.junctions}
    told = levels or {level for level in ("rna", "dna") if found.can_tell("fusions", level)}
    if len(told) != 1:
        raise click.BadParameter(
            f"{file} does not tell whether RNA or DNA was sequenced; write --rna 'file={file}' or --dna 'file={file}'",
            param_hint="--fusions",
        )
    return told.pop()
