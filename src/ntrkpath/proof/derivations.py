"""The derivations of a case, apart from its tests, as spaces: age, site, alterations, markers, drugs, labels, names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.case import (
    Alteration,
    Case,
    Diagnosis,
    Disease,
    DnaMps,
    Mutation,
    Patient,
    ReportedFusion,
    TherapyLine,
)
from ntrkpath.pathway.decide import Pathway
from ntrkpath.pathway.intake.treated import Treated
from ntrkpath.pathway.intake.tumour import Tumour
from ntrkpath.proof.space import Space
from ntrkpath.vocabulary import Histology

#: Ages in years on both sides of every bound that a label or a rule knows, and in words.
AGES: dict[str, float | str | None] = {
    **{
        f"{age:g}": age
        for age in (0, 0.05, 0.083, 0.084, 0.085, 0.5, 1, 1.99, 2, 7.99, 8, 11.99, 12, 17.99, 18, 65, 120)
    },
    "3 weeks": "3 weeks", "1 month": "1 month", "2 months": "2 months", "newborn": "newborn",
    "not stated": None, "unknown": "unknown",
}  # fmt: skip
SITES = (
    "thigh",
    "stomach",
    "brain",
    "left cerebellum",
    "spinal cord",
    "mid-brainstem",
    "skull base",
    "uterus",
    "cns",
    "thigh, metastases in brain",
    "not brain",
    "outside the spinal cord",
)
_FLAG: dict[str, bool | str | None] = {"true": True, "false": False, "unknown": "unknown", "not stated": None}
_MARKERS = ("S100", "CD34", "SOX10", "vimentin", "desmin")
_STATUS = ("present", "absent", "unknown", "not stated")
#: Histologies that stand for their group where a derivation depends on the group alone.
_PROBES = ("infantile fibrosarcoma", "IMT", "GIST", "dedifferentiated liposarcoma", "synovial sarcoma",
           "leiomyosarcoma", "undifferentiated pleomorphic sarcoma", "chondrosarcoma")  # fmt: skip
#: Genes whose changes are told apart, and codons on both sides of every bound that is known for one of them.
_CHANGED = ("KIT", "PDGFRA", "BRAF", "HRAS", "KRAS", "NRAS", "IDH1", "IDH2", "H3-3A", "H3F3A", "MYOD1", "DICER1", "NF1",
            "SDHA", "SDHB", "SDHC", "SDHD", "SMARCB1", "SMARCA4", "PRKAR1A", "TSC1", "TSC2", "TP53")  # fmt: skip
_CODONS = sorted({
    near
    for bound in (12, 13, 34, 37, 59, 61, 117, 122, 132, 140, 146, 172, 411, 464, 469, 514, 541, 550, 552, 592, 594,
                  596, 601, 627, 631, 668, 714, 788, 814, 854, 866, 1705, 1709, 1809, 1814)
    for near in (bound - 1, bound, bound + 1)
})  # fmt: skip
#: Where names stand that more than one histology bears.
_UNRESOLVED = "none alone"
_BEFORE, _START, _AFTER = dt.date(2023, 1, 1), dt.date(2024, 1, 1), dt.date(2025, 1, 1)


def _case(**parts: Any) -> Case:
    return Case(id="case", diagnosis=parts.pop("diagnosis", Diagnosis(histology="GIST")), **parts)


def _listed(values: Iterable[str]) -> dict[str, str]:
    return {value: value for value in values}


def spaces(pathway: Pathway) -> Iterator[Space]:
    """Yield every space of the derivations of a case, its tests left out."""
    edition, tumour, treated = pathway.edition, pathway.tumour, pathway.treated
    yield from _of_the_tumour(tumour)
    yield from _of_the_alterations(tumour)
    yield from _of_the_drugs(edition, treated)
    yield from _of_the_vocabulary(edition, tumour)
    yield from _of_the_labels(edition)


def _of_the_tumour(tumour: Tumour) -> Iterator[Space]:
    gist = tumour.histology("GIST").histology
    assert gist is not None

    def level(fact: str, **parts: Any) -> str:
        return _levels(tumour, _case(**parts), gist)[fact]

    yield Space("age_band", {"age": AGES}, lambda age: level("age_band", patient=Patient(age=age)))
    sites = {**_listed((*SITES, *sorted(tumour.no_site))), "empty": "", "blank": " ", "not stated": None}
    yield Space(
        "cns_site", {"site": sites}, lambda site: level("cns_site", diagnosis=Diagnosis(histology="GIST", site=site))
    )  # fmt: skip
    flags = {"typical_histology": "typical_histology", "central_review": "central_review",
             "testing_for_diagnosis": "for_diagnosis"}  # fmt: skip
    yield Space(
        "flags", {"key": flags, "value": _FLAG},
        lambda fact, value: level(fact, diagnosis=Diagnosis(histology="GIST", **{_key(flags, fact): value})),
    )  # fmt: skip
    yield Space(
        "alternative", {"value": _FLAG},
        lambda value: level("alternative", disease=Disease(satisfactory_alternative=value)),
    )  # fmt: skip
    yield Space(
        "brain_metastases", {"value": _FLAG},
        lambda value: level("brain_metastases", disease=Disease(brain_metastases=value)),
    )  # fmt: skip
    yield Space("pregnant", {"value": _FLAG}, lambda value: level("pregnant", patient=Patient(pregnant=value)))
    choices = {
        f"{key} {value}": (key, value)
        for key, values in {
            "extent": (
                "localized",
                "locally_advanced_resectable",
                "locally_advanced_unresectable",
                "metastatic",
                "unknown",
                None,
            ),
            "relapse_risk": ("standard", "high", "unknown", None),
            "surgery_morbidity": ("acceptable", "severe", "unknown", None),
        }.items()
        for value in values
    }
    yield Space("disease", {"key": choices}, lambda chosen: level(chosen[0], disease=Disease(**{chosen[0]: chosen[1]})))
    profiles = {"positive": "positive", "negative": "negative", "unknown": "unknown", "not stated": None}
    yield Space(
        "immunoprofile", dict.fromkeys(_MARKERS, profiles),
        lambda *values: " ".join(
            level(fact, diagnosis=Diagnosis(histology="GIST", immunoprofile={
                marker: value for marker, value in zip(_MARKERS, values, strict=True) if value
            }))
            for fact in ("lineage", "s100_cd34")
        ),
    )  # fmt: skip
    stated = ("none", "myogenic", "neural", "myofibroblastic", "neuroendocrine", "other", "unknown", None)
    yield Space(
        "differentiation", {"stated": {str(one): one for one in stated}, "histology": _listed(_PROBES)},
        lambda one, name: _levels(
            tumour, _case(diagnosis=Diagnosis(histology=name, differentiation=one)), _entity(tumour, name)
        )["differentiation"],
    )  # fmt: skip


def _key(names: Mapping[str, str], fact: str) -> str:
    return next(key for key, value in names.items() if value == fact)


def _entity(tumour: Tumour, name: str) -> Any:
    return tumour.histology(name).histology


def _levels(tumour: Tumour, case: Case, histology: Histology) -> dict[str, str]:
    return tumour.levels(case, histology, tumour.altered(case))


def _by_stain(tumour: Tumour, name: str, value: Any) -> str:
    """Return what the stain that defines a histology makes of its canonical alteration."""
    entity = _entity(tumour, name)
    profile = {entity.defining_marker: value} if value else {}
    case = _case(diagnosis=Diagnosis(histology=name, immunoprofile=profile))
    return _levels(tumour, case, entity)["canonical_alteration"]


def _of_the_alterations(tumour: Tumour) -> Iterator[Space]:
    statuses = _listed(_STATUS)

    def levels(name: str, alterations: Iterable[tuple[str, str, str]], facts: tuple[str, ...]) -> str:
        listed = [Alteration(gene=g, kind=k, status=s) for g, k, s in alterations if s != "not stated"]  # type: ignore[arg-type]
        found = _levels(tumour, _case(alterations=listed), _entity(tumour, name))
        return " ".join(found[fact] for fact in facts)

    yield Space(
        "alk_ros1", {"ALK": statuses, "ROS1": statuses, "any": statuses},
        lambda alk, ros1, every: levels(
            "IMT", (("ALK", "fusion", alk), ("ROS1", "fusion", ros1), ("any", "fusion", every)), ("alk_ros1",)
        ),
    )  # fmt: skip
    yield Space(
        "defining_stain",
        {
            "histology": _listed(one.name for one in tumour.vocabulary if one.defining_marker),
            "stain": {"positive": "positive", "negative": "negative", "unknown": "unknown", "not stated": None},
        },
        lambda name, value: _by_stain(tumour, name, value),
    )
    yield Space(
        "driver_changes",
        {
            "gene": _listed(_CHANGED),
            "change": {**{f"substitution {n}": f"V{n}A" for n in _CODONS}, "stop": "R300*", "frameshift": "Y300Cfs*5",
                       "in words": "exon 11 deletion"},
        },
        lambda gene, change: (
            "open" if tumour.changes.passenger(Mutation(gene=gene, protein=change)) else "counts"
        ),
    )  # fmt: skip
    own = {
        gene
        for name in _PROBES
        for marker in _entity(tumour, name).markers
        for gene in (*marker.genes, *marker.absent_by)
    }
    genes = sorted({*tumour.drivers, *(gene for gene, _ in tumour.defines), *own, "TP53", "any", "NTRK1"})
    yield Space(
        "alterations",
        {"histology": _listed(_PROBES), "gene": _listed(genes),
         "kind": _listed(("fusion", "mutation", "amplification")), "status": _listed(_STATUS[:3])},
        lambda name, gene, kind, status: levels(
            name, ((gene, kind, status),), ("canonical_alteration", "other_driver", "alk_ros1")
        ),
    )  # fmt: skip


def _of_the_drugs(edition: Edition, treated: Treated) -> Iterator[Space]:
    drugs = _listed(sorted({*edition.drugs, *(d.brand for d in edition.drugs.values() if d.brand), "doxorubicin"}))
    responses = {str(one): one for one in ("complete", "partial", "stable", "progression", "unknown", None)}

    def course(drug: str, progression: Any, response: Any, end: Any, said: Any) -> str:
        line = TherapyLine(drug=drug, progression=progression, best_response=response, end=end)
        found = treated.of(_case(therapy=[line], disease=Disease(standard_therapy=said))).levels
        return f"{found['trk_therapy']}, standard {found['standard_therapy']}"

    yield Space(
        "therapy",
        {"drug": drugs, "progression": _FLAG, "response": responses, "ended": {"no": None, "yes": _AFTER},
         "standard therapy": {str(one): one for one in ("not_given", "ongoing", "progressed", "unknown", None)}},
        course,
    )  # fmt: skip
    yield Space(
        "no therapy", {"therapy": {"not stated": None, "none": []}},
        lambda lines: treated.of(_case(therapy=lines)).levels["trk_therapy"],
    )  # fmt: skip
    mutations = {
        f"{one['gene']} {one['protein']}": (one["gene"], one["protein"])
        for one in edition.data["resistance"]["mutations"]
    }
    for gene, residues in edition.data["resistance"]["residues"].items():
        for residue in residues:
            wild = edition.data["resistance"]["wild_type"][gene][residue]
            for new in ("A", "K", wild):
                mutations.setdefault(f"{gene} {wild}{residue}{new}", (gene, f"{wild}{residue}{new}"))
            mutations.setdefault(f"{gene} W{residue}A", (gene, f"W{residue}A"))
    mutations |= {"NTRK1 R33W": ("NTRK1", "R33W"), "KRAS G12D": ("KRAS", "G12D")}

    def resisted(mutation: tuple[str, str], partner: str | None) -> str:
        fusions = [ReportedFusion(five_prime="ETV6", three_prime=partner)] if partner else []
        test = DnaMps(result="positive", mutations=[Mutation(gene=mutation[0], protein=mutation[1])], fusions=fusions)
        found = treated.of(_case(tests=[test]))
        effects = ", ".join(f"{drug} {effect}" for drug, effect in sorted(found.resistance.effects.items()))
        return f"{found.levels['resistance']}, mutation {found.levels['ntrk_mutation']}; {effects}"

    fused: dict[str, str | None] = {
        "not stated": None,
        **{gene: gene for gene in edition.data["guideline"]["ntrk_genes"]},
    }
    yield Space("resistance mutations", {"mutation": mutations, "fused": fused}, resisted)
    yield Space(
        "resistance test",
        {
            "progressed": {"yes": True, "no": False, "not stated": None},
            "test": {"before": _BEFORE, "on the day": _START, "after": _AFTER, "undated": None},
            "start": {"dated": _START, "undated": None},
            "result": _listed(("positive", "negative", "failed", "unknown")),
            "mutations": {"not stated": None, "none": [], "off target": ["KRAS"], "other": ["TP53"]},
            "covers": {"not stated": None, "all three": ["NTRK1", "NTRK2", "NTRK3"], "one": ["NTRK3"]},
        },
        lambda *chosen: _tested(treated, *chosen),
    )


def _tested(treated: Treated, progressed: Any, date: Any, start: Any, result: Any, genes: Any, covers: Any) -> str:
    proteins = {"KRAS": "G12D", "TP53": "R175H"}
    mutations = None if genes is None else [Mutation(gene=gene, protein=proteins[gene]) for gene in genes]
    test = DnaMps(date=date, result=result, mutations=mutations, genes_covered=covers)
    line = TherapyLine(drug="larotrectinib", start=start, progression=progressed)
    return treated.of(_case(tests=[test], therapy=[line])).levels["resistance"]


def _of_the_vocabulary(edition: Edition, tumour: Tumour) -> Iterator[Space]:
    entries = {entry.id: entry for entry in edition.vocabulary}

    def bare(entry: Any) -> str:
        found = _levels(tumour, _case(diagnosis=Diagnosis(histology=entry.id)), entry)
        markers = "; ".join(
            f"{m.id} {'/'.join(m.kinds)} of {'/'.join(m.genes)}, absent by {'/'.join(m.absent_by)}, {m.certainty}"
            for m in entry.markers
        )
        facts = ("histology_group", "canonical_alteration", "differentiation", "cns_site")
        return " ".join(found[fact] for fact in facts) + f" [{markers}]"

    yield Space("histologies", {"histology": entries}, bare)
    names: dict[str, list[str]] = {ident: [] for ident in (*entries, _UNRESOLVED)}
    for entry in edition.data["histologies"]:
        for name in (*entry.get("synonyms", ()), *entry.get("icdo3", ())):
            resolved = edition.vocabulary.resolve(str(name)).histology
            names[resolved.id if resolved else _UNRESOLVED].append(str(name))
    yield Space(
        "names", {"histology": {ident: ident for ident in names}}, lambda ident: ", ".join(sorted(names[ident]))
    )
    aliases = edition.data["guideline"]["ntrk_genes"]
    spelled = (
        [alias for names in aliases.values() for alias in names] + list(aliases) + ["NTRK4", "ETV6", "ntrk3", "TRKA"]
    )
    yield Space("NTRK names", {"name": _listed(dict.fromkeys(spelled))}, lambda name: str(tumour.ntrk.symbol(name)))
    pairs = sorted({(p["five_prime"], p["three_prime"]) for p in edition.data["partners"]["partners"]})
    yield Space("known pairs", {"gene": _listed(sorted({g for _, g in pairs}))},
                lambda gene: ", ".join(five for five, three in pairs if three == gene))  # fmt: skip


def _of_the_labels(edition: Edition) -> Iterator[Space]:
    labels = {label.id: label for label in edition.labels}
    yield Space(
        "labels", {"label": labels},
        lambda label: f"{label.drug} at {label.agency} from {label.from_} until {label.until}: "
        f"{', '.join(label.requires)}{'' if label.label_read else ' (label not read)'}",
    )  # fmt: skip
    drugs = dict(edition.drugs)
    yield Space("drugs", {"drug": drugs}, lambda drug: f"{drug.generation}: {', '.join(drug.names)}")
    setting = edition.facts["figure2_reading"].derive or {}
    yield Space("figure2_reading", {"setting": {"default": setting.get("default")}}, str)
