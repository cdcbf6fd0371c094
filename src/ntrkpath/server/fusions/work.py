"""The tasks of the fusions page: what callers wrote becomes verdicts on every NTRK event; bad rows are told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

import msgspec

from ntrkpath.figures import fusion_words as words
from ntrkpath.figures.fusion import fusion_svg
from ntrkpath.fusion import Assessor
from ntrkpath.model.errors import NtrkpathError, ReaderError
from ntrkpath.model.fusion import FusionVerdict, Junction
from ntrkpath.readers import NTRK, formats, read
from ntrkpath.server.drawing import embed

#: Most events listed, drawn (the most telling), and rows told of on one page; the files to take away hold every event.
MOST_EVENTS, MOST_DRAWN, MOST_PROBLEMS = 200, 4, 50
_SHOWN_OF_A_ROW = 160
_verdicts = msgspec.json.Decoder(list[FusionVerdict])

Assembly = Literal["GRCh37", "GRCh38"]
#: Forms to take away: media type and ending.
FORMS = {
    "tsv": ("text/tab-separated-values; charset=utf-8", "tsv"),
    "json": ("application/json", "json"),
    "vicc": ("application/json", "vicc.json"),
    "multiqc": ("application/json", "_mqc.json"),
}


@cache
def _assessor() -> Assessor:
    return Assessor()


def judged(
    files: Sequence[tuple[str, bytes]], caller: str = "", assembly: str = "", sample: str = ""
) -> tuple[list[FusionVerdict], list[dict[str, Any]], list[dict[str, Any]]]:
    """Judge every NTRK event of some files; events of one sample that several callers report are merged.

    Args:
        files: Names, for messages only, and contents.
        caller: Read the files as this caller's; recognised by content where empty.
        assembly: Where the files do not say.
        sample: Where the files name none.

    Returns:
        The verdicts; what was read of each file (``name``, ``caller``, ``rows``, ``events``); what could not be read
        (``where``, ``problem``, ``row``).

    Raises:
        NtrkpathError: None of the files can be read, or what is asked for does not exist.
    """
    if assembly not in ("", "GRCh37", "GRCh38"):
        raise ReaderError("no such assembly", where="assembly", value=assembly, allowed="GRCh37, GRCh38")
    if caller and caller not in formats():
        raise ReaderError("no such format", where="caller", value=caller, allowed=formats())
    told: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    found: list[tuple[Junction, ...]] = []
    failed: list[NtrkpathError] = []
    for name, content in files:
        try:
            result = read(content, name, caller=caller or None, sample=sample or None, genes=NTRK)
        except NtrkpathError as error:
            failed.append(error)
            problems.append({"where": name, "problem": str(error), "row": ""})
            continue
        for bad in result.problems:
            where = f"{bad.file}, line {bad.line}" if bad.line else bad.file
            problems.append({"where": where, "problem": bad.message, "row": bad.raw[:_SHOWN_OF_A_ROW]})
        junctions = result.junctions
        if assembly:
            junctions = tuple(msgspec.structs.replace(j, assembly=j.assembly or assembly) for j in junctions)
        told.append({"name": name, "caller": result.caller, "rows": result.rows_read, "events": len(junctions)})
        found.append(junctions)
    if not found:
        raise failed[0] if failed else ReaderError("no file was sent", remedy="choose a file, or paste its rows")
    return _assessed(found, told, problems), told, problems


def _assessed(
    found: list[tuple[Junction, ...]], told: list[dict[str, Any]], problems: list[dict[str, Any]]
) -> list[FusionVerdict]:
    """Assess the events of all files together; a file whose assembly cannot be told is left out, and said."""
    try:
        return _assessor().assess([junction for junctions in found for junction in junctions])
    except NtrkpathError as together:
        kept: list[Junction] = []
        for junctions, file in zip(found, told, strict=True):
            try:
                _assessor().assess(junctions)
            except NtrkpathError as error:
                problems.append({"where": file["name"], "problem": str(error), "row": ""})
                file["events"] = 0
            else:
                kept += junctions
        if not kept:
            raise together from None
        return _assessor().assess(kept)


def page(files: Sequence[tuple[str, bytes]], caller: str = "", assembly: str = "", sample: str = "") -> dict[str, Any]:
    """Return the parts of the answer page: counts, events in words, drawings, files, problems, verdicts as JSON."""
    verdicts, told, problems = judged(files, caller, assembly, sample)
    order = list(words.VERDICTS)
    first = sorted(range(len(verdicts)), key=lambda i: order.index(verdicts[i].verdict))[:MOST_DRAWN]
    return {**_shown(verdicts, first), "files": told, "problems": problems[:MOST_PROBLEMS],
            "problems_in_all": len(problems)}  # fmt: skip


def again(carried: bytes, event: int) -> dict[str, Any]:
    """Return the parts of the page for verdicts that it carries, with one event drawn."""
    return {**_shown(_verdicts.decode(carried), [event]), "files": [], "problems": [], "problems_in_all": 0}


def _shown(verdicts: list[FusionVerdict], drawn: Sequence[int]) -> dict[str, Any]:
    counts = {level: sum(v.verdict == level for v in verdicts) for level in words.VERDICTS}
    return {
        "total": len(verdicts),
        "counts": [[level, words.VERDICTS[level], count] for level, count in counts.items() if count],
        "events": [_event(v) for v in verdicts[:MOST_EVENTS]],
        "drawings": {
            str(i): str(embed(fusion_svg(verdicts[i], ident=f"event-{i}"))) for i in drawn if 0 <= i < len(verdicts)
        },
        "verdicts": msgspec.json.encode(verdicts),
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
    """Return verdicts that a page carries in a form to take away.

    Raises:
        ReaderError: No such form.
    """
    verdicts = _verdicts.decode(carried)
    if form == "tsv":
        from ntrkpath.exports.tsv import verdicts_tsv

        return verdicts_tsv(verdicts)
    if form == "json":
        return msgspec.json.encode(verdicts).decode() + "\n"
    if form == "vicc":
        from ntrkpath.fusion import assayed_fusion

        return msgspec.json.encode([assayed_fusion(verdict) for verdict in verdicts]).decode() + "\n"
    if form == "multiqc":
        from ntrkpath.exports.multiqc import multiqc_section

        return msgspec.json.encode(multiqc_section(verdicts)).decode() + "\n"
    raise ReaderError("no such form", where="format", value=form, allowed=FORMS)
