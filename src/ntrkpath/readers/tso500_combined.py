"""TruSight Oncology 500 CombinedVariantOutput: fusions of RNA and DNA, small variants and copy numbers in sections."""

from __future__ import annotations

import re

from ntrkpath.model.fusion import Junction, Level, Support
from ntrkpath.model.variants import CopyNumber, ProteinChange
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._proteins import alters_protein, is_silent, is_unknown, short_protein
from ntrkpath.readers._result import Tells
from ntrkpath.readers._signature import Format, Opening
from ntrkpath.readers._table import Header, Row, TableReader, names_of, split
from ntrkpath.readers._text import Document
from ntrkpath.readers.tso500 import TOLERANCE

_SECTION = re.compile(r'^\s*"?\[([^\]]+)\]')


def sections(document: Document) -> list[tuple[str, int, int]]:
    """Return the sections: title in lower case, first and last line index (exclusive)."""
    marks = [
        (at, found[1].strip().lower()) for at, line in enumerate(document.lines) if (found := _SECTION.match(line))
    ]
    ends = [at for at, _ in marks[1:]] + [len(document.lines)]
    return [(title, at + 1, end) for (at, title), end in zip(marks, ends, strict=False)]


def _genes(cell: str) -> tuple[str, str]:
    """Return the genes of ``A/B`` or ``A-B``; several genes at one breakend are joined by ``;``."""
    if "/" in cell:
        first, _, second = cell.partition("/")
        return first, second
    return _cells.hyphen_pair(cell)


def _fusions(level: Level) -> TableReader:
    def build(row: Row) -> Junction | None:
        if _cells.value(row["genes"]) is None:
            return None
        first, second = _genes(row["genes"])
        return row.junction(
            _cells.side(first, _cells.locus(row["at1"])),
            _cells.side(second, _cells.locus(row["at2"])),
            sample=None,
            level=level,
            ordered=row["known"].strip().lower() == "true",
            tolerance=TOLERANCE,
            support=Support(total=row.count("reads")),
            standing="accepted",
        )

    return TableReader(
        "tso500-combined",
        {
            "genes": ("gene pair",),
            "at1": ("breakpoint 1",),
            "at2": ("breakpoint 2",),
            "reads": ("fusion supporting reads",),
            "known": ("fusion directionality known",),
        },
        ("genes", "at1", "at2"),
        build,
    )


def _small(row: Row) -> ProteinChange | None:
    gene, text = _cells.genes(row["gene"])[0], row["change"]
    if gene is None:
        return None
    change = short_protein(text)
    if change is None:
        row.collector.explain(row.line)
        open_ = not is_unknown(text) or alters_protein(row["kind"])
        if open_ and not is_silent(text) and _cells.value(text) is not None:
            raise RowError(f"{gene}: no protein change can be read from {text[:60]!r}")
        return None
    transcript = _cells.value(row["coding"].partition(":")[0])
    return ProteinChange(
        _cells.approved(gene), change, row.source, transcript, row.value("kind"), row.collector.sample, "accepted"
    )


def _amplified(row: Row) -> CopyNumber | None:
    """The section lists called amplifications and losses, with the fold change."""
    gene = _cells.genes(row["gene"])[0]
    if gene is None:
        return None
    kind = (row.value("type") or "DUP").strip("<>").upper()
    call = "amplification" if kind.startswith(("DUP", "AMP", "GAIN")) else "loss"
    return CopyNumber(_cells.approved(gene), row.source, call, row.copies("fold"), row.collector.sample, "accepted")


_SMALL = TableReader(
    "tso500-combined",
    {
        "gene": ("gene",),
        "change": ("p-dot notation",),
        "coding": ("c-dot notation",),
        "kind": ("consequence(s)",),
    },
    ("gene", "change"),
    _small,
)
_AMPLIFIED = TableReader(
    "tso500-combined",
    {"gene": ("gene",), "fold": ("fold change",), "type": ("copy number variant",)},
    ("gene",),
    _amplified,
)


def _table(title: str, ctdna: bool) -> tuple[TableReader, Tells] | None:
    """Return the reader of a section and what it tells; ``None`` for a section that is not read."""
    if title.endswith("fusions"):
        dna = ctdna or "dna" in title
        return _fusions("dna" if dna else "rna"), "dna_fusions" if dna else "rna_fusions"
    if title == "small variants":
        return _SMALL, "mutations"
    if title in {"gene amplifications", "copy number variants"}:
        return _AMPLIFIED, "copy_numbers"
    return None


class _Combined:
    name = "tso500-combined"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read the sections; the first table line below each title is its header."""
        found = sections(document)
        stated = next((_details(document.lines[s:e]) for title, s, e in found if title == "analysis details"), {})
        collector.sample = _patient(stated, collector.asked)
        collector.state_sample(collector.sample)
        ctdna = any("ctdna" in line.lower() for line in document.lines[:60])
        tells: dict[Tells, None] = {}
        for title, first, end in found:
            reader, told = _table(title, ctdna) or (None, None)
            if reader is None or told is None:
                continue
            head = _head(reader, title, document.lines, first, end, collector)
            if head is not None:
                tells[told] = None
                reader.rows(document, collector, head, end)
        _not_analysed(stated, tells, collector)
        collector.tells = tuple(tells)


def _head(
    reader: TableReader, title: str, lines: list[str], first: int, end: int, collector: Collector
) -> Header | None:
    """Return the header of a section; ``None`` where it is empty or lacks a column, which is told."""
    start = next((i for i in range(first, end) if lines[i].strip()), end)
    if start == end or _cells.value(lines[start]) is None:
        collector.not_told.append(f"[{title.title()}]: the section is empty.")
        return None
    names = names_of(lines[start], "\t")
    there = reader.index(names)
    missing = next((field for field in reader.required if field not in there), None)
    if missing is None:
        return Header(start, "\t", names)
    wanted = reader.columns[missing][0]
    collector.problem(start + 1, lines[start], f"the section [{title}] has no column {wanted}")
    return None


def _patient(stated: dict[str, str | None], asked: str | None) -> str | None:
    """Return the sample: the report is of one patient under several ids, of which the one asked for comes first."""
    ids = [name for key in ("pair id", "sample id", "rna sample id", "dna sample id") if (name := stated.get(key))]
    wanted = (asked or "").strip().casefold()
    return next((name for name in ids if name.casefold() == wanted), ids[0] if ids else None)


def _details(lines: list[str]) -> dict[str, str | None]:
    """Return the analysis details by name in lower case; ``None`` where the cell says that there is none."""
    pairs = (split(line, "\t") for line in lines if line.strip())
    return {cells[0].strip().lower(): _cells.value(cells[1]) for cells in pairs if len(cells) > 1}


def _not_analysed(stated: dict[str, str | None], tells: dict[Tells, None], collector: Collector) -> None:
    """Say which of DNA and RNA was not analysed, by its sample and by its sections."""
    for kind, what in (("RNA", ("rna_fusions",)), ("DNA", ("dna_fusions", "mutations", "copy_numbers"))):
        key = f"{kind.lower()} sample id"
        if key in stated and stated[key] is None:
            for word in what:
                tells.pop(word, None)  # type: ignore[call-overload]
            collector.not_told.append(f"{kind} was not analysed: {kind} Sample ID is not given.")
        elif stated.get(key) and kind == "RNA" and "rna_fusions" not in tells:
            collector.problem(None, "", "an RNA sample is named, and no section of RNA fusions is there: cut short?")


COMBINED = _Combined()


FORMATS = (
    Format(
        reader=COMBINED,
        file="`CombinedVariantOutput.tsv`, tissue and ctDNA",
        seen="built",
        callers=(
            "tso500",
            "trusight",
        ),
        opening=Opening("any", r'"?\[(DNA |RNA )?Fusions\]|"?\[Analysis Details\]'),
        rank=1,
        level=None,
        tells=("rna_fusions", "dna_fusions", "mutations", "copy_numbers"),
        cannot="only what its sections hold; RNA and DNA only where their sample is named",
        standing="all listed are kept",
        order="not ordered",
        base="1, not verified",
        tolerance="1",
        support="reads",
        specimen=(
            "[Analysis Details]\nPair ID\tS1\nDNA Sample ID\tS1-DNA\nRNA Sample ID\tS1-RNA\n\n"
            "[Copy Number Variants]\nGene\tFold Change\tCopy Number Variant\nMDM2\t12.1\t<DUP>\n\n"
            "[DNA Fusions]\nGene Pair\tBreakpoint 1\tBreakpoint 2\tFusion Supporting Reads\nNA\tNA\tNA\tNA\n\n"
            "[RNA Fusions]\nGene Pair\tBreakpoint 1\tBreakpoint 2\tFusion Supporting Reads\t"
            "Fusion Directionality Known\nETV6/NTRK3\tchr12:12022903\tchr15:88483984\t45\tTrue\n\n"
            "[Small Variants]\nGene\tP-Dot Notation\tC-Dot Notation\tConsequence(s)\n"
            "NTRK3\tNP_002521.2:p.(Gly623Arg)\tNM_002530.3:c.1867G>A\tmissense_variant\n"
        ),
    ),
)
