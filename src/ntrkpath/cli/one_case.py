"""One case in words on the command line: its options, and what they say as plain data."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from ntrkpath.model.case import Case
    from ntrkpath.model.errors import CaseError

#: What standard input is called where a file is named.
STDIN = "standard input"
#: The files that a case names, by name; or the directory in which they are.
Files = Path | Mapping[str, bytes]
_HERE = Path()
Command = TypeVar("Command", bound=Callable[..., Any])

#: Option, and the key of a case that it states.
_KEYS = {"age": "patient.age", "site": "diagnosis.site", "extent": "disease.extent"}
#: What a pipeline knows of a case; and what else one can say of it.
_FEW = (
    click.option("--age", multiple=True, metavar="TEXT", help="As '34', '8 months'."),
    click.option("--site", multiple=True, metavar="TEXT", help="Where the tumour lies."),
    click.option("--extent", multiple=True, metavar="TEXT", help="As 'localized', 'unresectable', 'metastatic'."),
    click.option(
        "--fusions", multiple=True, metavar="FILE", help="Output of a fusion caller, - for standard input; repeatable."
    ),
    click.option("--set", "also", multiple=True, metavar="KEY=VALUE", help="As disease.relapse_risk=high; repeatable."),
)
_MANY = (
    click.option("--metastatic", is_flag=True, help="The same as --extent metastatic."),
    click.option("--localized", "--localised", is_flag=True, help="The same as --extent localized."),
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


class InWords(NamedTuple):
    """A case in words: as plain data or why it is none, and the files that it names, each read once."""

    data: dict[str, Any] | CaseError
    files: Mapping[str, bytes]


def in_words(histology: str, words: dict[str, Any]) -> InWords:
    """Return the case that the options describe.

    Raises:
        ReaderError: A file of a caller cannot be read.
    """
    from ntrkpath.model.errors import CaseError
    from ntrkpath.readers import content_of

    if words["fusions"].count("-") > 1:
        raise click.UsageError("standard input is named twice by --fusions")
    files = {STDIN if file == "-" else file: _content(file) for file in words["fusions"]}
    try:
        data = _plain(histology, words, files)
    except CaseError as error:
        return InWords(error, files)
    named = (test["file"] for test in data.get("tests", ()) if "file" in test)
    return InWords(data, {**{file: content_of(file) for file in named if file not in files}, **files})


def one_case(data: dict[str, Any] | CaseError, files: Files = _HERE) -> Iterator[tuple[str, Case | CaseError, Files]]:
    """Yield the one case that plain data describes, or why it is none.

    Args:
        files: The files that it names; or where they are.
    """
    from ntrkpath.cases.load import case_from
    from ntrkpath.model.errors import CaseError

    try:
        yield "", data if isinstance(data, CaseError) else case_from(data), files
    except CaseError as error:
        yield "", error, files


def _content(file: str) -> bytes:
    from ntrkpath.readers import content_of

    return sys.stdin.buffer.read() if file == "-" else content_of(file)


def _plain(histology: str, words: dict[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the case that the options describe as plain data.

    Raises:
        CaseError: A phrase is not understood; all of them at once.
        ReaderError: A file of a caller cannot be read.
    """
    from ntrkpath.cases.phrase_of_a_test import TESTS
    from ntrkpath.cases.phrases import described
    from ntrkpath.vocabulary.spelling import stage_of

    stated = [(path, value) for name, path in _KEYS.items() for value in words.get(name, ())]
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
    if "disease.extent" not in said and (stage := stage_of(histology)):
        raise click.UsageError(f"{stage!r} is no part of the diagnosis: state it by --extent, as --extent metastatic")
    tests = {option: words.get(option, ()) for option in TESTS}
    case = described(histology, said, tests, words.get("found", ()), words.get("therapy", ()))
    of_callers = [{"method": f"{_level(file, content)}_mps", "file": file} for file, content in files.items()]
    return {**case, "tests": [*case.get("tests", ()), *of_callers]} if of_callers else case


def _level(file: str, content: bytes) -> str:
    """Return ``rna`` or ``dna``: what the file of a caller speaks of."""
    from ntrkpath.readers import NTRK, read

    found = read(content, file, genes=NTRK)
    levels = {junction.level for junction in found.junctions}
    told = levels or {level for level in ("rna", "dna") if found.can_tell("fusions", level)}
    if len(told) != 1:
        raise click.BadParameter(
            f"{file} does not tell whether RNA or DNA was sequenced; write --rna 'file={file}' or --dna 'file={file}'",
            param_hint="--fusions",
        )
    return told.pop()
