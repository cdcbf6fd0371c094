"""A histology, however it is written, resolves to the one entity that the guidance means, or to none."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.model.errors import GuidanceError
from ntrkpath.vocabulary import HistologyVocabulary
from ntrkpath.vocabulary.spelling import key_of, words

ROOT = Path(__file__).parent.parent
FILE = ROOT / "src/ntrkpath/knowledge/wsn2020/histologies.yaml"
SHARED = ROOT.parent / "shared" / "data"
ENTRIES: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
VOCABULARY = HistologyVocabulary(ENTRIES)
CODES = [
    line.split("\t")[0]
    for line in (ROOT / "tests/data/oncotree_sarcoma_codes.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]

GROUPS = [
    "infantile_fibrosarcoma",
    "imt",
    "ntrk_associated",
    "gist",
    "wd_dd_liposarcoma",
    "recurrent_fusion",
    "complex_genomics",
    "other_sarcoma",
    "not_sarcoma",
]
KINDS = {"fusion", "mutation", "deficiency", "amplification"}
NAMES = [(name, h.id) for h in VOCABULARY for name in (h.name, *h.synonyms)]


def resolved(text: str) -> str | None:
    histology = VOCABULARY.resolve(text).histology
    return histology.id if histology else None


def shared(path: str) -> Path:
    file = SHARED / path
    if not file.exists():
        pytest.skip(f"reference data {path} is not beside this repository")
    return file


def oncotree_nodes() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Code to name and the codes from the root down to it."""
    tree = json.loads(shared("vocabulary/oncotree_2025_10_03.json").read_text(encoding="utf-8"))
    nodes: dict[str, tuple[str, tuple[str, ...]]] = {}

    def walk(node: dict[str, Any], above: tuple[str, ...]) -> None:
        path = (*above, node["code"])
        nodes[node["code"]] = (node["name"], path)
        for child in node["children"].values():
            walk(child, path)

    walk(tree["TISSUE"], ())
    return nodes


# --- the file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_every_required_oncotree_code_is_placed(code: str) -> None:
    histology = VOCABULARY.get(code)
    assert histology is not None and histology.oncotree == code


def test_every_oncotree_node_of_soft_tissue_bone_and_uterine_sarcoma_is_placed() -> None:
    nodes = oncotree_nodes()
    required = {code for code, (_, path) in nodes.items() if {"SOFT_TISSUE", "BONE", "USARC"} & set(path)}
    assert required - {h.oncotree for h in VOCABULARY} == set()
    assert required - set(CODES) == set(), "tests/data/oncotree_sarcoma_codes.txt is behind the tree"


def test_every_oncotree_node_called_sarcoma_is_placed_wherever_oncotree_files_it() -> None:
    named = {code for code, (name, _) in oncotree_nodes().items() if re.search("sarcoma|Sarcoma", name)}
    assert named - {h.oncotree for h in VOCABULARY} == set()


def test_an_entry_bears_the_name_that_oncotree_gives_its_code() -> None:
    nodes = oncotree_nodes()
    for histology in VOCABULARY:
        if histology.oncotree:
            assert histology.name == nodes[histology.oncotree][0]


def test_no_name_is_the_oncotree_code_of_another_disease() -> None:
    nodes = oncotree_nodes()
    assert [(name, id) for name, id in NAMES if name.upper() in nodes and name.upper() != id] == []


def test_the_file_is_sorted_by_group_then_name() -> None:
    # What the name leaves open stands among the sarcomas that the figure does not place.
    order = [
        (GROUPS.index("other_sarcoma" if h.group == "unresolved" else h.group), h.name.casefold(), h.id)
        for h in VOCABULARY
    ]
    assert order == sorted(order)


def test_an_own_id_is_in_lower_case_and_an_oncotree_id_is_its_code() -> None:
    for histology in VOCABULARY:
        if histology.oncotree:
            assert histology.id == histology.oncotree
        else:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", histology.id)


def test_every_marker_is_well_formed() -> None:
    for histology in VOCABULARY:
        assert len({m.id for m in histology.markers}) == len(histology.markers)
        for marker in histology.markers:
            assert set(marker.kinds) <= KINDS and marker.kinds
            assert marker.certainty in {"pathognomonic", "frequent"}
            assert set(marker.absent_by) <= set(marker.genes)
            assert not {"NTRK1", "NTRK2", "NTRK3"} & set(marker.genes), (
                "an NTRK fusion is the question, not a canonical driver"
            )


def test_no_marker_gene_is_a_known_partner_of_ntrk_in_sarcoma() -> None:
    with shared("regulatory/ntrk_fusion_partners_sarcoma.csv").open(encoding="utf-8", newline="") as file:
        partners = {row["partner_5p"] for row in csv.DictReader(file)}
    assert {(h.id, gene) for h in VOCABULARY for m in h.markers for gene in m.genes if gene in partners} == set()


def test_every_recurrent_fusion_sarcoma_has_a_fusion_that_is_expected() -> None:
    for histology in VOCABULARY:
        if histology.group == "recurrent_fusion":
            # Of the fusions of endometrial stromal sarcomas, none is in the great majority.
            certain = {m.certainty for m in histology.markers if "fusion" in m.kinds}
            assert "pathognomonic" in certain or histology.id in ("ESS", "HGESS", "LGESS")


def test_only_sarcomas_that_have_a_canonical_alteration_carry_markers() -> None:
    for histology in VOCABULARY:
        if histology.group in {"infantile_fibrosarcoma", "imt", "ntrk_associated", "complex_genomics", "not_sarcoma"}:
            assert histology.markers == (), histology.id


def test_nothing_is_assumed_in_gist() -> None:
    gist = VOCABULARY.get("GIST")
    assert gist is not None
    assert {g for m in gist.markers for g in m.genes} >= {"KIT", "PDGFRA", "SDH", "NF1", "BRAF"}
    assert {m.certainty for m in gist.markers} == {"frequent"}


def test_smooth_and_skeletal_muscle_sarcomas_are_myogenic_and_mpnst_is_neural() -> None:
    for histology in VOCABULARY:
        if re.search("leiomyosarcoma|rhabdomyosarcoma", histology.name.casefold()):
            assert histology.differentiation == "myogenic", histology.id
    for id, differentiation in [("MPNST", "neural"), ("IMT", "none"), ("lipofibromatosis_like_neural_tumor", "none")]:
        named = VOCABULARY.get(id)
        assert named is not None and named.differentiation == differentiation


def test_icd_o_3_codes_are_written_as_morphology_with_behaviour() -> None:
    for histology in VOCABULARY:
        assert all(re.fullmatch(r"\d{4}/\d", code) for code in histology.icdo3), histology.id


def test_every_entry_names_a_source_and_every_own_entry_or_odd_placement_says_why() -> None:
    for histology in VOCABULARY:
        assert len(histology.source) > 3
        if histology.group in {"not_sarcoma", "ntrk_associated"}:
            assert histology.note, histology.id


# --- placement ------------------------------------------------------------------------------------------------------

PLACED = {
    "infantile_fibrosarcoma": [
        "IFS",
        "congenital fibrosarcoma",
        "fibrosarcoma of infancy",
        "congenital (infantile) fibrosarcoma",
    ],
    "imt": ["IMT", "inflammatory myofibroblastic tumour", "IMTL", "EIMS"],
    "ntrk_associated": [
        "LPF-NT",
        "lipofibromatosis-like neural tumour",
        "NTRK-rearranged spindle cell neoplasm of bone",
        "NTRK-rearranged uterine sarcoma (fibrosarcoma-like)",
        "S100/CD34 co-expressing MPNST-like tumour",
        "uterine fibrosarcoma",
    ],
    "gist": ["GIST", "wild-type GIST", "SDH-deficient GIST", "gastro-intestinal stromal tumour"],
    "wd_dd_liposarcoma": ["DDLPS", "WDLPS", "ALT", "atypical lipomatous tumour"],
    "recurrent_fusion": [
        "MLPS",
        "SFT",
        "haemangiopericytoma",
        "ARMS",
        "DFSP",
        "EHE",
        "LGFMS",
        "HGESS",
        "Ewing's sarcoma",
    ],
    "complex_genomics": [
        "UPS",
        "MFH",
        "malignant fibrous histiocytoma",
        "LMS",
        "MPNST",
        "malignant schwannoma",
        "neurofibrosarcoma",
    ],
    "other_sarcoma": [
        "ERMS",
        "chordoma",
        "sarcoma, NOS",
        "low-grade sarcoma",
        "spindle cell sarcoma NOS",
        "cervical sarcoma",
        "uterine sarcoma NOS",
        "fibrosarcoma",
        "fibrosarcoma (adult)",
        "liposarcoma",
        "malignant rhabdoid tumour",
    ],
    "not_sarcoma": [
        "lipoma",
        "haemangioma",
        "desmoid tumour",
        "schwannoma",
        "uterine carcinosarcoma",
        "MMMT",
        "melanoma",
        "secretory carcinoma",
        "congenital mesoblastic nephroma",
        "NSCLC",
        "phaeochromocytoma",
    ],
}


@pytest.mark.parametrize(("group", "text"), [(group, text) for group, texts in PLACED.items() for text in texts])
def test_common_names_land_in_their_group(group: str, text: str) -> None:
    histology = VOCABULARY.resolve(text).histology
    assert histology is not None and histology.group == group


def test_a_tumour_of_the_cns_or_a_neuroendocrine_one_is_marked() -> None:
    for text in ("meningeal haemangiopericytoma", "intracranial sarcoma", "glioma"):
        histology = VOCABULARY.resolve(text).histology
        assert histology is not None and histology.cns
    paraganglioma = VOCABULARY.get("PGNG")
    assert paraganglioma is not None and paraganglioma.neuroendocrine


# --- spelling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Sarcoma, synovial", "SYNS"),
        ("SYNOVIAL SARCOMAS", "SYNS"),
        ("leiomyosarcoma of the uterus", "ULMS"),
        ("Leiomyosarcoma, uterine", "ULMS"),
        ("de-differentiated lipo-sarcoma", "DDLS"),
        ("epithelioid haemangioendothelioma, not otherwise specified", "EHAE"),
        ("sarcoma NOS", "SARCNOS"),
        ("Müllerian adenosarcoma", "UAS"),
        ("metastatic leiomyosarcoma", "LMS"),
        ("clear cell sarcoma of the kidney", "CCSK"),
        ("clear cell sarcoma", "CCS"),
        ("ULMS", "ULMS"),
        ("malignant peripheral nerve sheath tumours", "MPNST"),
    ],
)
def test_the_way_of_writing_does_not_matter(text: str, id: str) -> None:
    resolution = VOCABULARY.resolve(text)
    assert resolution.how in {"name", "synonym", "oncotree"} and resolved(text) == id
    assert resolution.candidates == () and resolution.score is None


@pytest.mark.parametrize("text", ["", "   ", "NOS", "(,)", "\u2019s"])
def test_a_text_without_content_resolves_to_nothing(text: str) -> None:
    assert VOCABULARY.resolve(text).how == "none"


@given(st.sampled_from(NAMES), st.data())
def test_spelling_variants_of_a_name_resolve_to_the_same_entity(name: tuple[str, str], data: st.DataObject) -> None:
    text, id = name
    order = data.draw(st.permutations(re.split(r"\s+", text)))
    variant = (
        data.draw(st.sampled_from([" ", "  ", ", "])).join(order)
        if len(order) > 1 and "nos" not in text.casefold()
        else text
    )
    if data.draw(st.booleans()):
        variant = variant.replace("tumour", "tumor").replace("haem", "hem")
    else:
        variant = re.sub(r"tumor\b", "tumour", variant).replace("hemang", "haemang")
    case = data.draw(st.sampled_from(["upper", "lower", "title", "casefold"]))
    variant = str(getattr(variant, case)())
    variant += data.draw(st.sampled_from(["", " NOS", ", NOS", " (not otherwise specified)", " "]))
    assert resolved(variant) == id


@given(st.sampled_from(NAMES))
def test_every_name_resolves_to_its_own_entity(name: tuple[str, str]) -> None:
    resolution = VOCABULARY.resolve(name[0])
    assert resolution.histology is not None and resolution.histology.id == name[1]


@given(st.text(max_size=60))
def test_any_text_gets_an_answer_that_is_fuzzy_only_with_a_score_and_candidates(text: str) -> None:
    resolution = VOCABULARY.resolve(text)
    assert resolution.text == text
    assert (resolution.histology is None) == (resolution.how == "none")
    assert (resolution.score is not None) == (resolution.how == "fuzzy")
    if resolution.how == "fuzzy":
        assert resolution.candidates


@given(st.text(max_size=40))
def test_the_key_of_a_name_does_not_depend_on_word_order(text: str) -> None:
    parts = words(text)
    assert key_of(parts) == key_of(parts[::-1])


# --- codes ----------------------------------------------------------------------------------------------------------


def test_every_oncotree_code_resolves_to_its_entity_in_any_case() -> None:
    for histology in VOCABULARY:
        if histology.oncotree:
            assert resolved(histology.oncotree) == histology.id
            assert resolved(histology.oncotree.lower()) == histology.id


def test_a_code_inside_a_text_is_not_read_as_a_code() -> None:
    assert VOCABULARY.resolve("ES of unknown kind").how == "none"


@pytest.mark.parametrize("text", ["9040/3", "M-9040/3", "m 9040/3", "90403", " 9040/3 "])
def test_an_icd_o_3_morphology_code_resolves_in_every_common_form(text: str) -> None:
    resolution = VOCABULARY.resolve(text)
    assert resolution.how == "icdo3" and resolved(text) == "SYNS"


@pytest.mark.parametrize(
    ("code", "id"),
    [
        ("8800/3", "SARCNOS"),
        ("8890/3", "LMS"),
        ("9120/3", "ANGS"),
        ("8825/1", "IMT"),
        ("8936/1", "GIST"),
        ("8815/1", "SFT"),
    ],
)
def test_a_shared_code_of_one_meaning_resolves_to_the_entity_with_the_shortest_name(code: str, id: str) -> None:
    assert resolved(code) == id


@pytest.mark.parametrize("code", ["8840/3", "8930/3", "9130/1"])
def test_a_shared_code_of_several_meanings_gives_the_candidates_only(code: str) -> None:
    resolution = VOCABULARY.resolve(code)
    assert resolution.how == "none" and len(resolution.candidates) > 1


def test_an_unknown_code_resolves_to_nothing() -> None:
    assert VOCABULARY.resolve("9999/9").how == "none"


# --- likeness -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("synovail sarcoma", "SYNS"),
        ("dediferentiated liposarcoma", "DDLS"),
        ("undifferenciated pleomorphic sarcoma", "MFH"),
        ("GIST (KIT+/DOG1+), imatinib resistant", "GIST"),
        ("high-grade sarcoma, SFT-like, STAT6 negative", "SARCNOS"),
        ("alveolar soft part sarcoma of the thigh", "ASPS"),
        ("high-grade leiomyosarcoma of the left thigh", "LMS"),
        ("sarcoma of the thigh", "SARCNOS"),
    ],
)
def test_a_near_miss_is_found_and_shown_as_such(text: str, id: str) -> None:
    resolution = VOCABULARY.resolve(text)
    assert resolution.how == "fuzzy" and resolved(text) == id
    assert resolution.score is not None and resolution.candidates


@pytest.mark.parametrize(
    "text",
    [
        "not a synovial sarcoma",
        "angiosarcoma versus epithelioid sarcoma",
        "synovial sarcoma-like",
        "ALK-rearranged sarcoma",
        "dedifferentiated pleomorphic sarcoma",
        "benign leiomyosarcoma",
        "extraskeletal chondrosarcoma",
        "low-grade osteosarcoma",
        "ameloblastic fibrosarcoma",
        "fibrosarcoma, child",
        "paediatric spindle cell sarcoma",
        "PNET",
        "SS",
        "mpnts",
    ],
)
def test_a_doubtful_text_is_left_unresolved_with_its_candidates(text: str) -> None:
    resolution = VOCABULARY.resolve(text)
    assert resolution.how == "none" and resolution.candidates


def test_the_likeness_library_is_loaded_only_when_it_is_needed() -> None:
    code = (
        "import sys\nfrom ntrkpath.vocabulary import HistologyVocabulary\n"
        "entry = dict(id='X', name='Synovial Sarcoma', group='g', differentiation='none', source='s')\n"
        "v = HistologyVocabulary([entry])\n"
        "v.resolve('synovial sarcoma'); assert 'rapidfuzz' not in sys.modules\n"
        "v.resolve('synovail sarcoma'); assert 'rapidfuzz' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- real names -----------------------------------------------------------------------------------------------------


def published_histologies() -> Iterator[str]:
    with shared("cases/published_cases.csv").open(encoding="utf-8", newline="") as file:
        yield from (row["histology"] for row in csv.DictReader(file))


def test_every_published_case_has_a_histology_that_resolves_to_a_sarcoma() -> None:
    for text in published_histologies():
        histology = VOCABULARY.resolve(text).histology
        assert histology is not None and histology.group != "not_sarcoma", text


def test_every_name_and_code_of_the_cohort_resolves_to_the_same_entity_without_guessing() -> None:
    with shared("cohort/msk_impact_2017_sarcoma.tsv").open(encoding="utf-8", newline="") as file:
        pairs = {(row["ONCOTREE_CODE"], row["CANCER_TYPE_DETAILED"]) for row in csv.DictReader(file, delimiter="\t")}
    for code, name in pairs:
        assert VOCABULARY.resolve(name).how == "name"
        assert resolved(name) == resolved(code) == code


# --- malformed files ------------------------------------------------------------------------------------------------

ONE = {
    "id": "one",
    "name": "Synovial Sarcoma",
    "group": "recurrent_fusion",
    "differentiation": "none",
    "source": "test",
}


@pytest.mark.parametrize(
    "other",
    [
        {"id": "two", "name": "sarcoma, synovial, NOS"},
        {"id": "two", "name": "Another", "synonyms": ["synovial sarcomas"]},
        {"id": "two", "name": "Another", "synonyms": ["synovialsarcoma"]},
        {"id": "one", "name": "Another"},
        {"id": "two", "name": "NOS"},
        {"id": "two", "name": "Another", "colour": "red"},
        {"id": "two", "name": "Another", "source": ""},
        {"id": "two", "name": "Another", "synonyms": "not a list"},
        {"id": "two", "name": "Another", "markers": [{"id": "m", "genes": ["A"], "certainty": "frequent"}]},
    ],
)
def test_a_malformed_or_ambiguous_entry_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(GuidanceError) as error:
        HistologyVocabulary([ONE, {**ONE, **other}])
    assert error.value.where


def test_an_oncotree_code_that_names_another_entity_is_refused() -> None:
    coded = {**ONE, "id": "SS", "name": "Sezary Syndrome", "oncotree": "SS"}
    with pytest.raises(GuidanceError, match="OncoTree code"):
        HistologyVocabulary([{**ONE, "synonyms": ["SS"]}, coded])


def test_a_tumour_named_by_another_rearranged_gene_is_never_taken_for_a_known_one() -> None:
    for text in ("RET-rearranged spindle cell neoplasm", "ALK-rearranged spindle cell neoplasm"):
        assert VOCABULARY.resolve(text).how in ("none", "fuzzy"), text
