"""Real caller files, where the shared material is at hand: every NTRK row read, and positions where they should be."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from ntrkpath import readers
from ntrkpath.model.fusion import Junction
from ntrkpath.readers._loci import ntrk_gene

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
FUSION = SHARED / "fusion"
FILES = sorted(FUSION.glob("*/*")) if FUSION.is_dir() else []

pytestmark = pytest.mark.skipif(not FILES, reason="the shared caller files (../shared/data/fusion) are not at hand")

#: Largest distance in bases between a real row and the known junction, measured for each caller.
MEASURED = {
    "arriba": 0,
    "ctat-lr-fusion": 0,
    "defuse": 0,
    "ericscript": 1,
    "generic": 0,
    "fusioncatcher": 0,
    "fusionmap": 0,
    "fusionseeker": 4,
    "integrate": 0,
    "jaffa": 0,
    "longgf": 3,
    "pbfusion": 3,
    "squid": 0,
    "star-fusion": 0,
    "star-seqr": 0,
    "star_seqr": 0,
    "star_fusion": 0,
    "starfusion": 0,
    "ctat_lr_fusion": 0,
}


def _records(path: Path) -> int:
    """Count the events of a file that name an NTRK gene outside of comments and headers, by its raw text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        events = msgspec.json.decode(text)
        return sum(sum(isinstance(v, dict) for v in e.values()) for e in events if "NTRK" in e["Fusion"])
    lines = [line for line in text.splitlines() if "NTRK" in line and not line.startswith("#")]
    if path.name.endswith("fusions.csv"):
        return sum(line.count("position: ") for line in lines)
    if path.suffix == ".cff":
        return sum(any("NTRK" in cell for cell in (line.split("\t")[13], line.split("\t")[15])) for line in lines)
    if path.suffix == ".vcf":
        return len(lines) // 2
    if path.suffix == ".out":
        return sum(line.startswith("SumGF") for line in lines)
    return len(lines)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name[-40:]}")
def test_no_ntrk_row_is_dropped(path: Path) -> None:
    whole = readers.read(path)
    kept = readers.read(path, genes=readers.NTRK)
    named = [
        j
        for j in whole.junctions
        if any(ntrk_gene(name) for s in (j.five_prime, j.three_prime) for name in (s.gene, *s.others))
    ]
    assert len(named) + kept.rows_without_reads == _records(path)
    assert set(named) <= set(kept.junctions)
    assert not kept.problems
    assert kept.status == "read"


def test_the_folders_are_recognised_as_what_they_are() -> None:
    other = {"seracare-targets": "generic", "jaffal": "jaffa", "metafusion-cff": "metafusion"}
    for path in FILES:
        folder = path.parent.name
        assert readers.read(path).caller == other.get(folder, folder)


def _known() -> dict[tuple[str, str], list[tuple[int, int]]]:
    known: dict[tuple[str, str], list[tuple[int, int]]] = {("CHI3L1", "NTRK2"): [(203150290, 87482158)]}
    with (FUSION / "truth.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            if row["klass"] == "productive":
                known.setdefault((row["gene5"], row["gene3"]), []).append((int(row["pos5"]), int(row["pos3"])))
    return known


def _miss(junction: Junction, known: dict[tuple[str, str], list[tuple[int, int]]]) -> int | None:
    """Bases by which a junction misses the closest known one of its genes."""
    best: int | None = None
    five, three = junction.five_prime, junction.three_prime
    for one, two in ((five, three), (three, five)):
        if one.position is None or two.position is None:
            continue
        for at5, at3 in known.get((one.gene or "", two.gene or ""), []):
            miss = max(abs(one.position - at5), abs(two.position - at3))
            best = miss if best is None else min(best, miss)
    return best


def test_real_rows_hit_the_known_junctions_within_what_was_measured_for_their_caller() -> None:
    known = _known()
    hits: Counter[str] = Counter()
    for path in FILES:
        for junction in readers.read(path, genes=readers.NTRK).junctions:
            miss = _miss(junction, known)
            if miss is None or miss > 100 or junction.caller not in MEASURED:
                continue
            cff = path.suffix == ".cff"
            if cff and junction.caller == "integrate":
                assert miss <= 3 <= junction.tolerance
                continue
            assert miss <= MEASURED[junction.caller] <= junction.tolerance, (path.name, junction)
            hits[junction.caller] += 1
    assert hits["star_seqr"] == 15
    assert hits["arriba"] >= 20
    assert sum(hits.values()) >= 110


def test_our_truth_table_reads_as_a_generic_table() -> None:
    result = readers.read(FUSION / "truth.csv")
    assert result.format == "generic"
    assert len(result.junctions) == 26
    assert not result.problems


def test_a_cbioportal_table_gives_orientation_assembly_and_introns() -> None:
    result = readers.read(SHARED / "cohort" / "msk_impact_2017_sarcoma_sv.tsv")
    assert len(result.junctions) == 173
    (found,) = readers.read(SHARED / "cohort" / "msk_impact_2017_sarcoma_sv.tsv", genes=readers.NTRK).junctions
    assert (found.five_prime.gene, found.five_prime.retained, found.five_prime.intron) == ("LMNA", "left", 2)
    assert (found.three_prime.gene, found.three_prime.retained, found.three_prime.intron) == ("NTRK1", "right", 10)
    assert (found.assembly, found.level, found.ordered, found.frame_by_caller) == ("GRCh37", "dna", False, "in")
