"""Reading cohorts: formats, mappings of columns, and what is said of columns and words that are not understood."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars", reason="needs the extra batch")

from ntrkpath import CaseError, GuidanceError, load  # noqa: E402
from ntrkpath.cohort import mapping as mappings  # noqa: E402
from ntrkpath.cohort import tables  # noqa: E402
from ntrkpath.cohort.arrays import as_table  # noqa: E402
from ntrkpath.cohort.frame import Decider  # noqa: E402
from ntrkpath.cohort.mapped import apply  # noqa: E402
from ntrkpath.cohort.sources import Batch, open_source  # noqa: E402
from support.cohort import random_case  # noqa: E402

ROWS = [
    {"case_id": f"c{i}", "histology": h, "extent": e, "age": a}
    for i, (h, e, a) in enumerate(
        [("GIST", "metastatic", "60"), ("infantile fibrosarcoma", None, "3 months"), ("ES", "localized", None)] * 4
    )
]


def batches(path: object, size: int = 5, mapping: str | Path | None = None, start: int = 0) -> list[Batch]:
    return list(open_source(str(path), load(), mapping).batches(size, start))


def rows(found: list[Batch]) -> list[dict[str, object]]:
    return [row for batch in found for row in (batch.table.to_pylist() if batch.table is not None else [])]


def write(path: Path, form: str) -> Path:
    frame = pl.DataFrame(ROWS)
    if form == "parquet":
        frame.write_parquet(path / "in.parquet", row_group_size=2)
    elif form == "directory":
        (path / "in").mkdir()
        frame.head(7).write_parquet(path / "in" / "a.parquet")
        frame.tail(5).write_parquet(path / "in" / "b.parquet")
        return path / "in"
    elif form == "csv":
        frame.write_csv(path / "in.csv")
    elif form == "tsv":
        frame.write_csv(path / "in.tsv", separator="\t")
    elif form == "csv.gz":
        (path / "in.csv.gz").write_bytes(gzip.compress(frame.write_csv().encode()))
    elif form == "jsonl":
        (path / "in.jsonl").write_text("\n".join(json.dumps(r) for r in ROWS) + "\n\n")
    else:
        (path / "in.jsonl.gz").write_bytes(gzip.compress("".join(json.dumps(r) + "\n" for r in ROWS).encode()))
    return path / f"in.{form}"


FORMS = ["parquet", "directory", "csv", "tsv", "csv.gz", "jsonl", "jsonl.gz"]


@pytest.mark.parametrize("form", FORMS)
def test_every_format_gives_the_same_rows_with_their_numbers(form: str, tmp_path: Path) -> None:
    found = rows(batches(write(tmp_path, form)))
    assert [
        (r["row"], r["case_id"], r["diagnosis.histology"], r["disease.extent"], r["patient.age"]) for r in found
    ] == [(i, r["case_id"], r["histology"], r["extent"], r["age"]) for i, r in enumerate(ROWS, 1)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("start", [0, 3, 11, 12])
def test_a_source_can_be_read_from_any_row_on(form: str, start: int, tmp_path: Path) -> None:
    found = rows(batches(write(tmp_path, form), 4, start=start))
    assert [r["row"] for r in found] == list(range(start + 1, len(ROWS) + 1))


@pytest.mark.parametrize("form", FORMS)
def test_ids_alone_come_with_the_same_numbers(form: str, tmp_path: Path) -> None:
    source = open_source(str(write(tmp_path, form)), load())
    told = [(first + i, text) for first, ids in source.ids(5) for i, text in enumerate(ids)]
    assert told == [(i, r["case_id"]) for i, r in enumerate(ROWS, 1)]


def test_whole_cases_are_read_as_recommend_reads_them(tmp_path: Path) -> None:
    case = {
        "id": "A",
        "diagnosis": {"histology": "GIST", "immunoprofile": {"CD34": "positive"}},
        "disease": {"extent": "metastatic"},
        "tests": [{"method": "rna_mps", "result": "negative"}],
    }
    bad = {"id": "B", "diagnosis": {"histologie": "GIST"}}
    (tmp_path / "c.jsonl").write_text("\n".join([json.dumps(case), json.dumps(bad), "{nonsense", "[1]"]) + "\n")
    (batch,) = batches(tmp_path / "c.jsonl")
    assert [(r["case_id"], r["disease.extent"]) for r in rows([batch])] == [("A", "metastatic")]
    assert json.loads(rows([batch])[0]["tests"]) == case["tests"]  # type: ignore[arg-type]
    assert [(b.row, b.where) for b in batch.bad] == [(2, "diagnosis.histologie"), (3, ""), (4, "")]
    assert "did you mean 'histology'" in batch.bad[0].reason


def test_a_case_that_names_a_file_of_a_caller_is_a_bad_row(tmp_path: Path) -> None:
    case = {"id": "A", "diagnosis": {"histology": "GIST"}, "tests": [{"method": "rna_mps", "file": "arriba.tsv"}]}
    (tmp_path / "c.jsonl").write_text(json.dumps(case) + "\n")
    (batch,) = batches(tmp_path / "c.jsonl")
    assert [b.where for b in batch.bad] == ["tests[0].file"]


def test_common_names_of_columns_are_known_in_any_case(tmp_path: Path) -> None:
    pl.DataFrame({"Sample_ID": ["a"], "ONCOTREE_CODE": ["ES"], "Gender": ["F"]}).write_csv(tmp_path / "c.csv")
    assert rows(batches(tmp_path / "c.csv")) == [
        {"row": 1, "case_id": "a", "diagnosis.histology": "ES", "patient.sex": "F"}
    ]


def test_columns_that_are_not_read_are_named_with_the_nearest_key(tmp_path: Path) -> None:
    pl.DataFrame({"id": ["a"], "histology": ["ES"], "stage": ["IV"], "ward": ["3"]}).write_csv(tmp_path / "c.csv")
    assert open_source(str(tmp_path / "c.csv"), load()).not_read == {"stage": "disease.extent", "ward": ""}


def test_a_word_that_the_mapping_does_not_know_makes_a_bad_row_never_a_default(tmp_path: Path) -> None:
    pl.DataFrame(
        {"id": ["a", "b", "c"], "histology": ["ES"] * 3, "extent": ["stage IV", "metastatic", "Localised"]}
    ).write_csv(tmp_path / "c.csv")
    (batch,) = batches(tmp_path / "c.csv")
    assert [(r["row"], r["disease.extent"]) for r in rows([batch])] == [(2, "metastatic"), (3, "localized")]
    assert [(b.row, b.case_id, b.where) for b in batch.bad] == [(1, "a", "disease.extent")]
    assert "stage IV" in batch.bad[0].reason and "locally_advanced_resectable" in batch.bad[0].reason


def test_words_for_empty_cells_and_unknown_stay_unknown(tmp_path: Path) -> None:
    pl.DataFrame(
        {"id": ["a", "b"], "histology": ["ES"] * 2, "extent": ["NA", "unknown"], "site": [" ", "Not available"]}
    ).write_csv(tmp_path / "c.csv")
    assert [(r["disease.extent"], r["diagnosis.site"]) for r in rows(batches(tmp_path / "c.csv"))] == [(None, None)] * 2


def test_a_row_without_an_id_is_bad(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,histology\na,ES\n ,ES\n,ES\n")
    (batch,) = batches(tmp_path / "c.csv")
    assert [(b.row, b.where) for b in batch.bad] == [(2, "case_id"), (3, "case_id")]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"histology": ["ES"]}, "no column fills case_id"),
        ({"id": ["a"], "tumour": ["ES"]}, "no column fills diagnosis.histology"),
    ],
)
def test_a_table_without_id_or_histology_is_an_error_that_says_how_to_name_it(
    columns: dict[str, list[str]], said: str, tmp_path: Path
) -> None:
    pl.DataFrame(columns).write_csv(tmp_path / "c.csv")
    with pytest.raises(CaseError, match=said) as raised:
        open_source(str(tmp_path / "c.csv"), load())
    assert "mapping" in str(raised.value)


def test_the_first_filled_column_counts(tmp_path: Path) -> None:
    pl.DataFrame({"id": ["a", "b"], "histology": [None, "ES"], "oncotree_code": ["GIST", "LMS"]}).write_csv(
        tmp_path / "c.csv"
    )
    assert [r["diagnosis.histology"] for r in rows(batches(tmp_path / "c.csv"))] == ["GIST", "ES"]


def test_the_first_filled_column_counts_whatever_the_types(tmp_path: Path) -> None:
    pl.DataFrame(
        {"id": ["a", "b", "c"], "oncotree": ["ES", None, None], "icdo3": [1, None, 8936], "age": [3, None, None],
         "age_years": [None, 0.5, None]}
    ).write_parquet(tmp_path / "c.parquet")  # fmt: skip
    found = rows(batches(tmp_path / "c.parquet"))
    assert [r["diagnosis.histology"] for r in found] == ["ES", None, "8936"]
    assert [r["patient.age"] for r in found] == ["3", "0.5", None]


def test_a_whole_case_says_na_where_it_says_na_and_a_flat_object_nothing(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(
        '{"id": "a", "diagnosis": {"histology": "ES", "site": "NA"}}\n{"id": "b", "histology": "ES", "site": "NA"}\n'
    )
    assert [r["diagnosis.site"] for r in rows(batches(tmp_path / "c.jsonl"))] == ["NA", None]


def test_a_mapping_of_ones_own_fills_keys_and_translates_words(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(
        "extends: default\ncolumns:\n  histology: TUMOUR\n"
        "  disease.extent: {from: STAGE, values: {M1: metastatic}, else: unknown}\n"
        "  pan_trk_ihc.percent: STAIN\nunused: [ward]\n"
    )
    pl.DataFrame(
        {"id": ["a", "b"], "TUMOUR": ["ES"] * 2, "STAGE": ["m1", "M0"], "STAIN": ["80", None], "Ward": ["1", "2"]}
    ).write_csv(tmp_path / "c.csv")
    source = open_source(str(tmp_path / "c.csv"), load(), tmp_path / "m.yaml")
    assert source.notes == []
    found = rows(list(source.batches(9)))
    assert [(r["disease.extent"], r["pan_trk_ihc.percent"]) for r in found] == [("metastatic", "80"), (None, None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns: {histologie: X}", "did you mean 'diagnosis.histology'"),
        ("column: {histology: X}", "unknown key"),
        ("columns: {histology: {form: X}}", "a column is a name"),
        ("- a", "a mapping is a YAML mapping"),
        ("a: [", "not readable as YAML"),
        ("extends: nothing", "no such mapping"),
    ],
)
def test_a_malformed_mapping_is_one_clear_error(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(text)
    with pytest.raises(GuidanceError) as raised:
        mappings.load_mapping(tmp_path / "m.yaml")
    assert said in str(raised.value)


@pytest.mark.parametrize("name", mappings.shipped())
def test_every_shipped_mapping_fills_only_keys_and_levels_of_a_case(name: str) -> None:
    extents = {*load().facts["extent"].levels}
    for path, field in mappings.load_mapping(name).fields.items():
        assert field.columns
        if path == "disease.extent":
            assert {*field.values.values(), field.otherwise or "unknown"} <= extents


def test_a_primary_sample_never_counts_as_localised() -> None:
    for name in ("cbioportal", "genie", "msk2017"):
        field = mappings.load_mapping(name).fields["disease.extent"]
        assert field.values["primary"] == "unknown"
        assert "localized" not in field.values.values()


def test_ages_that_genie_cuts_off_are_understood(tmp_path: Path) -> None:
    plan = mappings.plan(mappings.load_mapping("genie"), ["SAMPLE_ID", "ONCOTREE_CODE", "AGE_AT_SEQ_REPORT"], "genie")
    frame = pl.DataFrame(
        {"SAMPLE_ID": list("abcd"), "ONCOTREE_CODE": ["ES"] * 4, "AGE_AT_SEQ_REPORT": ["<18", ">89", "45", "Unknown"]}
    )
    assert apply(plan, as_table(frame), 1)[0]["patient.age"].to_pylist() == [None, "90", "45", None]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("c.xls", b"x", "format not known"),
        ("c.xlsx", b"x", "this is no workbook"),
        ("c.parquet", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
        ("c.parquet", b"no parquet", "cannot be read"),
        ("c.jsonl", b"\n\n", "the file is empty"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_clear_error(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CaseError, match=said):
        open_source(str(tmp_path / name), load())


def test_a_missing_file_and_an_empty_directory_are_clear_errors(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no such file"):
        open_source(str(tmp_path / "nothing.csv"), load())
    with pytest.raises(CaseError, match="no Parquet files here"):
        open_source(str(tmp_path), load())


def test_a_row_of_another_width_is_bad_and_the_others_keep_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,histology\na,ES\nb,ES,more\nc,ES\nd\ne,GIST\nf,x,y,z\n")
    found = batches(tmp_path / "c.csv", 2)
    assert [(r["row"], r["case_id"]) for r in rows(found)] == [(1, "a"), (3, "c"), (5, "e")]
    assert sorted((b.row, b.where) for batch in found for b in batch.bad) == [(2, "row"), (4, "row"), (6, "row")]
    assert sum(batch.rows for batch in found) == 6
    told = [(n, r) for n, s in open_source(str(tmp_path / "c.csv"), load()).ids(2) for n, r in enumerate(s, n)]
    assert told == [(1, "a"), (3, "c"), (5, "e")]


def test_a_site_that_is_not_known_says_nothing_of_the_brain(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,histology,site\na,ES,Unknown\nb,ES,not stated\nc,ES,Thigh\n")
    told = [r.get("diagnosis.site") for r in rows(batches(tmp_path / "c.csv"))]
    frame = pl.DataFrame({"case_id": ["a", "b", "c"], "histology": ["ES"] * 3, "diagnosis.site": told})
    assert Decider(load()).levels(frame.to_arrow())["cns_site"].to_pylist() == ["unknown", "unknown", "no"]


def test_a_quotation_mark_inside_a_cell_is_a_plain_character(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text('id,histology,note\na,ES,5" long\nb,ES,x\n')
    assert [r["case_id"] for r in rows(batches(tmp_path / "c.csv"))] == ["a", "b"]


def test_a_cell_may_hold_commas_quotes_and_lines(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(
        b'\xef\xbb\xbfid,histology,site\r\na,"sarcoma, NOS","left ""thigh""\nand knee"\r\n'
    )
    assert rows(batches(tmp_path / "c.csv")) == [
        {"row": 1, "case_id": "a", "diagnosis.histology": "sarcoma, NOS", "diagnosis.site": 'left "thigh"\nand knee'}
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,histology\na,Sarkom \xfc\n", "not UTF-8"),
        (b"", "the file is empty"),
        (b"id,histology,id\n", "share a name"),
        (b'id,histology\na,"ES\n' + b"b,ES\n" * 6_000_000, "row 1: a quotation mark is opened and never closed"),
        (b'id,histology,note\na,ES,x\nb,ES,"left\nc,ES,y\nd,ES,z\n', "row 2: a quotation mark is opened and never"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_clear_error(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(content)
    with pytest.raises(CaseError, match=said):
        batches(tmp_path / "c.csv")


def test_lines_of_comment_above_a_tab_separated_table_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "c.tsv").write_text("#made by hand\n#twice\nid\thistology\na\tES\nb\n")
    found = batches(tmp_path / "c.tsv")
    assert [(r["row"], r["case_id"]) for r in rows(found)] == [(1, "a")]
    assert [b.row for batch in found for b in batch.bad] == [2]


def test_rows_keep_their_numbers_over_many_blocks_of_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BLOCK_BYTES", 4096)
    lines = [f'id {i},"ES","site, {i}\nbelow"' if i % 50 else f"id {i},ES,too,many" for i in range(1, 3001)]
    (tmp_path / "c.csv").write_text("id,histology,site\n" + "\n".join(lines) + "\n")
    for start in (0, 1000, 1049, 1050):
        found = batches(tmp_path / "c.csv", 170, start=start)
        assert [(r["row"], r["case_id"]) for r in rows(found)] == [
            (i, f"id {i}") for i in range(start + 1, 3001) if i % 50
        ]
        assert [b.row for b in sorted((b for f in found for b in f.bad), key=lambda b: b.row)] == [
            i for i in range(start + 1, 3001) if i % 50 == 0
        ]
        assert sum(f.rows for f in found) == 3000 - start
        assert [f.first for f in found] == [start + 1 + sum(f.rows for f in found[:i]) for i in range(len(found))]


def test_a_pattern_and_parts_of_uneven_size_are_read_in_name_order(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [f"{i:03d}" for i in range(100)], "histology": ["ES"] * 100})
    for n, (at, size) in enumerate([(0, 1), (1, 60), (61, 0), (61, 39)]):
        frame.slice(at, size).write_parquet(tmp_path / f"part-{n}.parquet", row_group_size=7)
    for start in (0, 1, 37, 61, 99, 100):
        found = rows(batches(f"{tmp_path}/part-*.parquet", 9, start=start))
        assert [(r["row"], r["case_id"]) for r in found] == [(i + 1, f"{i:03d}") for i in range(start, 100)]


def test_files_of_one_cohort_may_have_columns_of_their_own(tmp_path: Path) -> None:
    pl.DataFrame({"case_id": ["a"], "histology": ["GIST"], "age": [4]}).write_parquet(tmp_path / "1.parquet")
    pl.DataFrame({"case_id": ["b"], "diagnosis.histology": ["IMT"], "extent": ["metastatic"]}).write_parquet(
        tmp_path / "2.parquet"
    )
    found = [row for part in batches(str(tmp_path), 10) for row in part.table.to_pylist()]
    assert found == [
        {"row": 1, "case_id": "a", "diagnosis.histology": "GIST", "patient.age": 4},
        {"row": 2, "case_id": "b", "diagnosis.histology": "IMT", "disease.extent": "metastatic"},
    ]
    pl.DataFrame({"case_id": ["c"]}).write_parquet(tmp_path / "3.parquet")
    with pytest.raises(CaseError, match=r"3\.parquet: no column fills diagnosis\.histology"):
        open_source(str(tmp_path), load())


def test_a_line_is_read_the_same_in_parts_as_by_itself(tmp_path: Path) -> None:
    """Escapes have a line read by itself; everything else is read part by part, each distinct part once."""
    draw = random.Random(3)
    cases = [random_case(i, draw, 3) for i in range(300)]
    for i, case in enumerate(cases):
        case |= {"note": f"note {i}"} if i % 3 else {}
        case |= {"therapy": None} if i % 7 == 0 else {}
    tables = []
    for name, mark in (("parts", ""), ("alone", " \\u00e9")):
        file = tmp_path / f"{name}.jsonl"
        file.write_text(
            "".join(json.dumps(case | {"source": "x"}).replace('"x"', f'"x{mark}"') + "\n" for case in cases)
        )
        found = batches(str(file), 50)
        tables.append(
            [{k: v for k, v in row.items() if v is not None} for part in found for row in part.table.to_pylist()]
        )
        assert not [bad for part in found for bad in part.bad]
    for one, other in zip(*tables, strict=True):
        assert one.keys() == other.keys()
        assert all(_plain(one[key]) == _plain(other[key]) for key in one)


def _plain(cell: Any) -> Any:
    return json.loads(cell) if isinstance(cell, str) and cell[:1] in "[{" else cell


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "a", "id": "b", "diagnosis": {"histology": "GIST"}}', "the key stands twice"),
        ('{"id": "a", "diagnosis": {"histology": "GIST"}, "tests": [], "tests": []}', "the key stands twice"),
        ('{"id":"a","diagnosis":{"histology":"GIST"},"tests":[],"tests":[]}', "the key stands twice"),
        ('{"id":"a","note":"","note":"x","diagnosis":{"histology":"GIST"}}', "the key stands twice"),
        ('{"id": "a", "diagnosis": {"histology": "GIST", "histology": "IMT"}}', "the key stands twice"),
        ('{"case_id": "a", "histology": "GIST", "histology": "IMT"}', "the key stands twice"),
        ('{"id": "a", "diagnosis": {"histology": "GIST"}, "tests": [{"method": "x"}]}', "x"),
        ('{"id": "a", "diagnosis": {"histology": "GIST"}, "extra": 1}', "extra"),
        ('{"diagnosis": {"histology": "GIST"}}', "the case has no id"),
        ('{"id": "", "diagnosis": {"histology": "GIST"}}', ""),
    ],
)
def test_a_line_that_states_a_thing_twice_or_wrongly_is_bad_and_its_neighbour_is_not(
    tmp_path: Path, line: str, reason: str
) -> None:
    file = tmp_path / "c.jsonl"
    good = '{"id": "good", "diagnosis": {"histology": "GIST"}, "tests": [{"method": "fish", "gene": "NTRK1"}]}'
    file.write_text(f"{good}\n{line}\n{good.replace('good', 'other')}\n")
    (found,) = batches(str(file), 10)
    assert found.table["case_id"].to_pylist() == ["good", "other"]
    assert [bad.row for bad in found.bad] == [2]
    assert reason in f"{found.bad[0].where} {found.bad[0].reason}"
