"""Generic tables: our own columns, any table with left and right breakpoints, and bare lists of fusion names."""

from __future__ import annotations

from ntrkpath.model.fusion import Assembly, Breakpoint, Junction, Level, Strand, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._signature import Format, Opening, tabbed
from ntrkpath.readers._table import Header, Row, TableReader
from ntrkpath.readers._text import Document
from ntrkpath.readers.star_fusion import gene_cells


def assembly_of(row: Row) -> Assembly | None:
    """Return the assembly a row states; a word that names none is an error."""
    text = row.value("assembly")
    if text is None:
        return None
    found = _cells.assembly(text)
    if found is None:
        raise RowError(f"not an assembly: {text[:40]!r} (GRCh37, hg19, GRCh38 or hg38)")
    return found


def _level(cell: str) -> Level | None:
    text = (_cells.value(cell) or "").lower()
    if not text:
        return None
    if "rna" in text:
        return "rna"
    if "dna" in text or text in {"wgs", "wes", "exome", "genome", "genomic"}:
        return "dna"
    raise RowError(f"not a level: {cell[:40]!r} (rna or dna)")


def _at(row: Row, end: str) -> tuple[str | None, int | None, Strand | None]:
    """Return the place of one side; ``pos`` may hold a whole locus (``chr12:11869969:+``)."""
    text = row[f"pos{end}"]
    if ":" in text:
        chromosome, position, strand = _cells.locus(text)
    else:
        chromosome, position, strand = _cells.chromosome(row[f"chr{end}"]), _cells.position(text), None
    if position is not None and chromosome is None:
        raise RowError(f"pos{end} without chr{end}")
    return chromosome, position, _cells.strand(row[f"strand{end}"]) or strand


def _side(row: Row, end: str) -> Breakpoint:
    return _cells.side(
        row[f"gene{end}"],
        _at(row, end),
        exon=_cells.exon(row[f"exon{end}"], f"exon{end}"),
        intron=_cells.exon(row[f"intron{end}"], f"intron{end}"),
        transcript=row.value(f"transcript{end}"),
    )


def _junction(row: Row) -> Junction:
    standing, words = _cells.filtered(row["filter"])
    return row.junction(
        _side(row, "5"),
        _side(row, "3"),
        caller=row.value("caller"),
        sample=row.value("sample"),
        assembly=assembly_of(row),
        level=_level(row["level"]),
        frame=_cells.frame(row["frame"]),
        call=row.value("frame"),
        support=Support(row.count("split"), row.count("pairs"), row.count("reads")),
        standing=standing,
        filtered=words,
    )


READER = TableReader(
    "generic",
    {
        "sample": ("sample", "sample_id", "tumor_sample_barcode"),
        "caller": ("caller", "tool"),
        **{
            f"{field}{n}": tuple(form.format(field=word, n=n, end=end) for word in words for form in forms)
            for n, end in (("5", "five_prime"), ("3", "three_prime"))
            for forms in (("{field}{n}", "{field}_{n}", "{end}_{field}"),)
            for field, words in (
                ("gene", ("gene",)),
                ("chr", ("chr", "chrom", "chromosome")),
                ("pos", ("pos", "position", "breakpoint")),
                ("strand", ("strand",)),
                ("exon", ("exon",)),
                ("intron", ("intron",)),
                ("transcript", ("transcript",)),
            )
        },
        "assembly": ("assembly", "genome", "build", "ncbi_build"),
        "level": ("level", "library"),
        "frame": ("frame", "reading_frame"),
        "reads": ("reads", "support", "supporting_reads"),
        "split": ("split_reads", "junction_reads"),
        "pairs": ("spanning_pairs", "spanning_reads"),
        "filter": ("filter", "filtered"),
    },
    (),
    _junction,
)


def _left_right(row: Row) -> Junction:
    left, right = gene_cells(row)
    return row.junction(
        _cells.side(left, _cells.locus(row["left_at"])),
        _cells.side(right, _cells.locus(row["right_at"])),
        sample=row.value("sample"),
        assembly=assembly_of(row),
        support=Support(total=row.count("reads")),
    )


LEFT_RIGHT = TableReader(
    "fusion-list",
    {
        "sample": ("sample", "sample_id"),
        "name": ("fusionname", "fusion_name", "fusion", "fusiongene"),
        "left": ("leftgene", "left_gene"),
        "right": ("rightgene", "right_gene"),
        "left_at": ("leftbreakpoint", "left_breakpoint"),
        "right_at": ("rightbreakpoint", "right_breakpoint"),
        "assembly": ("assembly", "genome", "build"),
        "reads": ("reads",),
    },
    ("left_at", "right_at"),
    _left_right,
)


class _Names:
    """A list of fusion names, one a line (``ETV6--NTRK3``): no positions, so no verdict on the frame."""

    name = "fusion-names"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read every line."""
        for number, line in enumerate(document.lines, 1):
            if not line.strip() or line.startswith("#") or not collector.wants(line):
                continue
            try:
                first, second = _cells.pair(line.strip())
                collector.add(collector.junction(_cells.side(first), _cells.side(second), number, line))
            except RowError as error:
                collector.problem(number, line, error)


NAMES = _Names()


FORMATS = (
    Format(
        reader=LEFT_RIGHT,
        file="any table with a name, `LeftBreakpoint` and `RightBreakpoint`",
        seen="real (target list)",
        also=("fusionname|fusion_name|fusion|fusiongene|leftgene",),
        rank=-2,
        level=None,
        order="as named",
        off_by="0",
        specimen=tabbed(
            "FusionName|LeftGene|LeftBreakpoint|RightGene|RightBreakpoint",
            "ETV6--NTRK3|ETV6|chr12:12022903:+|NTRK3|chr15:88483984:-",
        ),
    ),
    Format(
        reader=READER,
        file="see below",
        seen="built, and a real list of 26 junctions",
        also=(
            "gene5|chr5|pos5|gene3|five_prime_gene|gene_5",
            "gene3|chr3|pos3|three_prime_gene|gene_3",
        ),
        rank=-3,
        level=None,
        off_by="0",
        frame="`frame`",
        support="reads",
        specimen=tabbed(
            "",
            "",
        ),
    ),
    Format(
        reader=NAMES,
        file="`fusion_list.tsv`: one name a line",
        seen="real",
        callers=("fusion-report",),
        opening=Opening("most", r"(?=\S{2,120}$)[^\s,;]*?(--|::)[^\s,;]*$"),
        rank=-1,
        level=None,
        order="as named",
        base="no positions",
        tolerance="-",
        specimen=("ETV6--NTRK3\nFGFR3--TACC3\n--NTRK1\n"),
    ),
)
