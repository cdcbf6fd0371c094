"""The drawing of a fusion says what the verdict says, for every kind of event, in words and not by colour alone."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntrkpath.figures.fusion import draws_parts, fusion_svg
from ntrkpath.figures.fusion_words import REASONS_SAY, VERDICTS, frame, kinase, percent, reads
from ntrkpath.figures.svg import text_width
from ntrkpath.figures.tracks import place, tracks
from ntrkpath.fusion import Transcripts, assess
from ntrkpath.model.fusion import REASONS, FusionVerdict, Source, Support
from test_fusion_verdict import BY_ID, NTRK3, TRUTH, junction, named, rows

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('x')</script>&\"]]>--><!--\x00\x1b[31m\u202e"
TRANSCRIPTS = Transcripts.open()


def verdict(ident: str, **changes: Any) -> FusionVerdict:
    return assess([junction(BY_ID[ident], support=Support(split_reads=12, spanning_pairs=7), **changes)])[0]


def texts(picture: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(picture).iter(f"{SVG}text")]


def shown(picture: str) -> str:
    return " ".join(texts(picture))


# --- the parts ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ident", sorted(BY_ID))
def test_kept_part_of_the_kinase_domain_is_that_of_the_verdict(ident: str) -> None:
    v = verdict(ident)
    share = v.kinase_domain.retained_fraction
    ntrk = [t for t in tracks(v, TRANSCRIPTS) if t is not None and t.gene.startswith("NTRK")][-1:]
    for track in ntrk:
        found = [track.share(m) for m in track.marks if m.kinase] or [0.0]
        if draws_parts(v) and share is not None:
            assert found[0] == pytest.approx(share, abs=1e-3)


def test_exons_carry_the_numbers_of_the_named_transcript() -> None:
    five, three = tracks(verdict("T003"), TRANSCRIPTS)
    assert five is not None
    assert three is not None
    assert five.kept is not None
    assert three.kept is not None
    assert (five.before, five.exons_in(five.kept)) == (1009, "exons 1 to 5")
    assert three.exons_in(three.kept) == "exons 12 to 18"
    assert five.transcript.startswith("ENST00000396373")
    assert sum(e.span.length for e in three.exons) == three.total


def test_place_of_a_breakpoint_in_words() -> None:
    t = TRANSCRIPTS.on("GRCh38").named("ETV6")[0].canonical
    end = t.last_base(5)
    assert place(t, end, "five_prime") == "at the end of exon 5"
    assert place(t, end + 1, "five_prime") == "in intron 5"
    assert place(t, end - 1, "five_prime") == "inside exon 5"
    assert place(t, t.first_base(6), "three_prime") == "at the start of exon 6"
    assert place(t, t.first_base(1), "three_prime") == "at the start of exon 1, outside the coding sequence"
    assert place(t, t.exons[0][0] - 1, "five_prime") == "before exon 1"
    assert place(t, t.exons[-1][1] + 1, "five_prime") == f"after exon {len(t.exons)}"


@pytest.mark.parametrize("symbol", ["ETV6", "TPM3", "LMNA", "NTRK3"])
def test_coding_bases_before_a_breakpoint_grow_with_the_exon(symbol: str) -> None:
    gene = TRANSCRIPTS.on("GRCh37").named(symbol)[0]
    for n in range(1, len(gene.canonical.exons)):
        side = {"gene": symbol, "exon": n, "transcript": gene.canonical.accession}
        v = named(side, {"gene": "NTRK1", "exon": 10, "transcript": "NM_002529"}, assembly="GRCh37")
        five, _ = tracks(v, TRANSCRIPTS)
        assert five is not None
        coding = sum(e.span.length for e in five.exons if e.number <= n)
        assert five.before in (coding, None)


# --- the drawing ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ident", sorted(BY_ID))
def test_every_known_junction_is_drawn_and_said(ident: str) -> None:
    v = verdict(ident)
    picture = fusion_svg(v, TRANSCRIPTS)
    root = ET.fromstring(picture)
    told = shown(picture)
    assert root.get("role") == "img"
    labelled = (root.get("aria-labelledby") or "").split()
    assert labelled == [root[0].get("id"), root[1].get("id")]
    assert VERDICTS[v.verdict] in texts(picture)
    for reason in v.reasons:
        assert REASONS_SAY[reason] in re.sub(r"\s+", " ", told + " " + (root[1].text or ""))
    assert v.sample in (root[0].text or "")
    assert reads(v) in told
    assert frame(v) in (root[1].text or "")
    assert kinase(v) in told


@pytest.mark.parametrize("ident", sorted(BY_ID))
def test_nothing_leaves_the_page(ident: str) -> None:
    root = ET.fromstring(fusion_svg(verdict(ident), TRANSCRIPTS))
    width, height = map(float, (root.get("viewBox") or "").split()[2:])
    for element in root.iter(f"{SVG}rect"):
        if element.get("x") is None:
            continue
        x, y = float(element.get("x", 0)), float(element.get("y", 0))
        assert x >= 0
        assert x + float(element.get("width", 0)) <= width
        assert y + float(element.get("height", 0)) <= height


def test_kept_and_lost_differ_without_colour() -> None:
    root = ET.fromstring(fusion_svg(verdict("T003"), TRANSCRIPTS))
    pattern = root.find(f".//{SVG}pattern")
    assert pattern is not None
    fills = {e.get("fill") for e in root.iter(f"{SVG}rect") if "lost" in (e.get("class") or "").split()}
    assert fills == {f"url(#{pattern.get('id')})"}
    told = shown(fusion_svg(verdict("T003"), TRANSCRIPTS))
    assert "kept: exons 1 to 5" in told
    assert "lost: exons 6 to 8" in told
    assert "pointed domain: kept" in told


def test_out_of_frame_product_is_not_shown_as_made() -> None:
    told = shown(fusion_svg(verdict("N03"), TRANSCRIPTS))
    assert "NTRK3 part, not read in its frame" in told
    assert "kinase domain (PF07714): not read" in told
    assert "not read in frame" in told


def test_cut_kinase_domain_is_given_in_per_cent() -> None:
    assert "kinase domain (PF07714): 16.9 % kept" in texts(fusion_svg(verdict("N05"), TRANSCRIPTS))


def test_dna_breakpoint_in_an_intron_is_said_to_be_spliced() -> None:
    told = shown(fusion_svg(verdict("D01"), TRANSCRIPTS))
    assert "in intron 12, taken as spliced out" in told
    assert "in frame if the exons are spliced as annotated" in told


def test_retained_intron_leaves_the_reading_open() -> None:
    told = shown(fusion_svg(verdict("N17"), TRANSCRIPTS))
    assert "of which the RNA holds a part" in told
    assert "NTRK3 part, reading not known" in told


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: named({"gene": "ETV6"}, {"gene": "NTRK3"}), "the breakpoints are not given"),
        (lambda: named({}, {"gene": "NTRK3"}, level="dna"), "partner not known"),
        (
            lambda: named({"chromosome": "3", "position": 1}, NTRK3, assembly="GRCh38"),
            "the breakpoint lies between genes",
        ),
        (lambda: named({"gene": "NOGENE1"}, {"gene": "NTRK3"}), "no coding transcript of this gene"),
        (lambda: named({"gene": "ETV6", "exon": 5}, {"gene": "NTRK3", "exon": 15}), "exon numbers came without"),
        (lambda: verdict("N10"), "read against its direction"),
        (lambda: verdict("N12"), "both breakpoints lie in one gene"),
    ],
)
def test_what_is_not_known_is_not_drawn_and_said(made: Any, says: str) -> None:
    picture = fusion_svg(made(), TRANSCRIPTS)
    assert says in shown(picture)
    assert "Not drawn:" in shown(picture)
    assert "Product not drawn:" in (ET.fromstring(picture)[1].text or "")


def test_partner_that_ends_at_its_own_stop_codon_leaves_the_ntrk_part_unread() -> None:
    told = shown(fusion_svg(verdict("N15"), TRANSCRIPTS))
    assert "VIM ends at its own stop codon" in told
    assert "VIM part (466 aa)" in told
    assert "NTRK3 part, after the stop codon" in told


def test_start_outside_the_coding_part_of_the_partner_is_said() -> None:
    told = shown(fusion_svg(verdict("N14"), TRANSCRIPTS))
    assert "no coding part of BCAN is kept" in told
    assert "NTRK1 part, reading not known" in told


def test_a_long_name_stays_on_the_page() -> None:
    v = msgspec.structs.replace(verdict("T003"), name="ETV6" * 60, sample="S" * 300)
    root = ET.fromstring(fusion_svg(v, TRANSCRIPTS))
    for element in root.iter(f"{SVG}text"):
        if element.get("text-anchor", "start") == "start":
            size = float(element.get("font-size", 0))
            bold = "strong" in (element.get("class") or "")
            assert float(element.get("x", 0)) + text_width(element.text or "", size, bold) <= 960


def test_ntrk_at_the_five_prime_end_is_drawn_with_its_kinase_lost() -> None:
    told = shown(fusion_svg(verdict("N08"), TRANSCRIPTS))
    assert "5' gene: NTRK3" in told
    assert "kinase domain (PF07714): lost" in told


def test_isoform_without_kinase_is_said() -> None:
    gene = TRANSCRIPTS.on("GRCh38").named("NTRK2")[0]
    short = gene.transcript("NM_001007097")
    assert short is not None
    side = {"gene": "NTRK2", "exon": 12, "transcript": short.accession}
    v = named({"gene": "ETV6", "exon": 5, "transcript": "NM_001987"}, side, assembly="GRCh38")
    assert "this isoform has no kinase domain" in shown(fusion_svg(v, TRANSCRIPTS))


def test_a_giant_partner_does_not_make_the_ntrk_gene_illegible() -> None:
    v = named({"gene": "TTN", "exon": 20}, {"gene": "NTRK1", "exon": 10, "transcript": "NM_002529"}, assembly="GRCh38")
    assert "each gene is drawn to its own scale" in shown(fusion_svg(v, TRANSCRIPTS))


def test_partner_domain_without_limits_is_named_and_not_drawn() -> None:
    told = shown(fusion_svg(verdict("T002"), TRANSCRIPTS))
    assert "Qua1 homodimerisation domain" in told
    assert "limits not recorded, not drawn" in told


def test_another_annotation_without_the_assembly_draws_no_breakpoint() -> None:
    told = shown(fusion_svg(verdict("T003"), Transcripts.open("GRCh38")))
    assert "Breakpoint not given" in told


# --- safety ---------------------------------------------------------------------------------------------------------
def hostile() -> FusionVerdict:
    v = verdict("T003")
    side = msgspec.structs.replace(v.five_prime, gene=HOSTILE, transcript=HOSTILE, position=HOSTILE)
    return msgspec.structs.replace(
        v, sample=HOSTILE, name=HOSTILE, vicc_name=HOSTILE, five_prime=side, notes=(HOSTILE,), callers=(HOSTILE,),
        source=(Source(HOSTILE, 1),), hgvs_name=HOSTILE,
    )  # fmt: skip


def test_hostile_text_stays_text() -> None:
    root = ET.fromstring(fusion_svg(hostile(), TRANSCRIPTS, ident=HOSTILE))
    assert not list(root.iter(f"{SVG}script"))
    tags = {e.tag.removeprefix(SVG) for e in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "defs", "pattern", "rect", "path", "polygon", "text"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(max_size=40),
    st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["12:11869969", "15:x", ":", "12:0", "X:5"])),
    st.one_of(st.none(), st.integers(-3, 80)),
    st.sampled_from([None, "ETV6", "NTRK3", "TPM3", "-", "7SK"]),
)
def test_any_verdict_can_be_drawn(text: str, position: str | None, exon: int | None, gene: str | None) -> None:
    v = verdict("T018")
    side = msgspec.structs.replace(v.five_prime, gene=gene, position=position, exon=exon)
    ET.fromstring(fusion_svg(msgspec.structs.replace(v, sample=text, name=text, five_prime=side), TRANSCRIPTS))


def test_ids_of_two_drawings_on_one_page_differ_and_repeat() -> None:
    first, second = fusion_svg(verdict("T003"), TRANSCRIPTS), fusion_svg(verdict("T018"), TRANSCRIPTS)
    ids = [set(re.findall(r' id="([^"]+)"', p)) for p in (first, second)]
    assert not ids[0] & ids[1]
    assert first == fusion_svg(verdict("T003"))


def test_no_font_or_file_from_outside() -> None:
    picture = fusion_svg(verdict("T003"), TRANSCRIPTS)
    assert re.findall(r"url\(([^)]*)\)", picture)
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", picture))
    assert set(re.findall(r"https?://[^\"]+", picture)) == {"http://www.w3.org/2000/svg"}


# --- words ----------------------------------------------------------------------------------------------------------
def test_every_reason_and_verdict_has_words() -> None:
    assert tuple(REASONS_SAY) == REASONS


def test_per_cent_is_never_rounded_to_all_or_nothing() -> None:
    assert [percent(x) for x in (0, 0.001, 0.169, 0.999, 1)] == [
        "0 %",
        "0.10 %",
        "16.9 %",
        "99.90 %",
        "100 %",
    ]


@pytest.mark.skipif(not Path(TRUTH).exists(), reason="../shared/data/fusion/truth.csv is not beside this repository")
def test_shared_junctions_are_drawn() -> None:
    for row in rows(TRUTH):
        ET.fromstring(fusion_svg(assess([junction(row)])[0], TRANSCRIPTS))
