"""Readers meet damaged, hostile, ambiguous and unusual files without surprise."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import random
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntrkpath import readers
from ntrkpath.model.errors import ReaderError
from ntrkpath.readers import _text
from ntrkpath.readers._registry import recognise
from ntrkpath.readers._table import split
from ntrkpath.readers._text import open_document

DATA = Path(__file__).parent / "data" / "readers"
CONTENTS = {path.name: path.read_bytes() for path in sorted(DATA.iterdir()) if path.is_file() and path.suffix != ".md"}
ARRIBA = CONTENTS["arriba_v1.tsv"]
NOTES = "gene5,chr5,pos5,gene3,chr3,pos3,note\n"
#: Fusion files whose records are lines of one table.
ROWS = sorted(
    name
    for name in CONTENTS
    if Path(name).suffix not in {".xml", ".json", ".maf"}
    and not any(word in name for word in ("combined", "variants", "data_cna", "copy_number"))
)


def test_gzip_is_told_by_its_magic_bytes_not_by_the_name() -> None:
    assert readers.read(gzip.compress(ARRIBA), "x.tsv").junctions == readers.read(ARRIBA, "x.tsv").junctions
    assert readers.read(ARRIBA, "x.tsv.gz").junctions[0].sample == "x"


def test_a_gzip_of_several_members_is_read_whole() -> None:
    head, rest = ARRIBA[:100], ARRIBA[100:]
    both = gzip.compress(head) + gzip.compress(rest)
    assert readers.read(both, "x").junctions == readers.read(ARRIBA, "x").junctions


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b"\xef\xbb\xbf" + b,
        lambda b: b.replace(b"\n", b"\r\n"),
        lambda b: b.replace(b"\n", b"\r"),
        lambda b: b.decode().encode("utf-16"),
        lambda b: b.rstrip(b"\n"),
    ],
    ids=["bom", "crlf", "cr", "utf-16", "no last line end"],
)
def test_line_ends_and_encodings_change_nothing(change) -> None:  # type: ignore[no-untyped-def]
    assert readers.read(change(ARRIBA), "x").junctions == readers.read(ARRIBA, "x").junctions


def test_blank_and_comment_lines_keep_the_line_numbers_right() -> None:
    lines = ARRIBA.split(b"\n")
    spaced = b"\n".join([b"", b"## made by hand", lines[0], b"", b"# note", *lines[1:]])
    assert [j.source.line for j in readers.read(spaced, "x").junctions] == [6, 7, 8, 9]


def _facts(result: readers.ReadResult) -> list[str]:
    """What a result says, without lines and raw text."""
    return sorted(
        repr(
            (
                j.caller,
                j.five_prime,
                j.three_prime,
                j.sample,
                j.ordered,
                j.level,
                j.support,
                j.filtered,
                j.frame_by_caller,
            )
        )
        for j in result.junctions
    )


def _has_header(content: bytes) -> bool:
    return recognise(open_document(content, "x"))[1] is not None


@pytest.mark.parametrize("name", [name for name in ROWS if _has_header(CONTENTS[name])])
def test_columns_are_found_by_name_in_any_order_and_any_delimiter(name: str) -> None:
    document = open_document(CONTENTS[name], "x")
    header = recognise(document)[1]
    assert header is not None
    first, *rest = [split(line, header.delimiter) for line in document.lines[header.index :]]
    first[0] = first[0].lstrip("# ")
    order = list(range(len(first)))
    random.Random(name).shuffle(order)
    for delimiter in (",", "\t"):
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        for row in (first, *rest):
            writer.writerow([row[at] if at < len(row) else "" for at in order])
        found = readers.read(out.getvalue().encode(), "x")
        known = readers.read(CONTENTS[name], "x")
        assert _facts(found) == _facts(known)
        assert len(found.problems) == len(known.problems)


def test_a_quoted_cell_may_hold_a_line_break() -> None:
    table = NOTES + 'ETV6,12,12022903,NTRK3,15,88483984,"two\nlines"\nTPM3,1,154142876,NTRK1,1,156844363,x\n'
    result = readers.read(table.encode(), "x")
    assert [j.three_prime.gene for j in result.junctions] == ["NTRK3", "NTRK1"]
    assert result.junctions[1].source.line == 4


def test_a_stray_quote_costs_no_other_row() -> None:
    table = NOTES + 'ETV6,12,12022903,NTRK3,15,88483984,"5 inch\nTPM3,1,154142876,NTRK1,1,156844363,x\n'
    result = readers.read(table.encode(), "x")
    assert "NTRK1" in {j.three_prime.gene for j in result.junctions}


def test_two_stray_quotes_swallow_no_row_between_them() -> None:
    rows = ['FGFR3,4,1808661,TACC3,4,1741429,"5 inch', "ETV6,12,12022903,NTRK3,15,88483984,", 'A,1,5,B,2,6,"x']
    result = readers.read((NOTES + "\n".join(rows)).encode(), "x")
    assert [j.three_prime.gene for j in result.junctions] == ["TACC3", "NTRK3", "B"]


def test_a_generic_table_without_any_known_column_names_one() -> None:
    with pytest.raises(ReaderError, match="missing column"):
        readers.read(b"a,b\n1,2\n", "x.csv", caller="generic")


def test_a_row_that_cannot_be_read_is_kept_raw_with_its_line_and_the_others_go_on() -> None:
    lines = ARRIBA.decode().splitlines()
    lines[1] = lines[1].replace("12:12022903", "twelve")
    result = readers.read("\n".join(lines).encode(), "x.tsv")
    assert len(result.junctions) == 3
    (problem,) = result.problems
    assert (problem.file, problem.line, problem.raw) == ("x.tsv", 2, lines[1])
    assert "twelve" in problem.message
    assert str(problem).startswith("x.tsv:2: ")


def test_a_cut_row_is_a_problem_not_a_guess() -> None:
    result = readers.read(ARRIBA.rstrip(b"\n") + b"\nETV6\tNTRK3\t+/+\n", "x", genes=readers.NTRK)
    assert [p.line for p in result.problems] == [6]


def test_several_formats_that_fit_are_an_error_naming_them_and_the_option() -> None:
    header = b"gene1,gene2,breakpoint1,breakpoint2,chrom1,chrom2,confidence\nA,B,1:2,3:4,1,3,high\n"
    with pytest.raises(ReaderError) as caught:
        readers.read(header, "x.csv")
    assert "arriba" in str(caught.value)
    assert "fusionseeker" in str(caught.value)
    assert "--caller" in str(caught.value)
    assert readers.read(header, "x.csv", caller="arriba").format == "arriba"


def test_an_unknown_file_is_an_error_with_the_closest_formats() -> None:
    with pytest.raises(ReaderError, match=r"closest: .*arriba"):
        readers.read(b"gene1\tbreakpoint1\tconfidence\tother\n1\t2\t3\t4\n", "x")


def test_an_unknown_caller_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(ReaderError, match=r"no reader for this caller.*arriba"):
        readers.read(ARRIBA, "x", caller="ariba")


def test_a_file_of_another_caller_than_the_stated_one_names_the_missing_column() -> None:
    with pytest.raises(ReaderError, match="missing column"):
        readers.read(ARRIBA, "x", caller="jaffa")


@pytest.mark.parametrize("name", ["STAR-Fusion", "starfusion", "star_fusion"])
def test_a_caller_is_known_under_any_spelling(name: str) -> None:
    assert readers.read(CONTENTS["star_fusion.tsv"], "x", caller=name).format == "star-fusion"


def test_a_decompression_bomb_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_text, "MAX_BYTES", 1_000_000)
    with pytest.raises(ReaderError, match="too large after decompression"):
        readers.read(zlib.compress(bytes(5_000_000), wbits=31), "bomb.gz")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x00\x01\x02binary", b"PK\x03\x04\x00\x00", b"\x1f\x8bnot gzip"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(ReaderError):
        readers.read(content, "x")


def test_a_missing_file_is_a_reader_error(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="cannot be opened"):
        readers.read(tmp_path / "none.tsv")


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE r SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]>',
    ],
)
def test_xml_with_declarations_is_refused(declaration: str) -> None:
    text = f'<?xml version="1.0"?>\n{declaration}\n<ResultsReport><x/></ResultsReport>'
    with pytest.raises(ReaderError, match="document type or entities"):
        readers.read(text.encode(), "x.xml")


def test_deeply_nested_xml_and_json_are_refused() -> None:
    with pytest.raises(ReaderError):
        readers.read(b"<ResultsReport>" + b"<a>" * 100_000, "x.xml")
    with pytest.raises(ReaderError):
        readers.read(b"[" * 200_000, "x.json")


@pytest.mark.parametrize("name", ROWS)
def test_the_order_of_rows_is_irrelevant(name: str) -> None:
    lines = CONTENTS[name].decode("utf-8-sig").splitlines()
    known = readers.read(CONTENTS[name], "x")
    first = min((j.source.line or 1 for j in known.junctions), default=1)
    first = min([first, *(p.line or 1 for p in known.problems)]) - 1
    turned = "\n".join(lines[:first] + lines[first:][::-1])
    found = readers.read(turned.encode(), "x")

    assert _facts(found) == _facts(known)
    assert sorted(p.raw for p in found.problems) == sorted(p.raw for p in known.problems)


@pytest.mark.parametrize("chromosome", ["chr12", "12", "CHR12"])
def test_the_chr_prefix_changes_nothing(chromosome: str) -> None:
    table = f"gene5\tchr5\tpos5\tgene3\tchr3\tpos3\nETV6\t{chromosome}\t12022903\tNTRK3\tchr15\t88483984\n"
    assert readers.read(table.encode(), "x").junctions[0].five_prime.chromosome == "12"


@pytest.mark.parametrize(
    ("gene5", "gene3", "place"),
    [
        ("TRKA", "TPM3", "5:100"),
        ("", "ENSG00000140538.16", "15:88483984"),
        ("X,NTRK2", "Y", "5:100"),
        ("A(100),NTRK1(2000)", "B", "5:100"),
        ("A", "B", "15:88483984"),
        ("", "", "1:156874571"),
        ("NTRK3-201", "B", "5:100"),
        ("NTRK3 exon14", "B", "5:100"),
        ("NTRK\u200b3", "B", "5:100"),
        ("NM_002530.3", "B", "5:100"),
        ("A", "B", "chr9:84,867,242"),
    ],
)
def test_the_gene_filter_knows_aliases_cells_with_several_genes_and_positions(
    gene5: str, gene3: str, place: str
) -> None:
    table = f"gene5;gene3;pos5;pos3\n{gene5};{gene3};;{place}\nALK;EML4;2:100;2:200\n"
    result = readers.read(table.encode(), "x", genes=readers.NTRK)
    assert len(result.junctions) == 1
    assert (result.rows_read, result.rows_other) == (2, 1)


def test_the_gene_filter_takes_other_genes_too() -> None:
    result = readers.read(ARRIBA, "x", genes=["TACC3"])
    assert [j.three_prime.gene for j in result.junctions] == ["TACC3"]


def test_the_sample_is_the_column_then_the_argument_then_the_file_name() -> None:
    assert {j.sample for j in readers.read(CONTENTS["jaffa.csv"], "x.csv", sample="given").junctions} == {"S1"}
    assert {j.sample for j in readers.read(ARRIBA, "x.csv", sample="given").junctions} == {"given"}
    assert {j.sample for j in readers.read(ARRIBA, "case-7.fusions.tsv.gz").junctions} == {"case-7.fusions"}


@pytest.mark.parametrize(
    "piece", ["a", "-", ",", "(1", "|", ";", ":", '"', "A,", "ID=", "[", "chr1:1-", " ", "1", "+-", "&amp;", "=", "_"]
)
@pytest.mark.parametrize("name", ["arriba_v1.tsv", "cbioportal_sv.txt", "data_fusions.txt", "fusion_report.csv"])
def test_a_very_long_cell_costs_no_more_than_its_length(name: str, piece: str) -> None:
    head, *rows = CONTENTS[name].decode().splitlines()
    delimiter = "," if name.endswith("csv") else "\t"
    width = len(rows[0].split(delimiter))
    hostile = delimiter.join([f"NTRK1{piece * 60_000}"] * width)
    _read_anything("\n".join([head, hostile, *rows]).encode())


@pytest.mark.parametrize("piece", ["ID=", "length=", ",", "<"])
def test_a_very_long_header_line_of_a_vcf_costs_no_more_than_its_length(piece: str) -> None:
    text = "##fileformat=VCFv4.2\n##contig=<" + piece * 200_000 + "\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    assert not readers.read(text.encode(), "x.vcf").junctions


def _read_anything(content: bytes) -> None:
    for genes in (None, readers.NTRK):
        with contextlib.suppress(ReaderError):
            readers.read(content, "fuzz", genes=genes)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(CONTENTS)), st.data())
def test_garbled_files_raise_nothing_but_reader_errors(name: str, data: st.DataObject) -> None:
    content = bytearray(CONTENTS[name])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        action = data.draw(st.sampled_from(["cut", "set", "insert", "swap"]))
        if action == "cut":
            del content[at : at + data.draw(st.integers(1, 40))]
        elif action == "set":
            content[at] = data.draw(st.integers(1, 255))
        elif action == "insert":
            piece = data.draw(
                st.sampled_from([b"\t", b"\n", b'"', b"-1", b"9" * 30, b"1e400", b"\xff\xfe", b"]", b"\xd9\xa3"])
            )
            content[at:at] = piece
        else:
            content[at:at] = content[: data.draw(st.integers(0, 200))]
        if not content:
            break
    _read_anything(bytes(content))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_raise_nothing_but_reader_errors(content: bytes) -> None:
    _read_anything(content)
    _read_anything(gzip.compress(content)[: len(content)])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(CONTENTS)), st.integers(0, 4000))
def test_cut_files_raise_nothing_but_reader_errors(name: str, at: int) -> None:
    _read_anything(CONTENTS[name][:at])
