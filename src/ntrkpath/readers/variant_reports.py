"""NTRK mutations and copy numbers from laboratory reports: TSO500 CombinedVariantOutput and Foundation Medicine XML."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ntrkpath.model.fusion import Source
from ntrkpath.readers import _cells, foundation, tso500
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._loci import ntrk_gene
from ntrkpath.readers._result import RowProblem
from ntrkpath.readers._table import names_of, split
from ntrkpath.readers._text import Document
from ntrkpath.readers._variant_types import CopyNumber, Found, ProteinChange, short_protein


def _number(text: str) -> float | None:
    if _cells.value(text) is None:
        return None
    try:
        return float(text)
    except ValueError:
        raise RowError(f"not a copy number: {text[:20]!r}") from None


def _small(row: dict[str, str], source: Source, sample: str | None) -> Found | None:
    gene, change = ntrk_gene(row.get("gene", "").strip()), short_protein(row.get("p-dot notation", ""))
    if gene is None or change is None:
        return None
    transcript = _cells.value(row.get("c-dot notation", "").partition(":")[0])
    return ProteinChange(gene, change, source, transcript, _cells.value(row.get("consequence(s)", "")), sample)


def _amplified(row: dict[str, str], source: Source, sample: str | None) -> Found | None:
    """The section lists called amplifications, with the fold change."""
    gene = ntrk_gene(row.get("gene", "").strip())
    if gene is None:
        return None
    kind = (_cells.value(row.get("type", "")) or "DUP").strip("<>").upper()
    call = "amplification" if kind.startswith(("DUP", "AMP", "GAIN")) else "loss"
    return CopyNumber(gene, source, call, _number(row.get("fold change", "")), sample)


_SECTIONS: dict[str, Callable[[dict[str, str], Source, str | None], Found | None]] = {
    "small variants": _small,
    "gene amplifications": _amplified,
    "copy number variants": _amplified,
}


def _combined(document: Document, sample: str | None, problems: list[RowProblem]) -> Iterator[Found]:
    for title, start, end in tso500.sections(document):
        read = _SECTIONS.get(title)
        at = next((i for i in range(start, end) if document.lines[i].strip()), end)
        if read is None or at == end:
            continue
        names = names_of(document.lines[at], "\t")
        for number in range(at + 1, end):
            line = document.lines[number]
            row = dict(zip(names, split(line, "\t"), strict=False))
            try:
                found = read(row, Source(document.name, number + 1), sample)
            except RowError as error:
                problems.append(RowProblem(document.name, number + 1, line, str(error)))
                continue
            if found is not None:
                yield found


def _foundation(document: Document, sample: str | None, problems: list[RowProblem]) -> Iterator[Found]:
    for element, attributes, line in foundation.elements(document, {"short-variant", "copy-number-alteration"}):
        gene = ntrk_gene(attributes.get("gene", "").strip())
        if gene is None:
            continue
        source = Source(document.name, line)
        if element == "short-variant":
            effect = attributes.get("protein-effect", "").strip()
            change = short_protein(effect if effect.startswith("p.") else f"p.{effect}")
            if change is not None:
                kind = _cells.value(attributes.get("functional-effect", ""))
                yield ProteinChange(gene, change, source, _cells.value(attributes.get("transcript", "")), kind, sample)
            continue
        try:
            copies = _number(attributes.get("copy-number", ""))
        except RowError as error:
            problems.append(RowProblem(document.name, line, document.lines[line - 1], str(error)))
            continue
        yield CopyNumber(gene, source, _cells.value(attributes.get("type", "")), copies, sample)


def read_report(
    document: Document, sample: str | None, problems: list[RowProblem]
) -> tuple[str, tuple[Found, ...]] | None:
    """Return format and findings where the document is one of the two reports, else ``None``."""
    if tso500.looks_combined(document):
        return "tso500-combined", tuple(_combined(document, sample, problems))
    if foundation.looks(document):
        return "foundation-xml", tuple(_foundation(document, sample, problems))
    return None
