"""Every key of a case is said once, and loader, schema, form, cohort and reference all have it from there."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ntrkpath.cases import case_from
from ntrkpath.cases.values import read_value
from ntrkpath.guidance import load
from ntrkpath.model import case as model
from ntrkpath.model.case_keys import LISTED, METHODS, PARTS, Key, all_keys, keys_of
from ntrkpath.model.case_meanings import SAID
from ntrkpath.model.errors import CaseError
from ntrkpath.schema import json_schema, shipped
from ntrkpath.vocabulary.case_words import fold, words
from ntrkpath.vocabulary.names import COMPILED, NAMES, parse, word_list

OWNERS: list[type[msgspec.Struct]] = [model.Case, *PARTS.values(), *METHODS.values(), *LISTED.values(), model.ReadAs]
KEYS = dict(all_keys())


@pytest.mark.parametrize("owner", OWNERS, ids=lambda owner: owner.__name__)
def test_every_key_has_a_label_and_a_meaning(owner: type[msgspec.Struct]) -> None:
    for key in keys_of(owner).values():
        assert key.label
        assert key.meaning.endswith(".")
        assert key.unit or key.kind not in ("number", "age")


def test_nothing_is_said_of_a_key_that_is_none() -> None:
    known = {
        f"{kind.__name__.lstrip('_')}.{name}" for owner in OWNERS for kind in owner.__mro__ for name in keys_of(owner)
    }
    assert set(SAID) <= known


def test_every_fact_that_reads_a_key_is_one_of_the_guidance() -> None:
    facts = set(load().facts)
    assert {fact for key in KEYS.values() for fact in key.reads} <= facts


def test_every_fact_of_a_case_is_read_from_a_key_or_from_several_tests_together() -> None:
    edition = load()
    read = {fact for key in KEYS.values() for fact in key.reads}
    together = {"figure2_reading", *(fact for fact in edition.facts if fact.endswith("_others"))}
    assert set(edition.decisions.base) <= read | together


def test_the_schema_says_what_the_keys_say() -> None:
    made = json_schema("case")
    for owner in OWNERS[:-1]:
        for key in keys_of(owner).values():
            told = made["$defs"][owner.__name__]["properties"][key.name]
            assert (told["title"], told["description"]) == (key.label, key.meaning)
    assert made == shipped("case")


def test_every_list_of_words_belongs_to_a_key_and_every_choice_has_one() -> None:
    named = {key.words for key in KEYS.values() if key.words}
    assert named | {"methods", "flags", "ages"} == set(word_list("case_words"))
    for path, key in KEYS.items():
        assert bool(key.words) == (key.kind in ("choice", "map")), path


def _choices() -> list[tuple[str, Key, str, str]]:
    return [
        (path, key, level, word)
        for path, key in KEYS.items()
        if key.kind == "choice"
        for level, others in word_list("case_words")[key.words].items()
        if level != "asked"
        for word in others
    ]


def test_every_word_of_a_list_is_read_as_its_level_in_any_case_and_spelling() -> None:
    for path, key, level, word in _choices():
        for written in (
            word,
            word.upper(),
            word.casefold(),
            f" {word} ",
            word.replace(" ", "-"),
            word.replace(" ", "_"),
        ):
            assert read_value(key, written) == level, (path, written)


def test_a_word_that_has_no_one_level_is_answered_with_the_word_to_use() -> None:
    for path, key in KEYS.items():
        if key.kind != "choice":
            continue
        for word, says in word_list("case_words")[key.words].get("asked", {}).items():
            with pytest.raises(CaseError) as caught:
                read_value(key, word)
            assert caught.value.remedy == says, (path, word)
            assert any(level in says for level in key.levels) or "leave" in says or "convert" in says or "write" in says


def test_no_word_stands_for_two_levels() -> None:
    for name, listed in word_list("case_words").items():
        seen: dict[str, str] = {}
        for level, others in listed.items():
            for word in others:
                assert seen.setdefault(fold(word), level) == level, (name, word)
        assert not set(words(name).asked) & set(words(name).levels), name


def test_every_level_of_a_list_is_a_level_of_its_keys() -> None:
    for path, key in KEYS.items():
        if key.words:
            assert set(word_list("case_words")[key.words]) - {"asked"} <= set(key.levels), path


def test_the_compiled_lists_are_the_yaml_beside_them() -> None:
    compiled = NAMES / COMPILED
    if not compiled.exists():
        pytest.skip("no compiled lists here: scripts/build_knowledge.py writes them")
    found = msgspec.msgpack.decode(compiled.read_bytes())
    assert found["lists"] == msgspec.to_builtins(parse().lists)


# --- what people write ----------------------------------------------------------------------------------------------

BASE: dict[str, Any] = {"diagnosis": {"histology": "GIST"}}


def with_test(**keys: Any) -> dict[str, Any]:
    return {**BASE, "tests": [keys]}


READ = [
    ({"id": 10, **BASE}, "id", "10"),
    ({**BASE, "patient": {"age": "10 Monate"}}, "patient.age", "10 months"),
    ({**BASE, "patient": {"age": "3 ans"}}, "patient.age", "3 years"),
    ({**BASE, "patient": {"age": "45-year-old"}}, "patient.age", "45 years"),
    ({**BASE, "patient": {"age": "2,5 Jahre"}}, "patient.age", "2.5 years"),
    ({**BASE, "patient": {"age": "Neugeborenes"}}, "patient.age", "newborn"),
    ({**BASE, "patient": {"sex": "F"}}, "patient.sex", "female"),
    ({**BASE, "disease": {"extent": "stage IV"}}, "disease.extent", "metastatic"),
    ({**BASE, "disease": {"extent": "métastatique"}}, "disease.extent", "metastatic"),
    (with_test(method="pan_trk_ihc", result="pos"), "tests.0.result", "positive"),
    (with_test(method="pan-TRK IHC", percent="30%"), "tests.0.method", "pan_trk_ihc"),
    (with_test(method="pan_trk_ihc", percent="30 %"), "tests.0.percent", 30),
    (with_test(method="pan_trk_ihc", percent="30,5"), "tests.0.percent", 30.5),
    (with_test(method="pan_trk_ihc", percent="about 30 %"), "tests.0.percent", 30),
    (with_test(method="pan_trk_ihc", control="failed"), "tests.0.control", "inadequate"),
    (with_test(method="fish", date="31.12.2020"), "tests.0.date", "2020-12-31"),
    (with_test(method="fish", date="5 Mai 2021"), "tests.0.date", "2021-05-05"),
    (with_test(method="fish", gene="ETV6-NTRK3"), "tests.0.gene", ["ETV6", "NTRK3"]),
    (with_test(method="rt_pcr", targets="ETV6-NTRK3"), "tests.0.targets", ["ETV6::NTRK3"]),
    (with_test(method="rna_mps", genes_covered="NTRK1-3"), "tests.0.genes_covered", ["NTRK1", "NTRK2", "NTRK3"]),
    (with_test(method="rna_mps", fusions=["TPM3 e8::NTRK1 e10"]), "tests.0.fusions.0.exon_three_prime", 10),
    (with_test(method="rna_mps", fusions="ETV6-NTRK3"), "tests.0.fusions.0.three_prime", "NTRK3"),
    (with_test(method="rna_mps", fusions=[{"five_prime": "TEL", "three_prime": "NTRK3:14"}]),
     "tests.0.fusions.0.exon_three_prime", 14),
    (with_test(method="dna_mps", mutations=["NTRK1 p.(Gly595Arg)"]), "tests.0.mutations.0.protein", "p.(Gly595Arg)"),
    (with_test(method="dna_mps", assembly="hg19"), "tests.0.assembly", "GRCh37"),
    ({**BASE, "therapy": [{"drug": "larotrectinib", "best_response": "partial response"}]}, "therapy.0.best_response",
     "partial"),
    ({**BASE, "therapy": [{"drug": "larotrectinib", "progression": "oui"}]}, "therapy.0.progression", True),
    ({"diagnosis": {"histology": "GIST", "immunoprofile": "S100+, CD34-"}}, "diagnosis.immunoprofile.CD34", "negative"),
    ({"diagnosis": {"histology": "GI\u200bST"}}, "diagnosis.histology", "GIST"),
]  # fmt: skip


def _at(case: model.Case, path: str) -> Any:
    data = msgspec.to_builtins(case)
    for step in path.split("."):
        data = data[int(step)] if step.isdigit() else data[step]
    return data


@pytest.mark.parametrize(("data", "path", "value"), READ, ids=[path + str(i) for i, (_, path, _) in enumerate(READ)])
def test_what_is_clear_is_read_and_said(data: dict[str, Any], path: str, value: Any) -> None:
    case = case_from(data)
    assert _at(case, path) == value
    assert path == "id" or case.read_as
    assert all(entry.stated != entry.read_as for entry in case.read_as if not entry.note) or path != "tests.0.result"


@pytest.mark.parametrize(("data", "path", "value"), READ, ids=[path + str(i) for i, (_, path, _) in enumerate(READ)])
def test_a_case_that_was_read_reads_as_itself(data: dict[str, Any], path: str, value: Any) -> None:
    case = case_from(data)
    again = case_from(msgspec.to_builtins(case))
    assert msgspec.structs.replace(again, read_as=[]) == msgspec.structs.replace(case, read_as=[])
    assert set(map(str, case.read_as)) <= set(map(str, again.read_as))


ASKED = [
    ({**BASE, "disease": {"extent": "local_recurrence"}}, "disease.extent", "resectability"),
    (with_test(method="IHC"), "tests[0].method", "pan_trk_ihc"),
    (with_test(method="NGS"), "tests[0].method", "rna_mps"),
    (with_test(method="pan_trk_ihc", percent="<1 %"), "tests[0].percent", "counted"),
    (with_test(method="pan_trk_ihc", percent="10-20 %"), "tests[0].percent", "counted"),
    (with_test(method="pan_trk_ihc", percent="1,234"), "tests[0].percent", "groups"),
    (with_test(method="fish", cells_counted="42/100"), "tests[0].cells_counted", "own keys"),
    (with_test(method="fish", date="03/04/2020"), "tests[0].date", "YYYY-MM-DD"),
    (with_test(method="rna_mps", fusions=["TPM3::NTKR1"]), "tests[0].fusions[0]", "symbols"),
    (with_test(method="rna_mps", fusions=[{"five_prime": "TMP3"}]), "tests[0].fusions[0].five_prime", "symbol"),
    (with_test(method="rna_mps", rna_quality="RIN 7.2"), "tests[0].rna_quality", "adequate or poor"),
    (with_test(method="rna_mps", fusions=[{"exon_three_prime": 0}]), "tests[0].fusions[0].exon_three_prime", "correct"),
    ({**BASE, "id": "a\u200bb"}, "id", "type the id again"),
    ({**BASE, "note": "a\ud800"}, "note", "type the text again"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "where", "remedy"), ASKED, ids=[where for _, where, _ in ASKED])
def test_what_is_not_clear_is_answered_with_what_to_write(data: dict[str, Any], where: str, remedy: str) -> None:
    with pytest.raises(CaseError) as caught:
        case_from(data)
    (error,) = caught.value.all
    assert error.where == where
    assert remedy in error.remedy


def test_every_error_of_a_case_comes_at_once_in_order() -> None:
    wrong = [
        ("patient", {"age": "old"}), ("diagnosis", {"histology": "GIST", "typical_histology": "perhaps"}),
        ("disease", {"extent": "nearby"}), ("alterations", [{"gene": "KITT9", "kind": "mutation", "status": "absent"}]),
        ("tests", [{"method": "fish", "cells_counted": 0}, {"method": "rna_mps", "fusions": ["NTKR1::X"]}]),
        ("therapy", [{"drug": "larotrectinib", "start": "soon"}]), ("extra", 1),
    ]  # fmt: skip
    with pytest.raises(CaseError) as caught:
        case_from(dict(wrong))
    places = [error.where for error in caught.value.all]
    assert places == [
        "patient.age", "diagnosis.typical_histology", "disease.extent", "alterations[0].gene", "tests[0].cells_counted",
        "tests[1].fusions[0]", "therapy[0].start", "extra",
    ]  # fmt: skip
    assert "7 more errors" in str(caught.value)
    assert all("more error" not in str(error) for error in caught.value.all)
    assert [error.where for error in caught.value.at("f.yaml").all] == [f"f.yaml: {place}" for place in places]
