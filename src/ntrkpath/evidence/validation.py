"""How well the frequencies foretell series that they were not made from: left out in turn, or never pooled.

Each study is foretold from the others of its group, as `predictive` has a new centre; a series that was not pooled from
all that were. The range is that of the count: it holds the chance of the count too. None of this follows a patient: it
tests the frequency before any test, not what a result makes of it.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from ntrkpath.evidence.data import Evidence
from ntrkpath.evidence.predictive import LeftOut, expected_in, left_out
from ntrkpath.evidence.studies import Study


class Foretold(msgspec.Struct, frozen=True, kw_only=True):
    """A series and what the others let one expect in it.

    ``independent`` is false where it shares patients with what it is foretold from; ``why_not`` says why it was not
    pooled, and is empty for a study left out in turn.
    """

    study: Study
    found: LeftOut
    independent: bool = True
    why_not: str = ""


class Validation(msgspec.Struct, frozen=True, kw_only=True):
    """What was foretold in a group: ``in_turn`` each pooled study from the others, ``outside`` what was not pooled."""

    group: str
    says: str
    in_turn: tuple[Foretold, ...]
    outside: tuple[Foretold, ...]

    @property
    def covered(self) -> int:
        """How many of the studies left out in turn lie in their range."""
        return sum(one.found.covered for one in self.in_turn)


@lru_cache(maxsize=64)
def validated(evidence: Evidence, group: str) -> Validation:
    """Return what the studies of a group foretell of each other, and of the series that were not pooled.

    Raises:
        EvidenceError: No such group, or numpy or scipy is not installed.
    """
    found = evidence.group(group)
    used = evidence.studies(group)
    x, n = [s.positive for s in used], [s.tested for s in used]
    in_turn = left_out(x, n) if len(used) > 1 else ()
    return Validation(
        group=group, says=found.says,
        in_turn=tuple(Foretold(study=s, found=one) for s, one in zip(used, in_turn, strict=False)),
        outside=tuple(
            Foretold(
                study=study, found=expected_in(x, n, study.positive, study.tested), independent=study.overlap is None,
                why_not=evidence.why_not(study),
            )
            for study in found.studies if study not in used
        ),
    )  # fmt: skip


def validations(evidence: Evidence) -> tuple[Validation, ...]:
    """Return every group whose frequency stands for some case and that foretells anything.

    Raises:
        EvidenceError: numpy or scipy is not installed.
    """
    found = (validated(evidence, group) for group in evidence.groups if group in evidence.assigned)
    return tuple(one for one in found if one.in_turn or one.outside)
