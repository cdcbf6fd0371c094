"""``verify`` finds nothing in the edition as it is, and each kind of defect that is put into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ntrkpath.guidance import Edition, load
from ntrkpath.model.errors import GuidanceError
from ntrkpath.proof import edition as proof
from ntrkpath.proof.checks import check_sources, check_table, check_thresholds, check_vocabulary, compare, witness
from ntrkpath.proof.dated import Dated
from ntrkpath.proof.lock import compare_lock, compute_lock, read_lock, table_hash, write_lock
from ntrkpath.proof.properties import prove, prove_exclusive, prove_independent
from ntrkpath.proof.report import Report
from ntrkpath.rules import Chain, Fact, Row, Table
from ntrkpath.rules.chain import Masks
from ntrkpath.rules.compile import CompiledTable

EDITION = load()
KNOWN = ("solvent_front", "gatekeeper", "xdfg", "other_kinase")
LABEL_CLAUSES = (
    {
        "id": "L-1",
        "text": "",
        "subjects": ["larotrectinib", "entrectinib"],
        "when": {"resistance": KNOWN},
        "never": "within_label",
    },
    {
        "id": "L-2",
        "text": "",
        "requires": "no_resistance_mutation",
        "when": {"resistance": KNOWN},
        "always": "outside_label",
    },
    {
        "id": "L-3",
        "text": "",
        "when": {"target": ["outside", "none", "excluded", "provisional"]},
        "never": "within_label",
    },
)


@pytest.fixture(scope="module")
def report() -> Report:
    """Return the report on the edition as it is."""
    return proof.verify(EDITION)


def change(table: str, row: str, **changes: Any) -> Table:
    """Return a table of the edition with one row changed."""
    found = EDITION.tables[table]
    rows = tuple(msgspec.structs.replace(r, **changes) if r.id == row else r for r in found.rows)
    return msgspec.structs.replace(found, rows=rows)


def with_table(table: Table) -> Chain:
    """Return the chain of the edition with one table replaced."""
    return Chain(EDITION.facts, [table if t.id == table.id else t for t in EDITION.chain.tables])


def messages(table: Table, facts: Mapping[str, Fact] = EDITION.facts) -> dict[str, str]:
    """Return the findings on one table: the last message by check and place."""
    return {f"{f.check} {f.where}": f.message for f in check_table(Masks(table, facts), facts)[1]}


def test_the_edition_has_no_finding(report: Report) -> None:
    assert [f"{f.check}: {f.where}: {f.message}" for f in report.findings] == []
    assert report.ok


def test_the_report_accounts_for_everything(report: Report) -> None:
    assert {t.id for t in report.tables} >= set(EDITION.tables)
    assert sum(t.gaps + t.dead + t.overlaps for t in report.tables) == 0
    assert all(t.compared == t.states < 1_000_000 for t in report.tables)
    assert all(p.holds and p.states > 0 for p in report.properties)
    assert {p.id for p in report.properties} >= {p["id"] for p in EDITION.data["safety"]["properties"]}
    assert sum(report.statements.values()) == len(EDITION.statements)
    assert report.facts >= len(EDITION.facts)
    text = "\n".join(report.lines())
    assert f"{sum(t.states for t in report.tables)} states: 0 gaps, 0 dead rows, 0 undeclared overlaps" in text


def test_every_label_date_and_the_day_before_is_looked_at(report: Report) -> None:
    for label in EDITION.labels:
        for day in (label.from_, label.until):
            if day is not None:
                assert {day, day - dt.timedelta(days=1)} <= set(report.dated.dates)
    assert report.dated.documents == len(EDITION.labels)


# --- single tables ----------------------------------------------------------------------------------------------------


def test_a_gap_is_found_with_a_state() -> None:
    table = EDITION.tables["treatment_gate"]
    found = messages(msgspec.structs.replace(table, rows=table.rows[:-1]))
    assert "in 3 states" in found["gap treatment_gate"]
    assert "extent=unknown" in found["gap treatment_gate"]


def test_a_dead_row_is_found_in_both_kinds_of_table() -> None:
    copied = msgspec.structs.replace(EDITION.tables["tier"].rows[0], id="TIER-99", yields_to=("TIER-1",))
    table = EDITION.tables["tier"]
    assert messages(msgspec.structs.replace(table, rows=(*table.rows, copied))) == {
        "dead row TIER-99": "never decides in tier"
    }


def test_an_undeclared_overlap_is_found_with_a_state() -> None:
    table = EDITION.tables["tier"]
    wide = msgspec.structs.replace(table.rows[0], id="TIER-0")
    found = messages(msgspec.structs.replace(table, rows=(wide, *table.rows)))
    assert "overlaps TIER-0, not in yields_to: histology_group=infantile_fibrosarcoma" in found["overlap TIER-1"]


def test_a_stale_yields_to_is_found() -> None:
    found = messages(change("tier", "TIER-2", yields_to=("TIER-1",)))
    assert found == {"overlap TIER-2": "yields to TIER-1, which it does not overlap"}
    assert "no meaning" in messages(change("options_rt_pcr", "OPTION-4", yields_to=("OPTION-3",)))["overlap OPTION-4"]


def test_a_declared_overlap_is_none() -> None:
    table = change("fish_call", "FISH-CALL-17", yields_to=())
    assert "overlaps FISH-CALL-9" in messages(table)["overlap FISH-CALL-17"]
    assert messages(EDITION.tables["fish_call"]) == {}


def test_a_table_that_is_too_large_is_found() -> None:
    levels = tuple(f"l{i}" for i in range(32))
    facts = {f"f{i}": Fact(f"f{i}", "", levels, {}, None, "case", "") for i in range(4)}
    row = Row("R", {f: frozenset({"l0"}) for f in facts}, {}, {"caution": "x"}, "", ("S",), "", "verbatim", "", ())
    assert "1048576 states" in messages(Table("t", "", "all", (row,), tuple(facts), ()), facts)["size t"]


def test_a_witness_is_a_state_in_which_exactly_those_rows_hold() -> None:
    masks = Masks(EDITION.tables["cautions_fish"], EDITION.facts)
    assert masks.matching(witness(masks, 0b10)) == 0b10
    assert witness(masks, masks.all_rows) == {}


def test_a_compiler_that_errs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    built = CompiledTable.__init__

    def err(self: CompiledTable, masks: Masks, facts: Mapping[str, Fact]) -> None:
        built(self, masks, facts)
        self.lookup[7] = (self.lookup[7] + 1) % len(self.row_sets)

    monkeypatch.setattr(CompiledTable, "__init__", err)
    states, found = compare(Masks(EDITION.tables["tier"], EDITION.facts), EDITION.facts)
    assert states == 7
    assert "differs from the evaluator" in found[0].message


# --- vocabulary and sources -------------------------------------------------------------------------------------------


#: The tables of triage and their facts: enough of a chain for each defect of the vocabulary. The whole edition is
#: gone through once, by ``report``.
TRIAGE = EDITION.files["triage"]
TRIAGE_FACTS = {
    ident: fact for ident, fact in EDITION.facts.items() if any(ident in (*t.facts, *t.sets) for t in TRIAGE)
}
#: A fact of triage whose levels are told apart by later tables only.
TOLD_APART_ELSEWHERE = {"ihc_intensity"}


def vocabulary(
    facts: Mapping[str, Fact] = TRIAGE_FACTS, *replaced: Table, answers: frozenset[str] | None = None
) -> set[str]:
    """Return the findings on the vocabulary of triage, with tables replaced; none in it as it is."""
    tables = [next((r for r in replaced if r.id == t.id), t) for t in TRIAGE]
    known = {fact for table in TRIAGE for fact in table.sets} if answers is None else answers
    found = check_vocabulary(facts, tables, Chain(facts, tables), known)[1]
    return {f"{f.check} {f.where}: {f.message}" for f in found if f.where not in TOLD_APART_ELSEWHERE}


def test_the_vocabulary_of_triage_is_sound() -> None:
    assert vocabulary() == set()


def test_a_fact_without_use_is_found() -> None:
    facts = {**TRIAGE_FACTS, "colour": Fact("colour", "?", ("red", "blue"), {}, {}, "case", "")}
    assert vocabulary(facts) == {"fact colour: no table reads it"}
    lost = vocabulary(answers=frozenset({"tier"}))
    assert "fact route: no table reads it, and it is not part of the answer" in lost


def test_a_level_that_nothing_sets_or_tells_apart_is_found() -> None:
    def extra(ident: str, *levels: str) -> dict[str, Fact]:
        fact = EDITION.facts[ident]
        return {**TRIAGE_FACTS, ident: msgspec.structs.replace(fact, levels=(*fact.levels, *levels))}

    assert "level workup: no reachable row sets biopsy" in vocabulary(extra("workup", "biopsy"))
    wide = vocabulary(extra("surgery_morbidity", "mild", "fatal"))
    assert "level surgery_morbidity: no condition tells apart mild, fatal" in wide


def test_a_row_that_no_case_reaches_is_found() -> None:
    impossible = {"tier": frozenset({"+++"}), "workup": frozenset({"drivers"})}
    table = EDITION.tables["priority"]
    row = msgspec.structs.replace(table.rows[0], id="PRIO-0", when=impossible)
    found = vocabulary(TRIAGE_FACTS, msgspec.structs.replace(table, rows=(row, *table.rows)))
    assert found == {"unreachable row PRIO-0: no case leads to it"}


def test_statements_that_are_missing_or_uncited_are_found() -> None:
    kinds = {s.id: s.kind for s in EDITION.statements.values()}
    tables = tuple(EDITION.tables.values())

    def found(tables: tuple[Table, ...], kinds: Mapping[str, str], cited: tuple[str, ...] = ()) -> set[str]:
        return {f"{f.check} {f.where}: {f.message}" for f in check_sources(tables, kinds, cited, ("rule",))[1]}

    assert found(tables, kinds) == set()
    assert "statement NEW-1: no row cites this rule" in found(tables, {**kinds, "NEW-1": "rule"})
    assert found(tables, {**kinds, "NEW-1": "rule"}, ("NEW-1",)) == set()
    assert found(tables, {**kinds, "NEW-2": "fact"}) == set()
    assert "statement TIER-1: cites BIO-6, which does not exist" in found(
        tables, {k: v for k, v in kinds.items() if k != "BIO-6"}
    )
    assert found(tables, kinds, ("GONE",)) == {"statement GONE: is cited and does not exist"}
    bare = change("tier", "TIER-1", statements=(), fidelity="inferred", note="")
    assert found((bare,), {"P1-1": "fact"}) >= {
        "source TIER-1: cites no statement and names no source",
        "note TIER-1: is inferred and has no note",
    }


@pytest.mark.parametrize("level", [">= 1 %", "12", "1.5", "<18"])
def test_a_threshold_in_a_condition_is_found(level: str) -> None:
    table = change("tier", "TIER-1", when={"histology_group": frozenset({level})})
    assert [f.where for f in check_thresholds([table])] == ["TIER-1"]
    assert check_thresholds(EDITION.tables.values()) == []


# --- safety properties ------------------------------------------------------------------------------------------------

TRK = {"actions": {"consider_trk_inhibitor": "consider"}}
UNSAFE: dict[str, tuple[str, str, dict[str, Any], set[str]]] = {
    "treats without a target": ("treatment", "TREAT-4", {"emits": TRK}, {"SAFE-1", "SAFE-2", "SAFE-5", "SAFE-6"}),
    "treats localised disease": ("treatment", "TREAT-19", {"emits": TRK}, {"SAFE-5"}),
    "treats on unknown extent": ("treatment", "TREAT-20", {"emits": TRK}, {"SAFE-5", "SAFE-6"}),
    "treats a resistant tumour": ("treatment", "TREAT-13", {"emits": TRK}, {"SAFE-8"}),
    "treats beside an excluded target": ("treatment", "TREAT-5", {"emits": TRK}, {"SAFE-3"}),
    "a stain is a target in ++": ("target", "TARGET-10", {"sets": {"target": "provisional"}}, {"SAFE-2"}),
    "a stain with amplification is a target": (
        "indirect",
        "INDIRECT-4",
        {"sets": {"indirect": "provisional"}},
        {"SAFE-4"},
    ),
    "a failed test ends testing": (
        "next_test",
        "NEXT-36",
        {"emits": {"actions": {"no_further_ntrk_testing": "recommended"}}},
        {"SAFE-9", "SAFE-11"},
    ),
    "a partial panel is negative": ("sequence", "SEQ-17", {"sets": {"sequence": "negative"}}, {"SAFE-34"}),
    "nothing is said": ("next_test", "NEXT-64", {"emits": {"actions": {}}}, {"SAFE-15"}),
    "outside, yet tested": ("next_test", "NEXT-1", {"emits": {"actions": {"order_mps": "may"}}}, {"SAFE-14"}),
    "CNS stain is negative": ("ihc_call", "IHC-CALL-4", {"sets": {"ihc_call": "negative"}}, {"SAFE-12"}),
    "xDFG is treated": (
        "treatment",
        "TREAT-9",
        {"emits": {"actions": {"consider_next_generation_trk_inhibitor": "may"}}},
        {"SAFE-17"},
    ),
}


@pytest.mark.parametrize("case", UNSAFE)
def test_an_unsafe_row_breaks_the_property_that_forbids_it(case: str) -> None:
    table, row, changes, broken = UNSAFE[case]
    chain = with_table(change(table, row, **changes))
    failed = {p["id"] for p in EDITION.data["safety"]["properties"] if p["id"] in broken and prove(chain, p)[1]}
    assert failed == broken


def test_a_counterexample_is_shown() -> None:
    chain = with_table(change("treatment", "TREAT-19", emits=TRK))
    entry = next(p for p in EDITION.data["safety"]["properties"] if p["id"] == "SAFE-5")
    proved, found = prove(chain, entry)
    assert not proved.holds
    assert "extent=localized, surgery_morbidity=acceptable gives consider_trk_inhibitor" in found[0].message


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"when": {"colour": "red"}, "never": ["order_mps"]}, "no fact"),
        ({"when": {"tier": "high"}, "never": ["order_mps"]}, "no level high"),
        ({"when": {}, "never": ["order_xray"]}, "no row gives order_xray"),
        ({"when": {}}, "asks for nothing"),
        ({"when": {}, "nevr": ["order_mps"]}, "unknown key nevr"),
        ({"when": {"tier": "+++", "workup": "drivers"}, "never": ["order_mps"]}, "is empty"),
        ({"when": {"tier": "+++", "workup": "none"}, "impossible": True}, "is possible"),
    ],
)
def test_a_property_that_says_nothing_or_is_wrong_is_found(entry: dict[str, Any], problem: str) -> None:
    proved, found = prove(EDITION.chain, {"id": "P", **entry})
    assert not proved.holds
    assert problem in found[0].message


def test_a_gap_leaves_a_property_unproved() -> None:
    table = EDITION.tables["treatment_gate"]
    chain = with_table(msgspec.structs.replace(table, rows=table.rows[:-1]))
    assert "not proved" in prove(chain, {"id": "P", "when": {}, "never": ["consider_trk_inhibitor"]})[1][0].message


def test_a_tier_that_reads_a_test_is_found() -> None:
    assert prove_independent(EDITION.chain, "tier", ["ihc", "target"]) == []
    assert [f.message for f in prove_independent(EDITION.chain, "target", ["ihc", "alk_ros1"])] == [
        "depends on alk_ros1",
        "depends on ihc",
    ]


def test_actions_that_are_given_together_are_found() -> None:
    assert (
        prove_exclusive(EDITION.chain, ["no_further_ntrk_testing", "no_routine_testing", "outside_guidance"])[1] == []
    )
    found = prove_exclusive(EDITION.chain, ["order_mps", "order_fish", "outside_guidance"])[1]
    assert [f.where for f in found] == ["order_fish, order_mps"]


# --- labels -----------------------------------------------------------------------------------------------------------


def labels(edition: Edition = EDITION, *clauses: str) -> Dated:
    """Return the proof of the clauses on labels, or of some of them."""
    return proof.label_proof(edition, [c for c in LABEL_CLAUSES if not clauses or c["id"] in clauses])


def test_labels_hold_on_every_date(report: Report) -> None:
    shipped = EDITION.data["safety"]["labels"]
    for clause in LABEL_CLAUSES:  # stated here once more: the edition must promise no less
        said = {key: value for key, value in clause.items() if key not in ("id", "text", "when")}
        assert any(
            said.items() <= one.items()
            and all(set(lv) <= set(one["when"].get(f, ())) for f, lv in clause["when"].items())
            for one in shipped
        )
    assert {clause["id"] for clause in shipped} <= {p.id for p in report.properties if p.holds and p.states}
    assert report.dated.states > 1000


def changed_edition(edit: Callable[[dict[str, Any]], None]) -> Edition:
    """Return the edition with its plain data changed."""
    contents = msgspec.structs.replace(proof_contents())
    edit(contents.files)
    return Edition(contents, EDITION.directory)


def proof_contents() -> Any:
    """Return the files of the edition, read anew."""
    from ntrkpath.guidance.files import parse

    return parse(EDITION.directory)


def test_an_unsafe_label_row_or_resistance_entry_is_found() -> None:
    def trust(files: dict[str, Any]) -> None:
        table = next(t for t in files["therapy"]["tables"] if t["table"] == "label")
        rows = {row["id"]: row for row in table["rows"]}
        rows["LABEL-3"]["then"] = {"label_status": "within_label"}

    def active(files: dict[str, Any]) -> None:
        files["resistance"]["mutations"][0]["effect"]["larotrectinib"] = "expected_active"

    for edit in (trust, active):
        found = labels(changed_edition(edit), "L-1")[2]
        assert {f.where for f in found} >= {"larotrectinib-ema-2019"}
        assert all(f.message.startswith("L-1: within_label on ") for f in found)


def test_an_effect_on_a_drug_that_is_not_defined_is_an_error() -> None:
    def misspell(files: dict[str, Any]) -> None:
        files["resistance"]["mutations"][0]["effect"]["larotrectinibb"] = "resistant"

    with pytest.raises(GuidanceError, match="unknown drug"):
        proof.drug_effects(changed_edition(misspell))


def test_a_label_without_its_clause_is_found_where_the_drug_is_thought_to_work() -> None:
    def forget(files: dict[str, Any]) -> None:
        table = next(t for t in files["therapy"]["tables"] if t["table"] == "label_no_resistance_mutation")
        table["rows"][0]["then"] = {"no_resistance_mutation": "cannot_tell"}

    assert {f.message.split(":")[0] for f in labels(changed_edition(forget), "L-2")[2]} == {"L-2"}


def test_a_clause_about_no_label_is_found() -> None:
    clause = {"id": "L", "text": "", "subjects": ["aspirin"], "when": {}, "never": "within_label"}
    assert "is empty" in proof.label_proof(EDITION, [clause])[2][0].message


# --- the lock ---------------------------------------------------------------------------------------------------------


def test_the_lock_follows_outcomes_and_not_wording(tmp_path: Path) -> None:
    table = EDITION.tables["tier"]

    def hashed(changed: Table) -> str:
        return table_hash(Masks(changed, EDITION.facts), EDITION.facts)

    def reworded(table: Table) -> tuple[Row, ...]:
        return tuple(msgspec.structs.replace(r, id=f"X-{r.id}", says="", note="", statements=()) for r in table.rows)

    signed = hashed(table)
    assert hashed(msgspec.structs.replace(table, rows=reworded(table))) == signed
    gate = EDITION.tables["treatment_gate"]
    assert not any(row.yields_to for row in gate.rows)  # so that no outcome depends on the order of the rows
    assert hashed(msgspec.structs.replace(gate, rows=reworded(gate)[::-1])) == hashed(gate)
    assert hashed(change("tier", "TIER-1", sets={"tier": "++", "workup": "none"})) != signed
    assert hashed(msgspec.structs.replace(table, rows=table.rows[1:])) != signed
    lock = compute_lock(EDITION.facts, EDITION.tables.values())
    path = tmp_path / "outcomes.lock"
    assert read_lock(path) is None
    write_lock(path, lock)
    assert read_lock(path) == lock
    assert compare_lock(lock, lock) == []
    assert [f.where for f in compare_lock({**lock, "tier": "0"}, lock)] == ["tier"]
    assert "gone" in compare_lock({}, {"old": "0"})[0].message
    assert "missing" in compare_lock(lock, None)[0].message
    path.write_text("[]")
    with pytest.raises(GuidanceError, match="not a lock"):
        read_lock(path)


def test_signing_off_writes_the_lock_that_verify_reads(tmp_path: Path, report: Report) -> None:
    elsewhere = Edition(proof_contents(), tmp_path)
    assert proof.sign_off(elsewhere).parent == tmp_path
    for path in (proof.lock_path, proof.derivations_path):  # the shipped ones, which ``report`` read without a finding
        assert path(elsewhere).read_bytes() == path(EDITION).read_bytes()
    assert compare_lock(dict(report.lock), read_lock(proof.lock_path(elsewhere))) == []
