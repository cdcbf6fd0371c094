"""A synthetic study, half-way: the entries of subjects that never were, always the same for one seed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.guidance import Edition
from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.model.case import (
    Alteration,
    Case,
    Diagnosis,
    Disease,
    Patient,
    ReportedFusion,
    RnaMps,
)
from ntrkpath.model.errors import RegistryError
from ntrkpath.pathway import Pathway
from ntrkpath.registry.answering import give
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import CaseVersion, Draft, NoMoreData, NoMoreUse, Query
from ntrkpath.registry.forms import CentralReview, Consent, Form, Registration, Screening, Specimen, Stain
from ntrkpath.registry.study.draw import taken
from ntrkpath.registry.study.protocol import Protocol, stratum_of
from ntrkpath.registry.study.readouts import as_test
from ntrkpath.registry.study.synthetic_course import course
from ntrkpath.registry.subjects import Subject

AUTHOR = "synthetic"
SITES_OF_BODY = ("thigh", "retroperitoneum", "trunk", "upper arm", "abdomen", "head and neck")


@cache
def drawn_from() -> dict[str, Any]:
    """Return what the subjects are drawn from."""
    found: dict[str, Any] = load_plain((KNOWLEDGE / "registry" / "synthetic_study.yaml").read_bytes())
    return found


def as_of() -> dt.date:
    """Return the day at which the synthetic study stands half-way."""
    return dt.date.fromisoformat(drawn_from()["as_of"])


def synthetic_study(
    protocol: Protocol, edition: Edition, *, subjects: int | None = None, seed: int | None = None
) -> Iterator[tuple[Draft, ...]]:
    """Yield the entries of each synthetic subject.

    Args:
        protocol: The protocol whose draw decides which negatives are sequenced.
        edition: The edition that places a histology.
        subjects: How many; as the knowledge has it where not given.
        seed: Another study for each.
    """
    given = drawn_from()
    pathway = Pathway(edition, as_of(), probability=False)
    first = given["seed"] if seed is None else seed

    def drawn(site: str, subject: str, case: Case) -> bool:
        fraction = stratum_of(protocol, pathway.facts(case).levels).fraction
        return taken(protocol.negatives.key, "negatives", site, subject, fraction)

    for number in range(given["subjects"] if subjects is None else subjects):
        random = Random(f"{first}/{number}")  # noqa: S311 - no secret
        yield tuple(_Writer(random, number, drawn).drafts())


def fill(folder: Path, protocol: Protocol, edition: Edition, subjects: int | None = None) -> int:
    """Make a book in a folder and write the study into it; return how many subjects, 0 where it is there already.

    A study that was left unfinished is finished; nothing of it is written twice.

    Raises:
        RegistryError: The folder holds another book, or one of which nothing says that it is synthetic.
    """
    wanted = drawn_from()["subjects"] if subjects is None else subjects
    folder.mkdir(parents=True, exist_ok=True)
    try:
        book = Book.create(folder)
    except RegistryError:
        with Book.open(folder) as there:
            stand = _all_synthetic(there)
        book = Book.open(folder)
    else:
        stand = 0
    with book:  # of a study that was left unfinished what stands is not written again: its requests are known
        missing = synthetic_study(protocol, edition, subjects=wanted) if stand < wanted else iter(())
        for batch in batched(missing, 250):
            book.append(*(draft for drafts in batch for draft in drafts))
        give(book, Pathway(edition, as_of(), probability=False), author=AUTHOR, wanted=_returned)
    return int(wanted) if stand < wanted else 0


def _all_synthetic(book: Book) -> int:
    """Return how many subjects a book has, all of them synthetic.

    Raises:
        RegistryError: One is not, or there is none: then the book may be kept for patients.
    """
    own = 0
    for subject in book.subjects():
        if subject.entries[0].author != AUTHOR:
            own = 0
            break
        own += 1
    if not own:
        raise RegistryError(
            "there is a book already that is no synthetic study", where=book.name, remedy="choose another folder"
        )
    return own


def _returned(subject: Subject) -> bool:
    return any(entry.body.step == "returned" for entry in subject.screening)


def batched(given: Iterable[tuple[Draft, ...]], size: int) -> Iterator[list[tuple[Draft, ...]]]:
    """Yield lists of at most so many."""
    items = iter(given)
    while batch := list(islice(items, size)):
        yield batch


class _Writer:
    """Writes the entries of one subject, up to the day at which the study stands."""

    def __init__(self, random: Random, number: int, drawn: Callable[[str, str, Case], bool]) -> None:
        self.drawn = drawn
        self.random, self.given, self.until = random, drawn_from(), as_of()
        self.rates: dict[str, float] = self.given["rates"]
        self.site = self._weighted(self.given["sites"], "share")
        self.histology = self._weighted(self.given["histologies"], "weight")
        self.id = f"S{number:05}"
        self.count = 0
        self.day = self.until - dt.timedelta(days=int(random.random() * self.given["enrolled_over_days"]))

    def drafts(self) -> Iterator[Draft]:
        """Yield the entries in the order in which a site would have written them."""
        tumour = self._tumour()
        yield self._draft(self._registration(tumour))
        consent = Consent(status="yes", date=self._date(), by=self._by(tumour), scope=("registry", "screening"))
        yield self._draft(consent)
        yield self._draft(CaseVersion(case=tumour))
        yield self._step("screened")
        if self._happens("declined"):
            yield self._step("declined")
            return
        yield self._step("enrolled")
        decalcified, exhausted = self._happens("decalcified"), self._happens("exhausted")
        yield self._draft(Specimen(
            name="block 1", date=self._date(), procedure="core_biopsy", decalcified="acid" if decalcified else "no",
            tumour_percent=float(20 + int(self.random.random() * 75)), exhausted="yes" if exhausted else "no",
        ))  # fmt: skip
        if self._happens("query"):
            yield self._draft(Query(about="registration.date_imaging", text="synthetic query: is a date known?"))
        wish = self._wish()
        if wish is not None:
            yield self._draft(wish)
            return
        fused = self._fusion()
        if not self._pass("stained"):
            return
        yield self._step("stained", method="pan_trk_ihc")
        if not self._pass("read"):
            return
        stain, positive = self._stain(fused)
        yield self._draft(stain)
        yield self._step("read", method="pan_trk_ihc")
        case = self._with(tumour, [as_test(stain)])
        yield self._draft(CaseVersion(case=case))
        if self.random.random() < 0.1:
            changed = self.random.random() < 0.1
            yield self._draft(CentralReview(
                reader="reader A", outcome="changed" if changed else "same", date=self._date(), blinded="yes",
                revised_histology="sarcoma, NOS" if changed else None,
            ))  # fmt: skip
        if exhausted:
            yield self._step("exhausted")
            return
        if not positive and not self.drawn(self.site["id"], self.id, tumour):
            return
        yield from self._sequencing(case, fused, decalcified)

    def _sequencing(self, case: Case, fused: ReportedFusion | None, decalcified: bool) -> Iterator[Draft]:
        if not self._pass("sent"):
            return
        yield self._step("sent", method="rna_mps")
        if not self._pass("reported"):
            return
        if self._happens("rna_failed_decalcified" if decalcified else "rna_failed"):
            yield self._step("failed", method="rna_mps", failure="rna_degraded")
            return
        qualified = not self._happens("unqualified")
        test = RnaMps(
            result="positive" if fused else "negative", panel="synthetic panel",
            rna_quality="adequate" if qualified else None,
            genes_covered=["NTRK1", "NTRK2", "NTRK3"] if qualified else None, fusions=[fused] if fused else [],
        )  # fmt: skip
        yield self._draft(CaseVersion(case=self._with(case, [*case.tests, test])))
        yield self._step("reported", method="rna_mps")
        if not self._pass("returned") or self._happens("not_returned"):
            return
        yield self._step("returned")
        if fused and self._happens("treated"):
            age = case.patient.age
            assert isinstance(age, float)
            for form in course(self.random, self.day, self.until, age, self.given["events"]):
                yield self._draft(form)

    def _tumour(self) -> Case:
        low, high = self.histology["age"]
        age = low + self.random.random() * (high - low)
        self.will = self.random.random() < self.histology["fused"]
        co = self._happens("s100_cd34_fused" if self.will else "s100_cd34")
        known = self._happens("drivers_known")
        beside = self._happens("other_driver")
        braf = Alteration(gene="BRAF", kind="mutation", status="present" if beside else "absent")
        return Case(
            id=self.id,
            patient=Patient(age=round(age, 1), sex="female" if self.random.random() < 0.5 else "male"),
            diagnosis=Diagnosis(
                histology=self.histology["name"], site=SITES_OF_BODY[int(self.random.random() * 6)],
                immunoprofile={"S100": "positive", "CD34": "positive"} if co else {"S100": "negative"},
            ),
            disease=Disease(extent="metastatic" if self._happens("metastatic") else "localized"),
            alterations=[braf] if known else [],
            note="synthetic",
        )  # fmt: skip

    def _registration(self, tumour: Case) -> Registration:
        age = tumour.patient.age
        assert isinstance(age, float)
        grade: Any = str(1 + int(self.random.random() * 3))
        return Registration(
            collection="prospective", birth=str(self.day.year - int(age)), date_pathology=self._date(),
            histology_before=tumour.diagnosis.histology, grade=grade, note="synthetic",
        )  # fmt: skip

    def _fusion(self) -> ReportedFusion | None:
        if not self.will:
            return None
        infantile = self.histology["name"] == "infantile fibrosarcoma"
        gene = "NTRK3" if infantile else self._weighted(self.given["genes"], None)
        partners = self.given["partners"][gene]
        partner = partners[0] if infantile else partners[int(self.random.random() * len(partners))]
        return ReportedFusion(five_prime=partner, three_prime=gene, frame="in_frame")

    def _stain(self, fused: ReportedFusion | None) -> tuple[Stain, bool]:
        gene = str(fused.three_prime) if fused else ""
        chance = self.given["sensitivity"][gene] if fused else self.histology["stained"]
        positive = self.random.random() < chance
        nuclear = gene == "NTRK3" and self.random.random() < 0.7
        low, width = (40, 60) if fused else (2, 30)
        percent = low + int(self.random.random() * width) if positive else 0
        strength: Any = "0" if not positive else "3" if fused else "1"
        return Stain(
            date=self._date(), specimen="block 1", reader="reader 1", clone=self.site["clone"],
            platform=self.site["platform"], protocol=self.site["protocol"], control="adequate", percent=float(percent),
            cytoplasm="0" if nuclear else strength, nucleus=strength if nuclear else "0",
            distribution="diffuse" if percent >= 40 else "focal" if positive else None,
        ), positive  # fmt: skip

    def _wish(self) -> NoMoreUse | NoMoreData | None:
        if self._happens("no_more_use"):
            return NoMoreUse(asked_by="subject", date=self._date())
        return NoMoreData(asked_by="subject", date=self._date()) if self._happens("no_more_data") else None

    @staticmethod
    def _with(case: Case, tests: list[Any]) -> Case:
        return msgspec.structs.replace(case, tests=tests)

    def _by(self, tumour: Case) -> Any:
        age = tumour.patient.age
        return "parent" if isinstance(age, float) and age < 18 else "subject"

    def _pass(self, step: str) -> bool:
        """Go on to the day of the next step; say whether the study has come there."""
        low, high = self.given["days"][step]
        waited = (low + self.random.random() * (high - low)) * self.site["pace"]
        self.day += dt.timedelta(days=round(waited))
        return self.day <= self.until

    def _step(self, step: Any, **more: Any) -> Draft:
        return self._draft(Screening(step=step, date=self._date(), **more))

    def _date(self) -> str:
        return self.day.isoformat()[:7] if self._happens("month_only") else self.day.isoformat()

    def _happens(self, rate: str) -> bool:
        return self.random.random() < self.rates[rate]

    def _weighted(self, options: Any, key: str | None) -> Any:
        named = list(options.items()) if isinstance(options, dict) else [(one, one[key]) for one in options]
        point = self.random.random() * sum(weight for _, weight in named)
        for one, weight in named:
            point -= weight
            if point < 0:
                return one
        return named[-1][0]

    def _draft(self, body: Form) -> Draft:
        self.count += 1
        request = f"synthetic/{self.site['id']}/{self.id}/{self.count}"
        return Draft(site=self.site["id"], subject=self.id, body=body, author=AUTHOR, request=request)
