"""The pictures of the evidence: axes, forest plot, funnel plot, and the pre- and post-test picture."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ntrkpath.figures.axes import SMALL, WIDTH, Axis, expit, limits, logit, range_bar
from ntrkpath.figures.forest import ForestRow, forest_svg
from ntrkpath.figures.funnel_plot import FunnelPoint, binomial_limits, funnel_svg
from ntrkpath.figures.prepost import PrePostRow, prepost_svg
from ntrkpath.figures.svg import text_width
from ntrkpath.model.numbers import percent, percent_range

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("1")</script>\u202e\x00&'

STUDIES = [
    ForestRow("Unselected sarcoma", kind="heading"),
    ForestRow("Solomon et al. 2020", 13 / 1915, 0.0036, 0.0116, columns=("13 of 1915",), weight=1.0),
    ForestRow("A study with a name so long that it must be broken over two lines or more", 2 / 45, 0.0054, 0.1515,
              columns=("2 of 45",), weight=0.02),
    ForestRow("Pooled", 0.0076, 0.0051, 0.0114, "pooled", ("23 of 3017",)),
    ForestRow("Prediction for a new setting", None, 0.0051, 0.0114, "prediction"),
]  # fmt: skip
POINTS = [FunnelPoint("Solomon", 13, 1915), FunnelPoint("Rosen", 11, 944, hollow=True), FunnelPoint("Surrey", 2, 45)]
STEPS = [
    PrePostRow("Before any test", 0.0076, 0.0051, 0.0115, "before", note="unselected sarcoma"),
    PrePostRow("pan-TRK IHC positive", 0.023, 0.011, 0.047, ratio="3.0 (1.6 to 5.8)", start=0),
    PrePostRow("DNA sequencing negative", 0.006, 0.002, 0.014, "next", "0.26 (0.15 to 0.40)", start=1),
]


def forest(rows: list[ForestRow] = STUDIES, **more: Any) -> str:
    given_ = {"title": "Frequency", "axis_title": "Share", "columns": ("with of tested",), **more}
    return forest_svg(rows, **given_)


def funnel(points: list[FunnelPoint] = POINTS, **more: Any) -> str:
    return funnel_svg(points, **{"centre": 0.0076, "title": "Funnel", **more})


def prepost(rows: list[PrePostRow] = STEPS, **more: Any) -> str:
    return prepost_svg(rows, **{"title": "Before and after", **more})


ALL = {
    "forest": forest(),
    "forest on a logit scale": forest(scale="logit", reference=0.0076, ident="logit"),
    "forest of numbers": forest(
        [ForestRow("a", 1200.0, 900.0, 1500.0), ForestRow("b", 3.0, 2.0, 4.0)], columns=(), scale="log", form="number"
    ),
    "funnel": funnel(),
    "funnel on a logit scale": funnel(scale="logit"),
    "before and after": prepost(),
}
each = pytest.mark.parametrize("svg", ALL.values(), ids=ALL.keys())


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


# --- numbers and axes -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0 %"), (1.0, "100 %"), (0.00002, "under 0.01 %"), (0.99999, "over 99.99 %"), (0.0076, "0.76 %"),
        (0.004, "0.40 %"), (0.0226, "2.3 %"), (0.1234, "12.3 %"), (0.5, "50.0 %"), (0.9459, "94.6 %"),
        (0.999, "99.90 %"), (0.9975, "99.75 %"),
    ],
)  # fmt: skip
def test_a_share_in_words_has_the_digits_it_deserves(share: float, said: str) -> None:
    assert percent(share) == said


@given(st.floats(0, 1), st.floats(0, 1))
def test_percentages_never_turn_the_order_around(first: float, second: float) -> None:
    def value(share: float) -> float:
        said = percent(share).removesuffix(" %")
        return {"under 0.01": 0.005, "over 99.99": 99.995}.get(said) or float(said)

    low, high = sorted((first, second))
    assert value(low) <= value(high)
    assert abs(value(low) / 100 - low) <= 0.00501


def test_a_range_names_its_unit_once() -> None:
    assert percent_range(0.0051, 0.0114) == "0.51 to 1.1 %"
    assert percent_range(0.99, 0.99999) == "99.0 to over 99.99 %"
    assert percent_range(0.12, 0.1201) == "12.0 %"


@given(st.floats(0.0001, 0.9999))
def test_logit_and_expit_undo_each_other(share: float) -> None:
    assert expit(logit(share)) == pytest.approx(share, rel=1e-9)


AXES = st.sampled_from(
    [
        Axis("linear", 0.0, 0.16, 300, 700), Axis("linear", -3.0, 12.5, 0, 500, "number"),
        Axis("log", 0.02, 50, 10, 600, "number"), Axis("log", 20, 2500, 400, 20, "number"),
        Axis("logit", 0.0002, 0.999, 300, 620), Axis("logit", 0.3, 0.9, 300, 620),
    ]
)  # fmt: skip


@given(AXES, st.floats(0, 1), st.floats(0, 1))
def test_an_axis_keeps_the_order_of_values_and_its_limits(axis: Axis, first: float, second: float) -> None:
    low, high = sorted(axis.low + (axis.high - axis.low) * part for part in (first, second))
    places = [axis.px(axis.low), axis.px(low), axis.px(high), axis.px(axis.high)]
    assert places == sorted(places, reverse=axis.end < axis.start)
    assert axis.px(axis.low - 1) == pytest.approx(axis.start)
    assert axis.px(axis.high + 1) == pytest.approx(axis.end)


@given(AXES)
def test_ticks_are_within_the_axis_and_their_names_do_not_touch(axis: Axis) -> None:
    ticks = axis.ticks()
    assert len(ticks) >= 3 and ticks == sorted(set(ticks))
    assert all(axis.covers(value) for value in ticks)
    if axis.start < axis.end:
        ends = [(axis.px(v), text_width(axis.words(v), SMALL) / 2) for v in ticks]
        assert all(x1 + half1 < x2 - half2 for (x1, half1), (x2, half2) in itertools.pairwise(ends))


@pytest.mark.parametrize(
    ("scale", "low", "high"), [("linear", 1, 1), ("log", 0, 1), ("logit", 0.0, 0.5), ("logit", 0.5, 1.0), ("log", 3, 2)]
)
def test_an_axis_that_cannot_be_is_refused(scale: Any, low: float, high: float) -> None:
    with pytest.raises(ValueError, match="cannot run"):
        Axis(scale, low, high, 0, 100)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.sampled_from(["linear", "logit"]))
def test_limits_hold_every_value(values: list[float], scale: Any) -> None:
    axis = Axis(scale, *limits(values, scale), 0, 100)
    assert all(-1e-9 <= axis.px(value) <= 100 + 1e-9 for value in values)
    if scale == "linear":
        assert all(axis.covers(value) for value in values)


def test_a_range_that_leaves_the_axis_ends_in_an_arrow() -> None:
    axis = Axis("linear", 0.0, 0.1, 0, 100)
    assert range_bar(axis, 0.02, 0.05, 10).count("<path") == 3
    assert "L100 10L94" in range_bar(axis, 0.02, 0.5, 10)


# --- every picture --------------------------------------------------------------------------------------------------
@each
def test_a_picture_is_well_formed_and_names_itself(svg: str) -> None:
    root = ET.fromstring(svg)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    assert set((root.get("aria-labelledby") or "").split()) == ids
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and title.text
    assert desc is not None and len(desc.text or "") > 40


@each
def test_a_picture_takes_its_colours_from_the_page_and_loads_nothing(svg: str) -> None:
    assert "prefers-color-scheme:dark" in svg
    body = svg[svg.index("</style>") :]
    assert not re.search(r"#[0-9a-f]{3,6}|rgb\(|style=|href|url\(", body)
    classes = set(re.findall(r'class="([^"]+)"', body))
    style = svg[: svg.index("</style>")]
    assert all(f".ntrk-plot .{name}{{" in style for names in classes for name in names.split())


@each
def test_everything_stands_inside_and_is_large_enough_to_read(svg: str) -> None:
    root = ET.fromstring(svg)
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    assert width == WIDTH
    for element in root.iter(f"{SVG}text"):
        size, x, y = (float(element.get(key) or 0) for key in ("font-size", "x", "y"))
        wide = text_width(element.text or "", size, bold=element.get("class") == "strong")
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[element.get("text-anchor") or "start"]
        assert size >= 12
        assert left >= -1 and left + wide <= width + 1, element.text
        assert 0 < y < height, element.text


@pytest.mark.parametrize("draw", [forest, funnel, prepost])
def test_two_pictures_on_a_page_have_different_ids(draw: Any) -> None:
    ids = [set(re.findall(r'id="([^"]+)"', draw(ident=name))) for name in ("a", "b")]
    assert ids[0].isdisjoint(ids[1])


@pytest.mark.parametrize("draw", [forest, funnel, prepost])
def test_the_same_figures_give_the_same_bytes(draw: Any) -> None:
    assert draw() == draw()


def test_hostile_text_stays_text() -> None:
    for svg in (
        forest([ForestRow(HOSTILE, 0.5, 0.4, 0.6, columns=(HOSTILE,))], title=HOSTILE, axis_title=HOSTILE),
        funnel([FunnelPoint(HOSTILE, 1, 30)], title=HOSTILE),
        prepost([PrePostRow(HOSTILE, 0.5, 0.4, 0.6, note=HOSTILE, ratio=HOSTILE)], title=HOSTILE),
    ):
        root = ET.fromstring(svg)
        assert not list(root.iter(f"{SVG}script"))
        assert "\u202e" not in svg


# --- forest ---------------------------------------------------------------------------------------------------------
def test_a_forest_plot_shows_counts_figures_and_every_kind_of_row() -> None:
    svg = forest(notes_below=["One centre is counted once."])
    said = texts(svg)
    assert {"13 of 1915", "0.68 % (0.36 to 1.2 %)", "Pooled", "One centre is counted once."} <= set(said)
    assert "0.51 to 1.1 %" in said, "the prediction has a range alone"
    root = ET.fromstring(svg)
    assert len([r for r in root.iter(f"{SVG}rect") if r.get("class") == "mark"]) == 2
    assert len(list(root.iter(f"{SVG}polygon"))) == 1
    desc = root.find(f"{SVG}desc")
    assert desc is not None and "Forest plot of 2 studies" in (desc.text or "")


def test_a_heavier_study_has_a_larger_square() -> None:
    root = ET.fromstring(forest())
    sides = [float(r.get("width") or 0) for r in root.iter(f"{SVG}rect") if r.get("class") == "mark"]
    assert sides[0] > sides[1] > 4


def test_an_axis_of_shares_stays_between_0_and_1() -> None:
    said = texts(forest([ForestRow("a", 0.99, 0.9, 1.0), ForestRow("b", 0.02, 0.0, 0.1)], columns=()))
    assert not [text for text in said if text.startswith(("-", "110 %", "120 %"))]


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([ForestRow("only words", kind="heading")], "needs a row"),
        ([ForestRow("a", 0.5, 0.6, 0.7)], "outside"),
        ([ForestRow("a", 0.5, 0.6, None)], "both ends"),
        ([ForestRow("a", 0.5, columns=("1", "2"))], "titles"),
    ],
)
def test_a_forest_row_that_cannot_be_is_refused(rows: list[ForestRow], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        forest(rows)


# --- funnel ---------------------------------------------------------------------------------------------------------
@given(st.integers(1, 3000), st.floats(0.002, 0.998))
@settings(max_examples=80, deadline=None)
def test_the_limits_of_chance_are_those_of_the_binomial(total: int, centre: float) -> None:
    binom = pytest.importorskip("scipy.stats").binom
    low, high = binomial_limits(total, centre)
    assert 0 <= low <= high <= 1
    # interpolated: at most one count below the exact quantile
    for ours, level in ((low, 0.025), (high, 0.975)):
        exact = float(binom.ppf(level, total, centre))
        assert exact - 1 - 1e-6 <= ours * total <= exact + 1e-6


def test_a_funnel_names_each_study_once_and_marks_those_not_pooled() -> None:
    root = ET.fromstring(funnel())
    circles = [c.get("class") for c in root.iter(f"{SVG}circle")]
    assert circles.count("hollow") == 1 and circles.count("pooled") == 2
    assert {"Solomon", "Rosen", "Surrey"} <= set(texts(funnel()))


@pytest.mark.parametrize(
    ("points", "centre"),
    [([], 0.1), (POINTS, 0.0), (POINTS, 1.0), ([FunnelPoint("a", 5, 4)], 0.1), ([FunnelPoint("a", 0, 0)], 0.1)],
)
def test_a_funnel_that_cannot_be_is_refused(points: list[FunnelPoint], centre: float) -> None:
    with pytest.raises(ValueError, match=r"of|needs"):
        funnel(points, centre=centre)


# --- before and after -----------------------------------------------------------------------------------------------
def test_what_happened_is_filled_and_what_may_come_is_hollow() -> None:
    root = ET.fromstring(prepost())
    assert [c.get("class") for c in root.iter(f"{SVG}circle")] == ["pooled", "pooled", "hollow"]
    said = texts(prepost())
    assert "If next" in said and "2.3 % (1.1 to 4.7 %)" in said and "3.0 (1.6 to 5.8)" in said
    desc = root.find(f"{SVG}desc")
    assert desc is not None and "If next DNA sequencing negative: 0.60 % (0.20 to 1.4 %)" in (desc.text or "")


@given(st.floats(0.001, 0.999), st.floats(0.05, 20))
def test_a_likelihood_ratio_moves_the_mark_by_the_same_distance_anywhere(prior: float, ratio: float) -> None:
    axis = Axis("logit", 0.00001, 0.99999, 0, 1000)

    def shift(start: float) -> float:
        return axis.px(expit(logit(start) + math.log(ratio))) - axis.px(start)

    assert shift(prior) == pytest.approx(shift(0.5), abs=1e-6)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [PrePostRow("a", 0.5, 0.6, 0.7)],
        [PrePostRow("a", 1.5, 0.6, 1.7)],
        [PrePostRow("a", 0.5, 0.4, 0.7, start=0)],
    ],
)
def test_a_picture_that_cannot_be_is_refused(rows: list[PrePostRow]) -> None:
    with pytest.raises(ValueError, match=r"needs|probability|above"):
        prepost(rows)
