"""The organiser's description of a round: samples with their reference, what is scored how, appeals, withdrawals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from ntrkpath.cases.plain_yaml import load_plain
from ntrkpath.model.errors import NtrkpathError, RoundError

Method = Literal["rna_mps", "dna_mps", "rt_pcr", "fish", "pan_trk_ihc"]
Expected = Literal["positive", "negative", "no_result"]
Outcome = Literal["right", "missed", "false_positive", "wrong_event", "misread", "called_without_rna", "not_scored"]
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Ident = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
#: Assays that give the sequence of a fusion; the others screen for one.
SEQUENCE: frozenset[str] = frozenset({"rna_mps", "dna_mps", "rt_pcr"})


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A part of a round: immutable, and closed against unknown keys."""


class Reference(_Part, frozen=True):
    """What the sample holds, as established before the round.

    Args:
        status: ``fusion``, ``no_fusion``, ``no_rna`` (no usable RNA), or ``none`` (no reference: consensus decides).
        fusion: The event; with transcripts (a VICC name) no numbering is open.
        productive: Whether it makes a target; by default what our transcripts say of the junction.
        fraction_percent: Share of the event, where known (percent of transcripts or cells).
    """

    status: Literal["fusion", "no_fusion", "no_rna", "none"]
    fusion: str | None = None
    productive: bool | None = None
    fraction_percent: Percent | None = None
    established_by: str = ""


class Check(_Part, frozen=True):
    """Pieces looked at, and how many of them gave the same answer."""

    tested: Annotated[int, msgspec.Meta(ge=1)]
    alike: Annotated[int, msgspec.Meta(ge=0)]


class Withdrawn(_Part, frozen=True):
    """A sample that was taken out of the round; its results are kept and never counted."""

    on: dt.date
    reason: str


class Sample(_Part, frozen=True):
    """One sample.

    Args:
        expected: What an assay should find, where the status alone does not say it: always for a stain.
        repeat_of: The sample of which this is a blinded repeat.
        wild_type_expression: The tumour expresses TRK without a fusion.
        section: Which section of the block, or what else tells the pieces apart.
    """

    id: Ident
    reference: Reference
    diagnosis: str | None = None
    material: str = ""
    section: str = ""
    tumour_percent: Percent | None = None
    expected: dict[Method, Expected] = {}
    repeat_of: str | None = None
    wild_type_expression: bool | None = None
    homogeneity: Check | None = None
    stability: Check | None = None
    withdrawn: Withdrawn | None = None
    note: str = ""


class Appeal(_Part, frozen=True):
    """What a laboratory asked to have looked at again; an upheld one states the outcome that counts from then on."""

    laboratory: str
    assay: str
    sample: str
    on: dt.date
    claim: str
    decision: Literal["open", "upheld", "rejected"] = "open"
    reason: str = ""
    outcome: Outcome | None = None


class Consensus(_Part, frozen=True):
    """How a sample without a reference gets its value: so large a share, of at least so many laboratories."""

    share: Annotated[float, msgspec.Meta(gt=0.5, le=1)] = 0.8
    least: Annotated[int, msgspec.Meta(ge=2)] = 5


class Round(_Part, frozen=True):
    """A round. ``scoring`` names a shipped rule or a YAML file in the folder."""

    round: Ident
    title: str
    assays: list[Method]
    samples: list[Sample]
    scoring: str
    synthetic: bool = False
    organiser: str = ""
    sent: dt.date | None = None
    deadline: dt.date | None = None
    consensus: Consensus = Consensus()
    appeals: list[Appeal] = []
    note: str = ""

    def sample(self, ident: str) -> Sample | None:
        """Return a sample by its id."""
        return next((sample for sample in self.samples if sample.id == ident), None)


def read_round(path: Path) -> Round:
    """Return the description of a round.

    Raises:
        RoundError: The file is missing, is not YAML, or a key is missing, unknown or of the wrong kind; names the key.
    """
    if not path.is_file():
        raise RoundError("no round here", where=path.name, remedy="name the folder that holds round.yaml")
    try:
        data = load_plain(path.read_bytes())
    except NtrkpathError as error:
        raise RoundError(error.problem, where=error.where, value=error.value, remedy=error.remedy).at(
            path.name
        ) from None
    try:
        found = msgspec.convert(data, Round, strict=True)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        where = place.strip("`").removeprefix("$.").removeprefix("$")
        raise RoundError(problem.replace("`", ""), where=f"{path.name}: {where}" if where else path.name) from None
    _whole(found, path.name)
    return found


def _whole(found: Round, where: str) -> None:
    """Look at what one key says of another.

    Raises:
        RoundError: Repeated or unknown samples, a fusion without its name, an upheld appeal without an outcome.
    """
    idents = [sample.id for sample in found.samples]
    twice = sorted({ident for ident in idents if idents.count(ident) > 1})
    if twice:
        raise RoundError("a sample stands twice", where=f"{where}: samples", value=twice[0], remedy="keep one of them")
    if not idents:
        raise RoundError("a round without samples", where=f"{where}: samples")
    if not found.assays:
        raise RoundError("a round that accepts no assay", where=f"{where}: assays")
    for sample in found.samples:
        _whole_sample(sample, idents, f"{where}: sample {sample.id}")
    for number, appeal in enumerate(found.appeals):
        _whole_appeal(appeal, idents, f"{where}: appeals[{number}]")


def _whole_sample(sample: Sample, idents: Sequence[str], at: str) -> None:
    reference = sample.reference
    if reference.status == "fusion" and not reference.fusion:
        raise RoundError("a reference fusion without its name", where=at, remedy="give reference.fusion")
    without = reference.status in ("no_fusion", "none")
    if without and reference.fusion and reference.productive is not False:
        raise RoundError(
            "a fusion is named in a sample without one", where=at, value=reference.fusion,
            remedy="use status fusion, or productive: false for an event that is no target",
        )  # fmt: skip
    if sample.repeat_of is not None and (sample.repeat_of not in idents or sample.repeat_of == sample.id):
        raise RoundError("repeats a sample that is not in the round", where=at, value=sample.repeat_of)
    for check in (sample.homogeneity, sample.stability):
        if check is not None and check.alike > check.tested:
            raise RoundError("more pieces alike than tested", where=at, value=check.alike)


def _whole_appeal(appeal: Appeal, idents: Sequence[str], at: str) -> None:
    if appeal.sample not in idents:
        raise RoundError("no such sample", where=at, value=appeal.sample, allowed=idents[:8])
    if (appeal.decision == "upheld") != (appeal.outcome is not None):
        raise RoundError(
            "an appeal states an outcome where it is upheld, and only there", where=at, value=appeal.decision
        )
