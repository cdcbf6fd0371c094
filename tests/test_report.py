"""Reports say the answer first, keep to the width, need no colour, and never trust what a user wrote."""

from __future__ import annotations

import datetime as dt
import html
import itertools
import re
import unicodedata
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ntrkpath.cases.phrases import described
from ntrkpath.guidance.edition import load as load_edition
from ntrkpath.model.case import Case, Diagnosis
from ntrkpath.model.recommendation import (
    SCHEMA,
    Action,
    Answer,
    Caution,
    Finding,
    Guideline,
    HistologyAnswer,
    Label,
    Missing,
    Reading,
    Recommendation,
    Step,
    Weighed,
)
from ntrkpath.pathway import Pathway
from ntrkpath.pathway.examples import published
from ntrkpath.report import terms as wording
from ntrkpath.report.html import render_html
from ntrkpath.report.markup import Html, el, join, table
from ntrkpath.report.screen import screen
from ntrkpath.report.sections import behind
from ntrkpath.report.text import render
from ntrkpath.vocabulary.stains import marker_name, read_profile

EDITION = load_edition()
PATHWAY = Pathway(EDITION, dt.date(2026, 1, 1))
HOSTILE = "<script>alert(1)</script>\"'&[bold red]x[/]\x1b[2J\x07\n\u202eevil :smile: <!-- ]]>"

HAND_MADE = Recommendation(
    schema=SCHEMA,
    case_id="example-1",
    patient={"age": "61", "sex": "female", "histology": "UPS", "site": "thigh"},
    guideline=Guideline("wsn2020", "1.0.0", "0123456789abcdef"),
    as_of=dt.date(2026, 1, 1),
    labels_known_to=dt.date(2025, 12, 11),
    answer=Answer("Open: stained.", "No TRK inhibitor now.", "Sequence it."),
    findings=(
        Finding("tests[0]", "pan_trk_ihc; percent 5", "positive: Stained.", True, ""),
        Finding("alterations[0]", "KIT mutation absent", "KIT: absent", False, "it bears on another tumour"),
    ),
    histology=HistologyAnswer("UPS", "ups", "Undifferentiated sarcoma", "complex_genomics", "synonym"),
    tier="++",
    tier_reason="Complex genomics.",
    priority="++",
    priority_reason="Unresectable or metastatic: test.",
    actions=(
        Action("order_mps", "recommended", "Sequence it.", "The stain is positive.", "X-1", ("P2-2",), "verbatim", ""),
        Action("order_fish", "consider", "FISH too.", "It may help.", "X-2", ("IHC-12",), "ambiguous", "Left open."),
    ),
    cautions=(Caution("A stain is not a fusion.", "X-3", ("IHC-5",), "inferred"),),
    missing=(
        Missing("extent", "How far has the disease spread?", ("establish_extent", "no_routine_testing"), True),
        Missing("ihc_control", "Were the controls adequate?", ("repeat_test",)),
    ),
    interpretation=(Reading("pan_trk_ihc", "positive", "Stained.", "X-4", ("IHC-2",), "verbatim", 1),),
    therapy=(
        Label(
            "larotrectinib",
            "EMA",
            "cannot_tell",
            ("Age not stated.",),
            "a",
            dt.date(2019, 9, 19),
            "T.",
            "S.",
            True,
            "2026-05",
        ),
        Label("larotrectinib", "FDA", "within_label", ("Met.",), "b", dt.date(2025, 4, 10), "T.", "S.", False),
    ),
    weigh=(
        Weighed("response", "Of adults 74 %.", "larotrectinib", ("RX-6",), "", False),
        Weighed("stopping", "Of 47 who stopped 16 progressed.", None, (), "A series of 2025; read 2026-11", True),
    ),
    probability=None,
    facts={"ihc": "positive", "extent": "metastatic"},
    trace=(Step("next_test", "X-1", ("ihc",), {}),),
    intended_use="For professionals.",
)

GOLDEN = """\
Case example-1 · female, 61 years · UPS (Undifferentiated sarcoma) · thigh ·
metastatic
  pan-TRK IHC  percent 5  [positive]
  finding      KIT mutation absent  [absent] not used: it bears on another
               tumour

Target    Open: stained.
Drug      No TRK inhibitor now.
Next      Sequence it.

Why       The stain is positive.  X-1 · P2-2
          Priority ++: Complex genomics.
Weigh     larotrectinib: Of adults 74 %.
          Of 47 who stopped 16 progressed.
Open      ? How far has the disease spread?
Caution   ! A stain is not a fusion.  X-3 · IHC-5  ≈
Source    wsn2020 1.0.0, sha256 0123456789ab; as of 2026-01-01; newest label
          known is of 2025-12-11; labels that came later are not known here. For
          professionals.
          --full shows 1 more reason, 1 more question, labels, readings and
          probability.
"""
WHOLE = """\
Case example-1 · female, 61 years · UPS (Undifferentiated sarcoma) · thigh ·
metastatic
  pan-TRK IHC  percent 5  [positive]
  finding      KIT mutation absent  [absent] not used: it bears on another
               tumour

Target    Open: stained.
Drug      No TRK inhibitor now.
Next      Sequence it.

Actions
  1.   Sequence it. [recommended]
  2.   FISH too. [consider]

  Tier      ++            Complex genomics.
  Priority  ++            Unresectable or metastatic: test.

Why
  1   The stain is positive.
      X-1 · P2-2
  2   It may help.
      X-2 · IHC-12  ± left open by the source
      Left open.

To weigh
  -   larotrectinib, response: Of adults 74 %.
      RX-6
  +   stopping: newer than the guidance; changes no action: Of 47 who stopped 16
      progressed.
      A series of 2025; read 2026-11

Beside the order
  FISH  TAB-3, FISH-1, FISH-2, FISH-3, FISH-4
    For       Available in many clinical laboratories; Rapid turnaround time;
              Relatively inexpensive.
    Against   Requires specific expertise; False negativity rate of 30%; Does
              not distinguish between in-frame and out-of-frame fusion events.
    Beside    One break-apart probe for each of NTRK1, NTRK2 and NTRK3 shows a
              rearrangement with any partner, and does not name the partner.
  Sequencing (MPS)  TAB-3, MPS-1, MPS-2, MPS-3, MPS-4, MPS-7, SUM-2
    For       Allows simultaneous detection of fusions between NTRK1-3 and any
              number of known or novel fusion partner genes.
    Against   Not routinely conducted in all clinical laboratories; Relatively
              long turnaround time; Relatively expensive; DNA MPS may miss NTRK2
              and NTRK3 fusions due to large introns; RNA MPS requires high
              quality RNA; Variable detection rates of different panels; May
              identify non-oncogenic NTRK rearrangements.
    Beside    Commercial panels differ markedly in what they detect, and
              reproducibility between assays is not known.

Cautions
  !   A stain is not a fusion.
      X-3 · IHC-5  ≈ inferred from the text

Missing, and could change the answer
  ?   How far has the disease spread?  decides
      could change: establish the extent of disease; no routine NTRK testing
  ?   Were the controls adequate?
      could change: repeat the test that cannot be relied on

What the readouts say
  -   Test 1, pan-TRK IHC: positive. Stained.
      X-4 · IHC-2

TRK inhibitors by label on 2026-01-01
  agency, label of                 status           why
  larotrectinib (Vitrakvi)
    FDA 2025-04-10, text not read  + within label   Met.
    EMA 2019-09-19, read 2026-05   ? cannot tell    Age not stated.

Provenance
  Histology  "UPS" read as Undifferentiated sarcoma (synonym); sarcoma with
             complex genomics
  Guidance   wsn2020 1.0.0, sha256 0123456789ab
  Labels     as of 2026-01-01; newest label known is of 2025-12-11; labels that
             came later are not known here
  Use        For professionals.
"""


def decide(**case: Any) -> Recommendation:
    return PATHWAY.recommend(msgspec.convert({"id": "c", **case}, Case))


RNA = {
    "method": "rna_mps",
    "result": "positive",
    "rna_quality": "adequate",
    "fusions": [{"five_prime": "TPM3", "three_prime": "NTRK1", "frame": "in_frame"}],
}
UPS = {"histology": "undifferentiated pleomorphic sarcoma"}
CASES: dict[str, Recommendation] = {
    "fusion found": decide(
        diagnosis=UPS,
        disease={"extent": "metastatic"},
        tests=[{"method": "pan_trk_ihc", "result": "positive", "percent": 60}, RNA],
    ),
    "stain negative": decide(
        diagnosis=UPS, disease={"extent": "metastatic"}, tests=[{"method": "pan_trk_ihc", "result": "negative"}]
    ),
    "much unknown": decide(diagnosis={"histology": "GIST"}),
    "outside": decide(diagnosis={"histology": "lung adenocarcinoma"}),
    "FISH of three genes": decide(
        diagnosis={"histology": "infantile fibrosarcoma"},
        disease={"extent": "localized"},
        tests=[
            {"method": "fish", "gene": g, "probe": "break_apart", "result": "negative"}
            for g in ("NTRK1", "NTRK2", "NTRK3")
        ],
    ),
    "by hand": HAND_MADE,
}
EACH = pytest.mark.parametrize("rec", CASES.values(), ids=CASES)


def hostile() -> Recommendation:
    """Return a recommendation in which every text a user can write is hostile."""
    replace = msgspec.structs.replace
    return replace(
        HAND_MADE,
        case_id=HOSTILE,
        histology=HistologyAnswer(HOSTILE, "x", HOSTILE, "complex_genomics", "fuzzy"),
        actions=(replace(HAND_MADE.actions[0], text=HOSTILE, reason=HOSTILE, note=HOSTILE, fidelity="inferred"),),
        cautions=(replace(HAND_MADE.cautions[0], text=HOSTILE),),
        missing=(Missing("extent", HOSTILE, ("establish_extent",)),),
        interpretation=(replace(HAND_MADE.interpretation[0], fusion=HOSTILE, text=HOSTILE),),
        therapy=(replace(HAND_MADE.therapy[0], reasons=(HOSTILE,), text=HOSTILE, source=HOSTILE),),
        trace=(Step("next_test", HOSTILE, ("ihc",), {HOSTILE: "x"}),),
    )


# --- text -----------------------------------------------------------------------------------------------------------
def test_a_case_as_text() -> None:
    assert render(HAND_MADE, EDITION, 80) == GOLDEN


def test_the_whole_of_a_case_as_text() -> None:
    assert render(HAND_MADE, EDITION, 80, full=True) == WHOLE


@EACH
def test_the_three_sentences_come_first_and_the_sections_in_order(rec: Recommendation) -> None:
    lines = render(rec, EDITION, full=True).splitlines()
    assert lines[0].startswith("Case ")
    heads = [line.split()[0].rstrip(",") for line in lines if line and not line.startswith(" ")]
    order = ["Target", "Drug", "Next", "Actions", "Why", "To", "Cautions", "Missing", "What", "Probability", "TRK",
             "Provenance"]  # fmt: skip
    places = [order.index(head) for head in heads if head in order]
    assert places == sorted(places) and places[:3] == [0, 1, 2] and places[-1] == 11
    assert ("TRK" in heads) == bool(rec.therapy)


@EACH
def test_the_first_screen_is_one_screen(rec: Recommendation) -> None:
    told = render(rec, EDITION).splitlines()
    assert len(told) <= 45
    assert all(sum(line.startswith(name) for line in told) == 1 for name in ("Target", "Drug", "Next", "Why", "Source"))
    joined = " ".join(" ".join(told).split())
    for sentence in (rec.answer.target, rec.answer.trk_inhibitor, rec.answer.next):
        assert " ".join(sentence.split()) in joined
    shown = screen(rec, EDITION)
    assert len(shown.why) <= 2 and len(shown.open) <= 3 and len(shown.cautions) <= 3


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in line)


@EACH
@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
@pytest.mark.parametrize("verbose", [False, True])
def test_text_keeps_to_the_width(rec: Recommendation, width: int, verbose: bool) -> None:
    for line in render(rec, EDITION, width, verbose=verbose).splitlines():
        assert columns(line) <= width, line
        assert line == line.rstrip()


@EACH
def test_colour_adds_codes_and_nothing_else(rec: Recommendation) -> None:
    plain, coloured = render(rec, EDITION), render(rec, EDITION, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


@EACH
def test_text_gives_every_rule_statement_and_note(rec: Recommendation) -> None:
    told = " ".join(render(rec, EDITION, 200, full=True).split())
    for action in rec.actions:
        assert action.text in told and action.rule in told
        assert all(ident in told for ident in action.statements)
        if action.fidelity != "verbatim":
            assert wording.FIDELITY[action.fidelity][1] in told
            assert action.note in told
    for caution in rec.cautions:
        assert caution.text in told and caution.rule in told
    for missing in rec.missing:
        assert missing.question in told
    for reading in rec.interpretation:
        assert reading.text in told
    for label in rec.therapy:
        assert f"{label.agency} {label.label_date}" in told
        assert wording.STATUS[label.status] in told
    assert rec.intended_use in told
    assert rec.labels_known_to.isoformat() in told and rec.as_of.isoformat() in told
    assert rec.guideline.sha256[:12] in told


def test_the_trace_and_the_statements_come_only_when_asked_for() -> None:
    rec = CASES["fusion found"]
    brief, full = render(rec, EDITION, 120), render(rec, EDITION, 120, verbose=True)
    assert "Trace" not in brief and "Trace" in full
    assert all(step.rule in full for step in rec.trace)
    assert EDITION.statements["RX-1"].text[:40] in full


def test_equal_readings_of_several_tests_stand_together() -> None:
    told = render(CASES["FISH of three genes"], EDITION, full=True)
    assert "Tests 1, 2 and 3, FISH: negative." in told


def test_a_long_list_of_consequences_is_cut_short_and_counted() -> None:
    actions = ("order_mps", "order_fish", "order_pan_trk_ihc", "order_rt_pcr", "repeat_test")
    rec = msgspec.structs.replace(HAND_MADE, missing=(Missing("extent", "How far?", actions),))
    assert "and 2 more" in render(rec, EDITION, full=True)
    assert "and 2 more" not in render(rec, EDITION, verbose=True)


def test_a_loose_match_of_the_histology_is_shown_beside_the_answer() -> None:
    loose = msgspec.structs.replace(HAND_MADE.histology, how="fuzzy")
    rec = msgspec.structs.replace(HAND_MADE, histology=loose)
    assert "Check  " in "\n".join(render(rec, EDITION).splitlines()[:12])
    assert "Check the histology" in render_html([rec], EDITION)


def test_no_action_is_said_and_not_left_blank() -> None:
    rec = msgspec.structs.replace(HAND_MADE, actions=())
    assert "None follows from the guidance." in render(rec, EDITION, full=True)
    assert "None follows from the guidance." in render_html([rec], EDITION)


@pytest.mark.parametrize("verbose", [False, True])
def test_hostile_text_cannot_steer_a_terminal(verbose: bool) -> None:
    told = render(hostile(), EDITION, 80, verbose=verbose)
    controls = {c for c in told if unicodedata.category(c) in ("Cc", "Cf")} - {"\n"}
    assert controls == set()
    assert "[bold red]x[/]" in " ".join(told.split()), "markup is shown, not obeyed"
    assert ":smile:" in told
    assert all(columns(line) <= 80 for line in told.splitlines())


# --- HTML -----------------------------------------------------------------------------------------------------------
class Page(HTMLParser):
    """Reads a page strictly: every element that opens closes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "style":
            return
        self.text.append(data)
        if self.open and re.fullmatch(r"h[1-6]", self.open[-1]):
            level, so_far = self.headings[-1]
            self.headings[-1] = level, so_far + data

    @property
    def told(self) -> str:
        return " ".join(" ".join(self.text).split())


ALL = list(CASES.values())


def test_the_page_is_well_formed_and_says_its_language() -> None:
    written = render_html(ALL, EDITION)
    page = Page(written)
    assert written.startswith("<!DOCTYPE html>\n<html lang=")
    tags = [tag for tag, _ in page.tags]
    assert tags.count("main") == 1 and tags.count("h1") == 1 and tags.count("title") >= 1
    assert ("meta", {"charset": "utf-8"}) in page.tags
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.tags:
        for ident in (attrs.get("aria-labelledby") or "").split():
            assert ident in ids
        if (attrs.get("href") or "").startswith("#"):
            assert (attrs["href"] or "")[1:] in ids


def test_headings_come_in_order_one_section_a_case() -> None:
    page = Page(render_html(ALL, EDITION))
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert [text for level, text in page.headings if level == 2] == [f"Case {rec.case_id}" for rec in ALL]


def test_the_page_needs_nothing_else() -> None:
    written = render_html(ALL, EDITION)
    page = Page(written)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base"} & {tag for tag, _ in page.tags}
    for tag, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on") or name in ("src", "srcset", "action", "style")]
        assert (attrs.get("href") or "#").startswith("#"), tag
    css = "".join(re.findall(r"<style>(.*?)</style>", written, re.DOTALL))
    assert "url(" not in css and "@import" not in css
    assert "default-src 'none'" in (next(a for t, a in page.tags if a.get("http-equiv"))["content"] or "")


@given(
    st.dictionaries(
        st.text("AKi67.3 /-()", min_size=1, max_size=9).filter(lambda name: name == name.strip()),
        st.sampled_from(("positive", "negative", "unknown")), min_size=1, max_size=3,
    )
)  # fmt: skip
@example({"H3.3 G34W": "negative", "v1.": "unknown", ".x": "positive", "a.negative": "negative"})
def test_a_marker_is_shown_by_its_whole_name_whatever_signs_it_has(profile: dict[str, Any]) -> None:
    case = Case(id="one", diagnosis=Diagnosis(histology="GIST", immunoprofile=profile))
    found = screen(PATHWAY.recommend(case), EDITION).found
    assert found[0] == (
        "immunoprofile",
        ", ".join(wording.plain(f"{name} {result}") for name, result in profile.items()),
    )
    told_again = {said.partition("  [")[0] for called, said in found if called == "marker"}
    read = read_profile(profile)
    assert told_again == {
        wording.plain(f"{name} {result}")
        for name, result in profile.items()
        if "unknown" in (result, read[marker_name(name)])
    }
    said = {f"diagnosis.immunoprofile.{name}": result for name, result in profile.items()}
    assert described("GIST", said)["diagnosis"]["immunoprofile"] == profile


@pytest.mark.parametrize("ident", sorted(published()))
def test_a_print_of_the_first_screen_holds_each_caution_and_counts_all_else_that_it_lacks(ident: str) -> None:
    rec = PATHWAY.recommend(published()[ident].case)
    shown = screen(rec, EDITION)
    printed = " ".join(re.sub("<[^>]*>", " ", html.unescape(str(behind(shown, "elsewhere")))).split())
    assert [caution.text for caution in rec.cautions if wording.plain(caution.text) not in printed] == []
    told = printed.partition("Not on this page")[2]
    left = {name: count for count, name in re.findall(r"(\d+) (reason|thing|question)", told)}
    assert left.get("question", "0") == str(len(rec.missing) - len(shown.open))
    assert left.get("thing", "0") == str(len(rec.weigh) - len(shown.weigh))
    assert left.get("reason", "0") == str(len(wording.reasons(rec)) - len(shown.why) + 1)


def test_the_style_serves_dark_screens_and_paper() -> None:
    written = render_html([HAND_MADE], EDITION)
    assert "prefers-color-scheme:dark" in written
    assert "@media print" in written
    assert re.search(r"\.case\+\.case\{break-before:page", written)


@EACH
def test_the_page_tells_what_the_text_tells(rec: Recommendation) -> None:
    told = Page(render_html([rec], EDITION)).told
    for action in rec.actions:
        assert action.text in told and action.rule in told and action.reason in told
        if action.fidelity != "verbatim":
            assert action.note in told
    for caution in rec.cautions:
        assert caution.text in told
    for missing in rec.missing:
        assert missing.question in told
        assert wording.could_lead_to(EDITION, missing.could_change) in told
    for label in rec.therapy:
        assert " ".join(label.text.split()) in told and " ".join(label.source.split()) in told
    for step in rec.trace:
        assert step.rule in told
    for ident in wording.statements_cited(rec):
        assert " ".join(EDITION.statements[ident].text.split()) in told
    assert rec.intended_use in told


def test_each_case_carries_the_pathway_with_its_path() -> None:
    page = Page(render_html(ALL, EDITION))
    assert len([1 for tag, attrs in page.tags if tag == "svg" and attrs["class"] == "ntrk-figure"]) == len(ALL)
    assert page.told.count("Path of this case:") == len(ALL)


def test_hostile_text_stays_text_on_the_page() -> None:
    written = render_html([hostile(), HAND_MADE], EDITION)
    page = Page(written)
    assert "script" not in {tag for tag, _ in page.tags}
    assert "<script>alert(1)</script>" in page.told
    assert "<!--" not in written
    assert not {c for c in written if unicodedata.category(c) in ("Cc", "Cf")} - {"\n"}


def test_no_case_is_a_page_too() -> None:
    assert "0 cases" in Page(render_html([], EDITION)).told


@EACH
def test_the_same_answer_gives_the_same_bytes(rec: Recommendation) -> None:
    assert render(rec, EDITION) == render(rec, EDITION)
    assert render_html([rec], EDITION) == render_html([rec], EDITION)


# --- helpers --------------------------------------------------------------------------------------------------------
def test_markup_escapes_what_it_did_not_make() -> None:
    assert el("p", "<b>", Html("<i></i>"), class_='"') == '<p class="&quot;">&lt;b&gt;<i></i></p>'
    assert join("<", Html("<br>")) == "&lt;<br>"
    assert el("p", f"{Html('<b>')}") == "<p>&lt;b&gt;</p>", "a new string is text again"


def test_a_continued_row_head_spans_its_rows() -> None:
    found = table("t", ["a", "b"], [["x", "1"], [None, "2"], ["y", "3"]])
    assert '<th scope="rowgroup" rowspan="2">x</th>' in found
    assert found.count('<th scope="row">y</th>') == 1


@pytest.mark.parametrize("action", EDITION.actions)
def test_every_action_has_a_short_name(action: str) -> None:
    short = wording.short_action(EDITION, action)
    assert short and not short.endswith((".", ",")) and "(" not in short
    assert len(short) <= 80
