"""NTRK mutations and copy numbers from MAF, annotated VCF, CNA matrices, copy-number tables and two reports.

Nothing is called from coordinates: a VCF must carry SnpEff (ANN) or VEP (CSQ) annotation. Codon numbers differ
between isoforms, so every change names its transcript where the file does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Source
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._loci import NTRK, GeneFilter, ntrk_gene
from ntrkpath.readers._result import RowProblem
from ntrkpath.readers._table import Header, headers, split
from ntrkpath.readers._text import Document, open_document
from ntrkpath.readers._variant_types import CopyNumber, Found, ProteinChange, VariantResult, short_protein
from ntrkpath.readers.variant_reports import read_report

__all__ = [
    "COPY_NUMBER_FORMATS",
    "CopyNumber",
    "ProteinChange",
    "VariantResult",
    "is_variants",
    "read_variants",
    "short_protein",
]

#: Formats that hold copy numbers only, and so say nothing of mutations.
COPY_NUMBER_FORMATS = frozenset({"copy-number", "cbioportal-cna"})

_CALLS = {"2": "amplification", "1": "gain", "0": "neutral", "-1": "loss", "-2": "deletion", "-1.5": "loss"}


_CNA_COLUMNS = frozenset({"hugo_symbol", "entrez_gene_id", "cytoband"})


def _index(header: Header) -> dict[str, int]:
    at: dict[str, int] = {}
    for number, name in enumerate(header.names):
        at.setdefault(name, number)
    return at


def _rows(document: Document, header: Header) -> Iterator[tuple[int, str, dict[str, str]]]:
    wanted = GeneFilter(NTRK)
    index = _index(header)
    if "hugo_symbol" in index and "variant_classification" not in index:
        # The other columns of a CNA matrix are samples, whose names keep their case.
        written = split(document.lines[header.index].lstrip("#"), header.delimiter)
        index = {(name if name in _CNA_COLUMNS else written[at].strip()): at for name, at in index.items()}
    for number, line in enumerate(document.lines[header.index + 1 :], header.index + 2):
        if line and not line.startswith("#") and wanted.line(line):
            cells = split(line, header.delimiter)
            yield number, line, {name: cells[at] if at < len(cells) else "" for name, at in index.items()}


def _maf(row: dict[str, str], source: Source, sample: str | None) -> Iterator[Found]:
    gene = ntrk_gene(row["hugo_symbol"].strip())
    text = _cells.value(row.get("hgvsp_short", "")) or row.get("hgvsp", "") or row.get("protein_change", "")
    change = short_protein(text)
    if gene is None or change is None:
        return
    transcript = _cells.value(row.get("transcript_id", "")) or _cells.value(row.get("refseq", ""))
    yield ProteinChange(
        gene,
        change,
        source,
        transcript,
        _cells.value(row.get("variant_classification", "")),
        _cells.value(row.get("tumor_sample_barcode", "")) or sample,
    )


def _cna(row: dict[str, str], source: Source, _sample: str | None) -> Iterator[Found]:
    gene = ntrk_gene(row["hugo_symbol"].strip())
    if gene is None:
        return
    for name, cell in row.items():
        if name in _CNA_COLUMNS or _cells.value(cell) is None:
            continue
        call = _CALLS.get(cell.strip().removesuffix(".0"))
        if call is None:
            raise RowError(f"not a discrete copy number (-2 to 2): {cell[:20]!r}")
        yield CopyNumber(gene, source, call, None, name)


def _copies(row: dict[str, str], source: Source, sample: str | None) -> Iterator[Found]:
    gene = ntrk_gene(row["gene"].strip())
    if gene is None:
        return
    text = next((row[name] for name in _COPY_COLUMNS if _cells.value(row.get(name, ""))), "")
    try:
        copies = float(text) if text else None
    except ValueError:
        raise RowError(f"not a copy number: {text[:20]!r}") from None
    call = _cells.value(row.get("call", "") or row.get("type", ""))
    if call is None and copies is None:
        raise RowError("neither a call nor a copy number")
    label = None if call is None else "amplification" if call.lower().startswith("amp") else call.lower()
    yield CopyNumber(gene, source, label, copies, _cells.value(row.get("sample", "")) or sample)


_COPY_COLUMNS = ("copy_number", "copies", "cn", "copy number", "fold_change", "fold change")
_Make = Callable[[dict[str, str], Source, str | None], Iterator[Found]]


def _kind(names: frozenset[str]) -> tuple[str, _Make] | None:
    if {"hugo_symbol", "variant_classification"} <= names:
        return "maf", _maf
    if "gene" in names and names & {*_COPY_COLUMNS, "call"}:
        return "copy-number", _copies
    if "hugo_symbol" in names and not names & {"fusion", "tumor_sample_barcode"}:
        return "cbioportal-cna", _cna
    return None


def _annotations(line: str, fields: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield symbol, protein change, transcript and consequence of every ANN or CSQ entry of a record."""
    info = dict(part.partition("=")[::2] for part in line.split("\t")[7].split(";"))
    for entry in info.get("ANN", "").split(",") if info.get("ANN") else ():
        cells = entry.split("|") + [""] * 11
        yield cells[3], cells[10], cells[6], cells[1]
    for entry in info.get("CSQ", "").split(",") if info.get("CSQ") else ():
        row = dict(zip(fields, entry.split("|"), strict=False))
        yield row.get("SYMBOL", ""), row.get("HGVSp", ""), row.get("Feature", ""), row.get("Consequence", "")


def _vcf(document: Document, sample: str | None, problems: list[RowProblem]) -> Iterator[Found]:
    fields: list[str] = []
    annotated = False
    wanted = GeneFilter(NTRK)
    for number, line in enumerate(document.lines, 1):
        if line.startswith("##INFO=<ID=CSQ"):
            fields = line.rpartition("Format: ")[2].rstrip('">').split("|")
        annotated = annotated or line.startswith(("##INFO=<ID=CSQ", "##INFO=<ID=ANN"))
        if line.startswith("#") or not wanted.line(line):
            continue
        if line.count("\t") < 7:
            problems.append(RowProblem(document.name, number, line, "a VCF record needs at least 8 columns"))
            continue
        seen: set[tuple[str, str, str]] = set()
        for symbol, protein, transcript, kind in _annotations(line, fields):
            gene, change = ntrk_gene(symbol), short_protein(protein)
            if gene and change and (gene, change, transcript) not in seen:
                seen.add((gene, change, transcript))
                yield ProteinChange(
                    gene, change, Source(document.name, number), transcript or None, kind or None, sample
                )
    if not annotated:
        raise ReaderError(
            "the VCF carries no annotation",
            where=document.name,
            allowed="INFO/ANN (SnpEff) or INFO/CSQ (VEP)",
            remedy="annotate the file first; protein changes are not derived from coordinates here",
        )


def _result(name: str, found: Iterable[Found], problems: list[RowProblem]) -> VariantResult:
    kept = tuple(found)
    return VariantResult(
        name,
        tuple(one for one in kept if isinstance(one, ProteinChange)),
        tuple(one for one in kept if isinstance(one, CopyNumber)),
        tuple(problems),
    )


def is_variants(source: str | os.PathLike[str] | bytes, name: str | None = None) -> bool:
    """Return whether a file is a table of mutations or copy numbers by its header (MAF, copy-number table).

    A VCF may hold either and counts as fusions; ``read_variants`` reads its annotated mutations.

    Args:
        source: Path of the file, or its bytes; plain or gzipped.
        name: Name to show in messages; default the path's file name, or ``input`` for bytes.

    Raises:
        ReaderError: The file cannot be opened.
    """
    document = open_document(source, name)
    if any(line.startswith(("##fileformat=VCF", "#CHROM\t")) for line in document.lines[:50]):
        return False
    return any(_kind(frozenset(header.names)) is not None for header in headers(document))


def read_variants(
    source: str | os.PathLike[str] | bytes, name: str | None = None, *, sample: str | None = None
) -> VariantResult:
    """Read mutations or copy numbers of NTRK1, NTRK2 and NTRK3.

    Args:
        source: Path of the file, or its bytes; plain or gzipped.
        name: Name to show in messages; default the path's file name.
        sample: Sample where the file names none; default the file name without suffixes.

    Raises:
        ReaderError: The file cannot be opened, is of no known kind, or is a VCF without annotation.
    """
    document = open_document(source, name)
    label = sample or document.stem or None
    problems: list[RowProblem] = []
    if any(line.startswith(("##fileformat=VCF", "#CHROM\t")) for line in document.lines[:50]):
        return _result("vcf", _vcf(document, label, problems), problems)
    report = read_report(document, label, problems)
    if report is not None:
        return _result(report[0], report[1], problems)
    for header in headers(document):
        chosen = _kind(frozenset(header.names))
        if chosen is None:
            continue
        found: list[Found] = []
        for number, line, row in _rows(document, header):
            try:
                found.extend(chosen[1](row, Source(document.name, number), label))
            except RowError as error:
                problems.append(RowProblem(document.name, number, line, str(error)))
        return _result(chosen[0], found, problems)
    raise ReaderError(
        "this is no table of mutations or copy numbers",
        where=document.name,
        allowed="MAF, VCF with ANN or CSQ, cBioPortal CNA, a TSO500 or Foundation report, "
        "or a table with gene and copy_number or call",
        remedy="check the header line",
    )
