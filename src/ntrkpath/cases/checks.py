"""What a case may not say: counts, dates and alterations that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ntrkpath.model.case import Case, Fish
from ntrkpath.model.errors import CaseError

if TYPE_CHECKING:
    from ntrkpath.model.case import TherapyLine

_CELLS = ("cells_split", "cells_isolated_3p", "cells_isolated_5p")


def contradictions(case: Case) -> Iterator[CaseError]:
    """Yield every contradiction between the values of a case, each with its place."""
    for i, test in enumerate(case.tests):
        if isinstance(test, Fish) and test.cells_counted is not None:
            for name in _CELLS:
                cells = getattr(test, name)
                if cells is not None and cells > test.cells_counted:
                    yield CaseError(
                        "more cells than were counted", where=f"tests[{i}].{name}", value=cells,
                        allowed=f"0 to {test.cells_counted} (cells_counted)", remedy="check the two counts",
                    )  # fmt: skip
    yield from _both_ways(case)
    yield from _denied(case)
    for i, line in enumerate(case.therapy or ()):
        yield from _reversed(i, line)


def _both_ways(case: Case) -> Iterator[CaseError]:
    """Yield an alteration that is stated present and absent; another detail (another exon) is another alteration."""
    first: dict[tuple[str, str, str | None], tuple[int, str]] = {}
    for i, one in enumerate(case.alterations):
        if one.status != "unknown":
            at, status = first.setdefault((one.gene.upper(), one.kind, one.detail), (i, one.status))
            if status != one.status:
                yield CaseError(
                    "the same alteration is stated present and absent", where=f"alterations[{i}].status",
                    value=one.status, allowed=f"{status}, as alterations[{at}] has it",
                    remedy="keep the one that holds, or say in detail what sets them apart",
                )  # fmt: skip


def _denied(case: Case) -> Iterator[CaseError]:
    """Yield an alteration that is stated present, and whose detail says that it is not there."""
    for i, one in enumerate(case.alterations):
        if one.status == "present" and one.detail:
            from ntrkpath.vocabulary.denials import denies_alteration  # most cases state no detail

            if denies_alteration(one.detail):
                yield CaseError(
                    "the detail denies what the status states", where=f"alterations[{i}].detail", value=one.detail,
                    allowed="a detail of the alteration that was found", remedy="write status: absent",
                )  # fmt: skip


def _reversed(i: int, line: TherapyLine) -> Iterator[CaseError]:
    if line.start and line.end and line.end < line.start:
        yield CaseError(
            "ends before it starts", where=f"therapy[{i}]", value=f"start {line.start}, end {line.end}",
            allowed="start on or before end", remedy="exchange or correct the two dates",
        )  # fmt: skip
    if line.best_response == "progression" and line.progression is False:
        yield CaseError(
            "progression was the best response, and there was none", where=f"therapy[{i}].progression", value=False,
            allowed="true where the best response was progression", remedy="correct one of the two",
        )  # fmt: skip
