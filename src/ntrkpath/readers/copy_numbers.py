"""Copy numbers: the discrete matrix of cBioPortal (one column a sample), and tables of genes with a number or call."""

from __future__ import annotations

from collections.abc import Iterator

from ntrkpath.model.variants import CopyNumber
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._header_names import key
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Header, Row, TableReader, split
from ntrkpath.readers._text import Document

_CALLS = {"2": "amplification", "1": "gain", "0": "neutral", "-1": "loss", "-2": "deletion", "-1.5": "loss"}
_NOT_SAMPLES = frozenset({"hugosymbol", "entrezgeneid", "cytoband", "genesymbol", "locusid", "gene"})
#: First letters of the words by which tables call an amplification, a gain, a loss or a deletion.
_WORDS = (
    ("amp", "amplification"),
    ("high", "amplification"),
    ("gain", "gain"),
    ("dup", "gain"),
    ("neutral", "neutral"),
    ("normal", "neutral"),
    ("loss", "loss"),
    ("del", "deletion"),
    ("homo", "deletion"),
)


def call_of(cell: str) -> str | None:
    """Return a table's own call in our words; an unknown word stays as it is."""
    text = _cells.value(cell)
    if text is None:
        return None
    word = text.strip("<>").lower()
    return next((ours for begin, ours in _WORDS if word.startswith(begin)), word)


def _matrix(row: Row) -> Iterator[CopyNumber]:
    gene = _cells.genes(row["gene"])[0]
    if gene is None:
        raise RowError("a row without a gene")
    for name, cell in row.named():
        if name in _NOT_SAMPLES or _cells.value(cell) is None:
            continue
        call = _CALLS.get(cell.strip().removesuffix(".0"))
        if call is None:
            raise RowError(f"not a discrete copy number (-2 to 2): {cell[:20]!r}")
        yield CopyNumber(_cells.approved(gene), row.source, call, None, name)


class _Matrix(TableReader):
    """The columns beside gene and cytoband are samples, whose names keep their case."""

    def rows(self, document: Document, collector: Collector, head: Header, end: int) -> None:
        """Read the rows with the sample names as they are written."""
        written = split(document.lines[head.index].lstrip("#"), head.delimiter)
        names = tuple(key(name) if key(name) in _NOT_SAMPLES else name.strip().strip('"') for name in written)
        for name in names:
            if name not in _NOT_SAMPLES:
                collector.state_sample(name)
        super().rows(document, collector, Header(head.index, head.delimiter, names), end)


MATRIX = _Matrix("cbioportal-cna", {"gene": ("hugo_symbol",)}, ("gene",), _matrix, every_column=True)


def _copies(row: Row) -> CopyNumber:
    gene = _cells.genes(row["gene"])[0]
    if gene is None:
        raise RowError("a row without a gene")
    copies, call = row.copies("copies"), call_of(row["call"])
    if call is None and copies is None:
        raise RowError("neither a call nor a copy number")
    standing, words = _cells.filtered(row["filter"])
    sample = row.value("sample") or row.collector.sample
    return CopyNumber(_cells.approved(gene), row.source, call, copies, sample, standing, words)


TABLE = TableReader(
    "copy-number",
    {
        "gene": ("gene", "gene_symbol", "hugo_symbol", "gene_name"),
        "copies": (
            "copy_number", "copies", "cn", "total_cn", "tumor_copy_number", "max_copy_number", "fold_change",
        ),
        "call": ("call", "type", "copy_number_type", "event", "alteration"),
        "filter": ("filter",),
    },
    ("gene",),
    _copies,
)  # fmt: skip


FORMATS = (
    Format(
        reader=MATRIX,
        file="`data_cna.txt`: one column a sample, -2 to 2",
        seen="built",
        callers=("cbioportal-cna",),
        rank=-2,
        level=None,
        tells=("copy_numbers",),
        cannot="no fusions, no mutations",
        order="-",
        base="-",
        tolerance="-",
        specimen=tabbed("Hugo_Symbol|Entrez_Gene_Id|S1|S2", "NTRK1|4914|2|0"),
    ),
    Format(
        reader=TABLE,
        file="any table with `gene` and `copy_number` or `call`",
        seen="built",
        also=("copy_number|copies|cn|copy number|fold_change|fold change|call|total_cn",),
        rank=-1,
        level=None,
        tells=("copy_numbers",),
        cannot="no fusions, no mutations",
        order="-",
        base="-",
        tolerance="-",
        standing="`filter`",
        specimen=tabbed("sample|gene|copy_number|call", "S1|NTRK1|11.5|amplification"),
    ),
)
