"""Every kind of drawing at the width of a phone and of a page: no text beyond its edges, whatever the words are."""

from __future__ import annotations

import datetime as dt
import itertools
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ntrkpath.cases.load import decode_yaml
from ntrkpath.figures.acceptability import Curve, acceptability_svg, value_svg
from ntrkpath.figures.axes import NARROW, PAGE
from ntrkpath.figures.forest import ForestRow, forest_svg
from ntrkpath.figures.graph import load as load_figure
from ntrkpath.figures.label_timeline import LabelSpan, timeline_svg
from ntrkpath.figures.pathway import figure_svg
from ntrkpath.figures.pathway_marks import case_marked
from ntrkpath.figures.patient_flow import Stage, patient_flow_svg
from ntrkpath.figures.plane import Cloud, plane_svg
from ntrkpath.figures.prepost import PrePostRow, prepost_svg
from ntrkpath.figures.screens import for_screens
from ntrkpath.figures.svg import text_width
from ntrkpath.figures.tornado import Lever, tornado_svg
from ntrkpath.figures.waiting import Stair, waiting_svg
from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway
from ntrkpath.pathway.examples import published

SVG = "{http://www.w3.org/2000/svg}"
EDITION = load()
WORDS = st.lists(st.text("abcdefghiklmnoprstuvwxyz-", min_size=1, max_size=14), min_size=1, max_size=12).map(" ".join)
SHARES = st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3).map(sorted)
#: How far a text may reach beyond an edge, in px: widths are those of the widest font.
SLACK = 1.0


def cut(drawn: str, *words: str) -> list[str]:
    """Return the texts of a drawing that reach beyond its edges or are too small for a phone; and what it leaves out.

    Args:
        words: What stands in it as a whole, over as many lines as it takes.
    """
    root = ET.fromstring(drawn)
    shown = "".join("".join("".join(element.itertext()).split()) for element in root.iter(f"{SVG}text"))
    left_out = [word for word in words if "".join(word.split()) not in shown]
    if left_out:
        return [f"left out: {word}" for word in left_out]
    width = float(root.get("viewBox", "").split()[2])
    found = []
    for element in root.iter(f"{SVG}text"):
        size, x = float(element.get("font-size", "0")), float(element.get("x", "0"))
        text = "".join(element.itertext())
        bold = not {"strong", "title", "count", "on-mark"}.isdisjoint(element.get("class", "").split())
        wide = text_width(text, size, bold)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[element.get("text-anchor", "start")]
        if left < -SLACK or left + wide > width + SLACK:
            found.append(text)
        if width == NARROW and size < 12:
            found.append(f"{size} px: {text}")
    return found


@pytest.mark.parametrize("width", [NARROW, PAGE])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_text_of_a_plot_is_cut(width: float, data: st.DataObject) -> None:
    word, shares = data.draw(WORDS), [data.draw(SHARES) for _ in range(3)]
    note, ratio = data.draw(WORDS), data.draw(st.sampled_from(["", "12.3 (4.5 to 67.8)", "beyond all"]))
    rows = [
        ForestRow(word, middle, low, high, kind, ("1,234/5,678",))
        for (low, middle, high), kind in zip(shares, ("study", "pooled", "prediction"), strict=True)
    ]
    assert cut(forest_svg([ForestRow(note, kind="heading"), *rows], title=word, axis_title=note, columns=("Found",),
                          notes_below=(note,), width=width), word, note) == []  # fmt: skip
    before = [
        PrePostRow(word, middle, low, high, kind, ratio, note, None if i == 0 else 0)
        for i, ((low, middle, high), kind) in enumerate(zip(shares, ("before", "after", "next"), strict=True))
    ]
    assert cut(prepost_svg(before, title=word, notes_below=(note,), width=width), word, note) == []
    low, middle, high = shares[0]
    stairs = [Stair(1.0, high, middle, high), Stair(9.0, low, low, middle)]
    at_risk = [(float(i), 12_345 * (10 - i)) for i in range(10)]
    assert cut(waiting_svg(stairs, last=9.0, at_risk=at_risk, title=word, across=note, upright=word, limit=4.0,
                           notes=(note,), width=width), word, note) == []  # fmt: skip


@pytest.mark.parametrize("width", [NARROW, PAGE])
@settings(max_examples=30, deadline=None)
@example(words=["a", "b", "specificity of a method " * 9, "c", "d"], scale=1.0)
@given(words=st.lists(WORDS, min_size=2, max_size=5), scale=st.sampled_from([0.01, 1.0, 50_000.0, 12_000_000.0]))
def test_no_text_of_a_comparison_is_cut(width: float, words: list[str], scale: float) -> None:
    clouds = [Cloud(word, ((i + 0.5, i * scale), (i + 1.0, -i * scale))) for i, word in enumerate(words)]
    title, note = words[0], words[1]
    assert cut(plane_svg(clouds, title=title, across=note, upright=note, notes=(note,), width=width), *words) == []
    curves = [Curve(word, (0.1, 0.9)) for word in words]
    assert (
        cut(acceptability_svg((0.0, scale), curves, title=title, across=note, notes=(note,), width=width), *words) == []
    )
    assert (
        cut(value_svg((0.0, 1.0), (0.0, scale), title=title, across=note, upright=note, width=width), title, note) == []
    )
    levers = [Lever(word, 0.123, 0.456, scale * (1 + i), scale * (2 + i)) for i, word in enumerate(words)]
    assert cut(tornado_svg(levers, 1.5 * scale, title=title, across=note, notes=(note,), width=width), *words) == []
    stages = [Stage(word, 10_000_000 // (i + 1), note, ((note, 12_345),)) for i, word in enumerate(words)]
    assert cut(patient_flow_svg(stages, width=width), *words) == []


@pytest.mark.parametrize("width", [NARROW, PAGE])
@settings(max_examples=30, deadline=None)
@example(words=["a", "specificity of a method " * 9, "c", "sensitivity of a method " * 6])
@given(words=st.lists(WORDS, min_size=2, max_size=5))
def test_the_names_of_a_tornado_stand_below_each_other_without_touching(width: float, words: list[str]) -> None:
    drawn = tornado_svg([Lever(word, 0.1, 0.4, i, 2.0 + i) for i, word in enumerate(words)], 1, title="1", across="2",
                        width=width)  # fmt: skip
    texts = [e for e in ET.fromstring(drawn).iter(f"{SVG}text") if set("".join(e.itertext())) & set("abcdefghiklm")]
    places = [float(e.get("y", "0")) for e in texts if e.get("font-size") == "12" and "quiet" not in e.get("class", "")]
    assert all(later - earlier >= 12 for earlier, later in itertools.pairwise(places))
    assert len(places) >= len([word for word in words if set(word) & set("abcdefghiklm")])


@pytest.mark.parametrize("width", [NARROW, PAGE])
def test_no_text_of_the_labels_in_time_is_cut(width: float) -> None:
    day = dt.date(2024, 5, 1)
    spans = [LabelSpan(one.drug, one.agency, one.from_, one.until, one.from_ <= day) for one in EDITION.labels]
    assert cut(timeline_svg(spans, day, width)) == []


@pytest.mark.parametrize("ident", sorted(published()))
def test_figure_2_as_a_tree_shows_every_box_and_line_once_and_what_a_case_takes_first(ident: str) -> None:
    rec = Pathway(EDITION, dt.date(2026, 11, 1)).recommend(decode_yaml(published()[ident].text.encode()))
    marked = case_marked(EDITION, rec)
    assert marked is not None
    drawn = figure_svg(EDITION, marked, width=NARROW)
    root, graph = ET.fromstring(drawn), load_figure(EDITION)
    boxes = [e.get("data-node") for e in root.iter() if e.get("data-node")]
    lines = {e.get("data-edge"): "taken" in e.get("class", "") for e in root.iter() if e.get("data-edge")}
    assert set(boxes) == set(graph.nodes)
    assert set(lines) == {edge.id for edge in graph.edges}
    assert {edge for edge, taken in lines.items() if taken} == marked.path.edges
    assert cut(drawn) == []
    for name in graph.nodes:
        leaving = [edge for edge in graph.leaving(name) if edge.to in boxes]
        taken = [boxes.index(edge.to) for edge in leaving if edge.id in marked.path.edges]
        others = [place for edge in leaving if (place := boxes.index(edge.to)) not in taken]
        after = [place for place in others if place > boxes.index(name)]
        first = [place for place in taken if place > boxes.index(name)]
        assert not first or not after or min(first) < min(after)


def test_ids_differ_between_the_layouts_of_a_drawing() -> None:
    drawers: list[Callable[[float], str]] = [
        lambda width: prepost_svg([PrePostRow("a", 0.5, 0.2, 0.7)], title="a", width=width),
        lambda width: patient_flow_svg([Stage("a", 1)], width=width),
        lambda width: figure_svg(EDITION, None, width=width),
    ]
    for draw in drawers:
        root = ET.fromstring(for_screens(draw))
        idents = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(idents) == len(set(idents)) > 2
