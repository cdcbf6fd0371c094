"""The shipped transcript store: an index by symbol and by position, and one compressed record per gene.

`index.tsv` holds a line per gene (`symbol chromosome strand start38 end38 start37 end37 offset length`, spans
0-based half-open, 0 where the assembly lacks the gene); `genes.bin` the zlib-compressed msgpack records at these
offsets: `[GRCh38, GRCh37]`, each `[origin, [gap, length, ...] of the shared exons, transcripts]`, and only
`[origin]` for GRCh37 where its models are those of GRCh38 moved. `positions.bin` holds, per assembly and
chromosome, spans by start with the running maximum of their ends. `aliases.tsv` maps upper-case aliases, previous
symbols and Ensembl gene ids to symbols. `scripts/build_transcripts.py` writes all four.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from bisect import bisect_right
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ntrkpath.fusion.gene import Gene, Transcript
from ntrkpath.model.fusion import Assembly

_ASSEMBLIES: tuple[Assembly, ...] = ("GRCh38", "GRCh37")


class Entry(NamedTuple):
    """One line of the index."""

    symbol: str
    chromosome: str
    strand: str
    spans: tuple[tuple[int, int], tuple[int, int]]
    offset: int
    length: int


class Store:
    """The files of the store, each read when first needed.

    Args:
        directory: Where the files are; the shipped ones by default.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory or Path(str(resources.files("ntrkpath") / "knowledge" / "transcripts"))

    @cached_property
    def _index(self) -> bytes:
        return (self._directory / "index.tsv").read_bytes()

    @cached_property
    def _aliases(self) -> bytes:
        return (self._directory / "aliases.tsv").read_bytes()

    @cached_property
    def _positions(self) -> tuple[bytes, dict[tuple[str, str], tuple[int, int]]]:
        raw = (self._directory / "positions.bin").read_bytes()
        (size,) = struct.unpack_from("<I", raw)
        table = msgspec.msgpack.decode(raw[4 : 4 + size], type=list[tuple[str, str, int, int]])
        return raw, {(a, c): (4 + size + at, n) for a, c, at, n in table}

    def _line(self, at: int) -> Entry:
        field = self._index[at : self._index.index(b"\n", at)].decode().split("\t")
        number = [int(f) for f in field[3:]]
        spans = (number[0], number[1]), (number[2], number[3])
        return Entry(field[0], field[1], field[2], spans, number[4], number[5])

    def entries(self, symbol: str) -> list[Entry]:
        """Return the index lines of an approved symbol: none, one, or one per locus (X and Y)."""
        key = b"\n" + symbol.encode() + b"\t"
        found = []
        at = self._index.find(key)
        while at >= 0:
            found.append(self._line(at + 1))
            at = self._index.find(key, at + 1)
        return found

    def symbols_of(self, alias: str) -> list[str]:
        """Return the approved symbols behind an alias, a previous symbol or an Ensembl gene id."""
        key = b"\n" + alias.upper().partition(".")[0].encode() + b"\t"
        at = self._aliases.find(key)
        if at < 0:
            key = b"\n" + alias.upper().encode() + b"\t"
            at = self._aliases.find(key)
        if at < 0:
            return []
        end = self._aliases.index(b"\n", at + 1)
        return self._aliases[at + len(key) : end].decode().split(",")

    def at(self, assembly: Assembly, chromosome: str, position: int) -> list[Entry]:
        """Return the genes whose span holds a 1-based position, by start."""
        raw, table = self._positions
        place = table.get((assembly, chromosome))
        if place is None:
            return []
        columns = self._columns(raw, assembly, chromosome, *place)
        starts, reach, ends, lines = columns
        found = []
        i = bisect_right(starts, position - 1) - 1
        while i >= 0 and reach[i] >= position:
            if ends[i] >= position:
                found.append(self._line(lines[i]))
            i -= 1
        return found[::-1]

    def between(self, assembly: Assembly, chromosome: str, low: int, high: int) -> list[Entry]:
        """Return the genes that lie wholly between two 1-based positions."""
        raw, table = self._positions
        place = table.get((assembly, chromosome))
        if place is None or low > high:
            return []
        starts, _, ends, lines = self._columns(raw, assembly, chromosome, *place)
        first, last = bisect_right(starts, low - 1), bisect_right(starts, high - 1)
        return [self._line(lines[i]) for i in range(first, last) if ends[i] <= high]

    def _columns(
        self, raw: bytes, assembly: str, chromosome: str, at: int, count: int
    ) -> tuple[array[int], array[int], array[int], array[int]]:
        cached = self._column_cache.get((assembly, chromosome))
        if cached is None:
            parts = []
            for i in range(4):
                column = array("I")
                column.frombytes(raw[at + 4 * i * count : at + 4 * (i + 1) * count])
                parts.append(column)
            cached = self._column_cache[assembly, chromosome] = (parts[0], parts[1], parts[2], parts[3])
        return cached

    @cached_property
    def _column_cache(
        self,
    ) -> dict[tuple[str, str], tuple[array[int], array[int], array[int], array[int]]]:
        return {}

    @cached_property
    def _genes(self) -> bytes:
        return (self._directory / "genes.bin").read_bytes()

    def gene(self, entry: Entry, assembly: Assembly) -> Gene | None:
        """Return the models of one gene on one assembly; ``None`` where the assembly lacks it."""
        packed = self._genes[entry.offset : entry.offset + entry.length]
        record: list[Any] = msgspec.msgpack.decode(zlib.decompress(packed))
        model = record[_ASSEMBLIES.index(assembly)]
        if not model:
            return None
        if len(model) == 1:
            model = [model[0], *record[0][1:]]
        return decode(entry, assembly, model)


def decode(entry: Entry, assembly: Assembly, model: list[Any]) -> Gene:
    """Return a gene from its stored record."""
    origin, flat, stored = model
    exons: list[tuple[int, int]] = []
    start = origin
    for i in range(0, len(flat), 2):
        start += flat[i]
        exons.append((start + 1, start + flat[i + 1]))
    transcripts = []
    for accession, version, mane, cds_start, cds_end, steps in stored:
        name = f"ENST{accession:011d}" if isinstance(accession, int) else str(accession)
        chosen = []
        number = -1
        for step in steps:
            number += step
            chosen.append(exons[number])
        transcripts.append(
            Transcript(
                accession=f"{name}.{version}" if version else name,
                strand=entry.strand,
                exons=tuple(chosen),
                cds=(origin + cds_start + 1, origin + cds_end),
                mane=(str(mane[0]), str(mane[1])) if mane else None,
            )
        )
    return Gene.of(entry.symbol, entry.chromosome, assembly, transcripts)
