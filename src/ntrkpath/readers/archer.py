"""ArcherDX Analysis ``full_results.txt``: keys and values of one sample, or the same keys as columns of a table.

Sources: a converter of such files to cBioPortal (keys ``FCA_n_*`` of an annotated consensus, ``FC_n_*`` of an isoform)
and, for the list of isoforms as a table (``gene_arms``, ``breakpoint_signature``, ``num_reads``,
``strong_evidence_aberration``), two programs that read it from the Archer interface. Segments run in the order of
transcription, their coordinates too: a segment that is followed ends at its second coordinate, one that follows starts
at its first. 1-based. No real file was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from ntrkpath.model.fusion import Breakpoint, Junction, Standing, Strand, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._signature import Format, Opening, tabbed
from ntrkpath.readers._table import DELIMITERS, Header, Row, TableReader, split
from ntrkpath.readers._text import Document

_KEY = re.compile(r"^FCA_(\d{1,6})_GENES_UNIQUE$", re.IGNORECASE)
_SEGMENT = re.compile(r"^ANNOTATION_(\d{1,3})-(\d{1,3})$")
_ANNOTATION = re.compile(
    r"^(?P<gene>[^()|]+)\((?P<strand>[+-])\)(?P<transcripts>[^|]*)\|(?P<part>exon|intron):(?P<number>\d{1,4})"
    r"\|(?P<first>[^,|]+)(?:,(?P<last>[^,|]+))?",
    re.IGNORECASE,
)
_GENOMIC = re.compile(r"^(?P<chromosome>(?:chr)?[\w.]+):(?P<first>\d+):(?P<last>\d+):(?P<strand>[+-])$")
_RANKS = ("NM_", "ENST", "XM_", "NR_")


class Segment(NamedTuple):
    """One piece of an isoform, in the direction of transcription."""

    gene: str
    strand: Strand | None
    part: str
    number: int
    transcript: str | None
    first: tuple[str | None, int | None]
    last: tuple[str | None, int | None]

    def side(self, *, followed: bool) -> Breakpoint:
        """Return the breakpoint at which this segment ends (``followed``) or starts."""
        place = self.last if followed else self.first
        exon = self.number if self.part == "exon" else None
        intron = self.number if self.part == "intron" else None
        return _cells.side(self.gene, (*place, self.strand), exon=exon, intron=intron, transcript=self.transcript)


def _place(text: str) -> tuple[str | None, int | None]:
    return _cells.locus(text)[:2]


def _segment(text: str) -> Segment:
    found = _ANNOTATION.match(text.strip())
    if found is None:
        raise RowError(f"not an annotation of Archer (GENE(+)NM_1.2|exon:5|chr12:1,chr12:2): {text[:80]!r}")
    transcript = found["transcripts"].strip("/ ").split("/")[0] or None
    first = _place(found["first"])
    last = _place(found["last"]) if found["last"] else first
    return Segment(
        found["gene"].strip(), _cells.strand(found["strand"]), found["part"].lower(), int(found["number"]), transcript,
        first, last,
    )  # fmt: skip


def _rank(text: str) -> int:
    return next((at for at, prefix in enumerate(_RANKS) if prefix in text), len(_RANKS))


def _segments(values: Mapping[str, str]) -> list[Segment]:
    """Return the segments in their order; of several transcripts of one the RefSeq mRNA is taken."""
    best: dict[int, str] = {}
    for key, text in sorted(values.items()):
        found = _SEGMENT.match(key)
        if found is None or not text.strip():
            continue
        number = int(found[1])
        if number not in best or _rank(text) < _rank(best[number]):
            best[number] = text
    return [_segment(best[number]) for number in sorted(best)]


def _ends(values: Mapping[str, str]) -> list[tuple[str | None, int | None, int | None, Strand | None]]:
    """Return chromosome, first and last base and strand of the pieces of an isoform (``GENOMIC_ANNOTATION_n``)."""
    found = []
    for key, text in sorted(values.items()):
        match = _GENOMIC.match(text.strip()) if key.startswith("GENOMIC_ANNOTATION_") else None
        if match:
            places = (_cells.position(match["first"]), _cells.position(match["last"]))
            found.append((_cells.chromosome(match["chromosome"]), *places, _cells.strand(match["strand"])))
    return found


def _standing(text: str) -> tuple[Standing, str | None]:
    strong = _cells.truth(text)
    if strong is None:
        return "not_stated", None
    return ("accepted", None) if strong else ("doubted", "no strong evidence")


def _pairs(
    values: Mapping[str, str], isoforms: Sequence[Mapping[str, str]]
) -> Iterator[tuple[Breakpoint, Breakpoint, bool]]:
    """Yield the two sides of every junction between two genes, and whether both lie in one gene."""
    segments = _segments(values)
    genes = [name.strip() for name in values.get("GENES_UNIQUE", "").split(":") if name.strip()]
    if len(segments) >= 2:
        joints = list(pairwise(segments))
        between = [(left, right) for left, right in joints if left.gene != right.gene]
        for left, right in between or [(segments[0], segments[-1])]:
            yield left.side(followed=True), right.side(followed=False), left.gene == right.gene
        return
    if not genes:
        raise RowError("neither genes nor annotations of this consensus are given")
    ends = next((found for isoform in isoforms if len(found := _ends(isoform)) == 2), None)
    first, second = (genes[0], genes[-1])
    if ends is None:
        yield _cells.side(first), _cells.side(second), len(genes) == 1
        return
    (chr5, _, end5, strand5), (chr3, start3, _, strand3) = ends
    yield _cells.side(first, (chr5, end5, strand5)), _cells.side(second, (chr3, start3, strand3)), len(genes) == 1


def _consensus(
    collector: Collector,
    values: Mapping[str, str],
    isoforms: Sequence[Mapping[str, str]],
    sample: str | None,
    line: int,
    raw: str,
) -> Iterator[Junction]:
    in_frame = _cells.truth(values.get("HAS_INFRAME_TRANSLATION", ""))
    standing, words = _standing(values.get("STRONG_EVIDENCE_ABERRATION", ""))
    counts = [_cells.count(isoform.get("EITHER_R1_OR_R2", "")) for isoform in isoforms]
    for left, right, intragenic in _pairs(values, isoforms):
        yield collector.junction(
            left,
            right,
            line,
            raw,
            sample=sample,
            frame="unknown" if in_frame is None else "in" if in_frame else "out",
            call=None if in_frame is None else f"in-frame translation {str(in_frame).lower()}",
            support=Support(_cells.total(*counts)),
            standing=standing,
            filtered=words,
            intragenic=intragenic,
        )


def _under(values: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {key[len(prefix) :]: text for key, text in values.items() if key.startswith(prefix)}


class _FullResults:
    name = "archer"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read every annotated consensus of the sample, or of every sample where the keys are columns."""
        for values, lines in _records(document):
            sample = _cells.value(values.get("SAMPLE_NAME", ""))
            numbers = sorted({int(found[1]) for key in values if (found := _KEY.match(key))})
            for number in numbers:
                self._read(values, lines, number, sample, collector)

    @staticmethod
    def _read(
        values: Mapping[str, str], lines: Mapping[str, int], number: int, sample: str | None, collector: Collector
    ) -> None:
        own = _under(values, f"FCA_{number}_")
        line = lines.get(f"FCA_{number}_GENES_UNIQUE") or lines[""]
        raw = "; ".join(f"FCA_{number}_{key} {text}" for key, text in own.items())
        if not collector.wants(raw):
            return
        ids = [text.strip() for key, text in own.items() if key.startswith("SUPPORTING_ISOFORM_ID_") and text.strip()]
        isoforms = [_under(values, f"{name}_") for name in ids or [f"FC_{number}"]]
        try:
            collector.add(_consensus(collector, own, isoforms, sample, line, raw))
        except RowError as error:
            collector.problem(line, raw, error)


def _records(document: Document) -> Iterator[tuple[dict[str, str], dict[str, int]]]:
    """Yield the keys and values of each sample with their lines: one a file, or one a row where keys are columns."""
    values: dict[str, str] = {}
    lines: dict[str, int] = {"": 1}
    names: list[str] = []
    delimiter = "\t"
    for number, line in enumerate(document.lines, 1):
        if names:
            if line.strip():
                cells = [cell.strip().strip('"') for cell in split(line, delimiter)]
                yield dict(zip(names, cells, strict=False)), {"": number}
            continue
        delimiter = next((mark for mark in DELIMITERS if mark in line), "\t")
        cells = [cell.strip().strip('"') for cell in split(line, delimiter)]
        if sum(_KEY.match(cell) is not None for cell in cells[1:]):
            names = [cell.upper() for cell in cells]
        elif len(cells) >= 2:
            # A value may hold the delimiter (two coordinates with a comma between them).
            key, _, text = line.partition(delimiter)
            key = key.strip().strip('"').upper()
            values[key], lines[key] = text.strip().strip('"'), number
    if not names:
        yield values, lines


def _isoform(row: Row) -> Junction:
    genes = [name.strip(" '\"[]") for name in re.split(r"[:,]|->|::", row["genes"]) if name.strip(" '\"[]")]
    places = [part.strip() for part in row["places"].split(",") if part.strip()]
    if len(genes) != 2 or len(places) != 2:
        raise RowError(f"not two genes and two breakpoints: {row['genes'][:40]!r}, {row['places'][:60]!r}")
    standing, words = _standing(row["strong"])
    if _cells.truth(row["artifact"]):
        standing, words = "rejected", "artifact"
    in_frame = _cells.truth(row["frame"])
    return row.junction(
        _cells.side(genes[0], _cells.locus(places[0])),
        _cells.side(genes[1], _cells.locus(places[1])),
        sample=row.value("sample"),
        frame="unknown" if in_frame is None else "in" if in_frame else "out",
        call=row.value("frame"),
        support=Support(total=row.count("starts") if row.value("starts") else row.count("reads")),
        standing=standing,
        filtered=words,
    )


READER = _FullResults()
ISOFORMS = TableReader(
    "archer-isoforms",
    {
        "sample": ("sample", "sample_name"),
        "genes": ("gene_arms", "genes", "fusion"),
        "places": ("breakpoint_signature",),
        "strong": ("strong_evidence_aberration",),
        "artifact": ("is_artifact",),
        "frame": ("has_inframe_translation", "in_frame"),
        "reads": ("num_reads",),
        "starts": ("unique_start_sites",),
    },
    ("genes", "places"),
    _isoform,
)


FORMATS = (
    Format(
        reader=READER,
        file="`full_results.txt`; the same keys as columns",
        seen="built (the keys a converter reads)",
        opening=Opening("any", r".*?FCA_\d+_GENES_UNIQUE\b"),
        rank=1,
        base="1, not verified",
        frame="`HAS_INFRAME_TRANSLATION`",
        support="reads",
        standing="`STRONG_EVIDENCE_ABERRATION`",
        specimen=tabbed(
            "SAMPLE_NAME|S1",
            "FCA_1_GENES_UNIQUE|TPM3:NTRK1",
            "FCA_1_STRONG_EVIDENCE_ABERRATION|TRUE",
            "FCA_1_SUPPORTING_ISOFORM_ID_1|FC_1",
            "FC_1_EITHER_R1_OR_R2|30",
            "FC_1_GENOMIC_ANNOTATION_1|chr1:154142945:154142876:-",
            "FC_1_GENOMIC_ANNOTATION_2|chr1:156844363:156844418:+",
        ),
    ),
    Format(
        reader=ISOFORMS,
        file="list of isoforms as a table",
        seen="built (fields of its interface)",
        callers=("archer",),
        base="1, not verified",
        support="unique start sites, or reads",
        standing="`strong_evidence_aberration`, `is_artifact`",
        specimen=tabbed(
            "sample_name|gene_arms|breakpoint_signature|strong_evidence_aberration|num_reads",
            "S1|ETV6:NTRK3|chr12:12022903,chr15:88483984|True|120",
        ),
    ),
)
