"""The files that the tests of a case name: whose rows, of which level, and what each file gives to its test."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ntrkpath.model.case import Case, DnaMps, Mutation, RnaMps
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.model.fusion import FileReport, FusionVerdict, Junction, Level
from ntrkpath.model.variants import CopyNumber, ProteinChange
from ntrkpath.pathway.intake.drivers import too_few_reads
from ntrkpath.vocabulary.methods import by_facts

if TYPE_CHECKING:
    from ntrkpath.fusion.judge import FilesJudged

#: What stands against a row in the eyes of its own caller.
_OTHER = {"dna": "rna", "rna": "dna"}
_REFUSED = ("doubted", "rejected")


class FromFile(msgspec.Struct, frozen=True):
    """What the file of one test gives to the case.

    Args:
        report: What became of the file.
        sample: The sample whose rows count; ``None`` where the file names none.
        tells: What the file can tell: of what is not among it, its silence says nothing.
        events: Our verdicts on the NTRK events of that sample.
        others: Fusions of other genes that bear on the diagnosis.
        changes: Protein changes of the NTRK genes and of genes that bear on the diagnosis.
        copy_numbers: Copy numbers of these genes.
        notes: What is to be said: another sample name, rows of another level, what the file cannot tell.
    """

    report: FileReport
    sample: str | None
    tells: tuple[str, ...]
    events: tuple[FusionVerdict, ...] = ()
    others: tuple[Junction, ...] = ()
    changes: tuple[ProteinChange, ...] = ()
    copy_numbers: tuple[CopyNumber, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def evaluated(self) -> bool:
        """Whether everything that the file holds of NTRK was read and evaluated."""
        return self.report.status == "read"

    def can_tell(self, level: Level) -> bool:
        """Whether the silence of the file on fusions of a level means "none"."""
        return bool({"fusions", f"{level}_fusions"}.intersection(self.tells))

    def of_level(self, level: Level) -> tuple[FusionVerdict, ...]:
        """Return the events that the rows themselves, or else the test, place on a level."""
        return tuple(event for event in self.events if event.level == level)


#: What the files of a case give, by position of the test (from 1).
Attached = Mapping[int, FromFile]


def attach(
    case: Case, files: Path | Mapping[str, bytes], genes: Collection[str] | None = None
) -> tuple[Case, Attached]:
    """Read the files that the tests of a case name.

    Args:
        files: Where relative file names start: the directory of the case file. Or the files themselves by name: then
            no path is opened, and a name that is not among them is an error.
        genes: Genes to look for beside the NTRK genes; those that the vocabulary of the edition names by default.

    Raises:
        CaseError: A file is not there, cannot be read at all, holds no rows of the sample, or none of the method of
            its test. All of them at once.
    """
    asked = telling_genes() if genes is None else genes
    found: dict[int, FromFile] = {}
    errors: list[NtrkpathError] = []
    for position, test in enumerate(case.tests, 1):
        if isinstance(test, DnaMps | RnaMps) and test.file:
            try:
                found[position] = read_file(_source(files, test.file), test, case.id, asked)
            except NtrkpathError as error:
                errors.append(error.at(f"tests[{position - 1}].file"))
    raise_all(errors)
    return case, found


@cache
def telling_genes() -> frozenset[str]:
    """Return the genes that the newest edition reads beside NTRK: those that define a histology, and other drivers."""
    from ntrkpath.guidance import load

    edition = load()
    derive = {ident: edition.facts[ident].derive or {} for ident in ("other_driver", "alk_ros1")}
    genes = {
        gene for entry in edition.vocabulary for marker in entry.markers for gene in (*marker.genes, *marker.absent_by)
    }
    genes.update(*(by["genes"] for by in derive.values()))
    genes.update(entry["gene"] for entry in edition.data["resistance"]["off_target"])
    return frozenset(genes)


def raise_all(errors: Sequence[NtrkpathError]) -> None:
    """Raise all errors of a case as one.

    Raises:
        CaseError: There is one at least.
    """
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise CaseError("\n".join(str(error) for error in errors)) from errors[0]


def level_of(test: DnaMps | RnaMps) -> Level:
    """Return the level that a test looks at."""
    return "rna" if isinstance(test, RnaMps) else "dna"


def _source(files: Path | Mapping[str, bytes], name: str) -> Path | tuple[str, bytes]:
    """Return the path, or the name with its content, of a file that a test names.

    Raises:
        CaseError: It is not among the files given.
    """
    if isinstance(files, Path):
        return files / name
    if name not in files:
        raise CaseError(
            "this file did not come with the case", value=name[:80], allowed=sorted(files),
            remedy="send it too, or take `file` out",
        )  # fmt: skip
    return name, files[name]


def read_file(
    source: Path | tuple[str, bytes], test: DnaMps | RnaMps, case_id: str, genes: Collection[str]
) -> FromFile:
    """Read the file of one test through the one door for caller files.

    Raises:
        CaseError: It holds no rows of the sample, or none of the method of the test.
        ReaderError: It cannot be opened, or its format cannot be told.
    """
    from ntrkpath.fusion.judge import judge_files

    level = level_of(test)
    judged = judge_files(
        [source], caller=test.caller, assembly=test.assembly, sample=test.sample or case_id, genes=genes,
        level=level,
    )  # fmt: skip
    (report,), (contents,) = judged.files, judged.contents
    if contents is None:
        raise judged.errors[0]
    sample = chosen_sample(report.samples, test.sample, case_id, report.file)
    notes = list(_notes(contents, sample, case_id, test))
    mine = judged if sample is None else judged.of(sample)
    levels = {event.level for event in mine.events}
    if levels and level not in levels and f"{level}_fusions" not in contents.tells:
        raise CaseError(
            f"its rows are of {by_facts()[min(levels)].name}, none is of {by_facts()[level].name}", where=report.file,
            value=f"method {by_facts()[level].id}", allowed=by_facts()[min(levels)].id,
            remedy="name the method that the file is of; a file of both levels serves both",
        )  # fmt: skip
    if levels - {level}:
        notes.append(f"Rows of {by_facts()[_OTHER[level]].name} in it count as such, not as {level.upper()}.")
    found = FromFile(report, sample, contents.tells, mine.events, _telling(mine), mine.changes, mine.copy_numbers)
    if not found.can_tell(level):
        notes.append(f"It says nothing of a fusion by {by_facts()[level].name}: that stays open.")
    return msgspec.structs.replace(found, notes=tuple(notes))


def _telling(judged: FilesJudged) -> tuple[Junction, ...]:
    """Return the fusions of other genes that join two different genes."""
    return tuple(
        one
        for one in judged.others
        if one.five_prime.gene and one.three_prime.gene and one.five_prime.gene != one.three_prime.gene
    )


def refused(found: Junction | ProteinChange | CopyNumber) -> str:
    """Return why a row carries no alteration, or ``""``: its caller's own word, or too few reads. It is shown."""
    standing = getattr(found, "standing", "not_stated")
    words = getattr(found, "filtered", None)
    if standing in _REFUSED:
        return f"{standing} by the caller itself" + (f" ({words})" if words else "")
    return too_few_reads(found) if isinstance(found, Junction) else ""


def _notes(contents: object, sample: str | None, case_id: str, test: DnaMps | RnaMps) -> Iterator[str]:
    if sample is not None and not test.sample and _plain(sample) != _plain(case_id):
        yield f"Its only sample is called {sample}, not as the case is: check that it is of this patient."
    yield from getattr(contents, "not_told", ())
    yield from getattr(contents, "notes", ())


def _plain(name: str) -> str:
    return name.strip().casefold()


def chosen_sample(samples: Sequence[str], stated: str | None, case_id: str, file: str) -> str | None:
    """Return the sample of a file whose rows are of this case; ``None`` where the file names none.

    Args:
        samples: Every sample that the file names.
        stated: ``tests[].sample``.
        case_id: The id of the case, which serves where no sample is stated.

    Raises:
        CaseError: The file names samples, and none is this one.
    """
    if not samples:
        return None
    wanted = stated or case_id
    for sample in samples:
        if _plain(sample) == _plain(wanted):
            return sample
    if len(samples) == 1 and not stated:
        return samples[0]
    raise CaseError(
        "no row of this file is of the sample", where=file, value=wanted, allowed=f"its samples: {', '.join(samples)}",
        remedy="write the right one under `sample` of the test",
    )  # fmt: skip


def events_of(attached: Attached) -> list[FusionVerdict]:
    """Return our verdicts on the NTRK events of all files of a case."""
    return [event for found in attached.values() for event in found.events]


def genes_of_events(attached: Attached) -> list[str | None]:
    """Return the genes that the events of files fuse."""
    return [side.gene for one in attached.values() for e in one.events for side in (e.five_prime, e.three_prime)]


def open_mutations(attached: Attached) -> tuple[int, ...]:
    """Return the tests, counted from 1, whose files leave open whether an NTRK gene is mutated.

    A row that could not be read, and one that its own caller puts in doubt, are no "none found".
    """
    if not attached:
        return ()
    from ntrkpath.readers import NTRK

    return tuple(
        position
        for position, found in attached.items()
        if not found.evaluated or any(refused(one) and one.gene in NTRK for one in found.changes)
    )


def with_files(case: Case, attached: Attached) -> Case:
    """Return the case with the results that its files give where the laboratory's own are not stated.

    A test without a result is positive where an NTRK event of its level stands in its file; negative where the file
    can tell fusions of that level, was wholly evaluated and holds none; else its result stays unknown.
    """
    if not attached:
        return case
    tests = []
    for position, test in enumerate(case.tests, 1):
        found = attached.get(position)
        if found is not None and isinstance(test, DnaMps | RnaMps):
            test = _filled(test, found)
        tests.append(test)
    return msgspec.structs.replace(case, tests=tests)


def _filled(test: DnaMps | RnaMps, found: FromFile) -> DnaMps | RnaMps:
    result = test.result
    if result is None and found.of_level(level_of(test)):
        result = "positive"
    elif result is None and found.can_tell(level_of(test)) and found.evaluated:
        result = "negative"
    changes = [
        Mutation(gene=one.gene, protein=one.protein_change, transcript=one.transcript)
        for one in found.changes
        if not refused(one)
    ]
    # A file that says nothing of mutations leaves open whether there are any: that is no "none found".
    looked = changes or "mutations" in found.tells
    return msgspec.structs.replace(
        test,
        result=result,
        mutations=[*(test.mutations or ()), *changes] if looked else test.mutations,
        amplifications=[
            *test.amplifications,
            *(one.gene for one in found.copy_numbers if one.call == "amplification" and not refused(one)),
        ],
    )
