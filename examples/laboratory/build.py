"""Write the callers' files of twenty synthetic samples into a folder: python build.py [FOLDER].

The junctions are published ones, by coordinates of the last base kept of the 5' gene and the first of the 3' gene on
GRCh37 (NTRK reference material, called by several programs: github.com/ccmbioinfo/MetaFusion, test_data/cff). Samples,
reads and dates are made up; no patient stands behind them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple


class Junction(NamedTuple):
    """Both sides of an event: gene, chromosome, position, strand."""

    five: tuple[str, str, int, str]
    three: tuple[str, str, int, str]


TPM3 = Junction(("TPM3", "1", 154142876, "-"), ("NTRK1", "1", 156844363, "+"))
TFG = Junction(("TFG", "3", 100451516, "+"), ("NTRK1", "1", 156844363, "+"))
SQSTM1 = Junction(("SQSTM1", "5", 179252226, "+"), ("NTRK1", "1", 156844363, "+"))
IRF2BP2 = Junction(("IRF2BP2", "1", 234744193, "-"), ("NTRK1", "1", 156844363, "+"))
QKI = Junction(("QKI", "6", 163984751, "+"), ("NTRK2", "9", 87482158, "+"))
AFAP1 = Junction(("AFAP1", "4", 7780489, "-"), ("NTRK2", "9", 87356807, "+"))
ETV6_15 = Junction(("ETV6", "12", 12022903, "+"), ("NTRK3", "15", 88483984, "-"))
ETV6_14 = Junction(("ETV6", "12", 12022903, "+"), ("NTRK3", "15", 88576276, "-"))
ETV6_4 = Junction(("ETV6", "12", 12006495, "+"), ("NTRK3", "15", 88483984, "-"))
#: The other product of that translocation: NTRK3 exon 14 to ETV6 exon 6 (ends of exons: GENCODE 31).
RECIPROCAL = Junction(("NTRK3", "15", 88576088, "-"), ("ETV6", "12", 12037379, "+"))

#: Sample, caller, what the caller reports (junction, split reads, spanning pairs, its own word).
SAMPLES: tuple[tuple[str, str, tuple[tuple[Junction, int, int, str], ...]], ...] = (
    ("S01", "arriba", ((TPM3, 24, 12, "high"),)),
    ("S02", "arriba", ()),
    ("S03", "star-fusion", ((ETV6_15, 61, 20, ""),)),
    ("S04", "star-fusion", ()),
    ("S05", "fusioncatcher", ((TFG, 9, 14, "in-frame"),)),
    ("S06", "fusioncatcher", ()),
    ("S07", "jaffa", ((SQSTM1, 17, 22, "HighConfidence"),)),
    ("S08", "jaffa", ((QKI, 2, 3, "LowConfidence"),)),
    ("S09", "arriba", ((AFAP1, 13, 8, "medium"),)),
    ("S10", "arriba", ((ETV6_14, 40, 31, "high"), (RECIPROCAL, 4, 2, "low"))),
    ("S11", "star-fusion", ((ETV6_4, 12, 5, ""),)),
    ("S12", "star-fusion", ((RECIPROCAL, 7, 3, ""),)),
    ("S13", "fusioncatcher", ((IRF2BP2, 30, 12, "in-frame"),)),
    ("S14", "jaffa", ()),
    ("S15", "arriba", ()),
    ("S16", "star-fusion", ((QKI, 22, 9, ""),)),
    ("S17", "fusioncatcher", ()),
    ("S18", "jaffa", ((TPM3, 31, 6, "HighConfidence"),)),
    ("S19", "arriba", ((ETV6_15, 1, 1, "low"),)),
    ("S20", "star-fusion", ()),
)


def arriba(calls: tuple[tuple[Junction, int, int, str], ...]) -> str:
    """Return an Arriba table."""
    lines = [
        "#gene1\tgene2\tstrand1(gene/fusion)\tstrand2(gene/fusion)\tbreakpoint1\tbreakpoint2\tsite1\tsite2\ttype"
        "\tsplit_reads1\tsplit_reads2\tdiscordant_mates\tconfidence\treading_frame"
    ]
    for (five, three), split, pairs, word in calls:
        strands = f"{five[3]}/{five[3]}\t{three[3]}/{three[3]}"
        lines.append(
            f"{five[0]}\t{three[0]}\t{strands}\t{five[1]}:{five[2]}\t{three[1]}:{three[2]}\tsplice-site\tsplice-site"
            f"\ttranslocation\t{split - split // 2}\t{split // 2}\t{pairs}\t{word}\tin-frame"
        )
    return "\n".join(lines) + "\n"


def star_fusion(calls: tuple[tuple[Junction, int, int, str], ...]) -> str:
    """Return a STAR-Fusion table (abridged columns)."""
    lines = ["#FusionName\tJunctionReadCount\tSpanningFragCount\tSpliceType\tLeftGene\tLeftBreakpoint\tRightGene"
             "\tRightBreakpoint\tLargeAnchorSupport\tFFPM"]  # fmt: skip
    for (five, three), split, pairs, _ in calls:
        lines.append(
            f"{five[0]}--{three[0]}\t{split}\t{pairs}\tONLY_REF_SPLICE\t{five[0]}\tchr{five[1]}:{five[2]}:{five[3]}"
            f"\t{three[0]}\tchr{three[1]}:{three[2]}:{three[3]}\tYES_LDAS\t0.5"
        )
    return "\n".join(lines) + "\n"


def fusioncatcher(calls: tuple[tuple[Junction, int, int, str], ...]) -> str:
    """Return a FusionCatcher final list."""
    lines = ["Gene_1_symbol(5end_fusion_partner)\tGene_2_symbol(3end_fusion_partner)\tFusion_description"
             "\tCounts_of_common_mapping_reads\tSpanning_pairs\tSpanning_unique_reads\tLongest_anchor_found"
             "\tFusion_finding_method\tFusion_point_for_gene_1(5end_fusion_partner)"
             "\tFusion_point_for_gene_2(3end_fusion_partner)\tPredicted_effect"]  # fmt: skip
    for (five, three), split, pairs, effect in calls:
        lines.append(
            f"{five[0]}\t{three[0]}\tknown\t0\t{pairs}\t{split}\t40\tBOWTIE+STAR\t{five[1]}:{five[2]}:{five[3]}"
            f"\t{three[1]}:{three[2]}:{three[3]}\t{effect}"
        )
    return "\n".join(lines) + "\n"


def jaffa(calls: tuple[tuple[Junction, int, int, str], ...], sample: str) -> str:
    """Return a JAFFA table; the only one of these formats that names its sample."""
    lines = ["sample,fusion genes,chrom1,base1,strand1,chrom2,base2,strand2,gap (kb),spanning pairs,spanning reads,"
             "inframe,aligns,rearrangement,contig,contig break,classification,known"]  # fmt: skip
    for (five, three), split, pairs, word in calls:
        lines.append(
            f"{sample},{five[0]}:{three[0]},chr{five[1]},{five[2]},{five[3]},chr{three[1]},{three[2]},{three[3]},Inf,"
            f"{pairs},{split},TRUE,TRUE,TRUE,contig,1,{word},Yes"
        )
    return "\n".join(lines) + "\n"


def main(folder: Path) -> None:
    """Write every file."""
    folder.mkdir(parents=True, exist_ok=True)
    writers = {"arriba": arriba, "star-fusion": star_fusion, "fusioncatcher": fusioncatcher}
    for sample, caller, calls in SAMPLES:
        text = jaffa(calls, sample) if caller == "jaffa" else writers[caller](calls)
        (folder / f"{sample}.{caller}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "calls"))
