"""A decided cohort in numbers: each figure against a count by hand, a formula, or the guidance's own rules."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pl = pytest.importorskip("polars", reason="needs the extra batch")
pytest.importorskip("scipy", reason="needs the extra stats")

from ntrkpath import CaseError, load  # noqa: E402
from ntrkpath.cohort.sources import open_source  # noqa: E402
from ntrkpath.cohort.summarise import _kappa, agreement, share, summarise  # noqa: E402
from ntrkpath.cohort.tally import counting  # noqa: E402
from ntrkpath.cohort.triage import Triage  # noqa: E402
from ntrkpath.figures.patient_flow import Stage, patient_flow_svg  # noqa: E402
from ntrkpath.report.cohort_pictures import stages  # noqa: E402
from ntrkpath.report.cohort_sheets import summary_report  # noqa: E402
from ntrkpath.report.sheet_forms import report_html, report_text  # noqa: E402

FUSION = '[{"five_prime": "ETV6", "three_prime": "NTRK3", "frame": "in_frame"}]'
GIVEN = '[{"drug": "larotrectinib"}]'
# case, histology, extent, stain, RNA result, RNA fusions, RNA quality, genes covered, therapy, requested, reported
ALL = '["NTRK1", "NTRK2", "NTRK3"]'
COHORT = [
    (
        "a",
        "infantile fibrosarcoma",
        "metastatic",
        "positive",
        "positive",
        FUSION,
        "adequate",
        ALL,
        GIVEN,
        "2020-01-01",
        "2020-01-11",
    ),
    (
        "b",
        "infantile fibrosarcoma",
        "metastatic",
        "negative",
        "positive",
        FUSION,
        "adequate",
        ALL,
        "[]",
        "2020-01-01",
        "2020-01-21",
    ),
    ("c", "LMS", "metastatic", "positive", "negative", None, "adequate", ALL, None, "2020-01-01", "2020-01-31"),
    ("d", "LMS", "metastatic", "negative", "negative", None, "adequate", ALL, None, "2020-01-05", "2020-01-01"),
    ("e", "LMS", "metastatic", "negative", "failed", None, None, None, None, None, None),
    ("f", "LMS", None, None, None, None, None, None, None, None, None),
    ("g", "GIST", "metastatic", None, None, None, None, None, None, None, None),
    ("h", "LUAD", "metastatic", None, None, None, None, None, None, None, None),
    ("i", "IMT", None, None, None, None, None, None, GIVEN, None, None),
]
HEADS = [
    "id", "histology", "extent", "pan_trk_ihc.result", "rna_mps.result", "rna_mps.fusions", "rna_mps.rna_quality",
    "rna_mps.genes_covered", "therapy", "requested", "reported",
]  # fmt: skip


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cohort")
    pl.DataFrame(COHORT, schema=dict.fromkeys(HEADS, pl.String), orient="row").write_csv(path / "c.csv")
    out = path / "out.parquet"
    Triage(open_source(str(path / "c.csv"), load()), out, load(), dt.date(2020, 9, 3)).run()
    return out


def test_the_funnel_counts_each_stage(decided: Path) -> None:
    funnel = summarise(decided).funnel
    assert (funnel.diagnosed, funnel.in_scope, funnel.tested, funnel.positive) == (9, 8, 5, 2)
    assert (funnel.treated, funnel.treated_otherwise, funnel.therapy_unknown) == (1, 1, 0)


def test_groups_and_priorities_add_up_to_the_cohort(decided: Path) -> None:
    summary = summarise(decided)
    for groups in (summary.histologies, summary.by_priority):
        assert sum(g.cases for g in groups) == 9
        assert sum(g.positive.count for g in groups) == summary.funnel.positive
    assert sum(summary.tiers.values()) == sum(summary.priorities.values()) == 9
    ifs = next(g for g in summary.histologies if g.name == "infantile_fibrosarcoma")
    assert (ifs.cases, ifs.tested, ifs.positive.count, ifs.positive.of) == (2, 2, 2, 2)
    assert ifs.positive.low == pytest.approx(0.025**0.5), "Clopper-Pearson of 2 of 2"


def test_stain_is_held_against_sequencing_only_where_both_give_a_plain_answer(decided: Path) -> None:
    stain = summarise(decided).stain
    assert stain is not None
    counts = pl.read_parquet(decided).with_columns(pl.col(pl.Categorical).cast(pl.String))
    rules = counting()
    plain = counts.filter(
        pl.col("ihc").is_in(["positive", "negative"]),
        pl.col("sequence").is_in([*rules["reference"]["positive"], *rules["reference"]["negative"]]),
    )
    compared = stain.both + stain.stain_only + stain.sequencing_only + stain.neither
    assert compared == plain.height
    done = counts.filter(pl.col("ihc") != "not_done", pl.col("sequence") != "not_done").height
    assert stain.not_compared == done - compared
    assert stain.prevalence.count == stain.both + stain.sequencing_only and stain.prevalence.of == compared


@pytest.mark.parametrize(
    ("cells", "kappa"),
    [
        ((20, 5, 10, 15), 0.4),
        ((45, 15, 25, 15), 0.1304),
        ((10, 0, 0, 10), 1.0),
        ((0, 10, 10, 0), -1.0),
        ((25, 25, 25, 25), 0.0),
    ],
)
def test_kappa_of_known_tables(cells: tuple[int, int, int, int], kappa: float) -> None:
    value, low, high = _kappa(*cells)
    assert value == pytest.approx(kappa, abs=5e-5)
    assert low is not None and high is not None and low <= value <= high  # type: ignore[operator]


def test_the_interval_of_kappa_is_that_of_fleiss_cohen_and_everitt() -> None:
    # Written out for the table 20, 5, 10, 15: po 0.7, pe 0.5, kappa 0.4.
    a, b, c, d, n, k = 0.4, 0.1, 0.2, 0.3, 50, 0.4
    rows, columns = (0.5, 0.5), (0.6, 0.4)
    agree = a * (1 - (rows[0] + columns[0]) * (1 - k)) ** 2 + d * (1 - (rows[1] + columns[1]) * (1 - k)) ** 2
    apart = (1 - k) ** 2 * (b * (columns[0] + rows[1]) ** 2 + c * (columns[1] + rows[0]) ** 2)
    error = ((agree + apart - (k - 0.5 * (1 - k)) ** 2) / (n * 0.25)) ** 0.5
    _, low, high = _kappa(20, 5, 10, 15)
    assert (low, high) == (pytest.approx(0.4 - 1.959964 * error), pytest.approx(0.4 + 1.959964 * error))


@given(st.tuples(*[st.integers(0, 60)] * 4))
def test_kappa_lies_in_its_interval_and_agreement_never_lowers_it(cells: tuple[int, int, int, int]) -> None:
    value, low, high = _kappa(*cells)
    if value is None:
        return
    assert low is not None and high is not None and -1 <= low <= value + 1e-12 and value <= high + 1e-12 <= 1 + 1e-9
    a, b, c, d = cells
    swapped = _kappa(a, c, b, d)[0]
    assert swapped == pytest.approx(value)


@pytest.mark.parametrize("cells", [(0, 0, 0, 0), (5, 0, 0, 0), (0, 0, 0, 7)])
def test_kappa_is_not_defined_where_only_one_answer_is_given(cells: tuple[int, int, int, int]) -> None:
    assert _kappa(*cells) == (None, None, None)


def test_sensitivity_and_the_others_are_read_from_the_right_margins() -> None:
    rows = [
        ("positive", "productive", 8),
        ("positive", "negative", 3),
        ("negative", "likely_productive", 2),
        ("negative", "negative", 87),
    ]
    found = agreement(Counter({(ihc, sequence): cases for ihc, sequence, cases in rows}))
    assert found is not None
    told = [
        (s.count, s.of)
        for s in (
            found.sensitivity,
            found.specificity,
            found.positive_predictive_value,
            found.negative_predictive_value,
            found.prevalence,
        )
    ]
    assert told == [(8, 10), (87, 90), (8, 11), (87, 89), (10, 100)]


def test_a_share_of_nothing_has_no_interval() -> None:
    assert share(0, 0) == share(0, 0) and share(0, 0).share is None and share(0, 0).low is None


def test_partners_and_days_are_counted(decided: Path) -> None:
    summary = summarise(decided)
    assert summary.partners == {"ETV6::NTRK3": 2}
    turnaround = summary.turnaround
    assert turnaround is not None
    assert (turnaround.cases, turnaround.impossible) == (3, 1)
    assert (turnaround.lower_quartile, turnaround.median, turnaround.upper_quartile) == (15, 20, 25)
    assert (turnaround.shortest, turnaround.longest) == (10, 30)


def test_what_keeps_a_case_undecided_is_named_by_its_own_rules(decided: Path) -> None:
    summary = summarise(decided)
    rows = pl.read_parquet(decided).with_columns(pl.col(pl.Categorical).cast(pl.String))
    assert summary.undecided == rows.filter(pl.col("priority") == "undetermined").height == 3
    blamed = {m.fact: (m.undecided, m.alone) for m in summary.missing if m.undecided}
    assert blamed == {"extent": (1, 1), "canonical_alteration": (1, 1), "alk_ros1": (1, 1)}
    assert all(m.could_change is not None for m in summary.missing)


def test_every_undetermined_rule_blames_a_fact_or_leaves_it_to_the_tier() -> None:
    from ntrkpath.cohort.summarise import _blamed

    edition = load()
    for table in ("tier", "priority"):
        for row in edition.tables[table].rows:
            if row.sets.get(table) == "undetermined" and "undetermined" not in row.when.get("tier", ()):
                assert _blamed(edition, row.id), row.id


def test_a_cohort_decided_without_missing_facts_says_so(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,histology\na,LMS\n")
    Triage(
        open_source(str(tmp_path / "c.csv"), load()), tmp_path / "o.parquet", load(), dt.date(2020, 9, 3), missing=False
    ).run()
    summary = summarise(tmp_path / "o.parquet")
    assert [(m.fact, m.undecided, m.could_change) for m in summary.missing] == [("extent", 1, None)]
    assert summary.stain is None and summary.turnaround is None and summary.funnel.treated is None
    assert "not stated" in report_text(summary_report(summary, load()))


@pytest.mark.parametrize("form", ["csv", "tsv", "jsonl"])
def test_every_form_of_a_decided_cohort_sums_up_to_the_same(form: str, decided: Path, tmp_path: Path) -> None:
    out = tmp_path / f"out.{form}"
    Triage(open_source(str(decided.parent / "c.csv"), load()), out, load(), dt.date(2020, 9, 3)).run()
    assert summarise(out) == summarise(decided)


def test_what_triage_did_not_write_is_refused(tmp_path: Path) -> None:
    pl.DataFrame({"case_id": ["a"]}).write_parquet(tmp_path / "o.parquet")
    with pytest.raises(CaseError, match="no decided cohort"):
        summarise(tmp_path / "o.parquet")
    with pytest.raises(CaseError, match="no such file"):
        summarise(tmp_path / "nothing.parquet")


def test_the_text_fits_a_terminal(decided: Path) -> None:
    text = report_text(summary_report(summarise(decided), load()))
    assert max(map(len, text.splitlines())) <= 110
    assert "kappa" in text and "at a prevalence of" in text


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_the_page_is_well_formed_and_loads_nothing(decided: Path) -> None:
    page = report_html(summary_report(summarise(decided), load()))
    tags = _Tags()
    tags.feed(page)
    assert tags.open == [] and tags.wrong == [] and len(tags.ids) == len(set(tags.ids))
    assert not re.search(r"<(script|link|img|iframe)\b|src=|url\(", page)
    for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        root = ET.fromstring(drawing)
        assert root.get("role") == "img"
        names = {e.get("id") for e in root.iter()}
        assert set((root.get("aria-labelledby") or "").split()) <= names
    assert page.count("<svg") == 2 * 2, "each for a page and for a phone"


def test_every_number_of_the_flow_stands_in_words_for_those_who_do_not_see_it(decided: Path) -> None:
    flow = stages(summarise(decided))
    root = ET.fromstring(patient_flow_svg(flow))
    words = next(e for e in root.iter() if e.tag.endswith("desc")).text or ""
    for stage in flow:
        assert stage.label in words and all(name in words for name, _ in stage.leaves)


def test_those_who_stay_and_those_who_leave_add_up(decided: Path) -> None:
    flow = stages(summarise(decided))
    for before, after in itertools.pairwise(flow):
        assert before.count is not None and after.count is not None
        assert after.count + sum(n for _, n in after.leaves) == before.count, after.label


@given(st.text(max_size=80), st.integers(0, 10**9))
def test_the_flow_is_xml_for_any_words_and_counts(words: str, count: int) -> None:
    ET.fromstring(patient_flow_svg([Stage(words, count), Stage("b", None, words, ((words, count),))], title=words))
