"""`ntrkpath ask`, and cases in words for `recommend`: the same answer as the same case in a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from ntrkpath.cases.phrase_of_a_test import TESTS
from ntrkpath.cli.main import cli
from ntrkpath.exports.recommendations import COLUMNS
from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, case_from
from ntrkpath.pathway.interview import Question, interview

TABLE = (
    "gene5\tchr5\tpos5\tgene3\tchr3\tpos3\tassembly\tsample\tlevel\n"
    "ETV6\t12\t11869969\tNTRK3\t15\t87940753\tGRCh38\tS1\t{level}\n"
)


def run(*arguments: str, given: bytes | None = None) -> Any:
    return CliRunner().invoke(cli, [*arguments, "--as-of", "2026-01-01"], input=given, standalone_mode=False)


def test_ask_gives_the_answer_of_the_same_case_in_a_file(tmp_path: Path) -> None:
    saved = tmp_path / "case.yaml"
    asked = run(
        "ask", "UPS", "--metastatic", "--age", "44", "--ihc", "40 % diffuse", "--rna", "TPM3::NTRK1 in frame",
        "--therapy", "doxorubicin, progressed", "--found", "MDM2 amplification absent", "--format", "json",
        "--set", "diagnosis.immunoprofile.S100=negative", "--save", str(saved),
    )  # fmt: skip
    assert asked.return_value == 0, asked.output
    again = run("recommend", str(saved), "--format", "json")
    assert json.loads(asked.stdout) == json.loads(again.stdout)
    assert yaml.safe_load(saved.read_text())["tests"][0] == {
        "method": "pan_trk_ihc", "percent": 40.0, "distribution": "diffuse",
    }  # fmt: skip
    assert "Consider now: larotrectinib" in run("recommend", "-", given=saved.read_bytes()).stdout


def test_what_is_not_understood_is_said_and_nothing_is_saved(tmp_path: Path) -> None:
    saved = tmp_path / "case.yaml"
    done = run("ask", "UPS", "--rna", "TMP3::NTRK1", "--save", str(saved))
    assert done.return_value == 65
    assert "TPM3" in done.stderr
    assert not saved.exists()


@pytest.mark.parametrize("level", ["rna", "dna"])
def test_a_file_of_a_caller_needs_no_case_file(tmp_path: Path, level: str) -> None:
    file = tmp_path / "calls.tsv"
    file.write_text(TABLE.format(level=level))
    done = run("recommend", "--histology", "IFS", "--extent", "metastatic", "--fusions", str(file), "--format", "json")
    answer = json.loads(done.stdout)
    assert answer["facts"][f"{level}_fusion"] in ("productive", "likely_productive")
    assert "ETV6::NTRK3" in answer["answer"]["target"]


def test_a_file_that_names_no_level_is_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "calls.tsv"
    file.write_text("gene5\tgene3\n")
    assert "whether RNA or DNA" in str(run("recommend", "--histology", "IFS", "--fusions", str(file)).exception)


def test_a_case_in_words_and_a_file_at_once_is_refused() -> None:
    for arguments in ((), ("case.yaml", "--histology", "UPS"), ("case.yaml", "--extent", "metastatic")):
        assert "--histology" in str(run("recommend", *arguments).exception)


def test_one_line_a_case_under_a_header_that_does_not_change(tmp_path: Path) -> None:
    cases = "\n".join(
        json.dumps({"id": ident, "diagnosis": {"histology": name}, "disease": {"extent": "metastatic"}})
        for ident, name in (("=1+1", "UPS"), ("b", "IFS"), ("c", "no such tumour"))
    )
    (tmp_path / "cases.jsonl").write_text(cases)
    done = run("recommend", str(tmp_path / "cases.jsonl"), "--format", "tsv")
    lines = list(csv.DictReader(io.StringIO(done.stdout), delimiter="\t"))
    assert list(lines[0]) == list(COLUMNS)
    assert [line["case_id"] for line in lines] == ["'=1+1", "b"]
    assert lines[1]["priority"] == "+++"
    assert done.return_value == 65


# --- question by question
def pathway() -> Pathway:
    return Pathway(load(), dt.date(2026, 1, 1))


def played(answers: dict[str, list[str]], enough: str = "") -> tuple[dict[str, Any] | None, list[Question], list[str]]:
    """Return the case that answers by path give, the questions that were asked, and what was said of wrong answers."""
    asked: list[Question] = []
    said: list[str] = []

    def ask(question: Question) -> str | None:
        asked.append(question)
        if question.path == enough:
            return None
        left = answers.get(question.path, [])
        return left.pop(0) if left else ""

    return interview(pathway(), ask, said.append), asked, said


def test_the_questions_lead_to_the_case_and_a_wrong_answer_is_asked_again() -> None:
    data, asked, said = played(
        {
            "diagnosis.histology": ["undiferentiated", "UPS"],
            "ihc": ["40 % difuse", "40 % diffuse"],
            "rna": ["TPM3::NTRK1 in frame"],
            "disease.extent": ["metastatic"],
            "patient.age": ["old", "44"],
        }
    )
    assert data is not None
    assert len(said) == 3
    case = case_from(data)
    assert (case.disease.extent, case.patient.age) == ("metastatic", "44")
    assert [test["method"] for test in data["tests"]] == ["pan_trk_ihc", "rna_mps"]
    assert [question.path for question in asked][:2] == ["diagnosis.histology", "diagnosis.histology"]


def test_no_question_is_asked_twice_and_beside_the_referral_none_whose_answer_changes_nothing() -> None:
    data, asked, said = played({"diagnosis.histology": ["IFS"]})
    paths = [question.path for question in asked]
    assert len(paths) == len(set(paths))
    assert not said
    assert data == {"diagnosis": {"histology": "IFS"}}
    open_facts = {one.fact for one in pathway().recommend(case_from(data)).missing}
    derived = {(load().facts[fact].derive or {}).get("field") for fact in open_facts}
    assert set(paths) - {"diagnosis.histology", *TESTS} <= {
        *derived, "disease.extent", "patient.age", "diagnosis.site", "alterations", "therapy",
    }  # fmt: skip


def test_extent_and_age_come_before_the_tests_and_then_what_decides() -> None:
    _, asked, _ = played({"diagnosis.histology": ["GIST"], "disease.extent": ["metastatic"]})
    paths = [question.path for question in asked]
    assert paths[0] == "diagnosis.histology"
    assert paths[1 : paths.index("ihc")] == ["disease.extent", "patient.age", "diagnosis.site"]
    assert paths[paths.index("dna") + 1] == "alterations"


def test_drivers_and_drugs_are_answered_in_phrases() -> None:
    data, _, said = played(
        {
            "diagnosis.histology": ["GIST"],
            "disease.extent": ["metastatic"],
            "alterations": ["KIT mutated", "KIT mutation absent; PDGFRA mutation absent"],
            "therapy": ["none"],
        }
    )
    assert data is not None
    assert [one["gene"] for one in data["alterations"]] == ["KIT", "PDGFRA"]
    assert data["therapy"] == []
    assert len(said) == 1
    assert "present or absent" in said[0]


def test_enough_is_enough_and_without_a_diagnosis_there_is_no_case() -> None:
    data, asked, _ = played({"diagnosis.histology": ["UPS"]}, enough="fish")
    assert data == {"diagnosis": {"histology": "UPS"}}
    assert [question.path for question in asked][-1] == "fish"
    assert played({})[0] is None


def test_ask_without_a_terminal_says_what_to_write() -> None:
    assert "ntrkpath ask UPS" in str(run("ask").exception)
    assert "ntrkpath ask UPS" in str(run("ask", "--metastatic").exception)


@pytest.mark.parametrize(
    "twice",
    [
        ("--metastatic", "--localized"),
        ("--extent", "localized", "--metastatic"),
        ("--metastatic", "--set", "disease.extent=localized"),
        ("--age", "4", "--set", "patient.age=40"),
    ],
)
def test_what_is_stated_twice_is_refused_and_the_last_never_wins(twice: tuple[str, ...]) -> None:
    assert "stated twice" in str(run("ask", "UPS", *twice).exception)


def test_an_error_of_a_case_in_words_names_its_key_alone() -> None:
    assert run("ask", "no such tumour").stderr.startswith("error: diagnosis.histology: ")


def test_a_file_of_a_caller_is_read_once_and_may_come_on_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "calls.tsv"
    file.write_text(TABLE.format(level="rna"))
    opened: list[Path] = []
    read_bytes = Path.read_bytes

    def counted(path: Path) -> bytes:
        opened.extend([path] * (path == file))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    words = ("recommend", "--histology", "IFS", "--extent", "metastatic", "--format", "json", "--fusions")
    answer = json.loads(run(*words, str(file)).stdout)
    assert opened == [file]
    run("ask", "IFS", "--rna", f"file={file}", "--save", str(tmp_path / "case.yaml"))
    assert opened == [file, file]
    piped = json.loads(run(*words, "-", given=file.read_bytes()).stdout)
    assert (piped["answer"], piped["actions"]) == (answer["answer"], answer["actions"])
    kept = run("ask", "IFS", "--fusions", "-", "--save", str(tmp_path / "case.yaml"), given=file.read_bytes())
    assert "standard input" in str(kept.exception)
