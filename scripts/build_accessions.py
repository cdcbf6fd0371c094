"""Write `knowledge/transcripts/accessions.tsv`: the transcripts of NTRK1-3 and their known partners, with the gene.

A report names a side of a fusion by its transcript alone (`NM_002530`, `ENST00000360948`). The table is made from
the shipped transcript store, for the genes of `partners.yaml` of every edition and the NTRK genes.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from ntrkpath.fusion.store import Store

KNOWLEDGE = Path(__file__).parents[1] / "src" / "ntrkpath" / "knowledge"


def main() -> None:
    """Write the table and name it."""
    genes = {"NTRK1", "NTRK2", "NTRK3"}
    for file in KNOWLEDGE.glob("*/partners.yaml"):
        for pair in yaml.safe_load(file.read_text(encoding="utf-8"))["partners"]:
            genes.update((pair["five_prime"], pair["three_prime"]))
    store = Store()
    rows: set[tuple[str, str]] = set()
    for symbol in sorted(genes):
        for entry in store.entries(symbol):
            for assembly in ("GRCh38", "GRCh37"):
                gene = store.gene(entry, assembly)
                for transcript in gene.transcripts if gene else ():
                    names = (transcript.accession, *(transcript.mane or ()))
                    rows.update((name.partition(".")[0], symbol) for name in names)
    target = KNOWLEDGE / "transcripts" / "accessions.tsv"
    target.write_text("".join(f"{name}\t{symbol}\n" for name, symbol in sorted(rows)), encoding="utf-8")
    print(target, len(rows))


if __name__ == "__main__":
    main()
