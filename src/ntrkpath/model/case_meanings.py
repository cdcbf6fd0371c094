"""What no type says of a key of a case: label, meaning, hint, unit, the facts that read it, its list of words."""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """What is said of one key; ``kind`` where the type alone does not tell what the value is."""

    meaning: str
    label: str = ""
    hint: str = ""
    unit: str = ""
    reads: tuple[str, ...] = ()
    words: str = ""
    kind: str = ""


_DRIVERS = ("alk_ros1", "canonical_alteration", "other_driver")
_EVENTS = ("rna_result", "rna_fusion", "dna_result", "dna_fusion", "fusion_count", "ntrk_first", *_DRIVERS)
_FILE = (*_EVENTS, "resistance", "ntrk_mutation", "ntrk_amplification", "rna_file", "dna_file")
_LISTED = (*_DRIVERS, "resistance", "ntrk_mutation", "ntrk_amplification", "reported_fusion", "fusion_count",
           "ntrk_first")  # fmt: skip
_LINES = ("standard_therapy", "trk_therapy", "trk_response", "resistance", "ntrk_mutation")
_CELLS = ("fish_signal", "fish_coverage")

#: By type and key; a key of several types by the one they have it from (``Test``, ``Sequencing``).
SAID: dict[str, Said] = {
    "Case.diagnosis": Said("What the pathologist sees."),
    "Case.id": Said(
        "Your own identifier; shown in the answer, never sent anywhere. Asked for only where several cases are given.",
        kind="id",
    ),
    "Case.patient": Said("Whom."),
    "Case.disease": Said("How far it has spread and what has been tried."),
    "Case.alterations": Said(
        "Molecular findings other than NTRK tests; `absent` has to be stated, it is never assumed."
    ),
    "Case.tests": Said("Every NTRK test that was done, in any order. A method that is not listed was not done."),
    "Case.therapy": Said("Drugs given. An empty list says that none was; without the key it is not known."),
    "Case.source": Said("Where the case comes from, for example a doi."),
    "Case.note": Said("Free text; never read by a rule."),
    "Case.read_as": Said(
        "Written by the loader: what was written otherwise than the format has it, and how it was read."
    ),
    "Patient.age": Said(
        "Years, or text with a unit: `9 mo`, `3 months`, `10 days`, `newborn`.",
        label="Age",
        hint="Years, or with a unit: 3 months, 10 days, newborn.",
        unit="years",
        reads=("age_band",),
        kind="age",
    ),
    "Patient.sex": Said("Read by no rule.", label="Sex", words="sexes"),
    "Patient.pregnant": Said(
        "Whether the patient is pregnant; TRK inhibitors may harm an unborn child.",
        label="Pregnant",
        reads=("pregnant",),
    ),
    "Diagnosis.histology": Said(
        "Diagnosis as text in English, German, French, Spanish or Italian, OncoTree code or ICD-O-3 "
        "morphology. A name that states an alteration (`SDH-deficient GIST`) states it for the case.",
        label="Histology",
        hint="Name, synonym, OncoTree or ICD-O-3 code.",
        reads=("histology_group", "kin", "differentiation", "cns_site", *_DRIVERS),
        kind="histology",
    ),
    "Diagnosis.site": Said(
        "Free text. A site in the central nervous system makes a stain no screen (IHC-4).",
        label="Site of the tumour",
        hint="Organ or region, as thigh, uterus or cerebellum.",
        reads=("cns_site",),
    ),
    "Diagnosis.typical_histology": Said(
        "Whether the morphology is typical of that diagnosis (P1-6).", reads=("typical_histology",)
    ),
    "Diagnosis.differentiation": Said(
        "Line of differentiation shown by morphology or markers (IHC-3, IHC-4).",
        reads=("differentiation",),
        words="lineages",
    ),
    "Diagnosis.immunoprofile": Said(
        "Marker to result, for example `{S100: positive, CD34: positive}`. A protein that is lost shows the deficiency "
        "(SDHB, SMARCB1/INI1, SMARCA4).",
        label="Markers",
        reads=("lineage", "s100_cd34", *_DRIVERS),
        words="marker_results",
    ),
    "Diagnosis.central_review": Said(
        "Whether a sarcoma reference pathologist has reviewed the diagnosis (P1-2).", reads=("central_review",)
    ),
    "Diagnosis.testing_for_diagnosis": Said(
        "The NTRK test would serve the diagnosis itself (TEST-4).",
        label="Would the test serve the diagnosis?",
        reads=("for_diagnosis",),
    ),
    "Disease.extent": Said(
        "A local recurrence counts by its resectability.",
        label="How far has the disease spread?",
        reads=("extent",),
        words="extents",
    ),
    "Disease.relapse_risk": Said(
        "Risk of relapse of localised disease (TEST-5).", reads=("relapse_risk",), words="risks"
    ),
    "Disease.surgery_morbidity": Said(
        "`severe`: resection would be likely to cause severe morbidity, such as amputation (RX-2, MGT-2).",
        reads=("surgery_morbidity",),
        words="morbidities",
    ),
    "Disease.standard_therapy": Said(
        "Standard systemic therapy (MGT-3).", reads=("standard_therapy",), words="courses"
    ),
    "Disease.satisfactory_alternative": Said(
        "Whether there is a satisfactory alternative treatment; labels ask for it (RX-2, RX-3).", reads=("alternative",)
    ),
    "Disease.brain_metastases": Said(
        "Whether there are metastases in the brain (RX-5, RX-8).",
        label="Metastases in the brain",
        reads=("brain_metastases",),
    ),
    "Alteration.gene": Said(
        "Gene symbol, or `any` with `kind: fusion` for a sarcoma fusion panel that was negative.",
        label="Gene",
        hint="As ALK or SS18; any for a whole sarcoma fusion panel.",
        reads=_LISTED,
        kind="gene",
    ),
    "Alteration.kind": Said(
        "`deficiency` is loss of the protein, for example of SDH.", reads=_LISTED, words="alteration_kinds"
    ),
    "Alteration.status": Said("`absent` means tested and not found.", reads=_LISTED, words="alteration_states"),
    "Alteration.detail": Said("The change as reported, for example a partner or `V600E`.", reads=_LISTED),
    "ReportedFusion.five_prime": Said("Gene that the laboratory names first.", label="5' gene", kind="gene"),
    "ReportedFusion.three_prime": Said(
        "Gene that the laboratory names second; an NTRK gene here keeps its kinase.", label="3' gene", kind="gene"
    ),
    "ReportedFusion.exon_five_prime": Said("Last exon kept of the 5' gene.", label="5' exon"),
    "ReportedFusion.exon_three_prime": Said("First exon kept of the 3' gene.", label="3' exon"),
    "ReportedFusion.transcript_five_prime": Said("Transcript to which the exon number refers."),
    "ReportedFusion.transcript_three_prime": Said("Transcript to which the exon number refers."),
    "ReportedFusion.position_five_prime": Said(
        "`chromosome:position`, last base kept, counted from 1.", kind="position"
    ),
    "ReportedFusion.position_three_prime": Said(
        "`chromosome:position`, first base kept, counted from 1.", kind="position"
    ),
    "ReportedFusion.assembly": Said("Assembly of the positions.", words="assemblies"),
    "ReportedFusion.frame": Said(
        "The reading frame as the laboratory reports it.", label="Frame, as reported", words="frames"
    ),
    "Mutation.gene": Said("Gene symbol.", kind="gene"),
    "Mutation.protein": Said(
        "Protein change in one-letter or three-letter code: `G595R`, `p.Gly595Arg`.", kind="protein"
    ),
    "Mutation.transcript": Said("Transcript to which the number refers; isoforms number the same residue differently."),
    "Test.date": Said("Date of the test.", label="Date", reads=("specimens", "resistance")),
    "Test.specimen": Said("Which specimen; tests on several specimens or dates raise a caution.", reads=("specimens",)),
    "PanTrkIhc.result": Said(
        "The laboratory's own call. Percent, control and the kind of tumour may change what it counts for.",
        label="Result, as the laboratory calls it",
        reads=("ihc_result",),
        words="results",
    ),
    "PanTrkIhc.percent": Said(
        "Percent of tumour cells that stain; at least 1 is positive (IHC-2).",
        label="Tumour cells that stain, %",
        unit="percent",
        reads=("ihc_percent",),
    ),
    "PanTrkIhc.intensity": Said("Strength of the stain.", reads=("ihc_intensity",), words="intensities"),
    "PanTrkIhc.distribution": Said(
        "With myogenic or neural differentiation only `diffuse` counts as positive (IHC-3).",
        reads=("ihc_distribution",),
        words="distributions",
    ),
    "PanTrkIhc.pattern": Said(
        "Where in the cell; a hint at the gene, never more (IHC-6).", reads=("ihc_pattern",), words="patterns"
    ),
    "PanTrkIhc.clone": Said(
        "Antibody clone, for example `EPR17341` or `EPR17341 (Ventana)`.", label="Antibody clone", reads=("ihc_clone",)
    ),
    "PanTrkIhc.control": Said(
        "Whether the controls were adequate; `inadequate` makes the stain not interpretable.",
        label="Controls",
        reads=("ihc_control",),
        words="adequacies",
    ),
    "PanTrkIhc.fixation": Said(
        "Poor or excessive fixation changes the stain (IHC-9).", reads=("ihc_fixation",), words="fixations"
    ),
    "Fish.gene": Said(
        "The gene of a break-apart probe, or both genes of a co-localisation probe.",
        label="Gene of the probe",
        hint="NTRK1, NTRK2, NTRK3 or ETV6; both genes with a comma for a fusion probe.",
        reads=("fish_target", "fish_coverage"),
        kind="one_or_more_genes",
    ),
    "Fish.probe": Said(
        "`break_apart` shows a rearrangement of one gene; `colocalisation` shows one named fusion.",
        reads=("fish_target", "fish_coverage"),
        words="probes",
    ),
    "Fish.result": Said(
        "The laboratory's own call; counts with a cut-off take its place.",
        label="Result, as the laboratory calls it",
        reads=("fish_result", "fish_coverage"),
        words="results",
    ),
    "Fish.cells_counted": Said("Cells counted.", label="Cells counted", unit="cells", reads=_CELLS),
    "Fish.cells_split": Said(
        "Cells with a split signal (break-apart) or a joined one (co-localisation).",
        label="Cells with a split signal",
        unit="cells",
        reads=_CELLS,
    ),
    "Fish.cells_isolated_3p": Said(
        "Cells with an isolated 3' signal: the part that holds the kinase is kept.",
        label="Cells with an isolated 3' signal",
        unit="cells",
        reads=_CELLS,
    ),
    "Fish.cells_isolated_5p": Said(
        "Cells with an isolated 5' signal: the 3' part, which holds the kinase, is lost.",
        label="Cells with an isolated 5' signal",
        unit="cells",
        reads=_CELLS,
    ),
    "Fish.cutoff": Said(
        "The laboratory's own cut-off in percent. Without it counts are no call, but may contradict one.",
        label="The laboratory's cut-off, % of cells",
        unit="percent",
        reads=_CELLS,
    ),
    "RtPcr.targets": Said(
        "Fusions that were looked for, for example `ETV6::NTRK3`.",
        label="Fusions looked for",
        hint="With commas: ETV6::NTRK3",
        reads=("rt_pcr_target",),
        kind="pairs",
    ),
    "RtPcr.result": Said(
        "The laboratory's own call; a negative one never excludes a fusion (PCR-2).",
        label="Result, as the laboratory calls it",
        reads=("rt_pcr_result",),
        words="results",
    ),
    "RtPcr.control": Said(
        "Whether the control was adequate.", label="Controls", reads=("rt_pcr_control",), words="adequacies"
    ),
    "Sequencing.result": Said(
        "`failed` is no negative (MPS-3).",
        label="Result, as the laboratory calls it",
        reads=("rna_result", "dna_result", "resistance"),
        words="results",
    ),
    "Sequencing.panel": Said("Name of the panel; read by no rule."),
    "Sequencing.genes_covered": Said(
        "Genes that the panel covers for fusions; without it coverage is unknown, never complete.",
        label="Genes that the panel covers",
        hint="With commas: NTRK1, NTRK2, NTRK3",
        reads=("rna_coverage", "dna_coverage", "resistance"),
    ),
    "Sequencing.fusions": Said(
        "Every fusion reported, of NTRK or of other genes; each as keys or as one text: `TPM3::NTRK1`, "
        "`ETV6 exon 5 - NTRK3 exon 15`, a VICC name.",
        reads=_EVENTS,
    ),
    "Sequencing.mutations": Said(
        "Mutations reported, each as keys or as one text (`NTRK1 G595R`); an empty list says that none was found.",
        label="Mutations",
        hint="NTRK1 G595R, NTRK3 G623R; or none, where the panel looked and found none.",
        reads=("resistance", "ntrk_mutation", *_DRIVERS),
    ),
    "Sequencing.amplifications": Said(
        "Genes reported as amplified.",
        label="Genes amplified",
        hint="With commas.",
        reads=("ntrk_amplification", "resistance", "ntrk_mutation", *_DRIVERS),
    ),
    "Sequencing.file": Said("Output file of a fusion caller, or of mutations or copy numbers.", reads=_FILE),
    "Sequencing.sample": Said(
        "The sample of the file that is this patient's, where the file names several.",
        label="Sample in the file",
        reads=_FILE,
    ),
    "Sequencing.caller": Said(
        "The fusion caller that wrote the file, where its format does not tell.", label="Fusion caller", reads=_FILE
    ),
    "Sequencing.assembly": Said(
        "Assembly of the positions in the file, where the file does not state it.", reads=_FILE, words="assemblies"
    ),
    "RnaMps.rna_quality": Said(
        "Unknown quality makes a negative result unqualified, poor quality makes it failed (MPS-3).",
        label="Quality of the RNA",
        reads=("rna_quality",),
        words="qualities",
    ),
    "TherapyLine.drug": Said(
        "International name, brand or development code.", hint="International name.", reads=_LINES
    ),
    "TherapyLine.start": Said("First day.", reads=_LINES),
    "TherapyLine.end": Said("Last day; not before `start`.", reads=_LINES),
    "TherapyLine.best_response": Said("Best response.", label="Best response", reads=_LINES, words="responses"),
    "TherapyLine.progression": Said(
        "Whether the disease progressed on it.", label="Did the disease progress on it?", reads=_LINES
    ),
    "ReadAs.where": Said("Path in the case."),
    "ReadAs.stated": Said("As it was written."),
    "ReadAs.read_as": Said("As it was read."),
    "ReadAs.note": Said("What a reader should know of the reading."),
}
