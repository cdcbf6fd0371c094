"""What is wrong with a round or with one sheet, before anything is scored: every fault at once, each with its place."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ntrkpath.rounds.description import SEQUENCE, Round
from ntrkpath.rounds.event_name import Event
from ntrkpath.rounds.folder import ROUND, SUBMISSIONS, read_folder, read_submission
from ntrkpath.rounds.results import gather
from ntrkpath.rounds.scoring import load_rule
from ntrkpath.rounds.sheet import Fault
from ntrkpath.rounds.truth import Truth, truths

#: Fewest samples that published schemes for fusions send; fewer say little of a laboratory.
FEW = 10


class Checked(msgspec.Struct, frozen=True):
    """What was looked at (``rows`` read, of ``of``), faults to mend, and notes to know."""

    what: str
    rows: int
    of: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no fault."""
        return not self.faults


def check(path: Path) -> Checked:
    """Check a round (a folder) or the sheet of one laboratory (a file).

    A sheet in the folder of a round is held against it; any other sheet against the data dictionary alone.

    Raises:
        RoundError: There is neither, or the description of the round cannot be read.
    """
    if path.is_dir() or not path.exists():
        return _round(path)
    folder = path.parent.parent if path.parent.name == SUBMISSIONS else path.parent
    if (folder / ROUND).is_file():
        return _sheet_of_round(path, folder)
    sheet = read_submission(path).sheet
    notes = (*sheet.notes, "No round beside this sheet: its samples and assays were not looked up.")
    return Checked(path.name, len(sheet.lines), sheet.rows, sheet.faults, notes)


def _sheet_of_round(path: Path, folder: Path) -> Checked:
    read = read_folder(folder)
    one = read_submission(path)
    told = gather(msgspec.structs.replace(read, submissions=(one,), faults=()))
    key = {(line.values["assay"], line.values["sample"]) for line in one.sheet.lines}
    assays = [assay for assay in read.assays if assay.laboratory == one.laboratory]
    missing = [
        f"assay {assay.assay}: no row for sample {sample.id}"
        for assay in assays
        for sample in read.round.samples
        if sample.withdrawn is None and (assay.assay, sample.id) not in key
    ]
    return Checked(path.name, len(one.sheet.lines), one.sheet.rows, told.faults, (*one.sheet.notes, *missing))


def _round(path: Path) -> Checked:
    folder = read_folder(path)
    load_rule(folder.round.scoring, path)
    told = gather(folder)
    known = truths(folder.round)
    faults = [*told.faults, *_keys(path)]
    notes = [*folder.notes, *(note for one in folder.submissions for note in one.sheet.notes)]
    for truth in known.values():
        found, said = _sample(truth, folder.round)
        faults += found
        notes += said
    notes += [f"{laboratory}: nothing was sent" for laboratory in told.silent]
    if len(folder.round.samples) < FEW:
        notes.append(f"{len(folder.round.samples)} samples: published schemes for fusions send ten or more")
    rows = sum(len(one.sheet.lines) for one in folder.submissions)
    of = sum(one.sheet.rows for one in folder.submissions)
    return Checked(folder.round.round, rows, of, tuple(faults), tuple(notes))


def _sample(truth: Truth, described: Round) -> tuple[list[Fault], list[str]]:
    """Return the faults and the notes of one sample; one that was withdrawn has none."""
    sample = truth.sample
    if sample.withdrawn is not None:
        return [], []
    notes = []
    if "pan_trk_ihc" in described.assays and sample.reference.status != "none" and "pan_trk_ihc" not in sample.expected:
        notes.append("what a stain should show is not stated (expected.pan_trk_ihc): IHC is not scored")
    if truth.event is not None and sample.reference.status == "fusion":
        notes += _reference(truth, truth.event, described)
    if sample.homogeneity is not None and sample.homogeneity.alike < sample.homogeneity.tested:
        notes.append(f"homogeneity failed in {sample.homogeneity.tested - sample.homogeneity.alike} pieces")
    where = f"{ROUND}: sample {sample.id}"
    unsettled = truth.unsettled and truth.event is not None and sample.reference.status == "fusion"
    faults = [Fault(where, "our transcripts call this junction not productive: state reference.productive")]
    return faults if unsettled else [], [f"{where}: {note}" for note in notes]


def _reference(truth: Truth, event: Event, described: Round) -> list[str]:
    """Return what is to be said of the fusion that stands as the reference."""
    notes = []
    if event.five_at and not event.exact and (len(event.five_at) > 1 or len(event.three_at) > 1):
        notes.append(
            f"the exons fit {len(event.five_at) * len(event.three_at)} numberings; name transcripts "
            "(NM_001987.5(ETV6):e.5::NM_002530.4(NTRK3):e.15)"
        )
    stated = truth.sample.reference.productive
    ours = truth.verdict.verdict if truth.verdict is not None else ""
    against = {True: "not_productive", False: "productive"}
    if not truth.unsettled and stated is not None and ours == against[stated]:
        said = f"stated productive: {str(stated).lower()}, our transcripts say {ours}"
        notes.append(said.replace("_", " "))
    if not event.five_at and SEQUENCE & set(described.assays):
        notes.append("no exons in the reference: exons that laboratories name are not held against it")
    return notes


def _keys(path: Path) -> list[Fault]:
    """Return a fault for each table in the folder that looks like the key from pseudonyms to names."""
    found = []
    for file in sorted(path.rglob("*.csv")):
        head = read_head(file)
        if {"laboratory", "name"} <= head and not head & {"method", "sample"}:
            found.append(Fault(file.name, "the key to the pseudonyms lies in the folder of the round: keep it apart"))
    return found


def read_head(path: Path) -> set[str]:
    """Return the heads of a table in lower case; empty where it has none."""
    try:
        first = path.read_bytes()[:2000].decode("utf-8-sig", errors="replace").splitlines()[:1]
    except OSError:
        return set()
    return {
        cell.strip().strip('"').casefold() for cell in "".join(first).replace(";", ",").replace("\t", ",").split(",")
    }


def summary(checked: Checked) -> list[str]:
    """Return the lines of a check: faults, notes, counts."""
    lines = [f"{fault.where}: {fault.text}" for fault in checked.faults]
    lines += [f"note: {note}" for note in checked.notes]
    rows = f"{checked.rows} of {checked.of} rows read" if checked.of else "no row"
    counts = [(len(checked.faults), "fault"), (len(checked.notes), "note")]
    said = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts)
    lines.append(f"{checked.what}: {rows}, {said}")
    return lines
