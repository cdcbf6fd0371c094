"""Records for the German network of molecular tumour boards (DNPM:DIP, data model 2.1), and what is left out of them.

What the model demands and the registry does not state exactly is never made up: a day that is known to the month alone,
a fusion without the reads behind it. It is left out, or stated in words, and listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from ntrkpath.guidance import load
from ntrkpath.registry.dictionary import csv_of
from ntrkpath.registry.dnpm_left import NOT_EXACT, LeftOut
from ntrkpath.registry.dnpm_reports import Reports
from ntrkpath.registry.dnpm_values import coding, exact_day, levels, reference
from ntrkpath.registry.entries import Decision, Entry
from ntrkpath.registry.forms import FollowUp, Registration, Response, Treatment
from ntrkpath.registry.items import knowledge
from ntrkpath.registry.study.before import entered
from ntrkpath.registry.subjects import Subject

LEFT_OUT = ("site", "subject", "element", "why")
_DATES = ("date_pathology", "date_clinical", "date_imaging")


def files(subjects: Iterable[Subject], file_of: Callable[[str, int], bytes | None]) -> dict[str, str | bytes]:
    """Return one record a subject by file name, and ``left_out.csv`` with what each record does not hold."""
    found: dict[str, str | bytes] = {}
    rows: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for subject in subjects:
        made, left = record(subject, file_of)
        if made is not None:
            name = subject.name
            while name.casefold() in taken:  # P1 and p1 are one file on some disks
                name += "~"
            taken.add(name.casefold())
            found[f"{name}.json"] = msgspec.json.format(msgspec.json.encode(made)) + b"\n"
        rows += [(subject.site, subject.id, *one) for one in left]
    return found | {"left_out.csv": csv_of(LEFT_OUT, rows)}


def record(
    subject: Subject, file_of: Callable[[str, int], bytes | None]
) -> tuple[dict[str, Any] | None, list[tuple[str, str]]]:
    """Return the record of a subject, or None where the model demands what is not stated, and what is left out."""
    missing = [(element, why) for element, why, there in _demanded(subject) if not there]
    if missing:
        return None, [("record", f"{element}: {why}") for element, why in missing]
    return _Record(subject, file_of).made()


def _demanded(subject: Subject) -> Iterator[tuple[str, str, object]]:
    """Yield what no record can be without, why it may be missing, and what stands."""
    registration = subject.registration
    yield "registration.birth", "the month is not known", registration and len(registration.birth or "") >= 7
    yield "registration.icd_10_gm", "not stated", registration and registration.icd_10_gm
    yield "registration.topography", "not stated", registration and registration.topography
    yield "registration.date_pathology", "no date of diagnosis is known to the day", _diagnosed(subject)
    yield "screening.date", "no day of enrolment or of a first step is known", exact_day(entered(subject))


def _diagnosed(subject: Subject) -> str | None:
    registration = subject.registration
    days = (exact_day(getattr(registration, name)) for name in _DATES) if registration else iter(())
    return next((day for day in days if day), None)


class _Record:
    """One record in the making."""

    def __init__(self, subject: Subject, file_of: Callable[[str, int], bytes | None]) -> None:
        self.subject, self.name = subject, subject.name
        self.left = LeftOut(subject)
        self.patient = reference(self.name, "Patient")
        self.diagnosis = reference(f"{self.name}-diagnosis", "MTBDiagnosis")
        self.reports = Reports(subject, self.patient, self.diagnosis, self.left, file_of)

    def made(self) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return the record and what it leaves out; a list with nothing in it is no part of it."""
        reports = self.reports.made()
        parts = {
            "performanceStatus": list(self._performance()),
            "guidelineProcedures": list(self._operations()),
            "systemicTherapies": [{"history": [self._therapy(entry)]} for entry in self.subject.treatments],
            "responses": list(self._responses()),
            "carePlans": list(self._decisions()),
            "followUps": list(self._follow_ups()),
            **reports,
        }
        whole = {
            "patient": self._person(),
            "episodesOfCare": [self._episode()],
            "diagnoses": [self._main_diagnosis("histologyReports" in reports)],
        }
        return whole | {name: part for name, part in parts.items() if part}, self.left.rows()

    def _of(self, entry: Entry[Any]) -> dict[str, Any]:
        return {"id": f"{self.name}-{entry.kind}-{entry.seq}", "patient": self.patient}

    def _person(self) -> dict[str, Any]:
        registration, case = self.subject.registration, self.subject.case
        assert registration is not None and registration.birth is not None
        sex = (case.patient.sex if case is not None else None) or "unknown"
        person: dict[str, Any] = {
            "id": self.name,
            "gender": coding("gender", sex),
            "birthDate": registration.birth[:7],
            "healthInsurance": {"type": coding("insurance", "UNK")},
        }
        told = self._state()
        state = levels("vital_status").get(told.body.status) if told is not None else None
        if told is not None and state is not None:
            person["vitalStatus"] = coding("vital_status", state)
            self.left.carried(told, "death_date", *(("status",) if told.body.status in ("alive", "dead") else ()))
            if told.body.death_date and not (died := exact_day(told.body.death_date)):
                self.left.note("follow_up.death_date", NOT_EXACT)
            elif told.body.death_date:
                person["dateOfDeath"] = died
        return person

    def _state(self) -> Entry[FollowUp] | None:
        state = self.subject.state
        return next((entry for entry in self.subject.follow_ups if entry.body is state), None)

    def _episode(self) -> dict[str, Any]:
        start = exact_day(entered(self.subject))
        steps = [entry for entry in self.subject.screening if entry.body.date == start]
        self.left.carried(min(steps, key=lambda entry: entry.body.step != "enrolled"), "step", "date")
        return {"id": f"{self.name}-episode", "patient": self.patient, "period": {"start": start},
                "diagnoses": [self.diagnosis]}  # fmt: skip

    def _main_diagnosis(self, histology: bool) -> dict[str, Any]:
        entry = self.subject.newest(Registration)
        assert entry is not None
        registration, day = entry.body, _diagnosed(self.subject)
        named = self.subject.histology_before
        notes = [f"Histology before the NTRK test: {named}"] if named else []
        dated = next(name for name in _DATES if exact_day(getattr(registration, name)))
        self.left.carried(entry, "birth", "icd_10_gm", "topography", dated)
        self.left.carried(entry, *(("histology_before",) if named == registration.histology_before else ()))
        self.left.carried(entry, *(("morphology",) if histology else ()))
        if registration.grade in ("1", "2", "3"):
            notes.append(f"Grade {registration.grade} (FNCLCC)")
            self.left.carried(entry, "grade")
        return {
            "id": self.diagnosis["id"],
            "patient": self.patient,
            "recordedOn": day,
            "type": {"history": [{"value": coding("diagnosis_type", "main"), "date": day}]},
            "code": coding("icd_10_gm", str(registration.icd_10_gm)),
            "topography": coding("icd_o_3", str(registration.topography)),
            **({"histology": [self.reports.histology]} if histology else {}),
            **({"notes": notes} if notes else {}),
        }

    def _performance(self) -> Iterator[dict[str, Any]]:
        for entry in self.subject.follow_ups:
            value = entry.body.performance_status
            if value not in (None, "not_asked", "unknown") and (day := self._day(entry, "date")):
                self.left.carried(entry, "performance_status")
                yield self._of(entry) | {"effectiveDate": day, "value": coding("ecog", str(value))}

    def _operations(self) -> Iterator[dict[str, Any]]:
        for entry in self.subject.surgery:
            done = entry.body.performed
            if done in (None, "none", "unknown"):
                self.left.whole(entry, "no operation is stated to be done")
                continue
            day = exact_day(entry.body.date)
            if entry.body.date and day is None:
                self.left.note(f"surgery {entry.seq}", NOT_EXACT)
            self.left.carried(entry, "performed", "date", "margin")
            margin = entry.body.margin
            notes = [f"performed: {done}", *([f"margin: {margin}"] if margin else [])]
            yield self._of(entry) | {
                "reason": self.diagnosis,
                "code": coding("procedure", "surgery"),
                "status": coding("therapy_status", "completed"),
                "recordedOn": entry.at.date().isoformat(),
                **({"period": {"start": day, "end": day}} if day else {}),
                "notes": notes,
            }

    def _therapy(self, entry: Entry[Treatment]) -> dict[str, Any]:
        body = entry.body
        ended = levels("reason_stopped").get(body.reason_stopped or "unknown", {"status": "unknown"})
        start, stop = exact_day(body.start), exact_day(body.stop)
        notes = [f"dose: {body.dose}"] if body.dose else []
        for name, value, exact in (("started", body.start, start), ("stopped", body.stop, stop and start)):
            if value and not exact:
                notes.append(f"{name}: {value}")
        category = levels("setting").get(body.setting or "")
        self.left.carried(entry, "drug", "start", "stop", "dose", "line", "reason_stopped")
        self.left.carried(entry, *(("setting",) if category else ()))
        return self._of(entry) | {
            "reason": self.diagnosis,
            "recordedOn": entry.at.date().isoformat(),
            "status": coding("therapy_status", ended["status"]),
            **({"statusReason": coding("therapy_status_reason", ended["reason"])} if "reason" in ended else {}),
            **({"therapyLine": body.line} if body.line is not None else {}),
            **({"category": coding("therapy_category", category)} if category else {}),
            **({"period": {"start": start, **({"end": stop} if stop else {})}} if start else {}),
            "medication": [_medication(body.drug)],
            **({"notes": notes} if notes else {}),
        }

    def _responses(self) -> Iterator[dict[str, Any]]:
        for entry in self.subject.responses:
            value = levels("best").get(entry.body.best or "")
            therapy = _therapy_of(entry.body, self.subject.treatments)
            if value is None:
                self.left.whole(entry, "no response is stated")
            elif entry.body.criteria != "recist_1_1" or therapy is None:
                why = "not by RECIST 1.1" if entry.body.criteria != "recist_1_1" else "under no one treatment"
                self.left.whole(entry, why)
            elif day := self._day(entry, "date"):
                self.left.carried(entry, "date", "drug", "criteria", "best")
                yield self._of(entry) | {
                    "therapy": reference(f"{self.name}-treatment-{therapy.seq}", "MTBSystemicTherapy"),
                    "effectiveDate": day,
                    "method": coding("response_method", "RECIST"),
                    "value": coding("recist", value),
                }

    def _decisions(self) -> Iterator[dict[str, Any]]:
        for entry in self.subject.of(Decision):
            if entry.body.by != "tumour_board":
                self.left.whole(entry, "not of a tumour board")
            elif day := self._day(entry, "date"):
                self.left.carried(entry, "action", "date", "by")
                yield self._of(entry) | {"issuedOn": day, "reason": self.diagnosis, "notes": [entry.body.action]}

    def _follow_ups(self) -> Iterator[dict[str, Any]]:
        state = self._state()
        for entry in self.subject.follow_ups:
            if entry is state and entry.body.date is None:
                continue  # what it tells is the state of the person
            if day := self._day(entry, "date"):
                lost = entry.body.status == "lost"
                self.left.carried(entry, "date", *(("status",) if lost else ()))
                yield {
                    "patient": self.patient,
                    "date": day,
                    **({"patientStatus": coding("follow_up_status", "lost-to-fu")} if lost else {}),
                }

    def _day(self, entry: Entry[Any], item: str) -> str | None:
        day = exact_day(getattr(entry.body, item))
        if day is None:
            self.left.whole(entry, NOT_EXACT)
        return day


def _medication(drug: str) -> dict[str, str]:
    """Return a drug by its ATC code where the registry knows one, else by its name as an unregistered one."""
    known = next(e["codes"] for e in knowledge("elements") if e.get("system") == "ATC")
    named = (d.id for d in load().drugs.values() if drug.casefold() in {d.id, (d.brand or d.id).casefold(), *d.names})
    code = known.get(next(named, ""))
    return coding("atc", code, drug) if code else {"code": drug, "display": drug, "system": "undefined"}


def _therapy_of(response: Response, treatments: tuple[Entry[Treatment], ...]) -> Entry[Treatment] | None:
    """Return the one treatment under which a response was assessed; None where none or several may be meant."""
    drug = response.drug
    same = [t for t in treatments if drug is None or t.body.drug.casefold() == drug.casefold()]
    return same[0] if len(same) == 1 else None
