"""Gene symbols as files write them: the NTRK genes under any spelling, what is mistyped, what became a date."""

from __future__ import annotations

import re
from functools import lru_cache

NTRK: tuple[str, ...] = ("NTRK1", "NTRK2", "NTRK3")

#: Names under which callers and laboratories report the genes (HGNC aliases, Ensembl, Entrez and RefSeq identifiers).
ALIASES: dict[str, str] = {
    name: gene
    for gene, names in {
        "NTRK1": (
            "NTRK1", "TRKA", "TRK-A", "TRK", "TRK1", "MTC", "ENSG00000198400", "NM_002529", "NM_001007792",
            "NM_001012331", "ENST00000524377", "ENST00000368196", "ENST00000392302", "NP_002520",
        ),
        "NTRK2": (
            "NTRK2", "TRKB", "TRK-B", "GP145-TRKB", "ENSG00000148053", "NM_006180", "NM_001018064",
            "ENST00000277120", "ENST00000376213", "ENST00000323115", "NP_006171",
        ),
        "NTRK3": (
            "NTRK3", "TRKC", "TRK-C", "GP145-TRKC", "ENSG00000140538", "NM_002530", "NM_001012338",
            "ENST00000360948", "ENST00000394480", "ENST00000629765", "NP_002521",
        ),
    }.items()
    for name in names
}  # fmt: skip

#: Approved symbols within two edits of an NTRK symbol: other genes, and no typing errors.
_OTHER_GENES = frozenset({
    "ATRN", "KTN1", "MARK1", "MARK2", "MARK3", "MERTK", "NARS1", "NARS2", "NBR1", "NBR2", "NDRG1", "NDRG2",
    "NDRG3", "NEK1", "NEK2", "NEK3", "NET1", "NIT1", "NIT2", "NKTR", "NMRK1", "NMRK2", "NMT1", "NMT2", "NPR1",
    "NPR2", "NPR3", "NPRL2", "NPRL3", "NRAP", "NRAS", "NRG1", "NRG2", "NRG3", "NRIP1", "NRIP2", "NRIP3", "NRK",
    "NRL", "NRM", "NRN1", "NRP1", "NRP2", "NSRP1", "NT5C", "NTAN1", "NTF3", "NTF4", "NTHL1", "NTM", "NTMT1",
    "NTN1", "NTN3", "NTN4", "NTN5", "NTNG1", "NTNG2", "NTPCR", "NTRAS", "NTRK3-AS1", "NTRK4", "NTRKR1", "NTRKR2",
    "NTS", "NTSR1", "NTSR2", "NTSR3", "NUAK1", "NUAK2", "NXT1", "NXT2", "PTK2", "PTK6", "PTK7", "STK3", "STRK1",
    "STRN", "STRN3", "STRN4", "TRAK1", "TRAK2", "TRIB1", "TRIB2", "TRIB3", "TRIM1", "TRIO", "TRPC1",
})  # fmt: skip

#: Characters that nobody sees, such as blanks of no width.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# NTRK3-201, NTRK3:14, NTRK3 exon14, NTRK3_e14, NTRK 3, NTRK-3, NTRK3(14), TRK C
_DECORATED = re.compile(
    r"(?P<gene>N?TRK)[ _-]?(?P<one>[123ABC])(?:-2\d\d|(?:[ :_,]*\(?(?:exon|ex|e)[ _:]*|[ ]?[:(])(?P<exon>\d{1,2})\)?)?",
    re.IGNORECASE,
)
_LETTERS = {"A": "1", "B": "2", "C": "3"}
_DATE = re.compile(
    r"\d{1,2}[-.](?:jan|feb|mar|m\u00e4r|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[.a-z]*(?:[-. ]\d{2,4})?"
    r"|(?:mar|sep|dec|dez|oct|okt|apr|nov)[a-z]*[-. ]\d{1,4}|\d{4}-\d\d-\d\d(?: 00:00:00)?"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}",
    re.IGNORECASE,
)


def ntrk_gene(name: str | None) -> str | None:
    """Return the approved symbol if ``name`` is one of the three genes under any of its names, else ``None``."""
    if not name:
        return None
    key = name.upper()
    return ALIASES.get(key) or ALIASES.get(key.partition(".")[0])


def tidied(name: str) -> tuple[str, int | None]:
    """Return a symbol without what files hang on NTRK symbols, and the exon among that.

    ``NTRK3-201`` is NTRK3, ``NTRK3:14`` is NTRK3 and exon 14, ``NTRK 3`` is NTRK3; other names stay as they are.
    """
    if not name.isascii():
        name = INVISIBLE.sub("", name).strip()
    if ntrk_gene(name):
        return name, None
    found = _DECORATED.fullmatch(name)
    if found is None:
        return name, None
    one = found["one"].upper()
    return f"NTRK{_LETTERS.get(one, one)}", int(found["exon"]) if found["exon"] else None


@lru_cache(4096)
def mistyped(name: str) -> str | None:
    """Return the NTRK symbol that a name was probably meant as, where it is none and no other gene either."""
    key = name.upper()
    if not 3 <= len(key) <= 8 or ntrk_gene(key) or key in _OTHER_GENES or key.startswith("NTRK3P"):
        return None
    if not key[0].isalpha() or not (set(key) & set("TRK")):
        return None
    near = [(distance(key, gene), gene) for gene in NTRK]
    best = min(near)[0]
    if best > 2:
        return None
    # Two edits are a typing error only where the letters are those of NTRK: short symbols are near to many genes.
    if best == 2 and len(set("NTRK") & set(key)) < 4 and not key.startswith("NTR"):
        return None
    return min(near)[1] if sum(d == best for d, _ in near) == 1 else "NTRK1, NTRK2 or NTRK3"


def distance(one: str, two: str) -> int:
    """Return the number of letters to insert, delete, replace or swap with their neighbour to make one the other."""
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        last, before_last = row, before
        row = [i]
        for j, other in enumerate(two, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]


def became_a_date(name: str) -> bool:
    """Whether a spreadsheet turned a symbol into a date (``1-Mar`` for MARCHF1, ``2-Sep`` for SEPTIN2)."""
    return _DATE.fullmatch(name.strip()) is not None


def may_be_begun(text: str) -> bool:
    """Whether a text may be the begin of an NTRK symbol that was cut off."""
    key = text.upper()
    return bool(key) and any(gene.startswith(key) for gene in ("NTRK1", "TRKA", "ENSG00000198400", "ENSG00000148053"))
