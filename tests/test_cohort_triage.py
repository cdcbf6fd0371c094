"""Cohorts from file to file: the answers of the single-case core, whole or not at all, resumable, bad rows aside."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

pl = pytest.importorskip("polars", reason="needs the extra batch")

from ntrkpath import CaseError, Pathway, load  # noqa: E402
from ntrkpath.cohort import triage as module  # noqa: E402
from ntrkpath.cohort.bad_rows import read_bad_rows  # noqa: E402
from ntrkpath.cohort.cases import case_of  # noqa: E402
from ntrkpath.cohort.engines import decide_frame  # noqa: E402
from ntrkpath.cohort.frame import Decider  # noqa: E402
from ntrkpath.cohort.ids import SeenIds, check  # noqa: E402
from ntrkpath.cohort.outcome import Outcome, Progress  # noqa: E402
from ntrkpath.cohort.sources import open_source  # noqa: E402
from ntrkpath.cohort.triage import Triage  # noqa: E402
from ntrkpath.cohort.writing import read_about, scan  # noqa: E402
from ntrkpath.model.errors import OutputError  # noqa: E402
from support.cohort import cohort_frame  # noqa: E402

DAY = dt.date(2020, 9, 3)
CHOICES: dict[str, list[str | None]] = {
    "histology": ["GIST", "infantile fibrosarcoma", "IMT", "ES", "DDLS", "LMS", "SARCNOS", "LUAD"],
    "extent": [None, "localized", "metastatic", "locally_advanced_unresectable"],
    "age": [None, "3 months", "9", "45"],
    "for_diagnosis": [None],
    "surgery_morbidity": [None, "severe", "acceptable"],
    "alterations": [
        None,
        '[{"gene": "KIT", "kind": "mutation", "status": "present"}]',
        '[{"gene": "any", "kind": "fusion", "status": "absent"}]',
    ],
    "pan_trk_ihc.result": [None, "positive", "negative", "failed"],
    "rna_mps.result": [None, "positive", "negative"],
    "rna_mps.fusions": [None, '[{"five_prime": "ETV6", "three_prime": "NTRK3", "frame": "in_frame"}]'],
    "therapy": [None, "[]", '[{"drug": "larotrectinib", "progression": true}]'],
}


def cohort(path: Path, size: int, seed: int = 1, form: str = "parquet", group: int = 7) -> Path:
    """Write a synthetic cohort in many row groups."""
    draw = random.Random(seed)
    columns = {
        name: [draw.choice(words) for _ in range(size)] for name, words in CHOICES.items() if name != "for_diagnosis"
    }
    frame = pl.DataFrame({"case_id": [f"case {i:05d}" for i in range(size)], **columns}, infer_schema_length=None)
    out = path / f"in.{form}"
    frame.write_parquet(out, row_group_size=group) if form == "parquet" else frame.write_csv(out)
    return out


def run(source: Path, out: Path, **more: Any) -> Outcome:
    return Triage(open_source(str(source), load()), out, load(), DAY, **more).run()


def answers(out: Path) -> list[dict[str, Any]]:
    return scan(out).collect().to_dicts()


def test_every_case_gets_the_answer_of_the_single_case_core(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 32)
    source = cohort(tmp_path, 200)
    outcome = run(source, tmp_path / "out.parquet", threads=3)
    assert (outcome.about.rows, outcome.about.decided, outcome.about.bad) == (200, 200, 0)
    pathway = Pathway(load(), DAY)
    given = {row["case_id"]: row for row in pl.read_parquet(source).to_dicts()}
    short = {"histology": "diagnosis.histology", "extent": "disease.extent", "age": "patient.age"}
    short["surgery_morbidity"] = "disease.surgery_morbidity"
    for answer in answers(tmp_path / "out.parquet"):
        case = case_of({short.get(k, k): v for k, v in given.pop(answer["case_id"]).items()})
        told = pathway.recommend(case)
        assert answer["tier"] == told.tier and answer["priority"] == told.priority
        assert answer["actions"] == " ".join(f"{a.action}:{a.strength}" for a in told.actions)
        assert answer["rules"] == " ".join(step.rule for step in told.trace)
        assert set(answer["missing"].split()) == {m.fact for m in told.missing}
        assert answer["target"] == told.facts["target"] and answer["ihc"] == told.facts["ihc"]
    assert given == {}


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.jsonl", "parts"])
def test_every_output_holds_the_same(name: str, tmp_path: Path) -> None:
    source = cohort(tmp_path, 60)
    run(source, tmp_path / "out.parquet")
    run(source, tmp_path / name, part_rows=17)
    same = ["case_id", "tier", "priority", "actions", "rules", "ihc", "sequence", "fusions", "trk_inhibitor"]
    one, other = (
        scan(tmp_path / n).select(same).with_columns(pl.all().fill_null("")).collect() for n in ("out.parquet", name)
    )
    assert one.equals(other)
    assert read_about(tmp_path / name) == read_about(tmp_path / "out.parquet")


def test_the_output_says_how_it_came_about(tmp_path: Path) -> None:
    run(cohort(tmp_path, 9), tmp_path / "out.parquet", mapping="default")
    about = read_about(tmp_path / "out.parquet")
    assert about.guideline == {"id": load().id, "version": load().version, "sha256": load().sha256}
    assert (about.as_of, about.rows, about.source, about.mapping) == (DAY, 9, "in.parquet", "default")


def test_the_order_of_the_rows_changes_no_answer(tmp_path: Path) -> None:
    source = cohort(tmp_path, 200)
    run(source, tmp_path / "a.parquet")
    pl.read_parquet(source).sample(fraction=1, shuffle=True, seed=3).write_parquet(source, row_group_size=11)
    run(source, tmp_path / "b.parquet")
    one, other = (scan(tmp_path / n).sort("case_id").collect() for n in ("a.parquet", "b.parquet"))
    assert one.equals(other)


def test_bad_rows_go_to_a_side_file_with_their_reason_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "id,histology,age,extent\na,ES,45,metastatic\nb,not a tumour at all,45,metastatic\nc,ES,400,\n,ES,4,\n"
        "e,GIST,,far\n"
    )
    outcome = run(tmp_path / "c.csv", tmp_path / "out.parquet")
    assert [a["case_id"] for a in answers(tmp_path / "out.parquet")] == ["a"]
    assert outcome.bad_rows == tmp_path / "out.parquet.bad.jsonl"
    bad = list(read_bad_rows(outcome.bad_rows))
    assert [(b.row, b.case_id, b.where) for b in bad] == [
        (2, "b", "diagnosis.histology"),
        (3, "c", "patient.age"),
        (4, None, "case_id"),
        (5, "e", "disease.extent"),
    ]
    assert outcome.about.bad == 4 and sum(n for _, n in outcome.places) == 4


def test_no_side_file_stays_from_an_earlier_run(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,histology\na,nothing known\nb,ES\n")
    run(tmp_path / "c.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv.bad.jsonl").exists()
    (tmp_path / "c.csv").write_text("id,histology\na,GIST\n")
    run(tmp_path / "c.csv", tmp_path / "out.csv", overwrite=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.csv", "out.csv", "out.csv.about.json"]


@pytest.mark.parametrize("name", ["out.parquet", "out.csv", "parts"])
def test_an_id_that_stands_twice_is_an_error_that_names_it_with_its_rows(name: str, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,histology\na,ES\nb,ES\nc,nonsense entity\nb,GIST\na,ES\n")
    with pytest.raises(CaseError) as raised:
        run(tmp_path / "c.csv", tmp_path / name)
    assert "2 case ids stand more than once" in str(raised.value)
    assert "b in rows 2, 4" in str(raised.value) and "a in rows 1, 5" in str(raised.value)
    assert not (tmp_path / name).exists()


def test_an_id_that_stands_twice_among_bad_rows_is_found_too(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,histology\na,nonsense entity\nb,ES\na,ES\n")
    with pytest.raises(CaseError, match="more than once"):
        run(tmp_path / "c.csv", tmp_path / "out.parquet")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("c.csv", "id,histology,extent\na,ES,metastatic\na,ES,stage IV\n"),
        ("c.jsonl", '{"id": "a", "histology": "ES"}\n{"id": "a", "diagnosis": {"histologie": "ES"}}\n'),
    ],
)
def test_an_id_is_repeated_too_where_one_of_its_rows_cannot_even_be_mapped(
    name: str, content: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(CaseError, match="a in rows 1, 2"):
        run(tmp_path / name, tmp_path / "out.parquet")


def test_repeated_ids_are_found_wherever_they_stand(tmp_path: Path) -> None:
    draw = random.Random(5)
    ids = [f"id {i}" for i in range(20_000)]
    twice = draw.sample(ids, 3)
    every = ids + twice
    draw.shuffle(every)
    seen = SeenIds(tmp_path / "ids")
    for i in range(0, len(every), 777):
        seen.add(pl.Series(every[i : i + 777]))
    assert len(seen.repeated()) == 3
    with pytest.raises(CaseError, match="3 case ids"):
        check(seen, [(1, pl.Series(every))])


def test_two_ids_that_share_a_hash_by_chance_are_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = SeenIds(tmp_path / "ids")
    seen.add(pl.Series(["a", "a"]))
    check(seen, [(1, pl.Series(["a", "b"]))])


class StoppedError(Exception):
    """Stands for the power cut."""


def test_a_run_that_was_broken_off_goes_on_and_ends_as_if_it_never_was(tmp_path: Path) -> None:
    source = cohort(tmp_path, 300)
    frame = pl.read_parquet(source)
    frame.with_columns(
        histology=pl.when(pl.int_range(300) % 37 == 5).then(pl.lit("nothing")).otherwise("histology")
    ).write_parquet(source)
    whole = run(source, tmp_path / "whole", part_rows=50)
    reached = []

    def stop(at: Progress) -> None:
        reached.append(at.rows)
        if at.rows >= 180:
            raise StoppedError

    with pytest.raises(StoppedError):
        run(source, tmp_path / "parts", part_rows=50, told=stop)
    assert not (tmp_path / "parts").exists() and (tmp_path / "parts.partial").is_dir()
    again: list[int] = []
    outcome = run(source, tmp_path / "parts", part_rows=50, resume=True, told=lambda at: again.append(at.rows))
    assert outcome.resumed == 150 and again[0] == 200
    assert outcome.about == whole.about
    names = sorted(p.name for p in (tmp_path / "whole").iterdir())
    assert names == sorted(p.name for p in (tmp_path / "parts").iterdir())
    assert scan(tmp_path / "whole").collect().equals(scan(tmp_path / "parts").collect())
    assert outcome.bad_rows is not None and whole.bad_rows is not None
    assert outcome.bad_rows.read_bytes() == whole.bad_rows.read_bytes()


def test_an_id_repeated_across_the_break_is_found(tmp_path: Path) -> None:
    source = cohort(tmp_path, 100)
    frame = pl.read_parquet(source)
    frame.with_columns(
        case_id=pl.when(pl.int_range(100) == 90).then(pl.lit("case 00003")).otherwise("case_id")
    ).write_parquet(source)

    def stop(at: Progress) -> None:
        if at.rows >= 60:
            raise StoppedError

    with pytest.raises(StoppedError):
        run(source, tmp_path / "parts", part_rows=20, told=stop)
    with pytest.raises(CaseError, match="case 00003 in rows 4, 91"):
        run(source, tmp_path / "parts", part_rows=20, resume=True)


def test_a_journal_cut_off_in_the_middle_of_a_line_counts_only_whole_parts(tmp_path: Path) -> None:
    source = cohort(tmp_path, 100)

    def stop(at: Progress) -> None:
        if at.rows >= 60:
            raise StoppedError

    with pytest.raises(StoppedError):
        run(source, tmp_path / "parts", part_rows=20, told=stop)
    journal = tmp_path / "parts.partial" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-9])
    outcome = run(source, tmp_path / "parts", part_rows=20, resume=True)
    assert outcome.resumed == 20 and outcome.about.rows == 100
    assert scan(tmp_path / "parts").collect()["case_id"].n_unique() == 100


def test_only_the_same_run_goes_on(tmp_path: Path) -> None:
    source = cohort(tmp_path, 100)

    def stop(at: Progress) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        run(source, tmp_path / "parts", part_rows=20, told=stop)
    with pytest.raises(CaseError, match="another one"):
        run(source, tmp_path / "parts", part_rows=20, resume=True, figure2_reading="a")
    with pytest.raises(CaseError, match="no broken run"):
        run(source, tmp_path / "other", resume=True)
    with pytest.raises(CaseError, match="only a run into a directory"):
        run(source, tmp_path / "out.parquet", resume=True)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_run_does_not_go_on_with_another_input_or_mapping(form: str, tmp_path: Path) -> None:
    source = cohort(tmp_path, 100, form=form)

    def stop(at: Progress) -> None:
        raise StoppedError

    def begin(given: Any) -> None:
        with pytest.raises(StoppedError):
            Triage(given, tmp_path / "parts", load(), DAY, part_rows=20, told=stop).run()

    begin(open_source(str(source), load()))
    cohort(tmp_path, 100, seed=2, form=form)
    with pytest.raises(CaseError, match="input, mapping, edition or settings differ"):
        run(source, tmp_path / "parts", part_rows=20, resume=True)
    (tmp_path / "m.yaml").write_text("extends: default\n")
    begin(open_source(str(source), load(), tmp_path / "m.yaml"))
    (tmp_path / "m.yaml").write_text("extends: default\nempty: [none]\n")
    changed = open_source(str(source), load(), tmp_path / "m.yaml")
    with pytest.raises(CaseError, match="input, mapping, edition or settings differ"):
        Triage(changed, tmp_path / "parts", load(), DAY, part_rows=20, resume=True)


def test_what_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    source = cohort(tmp_path, 5)
    (tmp_path / "out.parquet").write_text("mine")
    with pytest.raises(OutputError, match="is there already"):
        run(source, tmp_path / "out.parquet")
    assert (tmp_path / "out.parquet").read_text() == "mine"
    run(source, tmp_path / "out.parquet", overwrite=True)
    assert read_about(tmp_path / "out.parquet").decided == 5


@pytest.mark.parametrize("name", ["in.parquet", "held", "."])
def test_neither_the_input_nor_files_of_others_are_ever_replaced(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = cohort(tmp_path, 5)
    before = source.read_bytes()
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"would replace the input|holds other files|a name of its own"):
        run(source, Path(name), overwrite=True)
    assert source.read_bytes() == before and (tmp_path / "held" / "notes.txt").read_text() == "mine"


def test_a_directory_that_holds_the_input_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    source = cohort(tmp_path, 5).rename(tmp_path / "parts" / "part-00000.parquet")
    for given in (source, tmp_path / "parts"):
        with pytest.raises(OutputError, match="would replace the input"):
            run(given, tmp_path / "parts", overwrite=True)
    assert pl.read_parquet(source).height == 5


def test_a_directory_of_an_earlier_run_is_replaced_whole(tmp_path: Path) -> None:
    run(cohort(tmp_path, 20), tmp_path / "parts", part_rows=5)
    run(cohort(tmp_path, 6), tmp_path / "parts", part_rows=5, overwrite=True)
    assert sorted(p.name for p in (tmp_path / "parts").iterdir()) == [
        "part-00000.parquet", "part-00001.parquet",
    ]  # fmt: skip


def test_where_no_case_is_decided_nothing_but_the_bad_rows_is_written(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,histology\na,nonsense\n")
    (tmp_path / "h.csv").write_text("id,histology\n")
    for out in ("o.parquet", "o.csv", "o"):
        assert run(tmp_path / "c.csv", tmp_path / out).about.decided == 0
        assert run(tmp_path / "h.csv", tmp_path / f"h-{out}").about.rows == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "c.csv", "h.csv", "o.bad.jsonl", "o.csv.bad.jsonl", "o.parquet.bad.jsonl",
    ]  # fmt: skip


def test_a_place_that_cannot_be_written_to_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    source = cohort(tmp_path, 5)
    monkeypatch.setattr("ntrkpath.cohort.writing.Sheet.write", full)
    with pytest.raises(OutputError, match="cannot be written: no space left on device"):
        run(source, tmp_path / "out.parquet")
    assert [p.name for p in tmp_path.iterdir()] == ["in.parquet"]


def test_a_run_that_fails_leaves_no_half_file(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"id,histology\na,ES\nb,Sarkom \xfc\n")
    with pytest.raises(CaseError, match="not UTF-8"):
        run(tmp_path / "c.csv", tmp_path / "out.parquet")
    assert [p.name for p in tmp_path.iterdir()] == ["c.csv"]


def test_fusions_therapy_and_days_are_carried_for_the_summary(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "id,histology,rna_mps.result,rna_mps.fusions,therapy,requested,reported\n"
        'a,ES,positive,"[{""five_prime"": ""ETV6"", ""three_prime"": ""TRKC""}]",'
        '"[{""drug"": ""Vitrakvi""}]",2020-01-01,2020-01-15\n'
        "b,ES,,,[],,\n"
    )
    run(tmp_path / "c.csv", tmp_path / "out.parquet")
    one, two = answers(tmp_path / "out.parquet")
    assert (one["fusions"], one["trk_inhibitor"], one["turnaround_days"]) == ("ETV6::NTRK3", "yes", 14)
    assert (two["fusions"], two["trk_inhibitor"], two["turnaround_days"]) == (None, "no", None)


def test_labels_come_from_the_single_case_core(tmp_path: Path) -> None:
    source = cohort(tmp_path, 120)
    Triage(open_source(str(source), load()), tmp_path / "out.parquet", load(), DAY, labels=True).run()
    found = [a for a in answers(tmp_path / "out.parquet") if a["target"] in ("provisional", "likely", "proven")]
    assert found and all("larotrectinib@" in a["labels"] for a in found)
    others = [a for a in answers(tmp_path / "out.parquet") if a["target"] not in ("provisional", "likely", "proven")]
    assert all(a["labels"] is None for a in others)


def test_labels_and_carried_columns_read_cells_as_the_decision_does(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "id,histology,extent,age,typical_histology,pan_trk_ihc.percent,immunoprofile,rna_mps.result,rna_mps.fusions,"
        "therapy\n"
        "a,infantile fibrosarcoma,metastatic,9 months,yes,40,S100 positive,positive,ETV6::NTRK3 in_frame,none\n"
        'b,ES,metastatic,9,no,1,,positive,"[{""five"": 1}]","[{""drugg"": ""x""}]"\n'
    )
    Triage(open_source(str(tmp_path / "c.csv"), load()), tmp_path / "o.parquet", load(), DAY, labels=True).run()
    (one,) = answers(tmp_path / "o.parquet")
    assert (one["fusions"], one["trk_inhibitor"]) == ("ETV6::NTRK3", "no") and "larotrectinib@" in one["labels"]
    assert [b.case_id for b in read_bad_rows(tmp_path / "o.parquet.bad.jsonl")] == ["b"]


def test_distinct_cells_that_are_carried_are_not_remembered_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f'{i},ES,"[{{""drug"": ""larotrectinib"", ""start"": ""20{i:02d}-01-01""}}]"' for i in range(40)]
    (tmp_path / "c.csv").write_text("\n".join(["id,histology,therapy", *lines]) + "\n")
    monkeypatch.setattr("ntrkpath.cohort.carried.REMEMBERED", 7)
    monkeypatch.setattr(module, "BATCH", 5)
    run(tmp_path / "c.csv", tmp_path / "o.parquet")
    assert [a["trk_inhibitor"] for a in answers(tmp_path / "o.parquet")] == ["yes"] * 40


def test_parts_hold_as_many_rows_as_asked_whatever_the_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 4)
    run(cohort(tmp_path, 24), tmp_path / "parts", part_rows=8)
    assert [pl.read_parquet(p).height for p in sorted((tmp_path / "parts").glob("*.parquet"))] == [8, 8, 8]


def test_memory_for_ids_does_not_grow_with_their_number(tmp_path: Path) -> None:
    seen = SeenIds(tmp_path / "ids")
    for i in range(20):
        seen.add(pl.Series(range(i * 50_000, (i + 1) * 50_000)).cast(pl.String))
    sizes = [path.stat().st_size for path in (tmp_path / "ids").iterdir()]
    assert sum(sizes) == 8_000_000
    assert max(sizes) < 2 * 8_000_000 / len(sizes), "the files that are read one by one are of equal size"
    assert len(seen.repeated()) == 0


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_progress_ends_at_the_last_row_with_nothing_left(form: str, tmp_path: Path) -> None:
    told: list[Progress] = []
    run(cohort(tmp_path, 50, form=form), tmp_path / "out.parquet", told=told.append)
    assert told[-1].rows == 50 and told[-1].rate > 0
    assert told[-1].left == pytest.approx(0)
    assert told[-1].total == (50 if form == "parquet" else None)


def test_nested_columns_of_parquet_say_the_same_as_json_text(tmp_path: Path) -> None:
    listed = [[{"gene": "KIT", "kind": "mutation", "status": "present"}], None, []]
    tests = [None, [{"method": "pan_trk_ihc", "result": "positive"}], None]
    frame = pl.DataFrame(
        {"id": ["a", "b", "c"], "histology": ["GIST", "IFS", "GIST"], "alterations": listed, "tests": tests}
    )
    frame.write_parquet(tmp_path / "nested.parquet")
    text = frame.with_columns(
        alterations=pl.Series(['[{"gene": "KIT", "kind": "mutation", "status": "present"}]', None, "[]"]),
        tests=pl.Series([None, '[{"method": "pan_trk_ihc", "result": "positive"}]', None]),
    )
    text.write_parquet(tmp_path / "text.parquet")
    found = []
    for name in ("nested", "text"):
        run(tmp_path / f"{name}.parquet", tmp_path / f"{name}-out.parquet")
        found.append(scan(tmp_path / f"{name}-out.parquet").collect())
    assert found[0].equals(found[1]) and found[0].height == 3
    assert found[0]["tier"].to_list() == ["+", "+++", "undetermined"] and found[0]["ihc"].to_list()[1] == "positive"


def test_parquet_files_of_a_folder_are_decided_into_one_with_every_id_beside_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 64)
    given = cohort_frame(600, 1, bad=5)
    (tmp_path / "in").mkdir()
    for number, part in enumerate(given.iter_slices(250)):
        part.write_parquet(tmp_path / "in" / f"part-{number}.parquet", row_group_size=30)
    told: list[Progress] = []
    outcome = run(tmp_path / "in", tmp_path / "out.parquet", threads=3, told=told.append)
    assert (outcome.about.rows, outcome.about.decided, outcome.about.bad) == (600, 595, 5)
    assert (told[-1].rows, told[-1].total) == (600, 600)
    expected = decide_frame(given, Decider(load(), missing=True, kept=("sequence",)))
    same = ["case_id", "tier", "priority", "histology_group", "actions", "rules", "missing", "sequence"]
    expected = expected.filter(pl.col("problem").is_null()).select(same).sort("case_id")
    found = scan(tmp_path / "out.parquet").select(same).with_columns(pl.all().cast(pl.String)).collect()
    assert found.with_columns(pl.col("missing").fill_null("")).sort("case_id").equals(expected)
    assert outcome.bad_rows is not None
    bad = list(read_bad_rows(outcome.bad_rows))
    assert [(one.row, one.case_id) for one in bad] == [(row + 1, given["case_id"][row]) for row in range(595, 600)]
    assert {one.where for one in bad} == {"diagnosis.histology"}


def test_files_of_one_cohort_with_columns_of_their_own_are_decided_by_what_each_states(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    pl.DataFrame({"case_id": ["a"], "histology": ["GIST"], "age": [4]}).write_parquet(tmp_path / "in" / "1.parquet")
    pl.DataFrame({"case_id": ["b"], "diagnosis.histology": ["IMT"], "extent": ["metastatic"]}).write_parquet(
        tmp_path / "in" / "2.parquet"
    )
    run(tmp_path / "in", tmp_path / "out.parquet")
    one, two = answers(tmp_path / "out.parquet")
    assert (one["histology_group"], two["histology_group"]) == ("gist", "imt")
    pathway = Pathway(load(), DAY)
    for answer, stated in (
        (one, {"case_id": "a", "diagnosis.histology": "GIST", "patient.age": "4"}),
        (two, {"case_id": "b", "diagnosis.histology": "IMT", "disease.extent": "metastatic"}),
    ):
        assert answer["rules"] == " ".join(step.rule for step in pathway.recommend(case_of(stated)).trace)


@pytest.mark.parametrize("damaged", ["whole", "a page"])
def test_a_later_file_that_cannot_be_read_is_named_and_no_answer_is_left_behind(damaged: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    cohort(tmp_path, 40).rename(tmp_path / "in" / "1.parquet")
    second = cohort(tmp_path, 40, seed=2).rename(tmp_path / "in" / "2.parquet")
    held = second.read_bytes()
    # Where the foot of the file is whole, the damage is met only while rows are read.
    second.write_bytes(b"no Parquet at all" if damaged == "whole" else held[:4] + b"\xff" * 400 + held[404:])
    with pytest.raises(CaseError, match=r"2\.parquet"):
        run(tmp_path / "in", tmp_path / "out.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
