"""The tasks of the case page: a form becomes a case, the case an answer, and the answer the parts of the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from ntrkpath.cases.load import decode_json
from ntrkpath.cases.phrase_of_a_test import read_test
from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.figures.screens import for_screens
from ntrkpath.guidance import Edition
from ntrkpath.model.case import Case
from ntrkpath.model.errors import CaseError, HistologyError, NtrkpathError
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway import case_from
from ntrkpath.pathway.intake.files import events_of
from ntrkpath.report import panels, probability_picture, sections, terms
from ntrkpath.report.screen import screen
from ntrkpath.server.case.apply import shaped, written
from ntrkpath.server.case.fields import methods, test_type
from ntrkpath.server.case.files import Carried, split, with_files
from ntrkpath.server.case.form import form
from ntrkpath.server.case.path import taken
from ntrkpath.server.kit.drawing import on_a_page
from ntrkpath.server.kit.tasks import pathway

_carried = msgspec.json.Decoder(Carried)


def case(
    sent: dict[str, list[str]], files: Sequence[tuple[str, bytes]], carried: bytes, day: str, act: str = ""
) -> dict[str, Any]:
    """Answer a form.

    Args:
        sent: Its fields.
        files: Its files with their names.
        carried: Verdicts on files that came before, as this server wrote them.
        day: The date whose labels count.
        act: ``add:METHOD`` offers the fields of one more test.

    Returns:
        The parts of the page: ``answer`` or ``error``, ``form``, the case as JSON, and the verdicts to carry.
    """
    as_of = dt.date.fromisoformat(day)
    data: dict[str, Any] = {}
    known: Carried = _carried.decode(carried) if carried else {}
    shown: dict[str, Any] = {"answer": None, "error": None, "carried": carried, "as_of": day, "near": []}
    chosen = pathway(as_of)
    rec: Recommendation | None = None
    try:
        base, brought = _base(sent, files)
        data = shaped(base)
        if data != base:
            case_from(base)  # says what is wrong with it
        data = _stated(data, sent, brought)
        decided = case_from(data)
        attached, known = with_files(decided, brought, known)
        data = msgspec.to_builtins(decided)
        rec = chosen.recommend(decided, attached)
        with on_a_page(chosen.edition):
            shown["answer"] = _parts(decided, rec, chosen.edition, events_of(attached))
        shown["carried"] = msgspec.json.encode(known) if known else b""
    except NtrkpathError as error:
        if isinstance(error, HistologyError):
            shown["near"] = _near(chosen.edition, str(error.value or ""))
            error.remedy = "choose one, or write it in other words" if shown["near"] else "write it in other words"
        shown["error"] = {
            "problem": error.problem, "where": error.where, "allowed": error.allowed, "remedy": error.remedy,
            "value": None if error.value is None else str(error.value)[:200],
        }  # fmt: skip
    shown["case"] = msgspec.json.encode(data).decode()
    shown["link"] = msgspec.json.encode(_without_files(data)).decode()
    shown["form"] = form(data, rec, chosen.edition, act)
    return shown


def decided(text: str, carried: bytes, day: str) -> tuple[Case, Recommendation, list[FusionVerdict], Edition]:
    """Decide a case that a page carries.

    Raises:
        CaseError: It is no case.
    """
    chosen = pathway(dt.date.fromisoformat(day))
    known: Carried = _carried.decode(carried) if carried else {}
    case = decode_json(text.encode())
    attached, _ = with_files(case, {}, known)
    answer = chosen.recommend(case, attached)
    return case, answer, events_of(attached), chosen.edition


def pdf(text: str, carried: bytes, day: str, whole: bool) -> bytes:
    """Return the answer to a case that a page carries, as PDF: the first page, or the ``whole`` report."""
    from ntrkpath.report.pdf import render_pdf

    case, answer, verdicts, edition = decided(text, carried, day)
    return render_pdf([answer], edition, [verdicts], [case], whole)


def answer(text: str, carried: bytes, day: str) -> bytes:
    """Return the answer to a case that a page carries, as JSON."""
    from ntrkpath.exports.recommendations import encode

    return encode(decided(text, carried, day)[1])


def _base(sent: dict[str, list[str]], files: Sequence[tuple[str, bytes]]) -> tuple[Any, dict[str, bytes]]:
    """Return the case that a form starts from, as plain data, and the caller files that came with it."""
    brought, others = split(files)
    if brought is not None:
        return brought, others
    text = sent.get("text", [""])[-1].strip() or sent.get("case", [""])[-1].strip()
    return (load_plain(text.encode()) if text else {"id": "case"}), others


def _stated(data: dict[str, Any], sent: dict[str, list[str]], files: dict[str, bytes]) -> dict[str, Any]:
    """Return a case with the fields of a form, and a test for each caller file that no test names."""
    pasted = bool(sent.get("text", [""])[-1].strip())
    data = data if pasted and "case" in sent else written(data, sent)
    data.setdefault("id", "case")
    for method, said in zip(sent.get("say:method", ()), sent.get("say:text", ()), strict=False):
        if said.strip():
            data.setdefault("tests", []).append(_said(method, said.strip()))
    named = {test.get("file") for test in data.get("tests", [])}
    for name in files:
        if name not in named:
            method = sent.get("level", [""])[-1]
            if method not in ("rna_mps", "dna_mps"):
                raise CaseError(
                    "say what was sequenced", where=name, allowed="RNA or DNA",
                    remedy="choose beside the file: a DNA fusion without RNA is weaker evidence",
                )  # fmt: skip
            data.setdefault("tests", []).append({"method": method, "file": name})
    if not data.get("diagnosis", {}).get("histology"):
        raise CaseError("the histology is missing", where="diagnosis.histology", remedy="name the diagnosis")
    return data


def _said(method: str, text: str) -> dict[str, Any]:
    """Return a test from what was said of it in words.

    Raises:
        CaseError: A word is not understood, or no method was chosen.
    """
    if test_type(method) is None:
        raise CaseError("say which test it was", where="a result in words", value=text[:40],
                        allowed=", ".join(name for _, name in methods()))  # fmt: skip
    try:
        return read_test(method, text)
    except CaseError as error:
        error.where = f"a result in words{': ' if error.where else ''}{error.where}"
        raise


def _without_files(data: dict[str, Any]) -> dict[str, Any]:
    """Return a case for a link, which carries no file."""
    tests = [{key: value for key, value in test.items() if key != "file"} for test in data.get("tests", [])]
    return {**data, "tests": tests} if tests else data


def _parts(case: Case, rec: Recommendation, edition: Edition, verdicts: list[FusionVerdict]) -> dict[str, Any]:
    """Return the answer as its template has it: texts, and the sections that the report shares with it as markup."""
    shown = screen(rec, edition)
    first = rec.actions[0] if rec.actions else None
    sentences = [terms.plain(said) for said in (rec.answer.target, rec.answer.next)]
    markup = {
        "opening": sections.opening(shown, rec.histology.name),
        "behind": sections.behind(shown, "on the page that was printed, below the answer"),
        "check": sections.check(rec, edition),
        "record": sections.record(rec, edition),
        "tiers": sections.tiers(rec),
        "why": sections.why(rec, edition, quoted=True),
        "weigh": sections.weigh(rec),
        "order": sections.beside_order(rec, edition),
        "discordances": panels.discordances(rec, edition),
        "cautions": sections.cautions(rec, edition, panels.of_disagreement(rec, edition)),
        "readings": sections.readings(rec, edition),
        "timeline": panels.timeline(case, rec, edition),
        "fusions": sections.fusions(verdicts, "case", for_screens),
        "probability": probability_picture.section(rec, edition, "case", for_screens),
        "therapy": sections.therapy(rec, edition),
        "pathway": sections.pathway(rec, edition, "case", partial(for_screens, whole_page=True)),
        "provenance": sections.provenance(rec, edition),
        "statements": sections.statements(rec, edition),
        "labels": sections.labels(rec),
        "trace": sections.trace(rec),
    }
    return {name: str(part) for name, part in markup.items()} | {
        "title": f"{rec.histology.name}: {first.text if first else 'no next step'}",
        "status": f"Next step: {first.text}" if first else "No next step follows.",
        "target": sentences[0],
        "next": sentences[1],
        "name": rec.histology.name,
        "id": rec.case_id,
        "histology": "" if _named_so(rec) else terms.histology_read(edition, rec),
        "source": case.source or "",
        "steps": [[action.text, action.strength] for action in rec.actions],
        "ordered": len(terms.reasons(rec)) > 1,
        "path": taken(edition, rec),
        "files": any(getattr(test, "file", None) for test in case.tests),
    }


def _named_so(rec: Recommendation) -> bool:
    """Say whether the diagnosis was written as the heading has it, so that how it was read need not be said."""
    return rec.histology.text.strip().casefold() == rec.histology.name.casefold()


def _near(edition: Edition, text: str) -> list[str]:
    """Return the names nearest to a text, to choose from."""
    found = edition.vocabulary.resolve(text)
    names = [found.histology.name] if found.histology else []
    return list(dict.fromkeys([*names, *(name for name, _ in found.candidates)]))[:5]
