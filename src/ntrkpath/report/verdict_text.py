"""Judged files as text for a terminal: each event with its verdict first, then what was read of each file."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from ntrkpath.figures import fusion_words as words
from ntrkpath.model.fusion import FileReport, FusionVerdict

_WIDTH = 100
_STATUS = {
    "read": "read",
    "partly_read": "READ IN PART",
    "not_evaluable": "NOT EVALUABLE",
}


def judged_text(files: Sequence[FileReport], events: Sequence[FusionVerdict]) -> str:
    """Return events and files as text; "No NTRK event" is said only where every file was read wholly."""
    blocks = [verdict_text(event) for event in events] or [none_found(files)]
    blocks.append("\n".join(line for file in files for line in file_lines(file)))
    return "\n\n".join(blocks) + "\n"


def none_found(files: Sequence[FileReport]) -> str:
    """Return what may be said where no event was found, of the files that allow it and of the others."""
    if all(file.status == "read" for file in files):
        return "No NTRK event."
    read = [file.file for file in files if file.status == "read"]
    said = f"No NTRK event in {', '.join(read)}. " if read else ""
    return f"{said}Whether {'the other files hold' if said else 'there is'} an NTRK event is not known."


def file_lines(file: FileReport) -> list[str]:
    """Return what was read of a file and what was not, a line each."""
    parts = [_STATUS[file.status]]
    if file.format is not None:
        rows = f"{file.rows} row{'' if file.rows == 1 else 's'}"
        parts.append(f"{file.caller}, {rows}, {file.ntrk_rows} NTRK")
    if file.assembly is not None:
        parts.append(file.assembly)
    lines = [f"{file.file}: {'; '.join(parts)}"]
    return lines + [f"  {problem}" for problem in file.problems]


def verdict_text(v: FusionVerdict) -> str:
    """Return one verdict as a pathologist reads it: the verdict first, then why, then where it comes from."""
    lines = [f"{v.name}  {words.VERDICTS[v.verdict].upper()}" + (f"  ({v.sample})" if v.sample else "")]

    def add(name: str, value: str) -> None:
        lines.append(textwrap.fill(f"  {name:<9}{value}", _WIDTH, subsequent_indent=" " * 11, break_on_hyphens=False))

    add("why", f"{words.reasons(v)}  [{', '.join(v.rules)}]")
    for name, side in (("5'", v.five_prime), ("3'", v.three_prime)):
        parts = [side.gene or "?"]
        if side.exon is not None:
            parts.append(f"exon {side.exon} of {side.transcript}")
        if side.position:
            parts.append(f"{side.position} ({v.assembly})" if v.assembly else side.position)
        add(name, ", ".join(parts))
    add("frame", words.frame(v))
    add("kinase", words.kinase(v))
    add("reads", words.reads(v))
    if v.vicc_name:
        add("name", v.vicc_name + (f"; {v.hgvs_name}" if v.hgvs_name else ""))
    for note in v.notes:
        add("note", note)
    add("from", f"{words.callers(v)}, {v.level.upper()}")
    return "\n".join(lines)


def findings_text(files: Sequence[FileReport], sentences: Iterable[str]) -> str:
    """Return what the variants of some files are worth, a sentence each, and what was read of each file."""
    said = [textwrap.fill(sentence, _WIDTH, subsequent_indent="    ") for sentence in sentences]
    if not said:
        whole = all(file.status == "read" for file in files)
        said = [
            "No NTRK mutation or copy number."
            if whole
            else "Whether there is an NTRK mutation or copy number is not known."
        ]
    return "\n".join(said) + "\n\n" + "\n".join(line for file in files for line in file_lines(file)) + "\n"
