"""Subjects of a study for tests, made of forms without a book; all of them synthetic."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="needs ntrkpath[registry]")

from ntrkpath.guidance import load
from ntrkpath.model.case import Case, Diagnosis, Disease, PanTrkIhc, Patient, ReportedFusion, RnaMps
from ntrkpath.registry.entries import CaseVersion, Draft, Entry
from ntrkpath.registry.forms import Form, Registration, Screening
from ntrkpath.registry.study.protocol import Protocol, load_protocol
from ntrkpath.registry.study.synthetic import synthetic_study
from ntrkpath.registry.subjects import Subject

DAY = dt.date(2026, 6, 30)
AT = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)


@cache
def protocol() -> Protocol:
    """Return the protocol that ships."""
    return load_protocol("sts_ihc_mps", load())


def entries(drafts: Iterable[Draft], first: int = 1) -> list[Entry[Any]]:
    """Return drafts as the entries that a book would make of them."""
    return [
        Entry(seq=seq, site=one.site, subject=one.subject, kind=one.kind, schema=1, author=one.author, at=AT,
              request=one.request, body=one.body)
        for seq, one in enumerate(drafts, first)
    ]  # fmt: skip


def subject(ident: str, *forms: Form, site: str = "A") -> Subject:
    """Return a subject with these forms, in this order."""
    drafts = [Draft(site=site, subject=ident, body=form, author="test", request=f"{ident}/{i}") for i, form in
              enumerate(forms)]  # fmt: skip
    return Subject(entries(drafts))


def tumour(
    ident: str = "S1", *forms: Form, stain: float | None = None, sequence: str | None = None,
    histology: str = "leiomyosarcoma", fusion: tuple[str, str] = ("TPM3", "NTRK1"), age: Any = 50.0,
    steps: dict[str, str] | None = None, site: str = "A", clone: str | None = None, collection: Any = "prospective",
) -> Subject:  # fmt: skip
    """Return a subject of a study.

    Args:
        stain: Per cent of cells that stain, diffusely; None for no stain.
        sequence: ``fusion``, ``negative``, ``unqualified`` or ``failed``; None for none.
        steps: Steps of screening with their dates.
    """
    diagnosis, patient = Diagnosis(histology=histology), Patient(age=age)
    disease, tests = Disease(extent="metastatic"), list[Any]()
    if stain is not None:
        spread: Any = "diffuse" if stain else None
        tests.append(PanTrkIhc(percent=stain, distribution=spread, control="adequate", clone=clone))
    if sequence == "fusion":
        reported = ReportedFusion(five_prime=fusion[0], three_prime=fusion[1], frame="in_frame")
        tests.append(RnaMps(result="positive", fusions=[reported]))
    elif sequence == "negative":
        tests.append(RnaMps(result="negative", rna_quality="adequate", genes_covered=["NTRK1", "NTRK2", "NTRK3"]))
    elif sequence == "unqualified":
        tests.append(RnaMps(result="negative"))
    elif sequence == "failed":
        tests.append(RnaMps(result="failed"))
    before = CaseVersion(case=Case(id=ident, diagnosis=diagnosis, patient=patient, disease=disease))
    after = CaseVersion(case=Case(id=ident, diagnosis=diagnosis, patient=patient, disease=disease, tests=tests))
    taken = [Screening(step=step, date=date) for step, date in (steps or {}).items()]  # type: ignore[arg-type]
    registration = Registration(collection=collection, histology_before=histology)
    return subject(ident, registration, before, *([after] if tests else []), *taken, *forms, site=site)


@cache
def synthetic(count: int = 300, seed: int = 20) -> tuple[Subject, ...]:
    """Return the subjects of a synthetic study."""
    number = itertools.count(1)
    made = []
    for drafts in synthetic_study(protocol(), load(), subjects=count, seed=seed):
        made.append(Subject([*entries(drafts, next(number) * 100)]))
    return tuple(made)


class Kept:
    """Entries in memory behind the doors of a book, for pages and commands that only read and append."""

    def __init__(self, given: Iterable[Subject]) -> None:
        self.kept: dict[tuple[str, str], list[Entry[Any]]] = {}
        for one in given:
            self.kept.setdefault((one.site, one.id), []).extend(one.entries)

    def sites(self) -> tuple[str, ...]:
        """Return the sites."""
        return tuple(sorted({site for site, _ in self.kept}))

    def entries(self, site: str | None = None, subject: str | None = None, *, after: int = 0) -> Iterator[Entry[Any]]:
        """Yield the entries of a site after a number, in order."""
        found = [e for (s, i), es in self.kept.items() for e in es if site in (None, s) and subject in (None, i)]
        yield from sorted((e for e in found if e.seq > after), key=lambda e: e.seq)

    def subjects(self, site: str | None = None) -> Iterable[Subject]:
        """Return the subjects."""
        return iter([Subject(es) for (s, _), es in sorted(self.kept.items()) if site in (None, s)])

    def subject(self, site: str, ident: str) -> Subject | None:
        """Return one subject."""
        found = self.kept.get((site, ident))
        return Subject(found) if found else None

    def file(self, site: str, seq: int) -> bytes | None:
        """Return that no caller file is kept."""
        return None

    def append(self, *drafts: Draft) -> None:
        """Append drafts; a request that is there already is not written again."""
        known = {e.request for es in self.kept.values() for e in es}
        last = max((e.seq for es in self.kept.values() for e in es), default=0)
        new = [draft for draft in drafts if draft.request not in known]
        for entry in entries(new, last + 1):
            self.kept.setdefault((entry.site, entry.subject), []).append(entry)
