"""A case in words: every word of a phrase is understood or refused, and says the same as the keys."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntrkpath.cases.load import case_from
from ntrkpath.cases.phrase_of_a_test import TESTS, read_test
from ntrkpath.cases.phrases import described, read_alteration, read_therapy
from ntrkpath.cases.values import read_value
from ntrkpath.model.case_keys import METHODS, keys_of
from ntrkpath.model.errors import CaseError
from ntrkpath.vocabulary.fusion_text import read_fusion
from ntrkpath.vocabulary.names import word_list

METHOD_NAMES = tuple(METHODS)
quick = settings(max_examples=100, deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("method", "phrase", "keys"),
    [
        ("pan_trk_ihc", "40 % diffuse", {"percent": 40.0, "distribution": "diffuse"}),
        ("pan_trk_ihc", "0,5% weak", {"percent": 0.5, "intensity": "weak"}),
        (
            "pan_trk_ihc",
            "strong diffuse cytoplasmic staining in 90 % of tumour cells, control adequate, clone EPR17341",
            {
                "intensity": "strong", "distribution": "diffuse", "pattern": "cytoplasmic", "percent": 90.0,
                "control": "adequate", "clone": "EPR17341",
            },
        ),
        ("pan_trk_ihc", "neg", {"result": "negative"}),
        ("fish", "NTRK3 break-apart positive", {"gene": "NTRK3", "probe": "break_apart", "result": "positive"}),
        ("fish", "NTRK1, NTRK2, NTRK3 negative", {"gene": ["NTRK1", "NTRK2", "NTRK3"], "result": "negative"}),
        (
            "fish",
            "NTRK1 30/100 cells, cutoff 15",
            {"gene": "NTRK1", "cells_split": 30, "cells_counted": 100, "cutoff": 15.0},
        ),
        ("rt_pcr", "ETV6::NTRK3 negative", {"targets": ["ETV6::NTRK3"], "result": "negative"}),
        ("rna_mps", "TPM3::NTRK1 in frame", {"fusions": ["TPM3::NTRK1 in frame"]}),
        ("rna_mps", "TPM3::NTRK1, in frame; 2024-02-01", {"fusions": ["TPM3::NTRK1, in frame"], "date": "2024-02-01"}),
        (
            "rna_mps",
            "negative, covers NTRK1 NTRK2 and NTRK3, quality adequate",
            {"result": "negative", "genes_covered": ["NTRK1", "NTRK2", "NTRK3"], "rna_quality": "adequate"},
        ),
        ("rna_mps", "no fusion", {"result": "negative"}),
        ("dna_mps", "NTRK1 G595R, KIT D816V", {"mutations": ["NTRK1 G595R", "KIT D816V"]}),
        ("dna_mps", "file=my calls.tsv", {"file": "my calls.tsv"}),
    ],
)  # fmt: skip
def test_a_phrase_says_what_the_keys_say(method: str, phrase: str, keys: dict[str, Any]) -> None:
    assert read_test(method, phrase) == {"method": method, **keys}
    case_from({"diagnosis": {"histology": "UPS"}, "tests": [read_test(method, phrase)]})


@pytest.mark.parametrize(
    ("method", "phrase", "problem"),
    [
        ("pan_trk_ihc", "not positive", "not understood"),
        ("pan_trk_ihc", "adequate", "control adequate or fixation adequate"),
        ("pan_trk_ihc", "> 10 %", "a range is not a number"),
        ("pan_trk_ihc", "10-20 %", "a range is not a number"),
        ("pan_trk_ihc", "positive, negative", "stated twice"),
        ("pan_trk_ihc", "", "nothing is said"),
        ("rna_mps", "TMP3::NTRK1", "TPM3"),
        ("rna_mps", "no NTRK fusion", "not understood"),
        ("rna_mps", "maybe negative", "not understood"),
        ("fish", "NTRK4 positive", "not understood"),
    ],
)
def test_what_is_not_understood_is_refused(method: str, phrase: str, problem: str) -> None:
    with pytest.raises(CaseError, match=problem):
        read_test(method, phrase)


LEVELS = st.sampled_from(METHOD_NAMES).flatmap(
    lambda method: st.fixed_dictionaries(
        {"method": st.just(method)},
        optional={
            name: st.sampled_from(key.levels) for name, key in keys_of(METHODS[method]).items() if key.kind == "choice"
        },
    )
)


@quick
@given(LEVELS, st.randoms(use_true_random=False))
def test_named_levels_read_as_themselves_in_any_order(test: dict[str, str], dice: Any) -> None:
    said = [f"{key} {value}" for key, value in test.items() if key != "method"]
    dice.shuffle(said)
    if said:
        assert read_test(test["method"], ", ".join(said)) == test
        assert read_test(test["method"], " ".join(said)) == test


@quick
@given(st.sampled_from(METHOD_NAMES), st.sampled_from(["no", "not", "without", "possibly", "?", "xyz", "un", "nicht"]))
def test_a_word_more_is_never_passed_over(method: str, word: str) -> None:
    for phrase in (f"positive {word}", f"{word} positive"):
        try:
            said = read_test(method, phrase)
        except CaseError:
            continue
        assert said["result"] != "positive"


def test_therapy_and_alterations_are_read_as_one_says_them() -> None:
    assert read_therapy("larotrectinib since 2024-02-01, until 2025-05-01, progressed") == {
        "drug": "larotrectinib", "start": "2024-02-01", "end": "2025-05-01", "progression": True,
    }  # fmt: skip
    assert read_therapy("doxorubicin + ifosfamide") == {"drug": "doxorubicin + ifosfamide"}
    assert read_alteration("SMARCB1 loss present") == {"gene": "SMARCB1", "kind": "deficiency", "status": "present"}
    for wrong in ("MDM2 amplification", "KIT", "KIT maybe absent"):
        with pytest.raises(CaseError, match="not an alteration"):
            read_alteration(wrong)
    for twice in ("larotrectinib, progressed, ongoing", "larotrectinib since 2024-01-01 since 2025-01-01"):
        with pytest.raises(CaseError, match="stated twice"):
            read_therapy(twice)
    with pytest.raises(CaseError, match="no drug"):
        read_therapy("progressed")


def test_every_wrong_phrase_of_a_case_is_said_at_once() -> None:
    tests = {"ihc": ["adequate"], "rna": ["TMP3::NTRK1"]}
    with pytest.raises(CaseError) as caught:
        described("UPS", {"extent": "metastatic"}, tests, ["KIT"], ["progressed"])
    assert [error.where for error in caught.value.all if error.where] == ["--ihc", "--rna", "--found", "--therapy"]
    assert len(caught.value.all) == 5


def test_every_test_of_a_case_has_a_phrase() -> None:
    assert {method for method, _, _ in TESTS.values()} == set(METHODS)
    for method, _, example in TESTS.values():
        for phrase in example.split("' or '"):
            read_test(method, phrase.strip("'"))


def test_every_listed_word_of_a_phrase_is_understood() -> None:
    listed = word_list("phrases")
    for word in listed["says_nothing"]:
        assert read_test("pan_trk_ihc", f"positive {word}") == {"method": "pan_trk_ihc", "result": "positive"}
    for key, words in listed["keys"].items():
        value = {"cutoff": "15", "rna_quality": "adequate", "clone": "A7H6R"}.get(key, "NTRK1")
        method = next(name for name in METHOD_NAMES if key in keys_of(METHODS[name]))
        said = read_test(method, f"{key.replace('_', ' ')} {value}")
        assert all(read_test(method, f"{word} {value}") == said for word in words)
    for stands, words in listed["progression"].items():
        for word in words:
            told = {"progressed": True, "not_progressed": False, "unknown": None}[stands]
            assert read_therapy(f"larotrectinib, {word}").get("progression") is told
    for word in listed["needs_a_call"]:
        with pytest.raises(CaseError, match="says no result"):
            read_test("fish", f"NTRK3 {word}")
        assert read_test("fish", f"NTRK3 {word} negative")["result"] == "negative"
        assert read_test("fish", f"NTRK3 40 of 100 cells {word}")["cells_split"] == 40
    for word in listed["joins"]:
        for kind in ("mutation", "fusion"):
            with pytest.raises(CaseError, match="not an alteration"):
                read_alteration(f"KIT {word} PDGFRA {kind} absent")
    for end, words in listed["dates"].items():
        assert all(read_therapy(f"larotrectinib {word} 2024-02-01")[end] == "2024-02-01" for word in words)


RESULTS = [
    (level, word) for level, words in word_list("case_words")["results"].items() if level != "asked"
    for word in (level.replace("_", " "), *words) if word.strip("+")
]  # fmt: skip


@pytest.mark.parametrize(("level", "word"), RESULTS)
def test_a_result_is_never_part_of_a_finding_and_never_denies_it_unsaid(level: str, word: str) -> None:
    """Of a fusion that is looked for it is the result; beside what was found only a positive one can stand."""
    for phrase in (f"ETV6::NTRK3 {word}", f"{word}, ETV6::NTRK3", f"ETV6::NTRK3, {word}"):
        said = read_test("rt_pcr", phrase)
        (target,) = said["targets"]
        assert read_fusion(target).name == "ETV6::NTRK3"
        assert read_value(keys_of(METHODS["rt_pcr"])["result"], said["result"]) == level
    for method, found in (("rna_mps", "ETV6::NTRK3"), ("rna_mps", "ALK"), ("dna_mps", "NTRK1 G595R")):
        for phrase in (f"{found} {word}", f"{word}, {found}", f"{found}, {word}, date 2024-01-02"):
            if level == "positive":
                assert read_test(method, phrase)["result"] in ("positive", word)
            else:
                with pytest.raises(CaseError, match="stands beside"):
                    read_test(method, phrase)


def test_no_result_is_longer_than_what_is_looked_through_for_one() -> None:
    assert max(len(word.split()) for _, word in RESULTS) <= 6


@pytest.mark.parametrize("piece", ["TPM3 NTRK1 in frame ", "not detected ", "ETV6::NTRK3 ", "a b c ", "KIT mutation "])
def test_the_work_of_a_phrase_is_bounded_however_long_it_is(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in values that are read, not in time."""
    from ntrkpath.cases import phrase_pieces

    asked = 0

    def counted(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        return read_value(*given)

    monkeypatch.setattr(phrase_pieces, "read_value", counted)
    for length in (900, 100_000):
        for read in (lambda text: read_test("rna_mps", text), read_therapy, read_alteration):
            with suppress(CaseError):
                read(piece * (length // len(piece)))
    assert asked < 40_000
    with pytest.raises(CaseError, match="too long"):
        read_test("rna_mps", piece * 1_000)
