"""What ring trials of NTRK testing have published, reckoned again from their counts by the same code as a round."""

from __future__ import annotations

import msgspec

from ntrkpath.model.numbers import percent_with_range, printed_percent
from ntrkpath.rounds.knowledge import knowledge
from ntrkpath.rounds.shares import ratio

#: Half of the last digit printed, in percentage points, with the rounding that a paper may do downwards.
_SLACK = {0: 1.0, 1: 0.11, 2: 0.011}


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published figure: a count of a total, and what is printed of it."""

    scheme: str
    year: int
    kind: str
    assay: str
    what: str
    count: int
    of: int
    source: str
    percent: float | int | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


class Reckoned(msgspec.Struct, frozen=True):
    """A published figure beside ours. ``agrees``: all that is printed, or, with a note, the share alone."""

    scheme: str
    kind: str
    what: str
    printed: str
    ours: str
    agrees: bool
    share_agrees: bool
    interval_agrees: bool | None
    note: str
    source: str


def published() -> tuple[Published, ...]:
    """Return the published figures."""
    return tuple(msgspec.convert(entry, Published) for entry in knowledge("schemes"))


def checks() -> tuple[Reckoned, ...]:
    """Return every published figure beside ours."""
    return tuple(_reckoned(one) for one in published())


def _reckoned(one: Published) -> Reckoned:
    found = ratio(one.count, one.of).interval
    assert found is not None
    share = one.percent is None or _near(one.percent, 100 * found.estimate)
    interval = None
    if one.low is not None and one.high is not None:
        interval = _near(one.low, 100 * found.low) and _near(one.high, 100 * found.high)
    printed = f"{one.count} of {one.of}"
    if one.percent is not None:
        printed += f", {printed_percent(one.percent)}"
    if one.low is not None and one.high is not None:
        printed += f" ({one.low:g} to {one.high:g})"
    ours = percent_with_range(found.estimate, found.low, found.high)
    agrees = share and (interval is not False or bool(one.note))
    return Reckoned(
        one.scheme, one.kind, f"{one.what}, {one.assay}", printed, ours, agrees, share, interval, one.note, one.source
    )


def _near(printed: float, ours: float) -> bool:
    decimals = len(f"{printed}".partition(".")[2]) if isinstance(printed, float) else 0
    return abs(printed - ours) <= _SLACK[min(decimals, 2)]
