"""Reads a user's own annotation: the complete coding transcripts of a GTF file (GENCODE, Ensembl or RefSeq)."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from os import PathLike
from pathlib import Path

from ntrkpath.fusion.gene import Gene, Transcript
from ntrkpath.model.errors import AnnotationError
from ntrkpath.model.fusion import Assembly

_ATTRIBUTE = re.compile(r'(\w+) "?([^";]*)"?;?')
_FEATURES = {"exon", "CDS", "stop_codon"}


class _Draft:
    """What the lines of one transcript say so far."""

    __slots__ = ("chromosome", "coding", "exons", "gene", "mane", "partial", "strand")

    def __init__(self, gene: str, chromosome: str, strand: str) -> None:
        self.gene = gene
        self.chromosome = chromosome
        self.strand = strand
        self.exons: set[tuple[int, int]] = set()
        self.coding: set[tuple[int, int]] = set()
        self.mane = False
        self.partial = False

    def take(self, field: list[str], tags: set[str]) -> None:
        """Add one line by its columns and tags; raises ValueError where a coordinate is no number."""
        (self.exons if field[2] == "exon" else self.coding).add((int(field[3]), int(field[4])))
        self.mane = self.mane or bool(tags & {"MANE_Select", "MANE Select"})
        self.partial = self.partial or bool(tags & {"cds_start_NF", "cds_end_NF"})

    def transcript(self, accession: str) -> Transcript | None:
        if self.partial or not self.coding or not self.exons:
            return None
        exons = tuple(sorted(self.exons))
        cds = min(s for s, _ in self.coding), max(e for _, e in self.coding)
        mane = (accession, accession) if self.mane else None
        made = Transcript(accession=accession, strand=self.strand, exons=exons, cds=cds, mane=mane)
        return made if made.coding_length % 3 == 0 and made.coding_length > 3 else None


def read_gtf(path: str | PathLike[str], assembly: Assembly) -> dict[str, list[Gene]]:
    """Return genes by symbol; transcripts with an incomplete coding sequence are left out.

    Raises:
        AnnotationError: The file cannot be read or holds no complete coding transcript.
    """
    source = Path(path)
    drafts: dict[tuple[str, str], _Draft] = {}
    for number, line in enumerate(_lines(source), 1):
        field = line.split("\t")
        if line.startswith("#") or len(field) < 9 or field[2] not in _FEATURES:
            continue
        pairs = _ATTRIBUTE.findall(field[8])
        attribute = dict(pairs)
        accession = _accession(attribute)
        if not accession:
            continue
        symbol = attribute.get("gene_name") or attribute.get("gene") or attribute.get("gene_id", "")
        chromosome = field[0].removeprefix("chr")
        chromosome = "MT" if chromosome == "M" else chromosome
        draft = drafts.setdefault((accession, chromosome), _Draft(symbol, chromosome, field[6]))
        try:
            draft.take(field, {value for key, value in pairs if key == "tag"})
        except ValueError as error:
            raise AnnotationError(
                "coordinate is not a number", where=f"{source.name}:{number}", value=f"{field[3]} {field[4]}"
            ) from error
    return _genes(source, drafts, assembly)


def _lines(source: Path) -> list[str]:
    try:
        raw = source.read_bytes()
        text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
        return text.decode("utf-8").splitlines()
    except (OSError, EOFError, gzip.BadGzipFile, UnicodeDecodeError) as error:
        raise AnnotationError("annotation cannot be read", where=source.name, value=type(error).__name__) from error


def _accession(attribute: dict[str, str]) -> str:
    """Return the transcript with its version, which Ensembl gives apart."""
    accession, version = attribute.get("transcript_id", ""), attribute.get("transcript_version")
    return f"{accession}.{version}" if accession and version and "." not in accession else accession


def _genes(source: Path, drafts: dict[tuple[str, str], _Draft], assembly: Assembly) -> dict[str, list[Gene]]:
    by_locus: dict[tuple[str, str, str], list[Transcript]] = defaultdict(list)
    for (accession, _), draft in sorted(drafts.items()):
        made = draft.transcript(accession)
        if made is not None:
            by_locus[draft.gene, draft.chromosome, draft.strand].append(made)
    if not by_locus:
        raise AnnotationError(
            "annotation holds no complete coding transcript",
            where=source.name,
            allowed="GTF with exon and CDS lines, transcript_id and gene_name",
        )
    genes: dict[str, list[Gene]] = defaultdict(list)
    for (symbol, chromosome, _), transcripts in sorted(by_locus.items()):
        genes[symbol].append(Gene.of(symbol, chromosome, assembly, transcripts))
    return dict(genes)
