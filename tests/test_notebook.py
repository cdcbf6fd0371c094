"""What a notebook shows: short in one line, HTML that stands alone, and frames of the user's own library."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import tempfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import narwhals as nw
import pytest
from click.testing import CliRunner

import ntrkpath
from ntrkpath.cli.main import cli
from ntrkpath.exports import recommendations, tsv
from ntrkpath.guidance.files import COMPILED, KNOWLEDGE
from ntrkpath.model.fusion import Breakpoint, Junction, Source, Support

ROOT = Path(__file__).resolve().parent.parent
DAY = dt.date(2026, 1, 1)


def answer(ident: str = "one", **more: Any) -> ntrkpath.Recommendation:
    case = {"id": ident, "diagnosis": {"histology": "IFS"}, "disease": {"extent": "metastatic"}, **more}
    return ntrkpath.recommend(case, as_of=DAY)


def verdict() -> ntrkpath.FusionVerdict:
    junction = Junction(
        five_prime=Breakpoint(gene="ETV6", chromosome="12", position=11869969),
        three_prime=Breakpoint(gene="NTRK3", chromosome="15", position=87940753),
        level="rna", caller="generic", sample="S1", assembly="GRCh38",
        support=Support(split_reads=20), source=Source(file="made up", line=2),
    )  # fmt: skip
    return ntrkpath.assess([junction])[0]


class Tags(HTMLParser):
    """Counts what is opened and not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in ("br", "hr", "meta", "path", "rect", "line", "circle", "use"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag


def test_plain_data_and_a_case_give_the_same_answer() -> None:
    data = {"id": "one", "diagnosis": {"histology": "IFS"}, "disease": {"extent": "metastatic"}}
    assert ntrkpath.recommend(data, as_of=DAY) == ntrkpath.recommend(ntrkpath.case_from(data), as_of=DAY)
    with pytest.raises(ntrkpath.CaseError):
        ntrkpath.recommend({"diagnosis": {}}, as_of=DAY)


def comparison() -> Any:
    return ntrkpath.compare_strategies("table1", ["guidance", "none"])


def evidence() -> Any:
    from ntrkpath.evidence import evidence_of

    return evidence_of(ntrkpath.load())


def summary() -> Any:
    pytest.importorskip("polars")
    from ntrkpath.cohort.summarise import summarise

    with tempfile.TemporaryDirectory() as place:
        rows, out = Path(place) / "rows.csv", Path(place) / "decided.csv"
        rows.write_text("case_id,histology,extent\nA,UPS,metastatic\nB,IFS,localized\n", encoding="utf-8")
        CliRunner().invoke(cli, ["cohort", "triage", str(rows), str(out)], standalone_mode=False)
        return summarise(out)


@pytest.mark.parametrize("made", [answer, verdict, comparison, evidence, summary], ids=lambda one: one.__name__)
def test_a_result_is_one_short_line_and_html_that_stands_alone(made: Callable[[], Any]) -> None:
    result = made()
    assert len(repr(result)) < 160
    assert "\n" not in repr(result)
    markup = result._repr_html_()
    tags = Tags()
    tags.feed(markup)
    assert tags.open == []
    assert "<script" not in markup
    assert "http" not in markup.replace("http://www.w3.org", "")
    assert "<!DOCTYPE html>" in result.to_html()
    assert len(str(result).splitlines()) > 5


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of a copy of the edition with an intended use of its own."""
    target = tmp_path_factory.mktemp("other") / "edition"
    shutil.copytree(KNOWLEDGE / "wsn2020", target, ignore=shutil.ignore_patterns(COMPILED))
    head = (target / "guideline.yaml").read_text(encoding="utf-8")
    head = re.sub("^intended_use:", "intended_use: Synthetic.\nwas:", head, flags=re.MULTILINE)
    (target / "guideline.yaml").write_text(head, encoding="utf-8")
    return str(target)


def _by(made: Callable[[], Any], name: str, place: Path) -> Any:
    """Return what is made by the edition of this name."""
    edition = ntrkpath.load(name)
    if made is evidence:
        from ntrkpath.evidence import evidence_of

        return evidence_of(edition)
    if made is comparison:
        return ntrkpath.compare_strategies("table1", ["guidance", "none"], edition=edition)
    if made is answer:
        return ntrkpath.recommend({"id": "one", "diagnosis": {"histology": "IFS"}}, edition=edition, as_of=DAY)
    pytest.importorskip("polars")
    from ntrkpath.cohort.summarise import summarise

    rows, out = place / "rows.csv", place / "decided.csv"
    rows.write_text("case_id,histology,extent\nA,UPS,metastatic\n", encoding="utf-8")
    CliRunner().invoke(cli, ["cohort", "triage", str(rows), str(out), "--edition", name], standalone_mode=False)
    return summarise(out, edition)


@pytest.mark.parametrize("made", [answer, comparison, evidence, summary], ids=lambda one: one.__name__)
def test_a_result_names_the_edition_that_gave_it_and_no_other(
    made: Callable[[], Any], other: str, tmp_path: Path
) -> None:
    edition, shipped = ntrkpath.load(other), ntrkpath.load()
    result = _by(made, other, tmp_path)
    for shown in (result._repr_html_(), result.to_html()):
        assert edition.sha256[:12] in shown and "Synthetic." in shown
        assert shipped.sha256[:12] not in shown and shipped.intended_use not in shown


def test_a_cohort_of_an_edition_that_is_not_here_is_shown_by_its_keys_and_says_so() -> None:
    found = summary()
    lost = msgspec.structs.replace(found.about, guideline={"id": "lost", "version": "1", "sha256": "f" * 64})
    found = msgspec.structs.replace(found, about=lost)
    for shown in (found._repr_html_(), found.to_html(), str(found)):
        words = " ".join(shown.split())
        assert "lost 1, sha256 ffffffffffff" in words and "is not here" in words
        assert ntrkpath.load().sha256[:12] not in words
    assert "order" in str(found)


@pytest.mark.parametrize("made", [verdict, comparison, evidence, summary], ids=lambda one: one.__name__)
def test_a_notebook_has_each_picture_once(made: Callable[[], Any]) -> None:
    drawn = re.findall(r"<title[^>]*>(.*?)</title>", made()._repr_html_())
    assert len(drawn) == len(set(drawn))
    assert drawn or made is evidence


def test_a_decided_batch_is_one_short_line_and_shows_its_frames() -> None:
    pl = pytest.importorskip("polars")
    from ntrkpath.cohort.frame import Decider

    answered = Decider().decide(pl.DataFrame({"case_id": ["A", "B"], "histology": ["GIST", "no such tumour"]}))
    assert repr(answered) == "<Answered: 1 good rows, 1 bad>"
    assert answered._repr_html_().count("<table") == 2


def test_html_says_what_the_sentences_say_and_escapes_what_is_stated() -> None:
    shown = answer(patient={"sex": "female"}, diagnosis={"histology": "IFS", "site": "<b>thigh</b>"})._repr_html_()
    assert "<b>thigh</b>" not in shown
    rec = answer()
    assert rec.answer.next in rec._repr_html_()
    assert rec.guideline.sha256[:12] in rec._repr_html_()


@pytest.mark.parametrize("library", ["polars", "pandas", "pyarrow"])
def test_results_are_a_frame_of_the_library_one_uses(library: str) -> None:
    pytest.importorskip(library)
    frame = nw.from_native(ntrkpath.to_frame([answer("one"), answer("=two")], library), eager_only=True)
    assert frame.columns == list(recommendations.COLUMNS)
    assert frame["case_id"].to_list() == ["one", "=two"]
    assert frame.implementation.value == library
    events = nw.from_native(ntrkpath.to_frame(verdict(), library), eager_only=True)
    assert events.columns == list(tsv.COLUMNS)
    assert events["five_prime_gene"].to_list() == ["ETV6"]
    assert events["split_reads"].to_list() == [20]


def test_a_frame_of_nothing_or_of_two_kinds_is_refused() -> None:
    for wrong in ([], [answer(), verdict()]):
        with pytest.raises(ntrkpath.CaseError, match="one kind"):
            ntrkpath.to_frame(wrong)
    with pytest.raises(ntrkpath.CaseError, match="library"):
        ntrkpath.to_frame(answer(), "excel")


def test_the_notebook_is_that_of_the_tutorial_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import build_notebook

    made = build_notebook.notebook()
    assert build_notebook.NOTEBOOK.read_text(encoding="utf-8") == made, "run scripts/build_notebook.py"
    cells = json.loads(made)["cells"]
    assert sum(cell["cell_type"] == "code" for cell in cells) >= 6
