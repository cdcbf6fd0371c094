"""Contig names and accessions: which chromosome and assembly each is, how long it is, and which are of another genome.

Lengths and accessions are those of the assembly reports GCF_000001405.25 (GRCh37.p13), GCF_000001405.40 (GRCh38.p14)
and GCF_009914755.1 (T2T-CHM13v2.0).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ntrkpath.model.fusion import Assembly

CHROMOSOMES: tuple[str, ...] = (*map(str, range(1, 23)), "X", "Y")

_GRCH37 = (
    249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022, 141213431, 135534747,
    135006516, 133851895, 115169878, 107349540, 102531392, 90354753, 81195210, 78077248, 59128983, 63025520,
    48129895, 51304566, 155270560, 59373566,
)  # fmt: skip
_GRCH38 = (
    248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636, 138394717, 133797422,
    135086622, 133275309, 114364328, 107043718, 101991189, 90338345, 83257441, 80373285, 58617616, 64444167,
    46709983, 50818468, 156040895, 57227415,
)  # fmt: skip
_T2T = (
    248387328, 242696752, 201105948, 193574945, 182045439, 172126628, 160567428, 146259331, 150617247, 134758134,
    135127769, 133324548, 113566686, 101161492, 99753195, 96330374, 84276897, 80542538, 61707364, 66210255,
    45090682, 51324926, 154259566, 62460029,
)  # fmt: skip
#: RefSeq versions of NC_000001 to NC_000024 in GRCh37; each is one higher in GRCh38.
_REFSEQ_37 = (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9)

#: Length of each chromosome by assembly, with the one of T2T-CHM13 to recognise it.
LENGTHS: dict[str, dict[str, int]] = {
    name: dict(zip(CHROMOSOMES, lengths, strict=True))
    for name, lengths in (("GRCh37", _GRCH37), ("GRCh38", _GRCH38), ("T2T-CHM13", _T2T))
}
_BY_LENGTH: dict[tuple[str, int], str] = {
    (chromosome, length): name for name, lengths in LENGTHS.items() for chromosome, length in lengths.items()
}
#: The mitochondrion is the same in GRCh37 (rCRS) and GRCh38; UCSC's hg19 has an older one of 16,571 bases.
_MITOCHONDRION = 16_571

_REFSEQ = re.compile(r"NC_0*(\d{1,6})\.(\d{1,3})", re.IGNORECASE)
_GENBANK = re.compile(r"CM000(\d{3})\.(\d)", re.IGNORECASE)
_T2T_GENBANK = re.compile(r"CP0682(5[5-9]|6\d|7[0-7])\.\d|CP086569\.\d", re.IGNORECASE)
# Unplaced, alternative and decoy sequences, the sequences of viruses, HLA alleles: none of them holds an NTRK gene.
_OTHERS = re.compile(
    r"(?:chr)?(?:Un|\w+)_(?:GL|KI|KN|KQ|KV|KZ|ML|MU|JTFH|gl|ki)\w*|(?:GL|KI|KN|KQ|KV|KZ|ML|MU|JTFH)\d+(?:\.\d)?"
    r"|(?:chr)?\w+_(?:alt|random|fix|hap\d|decoy)|N[TW]_\d+(?:\.\d+)?|HLA[-*:\w]*|hs3[78]d\d+|(?:chr)?EBV"
    r"|phiX\w*|ERCC[-\w]*|H(?:SCHR|G)[\w.-]+|NC_(?:007605|001422)(?:\.\d)?|\w*decoy\w*",
    re.IGNORECASE,
)
#: Words by which a header names an assembly that is not read here.
_FOREIGN = (
    ("T2T-CHM13", re.compile(r"t2t|chm13|\bhs1\b|GCF_009914755|GCA_009914755", re.IGNORECASE)),
    ("NCBI36 (hg18)", re.compile(r"hg18|ncbi[ _-]?(?:build[ _-]?)?36|\bb36\b|GCF_000001405\.12", re.IGNORECASE)),
    ("a mouse genome", re.compile(r"\bmm(?:9|10|39)\b|grcm3[89]|mus_musculus", re.IGNORECASE)),
    ("hg17 or older", re.compile(r"hg1[67]|ncbi[ _-]?(?:build[ _-]?)?35", re.IGNORECASE)),
)
_NAMED: tuple[tuple[Assembly, re.Pattern[str]], ...] = (
    ("GRCh37", re.compile(r"grch37|hg19|b37|hs37|g1k_v37|GCF_000001405\.(?:1[3-9]|2[0-5])", re.IGNORECASE)),
    ("GRCh38", re.compile(r"grch38|hg38|b38|hs38|assembly38|GCF_000001405\.(?:2[6-9]|[34]\d)", re.IGNORECASE)),
)


class Contig(NamedTuple):
    """What a contig name says: the chromosome, the assembly it belongs to, or why it cannot be used.

    Args:
        name: Chromosome without ``chr``, or the name of another sequence as given.
        assembly: Assembly that the accession belongs to; ``None`` where a name says none.
        foreign: The assembly of an accession that is neither GRCh37 nor GRCh38.
        known: Whether the sequence is known: a chromosome, or one that holds no NTRK gene.
    """

    name: str
    assembly: Assembly | None = None
    foreign: str | None = None
    known: bool = True


_PLAIN = {
    **{name: Contig(name) for name in (*CHROMOSOMES, "MT")},
    "M": Contig("MT"),
    "23": Contig("X"),
    "24": Contig("Y"),
    "25": Contig("MT"),
    "x": Contig("X"),
    "y": Contig("Y"),
    "mt": Contig("MT"),
    "m": Contig("MT"),
}


def contig(text: str) -> Contig:
    """Return what a contig name or accession says."""
    name = text[3:] if text[:3].lower() == "chr" and len(text) > 3 else text
    plain = _PLAIN.get(name) or _PLAIN.get(name.removesuffix(".0"))
    if plain is not None:
        return plain
    if found := _REFSEQ.fullmatch(text):
        return _accession(int(found[1]), int(found[2]), text)
    if found := _GENBANK.fullmatch(text):
        number, version = int(found[1]) - 662, int(found[2])
        if 1 <= number <= 24:
            chromosome = CHROMOSOMES[number - 1]
            if version in (1, 2):
                return Contig(chromosome, "GRCh37" if version == 1 else "GRCh38")
            return Contig(chromosome, foreign=f"another assembly ({text})")
    if _T2T_GENBANK.fullmatch(text):
        return Contig(text, foreign="T2T-CHM13")
    return Contig(text, known=_OTHERS.fullmatch(text) is not None)


def _accession(number: int, version: int, text: str) -> Contig:
    if number == 12920:
        return Contig("MT")
    if 60925 <= number <= 60948:
        return Contig(CHROMOSOMES[number - 60925], foreign="T2T-CHM13")
    if 1 <= number <= 24:
        chromosome, first = CHROMOSOMES[number - 1], _REFSEQ_37[number - 1]
        if version in (first, first + 1):
            return Contig(chromosome, "GRCh37" if version == first else "GRCh38")
        return Contig(chromosome, foreign=f"another assembly ({text})")
    return Contig(text, known=_OTHERS.fullmatch(text) is not None)


def end_of(chromosome: str, assembly: Assembly | None) -> int | None:
    """Return the last base of a chromosome: on the assembly, or on the longer of the two where it is not known."""
    if chromosome == "MT":
        return _MITOCHONDRION
    if chromosome not in LENGTHS["GRCh38"]:
        return None
    if assembly is not None:
        return LENGTHS[assembly][chromosome]
    return max(LENGTHS["GRCh37"][chromosome], LENGTHS["GRCh38"][chromosome])


def refseq(chromosome: str, assembly: str) -> str | None:
    """Return the RefSeq accession of a chromosome on GRCh37 or GRCh38; ``None`` where none is known."""
    if chromosome not in CHROMOSOMES or assembly not in ("GRCh37", "GRCh38"):
        return None
    number = CHROMOSOMES.index(chromosome)
    return f"NC_{number + 1:06d}.{_REFSEQ_37[number] + (assembly == 'GRCh38')}"


def assembly_of_length(chromosome: str, length: int) -> str | None:
    """Return the assembly (GRCh37, GRCh38 or T2T-CHM13) in which a chromosome has this length."""
    return _BY_LENGTH.get((chromosome, length))


def named_assembly(text: str) -> Assembly | None:
    """Return the assembly a free text names (``hg19``, ``GRCh37``, ``b37``, ``GRCh38.p13`` ...), if it names one."""
    plain = text.strip().lower().removesuffix(".0")
    if plain in {"37", "19"}:
        return "GRCh37"
    if plain == "38":
        return "GRCh38"
    found = [name for name, pattern in _NAMED if pattern.search(text)]
    return found[0] if len(found) == 1 else None


def foreign_assembly(text: str) -> str | None:
    """Return the assembly that a free text names, where it is one that is not read here."""
    return next((name for name, pattern in _FOREIGN if pattern.search(text)), None)
