"""The evidence of an edition, loaded and checked: tables 1 to 4, frequencies by group, accuracy of the tests."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from ntrkpath.evidence.entries import by_id, check_entry, check_percentage, converted
from ntrkpath.evidence.studies import (
    AccuracyStudy,
    Assignment,
    FrequencyGroup,
    Overlap,
    Pool,
    Study,
    Table,
)
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.errors import EvidenceError, GuidanceError
from ntrkpath.model.shown import Showing

FREQUENCY, ACCURACY, TABLES = "evidence_frequency", "evidence_accuracy", "evidence_tables"
OVERLAP = ("once", "all")
KINDS = ("bivariate", "sensitivity", "specificity")
COUNTS = ("true_positive", "false_negative", "false_positive", "true_negative")
#: Fewer cohorts than this say nothing of five parameters.
FEWEST_BIVARIATE = 3


class Evidence(Showing):
    """The evidence of one edition, checked once and immutable.

    Args:
        edition: The edition whose files hold the evidence.

    Raises:
        GuidanceError: The edition holds no evidence, or an entry of it is malformed: a count over its total, a
            percentage over 100, an empty group, a name that is not defined. The field is named.
    """

    SHOWN_BY = "ntrkpath.report.numbers_in_a_notebook"

    def __init__(self, edition: Edition) -> None:
        for file in (FREQUENCY, ACCURACY, TABLES):
            if file not in edition.data:
                raise GuidanceError("this edition holds no evidence", where=f"{file}.yaml", value=edition.id)
        self.edition = edition
        self._frequency: dict[str, Any] = edition.data[FREQUENCY]
        self._accuracy: dict[str, Any] = edition.data[ACCURACY]
        self.tables: dict[int, Table]
        #: The tests as words.
        self.tests: dict[str, str] = self._accuracy["tests"]
        #: The tumours tested, as words.
        self.contexts: dict[str, str] = self._accuracy["contexts"]
        #: How counts were gathered, as words.
        self.designs: dict[str, str] = self._accuracy["designs"]
        self._references = {ref["id"]: ref for ref in edition.data["references"]["references"]}
        self.tables = {t["table"]: converted(t, Table, f"{TABLES}.yaml: table") for t in edition.data[TABLES]["tables"]}
        #: What the edition says it is for.
        self.intended_use = edition.intended_use
        self._name = f"{edition.id} {edition.version}"
        self._rows = by_id((row for table in self.tables.values() for row in table.rows), f"{TABLES}.yaml")
        self._check_tables()
        self.overlaps = {o["id"]: converted(o, Overlap, f"{FREQUENCY}.yaml: overlaps") for o in self._overlaps()}
        self.groups = {i: self._group(g) for i, g in by_id(self._frequency["groups"], f"{FREQUENCY}.yaml").items()}
        self._check_overlaps()
        self._check_assignments(edition)
        self._check_refused()

    def __repr__(self) -> str:
        """Return what it holds in one short line."""
        return f"<Evidence of {self._name}: {len(self.groups)} groups of tumours, {len(self.tables)} tables>"

    # --- frequencies --------------------------------------------------------------------------------------------------
    def group(self, ident: str) -> FrequencyGroup:
        """Return a group by id.

        Raises:
            EvidenceError: No such group.
        """
        if ident not in self.groups:
            raise EvidenceError("no such group of sarcomas", value=ident, allowed=self.groups)
        return self.groups[ident]

    def studies(self, group: str, overlap: str = "once") -> tuple[Study, ...]:
        """Return the studies of a group that are pooled, in the order of the file.

        Args:
            group: The id of the group.
            overlap: ``once`` keeps one of the cohorts that share patients, ``all`` keeps every one.

        Raises:
            EvidenceError: No such group, or neither ``once`` nor ``all``.
        """
        if overlap not in OVERLAP:
            raise EvidenceError("not a way to treat cohorts that share patients", value=overlap, allowed=OVERLAP)
        pooled = [study for study in self.group(group).studies if study.pooled]
        if overlap == "once":
            pooled = [s for s in pooled if s.overlap is None or self.overlaps[s.overlap].keep == s.id]
        return tuple(pooled)

    def why_not(self, study: Study) -> str:
        """Return why a study is not pooled: its own reason, or that it shares patients with one that is."""
        if study.why_not or study.overlap is None:
            return study.why_not
        shared = self.overlaps[study.overlap]
        kept = next(s.label for s in self.groups[study.group].studies if s.id == shared.keep)
        return f"Shares patients with {kept}, which is kept. {shared.why}"

    @property
    def assigned(self) -> frozenset[str]:
        """The groups whose frequency stands for some case."""
        return frozenset(answer.group for _, answer in self._assignments if answer.group is not None)

    def assignment(self, histology: str | None, levels: Mapping[str, str]) -> Assignment:
        """Return which group's frequency stands for a case.

        Args:
            histology: The id of the histology in the edition's vocabulary, if it is resolved.
            levels: The levels of the facts; ``histology_group``, ``alk_ros1`` and ``canonical_alteration`` are read.
                A fact that is absent is unknown.
        """
        for when, answer in self._assignments:
            for fact, wanted in when.items():
                value = histology if fact == "histology" else levels.get(fact, "unknown")
                if value not in wanted:
                    break
            else:
                return answer
        return Assignment(group=None, why="No published frequency fits this case.")

    # --- accuracy -----------------------------------------------------------------------------------------------------
    @cached_property
    def accuracy_studies(self) -> dict[str, AccuracyStudy]:
        """Every study of accuracy by id."""
        studies = {}
        for entry in self._accuracy["studies"]:
            where = f"{ACCURACY}.yaml: {entry.get('id')}"
            study = converted(entry, AccuracyStudy, where)
            self._check_reference(study.reference, where)
            for name, known in (("test", self.tests), ("context", self.contexts), ("design", self.designs)):
                if getattr(study, name) not in known:
                    value = getattr(study, name)
                    raise GuidanceError(f"unknown {name}", where=f"{where}.{name}", value=value, allowed=known)
            for name in COUNTS:
                value = getattr(study, name)
                if value is not None and value < 0:
                    raise GuidanceError("a negative count", where=f"{where}.{name}", value=value)
            for name, value in msgspec.structs.asdict(study.printed).items() if study.printed else ():
                if value is not None and not 0 <= value <= 100:
                    raise GuidanceError("not a percentage", where=f"{where}.printed.{name}", value=value)
            if study.printed is None and study.true_positive is None and study.true_negative is None:
                raise GuidanceError("neither counts nor percentages", where=where)
            if study.id in studies:
                raise GuidanceError("a second study of this id", where=where)
            studies[study.id] = study
        for study in studies.values():
            for other in (study.part_of, study.shares):
                if other is not None and other not in studies:
                    raise GuidanceError("no such study", where=f"{ACCURACY}.yaml: {study.id}", value=other)
        return studies

    def accuracy(
        self, test: str | None = None, *, context: str | None = None, gene: str | None = None
    ) -> tuple[AccuracyStudy, ...]:
        """Return the studies of accuracy, in the order of the file; each argument restricts them.

        Raises:
            EvidenceError: No study of such a test, context or gene.
        """
        found = tuple(self.accuracy_studies.values())
        for name, wanted in (("test", test), ("context", context), ("gene", gene)):
            if wanted is not None:
                known = dict.fromkeys(getattr(study, name) for study in self.accuracy_studies.values())
                if wanted not in known:
                    raise EvidenceError(f"no study of accuracy with this {name}", value=wanted, allowed=known)
                found = tuple(study for study in found if getattr(study, name) == wanted)
        return found

    @cached_property
    def pools(self) -> dict[str, Pool]:
        """What may be pooled, by id."""
        pools = {}
        for ident, entry in by_id(self._accuracy["pools"], f"{ACCURACY}.yaml").items():
            where = f"{ACCURACY}.yaml: {ident}"
            pool = converted(entry, Pool, where)
            if pool.kind not in KINDS:
                raise GuidanceError("unknown kind of pool", where=f"{where}.kind", value=pool.kind, allowed=KINDS)
            self._check_pool(pool, where)
            pools[pool.id] = pool
        return pools

    @cached_property
    def refused(self) -> dict[str, str]:
        """Why a study of accuracy is not pooled, by the id of the study."""
        return {study: entry.get("why", "") for entry in self._accuracy["refused"] for study in entry["studies"]}

    # --- tables and references ----------------------------------------------------------------------------------------
    def table(self, number: int) -> Table:
        """Return a table of the guidance.

        Raises:
            EvidenceError: The guidance has no such table.
        """
        if number not in self.tables:
            raise EvidenceError("the guidance has no such table", value=number, allowed=map(str, self.tables))
        return self.tables[number]

    def reference(self, ident: str) -> dict[str, Any]:
        """Return a reference as it stands in ``references.yaml``.

        Raises:
            EvidenceError: No such reference.
        """
        if ident not in self._references:
            raise EvidenceError("no such reference", value=ident, remedy="see references.yaml of the edition")
        found: dict[str, Any] = self._references[ident]
        return found

    def citation(self, reference: str) -> str:
        """Return a reference in one line: authors and year, journal, doi or PMID, number in the guidance.

        Raises:
            EvidenceError: No such reference.
        """
        ref = self.reference(reference)
        parts = [ref["short"]]
        parts += [ref["journal"]] if ref.get("journal") else []
        parts += [f"doi {ref['doi']}"] if ref.get("doi") else [f"PMID {ref['pmid']}"] if ref.get("pmid") else []
        parts += [f"reference {ref['guidance_number']} of the guidance"] if ref.get("guidance_number") else []
        return ", ".join(dict.fromkeys(parts))

    # --- checks -------------------------------------------------------------------------------------------------------
    def _overlaps(self) -> list[dict[str, Any]]:
        return list(self._frequency.get("overlaps", ()))

    def _check_reference(self, reference: str, where: str) -> None:
        if reference not in self._references:
            raise GuidanceError("no such reference", where=f"{where}.reference", value=reference)

    def _check_tables(self) -> None:
        for row in self._rows.values():
            if "reference" in row:
                self._check_reference(row["reference"], f"{TABLES}.yaml: {row['id']}")
            if "tested" in row or "positive" in row:
                where = f"{TABLES}.yaml: {row['id']}"
                check_entry(row.get("positive"), row.get("tested"), where)
                check_percentage(row.get("printed_percent"), f"{where}.printed_percent")
            if row.get("unit") == "%":
                for name in ("estimate", "low", "high"):
                    check_percentage(row.get(name), f"{TABLES}.yaml: {row['id']}.{name}")
        for table in self.tables.values():
            for row in table.derived:
                where = f"{TABLES}.yaml: {row.get('id')}"
                check_entry(row.get("responders"), row.get("evaluable"), where, ("responders", "evaluable"))

    def _group(self, entry: Mapping[str, Any]) -> FrequencyGroup:
        where = f"{FREQUENCY}.yaml: {entry['id']}"
        if not entry.get("studies"):
            raise GuidanceError("a group without studies", where=f"{where}.studies")
        if not entry.get("says"):
            raise GuidanceError("a group without a name in words", where=f"{where}.says")
        studies = []
        for ident, given in {**self._extended(entry, where), **by_id(entry["studies"], where)}.items():
            at = f"{where}.{ident}"
            row = self._rows.get(given.get("row", ""), {})
            if "row" in given and not row:
                raise GuidanceError("no such row of table 1", where=f"{at}.row", value=given["row"])
            filled = {
                "label": row.get("study"),
                **{k: row[k] for k in ("reference", "positive", "tested", "method", "transcription") if k in row},
                **given,
            }
            printed = {"group": entry["id"], "print_note": row.get("note", "")}
            study = converted({**filled, **printed}, Study, at)
            self._check_reference(study.reference, at)
            check_entry(study.positive, study.tested, at)
            if not study.pooled and not study.why_not:
                raise GuidanceError("say why the study is not pooled", where=f"{at}.why_not")
            studies.append(study)
        if not any(study.pooled for study in studies):
            raise GuidanceError("a group of which no study is pooled", where=f"{where}.studies")
        return FrequencyGroup(
            id=entry["id"], says=entry["says"], studies=tuple(studies), note=entry.get("note", ""),
            extends=entry.get("extends"), part_of=self._whole(entry, where),
        )  # fmt: skip

    def _whole(self, entry: Mapping[str, Any], where: str) -> str | None:
        """Return the group of which an entry is a part, which is none of another."""
        named = entry.get("part_of")
        if named and not any(g.get("id") == named and "part_of" not in g for g in self._frequency["groups"]):
            raise GuidanceError("no such group to be a part of", where=f"{where}.part_of", value=named)
        return named

    def _extended(self, entry: Mapping[str, Any], where: str) -> dict[str, Mapping[str, Any]]:
        """Return the studies of the group that an entry extends; of two of one id the entry's own counts."""
        named = entry.get("extends")
        base = next((g for g in self._frequency["groups"] if g.get("id") == named), None) if named else {}
        if base is None or (named and base.get("extends")):
            raise GuidanceError("no such group to extend", where=f"{where}.extends", value=named)
        return by_id(base.get("studies", ()), where)

    def _check_overlaps(self) -> None:
        for overlap in self.overlaps.values():
            found = {s.id for g in self.groups.values() for s in g.studies if s.overlap == overlap.id}
            if set(overlap.studies) != found or overlap.keep not in found:
                where = f"{FREQUENCY}.yaml: overlaps.{overlap.id}"
                raise GuidanceError("not the studies that name this overlap", where=where, value=sorted(found))
        for group in self.groups.values():
            for study in group.studies:
                if study.overlap is not None and study.overlap not in self.overlaps:
                    where = f"{FREQUENCY}.yaml: {group.id}.{study.id}.overlap"
                    raise GuidanceError("no such overlap", where=where, value=study.overlap, allowed=self.overlaps)

    def _check_assignments(self, edition: Edition) -> None:
        self._assignments: list[tuple[dict[str, frozenset[str]], Assignment]] = []
        histologies = {entry["id"] for entry in edition.data["histologies"]}
        for number, entry in enumerate(self._frequency["assignments"]):
            where = f"{FREQUENCY}.yaml: assignments[{number}]"
            when = {}
            if not isinstance(entry.get("when"), Mapping):
                raise GuidanceError("no condition", where=f"{where}.when", value=entry.get("when"))
            for fact, wanted in entry["when"].items():
                levels = frozenset([wanted] if isinstance(wanted, str) else wanted)
                if fact != "histology" and fact not in edition.facts:
                    raise GuidanceError("no such fact", where=where, value=fact)
                allowed = histologies if fact == "histology" else set(edition.facts[fact].levels)
                if not levels <= allowed:
                    raise GuidanceError(f"no such {fact}", where=where, value=", ".join(sorted(levels - allowed)))
                when[fact] = levels
            answer = converted({k: v for k, v in entry.items() if k != "when"}, Assignment, where)
            if answer.group is not None and answer.group not in self.groups:
                raise GuidanceError("no such group", where=f"{where}.group", value=answer.group, allowed=self.groups)
            if (answer.stands_in or answer.group is None) and not answer.why:
                raise GuidanceError("say why", where=f"{where}.why")
            self._assignments.append((when, answer))

    def _check_refused(self) -> None:
        """Check every study and pool of accuracy, and that each refusal names a study and says why."""
        _, known = self.pools, self.accuracy_studies
        for number, entry in enumerate(self._accuracy["refused"]):
            where = f"{ACCURACY}.yaml: refused[{number}]"
            for study in entry.get("studies", ()):
                if study not in known:
                    raise GuidanceError("no such study", where=f"{where}.studies", value=study)
                if not entry.get("why"):
                    raise GuidanceError("say why", where=f"{where}.why")

    def _check_pool(self, pool: Pool, where: str) -> None:
        if not pool.studies:
            raise GuidanceError("a pool without studies", where=f"{where}.studies")
        tumours: set[str] = set()
        needed = ("sensitivity", "specificity") if pool.kind == "bivariate" else (pool.kind,)
        if pool.kind == "bivariate" and len(pool.studies) < FEWEST_BIVARIATE:
            raise GuidanceError(
                "too few studies for sensitivity and specificity together", where=f"{where}.studies",
                value=len(pool.studies), allowed=f"{FEWEST_BIVARIATE} or more",
            )  # fmt: skip
        chosen = []
        for ident in pool.studies:
            study = self.accuracy_studies.get(ident)
            if study is None:
                raise GuidanceError("no such study", where=f"{where}.studies", value=ident)
            if ident in self.refused:
                raise GuidanceError("a study that is refused", where=f"{where}.studies", value=ident)
            if (study.test, study.gene) != (pool.test, pool.gene):
                raise GuidanceError("another test or gene", where=f"{where}.studies", value=ident)
            if any(getattr(study, name) is None for name in needed):
                raise GuidanceError("a study without such counts", where=f"{where}.studies", value=ident)
            if study.id in tumours:
                raise GuidanceError(
                    "its tumours are in another study of the pool", where=f"{where}.studies", value=ident
                )
            tumours |= {study.id, *filter(None, (study.part_of, study.shares))}
            chosen.append(study)
        for name in ("clone", "threshold"):
            kinds = sorted({getattr(study, name) for study in chosen})
            if len(kinds) > 1:
                raise GuidanceError(f"more than one {name} in a pool", where=f"{where}.studies", value=", ".join(kinds))


@lru_cache(maxsize=8)
def evidence_of(edition: Edition) -> Evidence:
    """Return the evidence of an edition, read once.

    Raises:
        GuidanceError: The edition holds no evidence, or it is malformed.
    """
    return Evidence(edition)
