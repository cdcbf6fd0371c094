"""The account of a case: every finding it states, how it was read, and why what was not used was not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from ntrkpath.model.case import Alteration, Case, DnaMps, ReadAs, ReportedFusion, RnaMps, Test, TherapyLine
from ntrkpath.model.fusion import Junction
from ntrkpath.model.numbers import printed_percent
from ntrkpath.model.recommendation import Finding
from ntrkpath.model.remembered import RememberedContent, content
from ntrkpath.pathway.intake.files import Attached, FromFile, refused
from ntrkpath.pathway.intake.genes import NtrkGenes
from ntrkpath.pathway.intake.readouts import Called
from ntrkpath.pathway.intake.sequencing import FusionReading, Silent, counts_as, fusion_name, of_other_genes
from ntrkpath.pathway.intake.treated import Treated
from ntrkpath.pathway.intake.tumour import Tumour
from ntrkpath.vocabulary import Histology
from ntrkpath.vocabulary.stains import deficiencies, marker_name, read_profile

#: Keys of a test that have findings of their own.
_APART = ("fusions", "mutations", "amplifications", "file")
_UNKNOWN = ("unknown", None)


def said(value: Any) -> str:
    """Return a value of a case as text, as it was stated."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value))
    return str(value)


def stated(part: msgspec.Struct, leave_out: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every key of a part of a case that has a value, with it."""
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if name not in leave_out and value is not None and value != [] and value != {}:
            yield name, value


#: Keys whose value says by itself what it is.
_SPEAKING = frozenset(
    {
        "gene", "kind", "status", "detail", "result", "probe", "intensity", "distribution", "pattern", "specimen",
        "drug", "protein", "panel", "date",
    }
)  # fmt: skip


def _text(part: msgspec.Struct, leave_out: tuple[str, ...] = ()) -> str:
    return "; ".join(_told(name, value) for name, value in stated(part, leave_out))


def _told(name: str, value: Any) -> str:
    if name == "percent":
        return f"{printed_percent(value) if isinstance(value, float | int) else said(value)} of cells"
    return said(value) if name in _SPEAKING else f"{name.replace('_', ' ')} {said(value)}"


def _alteration_text(one: Alteration) -> str:
    return f"{one.gene} {one.kind} {one.status}" + (f": {one.detail}" if one.detail else "")


def _fusion_text(fusion: ReportedFusion) -> str:
    """Return a fusion as it is stated, side by side: ``ETV6 exon 5::NTRK3 exon 15; in_frame``."""
    sides = []
    for end in ("five_prime", "three_prime"):
        exon, transcript, place = (getattr(fusion, f"{key}_{end}") for key in ("exon", "transcript", "position"))
        parts = [getattr(fusion, end) or "?"]
        parts += [f"exon {exon}"] if exon is not None else []
        parts += [f"of {transcript}"] if transcript else []
        parts += [f"at {place}"] if place else []
        sides.append(" ".join(parts))
    more = [said(value) for value in (fusion.assembly,) if value]
    more += [f"frame {fusion.frame}" if fusion.frame == "unknown" else fusion.frame] if fusion.frame else []
    return "; ".join(["::".join(sides), *more])


def as_written(found: list[Finding], read_as: list[ReadAs]) -> Iterator[Finding]:
    """Yield findings with what was written in place of what was read; what none of them speaks of follows by itself."""
    if not read_as:
        yield from found
        return
    left = {entry.where: entry for entry in read_as}
    places = {finding.where for finding in found}
    within: dict[str, list[str]] = {}
    for where in left:
        if where not in places and (owner := _inside(where, places)):
            within.setdefault(owner, []).append(where)
    for finding in found:
        whole = left.pop(finding.where, None)
        inside = [left.pop(where) for where in within.pop(finding.where, ())]
        text = whole.stated if whole else finding.stated
        told = [f"{entry.where.rpartition('.')[2]} written {entry.stated!r}" for entry in inside]
        notes = [entry.note for entry in (whole, *inside) if entry and entry.note]
        yield msgspec.structs.replace(
            finding,
            stated="; ".join([text, *told]),
            read_as="; ".join([finding.read_as.rstrip("."), *notes]) if whole and notes else finding.read_as,
        )
    for entry in left.values():
        yield Finding(entry.where, entry.stated, "; ".join(filter(None, (entry.read_as, entry.note))), True, "")


def _inside(where: str, places: Collection[str]) -> str | None:
    """Return the nearest of some places in which a path stands; ``None`` where it stands in none."""
    for end in range(len(where) - 1, 0, -1):
        if where[end] in ".[" and where[:end] in places:
            return where[:end]
    return None


class Account:
    """Says of every finding of a case what became of it.

    Args:
        tumour: Derives the facts of the tumour: it knows which alterations they read.
        treated: Derives the facts of earlier drugs and of resistance.
        remembered: Blocks, alterations and tests that are remembered by what they state.
    """

    def __init__(self, tumour: Tumour, treated: Treated, silent: Silent, remembered: int = 0) -> None:
        self.tumour, self.treated, self.silent = tumour, treated, silent
        self._blocks: RememberedContent[tuple[bytes, type], dict[str, str]] = RememberedContent(remembered)
        self._alterations: RememberedContent[tuple[bytes, int, str], Finding] = RememberedContent(remembered)
        self._tests: RememberedContent[tuple[bytes, int, str, str], tuple[Finding, ...]] = RememberedContent(remembered)
        self.ntrk: NtrkGenes = tumour.ntrk

    def patient(self, case: Case) -> dict[str, str]:
        """Return what a case states of the patient, the tumour and its stage, by key, as it was stated."""
        found: dict[str, str] = {}
        for block in (case.patient, case.diagnosis, case.disease):
            key = content(block), type(block)
            known = self._blocks.get(key)
            if known is None:
                told = {name: said(value) for name, value in stated(block, ("immunoprofile",))}
                known = self._blocks.keep(key, told)
            found |= known
        found |= {name: said(value) for name in ("source", "note") if (value := getattr(case, name)) is not None}
        return found

    def findings(
        self, case: Case, histology: Histology, called: list[Called], attached: Attached
    ) -> tuple[Finding, ...]:
        """Return every finding of a case in the order in which it is stated.

        Args:
            case: As it was given, without what its files add.
            called: Its tests, called one by one.
            attached: What its files give.
        """
        found = [*self._named(case.diagnosis.histology), *self._markers(case.diagnosis.immunoprofile)]
        found += [self._listed(i, one, histology) for i, one in enumerate(case.alterations)]
        by_test: dict[int, list[Called]] = {}
        for one in called:
            by_test.setdefault(one.position, []).append(one)
        for i, test in enumerate(case.tests):
            of_test = by_test[i + 1]
            if i + 1 in attached:
                found += self._of_test(i, test, of_test, attached[i + 1], histology)
                continue
            key = content(test), i, histology.id, of_test[0].row.id
            known = self._tests.get(key)
            if known is None:
                known = self._tests.keep(key, tuple(self._of_test(i, test, of_test, None, histology)))
            found += known
        standard_open = case.disease.standard_therapy in _UNKNOWN
        found += [self._line(f"therapy[{i}]", line, i, standard_open) for i, line in enumerate(case.therapy or ())]
        return tuple(as_written(found, case.read_as))

    def _listed(self, index: int, one: Alteration, histology: Histology) -> Finding:
        key = content(one), index, histology.id
        return self._alterations.get(key) or self._alterations.keep(
            key, self._alteration(f"alterations[{index}]", one, histology, _alteration_text(one))
        )

    def _of_test(
        self, index: int, test: Test, of_test: list[Called], file: FromFile | None, histology: Histology
    ) -> Iterator[Finding]:
        where = f"tests[{index}]"
        yield self._test(where, test, of_test[0])
        if isinstance(test, DnaMps | RnaMps):
            yield from self._sequenced(where, test, of_test, histology)
            if test.file is not None:
                yield from self._file(f"{where}.file", test, of_test, file, histology)

    def _named(self, text: str) -> Iterator[Finding]:
        """Yield what the name of the diagnosis states of the tumour, and what a reader should know of its reading."""
        resolution = self.tumour.vocabulary.resolve(text)
        for one in resolution.carries:
            detail = f" ({one.detail})" if one.detail else ""
            read = f"{one.gene} {one.kind} {one.status}{detail}, as the name states"
            yield Finding("diagnosis.histology", text, read, True, "")
        if resolution.histology is not None:
            for note in resolution.notes:
                if not note.startswith("the name states: "):
                    yield Finding("diagnosis.histology", text, f"{resolution.histology.name}: {note}", True, "")

    @staticmethod
    def _markers(profile: Mapping[str, str]) -> Iterator[Finding]:
        read = read_profile(profile)
        shown = deficiencies(read)
        for name, result in profile.items():
            marker = marker_name(name)
            told = f"{marker} {result}"
            if marker in shown:
                told += ": {} deficiency {}".format(*shown[marker])
            why = "" if result not in _UNKNOWN else "its result is not known"
            if not why and read[marker] == "unknown":
                why = "the same marker is stated with two results"
            yield Finding(f"diagnosis.immunoprofile.{name}", f"{name} {result}", told, not why, why)

    def _alteration(self, where: str, one: Alteration, histology: Histology, text: str) -> Finding:
        role = self.tumour.role(histology, one.gene, one.kind, one.status)
        read = f"{one.gene} {one.kind} {one.status}" + (f": {role}" if role else "")
        if one.status == "unknown":
            return Finding(where, text, read, False, "its status is not known")
        why = "" if role else f"no rule of the guidance reads this alteration in {histology.name}"
        if why and one.kind in ("fusion", "mutation") and self.treated.is_ntrk(one.gene):
            why = f"an absent NTRK {one.kind} is the result of a test: enter the test that looked for it"
        return Finding(where, text, read, not why, why)

    @staticmethod
    def _test(where: str, test: msgspec.Struct, one: Called) -> Finding:
        why = ""
        if one.call == "unknown":
            why = "its result is not known"
        elif one.call == "not_done":
            why = "it did not look for an NTRK fusion"
        tag = str(test.__struct_config__.tag)
        shown = _text(test, _APART)
        if getattr(test, "mutations", None) == []:
            shown += "; mutations: none found"
        return Finding(where, f"{tag}; {shown}" if shown else tag, f"{one.call}: {one.row.says}", not why, why)

    def _sequenced(
        self, where: str, test: DnaMps | RnaMps, of_test: list[Called], histology: Histology
    ) -> Iterator[Finding]:
        readings = {reading.where: reading for one in of_test for reading in one.fusions}
        for i, fusion in enumerate(test.fusions):
            reading = readings.get(f"fusions[{i}]")
            yield self._fusion(f"{where}.fusions[{i}]", fusion, reading, histology)
        for i, mutation in enumerate(test.mutations or ()):
            yield self._change(
                f"{where}.mutations[{i}]", _text(mutation).replace("; ", " "), mutation.gene, mutation.protein,
                mutation.transcript, histology,
            )  # fmt: skip
        for i, gene in enumerate(test.amplifications):
            one = Alteration(gene=gene, kind="amplification", status="present")
            yield self._alteration(f"{where}.amplifications[{i}]", one, histology, gene)

    def _fusion(
        self, where: str, fusion: ReportedFusion, reading: FusionReading | None, histology: Histology
    ) -> Finding:
        text = _fusion_text(fusion)
        if reading is not None:
            return self._event(where, text, reading)
        name = fusion_name(fusion, self.ntrk)
        if of_other_genes(fusion, self.ntrk):
            return self._other(where, text, [fusion.five_prime, fusion.three_prime], histology)
        return Finding(
            where, text, f"{name}: not an NTRK fusion that could be read", False,
            "no side is recognised as an NTRK gene: to be asked about, never a negative",
        )  # fmt: skip

    def _event(self, where: str, text: str, reading: FusionReading) -> Finding:
        counted = counts_as(reading, self.silent)
        read = f"{reading.name}: {reading.verdict.replace('_', ' ')}. {reading.text}"
        if counted is None:
            return Finding(where, text, read, False, "such an event says nothing for or against a fusion")
        if counted != reading.verdict:
            read += f" It counts as {counted.replace('_', ' ')}: such an event is no proof against a fusion."
        return Finding(where, text, read, True, "")

    def _other(
        self, where: str, text: str, genes: list[str | None], histology: Histology, against: str = ""
    ) -> Finding:
        named = [gene for gene in genes if gene]
        roles = [role for gene in named if (role := self.tumour.role(histology, gene, "fusion"))]
        read = f"{'::'.join(named)}: a fusion of other genes" + (f", {roles[0]}" if roles else "")
        why = against or ("" if roles else f"it says nothing of NTRK, and no rule reads it in {histology.name}")
        return Finding(where, text, read, not why, why)

    def _change(
        self,
        where: str,
        text: str,
        gene: str,
        protein: str,
        transcript: str | None,
        histology: Histology,
        against: str = "",
    ) -> Finding:
        from ntrkpath.model.case import Mutation

        symbol = self.ntrk.symbol(gene)
        if symbol is None:
            one = Alteration(gene=gene, kind="mutation", status="present")
            found = self._alteration(where, one, histology, text)
            passenger = self.tumour.changes.passenger(Mutation(gene=gene, protein=protein))
            if passenger:
                found = msgspec.structs.replace(found, read_as=f"{gene} {protein}: a change of unknown meaning")
            against = against or passenger
            return msgspec.structs.replace(found, used=False, why_not=against) if against else found
        known = self.treated.classify(symbol, Mutation(gene=gene, protein=protein, transcript=transcript))
        if known is not None:
            read = f"{symbol} {known[0]}: resistance to TRK inhibitors, {known[1].replace('_', ' ')}"
        else:
            read = f"{symbol} {protein}: no known resistance mutation, and no prediction of response"
        return Finding(where, text, read, not against, against)

    def _file(
        self, where: str, test: DnaMps | RnaMps, of_test: list[Called], found: FromFile | None, histology: Histology
    ) -> Iterator[Finding]:
        name = str(test.file)
        if found is None:
            yield Finding(where, name, "not opened", False, "the file did not come with the case")
            return
        report = found.report
        read = f"{report.format or 'format not recognised'}, {report.rows} rows, {report.ntrk_rows} of NTRK"
        read += f", sample {found.sample}" if found.sample else ""
        read = " ".join([f"{read}: {report.status.replace('_', ' ')}.", *found.notes])
        yield Finding(where, name, read, report.status != "not_evaluable", "; ".join(report.problems[:5]))
        for one in of_test:
            for reading in one.fusions:
                if not reading.where.startswith("fusions["):
                    yield self._event(f"{where}: {reading.where}", reading.name, reading)
        for junction in found.others:
            genes = [junction.five_prime.gene, junction.three_prime.gene]
            yield self._other(
                f"{where}: {_place(junction)}", "::".join(map(str, genes)), genes, histology, refused(junction)
            )
        for change in found.changes:
            yield self._change(
                f"{where}: {_place(change)}", f"{change.gene} {change.protein_change}", change.gene,
                change.protein_change, change.transcript, histology, refused(change),
            )  # fmt: skip
        for number in found.copy_numbers:
            text = f"{number.gene} {number.call or 'copy number'}" + (f", {number.copies:g}" if number.copies else "")
            amplified = Alteration(gene=number.gene, kind="amplification", status="present")
            place = f"{where}: {_place(number)}"
            if number.call == "amplification" and not refused(number):
                yield self._alteration(place, amplified, histology, text)
            else:
                yield Finding(place, text, text, False, refused(number) or "it is no amplification")

    def _line(self, where: str, line: TherapyLine, index: int, standard_open: bool) -> Finding:
        drug = self.treated.drug(line, index)
        course = self.treated.status(line)
        if drug is not None:
            return Finding(where, _text(line), f"{drug}, a TRK inhibitor: {course}", True, "")
        why = "" if standard_open else "disease.standard_therapy says it"
        return Finding(where, _text(line), f"{line.drug}: {course}", not why, why)


def _place(found: Junction | Any) -> str:
    source = found.source
    return f"{source.file}:{source.line}" if source.line else source.file
