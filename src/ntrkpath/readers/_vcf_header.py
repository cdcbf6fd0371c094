"""The header of a VCF: its columns, which of its samples are tumours, its assembly and its caller."""

from __future__ import annotations

import re

from ntrkpath.model.fusion import Assembly, Level
from ntrkpath.readers._contigs import assembly_of_length, contig, end_of, foreign_assembly, named_assembly

_CONTIG_ID = re.compile(r"\bID=([^,>]+)", re.IGNORECASE)
_CONTIG_LENGTH = re.compile(r"\blength=(\d{1,12})\b", re.IGNORECASE)
_LONGEST_LINE = 4000
#: Words in the header by which a caller of structural variants or fusions is known.
_CALLERS = (
    ("fusioncatcher", "fusioncatcher"),
    ("fucion junction", "integrate"),
    ("generatesvcandidates", "manta"),
    ("manta", "manta"),
    ("gridss", "gridss"),
    ("delly", "delly"),
    ("lumpy", "lumpy"),
    ("smoove", "lumpy"),
    ("svaba", "svaba"),
)
#: Names of sample columns that name no sample.
_PLACEHOLDERS = frozenset({"tumor", "tumour", "normal", "sample", "sample_tumor", "none", "unknown", ""})
_STRUCTURAL = re.compile(r"^##(?:INFO=<ID=(?:SVTYPE|MATEID)\b|ALT=<ID=(?:BND|TRA|DEL|DUP|INV|FUSION)\b)", re.IGNORECASE)


class VcfHeader:
    """What the lines before the records say.

    Args:
        lines: The lines that begin with ``##``.
        columns: The cells of the ``#CHROM`` line.
    """

    def __init__(self, lines: list[str], columns: list[str]) -> None:
        self.columns = [*(name.strip().lower() for name in columns[:9]), *(name.strip() for name in columns[9:])]
        self.text = "\n".join(lines).lower()
        self.caller = next((name for word, name in _CALLERS if word in self.text), None)
        #: RNA where the caller is known to read RNA; else structural variants are of DNA.
        rna = "id=rna_first" in self.text or self.caller in {"fusioncatcher", "integrate"} or "arriba" in self.text
        self.level: Level = "rna" if rna else "dna"
        #: Whether records of structural variants are declared, so that none of them is an answer.
        self.structural = self.caller is not None or any(map(_STRUCTURAL.match, lines))
        #: Fields of VEP's CSQ, in order; and whether any annotation is declared.
        csq = next((line for line in lines if line.startswith("##INFO=<ID=CSQ,")), "")
        self.csq = csq.rpartition("Format: ")[2].rstrip('">').split("|") if csq else []
        self.annotated = bool(csq) or any(line.startswith("##INFO=<ID=ANN,") for line in lines)
        self.assembly: Assembly | None = None
        #: Why the coordinates cannot be used, and what contradicts in the header.
        self.foreign: str | None = None
        self.contradiction: str | None = None
        self._settle_assembly(lines)
        self._normal = _stated(lines, "##normal_sample=")
        self._tumour = _stated(lines, "##tumor_sample=")

    @property
    def tumours(self) -> list[str]:
        """Sample columns that are no normal tissue: the one stated or named a tumour, else all but the normals."""
        samples = self.columns[9:]
        if self._tumour in samples:
            return [self._tumour]
        named = [name for name in samples if "tumo" in name.lower()]
        if named:
            return named
        return [n for n in samples if n != self._normal and "normal" not in n.lower()] or samples

    @staticmethod
    def sample_name(column: str) -> str | None:
        """Return the sample that a column names, ``None`` where its name is a placeholder."""
        return None if column.lower() in _PLACEHOLDERS else column

    def _settle_assembly(self, lines: list[str]) -> None:
        """Contig lengths and accessions tell the assembly; the name of the reference only where they do not."""
        shown: set[str] = set()
        odd: str | None = None
        named: Assembly | None = None
        other: str | None = None
        for line in lines:
            key, _, text = line.partition("=")
            key = key.lower()
            if key == "##contig" and len(line) < _LONGEST_LINE:
                found, length = _CONTIG_ID.search(line), _CONTIG_LENGTH.search(line)
                if found is None:
                    continue
                place = contig(found[1])
                if place.foreign is not None or place.assembly is not None:
                    shown.add(place.foreign or str(place.assembly))
                elif length is not None and end_of(place.name, None) is not None and place.name != "MT":
                    known = assembly_of_length(place.name, int(length[1]))
                    shown.update({known} if known else ())
                    odd = odd or (None if known else f"chromosome {place.name} has {length[1]} bases")
                other = other or foreign_assembly(text.partition("assembly=")[2])
            elif key in {"##reference", "##assembly", "##genome", "##genome_build", "##reference_genome"}:
                named = named or named_assembly(text)
                other = other or foreign_assembly(text)
        self._conclude(shown, odd, named, other)

    def _conclude(self, shown: set[str], odd: str | None, named: Assembly | None, other: str | None) -> None:
        readable = shown & {"GRCh37", "GRCh38"}
        if shown - readable or len(readable) > 1:
            self.foreign = " and ".join(sorted(shown))
        elif readable and other is not None:
            self.foreign = f"{other} by name and {readable.pop()} by contigs"
        elif readable:
            self.assembly = readable.pop()  # type: ignore[assignment]
            if named is not None and named != self.assembly:
                self.contradiction = (
                    f"the header names {named}, its contigs are those of {self.assembly}: read as {self.assembly}"
                )
        elif other is not None:
            self.foreign = other
        elif odd is not None:
            self.foreign = f"an assembly that is neither GRCh37 nor GRCh38 ({odd})"
        else:
            self.assembly = named


def _stated(lines: list[str], key: str) -> str:
    return next((line.partition("=")[2].strip() for line in lines if line.startswith(key)), "")
