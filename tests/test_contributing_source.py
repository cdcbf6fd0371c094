"""A made-up key and test method, written into a copy of the source where CONTRIBUTING says, and nowhere else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "ntrkpath"
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def listed(addition: str) -> set[str]:
    """Return the files of the source that CONTRIBUTING names for an addition."""
    section = CONTRIBUTING.split(f"## {addition}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^- `src/ntrkpath/([^`]+)`", section, re.MULTILINE))


#: A key, by the line before which it is written in each file.
KEY = {
    "model/case.py": {"    brain_metastases: ": "    bone_metastases: bool | None = None\n"},
    "model/case_meanings.py": {
        '    "Disease.brain_metastases"': (
            '    "Disease.bone_metastases": Said("Whether there are metastases in bone.", label="In bone"),\n'
        )
    },
}
#: A test method, likewise.
METHOD = {
    "model/case.py": {
        "class _Sequencing(": (
            'class CountedRna(_Test, frozen=True, tag="counted_rna", tag_field="method"):\n'
            '    """A count of transcripts."""\n\n    result: Result = None\n\n\n'
        ),
    },
    "model/case_meanings.py": {
        '    "RtPcr.result": Said(': (
            '    "CountedRna.result": Said("What the count shows.", label="Result of the count",\n'
            '        reads=("counted_result",), words="results"),\n'
        )
    },
    "knowledge/names/methods.yaml": {
        "- id: rna_mps": (
            "- id: counted_rna\n  facts: counted\n  name: Counted RNA\n  together: All counts of RNA\n"
            "  example: positive\n"
        )
    },
    "knowledge/wsn2020/facts.yaml": {
        "- id: rt_pcr_result": """- id: counted_result
  question: "What did the count of RNA show?"
  levels: [not_done, positive, negative, failed, unknown]
  kind: readout
  derive: {from: readout, method: counted_rna}
  source: "tests[].result"
- id: counted_others
  question: "What do the other counts of RNA of the case say together?"
  levels: [none, positive]
  kind: readout
  derive: {from: others, method: counted_rna, table: counted_call, best_first: [positive]}
  source: "the most telling call counts"
- id: counted_call
  question: "What does the count of RNA that is read say?"
  levels: [not_done, unknown, positive]
"""
    },
    "knowledge/wsn2020/interpretation.yaml": {
        "- table: rt_pcr_call": """- table: counted_call
  question: "What does the count of RNA say?"
  hit: first
  rows:
  - id: COUNTED-1
    when:
      counted_result: positive
    then:
      counted_call: positive
    says: "Transcripts of the kinase are many."
    statements: []
    source: "made up"
    fidelity: inferred
    note: "A made-up row."
  - id: COUNTED-2
    when:
      counted_result: not_done
    then:
      counted_call: not_done
    says: "No count."
    statements: []
    source: "made up"
    fidelity: inferred
    note: "A made-up row."
  - id: COUNTED-3
    when:
      counted_result: [negative, failed, unknown]
    then:
      counted_call: unknown
    says: "The count says nothing."
    statements: []
    source: "made up"
    fidelity: inferred
    note: "A made-up row."
"""
    },
    "pathway/intake/readouts.py": {
        "#: Method, the prefix of its facts": (
            "from ntrkpath.model.case import CountedRna\nfrom ntrkpath.pathway.intake import counted\n\n"
        ),
        '    ("rna_mps", "rna", RnaMps': '    ("counted_rna", "counted", CountedRna, counted.NOT_DONE),\n',
        "        elif isinstance(test, RtPcr):": (
            "        elif isinstance(test, CountedRna):\n"
            '            method, prefix, levels = "counted_rna", "counted", counted.counted_levels(test)\n'
        ),
    },
    "cohort/fact_columns.py": {
        '    Part(("rt_pcr_result"': '    Part(("counted_result",), ("counted_rna.result",), ("counted_rna",)),\n',
        '            "rt_pcr_others",': '            "counted_others",\n',
    },
}
COUNTED = '''"""A count of transcripts as fact levels."""

from ntrkpath.model.case import CountedRna
from ntrkpath.pathway.intake.genes import result_level

NOT_DONE = {"counted_result": "not_done"}


def counted_levels(test: CountedRna) -> dict[str, str]:
    """Return the levels of the readout facts."""
    return {"counted_result": result_level(test.result)}
'''
ASKED = """
import json, sys
sys.path.insert(0, sys.argv[1])
from ntrkpath.schema import json_schema
from ntrkpath.guidance import load
from ntrkpath.cohort.columns import raw_columns
from ntrkpath.model.case import Disease
from ntrkpath.server.case.fields import field, methods, of_test
import build_docs
print(json.dumps({
    "schema": json.dumps(json_schema("case")),
    "columns": sorted(raw_columns()),
    "form": [field.label for field in of_test(1, {"method": "counted_rna"})],
    "key": field(Disease, "bone_metastases", "disease", {}).label,
    "methods": dict(methods())["counted_rna"],
    "docs": build_docs.pages(load()),
}))
"""


def _ask(copy: Path, *words: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(copy.parent)}
    done = subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, check=False, env=environment, cwd=copy.parent
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source with a key and a method more."""
    place = tmp_path_factory.mktemp("source") / "ntrkpath"
    shutil.copytree(SOURCE, place, ignore=shutil.ignore_patterns("__pycache__", "static", "compiled.msgpack"))
    for name, edits in [*KEY.items(), *METHOD.items()]:
        text = (place / name).read_text(encoding="utf-8")
        for line, written in edits.items():
            assert text.count(f"\n{line}") == 1, (name, line)
            text = text.replace(f"\n{line}", f"\n{written}{line}")
        (place / name).write_text(text, encoding="utf-8")
    types = (place / "model" / "case.py").read_text(encoding="utf-8")
    assert "Test = PanTrkIhc | " in types
    joined = types.replace("Test = PanTrkIhc | ", "Test = CountedRna | PanTrkIhc | ")
    (place / "model" / "case.py").write_text(joined, encoding="utf-8")
    (place / "pathway" / "intake" / "counted.py").write_text(COUNTED, encoding="utf-8")
    return place


def test_only_files_that_are_listed_are_touched() -> None:
    assert set(KEY) <= listed("A key of a case") and set(METHOD) <= listed("A test method")


def test_the_command_calls_a_made_up_method_by_name_and_rule(copy: Path, tmp_path: Path) -> None:
    case = {"id": "made up", "diagnosis": {"histology": "GIST"}, "tests": [{"method": "counted_rna", "result": "pos"}]}
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    answer = json.loads(_ask(copy, "-m", "ntrkpath", "recommend", str(tmp_path / "case.json"), "--format", "json"))
    (reading,) = [one for one in answer["interpretation"] if one["readout"] == "counted_rna"]
    assert reading["rule"] == "COUNTED-1" and answer["facts"]["counted_call"] == "positive"
    (found,) = [one for one in answer["findings"] if one["where"] == "tests[0]"]
    assert found["used"] and found["read_as"] == "positive: Transcripts of the kinase are many."
    assert "Counted RNA" in _ask(copy, "-m", "ntrkpath", "recommend", str(tmp_path / "case.json"), "--full")


def test_the_command_reads_a_made_up_key_in_the_words_of_a_user(copy: Path, tmp_path: Path) -> None:
    case = {"id": "x", "diagnosis": {"histology": "GIST"}, "disease": {"bone_metastases": "ja"}}
    (tmp_path / "case.json").write_text(json.dumps(case), encoding="utf-8")
    answer = json.loads(_ask(copy, "-m", "ntrkpath", "recommend", str(tmp_path / "case.json"), "--format", "json"))
    (found,) = [one for one in answer["findings"] if one["where"] == "disease.bone_metastases"]
    assert (found["stated"], found["read_as"]) == ("ja", "true")


def test_form_columns_schema_and_reference_know_both(copy: Path) -> None:
    pytest.importorskip("litestar", reason="needs the extra server")
    found = json.loads(_ask(copy, "-c", ASKED, str(ROOT / "scripts")))
    assert found["methods"] == "Counted RNA" and "Result of the count" in found["form"]
    assert found["key"] == "In bone"
    assert {"counted_rna.result", "disease.bone_metastases"} <= set(found["columns"])
    assert "counted_rna" in found["schema"] and "bone_metastases" in found["schema"]
    docs = found["docs"]
    assert "COUNTED-1" in docs["interpretation.md"] and "counted_result" in docs["facts.md"]
    assert any("bone_metastases" in text and "Whether there are metastases in bone." in text for text in docs.values())
