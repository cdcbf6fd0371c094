"""A cBioPortal study: clinical attributes, structural variants, mutations, timeline, lists, each with its metadata."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ntrkpath.guidance import load
from ntrkpath.model.age import age_in_years
from ntrkpath.model.case import DnaMps, RnaMps
from ntrkpath.model.errors import CaseError
from ntrkpath.registry.partial_dates import days_between
from ntrkpath.registry.reading import Reading
from ntrkpath.registry.subjects import Subject

_STUDY = "ntrkpath_registry"
_PATIENT = (
    ("PATIENT_ID", "Patient", "Pseudonym", "STRING"),
    ("SEX", "Sex", "Sex", "STRING"),
    ("AGE", "Age", "Age in years as the case states it", "NUMBER"),
    ("OS_STATUS", "Overall survival status", "Overall survival status", "STRING"),
    ("OS_MONTHS", "Overall survival", "Months from the pathological diagnosis to death or last contact", "NUMBER"),
)
_SAMPLE = (
    ("PATIENT_ID", "Patient", "Pseudonym", "STRING"),
    ("SAMPLE_ID", "Sample", "Pseudonym with a suffix", "STRING"),
    ("ONCOTREE_CODE", "OncoTree code", "OncoTree code", "STRING"),
    ("CANCER_TYPE_DETAILED", "Histology", "Histology as the guidance names it", "STRING"),
    ("NTRK_TIER", "Tier", "Tier of the guidance by histology and drivers", "STRING"),
    ("NTRK_TARGET", "Target", "What is known of a target for a TRK inhibitor", "STRING"),
)
_SV = (
    "Sample_Id", "SV_Status", "Site1_Hugo_Symbol", "Site1_Ensembl_Transcript_Id", "Site1_Region_Number",
    "Site2_Hugo_Symbol", "Site2_Ensembl_Transcript_Id", "Site2_Region_Number", "Site2_Effect_On_Frame", "Event_Info",
    "DNA_Support", "RNA_Support",
)  # fmt: skip
_MAF = ("Hugo_Symbol", "Tumor_Sample_Barcode", "Variant_Classification", "HGVSp_Short")
#: The classes of a mutation that its protein change alone tells; any other is "Unknown".
_CHANGES = (
    (re.compile(r"p\.[A-Z]\d+[A-Z]"), "Missense_Mutation"),
    (re.compile(r"p\.[A-Z]\d+\*"), "Nonsense_Mutation"),
    (re.compile(r"p\.[A-Z]\d+(_[A-Z]\d+)?del"), "In_Frame_Del"),
    (re.compile(r"p\.[A-Z]\d+_[A-Z]\d+ins[A-Z]+"), "In_Frame_Ins"),
)
_FRAME = {"in_frame": "in-frame", "out_of_frame": "frameshift"}


def study(subjects: Iterable[Subject], read: Callable[[Subject], Reading | None]) -> dict[str, str]:
    """Return the files of a study by name; a subject is one patient with one sample."""
    some = [subject for subject in subjects if subject.case is not None]
    names = {entry.id: (entry.name, entry.oncotree) for entry in load().vocabulary}
    samples = [_sample(subject, read(subject), names) for subject in some]
    sequenced = [_id(s) for s in some if s.case and any(isinstance(t, DnaMps | RnaMps) for t in s.case.tests)]
    files = {
        "meta_study.txt": _meta(
            type_of_cancer="mixed", cancer_study_identifier=_STUDY, name="NTRK registry (ntrkpath)",
            description="Cases of a registry of NTRK fusions in sarcoma", add_global_case_list="false",
        ),
        "meta_clinical_patient.txt": _clinical("PATIENT_ATTRIBUTES", "data_clinical_patient.txt"),
        "data_clinical_patient.txt": _attributes(_PATIENT, [_patient(s) for s in some]),
        "meta_clinical_sample.txt": _clinical("SAMPLE_ATTRIBUTES", "data_clinical_sample.txt"),
        "data_clinical_sample.txt": _attributes(_SAMPLE, samples),
        "case_lists/cases_all.txt": _list("all", "All samples", [_id(s) for s in some]),
    }  # fmt: skip
    if sequenced:
        files["case_lists/cases_sequenced.txt"] = _list("sequenced", "Samples that were sequenced", sequenced)
    if events := [event for s in some for event in _events(s)]:
        files["meta_sv.txt"] = _profile("STRUCTURAL_VARIANT", "SV", "structural_variants", "Structural variants",
                                        "data_sv.txt")  # fmt: skip
        files["data_sv.txt"] = _lines(_SV, events)
        files["case_lists/cases_sv.txt"] = _list("sv", "Samples with structural variant data", sequenced)
    if mutations := [mutation for s in some for mutation in _mutations(s)]:
        files["meta_mutations.txt"] = _profile("MUTATION_EXTENDED", "MAF", "mutations", "Mutations",
                                               "data_mutations.txt")  # fmt: skip
        files["data_mutations.txt"] = _lines(_MAF, mutations)
    for name, head, rows in _timelines(some):
        files[f"meta_timeline_{name}.txt"] = _clinical("TIMELINE", f"data_timeline_{name}.txt")
        files[f"data_timeline_{name}.txt"] = _lines(head, rows)
    return files


def _id(subject: Subject) -> str:
    return f"{subject.name}-T01"


def _person(subject: Subject) -> str:
    return subject.name


def _meta(**said: str) -> str:
    return "".join(f"{key}: {value}\n" for key, value in said.items())


def _clinical(kind: str, name: str) -> str:
    return _meta(cancer_study_identifier=_STUDY, genetic_alteration_type="CLINICAL", datatype=kind, data_filename=name)


def _profile(alteration: str, datatype: str, stable: str, name: str, file: str) -> str:
    return _meta(
        cancer_study_identifier=_STUDY, genetic_alteration_type=alteration, datatype=datatype, stable_id=stable,
        show_profile_in_analysis_tab="true", profile_name=name, profile_description=f"{name} as the cases state them",
        data_filename=file,
    )  # fmt: skip


def _list(name: str, says: str, ids: list[str]) -> str:
    return _meta(
        cancer_study_identifier=_STUDY, stable_id=f"{_STUDY}_{name}", case_list_name=says,
        case_list_description=says, case_list_ids="\t".join(ids),
    )  # fmt: skip


def _attributes(columns: tuple[tuple[str, str, str, str], ...], rows: list[list[str]]) -> str:
    """Return a clinical file: names, descriptions, types and priorities above the columns."""
    above = ["#" + "\t".join(column[i] for column in columns) for i in (1, 2, 3)]
    above.append("#" + "\t".join("1" for _ in columns))
    return "\n".join(above) + "\n" + _lines([column[0] for column in columns], rows)


def _lines(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in (head, *rows))


def _patient(subject: Subject) -> list[str]:
    case = subject.case
    assert case is not None
    sex = {"female": "Female", "male": "Male"}.get(case.patient.sex or "", "")
    try:
        years = age_in_years(case.patient.age)
    except CaseError:
        years = None
    status, months = _survival(subject)
    return [_person(subject), sex, "" if years is None else f"{years:g}", status, months]


def _survival(subject: Subject) -> tuple[str, str]:
    start = subject.registration.date_pathology if subject.registration else None
    if not subject.follow_ups:
        return "", ""
    last = subject.follow_ups[-1].body
    dead = last.status == "dead"
    if last.status in ("unknown", "lost"):
        return "", ""
    end = (last.death_date or last.date) if dead else last.date
    if start is None or end is None:
        return ("1:DECEASED" if dead else "0:LIVING"), ""
    low, high = days_between(start, end)
    return ("1:DECEASED" if dead else "0:LIVING"), f"{max(low + high, 0) / 2 / 30.4375:.2f}"


def _sample(subject: Subject, read: Reading | None, names: dict[str, tuple[str, str | None]]) -> list[str]:
    name, code = names.get(read.histology or "", ("", None)) if read is not None else ("", None)
    registered = subject.registration.oncotree if subject.registration else None
    tier, target = (read.tier or "", read.target or "") if read is not None else ("", "")
    return [_person(subject), _id(subject), registered or code or "", name, tier, target]


def _events(subject: Subject) -> Iterator[list[str]]:
    case = subject.case
    assert case is not None
    for test in case.tests:
        if not isinstance(test, DnaMps | RnaMps):
            continue
        dna, rna = ("yes", "no") if isinstance(test, DnaMps) else ("no", "yes")
        for f in test.fusions:
            exons = [str(exon) if exon is not None else "" for exon in (f.exon_five_prime, f.exon_three_prime)]
            yield [
                _id(subject), "SOMATIC", f.five_prime or "", _ensembl(f.transcript_five_prime), exons[0],
                f.three_prime or "", _ensembl(f.transcript_three_prime), exons[1], _FRAME.get(f.frame or "", ""),
                f"{f.five_prime or 'unknown'}-{f.three_prime or 'unknown'} fusion", dna, rna,
            ]  # fmt: skip


def _ensembl(transcript: str | None) -> str:
    return transcript if transcript is not None and transcript.startswith("ENST") else ""


def _mutations(subject: Subject) -> Iterator[list[str]]:
    case = subject.case
    assert case is not None
    for test in case.tests:
        for mutation in (test.mutations or ()) if isinstance(test, DnaMps | RnaMps) else ():
            protein = mutation.protein if mutation.protein.startswith("p.") else f"p.{mutation.protein}"
            kind = next((kind for form, kind in _CHANGES if form.fullmatch(protein)), "Unknown")
            yield [mutation.gene, _id(subject), kind, protein]


def _timelines(subjects: list[Subject]) -> Iterator[tuple[str, tuple[str, ...], list[list[str]]]]:
    """Yield treatments, surgery and status, in days from the pathological diagnosis; a death has its own point."""
    first = ("PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE")
    drugs, operations, states = [], [], []
    for subject in subjects:
        zero = subject.registration.date_pathology if subject.registration else None
        if zero is None:
            continue
        who = _person(subject)
        for t in subject.treatments:
            if t.body.start is not None:
                stop = _day(zero, t.body.stop) if t.body.stop else ""
                drugs.append([who, _day(zero, t.body.start), stop, "TREATMENT", "Medical Therapy", t.body.drug])
        for s in subject.surgery:
            if s.body.date is not None:
                operations.append([who, _day(zero, s.body.date), "", "SURGERY", s.body.performed or ""])
        for f in subject.follow_ups:
            when = f.body.death_date if f.body.status == "dead" else None
            if (when := when or f.body.date) is not None:
                states.append([who, _day(zero, when), "", "STATUS", "Deceased" if f.body.status == "dead" else "Alive"])
    if drugs:
        yield "treatment", (*first, "TREATMENT_TYPE", "AGENT"), drugs
    if operations:
        yield "surgery", (*first, "PROCEDURE"), operations
    if states:
        yield "status", (*first, "STATUS"), states


def _day(zero: str, date: str) -> str:
    low, high = days_between(zero, date)
    return str(round((low + high) / 2))
