"""The same figure reads the same on the terminal, on a page, on paper and in a picture, in every area."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy")
pytest.importorskip("scipy")
pl = pytest.importorskip("polars")

from ntrkpath.cohort.sources import open_source  # noqa: E402
from ntrkpath.cohort.summarise import summarise  # noqa: E402
from ntrkpath.cohort.triage import Triage  # noqa: E402
from ntrkpath.evidence import evidence_of  # noqa: E402
from ntrkpath.evidence.frequency import frequency  # noqa: E402
from ntrkpath.guidance import load  # noqa: E402
from ntrkpath.model.numbers import amount, percent, percent_range, percent_with_range  # noqa: E402
from ntrkpath.pathway import Pathway, read_cases  # noqa: E402
from ntrkpath.pathway.examples import examples  # noqa: E402
from ntrkpath.registry.study.results import results  # noqa: E402
from ntrkpath.report import pdf, sheet_pdf  # noqa: E402
from ntrkpath.report.cohort_sheets import summary_report  # noqa: E402
from ntrkpath.report.evidence_figures import frequency_forest  # noqa: E402
from ntrkpath.report.evidence_frequency import frequency_sheet  # noqa: E402
from ntrkpath.report.html import render_html  # noqa: E402
from ntrkpath.report.rounds_organiser import organiser_report  # noqa: E402
from ntrkpath.report.rounds_text import score_text  # noqa: E402
from ntrkpath.report.sheet import Report  # noqa: E402
from ntrkpath.report.sheet_forms import report_html, report_text  # noqa: E402
from ntrkpath.report.strategy_sheets import comparison_report  # noqa: E402
from ntrkpath.report.study_files import results_report  # noqa: E402
from ntrkpath.report.text import render  # noqa: E402
from ntrkpath.rounds.score import score  # noqa: E402
from ntrkpath.rounds.templates import example_folder  # noqa: E402
from ntrkpath.strategy.compare import compare  # noqa: E402
from support.study import DAY, protocol, synthetic  # noqa: E402

EDITION = load()


def words(text: str) -> str:
    """Return text on one line, as it is read: without marks that only tell where a line may break."""
    return " ".join(text.replace("\u200b", "").replace("\u00a0", " ").split())


def on_paper(make: Callable[..., bytes], *of: Any) -> str:
    """Return the texts that are set as PDF: what the template is given, without the drawings."""
    given: list[Any] = []

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, dict | list | tuple):
            for part in value.values() if isinstance(value, dict) else value:
                yield from texts(part)
        elif isinstance(value, str) and not value.startswith("<svg"):
            yield value

    with pytest.MonkeyPatch.context() as patch:
        for module in (pdf, sheet_pdf):
            patch.setattr(module, "typeset", lambda template, document: given.append(document) or b"")
        make(*of)
    return words(" ".join(texts(given)))


def on_a_page(html: str) -> str:
    return words(
        unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>|<style.*?</style>", " ", html, flags=re.DOTALL)))
    )


def in_pictures(html: str) -> str:
    drawn = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    return words(unescape(" ".join(re.sub(r"<[^>]+>", " ", one) for one in drawn)))


def read(report: Report) -> dict[str, str]:
    """Return a report as it is read in each place."""
    html = report_html(report)
    return {
        "terminal": words(report_text(report)),
        "page": on_a_page(html),
        "paper": on_paper(sheet_pdf.report_pdf, report),
        "picture": in_pictures(html),
    }


def stands(figure: str, places: dict[str, str], *, but: tuple[str, ...] = ()) -> None:
    for place, text in places.items():
        assert place in but or figure in text, f"{figure!r} does not stand in the {place}"


@pytest.mark.parametrize("group", ["imt", "gist", "unselected"])
def test_a_percentage_of_the_evidence(group: str) -> None:
    found = frequency(evidence_of(EDITION), group)
    report = Report(
        title="Frequency", sheets=(frequency_sheet(evidence_of(EDITION), group),), source="", use="",
        pictures={f"frequency-{group}": frequency_forest(found)},
    )  # fmt: skip
    places = read(report)
    p = found.pooled
    only_one = ("picture",) if len(found.studies) < 2 else ()
    stands(percent(p.estimate), places, but=only_one)
    stands(percent_range(p.low, p.high), places, but=only_one)
    for row in found.studies:
        stands(percent(row.exact.estimate), places, but=only_one)
        stands(f"{row.study.positive}/{row.study.tested}", places, but=only_one)


def test_a_posterior_of_a_case() -> None:
    cases = [case for case in read_cases(examples()) if not isinstance(case, Exception)]
    pathway = Pathway(EDITION, dt.date(2026, 11, 1))
    shown = 0
    for case in cases:
        if any(getattr(test, "file", None) for test in case.tests):
            continue
        answer = pathway.recommend(case)
        if answer.probability is None or not any(step.probability for step in answer.probability.steps):
            continue
        html = render_html([answer], EDITION)
        places = {
            "terminal": words(render(answer, EDITION, verbose=True)), "page": on_a_page(html),
            "paper": on_paper(pdf.render_pdf, [answer], EDITION), "picture": in_pictures(html),
        }  # fmt: skip
        for step in answer.probability.steps:
            if step.probability is not None:
                at = step.probability
                stands(percent_with_range(at.estimate, at.low, at.high), places)
        shown += 1
    assert shown


def test_a_cost_of_a_strategy() -> None:
    found = compare("table1", ["guidance", "rna-all", "none"], draws=40)
    places = read(comparison_report(found))
    assert found.uncertainty is not None and found.tornado is not None
    for row in found.rows:
        for figure in (row.outcomes["found"], row.outcomes["cost"] / found.size, row.cost_per_found):
            if figure:
                stands(amount(figure), places, but=("picture",))
    stands(amount(found.tornado.bars[0].at_low), places)
    stands(amount(found.tornado.bars[0].at_high), places)


def test_a_frequency_of_a_cohort(tmp_path: Path) -> None:
    rows = ["id,histology,extent,pan_trk_ihc.result,rna_mps.result,rna_mps.fusions"]
    fusion = '"[{""five_prime"": ""ETV6"", ""three_prime"": ""NTRK3"", ""frame"": ""in_frame""}]"'
    rows += [f"a{i},infantile fibrosarcoma,metastatic,positive,positive,{fusion}" for i in range(3)]
    rows += [f"b{i},infantile fibrosarcoma,metastatic,negative,negative," for i in range(5)]
    (tmp_path / "c.csv").write_text("\n".join(rows) + "\n")
    out = tmp_path / "out.parquet"
    Triage(open_source(str(tmp_path / "c.csv"), EDITION), out, EDITION, dt.date(2026, 5, 1)).run()
    summary = summarise(out, EDITION)
    places = read(summary_report(summary, EDITION))
    share = summary.histologies[0].positive
    assert share is not None and share.share is not None and share.low is not None and share.high is not None
    stands(percent(share.share), places)
    stands(percent_range(share.low, share.high), places)


def test_a_rate_of_a_study() -> None:
    study = results(synthetic(120), protocol(), EDITION, DAY)
    places = read(results_report(study, EDITION))
    found = study.frequency[0].found
    assert found.interval is not None
    stands(percent(found.interval.estimate), places)
    stands(percent_range(found.interval.low, found.interval.high), places)


def test_a_share_of_a_round() -> None:
    demo = score(example_folder())
    places = read(organiser_report(demo, EDITION))
    whole = next(one for one in demo.tallies if one.by == "round").clear
    assert whole.interval is not None
    told = percent_with_range(whole.interval.estimate, whole.interval.low, whole.interval.high)
    stands(told, places | {"terminal": words(score_text(demo))}, but=("picture",))
