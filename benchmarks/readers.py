"""Bar: reading 100,000 rows of a caller, 1 % of NTRK genes, beside splitting the same lines in Python.

python -m benchmarks.readers [ROWS]
"""

from __future__ import annotations

import random
import sys

from benchmarks.frame import best, record
from ntrkpath.readers import NTRK, read

_HEAD = (
    "#gene1 gene2 strand1(gene/fusion) strand2(gene/fusion) breakpoint1 breakpoint2 site1 site2 type split_reads1 "
    "split_reads2 discordant_mates coverage1 coverage2 confidence reading_frame tags retained_protein_domains "
    "closest_genomic_breakpoint1 closest_genomic_breakpoint2 gene_id1 gene_id2 transcript_id1 transcript_id2 "
    "direction1 direction2 filters fusion_transcript peptide_sequence read_identifiers"
).replace(" ", "\t")


def _row(choose: random.Random, genes: tuple[str, str], places: tuple[str, str]) -> str:
    sequence = "".join(choose.choices("ACGT", k=120))
    cells = [
        *(*genes, "+/+", "-/-", *places, "CDS/splice-site", "CDS/splice-site", "translocation"),
        *(str(choose.randrange(1, 90)) for _ in range(5)),
        *("high", "in-frame", ".", ".", ".", ".", "ENSG1", "ENSG2", "ENST1", "ENST2", "downstream", "upstream"),
        *("duplicates(3)", sequence, ".", "read1,read2,read3"),
    ]
    return "\t".join(cells)


def table(rows: int) -> bytes:
    """Return a made-up table of Arriba, every hundredth row with ETV6::NTRK3."""
    choose = random.Random(1)
    lines = [_HEAD]
    for number in range(rows):
        if number % 100 == 0:
            lines.append(_row(choose, ("ETV6", "NTRK3"), ("12:12022903", "15:88483984")))
        else:
            place = [f"{choose.randrange(1, 23)}:{choose.randrange(1, 46_000_000)}" for _ in range(2)]
            lines.append(_row(choose, (f"GENE{choose.randrange(9999)}", "TACC3"), (place[0], place[1])))
    return ("\n".join(lines) + "\n").encode()


def main(rows: int = 100_000) -> None:
    """Measure and print."""
    content = table(rows)
    base = best(lambda: [line.split("\t") for line in content.decode().split("\n")])
    ours = best(lambda: read(content, "fusions.tsv", genes=NTRK))
    record("readers.rows", *ours.over(base))
    print(f"{rows:,} lines: split {base.each(rows)}, read {ours.each(rows)}, {ours.beside(base)}  (bar 15)")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
