"""What is read from one case before any table decides: its facts, diagnosis, alterations, tests and treatment."""

from __future__ import annotations

import msgspec

from ntrkpath.model.recommendation import HistologyAnswer
from ntrkpath.pathway.intake.readouts import Called
from ntrkpath.pathway.intake.treated import Treatment
from ntrkpath.pathway.intake.tumour import Altered
from ntrkpath.vocabulary import Histology
from ntrkpath.vocabulary.histology import Resolution


class Read(msgspec.Struct, frozen=True, gc=False):
    """What is read from a case.

    Args:
        choices: The levels of every case fact, once for each choice of the tests that are read; the first decides.
        resolution: How the diagnosis was read.
        alterations: The status of each alteration that the case states or shows.
        called: Its tests, called one by one.
        treatment: What it says of earlier treatment.
    """

    choices: list[dict[str, str]]
    histology: Histology
    resolution: Resolution
    alterations: Altered
    called: list[Called]
    treatment: Treatment

    @property
    def levels(self) -> dict[str, str]:
        """The levels that decide."""
        return self.choices[0]

    @property
    def answer(self) -> HistologyAnswer:
        """How the diagnosis was read, as the answer has it."""
        known = self.histology
        return HistologyAnswer(self.resolution.text, known.id, known.name, known.group, self.resolution.how)
