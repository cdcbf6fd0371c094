"""What a sample holds, as results are held against it: its event, our verdict on it, what each assay should find."""

from __future__ import annotations

from typing import Literal

import msgspec

from ntrkpath.fusion import assess
from ntrkpath.guidance import load
from ntrkpath.model.errors import RoundError
from ntrkpath.model.fusion import Breakpoint, FusionVerdict, Junction, Source
from ntrkpath.rounds.description import SEQUENCE, Method, Round, Sample
from ntrkpath.rounds.event_name import ELSEWHERE, Event, gene, read_event

Level = Literal["positive", "negative", "no_result", "not_stated"]


class Truth(msgspec.Struct, frozen=True):
    """One sample as it is judged.

    Args:
        event: The reference event; ``None`` where there is none, or it is not known.
        verdict: Our verdict on it, where its exons are given.
        productive: Whether it is a target: as the organiser says, else as our verdict says.
        infantile: Whether the diagnosis is infantile fibrosarcoma (``yes``, ``no``, ``not_stated``).
        consensus: What the laboratories agree on, by method, where there is no reference.
    """

    sample: Sample
    event: Event | None = None
    verdict: FusionVerdict | None = None
    productive: bool | None = None
    infantile: str = "not_stated"
    consensus: dict[str, Level] = {}

    @property
    def id(self) -> str:
        """The sample's id."""
        return self.sample.id

    def expected(self, method: Method) -> Level:
        """Return what an assay of this kind should find; ``not_stated`` where nobody has said, and once withdrawn."""
        sample = self.sample
        if sample.withdrawn is not None:
            return "not_stated"
        if method in sample.expected:
            return sample.expected[method]
        status = sample.reference.status
        if status == "none":
            return self.consensus.get(method, "not_stated")
        if method == "pan_trk_ihc":
            return "not_stated"
        if status == "no_rna":
            return "no_result" if method in ("rna_mps", "rt_pcr") else "not_stated"
        if self.event is None:
            return "negative"
        if self.unsettled:
            return "not_stated"
        if self.productive is False:
            return "negative" if method in SEQUENCE else "not_stated"
        return "positive" if status == "fusion" else "negative"

    @property
    def unsettled(self) -> bool:
        """Whether our transcripts call the reference fusion not productive, and the organiser has not said which."""
        stated = self.sample.reference.productive
        ours = self.verdict.verdict if self.verdict is not None else ""
        return self.sample.reference.status == "fusion" and stated is None and ours == "not_productive"

    @property
    def frame(self) -> str:
        """The reading frame of the reference on the transcripts that count first."""
        return self.verdict.frame.ours if self.verdict is not None else "unknown"

    @property
    def shown(self) -> str:
        """The reference in a few words."""
        status = self.sample.reference.status
        if self.event is not None:
            exons = f" e{self.event.exons[0]}::e{self.event.exons[1]}" if self.event.exons else ""
            said = "" if self.productive is not False else ", not productive"
            return f"{self.event.name}{exons}{said}"
        return {"no_fusion": "no fusion", "no_rna": "no usable RNA", "none": "no reference"}.get(status, status)


def read_truth(sample: Sample, where: str = "round.yaml") -> Truth:
    """Return a sample as it is judged.

    Raises:
        RoundError: The reference event cannot be read.
    """
    event = verdict = None
    productive = sample.reference.productive
    if sample.reference.fusion:
        try:
            event = read_event(sample.reference.fusion)
        except RoundError as error:
            raise error.at(f"{where}: sample {sample.id}.reference.fusion") from None
        if event.ntrk is None and sample.reference.status == "fusion":
            raise RoundError(
                "no NTRK fusion", where=f"{where}: sample {sample.id}.reference.fusion", value=event.name,
                remedy="use status no_fusion for a control with a fusion of other genes",
            )  # fmt: skip
        if event.ntrk is None:
            event = None
        else:
            verdict = verdict_of(event)
    if productive is None and verdict is not None and sample.reference.status == "fusion":
        productive = {"productive": True, "likely_productive": True, "not_productive": False}.get(verdict.verdict)
    return Truth(sample, event, verdict, productive, _infantile(sample.diagnosis))


def truths(described: Round) -> dict[str, Truth]:
    """Return every sample of a round as it is judged, by id.

    Raises:
        RoundError: The reference event of a sample cannot be read.
    """
    return {sample.id: read_truth(sample) for sample in described.samples}


def verdict_of(event: Event) -> FusionVerdict | None:
    """Return our verdict on an event whose junction is known, by the same core as everywhere."""
    if not event.five_at or not event.three_at or ELSEWHERE in (event.five_at[0], event.three_at[0]):
        return None
    sides = [
        Breakpoint(gene=name, chromosome=gene(name).chromosome, position=at)
        for name, at in ((event.five or "", event.five_at[0]), (event.three or "", event.three_at[0]))
    ]
    found = assess([Junction("reference", sides[0], sides[1], Source("round.yaml"), assembly="GRCh38")])
    return found[0] if found else None


def _infantile(diagnosis: str | None) -> str:
    if not diagnosis:
        return "not_stated"
    found = load().vocabulary.resolve(diagnosis)
    if found.histology is None or found.how == "fuzzy":
        return "not_stated"
    return "yes" if found.histology.group == "infantile_fibrosarcoma" else "no"
