"""The tasks of the fusions page: what callers wrote becomes verdicts on every NTRK event; bad rows are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from ntrkpath.exports import verdicts as exports
from ntrkpath.exports.verdicts import FORMS, FusionsDocument
from ntrkpath.figures import fusion_words as words
from ntrkpath.figures.fusion import fusion_svg
from ntrkpath.figures.screens import for_screens
from ntrkpath.fusion.judge import FilesJudged, judge_files
from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import FusionVerdict, Side
from ntrkpath.readers import formats
from ntrkpath.report.verdict_text import file_lines, none_found
from ntrkpath.server.kit import progress
from ntrkpath.server.kit.drawing import on_a_page

#: Most events listed and drawn (the most telling), and problems told on one page; the files to take away hold all.
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
        progress.files(files), caller=caller or None, assembly=assembly or None, sample=sample or None  # type: ignore[arg-type]
    )  # fmt: skip
    if len(found.errors) == len(files):
        raise found.errors[0]
    return found.asked("fusions")


def page(files: Sequence[tuple[str, bytes]], caller: str = "", assembly: str = "", sample: str = "") -> dict[str, Any]:
    """Return the parts of the answer page: counts, events in words, drawings, files, and the document it carries."""
    found = judged(files, caller, assembly, sample)
    return _shown(FusionsDocument(files=found.files, events=found.events), None)


def again(carried: bytes, event: int) -> dict[str, Any]:
    """Return the parts of the page for the document that it carries, with one event drawn."""
    return _shown(_document.decode(carried), event)


def _shown(document: FusionsDocument, drawn: int | None) -> dict[str, Any]:
    """Return the parts of the page, the most telling events first.

    Args:
        drawn: The place in the document of the one event to draw and unfold; ``None`` for the most telling ones.
    """
    verdicts = document.events
    levels: list[str] = list(words.VERDICTS)
    order = sorted(range(len(verdicts)), key=lambda i: levels.index(verdicts[i].verdict))
    draw = order[:MOST_DRAWN] if drawn is None else [drawn]
    counts = Counter[str](v.verdict for v in verdicts)
    problems = [problem for file in document.files if file.status != "read" for problem in file.problems]
    return {
        "total": len(verdicts),
        "counts": [[level, words.VERDICTS[level], counts[level]] for level in levels if counts[level]],
        "events": [
            _event(verdicts[i]) | {
                "place": i, "drawing": _drawing(verdicts[i], i) if i in draw else "",
                "open": i == drawn or len(verdicts) == 1,
            }
            for i in order[:MOST_EVENTS]
        ],
        "none": "" if verdicts else none_found(document.files),
        "files": [msgspec.to_builtins(file) | {"said": file_lines(file)[0]} for file in document.files],
        "problems": problems[:MOST_PROBLEMS],
        "problems_in_all": len(problems),
        "document": msgspec.json.encode(document),
    }  # fmt: skip


def _drawing(verdict: FusionVerdict, place: int) -> str:
    """Return one event drawn for every screen; name, verdict and reasons stand beside it on the page."""
    with on_a_page():
        return for_screens(lambda width: fusion_svg(verdict, ident=f"event-{place}", width=width, alone=False))


def _event(v: FusionVerdict) -> dict[str, Any]:
    return {
        "name": v.name, "sample": v.sample, "verdict": v.verdict, "says": words.VERDICTS[v.verdict],
        "reasons": words.reasons(v), "frame": words.frame(v), "kinase": words.kinase(v), "reads": words.reads(v),
        "callers": words.callers(v), "level": v.level.upper(), "sides": [_side(v.five_prime), _side(v.three_prime)],
        "assembly": v.assembly or "", "vicc": v.vicc_name or "", "hgvs": v.hgvs_name or "", "rules": list(v.rules),
        "notes": list(v.notes),
    }  # fmt: skip


def _side(side: Side) -> dict[str, str]:
    """Return gene, exon, place and transcript of one side; empty where the verdict does not place it."""
    return {
        "gene": side.gene or "?", "exon": f"exon {side.exon}" if side.exon is not None else "",
        "position": side.position or "", "transcript": side.transcript or "" if side.exon is not None else "",
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
