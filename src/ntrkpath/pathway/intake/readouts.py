"""Facts of the tests of a case: each test called by itself, then one of each method as the one that is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model.case import Alteration, Case, DnaMps, Fish, PanTrkIhc, RnaMps, RtPcr, Test
from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.recommendation import Reading
from ntrkpath.model.remembered import RememberedContent, content
from ntrkpath.pathway.intake import fish as fish_assay
from ntrkpath.pathway.intake import ihc as ihc_assay
from ntrkpath.pathway.intake import rt_pcr as rt_pcr_assay
from ntrkpath.pathway.intake import sequencing as sequencing_assay
from ntrkpath.pathway.intake.drivers import Drivers
from ntrkpath.pathway.intake.files import Attached, FromFile, level_of, refused
from ntrkpath.pathway.intake.fish import fish_levels
from ntrkpath.pathway.intake.genes import NtrkGenes
from ntrkpath.pathway.intake.ihc import ihc_levels
from ntrkpath.pathway.intake.reported import basis, describe
from ntrkpath.pathway.intake.rt_pcr import rt_pcr_levels
from ntrkpath.pathway.intake.sequencing import FusionReading, Judge, Silent, by_worth, open_worth, read_fusions
from ntrkpath.rules import Row
from ntrkpath.rules.chain import Masks

#: Method, the prefix of its facts, the tests it reads, and what a case without it says.
_METHODS: tuple[tuple[str, str, type, dict[str, str]], ...] = (
    ("pan_trk_ihc", "ihc", PanTrkIhc, ihc_assay.NOT_DONE),
    ("fish", "fish", Fish, fish_assay.NOT_DONE),
    ("rt_pcr", "rt_pcr", RtPcr, rt_pcr_assay.NOT_DONE),
    ("rna_mps", "rna", RnaMps, sequencing_assay.NOT_DONE_RNA),
    ("dna_mps", "dna", DnaMps, sequencing_assay.NOT_DONE_DNA),
)
NOT_DONE: dict[str, str] = {
    fact: level for _, prefix, _, levels in _METHODS for fact, level in (*levels.items(), (f"{prefix}_others", "none"))
}
_order = attrgetter("order")


class Called(msgspec.Struct, frozen=True):
    """One test with the levels of its facts and the row that calls it; ``position`` counts from 1."""

    position: int
    method: str
    levels: dict[str, str]
    row: Row
    call: str
    fusions: tuple[FusionReading, ...]
    #: What its most telling fusion may turn out to be once the frames that are not stated are.
    open_worth: frozenset[str]
    #: What it says, each fusion and then the whole.
    readings: tuple[Reading, ...]
    #: Orders the tests of a method, whatever order they are stated in.
    order: tuple[tuple[str, str], ...]

    @property
    def incomplete(self) -> bool:
        """Whether something that is not known of it could matter."""
        return bool(self.open_worth) or "unknown" in self.levels.values()


def _from_file(verdict: FusionVerdict) -> FusionReading:
    first = "ntrk_is_five_prime" in verdict.reasons
    rule, statements = basis(verdict)
    places = ", ".join(f"{one.file}:{one.line}" if one.line else one.file for one in verdict.source)
    return FusionReading(
        verdict.name, verdict.verdict, first, describe(verdict), None, statements, rule,
        reasons=verdict.reasons, where=places,
    )  # fmt: skip


def _of_other_level(test: DnaMps | RnaMps, found: FromFile) -> DnaMps | RnaMps | None:
    """Return a test of the level that the rows of a file state, where that is not the level of the test itself."""
    if isinstance(test, RnaMps) and found.of_level("dna"):
        return DnaMps(date=test.date, specimen=test.specimen, result="positive")
    if isinstance(test, DnaMps) and found.of_level("rna"):
        return RnaMps(date=test.date, specimen=test.specimen, result="positive")
    return None


class Readouts:
    """Derives the facts of the tests as ``facts.yaml`` says.

    Args:
        judge: Our own verdict on a fusion with exons or coordinates, where one can be given.
        remembered: Tests that are remembered by what they state.
    """

    def __init__(self, edition: Edition, ntrk: NtrkGenes, judge: Judge | None = None, remembered: int = 0) -> None:
        self.facts, self.ntrk, self.judge = edition.facts, ntrk, judge
        self.drivers = Drivers(edition)
        self.reported = Masks(edition.tables["reported_fusion"], edition.facts)
        self.calls = {prefix: Masks(edition.tables[f"{prefix}_call"], edition.facts) for _, prefix, _, _ in _METHODS}
        self.best_first: dict[str, list[str]] = {
            prefix: list((edition.facts[f"{prefix}_others"].derive or {})["best_first"]) for _, prefix, _, _ in _METHODS
        }
        worth = edition.facts["rna_fusion"].derive or {}
        self._called: RememberedContent[tuple[bytes, int, str], Called] = RememberedContent(remembered)
        self._shown: RememberedContent[bytes, tuple[Alteration, ...]] = RememberedContent(remembered)
        self.silent = Silent(frozenset(worth["pointing"]), frozenset(worth["passed_over"]))
        self.partners = frozenset(
            (p["five_prime"].upper(), p["three_prime"]) for p in edition.data["partners"]["partners"]
        )

    def call(self, case: Case, ihc_screen: str, attached: Attached) -> list[Called]:
        """Call every test of the case by itself.

        Args:
            ihc_screen: What a stain may say in this tumour.
            attached: What the files of the case give. Rows of the other level count as a test of that level.
        """
        called = []
        for position, test in enumerate(case.tests, 1):
            found = attached.get(position)
            called.append(self._call(position, test, ihc_screen, found))
            if found is not None and isinstance(test, DnaMps | RnaMps):
                other = _of_other_level(test, found)
                if other is not None:
                    called.append(self._call(position, other, ihc_screen, found))
        return called

    def _call(self, position: int, test: Test, ihc_screen: str, found: FromFile | None) -> Called:
        """Call one test; what was called before is known by what the test states."""
        if found is not None:
            return self._read_test(position, test, ihc_screen, found)
        key = (content(test), position, ihc_screen)
        return self._called.get(key) or self._called.keep(key, self._read_test(position, test, ihc_screen, None))

    def _read_test(self, position: int, test: Test, ihc_screen: str, found: FromFile | None) -> Called:
        fusions: list[FusionReading] = []
        if isinstance(test, PanTrkIhc):
            method, prefix, levels = "pan_trk_ihc", "ihc", ihc_levels(test, self.facts)
        elif isinstance(test, Fish):
            method, prefix, levels = "fish", "fish", fish_levels(test, self.ntrk, self.facts)
        elif isinstance(test, RtPcr):
            method, prefix, levels = "rt_pcr", "rt_pcr", rt_pcr_levels(test, self.ntrk)
        else:
            verdicts = found.of_level(level_of(test)) if found else ()
            fusions = read_fusions(test, self.ntrk, self.partners, self.reported, self.judge)
            fusions = by_worth([*fusions, *map(_from_file, verdicts)])
            evaluated = found is None or found.evaluated or not found.can_tell(level_of(test))
            levels = sequencing_assay.sequencing_levels(test, fusions, self.ntrk, self.silent, evaluated)
            method, prefix = ("rna_mps", "rna") if isinstance(test, RnaMps) else ("dna_mps", "dna")
        row = self.calls[prefix].row({**levels, "ihc_screen": ihc_screen})
        call = row.sets[f"{prefix}_call"]
        readings = [
            Reading(method, one.verdict, one.text, one.rule, one.statements, one.fidelity, position, one.name)
            for one in fusions
        ]
        readings.append(Reading(method, call, row.says, row.id, row.statements, row.fidelity, position))
        return Called(
            position, method, levels, row, call, tuple(fusions), open_worth(fusions), tuple(readings),
            tuple(sorted(levels.items())),
        )  # fmt: skip

    def open_levels(self, called: list[Called]) -> dict[str, frozenset[str]]:
        """Return what ``rna_fusion`` and ``dna_fusion`` may turn out to be once the frames that are not stated are."""
        found: dict[str, frozenset[str]] = {}
        for test in called:
            if test.open_worth:
                fact = "rna_fusion" if test.method == "rna_mps" else "dna_fusion"
                found[fact] = found.get(fact, frozenset()) | test.open_worth
        return found

    def choices(self, case: Case, called: list[Called]) -> list[dict[str, str]]:
        """Return the levels of all readout facts, once for each choice of the test that is read.

        The first choice is the one that decides; the others differ only in which incomplete test stands open,
        so that everything still missing is found. The order of the tests never matters.
        """
        base = dict(NOT_DONE)
        variants: list[dict[str, str]] = []
        by_method: dict[str, list[Called]] = {}
        for one in called:
            by_method.setdefault(one.method, []).append(one)
        for method, prefix, _, _ in _METHODS:
            if method not in by_method:
                continue
            tests = sorted(by_method[method], key=_order)
            calls = Counter(one.call for one in tests)
            options = [self._read(prefix, one, calls) for one in tests]
            if prefix == "fish":
                covered = self._fish_coverage(case, tests)
                options = [{**option, "fish_coverage": covered} for option in options]
            incomplete = [option for option, test in zip(options, tests, strict=True) if test.incomplete]
            base.update(incomplete[0] if incomplete else options[0])
            variants += incomplete[1:]
        return [base, *({**base, **other} for other in variants)]

    def _read(self, prefix: str, test: Called, calls: Counter[str]) -> dict[str, str]:
        """Return the levels of a test, and the best of what the others say; ``calls`` counts its own too."""
        best = next((call for call in self.best_first[prefix] if calls[call] > (call == test.call)), "none")
        return {**test.levels, f"{prefix}_others": best}

    def _fish_coverage(self, case: Case, tests: Iterable[Called]) -> str:
        genes: set[str] = set()
        for called in tests:
            test = case.tests[called.position - 1]
            if called.call == "negative" and isinstance(test, Fish):
                genes |= fish_assay.break_apart_genes(test, self.ntrk)
        return "all_three" if genes == self.ntrk.all else "partial"

    def found(self, case: Case, attached: Attached) -> list[Alteration]:
        """Return the alterations other than NTRK fusions that the tests and their files show."""
        found: list[Alteration] = []
        for test in case.tests:
            if isinstance(test, DnaMps | RnaMps) and (test.fusions or test.mutations or test.amplifications):
                key = content(test)
                found += self._shown.get(key) or self._shown.keep(key, tuple(self._altered(test)))
        for given in attached.values():
            for other in given.others:
                if not refused(other):
                    genes = [gene for gene in (other.five_prime.gene, other.three_prime.gene) if gene]
                    found += [Alteration(gene=gene, kind="fusion", status="present") for gene in genes]
        return found

    def _altered(self, test: DnaMps | RnaMps) -> Iterator[Alteration]:
        """Yield the alterations other than NTRK fusions that a test lists."""
        for fusion in test.fusions:
            genes = [gene for gene in (fusion.five_prime, fusion.three_prime) if gene]
            if not self.ntrk.covered(genes):
                yield from (Alteration(gene=gene, kind="fusion", status="present") for gene in genes)
        for mutation in test.mutations or ():
            if not self.ntrk.symbol(mutation.gene) and not self.drivers.passenger(mutation):
                yield Alteration(gene=mutation.gene, kind="mutation", status="present")
        for gene in test.amplifications:
            if not self.ntrk.symbol(gene):
                yield Alteration(gene=gene, kind="amplification", status="present")

    def summary(self, case: Case, called: list[Called]) -> dict[str, str]:
        """Return the facts that speak of all tests together: number of fusions, orientation, specimens."""
        fusions = [f for c in called for f in c.fusions]
        names = {f.name for f in fusions}
        specimens = {t.specimen for t in case.tests if t.specimen}
        dates = {t.date for t in case.tests if t.date}
        if len(specimens) > 1 or len(dates) > 1:
            origin = "several"
        elif len(case.tests) == 1 or (case.tests and all(t.specimen and t.date for t in case.tests)):
            origin = "one"
        else:
            origin = "unknown"
        return {
            "fusion_count": "none" if not names else "one" if len(names) == 1 else "several",
            "ntrk_first": "yes" if any(f.ntrk_first for f in fusions) or self._listed_first(case) else "no",
            "specimens": origin,
        }

    def _listed_first(self, case: Case) -> bool:
        """Return whether an alteration lists a fusion as a pair with NTRK at its 5' end."""
        pairs = [re.split(r"::|--", a.gene) for a in case.alterations if a.kind == "fusion" and a.status == "present"]
        return any(len(p) == 2 and self.ntrk.symbol(p[0]) and not self.ntrk.symbol(p[1]) for p in pairs)
