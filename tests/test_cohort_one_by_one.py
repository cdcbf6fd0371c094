"""A cohort decided case by case in plain Python gives the summary of the columns, byte for byte but for the clock."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("polars", reason="needs ntrkpath[batch]")

from ntrkpath import CaseError, load
from ntrkpath.cohort.mapping import load_mapping
from ntrkpath.cohort.one_by_one import OneByOne
from ntrkpath.cohort.sources import open_source
from ntrkpath.cohort.summarise import summarise
from ntrkpath.cohort.triage import Triage
from ntrkpath.server.cohort.page import published_lines

DAY = dt.date(2026, 11, 1)
#: Cells of a synthetic cohort, read ones and bad ones.
WORDS = {
    "histology": ("GIST", "infantile fibrosarcoma", "leiomyosarcoma", "IFS", "no such tumour", ""),
    "extent": ("metastatic", "localized", "", "NA", "far"),
    "age": ("3 months", "54", "", "old"),
    "pan_trk_ihc.percent": ("0", "40", "", "101"),
    "rna_mps.result": ("positive", "negative", ""),
    "rna_mps.fusions": ('[{"five_prime": "ETV6", "three_prime": "NTRK3", "frame": "in_frame"}]', "TPM3::NTRK1", ""),
    "therapy": ('[{"drug": "larotrectinib"}]', '[{"drug": "imatinib"}]', ""),
    "requested": ("2024-01-03", "2024-01-20", "", "soon"),
    "reported": ("2024-01-19", "2024-02-10", ""),
    "ward": ("A", "B"),
}


def both(path: Path) -> tuple[bytes, bytes, list[str], list[str]]:
    """Return the summaries of the columns and of the single cases, and the rows that each finds bad."""
    mapping = load_mapping("default")
    out = path.with_name("out.parquet")
    outcome = Triage(open_source(str(path), load(), mapping), out, load(), DAY, mapping="", overwrite=True).run()
    lines = outcome.bad_rows.read_bytes().splitlines() if outcome.bad_rows else []
    mine = OneByOne(path.name, path.read_text(encoding="utf-8-sig"), path.suffix, mapping, load(), DAY)
    assert list(mine.decide()) == list(range(1, mine.rows + 1))
    summaries = [summarise(out, load()) if outcome.about.decided else outcome.about, mine.summary()]
    if not outcome.about.decided:
        summaries[1] = mine.about()
    bad = ([str(msgspec.json.decode(line)["row"]) for line in lines], [str(one.row) for one in mine.bad])
    return (*(msgspec.json.encode(one) for one in summaries), *map(sorted, bad))  # type: ignore[return-value]


def test_the_published_cases_are_summed_up_alike(tmp_path: Path) -> None:
    path = tmp_path / "published.jsonl"
    path.write_bytes(published_lines())
    theirs, mine, *bad = both(path)
    assert mine == theirs
    assert bad[0] == bad[1] == []


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(*(st.sampled_from(words) for words in WORDS.values())), min_size=1, max_size=12))
def test_a_table_is_summed_up_alike_with_the_same_bad_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    told = io.StringIO()
    table = csv.writer(told)
    table.writerow(["id", *WORDS])
    table.writerows([f"c{i}", *row] for i, row in enumerate(rows))
    told.write("short,row\n")
    path = tmp_path_factory.mktemp("cohort") / "cohort.csv"
    path.write_text(told.getvalue(), encoding="utf-8")
    theirs, mine, *bad = both(path)
    assert bad[0] == bad[1]
    assert mine == theirs


def test_flat_and_whole_lines_and_those_that_are_none_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "cohort.jsonl"
    path.write_text(
        '{"id": "a", "diagnosis": {"histology": "GIST"}, "disease": {"extent": "metastatic"}}\n\n'
        '{"id": "b", "histology": "IFS", "extent": "unknown", "age": "NA"}\n'
        '{"id": "c", "diagnosis": {"histology": "GIST"}, "tests": [{"method": "rna_mps", "file": "x.tsv"}]}\n'
        'no case\n[1]\n{"id": "d", "diagnosis": {"histology": "GIST"}, "colour": "red"}\n'
    )
    theirs, mine, *bad = both(path)
    assert bad[0] == bad[1] == ["3", "4", "5", "6"]
    assert mine == theirs


@pytest.mark.parametrize("text", ["", "id,id\n1,2\n", 'id,histology\n1,"GIST\n', "id,colour\n1,red\n"])
def test_a_file_that_is_no_cohort_is_an_error(text: str) -> None:
    with pytest.raises(CaseError):
        OneByOne("a.csv", text, ".csv", load_mapping("default"), load(), DAY)


def test_an_id_that_stands_twice_is_an_error() -> None:
    text = "id,histology\na,GIST\nb,GIST\na,IFS\n"
    with pytest.raises(CaseError, match="a in rows 1, 3"):
        list(OneByOne("a.csv", text, ".csv", load_mapping("default"), load(), DAY).decide())


@pytest.mark.parametrize("form", ["csv", "flat.jsonl", "case.jsonl"])
def test_a_test_that_names_a_file_of_a_caller_is_a_bad_row_in_every_form(form: str, tmp_path: Path) -> None:
    tests = [[{"method": "rna_mps", "file": "calls.tsv"}], [{"method": "rna_mps", "result": "negative"}]]
    rows = [{"id": f"c{i}", "histology": "UPS", "tests": one} for i, one in enumerate(tests)]
    path = tmp_path / f"cohort.{form.rpartition('.')[2]}"
    if form == "csv":
        told = io.StringIO()
        table = csv.DictWriter(told, ["id", "histology", "tests"])
        table.writeheader()
        table.writerows({**row, "tests": msgspec.json.encode(row["tests"]).decode()} for row in rows)
        path.write_text(told.getvalue(), encoding="utf-8")
    else:
        if form == "case.jsonl":
            rows = [{"id": row["id"], "diagnosis": {"histology": "UPS"}, "tests": row["tests"]} for row in rows]
        path.write_bytes(b"\n".join(map(msgspec.json.encode, rows)))
    theirs, mine, *bad = both(path)
    assert mine == theirs
    assert len(bad[0]) == 1
    assert bad[0] == bad[1]
