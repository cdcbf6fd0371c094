"""Calls that are wrong: each ends with its code and one line that says what was given and what to write instead."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from ntrkpath.cli.main import EXIT_NO_INPUT, EXIT_NO_OUTPUT, EXIT_USAGE, main

#: The call, and the words of its answer that lead on.
USAGE = (
    ("recomend x.yaml", "Did you mean 'recommend'?"),
    ("recommend", "--histology"),
    ("recommend --histology UPS --as-of 2020-13-01", "write YYYY-MM-DD"),
    ("recommend --histology UPS --fail-on trk_inhibitor", "ntrkpath guideline show actions"),
    ("recommend --histology UPS --set extent", "KEY=VALUE"),
    ("recommend --histology UPS --age 5 --set patient.age=6", "stated twice: '5' and '6'"),
    ("recommend case.yaml --extent metastatic", "--histology"),
    ("recommend --histology UPS --figure2-reading c", "'both', 'a', 'b'"),
    ("ask", "ntrkpath ask UPS --metastatic"),
    ("ask UPS --local", "--localized"),
    ("ask UPS --metastatic --localised", "stated twice"),
    ("ask UPS --fusions - --save case.yaml", "write standard input to one first"),
    ("fusions", "FILE..."),
    ("fusions t.csv --assembly hg20", "GRCh37 (hg19) or GRCh38 (hg38)"),
    ("fusions t.csv --gtf t.csv", "--gtf needs --assembly"),
    ("fusions t.csv --fail-on bad", "'not_productive'"),
    ("fusions t.csv --svg t.csv", "t.csv"),
    ("guideline sho", "'show'"),
    ("evidence table 5", "1<=x<=4"),
    ("strategy compare --mapping x", "--cohort"),
    ("cohort triage t.csv", "OUT"),
    ("cohort sql out --dialect oracle", "'snowflake'"),
    ("registry plan", "give --frequency and --width"),
    ("registry plan --sensitivity 0.85 --at-least 0.6 --stratum x", "NAME:SCREENED:FREQUENCY"),
    ("registry restore t.csv", "--no-head"),
    ("histology UPS --out .", "is a directory"),
    ("serve --port 99999", "65535"),
    ("serve --host 192.0.2.1", "cannot listen at 192.0.2.1"),
    ("demo --format pdf", "'html'"),
)
INPUT = (
    ("recommend nowhere.yaml", "check the path"),
    ("recommend t.csv", "start with `id:` and `diagnosis:`"),
    ("recommend bad.yaml", "did you mean 'histology'?"),
    ("recommend bad.yaml", "write pan_trk_ihc for a pan-TRK stain"),
    ("recommend broken.yaml", "check indentation and quotes"),
    ("recommend --histology UPS --agency EMEA", "allowed: EMA, FDA"),
    ("recommend --histology UPS --edition wsn2019", "allowed: wsn2020"),
    ("recommend --histology UPS --extent far", "allowed: localized"),
    ("recommend --histology UPS --set extent=metastatic", "did you mean disease.extent?"),
    ("recommend --histology UPS --fusions t.csv", "ntrkpath fusions --formats"),
    ("ask spindel cell sarcoma", "Spindle Cell Sarcoma, NOS"),
    ("ask UPS --ihc positve", "did you mean 'positive'?"),
    ("ask UPS --ihc '40 %, 60 %'", "state it once"),
    ("ask UPS --rna ETV6::NTRK4", "NTRK3"),
    ("ask UPS --age old", "'3 months'"),
    ("ask UPS --age 200", "0 to 120 years"),
    ("ask UPS --found 'KIT mutated'", "as 'KIT mutation absent'"),
    ("ask UPS --therapy progressed", "as 'larotrectinib, progressed'"),
    ("guideline show IHC-800", "nearest: IHC-"),
    ("guideline show --table nextest", "allowed: next_test"),
    ("guideline diff wsn2020 nowhere", "name a directory"),
    ("guideline figure --case nowhere.yaml", "check the path"),
    ("evidence frequency leiomyoma", "allowed: infantile_fibrosarcoma"),
    ("evidence accuracy pcr", "rt_pcr"),
    ("strategy compare --population mars", "table1"),
    ("strategy compare --strategies guidence", "did you mean 'guidance'?"),
    ("strategy compare --costs nowhere.yaml", "illustrative"),
    ("strategy compare --assume extent=far", "allowed: localized"),
    ("cohort triage t.csv out.parquet", "ntrkpath cohort map"),
    ("cohort triage nowhere.csv out.parquet", "check the path"),
    ("cohort summarise t.csv", "ntrkpath cohort triage IN OUT"),
    ("rounds check nowhere", "name the folder that holds round.yaml"),
    ("rounds panels --event ETV6", "name both genes"),
    ("registry verify --database nowhere.sqlite", "ntrkpath registry init"),
    ("registry pool t.csv", "ntrkpath registry counts --for-pooling"),
    ("registry protocol foo", "allowed: sts_ihc_mps"),
)
OUTPUT = (
    ("recommend --histology UPS --out nowhere/answer.txt", "choose another place"),
    ("ask UPS --save nowhere/case.yaml", "choose another place"),
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("a,b\n")
    Path("broken.yaml").write_text("id: [")
    Path("bad.yaml").write_text("id: a\ndiagnosis: {histolgy: IFS}\ntests: [{method: ihc, percent: 300}]\n")


@pytest.mark.parametrize(
    ("call", "says", "code"),
    [
        (call, says, code)
        for calls, code in ((USAGE, EXIT_USAGE), (INPUT, EXIT_NO_INPUT), (OUTPUT, EXIT_NO_OUTPUT))
        for call, says in calls
    ],
)
def test_a_wrong_call_says_what_to_write(call: str, says: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(call))
    said = capsys.readouterr().err
    assert ended.value.code == code, said
    assert says in " ".join(said.split())
    lines = [line for line in said.splitlines() if line.casefold().startswith("error: ")]
    assert lines
    assert max(map(len, lines)) < 600


@pytest.mark.parametrize("file", ["nowhere.tsv", "t.csv", "t.csv --caller aribba", "t.csv --caller arriba"])
@pytest.mark.parametrize("command", ["fusions", "variants"])
def test_a_file_that_cannot_be_read_is_no_answer(command: str, file: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, *file.split()])
    assert ended.value.code == EXIT_NO_INPUT
    said = capsys.readouterr().out
    assert "is not known." in said
    assert "NOT EVALUABLE" in said
