"""One record of a VCF: its fixed columns, INFO, what each sample says, and the reads behind it."""

from __future__ import annotations

import re

from ntrkpath.model.fusion import Standing, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError

_ALLELE = re.compile(r"[|/]")


class Record:
    """One data line: fixed columns by name, INFO as a mapping (flags map to ``""``), FORMAT values by sample."""

    __slots__ = ("alt", "chromosome", "filter", "id", "info", "line", "position", "raw", "ref", "samples")

    def __init__(self, columns: list[str], line: int, raw: str, tumours: list[str]) -> None:
        values = raw.split("\t")
        if len(values) < 8 or len(values) < len(columns):
            raise RowError(f"the row has {len(values)} columns, a VCF record of this file {max(len(columns), 8)}")
        cells = dict(zip(columns, values, strict=False))
        chromosome, position = _cells.chromosome(cells.get("chrom", "")), _cells.position(cells.get("pos", ""))
        if chromosome is None or position is None:
            raise RowError("a record without chromosome or position")
        self.chromosome = chromosome
        self.position = position
        self.id = cells.get("id", ".")
        self.ref = cells.get("ref", "")
        self.alt = cells.get("alt", "")
        self.filter = cells.get("filter", ".")
        self.line = line
        self.raw = raw
        self.info = {key: text for key, _, text in (part.partition("=") for part in cells.get("info", "").split(";"))}
        keys = cells.get("format", "").split(":")
        self.samples = {name: dict(zip(keys, cells.get(name, "").split(":"), strict=False)) for name in tumours}

    @property
    def kind(self) -> str:
        """The SVTYPE, or the symbolic allele's type, in upper case; ``""`` for a small variant."""
        named = self.info.get("SVTYPE") or (self.alt.strip("<>") if self.alt.startswith("<") else "")
        if not named and ("[" in self.alt or "]" in self.alt):
            named = "BND"
        return named.partition(":")[0].upper()

    def count(self, name: str, sample: str | None = None) -> int | None:
        """Return a count from the sample's FORMAT (the alternative's, of ``ref,alt``), else from INFO."""
        text = self.samples.get(sample or "", {}).get(name) or self.info.get(name, "")
        return _cells.count(text.rpartition(",")[2])

    def support(self, sample: str | None) -> Support:
        """Return the reads behind the record in a sample."""
        values = self.samples.get(sample or "", {})
        split = self.count("RV", sample) if "RV" in values else self.count("SR", sample)
        pairs = next(
            (n for key in ("DV", "PR", "PE", "RP", "DR") if (n := self.count(key, sample)) is not None),
            None,
        )
        return Support(
            split, pairs, next((n for key in ("VF", "SU") if (n := self.count(key, sample)) is not None), None)
        )

    @property
    def judged(self) -> tuple[Standing, str | None]:
        """What FILTER says of the record, or Oncomine's FAIL_REASON beside it."""
        reason = _cells.value(self.info.get("FAIL_REASON", ""))
        standing, words = _cells.filtered(self.filter)
        return ("rejected", words or reason) if reason is not None else (standing, words)

    def carriers(self) -> list[str | None]:
        """Return the samples that carry the alternative; ``[None]`` where the file has no samples.

        Raises:
            RowError: Several samples, and neither genotypes nor reads say which of them carries it.
        """
        if not self.samples:
            return [None]
        carried: list[str | None] = []
        open_ones: list[str | None] = []
        for name, values in self.samples.items():
            alleles = set(_ALLELE.split(values.get("GT", "").strip())) - {"", "."}
            if alleles - {"0"}:
                carried.append(name)
            elif not alleles:
                reads = self.support(name) if values else Support()
                counts = [n for n in (reads.split_reads, reads.spanning_pairs, reads.total) if n is not None]
                if any(counts):
                    carried.append(name)
                elif not counts or len(self.samples) == 1:
                    open_ones.append(name)
        if carried or not open_ones:
            return carried
        if len(self.samples) > 1:
            raise RowError("the record does not say which of the samples carries it")
        return open_ones
