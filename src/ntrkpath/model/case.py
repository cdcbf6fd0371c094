"""The case: what is known of one patient's tumour. Everything but the histology may be absent."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec

YesNo = bool | Literal["unknown"] | None
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Exon = Annotated[int, msgspec.Meta(ge=1)]
Result = Literal["positive", "negative", "failed", "not_interpretable", "unknown"] | None
Adequacy = Literal["adequate", "inadequate", "unknown"] | None
Assembly = Literal["GRCh37", "GRCh38"] | None
Gene = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]

#: The id of a case that was given without one; several cases each need their own.
NO_ID = "case"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A part of a case: immutable, and closed against unknown keys."""


class Patient(_Part, frozen=True):
    """Whom: age in years, or as text with its unit (``3 months``, ``9 mo``, ``newborn``)."""

    age: float | Text | None = None
    sex: Literal["female", "male", "other", "unknown"] | None = None
    pregnant: YesNo = None


class Diagnosis(_Part, frozen=True):
    """What the pathologist sees."""

    histology: Text
    site: Text | None = None
    typical_histology: YesNo = None
    differentiation: (
        Literal["none", "myogenic", "neural", "myofibroblastic", "neuroendocrine", "other", "unknown"] | None
    ) = None
    immunoprofile: dict[str, Literal["positive", "negative", "unknown"]] = {}
    central_review: YesNo = None
    testing_for_diagnosis: YesNo = None


class Disease(_Part, frozen=True):
    """How far it has spread and what has been tried."""

    extent: (
        Literal["localized", "locally_advanced_resectable", "locally_advanced_unresectable", "metastatic", "unknown"]
        | None
    ) = None
    relapse_risk: Literal["standard", "high", "unknown"] | None = None
    surgery_morbidity: Literal["acceptable", "severe", "unknown"] | None = None
    standard_therapy: Literal["not_given", "ongoing", "progressed", "unknown"] | None = None
    satisfactory_alternative: YesNo = None
    brain_metastases: YesNo = None


class Alteration(_Part, frozen=True):
    """A molecular finding other than an NTRK test result; ``gene: any`` with ``fusion``: a sarcoma fusion panel."""

    gene: Gene
    kind: Literal["fusion", "mutation", "deficiency", "amplification"]
    status: Literal["present", "absent", "unknown"]
    detail: Text | None = None


class ReportedFusion(_Part, frozen=True):
    """A fusion as the laboratory names it, 5' side first; positions as ``chromosome:position`` (1-based)."""

    five_prime: Gene | None = None
    three_prime: Gene | None = None
    exon_five_prime: Exon | None = None
    exon_three_prime: Exon | None = None
    transcript_five_prime: Text | None = None
    transcript_three_prime: Text | None = None
    position_five_prime: Text | None = None
    position_three_prime: Text | None = None
    assembly: Assembly = None
    frame: Literal["in_frame", "out_of_frame", "unknown"] | None = None


class Mutation(_Part, frozen=True):
    """A protein change, one-letter code (``G595R``), with the transcript its number refers to where stated."""

    gene: Gene
    protein: Annotated[str, msgspec.Meta(min_length=2, max_length=40)]
    transcript: Text | None = None


class _Test(_Part, frozen=True):
    date: dt.date | None = None
    specimen: Text | None = None


class PanTrkIhc(_Test, frozen=True, tag="pan_trk_ihc", tag_field="method"):
    """A pan-TRK stain; ``percent`` of tumour cells that stain, 0 to 100."""

    result: Result = None
    percent: Percent | None = None
    intensity: Literal["weak", "moderate", "strong", "unknown"] | None = None
    distribution: Literal["focal", "diffuse", "unknown"] | None = None
    pattern: Literal["nuclear", "nuclear_membrane", "cytoplasmic", "membranous", "mixed", "unknown"] | None = None
    clone: Text | None = None
    control: Adequacy = None
    fixation: Literal["adequate", "poor", "excessive", "unknown"] | None = None


class Fish(_Test, frozen=True, tag="fish", tag_field="method"):
    """One FISH probe; ``cutoff`` is the laboratory's own, in percent of cells.

    Where the kind of probe is not stated, a positive NTRK probe counts as a rearrangement, and a negative one covers
    no gene for certain.
    """

    gene: Gene | list[Gene] | None = None
    probe: Literal["break_apart", "colocalisation", "unknown"] | None = None
    result: Result = None
    cells_counted: Annotated[int, msgspec.Meta(ge=1)] | None = None
    cells_split: Count | None = None
    cells_isolated_3p: Count | None = None
    cells_isolated_5p: Count | None = None
    cutoff: Percent | None = None


class RtPcr(_Test, frozen=True, tag="rt_pcr", tag_field="method"):
    """RT-PCR for named fusions (``targets``: ``ETV6::NTRK3``)."""

    targets: list[Text] = []
    result: Result = None
    control: Adequacy = None


class _Sequencing(_Test, frozen=True):
    result: Result = None
    panel: Text | None = None
    genes_covered: list[Gene] | None = None
    fusions: list[ReportedFusion] = []
    mutations: list[Mutation] | None = None
    amplifications: list[Gene] = []
    file: Text | None = None
    sample: Text | None = None
    caller: Text | None = None
    assembly: Assembly = None


class DnaMps(_Sequencing, frozen=True, tag="dna_mps", tag_field="method"):
    """DNA sequencing; ``file``: the output of a fusion caller."""


class RnaMps(_Sequencing, frozen=True, tag="rna_mps", tag_field="method"):
    """RNA sequencing; ``file``: the output of a fusion caller."""

    rna_quality: Literal["adequate", "poor", "unknown"] | None = None


Test = PanTrkIhc | Fish | RtPcr | DnaMps | RnaMps


class TherapyLine(_Part, frozen=True):
    """A drug that was given, with its dates and outcome."""

    drug: Text
    start: dt.date | None = None
    end: dt.date | None = None
    best_response: Literal["complete", "partial", "stable", "progression", "unknown"] | None = None
    progression: YesNo = None


class ReadAs(_Part, frozen=True):
    """What was written otherwise than the format has it, and how it was read; ``where`` is the path in the case."""

    where: str
    stated: Text
    read_as: Text
    note: Text | None = None


class Case(_Part, frozen=True):
    """One case. ``tests`` absent means that none was done; ``therapy`` absent means not known."""

    diagnosis: Diagnosis
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = NO_ID
    patient: Patient = Patient()
    disease: Disease = Disease()
    alterations: list[Alteration] = []
    tests: list[Test] = []
    therapy: list[TherapyLine] | None = None
    source: Text | None = None
    note: Text | None = None
    read_as: list[ReadAs] = []
