"""The shipped transcripts: complete, in phase, found by name, alias and position; and a user's own GTF."""

from __future__ import annotations

import gzip
import hashlib
import json
from importlib import resources
from pathlib import Path

import pytest

from ntrkpath.fusion import Transcripts, assess
from ntrkpath.fusion.decision import knowledge
from ntrkpath.fusion.kinase import kinase_domains
from ntrkpath.fusion.store import Store
from ntrkpath.model.errors import AnnotationError
from ntrkpath.model.fusion import Assembly, Breakpoint, Junction, Source

DATA = Path(str(resources.files("ntrkpath"))) / "knowledge" / "transcripts"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "annotation" / "ntrk_exon_crosswalk.tsv"
BOTH: tuple[Assembly, Assembly] = ("GRCh38", "GRCh37")


@pytest.fixture(scope="module")
def transcripts() -> Transcripts:
    return Transcripts.open()


def test_files_are_those_of_the_build_and_fit_the_wheel() -> None:
    build = json.loads((DATA / "build.json").read_text(encoding="utf-8"))
    for name, digest in build["sha256"].items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest
    assert sum(build["bytes"].values()) < 8_000_000
    assert build["genes"] > 19_000


@pytest.mark.parametrize("assembly", BOTH)
def test_every_tenth_gene_has_sound_transcripts(assembly: Assembly) -> None:
    store = Store()
    lines = (DATA / "index.tsv").read_text(encoding="utf-8").splitlines()[1::10]
    for line in lines:
        for entry in store.entries(line.split("\t")[0]):
            gene = store.gene(entry, assembly)
            if gene is None:
                continue
            assert gene.transcripts
            for t in gene.transcripts:
                assert t.coding_length % 3 == 0
                assert all(a[1] < b[0] for a, b in zip(t.exons, t.exons[1:], strict=False))
                assert t.exons[0][0] <= t.cds[0] <= t.cds[1] <= t.exons[-1][1]


@pytest.mark.parametrize("assembly", BOTH)
@pytest.mark.parametrize(
    ("alias", "symbol"),
    [
        ("TRKA", "NTRK1"),
        ("TRK", "NTRK1"),
        ("TRKB", "NTRK2"),
        ("trkC", "NTRK3"),
        ("TEL", "ETV6"),
        ("ENSG00000140538", "NTRK3"),
    ],
)
def test_alias_resolves(transcripts: Transcripts, assembly: Assembly, alias: str, symbol: str) -> None:
    assert [g.symbol for g in transcripts.on(assembly).named(alias)] == [symbol]


def test_position_finds_its_gene(transcripts: Transcripts) -> None:
    assert [g.symbol for g in transcripts.on("GRCh38").at("15", 87940753)] == ["NTRK3"]
    assert [g.symbol for g in transcripts.on("GRCh37").at("15", 88483984)] == ["NTRK3"]
    assert transcripts.on("GRCh38").at("15", 1) == ()
    assert transcripts.on("GRCh38").at("none", 1) == ()


def test_mane_is_marked_with_its_version(transcripts: Transcripts) -> None:
    ntrk3 = transcripts.on("GRCh38").named("NTRK3")[0]
    assert ntrk3.canonical.accession == "ENST00000629765.2"
    assert ntrk3.canonical.mane == ("ENST00000629765.3", "NM_001012338.3")
    assert len(ntrk3.canonical.exons) == 18


@pytest.mark.parametrize("assembly", BOTH)
@pytest.mark.parametrize(
    ("gene", "accession", "start", "end"),
    [
        ("NTRK1", "NM_002529", 510, 781),
        ("NTRK2", "NM_006180", 554, 823),
        ("NTRK3", "NM_001012338", 538, 824),
        ("NTRK3", "NM_002530", 538, 810),
        ("NTRK1", "NM_001012331", 504, 775),
    ],
)
def test_kinase_domain_is_where_pfam_has_it(
    transcripts: Transcripts, assembly: Assembly, gene: str, accession: str, start: int, end: int
) -> None:
    model = transcripts.on(assembly).named(gene)[0]
    reference = next(e for e in knowledge("domains")["kinase"] if e["gene"] == gene)
    domain = kinase_domains(model, reference)[accession]
    assert (domain.start // 3 + 1, domain.end // 3, domain.completeness) == (start, end, 1.0)


@pytest.mark.parametrize(("gene", "accession"), [("NTRK2", "ENST00000304053"), ("NTRK3", "NM_001007156")])
def test_kinaseless_isoforms_are_known_as_such(transcripts: Transcripts, gene: str, accession: str) -> None:
    model = transcripts.on("GRCh38").named(gene)[0]
    found = model.transcript(accession)
    assert found is not None
    reference = next(e for e in knowledge("domains")["kinase"] if e["gene"] == gene)
    assert found.accession not in kinase_domains(model, reference)


@pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/annotation is not beside this repository")
def test_exon_numbers_agree_with_the_crosswalk(transcripts: Transcripts) -> None:
    compared = 0
    for line in SHARED.read_text(encoding="utf-8").splitlines()[1:]:
        field = line.split("\t")
        for pair in field[5:]:
            accession, _, place = pair.partition("=")
            number, _, count = place.partition("/")
            for assembly, position in (("GRCh38", field[1]), ("GRCh37", field[2])):
                t = transcripts.on(assembly).named(field[0])[0].transcript(accession)  # type: ignore[arg-type]
                if t is None or not position:
                    continue
                assert len(t.exons) == int(count)
                assert t.first_base(int(number)) == int(position)
                compared += 1
    assert compared > 300


def gtf(tag: str = "MANE_Select") -> str:
    """Return two small genes: partner on +, codons 1-3 in two exons; and NTRK3 under its own name."""
    lines = []
    for gene, chromosome, start in (("PARTNER", "7", 1000), ("NTRK3", "15", 5000)):
        attributes = f'gene_id "{gene}"; transcript_id "T_{gene}"; gene_name "{gene}"; tag "{tag}";'
        for feature, low, high in (
            ("exon", start, start + 99),
            ("exon", start + 200, start + 299),
            ("CDS", start + 40, start + 99),
            ("CDS", start + 200, start + 256),
            ("stop_codon", start + 257, start + 259),
        ):
            lines.append(f"chr{chromosome}\ttest\t{feature}\t{low}\t{high}\t.\t+\t.\t{attributes}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("packed", [False, True])
def test_own_gtf_is_read_with_the_stop_codon(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "own.gtf"
    path.write_bytes(gzip.compress(gtf().encode()) if packed else gtf().encode())
    own = Transcripts.from_gtf(path, "GRCh38")
    (gene,) = own.on("GRCh38").named("PARTNER")
    assert gene.canonical.coding_length == 120
    assert gene.canonical.mane is not None
    five = Breakpoint(gene="PARTNER", chromosome="7", position=1099)
    three = Breakpoint(gene="NTRK3", chromosome="15", position=5200)
    (verdict,) = assess([Junction("x", five, three, Source("f"))], own)
    assert verdict.frame.ours == "in"
    assert verdict.assembly == "GRCh38"


def test_gtf_without_coding_transcripts_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "empty.gtf"
    path.write_text("#nothing\n", encoding="utf-8")
    with pytest.raises(AnnotationError, match="no complete coding transcript"):
        Transcripts.from_gtf(path, "GRCh38")
    with pytest.raises(AnnotationError, match="cannot be read"):
        Transcripts.from_gtf(tmp_path / "absent.gtf", "GRCh38")


def test_unknown_or_unopened_assembly_is_an_error() -> None:
    with pytest.raises(AnnotationError, match="unknown assembly"):
        Transcripts.open("hg18")  # type: ignore[arg-type]
    with pytest.raises(AnnotationError, match="no transcripts for this assembly"):
        Transcripts.open("GRCh38").on("GRCh37")


def test_undecidable_assembly_is_an_error() -> None:
    five = Breakpoint(chromosome="7", position=1)
    three = Breakpoint(gene="NTRK3")
    with pytest.raises(AnnotationError, match="assembly is not stated"):
        assess([Junction("x", five, three, Source("f.tsv"))])
