"""Every built file reads to exactly its golden output, and every RNA format to the same known junction."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ntrkpath import readers
from ntrkpath.model.fusion import Breakpoint, Junction
from ntrkpath.readers._registry import built_in

DATA = Path(__file__).parent / "data" / "readers"
GOLDEN = DATA / "golden"
VARIANTS = {
    *("variants.maf", "variants_oncotator.maf", "variants_ann.vcf", "variants_csq.vcf"),
    *("data_cna.txt", "copy_number.tsv", "copy_number_comma.csv"),
}
FILES = sorted(path.name for path in DATA.iterdir() if path.is_file() and path.suffix != ".md")
FUSIONS = [name for name in FILES if name not in VARIANTS]

#: The junction of ETV6 exon 5 and NTRK3 on GRCh37: last base kept, first base kept.
ETV6 = ("12", 12022903)
NTRK3 = ("15", 88483984)
#: Files that do not hold this junction at base resolution: names or exons only, or another event.
NOT_AT_THIS_BASE = {
    "arriba_v2.tsv",
    "cbioportal_sv.txt",
    "data_fusions.txt",
    "delly.vcf",
    "foundation.xml",
    "fusion_names.txt",
    "fusioncatcher_summary.txt",
    "gridss.vcf",
    "iannotatesv.txt",
    "integrate_summary.tsv",
    "linx.tsv",
    "linx_vis.tsv",
    "lumpy.vcf",
    "manta.vcf",
    "name_list.txt",
    "oncokb_fusions.txt",
    "oncokb_sv.txt",
    "pizzly.tsv",
    "tso500_ctdna_combined.tsv",
    "tso500_ctdna_fusions.csv",
}


def _json(name: str) -> bytes:
    return msgspec.json.format(msgspec.json.encode(readers.read(DATA / name)), indent=1) + b"\n"


@pytest.mark.parametrize("name", FILES)
def test_a_file_reads_to_its_golden_output(name: str) -> None:
    assert _json(name).decode() == (GOLDEN / f"{name}.json").read_text(encoding="utf-8")


def _off(side: Breakpoint, known: tuple[str, int]) -> int | None:
    if side.position is None or side.chromosome != known[0]:
        return None
    return abs(side.position - known[1])


def _misses(junction: Junction) -> int | None:
    """Bases by which the junction misses the known one, on the worse side; ``None`` for another event."""
    sides = (junction.five_prime, junction.three_prime)
    for one, two in (sides, sides[::-1]):
        first, second = _off(one, ETV6), _off(two, NTRK3)
        if first is not None and second is not None:
            return max(first, second)
    return None


@pytest.mark.parametrize("name", [name for name in FUSIONS if name not in NOT_AT_THIS_BASE])
def test_positions_are_1_based_last_and_first_base_kept_within_the_stated_tolerance(name: str) -> None:
    found = [(off, j) for j in readers.read(DATA / name).junctions if (off := _misses(j)) is not None]
    assert found
    assert all(off <= junction.tolerance for off, junction in found if junction.filtered is None)


@pytest.mark.parametrize("name", FUSIONS)
def test_the_gene_filter_keeps_exactly_the_ntrk_junctions(name: str) -> None:
    whole, kept = readers.read(DATA / name), readers.read(DATA / name, genes=readers.NTRK)
    assert set(kept.junctions) <= set(whole.junctions)
    dropped = [j for j in whole.junctions if j not in set(kept.junctions)]
    assert not [j for j in dropped if "NTRK" in msgspec.json.encode((j.five_prime, j.three_prime)).decode()]
    assert [p for p in whole.problems if "NTRK" in p.raw] == [p for p in kept.problems if "NTRK" in p.raw]
    assert set(kept.changes) == {c for c in whole.changes if c.gene in readers.NTRK}


def test_every_format_has_a_built_file_or_a_specimen() -> None:
    built = {readers.read(DATA / name).format for name in FILES}
    assert {form.name for form in built_in() if form.name not in built and not form.load().specimen} == set()


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for built in FILES:
        (GOLDEN / f"{built}.json").write_bytes(_json(built))
