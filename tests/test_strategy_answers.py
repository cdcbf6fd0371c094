"""What the user gets: uncertainty, pictures, text, HTML, JSON, the commands, and what others have published."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ntrkpath.cli.strategy import command
from ntrkpath.figures.acceptability import Curve, acceptability_svg, value_svg
from ntrkpath.figures.plane import Cloud, plane_svg
from ntrkpath.figures.tornado import Lever, tornado_svg
from ntrkpath.strategy import Comparison, compare
from ntrkpath.strategy.compare import DEFAULT, build
from ntrkpath.strategy.published import checks, net_benefit, ordering
from ntrkpath.strategy.uncertainty import draw, tornado, uncertainty

pytest.importorskip("numpy")
pytest.importorskip("scipy")


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare("table1", draws=500, simulate=50_000, seed=3)


# --- uncertainty
def test_the_draws_lie_about_the_exact_expectation(found: Comparison) -> None:
    assert found.uncertainty is not None
    for row in found.rows:
        span = found.uncertainty.intervals[row.name]["found"]
        assert span.low * found.size <= row.outcomes["found"] + 1e-9
        assert row.outcomes["found"] <= span.high * found.size + 1e-9


def test_equal_seeds_give_equal_draws_and_another_parameter_changes_no_other() -> None:
    model = build("table1", ["guidance", "fish-all"])
    parameters = dict(model.inputs.parameters)
    one = draw(parameters, 50, 7)
    two = draw({k: v for k, v in parameters.items() if k != "cost:fish"}, 50, 7)
    assert all((one[name] == two[name]).all() if hasattr(one[name], "all") else one[name] == two[name] for name in two)


def test_an_array_of_draws_is_evaluated_as_each_of_its_numbers() -> None:
    model = build("synthetic", ["guidance-stain-first", "dna-then-rna"])
    draws = draw(model.inputs.parameters, 5, 2)
    together = model.evaluate(draws)
    for i in range(5):
        single = model.evaluate({k: float(v[i]) if hasattr(v, "shape") else v for k, v in draws.items()})
        for name, outcomes in single.items():
            for outcome, value in outcomes.items():
                other = together[name][outcome]
                assert value == pytest.approx(float(other[i]) if hasattr(other, "shape") else other, abs=1e-12)


def test_acceptability_shares_sum_to_1_and_free_testing_is_worth_it(found: Comparison) -> None:
    assert found.uncertainty is not None
    curve = found.uncertainty.acceptability
    for i in range(len(curve.willingness)):
        assert sum(shares[i] for shares in curve.best.values()) == pytest.approx(1)
    assert curve.willingness[0] == 0 and curve.best["none"][0] == 1
    assert all(v >= 0 for v in curve.evpi) and curve.evpi[0] == 0


def test_certainty_is_worth_nothing_where_nothing_is_unsure() -> None:
    entry = {"cost": 3, "days": 1, "failure": 0}
    table = {
        "name": "mine", "currency": "EUR", "tests": {"rna_mps": entry, "pan_trk_ihc": entry},
        "accuracy": {"pan_trk_ihc": {"sensitivity": 0.8, "specificity": 0.9}}, "frequency": {"gist": 0.01},
    }  # fmt: skip
    cells = {"title": "one", "cells": [{"share": 1.0, "facts": {"histology_group": "gist"}, "frequency": "gist"}]}
    result = compare(cells, ["ihc-then-rna", "rna-all", "none"], table, draws=20)
    assert result.uncertainty is not None and result.tornado is not None
    assert max(result.uncertainty.acceptability.evpi) == pytest.approx(0, abs=1e-12)
    assert result.tornado.bars == ()


def test_perfect_information_is_worth_what_one_reckons_by_hand() -> None:
    """Two strategies; the effect of one is 0 or 1 with equal chance, of the other 0.4: certainty is worth 0.2."""
    import numpy as np

    from ntrkpath.strategy.costs import Parameter
    from ntrkpath.strategy.distributions import Distribution

    parameters = {"p": Parameter("p", "p", Distribution("uniform", (0.0, 1.0)), "")}

    def evaluate(values: dict[str, np.ndarray]) -> dict[str, dict[str, np.ndarray | float]]:  # type: ignore[type-arg]
        coin = (values["p"] > 0.5).astype(float)
        return {"coin": {"found": coin, "cost": 0.0 * coin}, "sure": {"found": 0.4 + 0 * coin, "cost": 0 * coin}}

    result = uncertainty(parameters, evaluate, reference="sure", draws=40_000, seed=1)  # type: ignore[arg-type]
    assert result.acceptability.willingness[-1] == 1
    # Best on average: the coin (0.5). Knowing it: 1 half the time, 0.4 the other half: 0.7.
    assert result.acceptability.evpi[-1] == pytest.approx(0.2, abs=0.01)


def test_where_the_costs_speak_of_treatment_the_effect_is_the_qaly() -> None:
    entry = {"cost": 100, "days": 1, "failure": 0}
    table = {
        "name": "mine", "currency": "EUR", "tests": {"rna_mps": entry}, "frequency": {"gist": 0.01},
        "treatment": {"threshold": 80000, "fusion": {"qaly": 1, "cost": 20000}, "no_fusion": {"qaly": -0.1}},
    }  # fmt: skip
    facts = {"histology_group": "gist", "extent": "metastatic"}
    cells = {"title": "one", "cells": [{"share": 1.0, "facts": facts, "frequency": "gist"}]}
    result = compare(cells, ["rna-all", "none"], table, patients=1000, draws=10)
    row = result.rows[0]
    assert row.net_benefit == pytest.approx(10 * (80000 - 20000) - 100 * 1000)
    assert result.uncertainty is not None and result.uncertainty.effect == "qaly"
    assert "Net benefit" in str(result) and "one QALY may cost" in result.to_html()


def test_a_tornado_shows_the_widest_first_and_only_what_moves() -> None:
    model = build("table1", ["rna-all", "fish-all"])
    bars = tornado(model.inputs.parameters, model.evaluate, strategy="rna-all").bars
    widths = [abs(bar.at_high - bar.at_low) for bar in bars]
    assert widths == sorted(widths, reverse=True) and all(widths)
    assert not any(bar.parameter.endswith(":fish") for bar in bars)
    assert {"cost:rna_mps", "failure:rna_mps"} <= {bar.parameter for bar in bars}


# --- what is shown
def test_nothing_hides_that_the_costs_are_illustrative(found: Comparison, tmp_path: Path) -> None:
    assert "illustrative, without a source" in str(found)
    html = found.to_html()
    assert "illustrative, without a source" in html
    pictures = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    assert len(pictures) == 2 * 4, "each for a page and for a phone"
    assert all("illustrative" in picture for picture in pictures)
    for caption in re.findall(r"<caption[^>]*>(.*?)</caption>", html):
        assert "cost" not in caption.lower() or "illustrative" in caption
    assert found.to_dict()["costs_are_illustrative"] is True
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\ncurrency: EUR\ntests: {rna_mps: {cost: 1, days: 1, failure: 0}}\n", encoding="utf-8")
    own = compare("table1", ["rna-all"], str(path), draws=20)
    assert "illustrative" not in own.to_html() and "illustrative" not in str(own)


def test_the_html_needs_nothing_else_and_is_well_formed(found: Comparison) -> None:
    html = found.to_html()
    assert not re.search(r'(src|href)="(?!#)', html) and "<script" not in html and "@import" not in html
    for picture in re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL):
        root = ET.fromstring(picture)
        assert root.attrib["role"] == "img" and root.find("{*}title") is not None and root.find("{*}desc") is not None
    assert html.count("<h1") == 1 and '<html lang="en' in html
    own = found._repr_html_()
    tables = re.findall(r"<table.*?</table>", own, flags=re.DOTALL)
    assert tables and [one for one in tables if one not in html] == []
    assert 2 * own.count("<svg") == html.count("<svg"), "the page has each picture at two widths"


def test_a_name_from_a_file_is_escaped_everywhere() -> None:
    cells = {
        "title": "<b>bold</b>",
        "cells": [{"name": "<i>x</i>", "share": 1.0, "facts": {"histology_group": "gist"}}],
    }
    html = compare(cells, ["rna-all"], draws=10).to_html()
    assert "<b>bold" not in html and "<i>x" not in html and "&lt;b&gt;bold" in html


def test_the_text_fits_a_terminal(found: Comparison) -> None:
    everything = compare("msk2017", [*DEFAULT, "guidance-stain-first", "rt-pcr-ifs"], assume=["extent=metastatic"])
    assert max(len(line) for line in str(everything).splitlines()) <= 110
    assert max(len(line) for line in str(found).splitlines()) <= 110
    for row in found.rows:
        assert row.name in str(found)


def test_a_synthetic_population_says_so() -> None:
    shown = compare("synthetic", ["none"])
    assert "(synthetic)" in str(shown) and "(synthetic)" in shown.to_html()


def test_every_number_of_the_model_has_a_source_or_says_that_it_is_assumed(found: Comparison) -> None:
    for name, parameter in found.parameters.items():
        assert parameter["source"] or parameter["assumed"], name


@pytest.mark.parametrize("count", [1, 3, 9])
def test_pictures_of_any_number_of_strategies_are_well_formed(count: int) -> None:
    clouds = [Cloud(f"s{i}", ((0.1 * i, -5.0), (0.2, 7.0 + i))) for i in range(count)]
    curves = [Curve(f"s{i}", (1 / count, 1 / count)) for i in range(count)]
    levers = [Lever(f"a long name of parameter {i}", 0.1, 0.9, 10 - i, 10 + i / 2) for i in range(1, count + 1)]
    pictures = [
        plane_svg(clouds, title="t", across="x", upright="y"),
        acceptability_svg([0, 5], curves, title="t", across="x"),
        value_svg([0, 5], [0, 0], title="t", across="x", upright="y"),
        tornado_svg(levers, 10, title="t", across="x"),
    ]
    for picture in pictures:
        root = ET.fromstring(picture)
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        for element in root.iter():
            for key, limit in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                if key in element.attrib:
                    assert -1 <= float(element.attrib[key]) <= limit + 1
            assert "nan" not in element.attrib.get("d", "")


def test_pictures_of_nothing_are_refused() -> None:
    for make in (
        lambda: plane_svg([], title="t", across="x", upright="y"),
        lambda: acceptability_svg([0], [], title="t", across="x"),
        lambda: value_svg([0, 1], [0], title="t", across="x", upright="y"),
        lambda: tornado_svg([], 1, title="t", across="x"),
    ):
        with pytest.raises(ValueError, match=r".+"):
            make()


def test_the_first_lines_say_who_finds_most_and_at_what_cost(found: Comparison) -> None:
    most = max(found.rows, key=lambda row: row.outcomes["found"])
    first = " ".join(str(found).split("\n\n")[1].split())
    assert f"{most.name} finds most" in first and "illustrative" in first
    html = found.to_html()
    assert html.index("finds most") < html.index("<table")
    assert "No strategy here finds a fusion." in str(compare("table1", ["none"]))


def test_a_strategy_that_leaves_patients_undecided_is_called_not_comparable_beside_the_table() -> None:
    result = compare("msk2017", ["guidance", "fish-all", "none"], draws=20)
    guidance = result.rows[0].outcomes
    assert 0 < guidance["missed_undecided"] < guidance["missed"]
    text, html = str(result), result.to_html()
    assert text.index("guidance is not comparable here") < text.index("Costs in")
    assert html.index("guidance is not comparable here") < html.index("<table")
    assert "The extent of 62.8 % of the patients is not known" in " ".join(text.split())
    for picture in re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL):
        words = " ".join(re.sub(r"<[^>]+>", " ", picture).split())
        assert "guidance is not comparable" in words and "cost nothing here" in words
    assert "not comparable" not in str(compare("table1", ["guidance", "none"]))


def test_a_handful_of_patients_undecided_does_not_spoil_the_comparison() -> None:
    facts = {"histology_group": "complex_genomics", "extent": "metastatic"}
    few = {"histology_group": "complex_genomics"}
    cells = {"title": "one", "cells": [{"count": 999, "facts": facts}, {"count": 1, "facts": few}]}
    text = " ".join(str(compare(cells, ["guidance", "rna-all"])).split())
    assert "1.00 of 1,000 patients stay undecided" in text and "not comparable" not in text


def test_every_fusion_of_a_patient_undecided_is_missed_and_counted_as_such() -> None:
    cells = {"title": "one", "cells": [{"share": 1.0, "facts": {"histology_group": "complex_genomics"}}]}
    o = compare(cells, ["guidance"]).rows[0].outcomes
    assert o["fusions"] > 0 and o["missed_undecided"] == pytest.approx(o["missed"])
    assert o["missed"] == pytest.approx(o["fusions"])


def test_the_net_benefit_stands_in_the_html_too() -> None:
    entry = {"cost": 100, "days": 1, "failure": 0}
    table = {
        "name": "mine", "currency": "EUR", "tests": {"rna_mps": entry}, "frequency": {"gist": 0.01},
        "treatment": {"threshold": 80000, "fusion": {"qaly": 1, "cost": 20000}},
    }  # fmt: skip
    facts = {"histology_group": "gist", "extent": "metastatic"}
    cells = {"title": "one", "cells": [{"share": 1.0, "facts": facts, "frequency": "gist"}]}
    html = compare(cells, ["rna-all", "none"], table, patients=1000).to_html()
    assert "Net benefit" in html and "500,000" in html and "80,000 EUR for a QALY" in html


def test_strategies_that_do_the_same_share_the_wins() -> None:
    step = {"test": "rna_mps", "positive": "found", "negative": "excluded", "failed": "unresolved", "repeat": 1}
    result = compare("table1", ["rna-all", {"title": "again", "start": [{"go": "a"}], "steps": {"a": step}}], draws=50)
    assert result.uncertainty is not None
    assert all(set(shares) == {0.5} for shares in result.uncertainty.acceptability.best.values())


# --- what reaches the file system
def test_no_name_that_a_visitor_sends_reaches_the_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("litestar")
    from ntrkpath.server.strategy import task as work
    from ntrkpath.strategy import StrategyError, files

    edition = compare("table1", ["none"]).edition
    work.choices(edition)
    secret = tmp_path / "secret.yaml"
    secret.write_text("title: secret\nstart: [{go: not_tested}]\n", encoding="utf-8")
    opened: list[Path] = []
    read = files.read

    def watched(path: Path) -> Any:
        opened.append(path)
        return read(path)

    monkeypatch.setattr(files, "read", watched)
    given: dict[str, Any] = {"patients": None, "draws": 0, "accuracy": {}, "edition": edition}
    for name in (str(secret), "../../populations/table1", "secret.yaml", "/etc/passwd", "plans/none", ""):
        for population, plans in ((name, ["none"]), ("table1", [name])):
            with pytest.raises(StrategyError, match="no such name here"):
                work.compared(population, plans, **given, costs={})
        with pytest.raises(StrategyError, match="no such test"):
            work.compared("table1", ["none"], **given, costs={name: 1.0})
    assert work.compared("table1", ["none"], **given, costs={}).rows[0].name == "none"
    assert opened and all(path.is_relative_to(files.KNOWLEDGE) for path in opened)


# --- commands
def run(*arguments: str) -> str:
    done = CliRunner().invoke(command, list(arguments), standalone_mode=False, catch_exceptions=False)
    return done.stdout


def test_the_command_gives_one_json_document() -> None:
    answer = json.loads(
        run("compare", "--population", "synthetic", "--strategies", "guidance,none", "--format", "json")
    )
    assert answer["schema"].startswith("ntrkpath/strategy-comparison/")
    assert [row["name"] for row in answer["rows"]] == ["guidance", "none"]
    assert answer["rows"][0]["place"]["status"] == "frontier"


def test_the_command_writes_every_form(tmp_path: Path) -> None:
    path = tmp_path / "out.html"
    assert run("compare", "--strategies", "guidance,none").startswith("Testing strategies for")
    run("compare", "--strategies", "guidance,none", "--draws", "20", "--format", "html", "--out", str(path))
    rows = run("compare", "--strategies", "guidance,none", "--format", "csv").splitlines()
    assert rows[0].startswith("sheet,row,title,tested,found,missed") and rows[1].startswith("strategies,guidance,")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert run("compare", "--strategies", "none", "--draws", "5", "--format", "html").startswith("<!DOCTYPE html>")


def test_list_names_every_shipped_file_and_show_the_rows_behind_a_strategy() -> None:
    listed = json.loads(run("list", "--format", "json"))
    assert set(listed["strategies"]) >= {
        "guidance",
        "ihc-then-rna",
        "fish-all",
        "dna-then-rna",
        "rna-all",
        "rt-pcr-ifs",
        "none",
    }
    assert set(listed["populations"]) == {"msk2017", "table1", "synthetic"}
    shown = run("show", "guidance", "--population", "synthetic")
    assert "NEXT-51" in shown and "pan-TRK IHC" in shown
    assert "guidance" in run("list")


def test_the_same_command_gives_the_same_bytes() -> None:
    arguments = ("compare", "--population", "msk2017", "--draws", "30", "--simulate", "20000", "--format", "json")
    assert run(*arguments) == run(*arguments)


# --- what others have published
def test_the_dutch_check_sum_is_reproduced() -> None:
    assert net_benefit(0.0043, 732, 80_000) == pytest.approx(-388)


def test_everything_published_is_reproduced() -> None:
    found = {check.name: check for check in checks()}
    assert all(check.agrees for check in found.values()), [c for c in found.values() if not c.agrees]
    assert found["FastTRK: positive"].ours.startswith("12 of 1687 = 0.71 %")
    assert "44.9 %" in found["sarcomas decided out of testing by priority"].ours
    assert json.loads(run("published", "--format", "json"))[0]["agrees"] is True
    assert "agrees" in run("published")


def test_a_stain_for_all_is_best_of_four_over_nearly_all_of_the_stated_range() -> None:
    order = ordering()
    assert order.best == "ihc-then-rna" and order.grid == 625
    assert set(order.share) == {"England", "Hungary", "Netherlands"}
    assert all(share >= 0.95 for share in order.share.values())
    assert set(order.overtaken) == {"fish-all"}


def test_glmm_pooling_moves_only_groups_of_several_studies() -> None:
    counts, glmm = build("table1", ["none"]), build("table1", ["none"], pooling="glmm")
    a, b = counts.inputs.values(), glmm.inputs.values()
    assert a["frequency:gist_quadruple_negative"] == b["frequency:gist_quadruple_negative"]
    # Without heterogeneity the random-effects estimate is the summed counts.
    assert a["frequency:unselected"] == pytest.approx(b["frequency:unselected"], rel=1e-4)
    assert b["frequency:imt"] == pytest.approx(0.1344, abs=5e-4) and a["frequency:imt"] == pytest.approx(8 / 66)
    assert all(math.isfinite(v) for v in b.values())


def test_accuracy_is_that_of_the_single_case_and_the_same_counts_are_one_number() -> None:
    parameters = compare("msk2017", ["ihc-then-rna", "dna-then-rna"]).parameters
    counted = [
        n for n, p in parameters.items() if n.startswith("specificity:pan_trk_ihc") and p["distribution"] == "29/39"
    ]
    assert len(counted) == 1
    assert parameters["sensitivity:pan_trk_ihc:ihc_ntrk3"]["distribution"] == "49/62"
    assert parameters["sensitivity:dna_mps:rosen2020_dna"]["distribution"] == "34/46"
    assert parameters["specificity:dna_mps:solomon2020_dna"]["value"] == pytest.approx(0.999)


def test_staining_where_a_stain_misleads_is_said() -> None:
    facts = {"histology_group": "complex_genomics", "extent": "metastatic", "differentiation": "myogenic"}
    cells = {"title": "one", "cells": [{"share": 1.0, "facts": facts}]}
    assert "meets more false positives than shown" in " ".join(str(compare(cells, ["ihc-then-rna"])).split())
    assert "meets more false positives" not in str(compare(cells, ["guidance", "rna-all"]))


def test_the_ratio_beside_a_driver_that_is_shown_is_the_one_used() -> None:
    entry = {"cost": 1, "days": 1, "failure": 0}
    table = {"name": "mine", "currency": "EUR", "tests": {"rna_mps": entry}, "frequency": {"beside_driver": 0.5}}
    facts = {"histology_group": "gist", "canonical_alteration": "present", "extent": "metastatic"}
    shown = compare({"title": "one", "cells": [{"share": 1.0, "facts": facts}]}, ["rna-all"], table, patients=1000)
    assert shown.rows[0].outcomes["fusions"] == pytest.approx(500 * 23 / 3017)
    assert "taken as 0.5 times" in str(shown)
