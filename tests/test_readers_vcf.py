"""Structural variants in VCF: one event gives one junction, and each side says what it keeps."""

from __future__ import annotations

import pytest

from ntrkpath import readers
from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Breakpoint, Junction

HEAD = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def _read(*rows: tuple[str, int, str, str, str], head: str = HEAD) -> readers.ReadResult:
    lines = [f"{c}\t{p}\t{i}\tN\t{alt}\t.\tPASS\t{info}" for c, p, i, alt, info in rows]
    return readers.read((head + "\n".join(lines) + "\n").encode(), "x.vcf")


def _place(side: Breakpoint) -> tuple[str | None, int | None, str | None]:
    return side.chromosome, side.position, side.retained


def _places(junction: Junction) -> tuple[object, object]:
    return _place(junction.five_prime), _place(junction.three_prime)


@pytest.mark.parametrize(
    ("alt", "here", "there"),
    [
        ("N[15:88484100[", "left", "right"),
        ("N]15:88484100]", "left", "left"),
        ("]15:88484100]N", "right", "left"),
        ("[15:88484100[N", "right", "right"),
        ("NACGT[chr15:88484100[", "left", "right"),
        ("N[<15>:88484100[", "left", "right"),
    ],
)
def test_brackets_say_which_side_is_kept(alt: str, here: str, there: str) -> None:
    (found,) = _read(("12", 12022950, "a", alt, "SVTYPE=BND")).junctions
    assert _places(found) == (("12", 12022950, here), ("15", 88484100, there))
    assert (found.level, found.ordered) == ("dna", False)


@pytest.mark.parametrize("info", ["SVTYPE=BND;MATEID={}", "SVTYPE=BND;EVENT=E", "SVTYPE=BND;PARID={}", "SVTYPE=BND"])
def test_both_mates_of_a_pair_are_one_junction_in_either_order(info: str) -> None:
    first = ("12", 12022950, "a", "N]15:88484100]", info.format("b"))
    second = ("15", 88484100, "b", "N]12:12022950]", info.format("a"))
    (one,), (two,) = _read(first, second).junctions, _read(second, first).junctions
    assert _places(one) == _places(two)


def test_mates_that_name_each_other_are_one_junction_even_where_positions_differ_by_homology() -> None:
    first = ("12", 12022950, "a", "N]15:88484100]", "SVTYPE=BND;MATEID=b")
    second = ("15", 88484103, "b", "N]12:12022947]", "SVTYPE=BND;MATEID=a")
    assert len(_read(first, second).junctions) == 1


def test_a_reciprocal_translocation_stays_two_junctions() -> None:
    found = _read(
        ("12", 12022950, "a", "N]15:88484100]", "SVTYPE=BND"),
        ("12", 12022951, "b", "[15:88484101[N", "SVTYPE=BND"),
    )
    assert len(found.junctions) == 2


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("SVTYPE=DEL;END=200", [((100, "left"), (201, "right"))]),
        ("SVTYPE=DEL;SVLEN=-100", [((100, "left"), (201, "right"))]),
        ("SVTYPE=DUP;END=200", [((101, "right"), (200, "left"))]),
        ("SVTYPE=INV;END=200;CT=3to3", [((100, "left"), (200, "left"))]),
        ("SVTYPE=INV;END=200;CT=5to5", [((101, "right"), (201, "right"))]),
        ("SVTYPE=INV;END=200;INV3", [((100, "left"), (200, "left"))]),
        ("SVTYPE=INV;END=200;INV5", [((101, "right"), (201, "right"))]),
        ("SVTYPE=INV;END=200;STRANDS=++:7", [((100, "left"), (200, "left"))]),
        ("SVTYPE=INV;END=200;STRANDS=--:7", [((101, "right"), (201, "right"))]),
        (
            "SVTYPE=INV;END=200;STRANDS=++:7,--:4",
            [((100, "left"), (200, "left")), ((101, "right"), (201, "right"))],
        ),
        ("SVTYPE=INV;END=200", [((100, "left"), (200, "left")), ((101, "right"), (201, "right"))]),
        ("SVTYPE=INS;END=101", []),
        ("SVTYPE=CNV;END=200", []),
    ],
)
def test_intrachromosomal_events(kind: str, expected: list[tuple[tuple[int, str], tuple[int, str]]]) -> None:
    alt = f"<{kind[7:10]}>"
    result = _read(("1", 100, "a", alt, kind))
    assert not result.problems
    assert [
        ((j.five_prime.position, j.five_prime.retained), (j.three_prime.position, j.three_prime.retained))
        for j in result.junctions
    ] == expected


@pytest.mark.parametrize(
    ("ct", "keeps"),
    [
        ("3to5", ("left", "right")),
        ("5to3", ("right", "left")),
        ("3to3", ("left", "left")),
        ("5to5", ("right", "right")),
    ],
)
def test_a_delly_translocation_is_oriented_by_its_connection_type(ct: str, keeps: tuple[str, str]) -> None:
    (found,) = _read(("12", 500, "a", "<TRA>", f"SVTYPE=TRA;CHR2=15;END=900;CT={ct}")).junctions
    assert _places(found) == (("12", 500, keeps[0]), ("15", 900, keeps[1]))


def test_a_single_breakend_has_an_unknown_partner() -> None:
    (found,) = _read(("15", 88484100, "a", "NACGT.", "SVTYPE=BND")).junctions
    assert _places(found) == (("15", 88484100, "left"), (None, None, None))


@pytest.mark.parametrize(
    ("line", "assembly"),
    [
        ("##contig=<ID=chr1,length=248956422>", "GRCh38"),
        ("##contig=<ID=15,length=102531392,assembly=x>", "GRCh37"),
        ("##reference=file:///ref/hs37d5.fa", "GRCh37"),
        ("##reference=GRCh38.d1.vd1.fa", "GRCh38"),
        ("##reference=mine.fa", None),
    ],
)
def test_the_assembly_is_read_from_the_header(line: str, assembly: str | None) -> None:
    head = HEAD.replace("#CHROM", f"{line}\n#CHROM")
    (found,) = _read(("1", 156844436, "a", "<DEL>", "SVTYPE=DEL;END=156900000"), head=head).junctions
    assert found.assembly == assembly


def test_the_filter_of_the_caller_is_kept() -> None:
    row = "1\t156844436\ta\tN\t<DEL>\t.\tMinQUAL;LowSupport\tSVTYPE=DEL;END=156900000\n"
    assert readers.read((HEAD + row).encode(), "x.vcf").junctions[0].filtered == "MinQUAL;LowSupport"


@pytest.mark.parametrize(
    ("alt", "info"),
    [
        ("N]15:88484100[", "SVTYPE=BND"),
        ("<DEL>", "SVTYPE=DEL"),
        ("<TRA>", "SVTYPE=TRA"),
        ("N]15:999999999]", "SVTYPE=BND"),
    ],
)
def test_a_record_that_lacks_what_its_type_needs_is_a_problem(alt: str, info: str) -> None:
    result = _read(("15", 88484100, "a", alt, info), ("12", 12022950, "b", "N[15:88484100[", "SVTYPE=BND"))
    assert [p.line for p in result.problems] == [3]
    assert len(result.junctions) == 1


def test_a_vcf_without_its_header_line_is_refused() -> None:
    with pytest.raises(ReaderError, match="#CHROM"):
        readers.read(b"##fileformat=VCFv4.2\n1\t1\t.\tN\t<DEL>\t.\t.\tSVTYPE=DEL\n", "x.vcf")


@pytest.mark.parametrize(
    ("direction", "keeps"),
    [
        ("L1R2", ("left", "right")),
        ("L1rL2", ("left", "left")),
        ("L2R1", ("right", "left")),
        ("rR2R1", ("right", "right")),
    ],
)
def test_the_direction_of_a_tso500_ctdna_fusion_is_that_of_vcf_brackets(direction: str, keeps: tuple[str, str]) -> None:
    header = "Sample,Name,Chr1,Pos1,Chr2,Pos2,Direction,Alt_Depth,Gene1,Gene2,Filter\n"
    row = f"S1,LMNA-NTRK1,chr1,156102508,chr1,156844436,{direction},8,LMNA,NTRK1,PASS\n"
    (found,) = readers.read((header + row).encode(), "x").junctions
    assert (found.five_prime.retained, found.three_prime.retained) == keeps
