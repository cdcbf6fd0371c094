"""Figure 2 stands on the tables: every row is drawn or said not to be, and the path of a case is the rows that held."""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import random
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ntrkpath.figures import svg as drawing
from ntrkpath.figures.graph import DRAWN, STATUSES, Graph, load, path_of
from ntrkpath.figures.layout import PAD, TEXT, TITLE, plan
from ntrkpath.figures.pathway import pathway_list, pathway_svg
from ntrkpath.figures.pathway_marks import MEANING, OF_CASE, case_marked
from ntrkpath.figures.pathway_tree import tree_svg
from ntrkpath.guidance.edition import Edition
from ntrkpath.guidance.edition import load as load_edition
from ntrkpath.guidance.files import Contents
from ntrkpath.model.case import Case
from ntrkpath.model.errors import GuidanceError
from ntrkpath.model.recommendation import Recommendation, Step
from ntrkpath.pathway import Pathway

EDITION = load_edition()
GRAPH = load(EDITION)
PLAN = plan(GRAPH)
PATHWAY = Pathway(EDITION, dt.date(2026, 1, 1))
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('x')</script>&\"]]>--><!--\x00\x1b[31m\u202e"


def decide(**case: Any) -> Recommendation:
    return PATHWAY.recommend(msgspec.convert({"id": "c", **case}, Case))


def sarcoma(histology: str, extent: str | None = "metastatic", *tests: dict[str, Any], **more: Any) -> Recommendation:
    disease = {"extent": extent} if extent else {}
    return decide(
        diagnosis={"histology": histology, **more.pop("diagnosis", {})},
        disease={**disease, **more.pop("disease", {})},
        tests=list(tests),
        **more,
    )


FISH_NEGATIVE = [
    {"method": "fish", "gene": g, "probe": "break_apart", "result": "negative"} for g in ("NTRK1", "NTRK2", "NTRK3")
]
FISH_POSITIVE = {"method": "fish", "gene": "NTRK3", "probe": "break_apart", "result": "positive"}
STAIN_POSITIVE = {"method": "pan_trk_ihc", "result": "positive", "percent": 80, "control": "adequate"}
STAIN_NEGATIVE = {"method": "pan_trk_ihc", "result": "negative", "percent": 0, "control": "adequate"}
RNA_POSITIVE = {
    "method": "rna_mps",
    "result": "positive",
    "rna_quality": "adequate",
    "fusions": [{"five_prime": "TPM3", "three_prime": "NTRK1", "frame": "in_frame"}],
}
START = {"sample-diagnosis", "diagnosis-extent"}
UPS = "undifferentiated pleomorphic sarcoma"
PLAIN: dict[str, Any] = {"differentiation": "none", "site": "thigh"}

PATHS: list[tuple[str, Recommendation, set[str], dict[str, str]]] = [
    (
        "infantile fibrosarcoma, untested: any of three tests may start",
        sarcoma("infantile fibrosarcoma", "localized", diagnosis=PLAIN),
        START | {"extent-high", "high-fish", "high-ihc", "high-mps"},
        {"fish": "recommended", "ihc_high": "recommended", "mps": "recommended"},
    ),
    (
        "infantile fibrosarcoma, FISH negative: sequencing",
        sarcoma("infantile fibrosarcoma", "localized", *FISH_NEGATIVE),
        START | {"extent-high", "high-fish", "fish-mps"},
        {"mps": "recommended"},
    ),
    (
        "infantile fibrosarcoma, FISH positive, severe morbidity: neoadjuvant, and the frame in parallel",
        sarcoma("infantile fibrosarcoma", "localized", FISH_POSITIVE, disease={"surgery_morbidity": "severe"}),
        START | {"extent-high", "high-fish", "fish-mps", "fish-target", "target-neoadjuvant"},
        {"mps": "consider", "neoadjuvant": "consider"},
    ),
    (
        "complex genomics, metastatic, untested: the stain first",
        sarcoma(UPS, "metastatic", diagnosis=PLAIN),
        START | {"extent-mid", "mid-ihc"},
        {"ihc_mid": "recommended"},
    ),
    (
        "complex genomics, stain negative: both readings of the figure",
        sarcoma(UPS, "metastatic", STAIN_NEGATIVE, diagnosis=PLAIN),
        START | {"extent-mid", "mid-ihc", "ihc-end", "ihc-broad"},
        {"end_stain": "recommended", "broad": "consider"},
    ),
    (
        "complex genomics, stain and RNA positive: a TRK inhibitor comes in",
        sarcoma(UPS, "metastatic", STAIN_POSITIVE, RNA_POSITIVE, diagnosis=PLAIN),
        START | {"extent-mid", "mid-ihc", "ihc-mid-positive", "mps-target", "target-trk"},
        {"trk": "consider", "diagnosis": "consider"},
    ),
    (
        "leiomyosarcoma: no stain screen",
        sarcoma("leiomyosarcoma"),
        START | {"extent-mid", "mid-mps"},
        {"mps": "recommended"},
    ),
    (
        "complex genomics, localised: no routine testing",
        sarcoma(UPS, "localized"),
        START | {"extent-no_routine"},
        {"no_routine": "recommended"},
    ),
    (
        "canonical alteration: research only",
        sarcoma("synovial sarcoma"),
        START | {"extent-low", "low-research"},
        {"research": "recommended"},
    ),
    (
        "canonical alteration, yet a positive stain: research, and sequencing may be considered",
        sarcoma("synovial sarcoma", "metastatic", STAIN_POSITIVE),
        START | {"extent-low", "low-research", "low-found", "found-mps"},
        {"research": "may", "mps": "consider"},
    ),
    (
        "an infant's fibrosarcoma by name: priority +++, any of three tests",
        decide(
            patient={"age": "3 months"},
            diagnosis={"histology": "fibrosarcoma", **PLAIN},
            disease={"extent": "localized"},
        ),
        START | {"extent-high", "high-fish", "high-ihc", "high-mps"},
        {"diagnosis": "recommended", "fish": "recommended", "ihc_high": "recommended", "mps": "recommended"},
    ),
    (
        "infantile myofibromatosis with a positive stain: no sarcoma, yet sequenced",
        decide(
            patient={"age": "3 months"}, diagnosis={"histology": "infantile myofibromatosis"}, tests=[STAIN_POSITIVE]
        ),
        {"sample-diagnosis", "diagnosis-outside", "outside-mps"},
        {"diagnosis": "recommended", "mps": "recommended"},
    ),
    (
        "infantile fibrosarcoma, RNA negative of unstated quality: the laboratory is asked",
        sarcoma("infantile fibrosarcoma", "localized", {"method": "rna_mps", "result": "negative"}),
        START | {"extent-high", "high-mps", "mps-repeat"},
        {"repeat": "recommended"},
    ),
    ("GIST of unknown drivers", sarcoma("GIST", None), START | {"extent-settle"}, {"settle": "recommended"}),
    (
        "a carcinoma",
        sarcoma("lung adenocarcinoma"),
        {"sample-diagnosis", "diagnosis-outside"},
        {"outside": "recommended"},
    ),
]


def recommendation_in(levels: dict[str, str]) -> Recommendation:
    """Return a recommendation that holds the trace of one state of the tables."""
    decision = EDITION.chain.decide(levels)
    trace = tuple(Step(h.table, h.row.id, tuple(h.row.when), h.row.sets) for h in decision.hits)
    return msgspec.structs.replace(PATHS[0][1], facts=decision.levels, trace=trace, actions=())


# --- the graph and the tables ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("table", DRAWN)
def test_every_row_is_on_an_edge_or_said_not_to_be_drawn(table: str) -> None:
    drawn = {row for edge in GRAPH.edges for row in edge.rows}
    rows = {row.id for row in EDITION.tables[table].rows}
    assert rows - drawn - set(GRAPH.not_drawn) == set()
    assert drawn & set(GRAPH.not_drawn) == set()


def test_rows_not_drawn_exist_and_have_a_reason() -> None:
    for row, reason in GRAPH.not_drawn.items():
        assert EDITION.rows[row][0].id in DRAWN
        assert len(reason.split()) > 4, row


def test_no_node_is_an_orphan_and_no_edge_leads_back() -> None:
    first = next(iter(GRAPH.nodes))
    reached, order = {first}, [first]
    for node in order:
        for edge in GRAPH.leaving(node):
            if edge.to not in reached:
                reached.add(edge.to)
                order.append(edge.to)
    assert reached == set(GRAPH.nodes)
    assert not [edge.id for edge in GRAPH.edges if edge.to == first]


def test_edges_have_unique_ids_and_each_status_is_used() -> None:
    ids = [edge.id for edge in GRAPH.edges]
    assert len(ids) == len(set(ids))
    assert {edge.status for edge in GRAPH.edges} == set(STATUSES)


def test_edges_that_the_source_leaves_open_or_contradicts_carry_a_note_sign() -> None:
    signs = {note.sign for note in GRAPH.notes}
    for edge in GRAPH.edges:
        if edge.status in ("resolved", "ambiguous"):
            assert edge.sign in signs, edge.id
    used = {edge.sign for edge in GRAPH.edges} | {node.sign for node in GRAPH.nodes.values()}
    assert signs <= used
    assert all(note.text and note.fidelity in ("resolved", "ambiguous") for note in GRAPH.notes)


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("edges", lambda data: data["edges"][0]["taken"][0]["rows"].append("TIER-999")),
        ("edges", lambda data: data["edges"][0].update(to="nowhere")),
        ("edges", lambda data: data["edges"][0].update(status="sure")),
        ("edges", lambda data: data["edges"][0]["taken"][0].update(when={"ihc": ["purple"]})),
        ("edges", lambda data: data["edges"][0]["taken"][0].update(when={"weather": ["fine"]})),
        ("nodes", lambda data: data["nodes"][0].update(actions=["order_lunch"])),
        ("nodes", lambda data: data["nodes"][0].update(actions=["order_mps@NEXT-999"])),
        ("notes", lambda data: data["notes"][0].update(row="PRIO-999")),
    ],
)
def test_a_figure_that_names_what_does_not_exist_is_refused(where: str, change: Any) -> None:
    files = dict(EDITION.data)
    files["figure2"] = copy.deepcopy(files["figure2"])
    change(files["figure2"])
    with pytest.raises(GuidanceError):
        load(Edition(Contents("0", 0, files), Path("broken")))


def test_an_edition_without_a_figure_says_so() -> None:
    files = {name: data for name, data in EDITION.data.items() if name != "figure2"}
    with pytest.raises(GuidanceError, match="no figure"):
        pathway_svg(Edition(Contents("0", 0, files), Path("bare")))


# --- the path of a case ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "recommendation", "edges", "following"), PATHS, ids=[p[0] for p in PATHS])
def test_the_path_of_a_case(
    name: str, recommendation: Recommendation, edges: set[str], following: dict[str, str]
) -> None:
    path = path_of(GRAPH, recommendation)
    assert path.edges == edges
    assert path.next == following


def test_in_every_state_the_path_is_connected_and_holds_every_deciding_row() -> None:
    rng = random.Random(20200903)
    facts = EDITION.facts
    seen: set[str] = set()
    for _ in range(6000):
        levels = {fact: rng.choice(facts[fact].levels) for fact in EDITION.chain.base}
        for fact in levels:  # most cases lack most tests
            if "not_done" in facts[fact].levels and rng.random() < 0.7:
                levels[fact] = "not_done"
            elif fact.endswith("_others") or fact == "reported_fusion":
                levels[fact] = facts[fact].levels[-1] if fact == "reported_fusion" else "none"
        recommendation = recommendation_in(levels)
        path = path_of(GRAPH, recommendation)
        taken = [edge for edge in GRAPH.edges if edge.id in path.edges]
        reached = {"sample"}
        for _ in taken:
            reached |= {edge.to for edge in taken if edge.from_ in reached}
        assert {edge.from_ for edge in taken} <= reached, [step.rule for step in recommendation.trace]
        on_path = {row for edge in taken for row in edge.rows}
        for step in recommendation.trace:
            if step.table in DRAWN and step.rule not in GRAPH.not_drawn:
                assert step.rule in on_path, (step.rule, sorted(path.edges))
        seen |= path.edges
    assert {edge.id for edge in GRAPH.edges} - seen == set()


# --- the drawing ----------------------------------------------------------------------------------------------------
def test_nothing_overlaps() -> None:
    boxes = {name: placed.box for name, placed in PLAN.nodes.items()}
    for (a, first), (b, second) in itertools.combinations(boxes.items(), 2):
        assert not first.meets(second), (a, b)
    labels = [(line.edge.id, line.label_box) for line in PLAN.lines if line.label_box]
    for (a, one), (b, other) in itertools.combinations(labels, 2):
        assert one is not None and other is not None
        assert not one.meets(other), (a, b)
    for ident, box in labels:
        assert box is not None
        assert not [name for name, node in boxes.items() if box.meets(node)], ident
        for line in PLAN.lines:
            for (x1, y1), (x2, y2) in itertools.pairwise(line.points):
                piece = drawing.Box(min(x1, x2) - 1, min(y1, y2) - 1, abs(x1 - x2) + 2, abs(y1 - y2) + 2)
                assert not box.meets(piece), (ident, line.edge.id)


def test_no_line_runs_through_a_box_and_lines_are_right_angled() -> None:
    for line in PLAN.lines:
        for (x1, y1), (x2, y2) in itertools.pairwise(line.points):
            assert x1 == x2 or y1 == y2, line.edge.id
            piece = drawing.Box(min(x1, x2), min(y1, y2), abs(x1 - x2) + 0.01, abs(y1 - y2) + 0.01)
            for name, placed in PLAN.nodes.items():
                box = placed.box
                inner = drawing.Box(box.x + 1, box.y + 1, box.width - 2, box.height - 2)
                assert not piece.meets(inner), (line.edge.id, name)


def test_lines_cross_once_and_there_with_a_hop() -> None:
    assert sum(len(line.hops) for line in PLAN.lines) == 1


def test_lines_end_on_the_boxes_they_join() -> None:
    for line in PLAN.lines:
        for (x, y), name in ((line.points[0], line.edge.from_), (line.points[-1], line.edge.to)):
            box = PLAN.nodes[name].box
            on_side = x in (box.x, box.right) and box.y <= y <= box.bottom
            on_level = y in (box.y, box.bottom) and box.x <= x <= box.right
            assert on_side or on_level, line.edge.id


def test_text_fits_its_box_and_no_word_is_broken() -> None:
    for placed in PLAN.nodes.values():
        inner = placed.box.width - 2 * PAD
        for line in placed.title:
            assert drawing.text_width(line, TITLE, bold=True) <= inner
        for line in placed.text:
            assert drawing.text_width(line, TEXT) <= inner
        used = len(placed.title) * TITLE * 1.3 + len(placed.text) * TEXT * 1.3
        assert used <= placed.box.height
        assert " ".join(placed.text) == placed.node.text
        assert " ".join(placed.title).startswith(placed.node.title)
    for drawn in PLAN.lines:
        if drawn.label and drawn.edge.label:
            assert " ".join(drawn.label).startswith(drawn.edge.label)


def test_everything_stands_inside_the_drawing() -> None:
    boxes = [placed.box for placed in PLAN.nodes.values()] + [line.label_box for line in PLAN.lines if line.label_box]
    for box in boxes:
        assert box is not None
        assert box.x >= 0 and box.y >= 0 and box.right <= PLAN.width and box.bottom <= PLAN.height
    for line in PLAN.lines:
        assert all(0 <= x <= PLAN.width and 0 <= y <= PLAN.height for x, y in line.points)


def _svg(recommendation: Recommendation | None = None) -> ET.Element:
    return ET.fromstring(pathway_svg(EDITION, recommendation))


def test_the_svg_is_well_formed_and_names_itself() -> None:
    root = _svg()
    assert root.tag == SVG + "svg"
    assert root.get("role") == "img"
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (SVG + "title", SVG + "desc")
    assert title.text and desc.text and len(desc.text) > 200
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    width, height = map(float, (root.get("viewBox") or "").split()[2:])
    assert width == PLAN.width and height > PLAN.height


def test_the_svg_loads_nothing_and_writes_text_as_text() -> None:
    written = pathway_svg(EDITION)
    assert not re.search(r"<(script|image|use|foreignObject)|href|url\(|@import|@font-face", written)
    texts = " ".join(t.text or "" for t in ET.fromstring(written).iter(SVG + "text"))
    for node in GRAPH.nodes.values():
        for word in node.title.split():
            assert word in texts
    for note in GRAPH.notes:
        assert note.text.split()[0] in texts


def test_the_figure_without_a_case_marks_nothing() -> None:
    root = _svg()
    assert not [e for e in root.iter() if "taken" in (e.get("class") or "").split()]
    assert not list(root.iter(SVG + "circle"))


@pytest.mark.parametrize(("name", "recommendation", "edges", "following"), PATHS, ids=[p[0] for p in PATHS])
def test_the_svg_marks_the_path_by_line_and_glyph(
    name: str, recommendation: Recommendation, edges: set[str], following: dict[str, str]
) -> None:
    root = _svg(recommendation)
    groups = [g for g in root.iter(SVG + "g") if "taken" in (g.get("class") or "").split()]
    assert {g.get("data-edge") for g in groups if g.get("data-edge")} == edges
    nodes = {edge.from_ for edge in GRAPH.edges if edge.id in edges}
    nodes |= {edge.to for edge in GRAPH.edges if edge.id in edges}
    marked = [g for g in groups if g.get("data-node")]
    assert {g.get("data-node") for g in marked} == nodes
    assert all(g.find(SVG + "circle") is not None for g in marked), "the tick that needs no colour"
    words = {g.get("data-node"): (g.findall(SVG + "text")[-1].text or "") for g in marked}
    said = {"recommended": "next", "consider": "consider", "may": "may"}
    assert {n: words[n] for n in following} == {n: said[s] for n, s in following.items()}
    for node in nodes:
        assert GRAPH.nodes[node].title in (root[1].text or "")
    taken = re.search(r"\.taken \.line\{[^}]*stroke-width:([\d.]+)", pathway_svg(EDITION))
    plain = re.search(r"figure \.line\{[^}]*stroke-width:([\d.]+)", pathway_svg(EDITION))
    assert taken and plain and float(taken[1]) >= 2.5 * float(plain[1])


def test_two_figures_on_a_page_have_different_ids() -> None:
    one, two = (set(re.findall(r' id="([^"]+)"', pathway_svg(EDITION, None, ident))) for ident in ("a", "b"))
    assert one and not one & two


def test_the_same_case_gives_the_same_bytes() -> None:
    assert pathway_svg(EDITION, PATHS[1][1]) == pathway_svg(EDITION, PATHS[1][1])


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        ("ink", "paper", 7),
        ("ink", "box", 7),
        ("ink", "taken-box", 7),
        ("quiet", "paper", 4.5),
        ("quiet", "box", 4.5),
        ("quiet", "taken-box", 4.5),
        ("on-taken", "taken", 4.5),
        ("taken", "paper", 4.5),
        ("line", "paper", 3),
        ("edge", "paper", 3),
    ],
)
def test_colours_contrast(mode: int, front: str, back: str, least: float) -> None:
    a, b = (_luminance(drawing.COLOURS[name][mode]) for name in (front, back))
    assert (max(a, b) + 0.05) / (min(a, b) + 0.05) >= least


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_list_tells_every_box_and_every_edge_once() -> None:
    told = pathway_list(EDITION)
    for node in GRAPH.nodes.values():
        assert f"{node.title}" in told
    items = [line for line in told.split("\nNotes")[0].splitlines() if line.lstrip().startswith("- ")]
    assert len(items) == len(GRAPH.edges) + 1
    assert "[this case]" not in told
    depths = [len(line) - len(line.lstrip()) for line in items]
    assert all(after - before <= 2 for before, after in itertools.pairwise(depths))
    for note in GRAPH.notes:
        assert note.text in told


@pytest.mark.parametrize(("name", "recommendation", "edges", "following"), PATHS, ids=[p[0] for p in PATHS])
def test_the_list_marks_the_path_in_words(
    name: str, recommendation: Recommendation, edges: set[str], following: dict[str, str]
) -> None:
    told = pathway_list(EDITION, recommendation)
    assert told.count("[this case]") == len(edges) + 1
    assert ("<next>" in told) == ("recommended" in following.values())


# --- helpers --------------------------------------------------------------------------------------------------------
def test_a_hostile_case_id_is_text_in_the_figure_and_the_list() -> None:
    hostile = msgspec.structs.replace(PATHS[0][1], case_id=HOSTILE)
    written = pathway_svg(EDITION, hostile, HOSTILE)
    root = ET.fromstring(written)
    assert "<script" not in written
    assert "\x1b" not in written and "\u202e" not in written
    assert "<script>alert('x')</script>" in (root[0].text or "")
    assert "\x1b" not in pathway_list(EDITION, hostile)


@pytest.mark.parametrize("text", [HOSTILE, "a\ud800b", "\x00", "\x7f\x9b", "née ≥ 1 %", "'\"<>&"])
def test_escaped_text_is_well_formed_xml(text: str) -> None:
    ET.fromstring(f'<a b="{drawing.escape(text)}">{drawing.escape(text)}</a>'.encode())


def test_wrapping_keeps_every_word_and_the_width() -> None:
    text = "Inflammatory myofibroblastic tumour without ALK and ROS1 fusion, pneumonoultramicroscopicsilicovolcano"
    for width in (40, 80, 200, 900):
        lines = drawing.wrap(text, width, 13)
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert all(drawing.text_width(line, 13) <= width for line in lines)
    assert drawing.wrap("", 100, 13) == []


def test_a_level_line_hops_over_an_upright_one() -> None:
    assert drawing.polyline([(0, 10), (100, 10)], [(50, 10)]).count("A5 5") == 1
    assert "A" not in drawing.polyline([(0, 10), (100, 10)], [(50, 20)])


def test_the_graph_is_read_once_for_an_edition() -> None:
    first: Graph = load(EDITION)
    assert load(EDITION) is first


def test_a_phone_sees_every_note_sign_and_what_each_line_means() -> None:
    answer = sarcoma("GIST")
    text = " ".join(ET.fromstring(tree_svg(EDITION, case_marked(EDITION, answer))).itertext())
    words = " ".join(text.split())
    for edge in GRAPH.edges:
        if edge.sign and edge.words:
            assert f"{edge.words.split()[-1]} ({edge.sign})" in words, edge.id
    carried = [*(edge.sign for edge in GRAPH.edges), *(node.sign for node in GRAPH.nodes.values())]
    assert {note.sign for note in GRAPH.notes} <= set(carried)
    for note in GRAPH.notes:
        assert words.count(f"({note.sign})") > carried.count(note.sign) > 0  # where it applies, and at its text
    for said in (*MEANING.values(), OF_CASE):
        assert said in words
