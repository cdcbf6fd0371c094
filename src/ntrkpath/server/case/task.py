"""The tasks of the case page: a form becomes a case, the case an answer, and the answer the parts of the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from ntrkpath.cases.load import decode_json
from ntrkpath.cases.phrases import read_test
from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.guidance import Edition
from ntrkpath.model.case import Case
from ntrkpath.model.errors import CaseError, HistologyError, NtrkpathError
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway import case_from
from ntrkpath.pathway.intake.files import events_of
from ntrkpath.report import panels, probability_picture, sections, terms
from ntrkpath.report.markup import el, join
from ntrkpath.server.case.apply import shaped, written
from ntrkpath.server.case.asked import BASIC, questions, simple
from ntrkpath.server.case.fields import (
    FIRST,
    Field,
    methods,
    of_alterations,
    of_fusions,
    of_test,
    of_therapy,
    test_type,
)
from ntrkpath.server.case.fields import words as level_words
from ntrkpath.server.case.files import Carried, split, with_files
from ntrkpath.server.case.path import taken
from ntrkpath.server.kit.drawing import on_a_page
from ntrkpath.server.kit.tasks import pathway

#: Keys shown among what is known only where they are filled in.
_STATED = (
    "disease.standard_therapy", "disease.surgery_morbidity", "disease.satisfactory_alternative", "disease.relapse_risk",
    "diagnosis.typical_histology", "diagnosis.differentiation", "diagnosis.central_review",
    "diagnosis.testing_for_diagnosis", "patient.sex",
)  # fmt: skip
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
    shown["form"] = _form(data, rec, chosen.edition, act)
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


def pdf(text: str, carried: bytes, day: str) -> bytes:
    """Return the answer to a case that a page carries, as PDF."""
    from ntrkpath.report.pdf import render_pdf

    case, answer, verdicts, edition = decided(text, carried, day)
    return render_pdf([answer], edition, [verdicts], [case])


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
    first = rec.actions[0] if rec.actions else None
    parts = {
        "title": f"{rec.histology.name}: {first.text if first else 'no next step'}",
        "status": f"Next step: {first.text}" if first else "No next step follows.",
        "next": terms.plain(rec.answer.next),
        "short": f"{terms.plain(rec.answer.target)}\n{terms.plain(rec.answer.next)}",
        "name": rec.histology.name,
        "histology": terms.histology_read(edition, rec),
        "source": case.source or "",
        "lead": join(sections.first(rec, edition), sections.record(rec, edition), sections.answer(rec, edition)),
        "why": sections.why(rec, edition, quoted=True),
        "discordances": panels.discordances(rec, edition),
        "cautions": sections.cautions(rec, edition, panels.of_disagreement(rec, edition)),
        "readings": sections.readings(rec, edition),
        "timeline": panels.timeline(case, rec, edition),
        "fusions": sections.fusions(verdicts, "case"),
        "probability": probability_picture.section(rec, edition, "case"),
        "therapy": sections.therapy(rec, edition),
        "pathway": sections.pathway(rec, edition, "case"),
        "path": el("ol", *(el("li", step) for step in taken(edition, rec)), class_="path narrow-only"),
        "provenance": sections.provenance(rec, edition),
        "statements": sections.statements(rec, edition),
        "labels": sections.labels(rec),
        "trace": sections.trace(rec),
    }
    plain: dict[str, Any] = {name: str(part) for name, part in parts.items()}
    return {**plain, "files": any(getattr(test, "file", None) for test in case.tests)}


def _form(data: dict[str, Any], rec: Recommendation | None, edition: Edition, act: str) -> dict[str, Any]:
    asked = questions(rec, data, edition) if rec is not None else []
    decides = {one.fact for one in rec.missing if one.decides} if rec is not None else set()
    asked.sort(key=lambda one: one.fact not in decides)
    taken = {one.name for question in asked for one in question.fields}

    def rest(found: list[Field]) -> list[dict[str, Any]]:
        return [msgspec.to_builtins(one) for one in found if one.name not in taken]

    known = [simple(path, data) for path in BASIC]
    known += [one for path in _STATED if (one := simple(path, data)).value]
    tests = data.get("tests", [])
    listed = [_test(i, test, rest, False) for i, test in enumerate(tests)]
    method = act.removeprefix("add:") if act.startswith("add:") else ""
    if test_type(method) is not None:
        listed.append(_test(len(tests), {"method": method}, rest, True))
    profile = (
        (data.get("diagnosis") or {}).get("immunoprofile") or {} if isinstance(data.get("diagnosis"), dict) else {}
    )
    states = (("positive", "positive"), ("negative", "negative"))
    markers = [Field(f"i:{name}", str(name), "choice", states, str(value)) for name, value in profile.items()]
    return {
        "questions": [msgspec.to_builtins(question) for question in asked],
        "known": rest(known),
        "deciding": min(3, sum(one.fact in decides for one in asked)) or min(3, len(asked)),
        "stated": " · ".join(one.value for one in known if one.value),
        "tests": listed,
        "methods": methods(),
        "alterations": [rest(row) for row in of_alterations(data)],
        "therapy": [rest(row) for row in of_therapy(data)],
        "no_therapy": data.get("therapy") == [],
        "markers": rest(markers),
        "histologies": _names(edition),
    }


def _test(position: int, test: dict[str, Any], rest: Any, new: bool) -> dict[str, Any]:
    first = FIRST.get(str(test.get("method")), ())
    return {
        "position": position,
        "method": str(test.get("method", "")),
        "name": level_words(str(test.get("method", ""))),
        "file": str(test.get("file") or ""),
        "fields": [one for one in rest(of_test(position, test)) if one["name"].rpartition(".")[2] in first],
        "further": [one for one in rest(of_test(position, test)) if one["name"].rpartition(".")[2] not in first],
        "fusions": [rest(row) for row in of_fusions(position, test)],
        "new": new,
    }


def _near(edition: Edition, text: str) -> list[str]:
    """Return the names nearest to a text, to choose from."""
    found = edition.vocabulary.resolve(text)
    names = [found.histology.name] if found.histology else []
    return list(dict.fromkeys([*names, *(name for name, _ in found.candidates)]))[:5]


def _names(edition: Edition) -> list[str]:
    """Return the names of the sarcomas, for the suggestions of the histology field."""
    return sorted({entry.name for entry in edition.vocabulary if entry.group != "not_sarcoma"}, key=str.casefold)
