"""The value of a sample without a reference: what a stated share of the laboratories agrees on, with the exact test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from ntrkpath.model.numbers import set_percent, significant
from ntrkpath.rounds.description import Consensus
from ntrkpath.rounds.pass_marks import at_least

#: The majority must be more than an even split would give by chance, at this level (exact binomial, one-sided).
SIGNIFICANT = 0.05


class Agreed(msgspec.Struct, frozen=True):
    """What the laboratories say of a sample by one kind of assay.

    Args:
        call: ``positive`` or ``negative`` where there is a consensus, else ``None``: the sample is not scored.
        p: Chance of such a majority, or a larger one, if the two answers were equally likely.
    """

    sample: str
    method: str
    call: str | None
    agreeing: int
    of: int
    p: float | None
    why: str


def agreed(sample: str, method: str, calls: Sequence[str], rule: Consensus) -> Agreed:
    """Return the consensus on calls (``positive``, ``negative``); any other answer is not counted."""
    counts = Counter(call for call in calls if call in ("positive", "negative"))
    of = sum(counts.values())
    if of < rule.least:
        return Agreed(sample, method, None, max(counts.values(), default=0), of, None, f"fewer than {rule.least} calls")
    call, most = max(counts.items(), key=lambda item: (item[1], item[0]))
    p = at_least(most, of, 0.5)
    if most / of < rule.share:
        return Agreed(sample, method, None, most, of, p, f"{most} of {of} agree, fewer than {set_percent(rule.share)}")
    if p > SIGNIFICANT:
        return Agreed(sample, method, None, most, of, p, f"{most} of {of} may be chance (p = {p:.2f})")
    return Agreed(sample, method, call, most, of, p, f"{most} of {of} agree (p = {significant(p, 2)})")
