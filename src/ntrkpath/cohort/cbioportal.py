"""A cBioPortal study folder as raw columns: samples, patients, structural variants, mutations, copy numbers.

One sample is one case. Sequencing is entered as one test for the nucleic acid of each event; a sample that the study
does not say was sequenced gets no negative result. See ``docs/how-to/cbioportal.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.arrays import as_table, as_texts
from ntrkpath.cohort.bad_rows import BadRow
from ntrkpath.cohort.columns import CASE_ID
from ntrkpath.cohort.mapped import apply
from ntrkpath.cohort.mapping import Mapping, plan
from ntrkpath.cohort.regular_files import regular
from ntrkpath.cohort.study_tables import is_pointer, rows_of, table_of
from ntrkpath.guidance import Edition
from ntrkpath.model.errors import CaseError, NtrkpathError

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    from ntrkpath.model.fusion import FusionVerdict

#: Levels of a discrete copy-number table that are no amplification; any other cell but 2 says nothing.
_NO_GAIN = frozenset({"-2", "-1.5", "-1", "0", "1"})
Alterations = dict[str, dict[tuple[str, str], str]]


def is_study(path: Path) -> bool:
    """Return whether a path is a folder of a cBioPortal study, by the name of its clinical file."""
    return path.is_dir() and any(path.glob("data_clinical*sample*.txt"))


def sample_files(mapping: Mapping) -> list[str]:
    """Return the names, or patterns of names, of the file of samples of a study."""
    names = mapping.study.get("files", {}).get("samples") or ()
    return [str(name) for name in ([names] if isinstance(names, str) else names)]


class _Sample(msgspec.Struct):
    """What the files other than the clinical ones say of one sample."""

    alterations: dict[tuple[str, str], str] = {}
    fusions: dict[str, list[dict[str, Any]]] = {}
    mutations: list[dict[str, str]] = []
    amplifications: list[str] = []
    events: int = 0


class Study:
    """The samples of a study folder.

    Args:
        folder: The folder.
        mapping: A mapping with a ``study`` section, such as ``cbioportal``.
        edition: Whose histologies and drivers say which genes matter.
        samples: The file of samples, where it is named; else the mapping says what it is called.

    Attributes:
        files: The files that are read.
        notes: What is missing from the folder or not used, one sentence each.

    Raises:
        CaseError: The clinical file is missing, or a file was never fetched from Git LFS.
    """

    def __init__(self, folder: Path, mapping: Mapping, edition: Edition, samples: Path | None = None) -> None:
        self.folder, self.mapping, self.edition = folder, mapping, edition
        self._named = {"samples": samples} if samples is not None else {}
        self.files: list[Path] = []
        self.setting = mapping.study
        self.notes: list[str] = []
        self.bad_samples: dict[str, tuple[str, str]] = {}
        self.genes = _genes(edition)
        self.ntrk = frozenset(edition.data["guideline"]["ntrk_genes"])
        clinical = self._clinical()
        self.plan = plan(mapping, clinical.columns, folder.name)
        self.clinical = clinical
        self.samples: dict[str, _Sample] = {}
        found = {kind: self._file(kind) for kind in ("sv", "mutations", "cna")}
        self.known: dict[str, frozenset[str] | None] = {kind: self._profiled(kind) for kind in found}
        if found["sv"]:
            self._read_events(found["sv"])
        if found["mutations"]:
            self._read_mutations(found["mutations"])
        if found["cna"]:
            self._read_copy_numbers(found["cna"])
        self.has = {kind: path is not None for kind, path in found.items()}
        self._say_missing(found)
        self.strays = self._strays()
        self.rows = clinical.height + len(self.strays)

    # --- files --------------------------------------------------------------------------------------------------

    def _file(self, kind: str) -> Path | None:
        found = self._named.get(kind) or self._find(kind)
        if found is not None and found not in self.files:
            self.files.append(regular(found))
        return found

    def _find(self, kind: str) -> Path | None:
        names = self.setting.get("files", {}).get(kind) or ()
        for name in [names] if isinstance(names, str) else names:
            for path in sorted(self.folder.glob(str(name))):
                if is_pointer(path):
                    raise CaseError(
                        "the file was never fetched: it is a Git LFS pointer", where=str(path),
                        remedy=f"run `git lfs pull --include '*/{self.folder.name}/*'` in the clone",
                    )  # fmt: skip
                return path
        return None

    def _clinical(self) -> pl.DataFrame:
        path = self._file("samples")
        if path is None:
            raise CaseError(
                "no clinical file of samples here", where=str(self.folder),
                allowed=self.setting.get("files", {}).get("samples") or "files of a mapping with a study section",
                remedy="give the folder of one study, or a mapping that names its files",
            )  # fmt: skip
        samples = table_of(path)
        patients = self._file("patients")
        key = self.setting.get("patient_key", "PATIENT_ID")
        if patients is None:
            return samples
        other = table_of(patients)
        if key not in samples.columns or key not in other.columns:
            raise CaseError("no column joins samples and patients", where=str(patients), value=key)
        if other[key].is_duplicated().any():
            raise CaseError("a patient stands twice", where=str(patients), remedy="keep one row a patient")
        new = [c for c in other.columns if c not in samples.columns]
        return samples.join(other.select(key, *new), on=key, how="left", maintain_order="left")

    def _profiled(self, kind: str) -> frozenset[str] | None:
        """Return the samples that the study says were profiled for a kind of event; ``None``: it does not say."""
        if self.setting.get("profiled") == "all":
            return frozenset(self.clinical[self.sample_column()].drop_nulls().to_list())
        matrix = self._file("panels")
        if matrix is not None:
            table = table_of(matrix)
            names = {c.casefold(): c for c in table.columns}
            for column in self.setting["panel_columns"][kind]:
                if column.casefold() in names:
                    held = table.filter(~table[names[column.casefold()]].fill_null("NA").is_in(["NA", ""]))
                    return frozenset(held[names["sample_id"]].to_list())
        for name in self.setting.get("case_lists", {}).get(kind) or ():
            path = self.folder / "case_lists" / name
            if path.is_file():
                self.files.append(path)
                lines = path.read_text(encoding="utf-8").splitlines()
                ids = next((ln.partition(":")[2] for ln in lines if ln.startswith("case_list_ids:")), "")
                return frozenset(ids.split())
        return None

    def sample_column(self) -> str:
        """Return the column that names the sample."""
        return next(names[0] for field, names in self.plan.fields if field.path == CASE_ID)

    def _say_missing(self, found: dict[str, Path | None]) -> None:
        says = {"sv": "structural variants", "mutations": "mutations", "cna": "copy numbers"}
        for kind, path in found.items():
            if path is None:
                self.notes.append(f"no file of {says[kind]}: what it would say stays unknown")
            elif self.known[kind] is None and kind != "cna":
                self.notes.append(
                    f"{path.name}: the study does not say which samples were profiled for {says[kind]} (no panel "
                    "matrix, no case list): a sample without an event is not counted as negative"
                )

    # --- events -------------------------------------------------------------------------------------------------

    def _of(self, sample: str) -> _Sample:
        return self.samples.setdefault(sample, _Sample({}, {}, [], [], 0))

    def _present(self, sample: str, gene: str, kind: str) -> None:
        if gene in self.genes:
            self._of(sample).alterations[gene, kind] = "present"

    def _read_events(self, path: Path) -> None:
        from ntrkpath.readers import read

        content = read(path)
        for problem in content.problems:
            sample = problem.raw.split("\t")[0].strip()
            self.bad_samples[sample] = (f"{problem.file}:{problem.line}", problem.message)
        ntrk = []
        for junction in content.junctions:
            genes = [junction.five_prime.gene, junction.three_prime.gene]
            sample = junction.sample or ""
            if any(gene in self.ntrk for gene in genes):
                ntrk.append(junction)
            elif None not in genes and genes[0] != genes[1] and not junction.intragenic:
                for gene in genes:
                    self._present(sample, str(gene), "fusion")
        from ntrkpath.fusion.assessment import shared  # the shipped annotation, opened once

        for verdict in shared().assess(ntrk):
            entry = self._of(verdict.sample)
            entry.events += 1
            entry.fusions.setdefault(verdict.level, []).append(_fusion(verdict))

    def _read_mutations(self, path: Path) -> None:
        from ntrkpath.readers import short_protein

        silent = {str(word).casefold() for word in self.setting.get("silent") or ()}
        wanted = self.genes | self.ntrk
        for row in rows_of(path, ("hugo_symbol", "tumor_sample_barcode", "variant_classification"), wanted):
            if row["variant_classification"].casefold() in silent:
                continue
            gene, sample = row["hugo_symbol"], row["tumor_sample_barcode"]
            if gene in self.ntrk:
                change = short_protein(row.get("hgvsp_short") or row.get("hgvsp") or "")
                if change:
                    mutation = {"gene": gene, "protein": change}
                    if row.get("transcript_id"):
                        mutation["transcript"] = row["transcript_id"]
                    self._of(sample).mutations.append(mutation)
            else:
                self._present(sample, gene, "mutation")

    def _read_copy_numbers(self, path: Path) -> None:
        strange = 0
        wanted = self.genes | self.ntrk
        meta = {"hugo_symbol", "entrez_gene_id", "cytoband"}
        for row in rows_of(path, ("hugo_symbol",), wanted, keep_case=True):
            gene = row["Hugo_Symbol"]
            for sample, cell in row.items():
                if sample.casefold() in meta or cell in ("", "NA"):
                    continue
                entry = self._of(sample)
                if cell in ("2", "2.0"):
                    if gene in self.ntrk:
                        entry.amplifications.append(gene)
                    else:
                        entry.alterations[gene, "amplification"] = "present"
                elif cell.removesuffix(".0") not in _NO_GAIN:
                    strange += 1
                elif gene not in self.ntrk:
                    entry.alterations.setdefault((gene, "amplification"), "absent")
                    if cell in ("-2", "-2.0"):
                        entry.alterations[gene, "deficiency"] = "present"
        if strange:
            self.notes.append(
                f"{path.name}: {strange} cells are none of -2, -1.5, -1, 0, 1, 2 and count as unknown, not as absent"
            )

    def _strays(self) -> list[str]:
        """Return the samples with an NTRK event that the clinical file does not hold; the others are said in a note."""
        known = set(self.clinical[self.sample_column()].drop_nulls().to_list())
        absent = sorted({*self.samples, *self.bad_samples} - known)
        strays = [name for name in absent if name in self.bad_samples or self.samples[name].events]
        if len(absent) > len(strays):
            self.notes.append(
                f"{len(absent) - len(strays)} samples with other alterations are not in the clinical file: not decided"
            )
        return strays

    # --- cases --------------------------------------------------------------------------------------------------

    def batches(self, size: int, start: int = 0) -> Iterator[tuple[int, int, pa.Table | None, list[BadRow]]]:
        """Yield number of the first row, rows, raw columns, and the rows that cannot be mapped.

        Args:
            size: Rows of a batch.
            start: Rows to pass over.
        """
        import pyarrow as pa

        for at in range(start, self.clinical.height, size):
            part = self.clinical.slice(at, size)
            table, bad = apply(self.plan, as_table(part), at + 1)
            numbers, ids = table["row"].to_pylist(), table[CASE_ID].to_pylist()
            wrong = [sample in self.bad_samples for sample in ids]
            if any(wrong):
                bad += [
                    BadRow(number, sample, *self.bad_samples[sample])
                    for number, sample in zip(numbers, ids, strict=True)
                    if sample in self.bad_samples
                ]
                table = table.filter(pa.array([not flag for flag in wrong]))
            cells = [self._cells(sample) for sample in table[CASE_ID].to_pylist()]
            for name in dict.fromkeys(name for cell in cells for name in cell):
                table = table.append_column(name, as_texts([cell.get(name) for cell in cells]))
            yield at + 1, part.height, table, bad
        first = max(start, self.clinical.height)
        lost = [
            BadRow(number, sample, "clinical file", "an NTRK event of a sample that the clinical file does not hold")
            for number, sample in enumerate(self.strays, self.clinical.height + 1)
            if number > first
        ]
        if lost:
            yield first + 1, len(lost), None, lost

    def _cells(self, sample: str) -> dict[str, str]:
        """Return the columns of alterations and tests of one sample; nested ones as JSON."""
        entry = self.samples.get(sample) or _Sample({}, {}, [], [], 0)
        cells: dict[str, str] = {}
        if entry.alterations:
            listed = [{"gene": g, "kind": k, "status": s} for (g, k), s in sorted(entry.alterations.items())]
            cells["alterations"] = _json(listed)
        default = str(self.setting.get("nucleic_acid", "dna"))
        for level in ("dna", "rna"):
            fusions = entry.fusions.get(level)
            result = "positive" if fusions else self._without_fusion(sample, entry) if level == default else ""
            if result:
                cells[f"{level}_mps.result"] = result
            if fusions:
                cells[f"{level}_mps.fusions"] = _json(fusions)
        if f"{default}_mps.result" in cells:
            looked = self.known["mutations"]
            if entry.mutations or (self.has["mutations"] and looked is not None and sample in looked):
                cells[f"{default}_mps.mutations"] = _json(entry.mutations)
            if entry.amplifications:
                cells[f"{default}_mps.amplifications"] = _json(sorted(entry.amplifications))
        return cells

    def _without_fusion(self, sample: str, entry: _Sample) -> str:
        """Return the result of the sequencing of a sample without an NTRK fusion; ``""`` where none is told of."""
        known = self.known["sv"]
        if self.has["sv"] and known is not None and sample in known:
            return "negative"
        sequenced = entry.mutations or entry.amplifications or (self.has["sv"] and known is None)
        return "unknown" if sequenced else ""


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@cache
def _genes(edition: Edition) -> frozenset[str]:
    """Return the genes whose alterations decide: canonical ones of any histology, and the other drivers."""
    found = {"ALK", "ROS1"} | set((edition.facts["other_driver"].derive or {})["genes"])
    for histology in edition.vocabulary:
        for marker in histology.markers:
            found |= {*marker.genes, *marker.absent_by}
    return frozenset(found)


def _fusion(verdict: FusionVerdict) -> dict[str, Any]:
    """Return an NTRK event as a case lists it, such that the case is judged as the event was.

    Where the pair and its positions alone would be judged otherwise (an event within one gene, an antisense side),
    only the NTRK side is named, which leaves it uncertain.
    """
    from ntrkpath.model.case import ReportedFusion
    from ntrkpath.pathway.intake.reported import judge

    five, three = verdict.five_prime, verdict.three_prime
    frame = {"in": "in_frame", "out": "out_of_frame"}.get(verdict.frame.by_caller)
    cell = {
        "five_prime": five.gene, "three_prime": three.gene, "position_five_prime": five.position,
        "position_three_prime": three.position, "assembly": verdict.assembly, "frame": frame,
    }  # fmt: skip
    cell = {key: value for key, value in cell.items() if value is not None}
    try:
        again = judge(msgspec.convert(cell, ReportedFusion), verdict.level)
    except NtrkpathError:
        again = None
    if again is not None and again.verdict == verdict.verdict:
        return cell
    side = "three_prime" if three.gene and three.gene.startswith("NTRK") else "five_prime"
    return {side: cell[side]}
