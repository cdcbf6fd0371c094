"""The tasks of the fusions page: what callers wrote becomes verdicts on every NTRK event; bad rows are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ntrkpath.exports import verdicts as exports
from ntrkpath.exports.verdicts import FORMS, FusionsDocument
from ntrkpath.figures import fusion_words as words
from ntrkpath.figures.fusion import fusion_svg
from ntrkpath.fusion.judge import FilesJudged, judge_files
from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.readers import formats
from ntrkpath.report.verdict_text import file_lines, none_found
from ntrkpath.server.kit.drawing import on_a_page

#: Most events listed, drawn (the most telling), and problems told on one page; the files to take away hold every event.
MOST_EVENTS, MOST_DRAWN, MOST_PROBLEMS = 200, 4, 50
_document = msgspec.json.Decoder(FusionsDocument)


def judged(files: Sequence[tuple[str, bytes]], caller: str = "", assembly: str = "", sample: str = "") -> FilesJudged:
    """Judge every NTRK event of some files; events of one sample that several callers report are merged.

    Args:
        files: Names, for messages only, and contents.
        caller: Read the files as this caller's; recognised by content where empty.
        assembly: Where the files do not say.
        sample: Where the files name none.

    Raises:
        NtrkpathError: None of the files can be read, or what is asked for does not exist.
    """
    if assembly not in ("", "GRCh37", "GRCh38"):
        raise ReaderError("no such assembly", where="assembly", value=assembly, allowed="GRCh37, GRCh38")
    if caller and caller not in formats():
        raise ReaderError("no such format", where="caller", value=caller, allowed=formats())
    if not files:
        raise ReaderError("no file was sent", remedy="choose a file, or paste its rows")
    found = judge_files(
        files, caller=caller or None, assembly=assembly or None, sample=sample or None  # type: ignore[arg-type]
    )  # fmt: skip
    if len(found.errors) == len(files):
        raise found.errors[0]
    return found.asked("fusions")


def page(files: Sequence[tuple[str, bytes]], caller: str = "", assembly: str = "", sample: str = "") -> dict[str, Any]:
    """Return the parts of the answer page: counts, events in words, drawings, files, and the document it carries."""
    found = judged(files, caller, assembly, sample)
    order = list(words.VERDICTS)
    first = sorted(range(len(found.events)), key=lambda i: order.index(found.events[i].verdict))[:MOST_DRAWN]
    return _shown(FusionsDocument(files=found.files, events=found.events), first)


def again(carried: bytes, event: int) -> dict[str, Any]:
    """Return the parts of the page for the document that it carries, with one event drawn."""
    return _shown(_document.decode(carried), [event])


def _shown(document: FusionsDocument, drawn: Sequence[int]) -> dict[str, Any]:
    verdicts = document.events
    with on_a_page():
        drawings = {str(i): fusion_svg(verdicts[i], ident=f"event-{i}") for i in drawn if 0 <= i < len(verdicts)}
    counts = {level: sum(v.verdict == level for v in verdicts) for level in words.VERDICTS}
    problems = [problem for file in document.files for problem in file.problems]
    return {
        "total": len(verdicts),
        "counts": [[level, words.VERDICTS[level], count] for level, count in counts.items() if count],
        "events": [_event(v) for v in verdicts[:MOST_EVENTS]],
        "drawings": drawings,
        "none": "" if verdicts else none_found(document.files),
        "files": [msgspec.to_builtins(file) | {"said": file_lines(file)[0]} for file in document.files],
        "problems": problems[:MOST_PROBLEMS],
        "problems_in_all": len(problems),
        "document": msgspec.json.encode(document),
    }


def _event(v: FusionVerdict) -> dict[str, Any]:
    sides = []
    for side in (v.five_prime, v.three_prime):
        parts = [f"exon {side.exon} of {side.transcript}"] if side.exon is not None else []
        parts += [f"{side.position} ({v.assembly})" if v.assembly else side.position] if side.position else []
        sides.append([side.gene or "?", ", ".join(parts) or "place not given"])
    return {
        "name": v.name, "sample": v.sample, "verdict": v.verdict, "says": words.VERDICTS[v.verdict],
        "reasons": words.reasons(v), "frame": words.frame(v), "kinase": words.kinase(v), "reads": words.reads(v),
        "callers": words.callers(v), "level": v.level.upper(), "sides": sides, "vicc": v.vicc_name or "",
        "hgvs": v.hgvs_name or "", "rules": list(v.rules), "notes": list(v.notes),
    }  # fmt: skip


def written(carried: bytes, form: str) -> str:
    """Return the document that a page carries in a form to take away.

    Raises:
        ReaderError: No such form.
    """
    if form not in FORMS:
        raise ReaderError("no such form", where="format", value=form, allowed=FORMS)
    document = _document.decode(carried)
    return exports.written(form, document.files, document.events).decode()
