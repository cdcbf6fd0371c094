"""Fusion verdicts: throughput over all isoform pairs, and AGFusion 1.5.0 as an outside oracle for the frame.

`python -m benchmarks.fusion` measures our verdicts on distinct junctions (reading of files excluded, nothing worked
out beforehand). Where `agfusion` and `pyensembl` are installed (an environment of their own; nothing else needs
them), it builds a small database for both from our transcripts and compares frames and speed over the junctions of
`tests/data/fusion_junctions.csv` that lie on GRCh38. `--json` prints the figures as JSON.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import importlib.util
import json
import logging
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.frame import best, record
from ntrkpath.fusion import Assessor, Gene
from ntrkpath.fusion.frame import reading_frame
from ntrkpath.fusion.site import GeneSites
from ntrkpath.model.fusion import Breakpoint, Junction, Source, Support

ROOT = Path(__file__).resolve().parents[1]
JUNCTIONS = ROOT / "tests" / "data" / "fusion_junctions.csv"
PARTNERS = (
    *("ETV6", "TPM3", "TPM4", "LMNA", "SQSTM1", "EML4", "TPR", "STRN", "STRN3", "NACC2", "BTBD1", "TRIM24"),
    *("AFAP1", "QKI", "PAN3", "SPECC1L", "RBPMS", "TFG", "MYO5A", "NUMA1", "VIM", "VCL", "KIF5B", "IRF2BP2"),
)
NTRK = ("NTRK1", "NTRK2", "NTRK3")


def distinct_junctions(count: int, seed: int = 1, spliced: bool = False) -> list[Junction]:
    """Return ``count`` junctions with distinct breakpoints: exon ends, inside exons and introns, RNA and DNA.

    Args:
        spliced: Only exon boundaries of the transcripts that count first, as RNA callers report them.
    """
    choose = random.Random(seed)
    annotation = Assessor().atlas("GRCh38").annotation
    partners = [annotation.named(n)[0] for n in PARTNERS]
    kinases = [annotation.named(n)[0] for n in NTRK]

    def position(gene: Gene, five: bool) -> int:
        if spliced:
            t = gene.canonical
            number = choose.randrange(1, len(t.exons))
            return t.last_base(number) if five else t.first_base(number + 1)
        start, end = choose.choice(choose.choice(gene.transcripts).exons)
        return choose.choice((start, end, choose.randint(start, end), choose.randint(*gene.span)))

    made: list[Junction] = []
    seen: set[tuple[str, int, str, int]] = set()
    while len(made) < count:
        a, b = choose.choice(partners), choose.choice(kinases)
        key = a.symbol, position(a, True), b.symbol, position(b, False)
        if key in seen:
            continue
        seen.add(key)
        made.append(
            Junction(
                caller="bench",
                five_prime=Breakpoint(a.symbol, a.chromosome, key[1], a.strand),  # type: ignore[arg-type]
                three_prime=Breakpoint(b.symbol, b.chromosome, key[3], b.strand),  # type: ignore[arg-type]
                source=Source("bench.tsv", len(made) + 1),
                sample="S",
                assembly="GRCh38",
                level="rna" if spliced else choose.choice(("rna", "dna")),
                support=Support(split_reads=choose.randint(0, 20), spanning_pairs=3),
            )
        )
    return made


def throughput(count: int, spliced: bool = False) -> dict[str, Any]:
    """Return verdicts a second by both clocks, with caches empty, and the isoform pairs behind them."""
    junctions = distinct_junctions(count, spliced=spliced)
    assessor = Assessor()
    verdicts: list[Any] = []
    taken = best(lambda: verdicts.extend(assessor.assess(junctions)), 1)
    pairs = sum(v.frame.isoforms_in + v.frame.isoforms_out for v in verdicts)
    return {
        "junctions": count,
        "seconds": taken,
        "verdicts_per_second": [round(rate) for rate in taken.rate(count)],
        "isoform_pairs_per_verdict": round(pairs / count, 1),
    }


def write_gtf(genes: list[Gene], path: Path) -> None:
    """Write our transcripts as an Ensembl-like GTF, with start and stop codons."""
    lines: list[str] = []
    for gene in genes:
        ident = f"ENSG_{gene.symbol}"
        low, high = gene.span
        base = f'gene_id "{ident}"; gene_name "{gene.symbol}"; gene_biotype "protein_coding";'

        def row(feature: str, start: int, end: int, extra: str, g: Gene = gene, frame: str = ".") -> None:
            lines.append(f"{g.chromosome}\tours\t{feature}\t{start}\t{end}\t.\t{g.strand}\t{frame}\t{extra}")

        row("gene", low, high, base)
        for t in gene.transcripts:
            if not t.accession.startswith("ENST"):
                continue
            name = t.accession.split(".")[0]
            whole = f'{base} transcript_id "{name}"; transcript_name "{name}"; transcript_biotype "protein_coding";'
            row("transcript", t.exons[0][0], t.exons[-1][1], whole)
            for number, (s, e) in enumerate(t.ordered_exons, 1):
                numbered = f'{whole} exon_number "{number}"; exon_id "{name}.{number}";'
                row("exon", s, e, numbered)
                blocks = _codons(t.coding_before, t.coding_length, s, e, t.strand, t.cds)
                for feature, (x, y) in blocks:
                    row(feature, x, y, f'{numbered} protein_id "{name.replace("ENST", "ENSP")}";', frame="0")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _codons(
    before: Any, length: int, s: int, e: int, strand: str, cds: tuple[int, int]
) -> list[tuple[str, tuple[int, int]]]:
    """Return the coding part of an exon without the stop codon, and the start and stop codon parts in it."""
    low, high = max(s, cds[0]), min(e, cds[1])
    if low > high:
        return []
    first = before(low if strand == "+" else high)
    size = high - low + 1

    def part(begin: int, end: int) -> tuple[int, int] | None:
        x, y = max(begin - first, 0), min(end - first, size)
        if x >= y:
            return None
        return (low + x, low + y - 1) if strand == "+" else (high - y + 1, high - x)

    found = (("CDS", part(0, length - 3)), ("start_codon", part(0, 3)), ("stop_codon", part(length - 3, length)))
    return [(feature, block) for feature, block in found if block]


def write_sequences(genes: list[Gene], cdna: Path, protein: Path) -> None:
    """Write placeholder sequences of the right length: a start codon, alanines, a stop codon. No real sequence."""
    with cdna.open("w", encoding="utf-8") as c, protein.open("w", encoding="utf-8") as p:
        for gene in genes:
            for t in gene.transcripts:
                if not t.accession.startswith("ENST"):
                    continue
                name = t.accession.split(".")[0]
                total = sum(e - s + 1 for s, e in t.exons)
                first = t.cds[0] if t.strand == "+" else t.cds[1]
                utr5 = sum(
                    max(0, (min(e, first - 1) - s + 1) if t.strand == "+" else (e - max(s, first + 1) + 1))
                    for s, e in t.exons
                )
                coding = "ATG" + "GCC" * (t.coding_length // 3 - 2) + "TAA"
                c.write(f">{name}\n{'C' * utr5}{coding}{'C' * (total - utr5 - len(coding))}\n")
                p.write(f">{name.replace('ENST', 'ENSP')}\nM{'A' * (t.protein_length - 1)}\n")


def write_agfusion_database(genes: list[Gene], path: Path, build: str) -> None:
    """Write the tables that AGFusion reads: genes, transcripts, and an empty Pfam table."""
    base = sqlite3.connect(path)
    base.execute(f"CREATE TABLE {build} (gene_id, stable_id, entrez_id, gene_name, canonical_transcript_id)")
    base.execute(
        f"CREATE TABLE {build}_transcript (transcript_id, gene_id, transcript_stable_id, translation_id, protein)"
    )
    base.execute(
        f"CREATE TABLE {build}_pfam (translation_id, protein, hit_id, seq_start, seq_end, description, hit_name, ex)"
    )
    serial = 0
    for number, gene in enumerate(genes, 1):
        own = [t for t in gene.transcripts if t.accession.startswith("ENST")]
        rows = []
        for t in own:
            serial += 1
            rows.append((str(serial), str(number), t.accession.split(".")[0], str(serial), "p"))
        base.execute(
            f"INSERT INTO {build} VALUES (?,?,?,?,?)", (str(number), f"ENSG_{gene.symbol}", "", gene.symbol, rows[0][0])
        )
        base.executemany(f"INSERT INTO {build}_transcript VALUES (?,?,?,?,?)", rows)
    base.commit()
    base.close()


def compare_with_agfusion(directory: Path) -> dict[str, Any]:
    """Return how often AGFusion's frame agrees with ours, by isoform pair, and its speed.

    AGFusion splices an intronic breakpoint to the next exon whatever was sequenced, so ours is asked as for DNA.
    """
    database = importlib.import_module("agfusion.database")
    model = importlib.import_module("agfusion.model")
    genome_of = importlib.import_module("pyensembl").Genome

    logging.disable(logging.CRITICAL)
    with JUNCTIONS.open(encoding="utf-8") as stream:
        rows = [
            r
            for r in csv.DictReader(stream)
            if r["assembly"] == "GRCh38" and r["level"] == "rna" and r["gene5"] != r["gene3"]
        ]
    annotation = Assessor().atlas("GRCh38").annotation
    symbols = {r[k] for r in rows for k in ("gene5", "gene3")} | set(PARTNERS) | set(NTRK)
    genes = [annotation.named(s)[0] for s in sorted(symbols)]
    write_gtf(genes, directory / "ours.gtf")
    write_sequences(genes, directory / "cdna.fa", directory / "protein.fa")
    write_agfusion_database(genes, directory / "agfusion.db", "ours_1")
    genome = genome_of(
        reference_name="GRCh38",
        annotation_name="ours",
        gtf_path_or_url=str(directory / "ours.gtf"),
        transcript_fasta_paths_or_urls=[str(directory / "cdna.fa")],
        protein_fasta_paths_or_urls=[str(directory / "protein.fa")],
        cache_directory_path=str(directory),
    )
    genome.index()
    base = database.AGFusionDB(str(directory / "agfusion.db"))
    base.build = "ours_1"
    sites = {g.symbol: GeneSites(g) for g in genes}
    tally: Counter[str] = Counter()
    different: list[str] = []
    for r in rows:
        try:
            fusion = model.Fusion(
                r["gene5"], int(r["pos5"]), r["gene3"], int(r["pos3"]), base, genome, ["pfam"], noncanonical=True
            )
        except Exception as error:  # noqa: BLE001 - AGFusion's own failures are part of the comparison
            tally[f"agfusion_fails: {type(error).__name__}"] += 1
            continue
        five, three = sites[r["gene5"]].gene, sites[r["gene3"]].gene
        for name, product in fusion.transcripts.items():
            one, other = name.split("_")
            a = _single(five, one).locate(int(r["pos5"]), "five_prime", "dna")
            b = _single(three, other).locate(int(r["pos3"]), "three_prime", "dna")
            ours = reading_frame(a, b).call
            theirs = {"in-frame": "in", "in-frame (with mutation)": "in", "out-of-frame": "out"}.get(
                product.effect, "none"
            )
            key = f"ours {ours}, theirs {theirs}"
            tally[key] += 1
            if ours != theirs and {ours, theirs} == {"in", "out"}:
                different.append(f"{r['id']} {r['gene5']}::{r['gene3']} {name} ours {ours}, AGFusion {product.effect}")
    timed = distinct_junctions(300, spliced=True)

    def build() -> None:
        for j in timed:
            five, three = j.five_prime, j.three_prime
            try:
                model.Fusion(
                    five.gene, five.position, three.gene, three.position, base, genome, ["pfam"], noncanonical=True
                )
            except Exception:  # noqa: BLE001 - the failed ones took their time as well
                tally["agfusion_fails on a timed junction"] += 1

    return {
        "compared_junctions": len(rows),
        "agfusion_events_per_second": best(build, 1).rate(len(timed)),
        "isoform_pairs": dict(sorted(tally.items())),
        "in_or_out_differs": different[:20],
    }


def _single(gene: Gene, accession: str) -> GeneSites:
    only = [t for t in gene.transcripts if t.accession.split(".")[0] == accession]
    return GeneSites(Gene.of(gene.symbol, gene.chromosome, gene.assembly, only))


def main() -> int:
    """Measure, compare if AGFusion is there, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--junctions", type=int, default=50_000)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    result: dict[str, Any] = {"ours": throughput(options.junctions)}
    if importlib.util.find_spec("agfusion") and importlib.util.find_spec("pyensembl"):
        with tempfile.TemporaryDirectory() as scratch:
            result["agfusion"] = compare_with_agfusion(Path(scratch))
        result["ours_spliced"] = throughput(10_000, spliced=True)
        result["ratio_on_spliced_junctions"] = [
            round(ours / theirs)
            for ours, theirs in zip(
                result["ours_spliced"]["verdicts_per_second"],
                result["agfusion"]["agfusion_events_per_second"],
                strict=True,
            )
        ]
    else:
        result["agfusion"] = "not installed: pip install agfusion==1.5.0 pyensembl==2.3.13 in an environment of its own"
    record("fusion.rate", *result["ours"]["verdicts_per_second"])
    if "ratio_on_spliced_junctions" in result:
        record("fusion.peer", *result["ratio_on_spliced_junctions"])
    json.dump(result, sys.stdout, indent=None if options.json else 1)
    print()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
