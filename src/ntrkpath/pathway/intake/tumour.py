"""Facts of the tumour, the disease and the patient: everything but the tests and the therapy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from ntrkpath.guidance import Edition
from ntrkpath.model.age import age_in_years
from ntrkpath.model.case import Alteration, Case
from ntrkpath.model.errors import CaseError, HistologyError
from ntrkpath.model.remembered import RememberedContent, content
from ntrkpath.pathway.intake.drivers import Drivers
from ntrkpath.pathway.intake.genes import NtrkGenes
from ntrkpath.vocabulary import Histology
from ntrkpath.vocabulary.case_words import fold
from ntrkpath.vocabulary.denials import speaks_of_elsewhere
from ntrkpath.vocabulary.histology import Marker, Resolution
from ntrkpath.vocabulary.stains import deficiencies, read_profile

#: The status of each alteration, by gene and kind.
Altered = Mapping[tuple[str, str], str]
_FLAG = {True: "yes", False: "no"}


def flag(value: bool | str | None) -> str:
    """Return ``yes``, ``no`` or ``unknown``."""
    return _FLAG.get(value, "unknown")  # type: ignore[arg-type]


class Tumour:
    """Derives the facts of tumour, disease and patient as ``facts.yaml`` says.

    Args:
        edition: The edition whose facts and vocabulary are used.
        ntrk: The NTRK genes.
        remembered: Lists of alterations, and sites, that are remembered.
    """

    def __init__(self, edition: Edition, ntrk: NtrkGenes, remembered: int = 0) -> None:
        self.ntrk = ntrk
        self.vocabulary = edition.vocabulary
        derive = {ident: fact.derive or {} for ident, fact in edition.facts.items()}
        self.bands = [(level, float(bound)) for level, bound in derive["age_band"]["upper_bounds_years"]]
        self.oldest_band = derive["age_band"]["last"]
        self.changes = Drivers(edition)
        self.drivers = frozenset(derive["other_driver"]["genes"])
        self.any_fusion = derive["canonical_alteration"]["any_fusion"].upper()
        self.vimentin = frozenset(derive["lineage"]["vimentin"])
        self.other_markers = int(derive["lineage"]["minimum_other_markers"])
        self.co_expressed = tuple(derive["s100_cd34"]["markers"])
        self.told_apart = tuple(derive["s100_cd34"]["unless"])
        self.as_none = frozenset(derive["differentiation"]["as_none"])
        self.settled = frozenset(derive["differentiation"]["settled_by_group"])
        self.cns_words: list[str] = derive["cns_site"]["words"]
        self.no_site = frozenset(derive["cns_site"]["as_unknown"])
        self._alterations: RememberedContent[bytes, Altered] = RememberedContent(remembered)
        self._sites: RememberedContent[str, str] = RememberedContent(remembered)

    @cached_property
    def cns(self) -> re.Pattern[str]:
        """The words of a site in the central nervous system."""
        words = "|".join(re.escape(word) for word in self.cns_words)
        return re.compile(rf"\b(?:{words})\b")

    @cached_property
    def defines(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Fusions and amplifications that define a sarcoma, and so question another diagnosis, with its names."""
        names: dict[tuple[str, str], dict[str, None]] = {}
        defining = set()
        for entry in self.vocabulary:
            for marker in entry.markers:
                if marker.certainty == "pathognomonic":
                    for key in ((gene, kind) for kind in marker.kinds for gene in marker.genes):
                        names.setdefault(key, {})[entry.name] = None
                        if entry.group in ("recurrent_fusion", "wd_dd_liposarcoma"):
                            defining.add(key)
        return {key: tuple(names[key]) for key in defining if key[1] in ("fusion", "amplification")}

    def histology(self, text: str) -> Resolution:
        """Resolve a histology; a likeness is not enough to decide a case.

        Raises:
            HistologyError: The text resolves to nothing, or only fuzzily; the nearest names are given.
        """
        resolution = self.vocabulary.resolve(text)
        if resolution.histology is None or resolution.how == "fuzzy":
            near = [resolution.histology.name] if resolution.histology else []
            near += [name for name, _ in resolution.candidates if name not in near]
            if resolution.ambiguous:
                raise HistologyError(
                    "an abbreviation of several diagnoses", where="diagnosis.histology", value=text,
                    allowed=" or ".join(near), remedy="write the name out",
                )  # fmt: skip
            raise HistologyError(
                "histology not recognised" if not near else "histology not recognised exactly",
                where="diagnosis.histology",
                value=text,
                allowed=f"nearest: {', '.join(near[:4])}" if near else "a name, synonym, OncoTree or ICD-O-3 code",
                remedy="write one of these, or look it up with: ntrkpath histology TEXT",
            )
        return resolution

    @staticmethod
    def carried(resolution: Resolution, case: Case) -> list[Alteration]:
        """Return the alterations that the name of the diagnosis states, as alterations of the case.

        Raises:
            CaseError: The case, or one of its stains, states the opposite of one of them.
        """
        if not resolution.carries:
            return []
        for marker, (gene, status) in deficiencies(read_profile(case.diagnosis.immunoprofile)).items():
            if any((one.gene, one.kind) == (gene, "deficiency") and one.status != status for one in resolution.carries):
                raise CaseError(
                    "contradicts the name of the diagnosis", where="diagnosis.immunoprofile", value=marker,
                    allowed=f"{gene} deficiency as {resolution.text!r} has it", remedy="correct the name or the stain",
                )  # fmt: skip
        for i, stated in enumerate(case.alterations):
            for one in resolution.carries:
                family = one.gene == "SDH" and re.fullmatch("SDH[A-DX]?", stated.gene.upper())
                same = (family or stated.gene.upper() == one.gene.upper()) and stated.kind == one.kind
                if same and stated.status != "unknown" and stated.status != one.status:
                    raise CaseError(
                        "contradicts the name of the diagnosis", where=f"alterations[{i}].status", value=stated.status,
                        allowed=f"{one.status}, as {resolution.text!r} says of {one.gene} {one.kind}",
                        remedy="correct the name or the alteration",
                    )  # fmt: skip
        return [
            Alteration(gene=one.gene, kind=one.kind, status=one.status, detail=one.detail)  # type: ignore[arg-type]
            for one in resolution.carries
        ]

    def levels(self, case: Case, histology: Histology, alterations: Altered) -> dict[str, str]:
        """Return the level of every fact of tumour, disease and patient."""
        diagnosis, disease = case.diagnosis, case.disease
        profile = read_profile(diagnosis.immunoprofile)
        canonical = self._canonical(histology, alterations, profile)
        return {
            "histology_group": histology.group,
            "kin": histology.kin,
            "alk_ros1": self._alk_ros1(alterations),
            "canonical_alteration": canonical,
            "other_driver": self._other_driver(histology, alterations),
            "lineage": self._lineage(profile),
            "s100_cd34": self._co_expression(profile),
            "differentiation": self._differentiation(diagnosis.differentiation, histology),
            "cns_site": self._cns_site(diagnosis.site, histology),
            "typical_histology": flag(diagnosis.typical_histology),
            "central_review": flag(diagnosis.central_review),
            "for_diagnosis": flag(diagnosis.testing_for_diagnosis),
            "extent": disease.extent or "unknown",
            "relapse_risk": disease.relapse_risk or "unknown",
            "surgery_morbidity": disease.surgery_morbidity or "unknown",
            "alternative": flag(disease.satisfactory_alternative),
            "brain_metastases": flag(disease.brain_metastases),
            "pregnant": flag(case.patient.pregnant),
            "age_band": self._age_band(case.patient.age),
        }

    def role(self, histology: Histology, gene: str, kind: str, status: str = "present") -> str:
        """Return what an alteration is to the facts of this tumour in words; empty where none of them reads it."""
        names = [part.strip().upper() for part in re.split(r"::|--", gene)]
        if self.ntrk.covered(names):
            if kind in ("fusion", "mutation") and status == "absent":
                return ""
            return {"fusion": "an NTRK fusion reported without its method", "amplification": "an NTRK amplification",
                    "mutation": "an NTRK mutation"}.get(kind, "")  # fmt: skip
        for marker in histology.markers:
            if kind in marker.kinds and {*marker.genes, *marker.absent_by}.intersection(names):
                return f"{marker.id}, a canonical alteration of this histology"
        if kind == "fusion" and {"ALK", "ROS1"}.intersection(names):
            return "decides whether ALK and ROS1 are altered"
        if kind == "fusion" and self.any_fusion in names:
            return "speaks of every fusion of a sarcoma panel"
        if any((name, kind) in self.defines for name in names):
            return "defines another sarcoma: it questions the diagnosis"
        return "an oncogenic driver" if self.drivers.intersection(names) else ""

    def altered(self, case: Case, found: Iterable[Alteration] = ()) -> Altered:
        """Map (gene, kind) to its status: what the case lists, what its stains show, and what else was found.

        Args:
            found: Alterations that the name of the diagnosis states, or that the tests of the case report.
        """
        profile, listed = case.diagnosis.immunoprofile, [*case.alterations, *found]
        if not profile and not listed:
            return {}
        key = content((profile, listed))
        known = self._alterations.get(key)
        if known is None:
            lost = deficiencies(read_profile(profile)).values()
            shown = [Alteration(gene=gene, kind="deficiency", status=status) for gene, status in lost]  # type: ignore[arg-type]
            known = self._alterations.keep(key, self._by_gene([*case.alterations, *shown, *found]))
        return known

    def _by_gene(self, alterations: Iterable[Alteration]) -> dict[tuple[str, str], str]:
        """Map (gene, kind) to its status; present outweighs absent, absent outweighs unknown."""
        rank = {"unknown": 0, "absent": 1, "present": 2}
        found: dict[tuple[str, str], str] = {}
        for alteration in alterations:
            genes = re.split(r"::|--", alteration.gene.strip().upper())
            if alteration.kind == "fusion" and self.ntrk.covered(genes):
                continue
            for gene in genes:
                key = (gene, alteration.kind)
                if rank[alteration.status] >= rank[found.get(key, "unknown")]:
                    found[key] = alteration.status
        return found

    def _status(self, marker: Marker, alterations: Altered) -> str:
        if not alterations:
            return "unknown"
        if any(alterations.get((gene, kind)) == "present" for gene in marker.genes for kind in marker.kinds):
            return "present"
        if any(alterations.get((gene, kind)) == "absent" for gene in marker.absent_by for kind in marker.kinds):
            return "absent"
        if "fusion" in marker.kinds and alterations.get((self.any_fusion, "fusion")) == "absent":
            return "absent"
        return "unknown"

    def _canonical(
        self, histology: Histology, alterations: Altered, profile: Mapping[str, str]
    ) -> str:
        if histology.defining_marker and profile.get(histology.defining_marker) == "positive":
            return "present"
        statuses = [(marker, self._status(marker, alterations)) for marker in histology.markers]
        if any(status == "present" for _, status in statuses):
            return "present"
        if histology.group in ("complex_genomics", "other_sarcoma") and self._of_another(histology, alterations):
            return "of_another"
        if not statuses:
            return "absent" if alterations.get((self.any_fusion, "fusion")) == "absent" else "unknown"
        if all(status == "absent" for _, status in statuses):
            return "absent"
        if any(status == "unknown" and marker.certainty == "pathognomonic" for marker, status in statuses):
            tested = any(status == "absent" and marker.certainty == "pathognomonic" for marker, status in statuses)
            return "unknown" if tested else "expected"
        return "unknown"

    def _of_another(self, histology: Histology, alterations: Altered) -> list[tuple[str, str]]:
        """Return the alterations that are present and define another sarcoma than this one."""
        foreign = [key for key, status in alterations.items() if status == "present" and key in self.defines]
        if not foreign:
            return []
        own = {(gene, kind) for marker in histology.markers for gene in marker.genes for kind in marker.kinds}
        return [key for key in foreign if key not in own]

    def points_to(self, histology: Histology, alterations: Altered) -> tuple[str, tuple[str, ...]] | None:
        """Return an alteration that defines another sarcoma, and the names of the sarcomas that it defines."""
        foreign = self._of_another(histology, alterations)
        if not foreign:
            return None
        ranked = sorted((len(names), *key, names) for key in foreign if (names := self.defines[key]))
        return (f"{ranked[0][1]} {ranked[0][2]}", ranked[0][3]) if ranked else None

    def open_markers(self, histology: Histology, alterations: Altered) -> tuple[str, ...]:
        """Return the canonical alterations of the histology that are neither present nor tested absent."""
        return tuple(marker.id for marker in histology.markers if self._status(marker, alterations) == "unknown")

    def _alk_ros1(self, alterations: Altered) -> str:
        if not alterations:
            return "unknown"
        either = [
            alterations.get((gene, "fusion")) or alterations.get((self.any_fusion, "fusion"), "unknown")
            for gene in ("ALK", "ROS1")
        ]
        if "present" in either:
            return "present"
        return "absent" if either == ["absent", "absent"] else "unknown"

    def _other_driver(self, histology: Histology, alterations: Altered) -> str:
        drivers = {gene for (gene, _), status in alterations.items() if status == "present" and gene in self.drivers}
        if drivers:
            drivers.difference_update(gene for marker in histology.markers for gene in marker.genes)
            if histology.group == "imt":
                drivers -= {"ALK", "ROS1"}
        return "present" if drivers else "none_reported"

    def _lineage(self, profile: Mapping[str, str]) -> str:
        if not profile:
            return "unknown"
        others = [value for name, value in profile.items() if name not in self.vimentin]
        if "positive" in others:
            return "specific"
        vimentin = any(profile.get(name) == "positive" for name in self.vimentin)
        return "none" if vimentin and others.count("negative") >= self.other_markers else "unknown"

    def _co_expression(self, profile: Mapping[str, str]) -> str:
        if not profile:
            return "unknown"
        values = [profile.get(marker) for marker in self.co_expressed]
        if any(profile.get(marker) == "positive" for marker in self.told_apart):
            return "not_co_expressed"
        if all(value == "positive" for value in values):
            return "co_expressed"
        return "not_co_expressed" if "negative" in values else "unknown"

    def _differentiation(self, stated: str | None, histology: Histology) -> str:
        if histology.neuroendocrine or stated == "neuroendocrine":
            return "neuroendocrine"
        if stated in ("myogenic", "neural"):
            return stated
        if histology.differentiation != "none":
            return histology.differentiation
        if stated == "none" or stated in self.as_none or histology.group in self.settled:
            return "none"
        return "unknown"

    def _cns_site(self, site: str | None, histology: Histology) -> str:
        if histology.cns:
            return "yes"
        if not site:
            return "unknown"
        return self._sites.get(site) or self._sites.keep(site, self._read_site(site))

    def _read_site(self, site: str) -> str:
        said = site.casefold().strip(" .?-_[]()")
        if not said or " ".join(said.split()) in self.no_site:
            return "unknown"
        if not self.cns.search(fold(said)):
            return "no"
        return "unknown" if speaks_of_elsewhere(said) else "yes"

    def _age_band(self, age: float | str | None) -> str:
        years = age_in_years(age)
        if years is None:
            return "unknown"
        return next((level for level, bound in self.bands if years < bound), str(self.oldest_band))
