"""Facts of TRK inhibitors already given, of resistance, and of NTRK alterations other than fusions."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model.case import Case, DnaMps, Mutation, RnaMps, RtPcr, TherapyLine
from ntrkpath.model.errors import AnnotationError, CaseError
from ntrkpath.pathway.intake.genes import NtrkGenes, result_level

#: Patterns are compiled where they are first needed, which is in few cases.
_CHANGE = r"(?:p\.)?\(?([A-Za-z]{3}|[A-Z])(\d+)([A-Za-z]{3}|[A-Z*=])\)?"
_ONE = {
    "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H",
    "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W",
    "Tyr": "Y", "Val": "V",
}  # fmt: skip
#: What stands between the drugs of one line: ``doxorubicin + ifosfamide``.
_TOGETHER = r"\s*(?:[+/,;&]|\band\b|\bplus\b|\bwith\b|\bund\b|\bet\b)\s*"
#: Classes of mutations of the kinase domain; of several the one that leaves the fewest options counts, gravest first.
KINASE_CLASSES = ("xdfg", "solvent_front", "gatekeeper", "other_kinase")


class Resistance(msgspec.Struct, frozen=True):
    """What is known of resistance: the level of the fact, the mutation behind it, and its effect by drug."""

    level: str
    mutation: str | None
    effects: dict[str, str]


class Treatment(msgspec.Struct, frozen=True):
    """What a case says of earlier treatment.

    Args:
        levels: The levels of the facts.
        resistance: What is known of resistance.
        given: The TRK inhibitors that were given.
        progressed: Those on which the disease progressed.
    """

    levels: dict[str, str]
    resistance: Resistance
    given: frozenset[str]
    progressed: frozenset[str]


class Treated:
    """Derives the facts of earlier TRK inhibitors and of NTRK mutations and amplifications."""

    def __init__(self, edition: Edition, ntrk: NtrkGenes) -> None:
        self.ntrk = ntrk
        self.drugs = {name.casefold(): d for d in edition.drugs.values() for name in (d.id, d.brand or d.id, *d.names)}
        self.other_drugs = frozenset(name.casefold() for name in edition.data["labels"]["other_drugs"])
        data = edition.data["resistance"]
        self.mutations = {(m["gene"], m["protein"]): m for m in data["mutations"]}
        self.residues = {g: {int(r): c for r, c in residues.items()} for g, residues in data["residues"].items()}
        self.wild_type = {g: {int(r): aa for r, aa in letters.items()} for g, letters in data["wild_type"].items()}
        self.off_target = [(o["gene"], o["alteration"], o["kind"]) for o in data["off_target"]]

    def drug(self, line: TherapyLine, index: int) -> str | None:
        """Return the TRK inhibitor that a line of therapy gives, or ``None`` for other known drugs, one or several.

        Raises:
            CaseError: The drug is not known by any name.
        """
        name = line.drug.strip().casefold()
        if name in self.drugs:
            return self.drugs[name].id
        if name in self.other_drugs:
            return None
        together = [part for part in re.split(_TOGETHER, name) if part]
        if len(together) > 1 and all(part in self.drugs or part in self.other_drugs for part in together):
            return next((self.drugs[part].id for part in together if part in self.drugs), None)
        from rapidfuzz import process

        near = process.extract(name, [*self.drugs, *self.other_drugs], limit=3)
        raise CaseError(
            "drug not known",
            where=f"therapy[{index}].drug",
            value=line.drug,
            allowed=f"nearest: {', '.join(str(match[0]) for match in near)}",
            remedy="write the international name",
        )

    def of(self, case: Case, unsettled: Collection[int] = (), fused: Collection[str | None] = ()) -> Treatment:
        """Return what a case says of earlier treatment.

        Args:
            unsettled: Tests, counted from 1, whose files leave open whether an NTRK gene is mutated.
            fused: Genes that the events of the case's files fuse, beside those that the case names itself.
        """
        lines = [(line, self.drug(line, i)) for i, line in enumerate(case.therapy or ())]
        trk = [(line, drug) for line, drug in lines if drug and self.drugs[drug].generation in ("first", "next")]
        statuses = [(self.status(line), self.drugs[str(drug)].generation) for line, drug in trk]
        therapy = "unknown" if case.therapy is None else _course(statuses)
        mutations = self._ntrk_mutations(case)
        resistance = self._resistance(case, mutations, [line for line, _ in trk], therapy, unsettled, fused)
        others = [self.status(line) for line, drug in lines if drug is None]
        standard: str = case.disease.standard_therapy or next(
            (s for s in ("progressed", "ongoing") if s in others), "unknown"
        )
        before = therapy in ("none", "unknown")
        of_response = any(before or self.classify(gene, m) is None for gene, m in mutations)
        reported = any(
            a.kind == "fusion" and a.status == "present" and self.is_ntrk(a.gene) for a in case.alterations
        )
        return Treatment(
            {
                "standard_therapy": standard,
                "trk_therapy": therapy,
                "trk_response": _best_response([line for line, _ in trk]),
                "resistance": resistance.level,
                "ntrk_amplification": self._amplification(case),
                "ntrk_mutation": "present" if of_response else "none_reported",
                "reported_fusion": "present" if reported else "none_reported",
            },
            resistance,
            frozenset(str(drug) for _, drug in trk),
            frozenset(str(drug) for line, drug in trk if self.status(line) == "progressed"),
        )

    def is_ntrk(self, gene: str) -> bool:
        """Say whether a gene, or a side of a fusion, is an NTRK gene by any of its names."""
        return any(self.ntrk.symbol(part) for part in re.split(r"::|--", gene))

    @staticmethod
    def status(line: TherapyLine) -> str:
        """Return how a line of therapy went: ``progressed``, ``ongoing``, ``stopped`` or ``unknown``."""
        if line.progression is True or line.best_response in ("progression", "PD"):
            return "progressed"
        if line.progression is False:
            return "stopped" if line.end else "ongoing"
        return "unknown"

    def _amplification(self, case: Case) -> str:
        statuses = {a.status for a in case.alterations if a.kind == "amplification" and self.ntrk.symbol(a.gene)}
        for test in case.tests:
            if isinstance(test, DnaMps | RnaMps) and test.amplifications and self.ntrk.covered(test.amplifications):
                statuses.add("present")
        return "present" if "present" in statuses else "absent" if "absent" in statuses else "unknown"

    def _ntrk_mutations(self, case: Case) -> list[tuple[str, Mutation]]:
        listed = [
            Mutation(gene=a.gene, protein=_change_in(a.detail))
            for a in case.alterations
            if a.kind == "mutation" and a.status == "present"
        ]
        listed += [m for t in case.tests if isinstance(t, DnaMps | RnaMps) for m in t.mutations or ()]
        return [(symbol, m) for m in listed if (symbol := self.ntrk.symbol(m.gene))]

    def classify(self, gene: str, mutation: Mutation) -> tuple[str, str] | None:
        """Return (change in reference numbering, class) of a resistance mutation, or ``None`` for any other change."""
        match = re.fullmatch(_CHANGE, mutation.protein.strip())
        if match is None:
            return None
        before, after = (_ONE.get(residue.title(), residue) for residue in (match[1], match[3]))
        if before == after or after in "=*":
            return None
        change = _reference_change(gene, f"{before}{match[2]}{after}", mutation.transcript)
        if change is None:
            return None
        number = int(change[1:-1])
        if self.wild_type[gene].get(number) != before:
            return None
        return change, self.residues[gene][number]

    def _resistance(
        self,
        case: Case,
        mutations: list[tuple[str, Mutation]],
        trk: list[TherapyLine],
        therapy: str,
        unsettled: Collection[int],
        fused: Collection[str | None],
    ) -> Resistance:
        every = [(gene, found) for gene, m in mutations if (found := self.classify(gene, m))]
        of_fusion = self._fused(case, fused) if every else frozenset()
        known = [one for one in every if not of_fusion or one[0] in of_fusion]
        if known:
            gene, (change, kind) = min(known, key=lambda k: (KINASE_CLASSES.index(k[1][1]), k[0], k[1][0]))
            return Resistance(kind, f"{gene} {change}", self._effects({(g, c) for g, (c, _) in known}))
        elsewhere = " and ".join(sorted({f"{gene} {change}" for gene, (change, _) in every}))
        without = self._without_mutation(case, trk, therapy, unsettled)
        return Resistance("other_gene", elsewhere, {}) if elsewhere and without.mutation is None else without

    def _fused(self, case: Case, fused: Collection[str | None]) -> frozenset[str]:
        """Return the NTRK genes that the fusions of the case name; none where no fusion names its gene."""
        named = [a.gene for a in case.alterations if a.kind == "fusion" and a.status == "present"]
        for test in case.tests:
            if isinstance(test, DnaMps | RnaMps):
                named += [str(gene) for one in test.fusions for gene in (one.five_prime, one.three_prime)]
            elif isinstance(test, RtPcr) and result_level(test.result) == "positive":
                named += test.targets
        parts = [part for text in (*named, *filter(None, fused)) for part in re.split(r"::|--", text)]
        return frozenset(symbol for part in parts if (symbol := self.ntrk.symbol(part)))

    def _without_mutation(
        self, case: Case, trk: list[TherapyLine], therapy: str, unsettled: Collection[int]
    ) -> Resistance:
        """Return what is known of resistance where no mutation of the fused kinase is."""
        starts = [day for line in trk if (day := line.start or line.end)]
        if therapy in ("progressed_first", "progressed_next") and starts:
            tests = [
                t
                for t in case.tests
                if isinstance(t, DnaMps | RnaMps)
                and t.date
                and t.date > max(starts)
                and result_level(t.result) != "failed"
            ]
            if off := [name for t in tests for name in self._off_target(t)]:
                return Resistance("off_target", " and ".join(dict.fromkeys(off)), {})
            # A panel that leaves out an NTRK gene cannot say that none is mutated.
            whole = [t for t in tests if t.genes_covered is None or self.ntrk.covered(t.genes_covered) == self.ntrk.all]
            open_ones = [case.tests[position - 1] for position in unsettled]
            if any(t.mutations is not None and not any(t is one for one in open_ones) for t in whole):
                return Resistance("none_found", None, {})
        if therapy in ("progressed_first", "progressed_next"):
            undated = [t for t in case.tests if isinstance(t, DnaMps | RnaMps) and (t.date is None or not starts)]
            if off := [*self._listed(case), *(name for t in undated for name in self._off_target(t))]:
                return Resistance("undated", " and ".join(dict.fromkeys(off)), {})
        return Resistance("not_done", None, {})

    def _effects(self, known: set[tuple[str, str]]) -> dict[str, str]:
        """Return the effect of the mutations together by drug; ``*`` for a drug that none of them names.

        Of two or more, a drug that any one of them resists stays ``resistant``; the rest is ``cannot_tell``.
        """
        effects = [dict(self.mutations.get(mutation, {}).get("effect", {})) for mutation in known]
        if len(effects) == 1:
            return {**effects[0], "*": "cannot_tell"}
        drugs = {drug for by_drug in effects for drug in by_drug}
        resisted = {drug for by_drug in effects for drug, effect in by_drug.items() if effect == "resistant"}
        return {
            **{drug: "resistant" if drug in resisted else "cannot_tell" for drug in sorted(drugs)},
            "*": "cannot_tell",
        }

    def _off_target(self, test: DnaMps | RnaMps) -> list[str]:
        """Return the alterations outside TRK that restore signalling, as ``BRAF V600E`` or ``MET amplification``."""
        amplified = {gene.upper() for gene in test.amplifications}
        mutated = [name for m in test.mutations or () if (name := self._bypass(m.gene, m.protein))]
        return mutated + [f"{gene} {change}" for gene, change, kind in self.off_target
                          if kind == "amplification" and gene in amplified]  # fmt: skip

    def _bypass(self, gene: str, protein: str) -> str | None:
        """Return a mutation at a residue whose change restores signalling outside TRK: ``KRAS G12V`` beside G12D."""
        match = re.fullmatch(_CHANGE, protein.strip())
        if match is None:
            return None
        before, after = (_ONE.get(residue.title(), residue) for residue in (match[1], match[3]))
        known = {(of, change[:-1]) for of, change, kind in self.off_target if kind == "mutation"}
        return f"{gene.upper()} {before}{match[2]}{after}" if (gene.upper(), f"{before}{match[2]}") in known else None

    def _listed(self, case: Case) -> list[str]:
        """Return the alterations outside TRK that the case lists without a test, and so without a date."""
        genes = {(gene, kind) for gene, _, kind in self.off_target}
        present = [a for a in case.alterations if a.status == "present" and (a.gene.upper(), a.kind) in genes]
        return [
            f"{a.gene.upper()} {change if (change := _change_in(a.detail)) != 'unknown' else a.kind}" for a in present
        ]


@lru_cache(maxsize=4_096)
def _reference_change(gene: str, change: str, transcript: str | None) -> str | None:
    """Return a protein change in the codon numbers of the reference transcript; numbers differ by isoform."""
    from ntrkpath.variants import read_mutation

    try:
        return read_mutation(gene, change, transcript).change
    except AnnotationError:
        return None


def _change_in(detail: str | None) -> str:
    """Return the protein change that a free text names, or ``unknown``."""
    match = re.search(_IN_TEXT, detail or "")
    return f"{match[1].title()}{match[2]}{match[3].title()}" if match else "unknown"


_IN_TEXT = (
    r"(?i)(?<![A-Za-z0-9>])(?:p\.)?\(?([A-Z][a-z]{2}|[A-Z])(\d{3,4})([A-Z][a-z]{2}|[A-Z])\)?(?![A-Za-z0-9])"
)


def _best_response(lines: list[TherapyLine]) -> str:
    """Return the level of ``trk_response``: the best response to any TRK inhibitor that was given."""
    said = {_RESPONSE.get(str(line.best_response)) for line in lines} - {None}
    return next((level for level in ("complete", "partial", "other") if level in said), "unknown")


_RESPONSE = {"complete": "complete", "CR": "complete", "partial": "partial", "PR": "partial",
             "stable": "other", "SD": "other", "progression": "other", "PD": "other"}  # fmt: skip


def _course(statuses: list[tuple[str, str]]) -> str:
    """Return the level of ``trk_therapy`` from (status, generation) of each TRK inhibitor given."""
    if not statuses:
        return "none"
    if ("progressed", "next") in statuses:
        return "progressed_next"
    if ("unknown", "next") in statuses:
        return "ongoing"
    for status, level in (("ongoing", "ongoing"), ("progressed", "progressed_first"), ("unknown", "unknown")):
        if any(s == status for s, _ in statuses):
            return level
    return "stopped"
