"""The forms of the registry: what is written of a subject beside the case document, each a flat set of items.

An item that is absent was not filled in. "No", "not asked" and "unknown" are three answers. What an item is called,
means and is coded with stands in ``knowledge/registry/elements.yaml``.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ntrkpath.model.case import Percent, Text
from ntrkpath.registry.partial_dates import PartialDate

Asked = Literal["yes", "no", "not_asked", "unknown"] | None
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Method = Literal["pan_trk_ihc", "fish", "rt_pcr", "dna_mps", "rna_mps"] | None
Staining = Literal["0", "1", "2", "3", "not_read", "unknown"] | None


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, tag_field="kind"):
    """A body of an entry: immutable, and closed against unknown items.

    Args:
        instance: The number of a form that is filled in several times: of two with one number the newer stands.
            Without a number each stands by itself.
    """

    instance: Annotated[int, msgspec.Meta(ge=1)] | None = None


class Registration(Form, frozen=True, tag="registration"):
    """The subject and the diagnosis before any NTRK test; ``collection`` tells the literature from patients."""

    collection: Literal["prospective", "retrospective", "literature"]
    birth: PartialDate | None = None
    date_imaging: PartialDate | None = None
    date_clinical: PartialDate | None = None
    date_pathology: PartialDate | None = None
    histology_before: Text | None = None
    morphology: Annotated[str, msgspec.Meta(pattern=r"^\d{4}/[01236]$")] | None = None
    topography: Annotated[str, msgspec.Meta(pattern=r"^C\d{2}(\.\d)?$")] | None = None
    oncotree: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9_]{2,20}$")] | None = None
    ncit: Annotated[str, msgspec.Meta(pattern=r"^C\d{3,7}$")] | None = None
    icd_10_gm: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]\d{2}(\.\d{1,2})?$")] | None = None
    omop_condition: Count | None = None
    grade: Literal["1", "2", "3", "not_graded", "unknown"] | None = None
    size_mm: Positive | None = None
    performance_status: Literal["0", "1", "2", "3", "4", "not_asked", "unknown"] | None = None
    prior_lines: Count | None = None
    drug_access: Literal["label", "compassionate_use", "trial", "none", "not_asked", "unknown"] | None = None
    source: Text | None = None
    note: Text | None = None


class Specimen(Form, frozen=True, tag="specimen"):
    """Tissue that was tested, and what may have harmed it."""

    name: Text | None = None
    date: PartialDate | None = None
    procedure: Literal["core_biopsy", "open_biopsy", "resection", "cytology", "liquid_biopsy", "unknown"] | None = None
    site: Text | None = None
    tumour: Literal["primary", "recurrence", "metastasis", "unknown"] | None = None
    block_age_years: Annotated[float, msgspec.Meta(ge=0)] | None = None
    fixation: Literal["adequate", "poor", "excessive", "unknown"] | None = None
    decalcified: Literal["no", "edta", "acid", "unknown_agent", "unknown"] | None = None
    tumour_percent: Percent | None = None
    exhausted: Asked = None


class Stain(Form, frozen=True, tag="stain"):
    """The raw readout of one pan-TRK stain by one reader; thresholds are applied by an edition, not here."""

    date: PartialDate | None = None
    specimen: Text | None = None
    reader: Text | None = None
    clone: Text | None = None
    platform: Text | None = None
    protocol: Text | None = None
    dilution: Text | None = None
    control: Literal["adequate", "inadequate", "not_done", "unknown"] | None = None
    percent: Percent | None = None
    cytoplasm: Staining = None
    nucleus: Staining = None
    membrane: Staining = None
    perinuclear: Staining = None
    distribution: Literal["focal", "diffuse", "unknown"] | None = None


class Assay(Form, frozen=True, tag="assay"):
    """How a sequencing test was done, beyond what the case document says of it."""

    method: Literal["dna_mps", "rna_mps"]
    date: PartialDate | None = None
    specimen: Text | None = None
    laboratory: Text | None = None
    chemistry: Literal["hybrid_capture", "amplicon", "anchored_multiplex", "whole_transcriptome", "whole_genome",
                       "whole_exome", "other", "unknown"] | None = None  # fmt: skip
    panel: Text | None = None
    panel_version: Text | None = None
    exons_covered: Text | None = None
    kit_manufacturer: Text | None = None
    sequencer: Text | None = None
    reference_genome: Literal["GRCh37", "GRCh38", "other", "unknown"] | None = None
    pipeline: Text | None = None
    rna_quality: Literal["passed", "failed", "not_stated"] | None = None


class CentralReview(Form, frozen=True, tag="central_review"):
    """One reader's diagnosis at central review; ``blinded``: without knowledge of any NTRK result."""

    reader: Text
    outcome: Literal["same", "changed", "not_done"]
    date: PartialDate | None = None
    blinded: Asked = None
    revised_histology: Text | None = None


class Screening(Form, frozen=True, tag="screening"):
    """One step of a screening protocol, with its date."""

    step: Literal["screened", "excluded", "enrolled", "declined", "ordered", "stained", "read", "sampled",
                  "not_sampled", "sent", "received", "reported", "failed", "exhausted", "returned"]  # fmt: skip
    date: PartialDate | None = None
    method: Method = None
    laboratory: Text | None = None
    result: Literal["positive", "negative", "failed", "not_interpretable", "unknown"] | None = None
    failure: Literal["rna_degraded", "too_little_tumour", "decalcified", "control_failed", "technical", "other",
                     "unknown"] | None = None  # fmt: skip
    protocol: Text | None = None
    stratum: Text | None = None
    fraction: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    reason: Text | None = None


class Treatment(Form, frozen=True, tag="treatment"):
    """A drug given, stopped or given again."""

    drug: Text
    start: PartialDate | None = None
    stop: PartialDate | None = None
    dose: Text | None = None
    line: Annotated[int, msgspec.Meta(ge=1)] | None = None
    setting: Literal["neoadjuvant", "adjuvant", "advanced", "unknown"] | None = None
    reason_stopped: Literal["ongoing", "progression", "toxicity", "surgery", "planned_stop", "choice", "access",
                            "death", "other", "unknown"] | None = None  # fmt: skip
    rechallenge: Asked = None
    access: Literal["label", "compassionate_use", "trial", "unknown"] | None = None


class Surgery(Form, frozen=True, tag="surgery"):
    """Surgery as it was planned without the drug, and as it was performed."""

    planned_without_drug: Literal["amputation", "limb_sparing", "other", "none", "not_asked", "unknown"] | None = None
    performed: Literal["amputation", "limb_sparing", "other", "none", "unknown"] | None = None
    date: PartialDate | None = None
    margin: Literal["R0", "R1", "R2", "not_assessed", "unknown"] | None = None
    pathological_response: Percent | None = None
    avoided: Asked = None


class Response(Form, frozen=True, tag="response"):
    """An assessment of response."""

    date: PartialDate | None = None
    drug: Text | None = None
    criteria: Literal["recist_1_1", "clinical", "other", "unknown"] | None = None
    method: Literal["ct", "mri", "pet", "ultrasound", "clinical", "other", "unknown"] | None = None
    best: Literal["CR", "PR", "SD", "PD", "NE", "unknown"] | None = None
    progression: Asked = None
    progression_date: PartialDate | None = None


class AdverseEvent(Form, frozen=True, tag="adverse_event"):
    """An adverse event by its CTCAE term and grade."""

    term: Text
    grade: Literal["1", "2", "3", "4", "5", "unknown"] | None = None
    ctcae: Literal["4.03", "5.0", "6.0", "unknown"] | None = None
    drug: Text | None = None
    start: PartialDate | None = None
    stop: PartialDate | None = None
    serious: Asked = None
    causality: Literal["unrelated", "unlikely", "possible", "probable", "definite", "not_assessed",
                       "unknown"] | None = None  # fmt: skip
    outcome: Literal["recovered", "recovering", "not_recovered", "sequelae", "fatal", "unknown"] | None = None
    action: Literal["none", "dose_reduced", "interrupted", "stopped", "unknown"] | None = None


class Growth(Form, frozen=True, tag="growth"):
    """What is watched in a child until growth ends."""

    date: PartialDate | None = None
    height_cm: Positive | None = None
    weight_kg: Positive | None = None
    tanner: Literal["1", "2", "3", "4", "5", "not_done", "unknown"] | None = None
    gait: Literal["normal", "abnormal", "not_done", "unknown"] | None = None
    fracture: Asked = None
    development: Literal["age_appropriate", "delayed", "not_done", "unknown"] | None = None
    neurology: Literal["normal", "abnormal", "not_done", "unknown"] | None = None
    growth_ended: Asked = None


class FollowUp(Form, frozen=True, tag="follow_up"):
    """A contact with the subject, or the news of death or loss."""

    status: Literal["alive_with_disease", "alive_without_disease", "alive", "dead", "lost", "unknown"]
    date: PartialDate | None = None
    performance_status: Literal["0", "1", "2", "3", "4", "not_asked", "unknown"] | None = None
    death_date: PartialDate | None = None
    cause: Literal["tumour", "treatment", "other", "unknown"] | None = None
    note: Text | None = None


class Consent(Form, frozen=True, tag="consent"):
    """Consent, or that it is waived; a box of ``scope`` that is not ticked was not asked."""

    status: Literal["yes", "no", "waiver", "unknown"]
    date: PartialDate | None = None
    by: Literal["subject", "parent", "guardian", "representative", "committee", "unknown"] | None = None
    scope: tuple[Literal["registry", "screening", "sharing", "recontact", "germline"], ...] = ()
    assent: Asked = None
    at_majority: Literal["given", "refused", "not_reached", "lost", "not_asked", "unknown"] | None = None
    germline_findings: Literal["to_be_told", "not_to_be_told", "not_asked", "unknown"] | None = None
