"""Specimens and reports of a DNPM:DIP record: histology, sequencing event by event, every other test in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from ntrkpath.fusion.store import Store
from ntrkpath.fusion.transcripts import Annotation
from ntrkpath.model.case import DnaMps, ReportedFusion, RnaMps, Test
from ntrkpath.model.case_keys import METHODS, keys_of
from ntrkpath.model.errors import NtrkpathError
from ntrkpath.model.fusion import FusionVerdict, Side
from ntrkpath.pathway.intake.files import Attached
from ntrkpath.registry.attached import attached_to
from ntrkpath.registry.dnpm_left import NO_PLACE, NOT_EXACT, LeftOut
from ntrkpath.registry.dnpm_values import coding, exact_day, levels, reference
from ntrkpath.registry.entries import Entry
from ntrkpath.registry.flat import cell_of, form_cells, form_columns
from ntrkpath.registry.forms import Assay, Specimen
from ntrkpath.registry.items import forms, knowledge
from ntrkpath.registry.subjects import Subject
from ntrkpath.vocabulary.genes import hgnc_number

_NO_WORDS = ("date", "specimen", "file", "sample", "fusions")
_ENDS = ("five_prime", "three_prime")
#: Items of the form of an assay that the model demands of a sequencing report.
_METADATA = {
    "kitType": "panel", "kitManufacturer": "kit_manufacturer", "sequencer": "sequencer",
    "referenceGenome": "reference_genome", "pipeline": "pipeline",
}  # fmt: skip


class Reports:
    """The specimens and reports of one subject.

    Args:
        left: What is stated is ticked off here, and what cannot be is noted with the reason.
        file_of: Gives the caller files that the book keeps.
    """

    def __init__(
        self, subject: Subject, patient: dict[str, str], diagnosis: dict[str, str], left: LeftOut,
        file_of: Callable[[str, int], bytes | None],
    ) -> None:  # fmt: skip
        self.subject, self.patient, self.diagnosis, self.left = subject, patient, diagnosis, left
        self.name = patient["id"]
        self.file_of = file_of
        self.histology = reference(f"{self.name}-histology", "HistologyReport")
        self._unnamed = False

    def made(self) -> dict[str, list[dict[str, Any]]]:
        """Return the specimens and every report, by the name of the part; a part with nothing in it is not there."""
        tests = list(self._tests())
        parts = {
            "histologyReports": list(self._histology()),
            "ngsReports": [report for kind, report in tests if kind == "ngs"],
            "priorDiagnosticReports": [*(r for kind, r in tests if kind == "words"), *self._stains()],
        }
        parts = {"specimens": list(self._specimens()), **parts}
        return {name: part for name, part in parts.items() if part}

    def _specimens(self) -> Iterator[dict[str, Any]]:
        for entry in self.subject.specimens:
            body = entry.body
            day = exact_day(body.date)
            method = levels("collection_method")[body.procedure or "unknown"]
            place = levels("collection_localization")[body.tumour or "unknown"]
            self.left.carried(entry, "procedure", "tumour", "date")
            if body.date and day is None:
                self.left.note(f"specimen {entry.seq}", NOT_EXACT)
            yield {
                "id": self._specimen_id(entry),
                "patient": self.patient,
                "diagnosis": self.diagnosis,
                "type": coding("specimen_type", "liquid-biopsy" if method == "liquid-biopsy" else "unknown"),
                "collection": {
                    **({"date": day} if day else {}),
                    "method": coding("collection_method", method),
                    "localization": coding("collection_localization", place),
                },
            }
        if self._unnamed:
            yield {"id": f"{self.name}-specimen", "patient": self.patient, "diagnosis": self.diagnosis,
                   "type": coding("specimen_type", "unknown")}  # fmt: skip

    def _specimen_id(self, entry: Entry[Any]) -> str:
        return f"{self.name}-specimen-{entry.seq}"

    def _specimen(self, name: str | None) -> dict[str, str]:
        """Return the specimen of that name; one of which nothing is known where none of that name is described."""
        named = self._described(name)
        if named is not None:
            return reference(self._specimen_id(named), "TumorSpecimen")
        self._unnamed = True
        return reference(f"{self.name}-specimen", "TumorSpecimen")

    def _described(self, name: str | None) -> Entry[Specimen] | None:
        """Return the one specimen of a name; it carries the name as the link to what was done with it."""
        named = [entry for entry in self.subject.specimens if name is not None and entry.body.name == name]
        if len(named) != 1:
            return None
        self.left.carried(named[0], "name")
        return named[0]

    def _histology(self) -> Iterator[dict[str, Any]]:
        registration = self.subject.registration
        if registration is None or registration.morphology is None:
            return
        day = exact_day(registration.date_pathology)
        if day is None:
            self.left.note("registration.morphology", "no day of the pathological diagnosis is known")
            return
        specimen = self._specimen(None)
        common = {"patient": self.patient, "specimen": specimen}
        morphology = {"id": f"{self.name}-morphology", **common, "value": coding("icd_o_3", registration.morphology)}
        yield {"id": self.histology["id"], **common, "issuedOn": day, "results": {"tumorMorphology": morphology}}

    def _stains(self) -> Iterator[dict[str, Any]]:
        for entry in self.subject.stains:
            day = exact_day(entry.body.date)
            if day is None:
                self.left.whole(entry, NOT_EXACT)
            else:
                self.left.carried(entry, *(n for n in forms()["stain"].items if n != "specimen"))
                if self._described(entry.body.specimen):
                    self.left.carried(entry, "specimen")
                cells = form_cells(entry.body).items()
                words = [f"{form_columns()[p].label}: {c}" for p, c in cells if p.partition(".")[2] not in _NO_WORDS]
                yield self._in_words(f"stain-{entry.seq}", "pan_trk_ihc", entry.body.specimen, day, words)

    def _tests(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each test of the case, ``ngs`` where the model can hold all of it, else in ``words``."""
        case = self.subject.case
        if case is None:
            return
        attached = self._attached()
        for number, test in enumerate(case.tests, 1):
            method, where = str(test.__struct_config__.tag), f"tests[{number - 1}] {test.__struct_config__.tag}"
            if test.date is None:
                self.left.note(where, NOT_EXACT)
                continue
            day = test.date.isoformat()
            assay = self._assay(method, test.specimen)
            events = attached[number].events if number in attached else ()
            made = self._sequenced(number, test, day, assay, events) if isinstance(test, DnaMps | RnaMps) else None
            self._tick(where, test, assay, in_words=made is None)
            if made is not None:
                yield "ngs", made
                continue
            if isinstance(test, DnaMps | RnaMps):
                self.left.note(where, "in words: " + _why(assay, test, events))
            kind = method if method in levels("report_type") else _ngs_type(assay)
            words = [*_words(test), *(event.name for event in events)]
            yield "words", self._in_words(f"test-{number}", kind, test.specimen, day, words)

    def _tick(self, where: str, test: Test, assay: Entry[Assay] | None, *, in_words: bool) -> None:
        """Tick off what a report carries of a test and of the form that tells how it was done; note the rest."""
        if assay is not None:
            coded = ["chemistry"] if assay.body.chemistry in levels("ngs_type") else []
            coded += [] if in_words else _METADATA.values()
            self.left.carried(assay, *(("method", "specimen", *coded) if coded else ()))
        carried = {"date", *(("specimen",) if self._described(test.specimen) else ())}
        carried |= {*_items(test)} - {*_NO_WORDS} | {"fusions"} if in_words else {"result", "file", "fusions"}
        if left := [name for name in _items(test) if name not in carried]:
            self.left.note(where, NO_PLACE + ", ".join(left))

    def _in_words(self, name: str, kind: str, specimen: str | None, day: str, words: list[str]) -> dict[str, Any]:
        code = levels("report_type").get(kind, kind)
        return {
            "id": f"{self.name}-{name}",
            "patient": self.patient,
            "issuedOn": day,
            "specimen": self._specimen(specimen),
            "type": coding("report_type", code),
            "results": words,
        }

    def _sequenced(
        self,
        number: int,
        test: DnaMps | RnaMps,
        day: str,
        assay: Entry[Assay] | None,
        events: tuple[FusionVerdict, ...],
    ) -> dict[str, Any] | None:
        """Return a sequencing report; None where the model demands what is not known of it."""
        if _why(assay, test, events):
            return None
        assert assay is not None
        results: dict[str, list[dict[str, Any]]] = {}
        for i, event in enumerate(events, 1):
            part = "rnaFusions" if event.level == "rna" else "dnaFusions"
            ident = f"{self.name}-test-{number}-fusion-{i}"
            results.setdefault(part, []).append({"id": ident, "patient": self.patient, **_fusion(event)})
        return {
            "id": f"{self.name}-test-{number}",
            "patient": self.patient,
            "specimen": self._specimen(test.specimen),
            "issuedOn": day,
            "type": coding("ngs_type", _ngs_type(assay)),
            "metadata": [{name: str(getattr(assay.body, item)) for name, item in _METADATA.items()}],
            "results": results,
        }

    def _attached(self) -> Attached:
        case = self.subject.case
        assert case is not None
        try:
            return attached_to(self.subject, case, self.file_of)
        except NtrkpathError as error:
            self.left.note("caller files", error.problem)
            return {}

    def _assay(self, method: str, specimen: str | None) -> Entry[Assay] | None:
        """Return how a test was done, where one form alone may speak of it: of its specimen, or of none stated."""
        same = [entry for entry in self.subject.of(Assay) if entry.body.method == method]
        named = [entry for entry in same if entry.body.specimen == specimen]
        if len(named) == 1:
            return named[0]
        return same[0] if len(same) == 1 and None in (specimen, same[0].body.specimen) else None


def _ngs_type(assay: Entry[Assay] | None) -> str:
    return str(levels("ngs_type").get((assay.body.chemistry if assay else None) or "", "other"))


def _items(test: Test) -> list[str]:
    """Return the items that a test states."""
    stated = keys_of(METHODS[str(test.__struct_config__.tag)])
    return [name for name in stated if getattr(test, name) not in (None, [], ())]


def _words(test: Test) -> list[str]:
    """Return what a test states, item by item, and its fusions by name and item by item."""
    keys = keys_of(METHODS[str(test.__struct_config__.tag)])
    found = [f"{keys[name].label}: {cell_of(getattr(test, name))}" for name in _items(test) if name not in _NO_WORDS]
    for fusion in getattr(test, "fusions", []):
        found.append(name := f"{fusion.five_prime or '?'}::{fusion.three_prime or '?'}")
        found += [f"{name}, {key.label}: {cell_of(value)}" for item, key in keys_of(ReportedFusion).items()
                  if item not in _ENDS and (value := getattr(fusion, item)) is not None]  # fmt: skip
    return found


def _why(assay: Entry[Assay] | None, test: DnaMps | RnaMps, events: tuple[FusionVerdict, ...]) -> str:
    """Return why a sequencing test cannot be stated event by event; empty where it can."""
    if assay is None:
        return "no one form tells how it was sequenced"
    bare = [item for item in _METADATA.values() if getattr(assay.body, item) in (None, "unknown")]
    if bare:
        return "assay without " + ", ".join(bare)
    if test.mutations or test.amplifications:
        return "changes without reads and alleles"
    named = {(f.five_prime, f.three_prime) for f in test.fusions}
    if named - {(event.five_prime.gene, event.three_prime.gene) for event in events}:
        return "a fusion stated without the caller's row"
    if not events and test.result != "negative":
        return "no event, and not stated negative"
    return next((f"{event.name} without {bare_of}" for event in events if (bare_of := _bare(event))), "")


def _bare(event: FusionVerdict) -> str:
    """Return what the model demands of a fusion and is not known; empty where all is."""
    sides = (event.five_prime, event.three_prime)
    if any(hgnc_number(side.gene) is None for side in sides):
        return "a number of HGNC"
    if any(side.position is None for side in sides):
        return "positions"
    if event.level == "rna" and any(side.transcript is None or side.exon is None for side in sides):
        return "transcripts and exons"
    return "" if _reads(event) is not None else "reads"


def _reads(event: FusionVerdict) -> int | None:
    support = event.support
    if support.total is not None:
        return support.total
    given = [n for n in (support.split_reads, support.spanning_pairs) if n is not None]
    return sum(given) if given else None


def _fusion(event: FusionVerdict) -> dict[str, Any]:
    partner = _rna_partner if event.level == "rna" else _dna_partner
    return {
        "fusionPartner5prime": partner(event.five_prime),
        "fusionPartner3prime": partner(event.three_prime),
        **({"effect": event.verdict} if event.level == "rna" else {}),
        "reportedNumReads": _reads(event),
    }


def _rna_partner(side: Side) -> dict[str, Any]:
    transcript = str(side.transcript)
    system = "ensembl" if transcript.startswith("ENST") else "refseq"
    return {
        "transcriptId": {"value": transcript, "system": knowledge("dnpm")["systems"][system]},
        "exonId": str(side.exon),
        "gene": _gene(side),
        "position": int(str(side.position).rpartition(":")[2]),
        "strand": _strand(str(side.gene)),
    }


def _dna_partner(side: Side) -> dict[str, Any]:
    chromosome, _, position = str(side.position).rpartition(":")
    return {"chromosome": f"chr{chromosome.removeprefix('chr')}", "gene": _gene(side), "position": int(position)}


def _gene(side: Side) -> dict[str, str]:
    return coding("hgnc", f"HGNC:{hgnc_number(side.gene)}", side.gene)


@cache
def _strand(gene: str) -> str:
    """Return the strand that a gene is read from; it is the same on both assemblies."""
    return Annotation("GRCh38", Store()).named(gene)[0].strand
