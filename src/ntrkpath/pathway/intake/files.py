"""Our own verdict on the fusions of a case: those with exons or coordinates, and those in a caller's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from ntrkpath.model.case import Case, DnaMps, Mutation, ReportedFusion, RnaMps
from ntrkpath.model.errors import CaseError, NtrkpathError
from ntrkpath.model.fusion import Breakpoint, FusionVerdict, Junction, Source
from ntrkpath.pathway.intake.genes import frame_level
from ntrkpath.pathway.intake.sequencing import Judged

if TYPE_CHECKING:
    from ntrkpath.fusion import Assessor
    from ntrkpath.readers import RowProblem

#: Verdicts on the events of the caller files of a case, by position of the test (from 1).
Verdicts = Mapping[int, Sequence[FusionVerdict]]

_FRAME: dict[str, Literal["in", "out", "unknown"]] = {"in_frame": "in", "out_of_frame": "out", "unknown": "unknown"}


@cache
def _assessor() -> Assessor:
    from ntrkpath.fusion import Assessor

    return Assessor()


def judge(fusion: ReportedFusion, level: Literal["rna", "dna"]) -> Judged | None:
    """Return our verdict on a fusion with exons or coordinates, or ``None`` where names alone must do.

    Where our frame and the laboratory's disagree the verdict is ``uncertain``; where exons without transcripts fit
    several numberings and ours stays open, the laboratory's frame is used by the rule for reported fusions.

    Raises:
        CaseError: A position is not ``chromosome:position``.
        AnnotationError: The assembly is neither stated nor to be inferred.
    """
    sides = [
        _breakpoint(
            fusion.five_prime, fusion.exon_five_prime, fusion.transcript_five_prime, fusion.position_five_prime
        ),
        _breakpoint(
            fusion.three_prime, fusion.exon_three_prime, fusion.transcript_three_prime, fusion.position_three_prime
        ),
    ]
    if not all(side.position is not None or side.exon is not None for side in sides):
        return None
    reported = _FRAME[frame_level(fusion.frame)]
    junction = Junction(
        "case", sides[0], sides[1], Source("case"), sample="case", assembly=fusion.assembly, level=level,
        frame_by_caller=reported,
    )  # fmt: skip
    found = _assessor().assess([junction])
    if not found:
        return None
    verdict = found[0]
    if verdict.frame.ours == "unknown" and all(side.position is None for side in sides):
        return None
    if "unknown" not in (reported, verdict.frame.ours) and reported != verdict.frame.ours:
        says = {"in": "in frame", "out": "out of frame"}
        return Judged(
            "uncertain",
            f"Reported {says[reported]}; our transcripts say {says[verdict.frame.ours]} by the rule named: unsettled.",
            *basis(verdict),
        )
    return Judged(verdict.verdict, describe(verdict), *basis(verdict))


def basis(verdict: FusionVerdict) -> tuple[str, tuple[str, ...]]:
    """Return the rule that gave a verdict, and the statements it rests on."""
    from ntrkpath.fusion.decision import chain

    rule = verdict.rules[0] if verdict.rules else ""
    return rule, chain().row(rule).row.statements if rule else ()


def describe(verdict: FusionVerdict) -> str:
    """Return a verdict in one sentence: reasons, and each exon with its transcript."""
    parts = [reason.replace("_", " ") for reason in verdict.reasons]
    sides = [
        f"{side.gene} exon {side.exon} of {side.transcript}"
        for side in (verdict.five_prime, verdict.three_prime)
        if side.gene and side.exon and side.transcript
    ]
    return f"Our verdict: {', '.join(parts)}" + (f" ({' to '.join(sides)})." if sides else ".")


def _breakpoint(gene: str | None, exon: int | None, transcript: str | None, position: str | None) -> Breakpoint:
    chromosome: str | None = None
    number: int | None = None
    if position is not None:
        name, _, digits = position.replace(",", "").rpartition(":")
        if not name or not digits.isdigit():
            raise CaseError(
                "not a position",
                where="fusions[].position",
                value=position,
                allowed="chromosome:position, for example 12:12022903",
            )
        chromosome, number = name.removeprefix("chr"), int(digits)
    return Breakpoint(gene=gene, exon=exon, transcript=transcript, chromosome=chromosome, position=number)


def attach(case: Case, files: Path | Mapping[str, bytes]) -> tuple[Case, Verdicts]:
    """Read the caller files that the tests of a case name, and return the case with its verdicts.

    A test without a result takes it from its fusion file: positive where an NTRK event stands in it, else negative.
    A file of mutations or copy numbers (MAF, annotated VCF, copy-number table) adds what it holds of the NTRK genes.

    Args:
        files: Where relative file names start: the directory of the case file. Or the files themselves by name: then
            no path is opened, and a name that is not among them is an error.

    Raises:
        CaseError: A file is not there, cannot be read, or its format cannot be told.
        AnnotationError: The assembly of a file is neither stated nor to be inferred.
    """
    from ntrkpath.readers.variants import is_variants

    verdicts: dict[int, list[FusionVerdict]] = {}
    tests = []
    for position, test in enumerate(case.tests, 1):
        if isinstance(test, DnaMps | RnaMps) and test.file:
            level: Literal["rna", "dna"] = "rna" if isinstance(test, RnaMps) else "dna"
            try:
                name = test.file
                source = _source(files, name)
                if is_variants(source, name):
                    test = _with_variants(test, source, case.id)
                else:
                    verdicts[position] = _events(source, name, level, test, case.id)
            except NtrkpathError as error:
                raise error.at(f"tests[{position - 1}].file") from None
            if test.result is None and position in verdicts:
                test = msgspec.structs.replace(test, result="positive" if verdicts[position] else "negative")
        tests.append(test)
    return msgspec.structs.replace(case, tests=tests), verdicts


def _source(files: Path | Mapping[str, bytes], name: str) -> Path | bytes:
    """Return the path or the content of a file that a test names.

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
    return files[name]


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
        if sample.strip().casefold() == wanted.strip().casefold():
            return sample
    if len(samples) == 1 and not stated:
        return samples[0]
    raise CaseError(
        "no row of this file is of the sample", where=file, value=wanted, allowed=f"its samples: {', '.join(samples)}",
        remedy="write the right one under `sample` of the test",
    )  # fmt: skip


def _base(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _events(
    source: Path | bytes, name: str, level: Literal["rna", "dna"], test: DnaMps | RnaMps, case_id: str
) -> list[FusionVerdict]:
    """Return our verdicts on the NTRK events of a caller's file; a row that cannot be read is an error here."""
    from ntrkpath.readers import read

    content = read(source, name, caller=test.caller, sample=case_id)
    _all_read(content.problems, name)
    named = list(dict.fromkeys(j.sample for j in content.junctions if j.sample))
    chosen = chosen_sample(named, test.sample, case_id, _base(name))
    junctions = []
    for junction in content.junctions:
        if junction.sample == chosen or not named:
            changes: dict[str, object] = {"sample": chosen or case_id}
            if not junction.level_stated:
                changes["level"] = level
            if junction.assembly is None and test.assembly:
                changes["assembly"] = test.assembly
            junctions.append(msgspec.structs.replace(junction, **changes))
    return _assessor().assess(junctions)


def _with_variants(test: DnaMps | RnaMps, source: Path | bytes, case_id: str) -> DnaMps | RnaMps:
    """Return the test with the NTRK mutations and amplifications of a file beside its own."""
    from ntrkpath.readers.variants import COPY_NUMBER_FORMATS, read_variants

    content = read_variants(source, test.file)
    _all_read(content.problems, test.file or "")
    named = list(dict.fromkeys(one.sample for one in (*content.changes, *content.copy_numbers) if one.sample))
    chosen = chosen_sample(named, test.sample, case_id, _base(test.file or ""))
    found = [
        Mutation(gene=change.gene, protein=change.protein_change, transcript=change.transcript)
        for change in content.changes
        if not named or change.sample == chosen
    ]
    amplified = [
        number.gene
        for number in content.copy_numbers
        if number.call == "amplification" and (not named or number.sample == chosen)
    ]
    # A copy-number table says nothing of mutations, so that none in it is no "none found".
    looked = content.format not in COPY_NUMBER_FORMATS
    return msgspec.structs.replace(
        test,
        mutations=[*(test.mutations or ()), *found] if looked else test.mutations,
        amplifications=[*test.amplifications, *amplified],
    )


def _all_read(problems: Sequence[RowProblem], name: str) -> None:
    """Refuse a file of which a row cannot be read: that row may be the one that matters.

    Raises:
        CaseError: A row cannot be read.
    """
    if problems:
        first = problems[0]
        raise CaseError(
            f"{len(problems)} row(s) cannot be read, first line {first.line}: {first.message}",
            where=name.replace("\\", "/").rpartition("/")[2],
            remedy="mend or remove the rows",
        )
