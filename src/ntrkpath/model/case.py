"""The case: what is known of one patient's tumour. Everything but ``id`` and the histology may be absent."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec

YesNo = bool | Literal["unknown"] | None
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Result = Literal["positive", "negative", "failed", "not_interpretable", "unknown"] | None
Gene = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Text = Annotated[str, msgspec.Meta(max_length=2000)]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A part of a case: immutable, and closed against unknown keys."""


class Patient(_Part, frozen=True):
    """Whom: age in years, or as text with its unit (``3 months``, ``9 mo``, ``newborn``)."""

    age: float | Text | None = None
    sex: Literal["female", "male", "F", "M", "other", "unknown"] | None = None


class Diagnosis(_Part, frozen=True):
    """What the pathologist sees.

    Args:
        histology: Diagnosis as text, OncoTree code or ICD-O-3 morphology.
        typical_histology: Whether the morphology is typical of that diagnosis (P1-6).
        differentiation: Line of differentiation shown by morphology or markers (IHC-3, IHC-4).
        immunoprofile: Marker to result, for example ``{S100: positive, CD34: positive}``.
        testing_for_diagnosis: The NTRK test would serve the diagnosis itself (TEST-4).
    """

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
    exon_five_prime: Count | None = None
    exon_three_prime: Count | None = None
    transcript_five_prime: Text | None = None
    transcript_three_prime: Text | None = None
    position_five_prime: Text | None = None
    position_three_prime: Text | None = None
    assembly: Literal["GRCh37", "GRCh38"] | None = None
    frame: Literal["in_frame", "out_of_frame", "in", "out", "in-frame", "out-of-frame", "unknown"] | None = None


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
    control: Literal["adequate", "inadequate", "unknown"] | None = None
    fixation: Literal["adequate", "poor", "excessive", "unknown"] | None = None


class Fish(_Test, frozen=True, tag="fish", tag_field="method"):
    """One FISH probe; ``cutoff`` is the laboratory's own, in percent of cells.

    Where the kind of probe is not stated, a positive NTRK probe counts as a rearrangement, and a negative one covers
    no gene for certain.

    Args:
        gene: The gene (break-apart), or both genes of a co-localisation probe.
        cells_split: Cells with a split signal (break-apart) or a joined one (co-localisation).
        cells_isolated_3p: Cells with an isolated 3' signal; ``cells_isolated_5p`` likewise.
    """

    gene: Gene | list[Gene] | None = None
    probe: (
        Literal[
            "break_apart",
            "break-apart",
            "colocalisation",
            "co-localisation",
            "colocalization",
            "co-localization",
            "unknown",
        ]
        | None
    ) = None
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
    control: Literal["adequate", "inadequate", "unknown"] | None = None


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
    assembly: Literal["GRCh37", "GRCh38"] | None = None


class DnaMps(_Sequencing, frozen=True, tag="dna_mps", tag_field="method"):
    """DNA sequencing; ``file``: what a caller wrote, of which ``sample`` counts; see ``RnaMps``."""


class RnaMps(_Sequencing, frozen=True, tag="rna_mps", tag_field="method"):
    """RNA sequencing.

    Args:
        file: What a caller wrote.
        sample: The sample of that file whose rows count; the id of the case, or the only sample, where not given.
        caller: The caller that wrote it, where it cannot be told from the file.
        assembly: The genome assembly of its positions, where the file does not state it.
    """

    rna_quality: Literal["adequate", "poor", "unknown"] | None = None


Test = PanTrkIhc | Fish | RtPcr | DnaMps | RnaMps


class TherapyLine(_Part, frozen=True):
    """A drug that was given, with its dates and outcome."""

    drug: Text
    start: dt.date | None = None
    end: dt.date | None = None
    best_response: Literal["complete", "partial", "stable", "progression", "CR", "PR", "SD", "PD", "unknown"] | None = (
        None
    )
    progression: YesNo = None


class Case(_Part, frozen=True):
    """One case. ``tests`` absent means that none was done; ``therapy`` absent means not known."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    diagnosis: Diagnosis
    patient: Patient = Patient()
    disease: Disease = Disease()
    alterations: list[Alteration] = []
    tests: list[Test] = []
    therapy: list[TherapyLine] | None = None
    source: Text | None = None
    note: Text | None = None
