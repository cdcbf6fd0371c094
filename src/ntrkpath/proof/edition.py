"""An edition as the subject of ``verify``: its tables, statements, safety properties, labels and lock of outcomes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.errors import GuidanceError
from ntrkpath.pathway.decide import Pathway
from ntrkpath.proof.dated import Clause, Dated, Document, Status, prove_dated
from ntrkpath.proof.derivations import spaces as derived_spaces
from ntrkpath.proof.lock import LOCK_FILE, read_lock, write_lock
from ntrkpath.proof.readouts import ReadoutSpace, prove_readouts
from ntrkpath.proof.report import Finding, Report
from ntrkpath.proof.rows import prove_rows
from ntrkpath.proof.space import Signed, differences, sign
from ntrkpath.proof.unknown import prove_unknown
from ntrkpath.proof.verify import Scope, Subject, outcome_lock
from ntrkpath.proof.verify import verify as verify_subject
from ntrkpath.rules import Chain

#: The outcomes of the derivations of a case, beside the lock of the tables.
DERIVATIONS_FILE = "derivations.lock"
#: Facts that the recommendation shows as they are.
ANSWERS = frozenset({"tier", "priority"})
#: The table that is read once per label, what sums up its criteria, and what else it reads.
LABEL = {"table": "label", "criteria": "label_criteria", "effect": "drug_effect", "sets": "label_status"}
CRITERIA = ("all_met", "one_not_met", "undetermined")
RESISTANCE = "resistance"


def drug_effects(edition: Edition) -> dict[str, dict[str, frozenset[str]]]:
    """Return the effects that a finding of each resistance class can have on each drug.

    A mutation that is not listed, and a drug that the listed one does not name, is ``cannot_tell``, which is
    therefore always among them; levels of the fact that are no class of mutations are absent.

    Raises:
        GuidanceError: A mutation names a drug or a class that is not defined.
    """
    data = edition.data["resistance"]
    effects: dict[str, dict[str, set[str]]] = {
        drug: {name: {"cannot_tell"} for name in data["classes"]} for drug in edition.drugs
    }
    for mutation in data["mutations"]:
        for drug, effect in mutation["effect"].items():
            if drug not in effects or mutation["class"] not in effects[drug]:
                where = f"resistance.yaml: {mutation['gene']} {mutation['protein']}"
                raise GuidanceError("unknown drug or class of resistance", where=where, value=drug)
            effects[drug][mutation["class"]].add(effect)
    return {drug: {name: frozenset(found) for name, found in by.items()} for drug, by in effects.items()}


def label_proof(edition: Edition, clauses: Iterable[Mapping[str, Any]]) -> Dated:
    """Prove ``clauses`` for every label on every date on which one begins, ends, or is in force for the last day.

    The effect of a resistance finding on the drug is taken from ``resistance.yaml``: every effect that a listed
    mutation of the class has, and ``cannot_tell``. Without a known class nothing is assumed of it.
    """
    effects = drug_effects(edition)
    chain, table = edition.chain, edition.tables[LABEL["table"]]
    effect, criteria = LABEL["effect"], LABEL["criteria"]
    free = {f: edition.facts[f].levels for f in table.facts if f not in (criteria, effect)}

    def other(drug: str, case: Mapping[str, str]) -> dict[str, Iterable[str]]:
        known = effects.get(drug, {}).get(case[RESISTANCE])
        return {effect: known if known is not None else edition.facts[effect].levels, **free}

    documents = [Document(lb.id, lb.drug, lb.requires, lb.from_, lb.until) for lb in edition.labels]
    status = Status(table, criteria, CRITERIA, LABEL["sets"], (RESISTANCE,), other)
    return prove_dated(chain, documents, [msgspec.convert(clause, Clause) for clause in clauses], status)


def subject_of(edition: Edition) -> Subject:
    """Return everything of an edition that ``verify`` looks at."""
    safety = edition.data["safety"]
    answers = {*ANSWERS, *(criterion for label in edition.labels for criterion in label.requires)}
    answers |= {fact for name in edition.per_item for fact in edition.tables[name].sets}
    answers |= {fact for entry in edition.data.get("weigh", {}).get("weigh", ()) for fact in entry["when"]}
    scope = Scope(edition.facts, tuple(edition.tables.values()), edition.chain, frozenset(answers))
    clauses = safety.get("labels", ())
    return Subject(
        scope=scope,
        statements={statement.id: statement.kind for statement in edition.statements.values()},
        beside=_beside(edition),
        quoted=frozenset(s.id for s in edition.statements.values() if s.quote or s.quoted_from),
        properties=tuple(safety["properties"]),
        independent={"tier": safety["tier_reads_no_test"]},
        exclusive=tuple(safety.get("exclusive", ())),
        groups=_groups(edition),
        dated=lambda: label_proof(edition, clauses),
    )


def _groups(edition: Edition) -> frozenset[str]:
    """Return the names in the conditions of the safety properties and of what is weighed, as ``fact.name``."""
    safety = edition.data["safety"]
    entries = (*safety["properties"], *safety.get("labels", ()), *edition.data.get("weigh", {}).get("weigh", ()))
    conditions = [(fact, written) for entry in entries for fact, written in (entry.get("when") or {}).items()]
    return frozenset(
        f"{fact}.{name}" for fact, names in conditions for name in (names if isinstance(names, list) else [names])
    )


def _beside(edition: Edition) -> tuple[Scope, ...]:
    """Return the tables of the fusion verdict, which have facts of their own."""
    if "fusion" not in edition.data:
        return ()
    facts, chain = edition.fusion_facts, Chain(edition.fusion_facts, edition.fusion_tables.values())
    return (Scope(facts, chain.tables, chain, frozenset(chain.tables[-1].sets)),)


def lock_path(edition: Edition) -> Path:
    """Return where the lock of outcomes of an edition stands: beside its files."""
    return edition.directory / LOCK_FILE


def derivations_path(edition: Edition) -> Path:
    """Return where the outcomes of the derivations of an edition stand as they were signed off."""
    return edition.directory / DERIVATIONS_FILE


def _pathway(edition: Edition) -> Pathway:
    return Pathway(edition, dt.date.max, judged=False, probability=False)


def verify(edition: Edition) -> Report:
    """Check an edition, with the locks of outcomes that stand beside its files.

    Raises:
        GuidanceError: The vocabulary gives one name two targets.
    """
    edition.vocabulary.check()
    report = verify_subject(subject_of(edition), read_lock(lock_path(edition)))
    pathway = _pathway(edition)
    readouts = prove_readouts(pathway)
    rows_counts, rows_found = prove_rows(edition)
    spaces = (*readouts.spaces, *derived_spaces(pathway))
    signed = signed_derivations(edition)
    unknown, unknown_found = prove_unknown(spaces)
    found = [*readouts.findings, *rows_found, *unknown_found]
    for space in spaces:
        found += differences(space.id, sign(space), signed.get(space.id))
    found += [Finding("lock", ident, "is derived no more") for ident in signed if ident not in {s.id for s in spaces}]
    return msgspec.structs.replace(
        report,
        properties=(*report.properties, *readouts.properties, unknown, *rows_counts),
        readouts=readouts.states,
        derivations=sum(space.states for space in spaces) - readouts.states,
        findings=(*report.findings, *found),
    )


def sign_off(edition: Edition) -> Path:
    """Write the locks of outcomes of an edition as they are now, and return the path of the first."""
    path = lock_path(edition)
    write_lock(path, outcome_lock(subject_of(edition)))
    pathway = _pathway(edition)
    spaces = (*ReadoutSpace(pathway).spaces(), *derived_spaces(pathway))
    content = msgspec.json.encode({space.id: sign(space) for space in spaces})
    derivations_path(edition).write_bytes(msgspec.json.format(content, indent=1) + b"\n")
    return path


def signed_derivations(edition: Edition) -> dict[str, Signed]:
    """Return the outcomes of the derivations as they were signed off; none where there is no lock."""
    path = derivations_path(edition)
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Signed])
    except msgspec.DecodeError as error:
        raise GuidanceError(f"not a lock of outcomes ({error})", where=path.name, remedy="write it again") from None
