"""Plain tables give the same junction under every synonym, spelling, order and delimiter, or name their columns."""

from __future__ import annotations

import csv
import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath import readers
from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Breakpoint
from ntrkpath.readers import _columns
from ntrkpath.readers._columns import Meaning
from ntrkpath.readers._fusion_name import parse

WORDS = _columns.knowledge()
ROW = {
    "gene5": "ETV6", "chromosome5": "chr12", "position5": "11869969", "strand5": "+", "exon5": "5",
    "transcript5": "ENST00000396373", "intron5": "", "gene_id5": "ENSG00000139083",
    "gene3": "NTRK3", "chromosome3": "chr15", "position3": "87940753", "strand3": "-", "exon3": "15",
    "transcript3": "ENST00000360948", "intron3": "", "gene_id3": "ENSG00000140538",
}  # fmt: skip
#: Where the row holds no value of its own, one that changes nothing of the junction.
CELLS = {"breakpoints": "", "exons": "", "fusion": "ETV6::NTRK3", "sample": "S1", "patient": "S1", "reads": "30"}
ETV6 = Breakpoint("ETV6", "12", 11869969)
NTRK3 = Breakpoint("NTRK3", "15", 87940753)


def _sides() -> list[tuple[bool, str, str]]:
    return [(s["ordered"], *pair) for s in WORDS["sides"] for pair in itertools.product(s["first"], s["second"])]


def _table(columns: list[tuple[str, str]], delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerow([name for name, _ in columns])
    writer.writerow([cell for _, cell in columns])
    return out.getvalue().encode()


def test_every_name_of_a_column_that_can_be_made_has_one_meaning() -> None:
    for sides in WORDS["sides"]:
        for end, words in (("5", sides["first"]), ("3", sides["second"])):
            for word, (role, names), form in itertools.product(words, WORDS["of_a_side"].items(), WORDS["forms"]):
                for name in names:
                    made = form.replace("{side}", word).replace("{of}", name)
                    assert _columns.meanings(made) == {Meaning(role + end, sides["ordered"])}, made
    for role, names in WORDS["of_a_row"].items():
        for name in names:
            assert _columns.meanings(name) == {Meaning(role, None)}, name


_STYLES = (str, str.upper, str.lower, str.title, lambda n: n.replace(" ", "_"), lambda n: n.replace(" ", "."),
           lambda n: n.replace(" ", ""), lambda n: n.replace(" ", "-"), lambda n: f" {n} ")  # fmt: skip


@st.composite
def _written(draw: st.DrawFn) -> bytes:
    """A table of the known junction with names, spelling, order, delimiter and quoting drawn."""
    _, first, second = draw(st.sampled_from(_sides()))
    form, style = draw(st.sampled_from(WORDS["forms"])), draw(st.sampled_from(_STYLES))
    fields = ["gene", "chromosome", "position", *draw(st.lists(st.sampled_from(["strand"]), unique=True))]
    names = {field: draw(st.sampled_from(WORDS["of_a_side"][field])) for field in fields}
    columns = [
        (style(form.replace("{side}", word).replace("{of}", names[field])), ROW[field + end])
        for field in fields
        for end, word in (("5", first), ("3", second))
    ]
    columns += [(style(draw(st.sampled_from(WORDS["of_a_row"][role]))), CELLS[role]) for role in ("sample", "reads")]
    columns += [("Operator", "reviewed")]
    ordered = draw(st.permutations(columns))
    # A first column whose name needs no quoting is told from a comment by its letters.
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    return _table(list(ordered), delimiter, draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))


@given(_written())
def test_the_same_junction_comes_out_whatever_the_header_is_called(table: bytes) -> None:
    result = readers.read(table, "laboratory.csv", caller="generic")
    (junction,) = result.junctions
    places = {(side.gene, side.chromosome, side.position) for side in (junction.five_prime, junction.three_prime)}
    assert places == {(side.gene, side.chromosome, side.position) for side in (ETV6, NTRK3)}
    assert junction.five_prime.gene == "ETV6"
    assert (junction.sample, junction.support.total, result.status) == ("S1", 30, "read")
    assert "'Operator'" in result.notes[0].partition("not used")[2]


@pytest.mark.parametrize(("ordered", "first", "second"), _sides())
def test_only_words_that_tell_the_5_prime_side_give_an_order(ordered: bool, first: str, second: str) -> None:
    table = _table([(f"{first} gene", "ETV6"), (f"{second} gene", "NTRK3")])
    assert readers.read(table, "x", caller="generic").junctions[0].ordered is ordered


@pytest.mark.parametrize("role", ["sample", "fusion", "reads", "breakpoints"])
def test_every_synonym_of_a_column_of_the_row_is_read(role: str) -> None:
    for name in WORDS["of_a_row"][role]:
        cells = {**CELLS, "breakpoints": "chr12:11869969:+ - chr15:87940753:-"}
        columns = [("gene5", "ETV6"), ("gene3", "NTRK3"), (name, cells[role])]
        result = readers.read(_table(columns, ";"), "x", caller="generic")
        (junction,) = result.junctions
        given_ = {
            "sample": junction.sample, "fusion": "ETV6::NTRK3", "reads": str(junction.support.total),
            "breakpoints": f"chr12:{junction.five_prime.position}:+ - chr15:{junction.three_prime.position}:-",
        }  # fmt: skip
        assert given_[role] == cells[role], name


@pytest.mark.parametrize("position", ["11869969", "chr12:11869969", "chr12:11869969:+", "11.869.969", "11,869,969"])
def test_positions_may_be_split_combined_or_grouped(position: str) -> None:
    table = _table([("Gene1", "ETV6"), ("Chr1", "12"), ("Pos1", position), ("Gene2", "NTRK3"), ("Chr2", "15"),
                    ("Pos2", "87940753")], ";")  # fmt: skip
    (junction,) = readers.read(table, "x").junctions
    assert (junction.five_prime.chromosome, junction.five_prime.position) == ("12", 11869969)


@pytest.mark.parametrize("cell", ["chr12:11869969-chr15:87940753", "chr12:11869969:+/chr15:87940753:-",
                                  "chr12:11869969|chr15:87940753", "12:11869969; 15:87940753"])  # fmt: skip
def test_both_breakpoints_may_stand_in_one_cell(cell: str) -> None:
    table = _table([("Fusion", "ETV6::NTRK3"), ("Breakpoints", cell)], "\t")
    (junction,) = readers.read(table, "x").junctions
    assert (junction.five_prime.position, junction.three_prime.position) == (11869969, 87940753)


def test_two_columns_for_one_role_are_an_error_that_names_both() -> None:
    table = b"Sample,Gene 1,Partner1,Gene 2\nS1,ETV6,TPM3,NTRK3\n"
    with pytest.raises(ReaderError) as caught:
        readers.read(table, "x.csv")
    assert "'Gene 1'" in str(caught.value) and "'Partner1'" in str(caught.value)


def test_two_columns_for_one_role_that_agree_are_one() -> None:
    table = b"Sample,Sample ID,Gene 1,Gene 2\nS1,S1,ETV6,NTRK3\n"
    assert readers.read(table, "x.csv").junctions[0].sample == "S1"


def test_a_side_without_a_column_is_named() -> None:
    with pytest.raises(ReaderError, match="gene of the 3' side"):
        readers.read(b"Sample,5' Gene,5' Breakpoint\nS1,ETV6,chr12:11869969\n", "x.csv", caller="generic")


def test_an_unknown_table_names_three_formats_with_what_each_lacks_and_where_to_read_on() -> None:
    with pytest.raises(ReaderError) as caught:
        readers.read(b"gene1\tbreakpoint1\tother\nETV6\t12:11869969\t3\n", "x")
    text = str(caught.value)
    assert text.count("(lacks ") == 3
    assert "gene2" in text and "--formats" in text


def test_a_name_that_contradicts_the_gene_columns_is_a_problem_of_its_row() -> None:
    table = b"Fusion,Gene1,Gene2\nTPM3-NTRK1,ETV6,NTRK3\nETV6-NTRK3,ETV6,NTRK3\n"
    result = readers.read(table, "x")
    assert [j.source.line for j in result.junctions] == [3]
    assert [p.line for p in result.problems] == [2]


def test_a_row_that_says_there_is_no_fusion_gives_none_and_no_problem() -> None:
    table = b"Probe;Fusion\nS1;nicht nachgewiesen\nS2;ETV6-NTRK3\n"
    result = readers.read(table, "x")
    assert [j.sample for j in result.junctions] == ["S2"]
    assert result.problems == ()


@pytest.mark.parametrize(("column", "cell", "standing"), [
    ("Confidence", "low", "doubted"), ("Konfidenz", "hoch", "accepted"), ("Filter", "PASS", "accepted"),
    ("Filter", "LOW_SCORE", "rejected"), ("Confianza", "baja", "doubted"), ("Confidence", "3 of 5", "doubted"),
])  # fmt: skip
def test_the_laboratorys_own_word_is_kept(column: str, cell: str, standing: str) -> None:
    (junction,) = readers.read(_table([("Gene1", "ETV6"), ("Gene2", "NTRK3"), (column, cell)]), "x").junctions
    assert junction.standing == standing
    assert standing == "accepted" or junction.filtered == cell


def test_a_table_without_reads_counted_is_no_event() -> None:
    result = readers.read(_table([("Gene1", "ETV6"), ("Gene2", "NTRK3"), ("Reads", "0")]), "x")
    assert (result.junctions, result.rows_without_reads) == ((), 1)


NAMES = {
    "ETV6::NTRK3": ("ETV6", "NTRK3", True), "ETV6--NTRK3": ("ETV6", "NTRK3", True),
    "ETV6-NTRK3": ("ETV6", "NTRK3", False),
    "ETV6\u2013NTRK3 fusion": ("ETV6", "NTRK3", False), "ETV6 \u2192 NTRK3": ("ETV6", "NTRK3", True),
    "ETV6/NTRK3": ("ETV6", "NTRK3", False), "ETV6_NTRK3": ("ETV6", "NTRK3", False),
    "HLA-A-NTRK1": ("HLA-A", "NTRK1", False), "NKX2-1-NTRK2": ("NKX2-1", "NTRK2", False),
    "NTRK3-HLA-DRB1": ("NTRK3", "HLA-DRB1", False), "HLA-A-HLA-B": ("HLA-A", "HLA-B", False),
    "RP11-679B19.2-NTRK2": ("RP11-679B19.2", "NTRK2", False),
}  # fmt: skip


@pytest.mark.parametrize("text", NAMES)
def test_a_name_parts_where_two_genes_meet(text: str) -> None:
    pair = parse(text)
    assert (pair.first.gene, pair.second.gene, pair.ordered) == NAMES[text]


@pytest.mark.parametrize("text", ["HLA-A", "NTRK3", "", "2020-01-02", "a-b-c-d", "--"])
def test_what_is_no_pair_of_genes_is_refused(text: str) -> None:
    from ntrkpath.readers.api import RowError

    with pytest.raises(RowError):
        parse(text)


@pytest.mark.parametrize("text", ["TPM3 e8::NTRK1 e10", "TPM3(8)-NTRK1(10)", "TPM3 exon 8 - NTRK1 exon 10",
                                  "TPM3-NTRK1.T8N10", "NM_152263.4(TPM3):e.8::NM_002529.4(NTRK1):e.10"])  # fmt: skip
def test_exons_in_a_name_are_read(text: str) -> None:
    pair = parse(text)
    assert (pair.first.gene, pair.first.exon, pair.second.gene, pair.second.exon) == ("TPM3", 8, "NTRK1", 10)


@pytest.mark.parametrize("header", ["", "Fusion\n", "Fusion gene\n", '"Fusion"\n'])
def test_a_list_of_names_may_have_a_header(header: str) -> None:
    result = readers.read((header + "ETV6-NTRK3\nTPM3-NTRK1\n").encode(), "x")
    assert [j.three_prime.gene for j in result.junctions] == ["NTRK3", "NTRK1"]
    assert result.problems == ()


def test_a_list_of_something_else_is_not_taken_for_names() -> None:
    with pytest.raises(ReaderError):
        readers.read(b"2020-01-02\nS-1\nHLA-A\n", "x")


@pytest.mark.parametrize("mark", [",", "\t"])
def test_a_header_that_r_has_written_is_understood(mark: str) -> None:
    table = mark.join(["X5..Gene", "X3..Gene", "X5..Breakpoint", "X3..Breakpoint"]) + "\n"
    table += mark.join(["ETV6", "NTRK3", "chr12:11869969", "chr15:87940753"]) + "\n"
    (junction,) = readers.read(table.encode(), "x").junctions
    assert (junction.five_prime.position, junction.three_prime.position) == (11869969, 87940753)


@pytest.mark.parametrize("word", ["(hg38)", "_GRCh38", " hg38", "[GRCh38]"])
def test_an_assembly_in_the_header_is_stated_by_the_file(word: str) -> None:
    names = [f"5' Breakpoint{word}", f"3' Breakpoint{word}"]
    table = _table(
        [("5' Gene", "ETV6"), ("3' Gene", "NTRK3"), *zip(names, ["chr12:11869969", "chr15:87940753"], strict=True)]
    )
    result = readers.read(table, "x")
    (junction,) = result.junctions
    assert (result.assembly, junction.assembly, junction.five_prime.position) == ("GRCh38", "GRCh38", 11869969)


def test_two_assemblies_in_one_header_are_an_error() -> None:
    with pytest.raises(ReaderError, match="two assemblies"):
        readers.read(b"Gene1,Gene2,Pos1 hg19,Pos2 hg38,Chr1,Chr2\nETV6,NTRK3,1,2,12,15\n", "x")


def test_the_page_of_formats_is_at_hand() -> None:
    page = readers.formats_page()
    assert "## Plain tables" in page and "| `generic` |" in page


_MANY = 20_000
_HOSTILE = {
    "hyphens": "NTRK3-" * _MANY,
    "archer": "FCA_1_GENES_UNIQUE\tETV6:NTRK3\nFCA_1_ANNOTATION_1-1\t" + "a" * _MANY + "(\n" + "A,;" * _MANY,
    "genefuse": "#Fusion: NTRK1" + "A:" * _MANY + "___" + "(" * _MANY,
    "breakpoints": "Fusion,Breakpoints\nETV6-NTRK3," + "a" * _MANY,
    "site": "chr1,pos1,str1,chr2,pos2,str2,gene1,gene2,site1,site2\n1,2,0,1,3,1,NTRK1,B," + "of " * _MANY + ",x",
    "names": "Fusion,Sample\n" + "NTRK3-" * 30 + ",x",
    "summary": "very short summary of found candidate\n * " + "NTRK1 " * _MANY,
}


@pytest.mark.parametrize("kind", _HOSTILE)
def test_endless_cells_end_in_a_problem_or_an_error(kind: str) -> None:
    try:
        result = readers.read(_HOSTILE[kind].encode(), "x", genes=readers.NTRK)
    except ReaderError:
        return
    assert result.junctions == ()
    assert result.status != "read"
