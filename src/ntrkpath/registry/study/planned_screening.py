"""How many tumours to screen for a frequency: the smallest number with which the exact interval is narrow enough.

It is narrow enough with the stated assurance, over all counts that chance may bring; not where the expected one is.
"""

from __future__ import annotations

from math import ceil
from typing import Any

import msgspec

from ntrkpath.evidence.proportions import LEVEL, need
from ntrkpath.model.errors import EvidenceError

ASSURANCE = 0.8
#: Up to so many tumours every number is tried; above it one in so many parts of the number.
_EVERY = 20_000
_MOST = 10_000_000


class ToScreen(msgspec.Struct, frozen=True, kw_only=True):
    """How many tumours to screen for a frequency.

    Args:
        frequency: The frequency expected; ``width`` the widest interval wanted (upper less lower end).
        assurance: Chance wanted of an interval no wider; ``chance`` the chance with this number.
        results: Tumours with a result that are needed; ``screened`` tumours to enrol, given the share ``evaluable``.
        expected: Fusions expected among the results.
        none_found: Chance that not one is found.
    """

    frequency: float
    width: float
    assurance: float
    evaluable: float
    results: int
    screened: int
    expected: float
    chance: float
    none_found: float


def to_screen(
    frequency: float, width: float, *, assurance: float = ASSURANCE, evaluable: float = 1.0, level: float = LEVEL
) -> ToScreen:
    """Return the smallest number from which on the exact interval is no wider than ``width``, with this assurance.

    Raises:
        EvidenceError: A share outside 0 to 1, or more than ten million tumours would be needed.
    """
    for name, value in (("frequency", frequency), ("width", width), ("assurance", assurance), ("evaluable", evaluable)):
        check_share(name, value, whole=name == "evaluable")
    high = 2
    while _narrow([high], frequency, width, level)[0] < assurance:
        high *= 2
        if high > _MOST:
            raise EvidenceError("more than ten million tumours would be needed", where="width", value=width,
                                remedy="accept a wider interval")  # fmt: skip
    number = _from_which_on(high, frequency, width, assurance, level)
    return ToScreen(
        frequency=frequency, width=width, assurance=assurance, evaluable=evaluable, results=number,
        screened=ceil(number / evaluable - 1e-9), expected=number * frequency,
        chance=float(_narrow([number], frequency, width, level)[0]), none_found=(1 - frequency) ** number,
    )  # fmt: skip


def _from_which_on(high: int, frequency: float, width: float, assurance: float, level: float) -> int:
    """Return the number after the last one that fails, below twice a number that does not (the chance is a saw)."""
    np = need("numpy")
    tried = np.arange(1, 2 * high + 1, max(1, 2 * high // _EVERY))
    fails = np.flatnonzero(_narrow(tried, frequency, width, level) < assurance)
    return int(tried[min(fails[-1] + 1, len(tried) - 1)]) if len(fails) else int(tried[0])


def _narrow(numbers: Any, frequency: float, width: float, level: float) -> Any:
    """Return the chance, for each number tested, that the exact interval is no wider than ``width``."""
    np, special = need("numpy"), need("scipy.special")
    n = np.asarray(numbers)
    alpha = (1 - level) / 2

    def wide(x: Any) -> Any:
        low = np.where(x > 0, special.betaincinv(np.maximum(x, 1), n - x + 1, alpha), 0.0)
        high = np.where(x < n, special.betaincinv(x + 1, np.maximum(n - x, 1), 1 - alpha), 1.0)
        return high - low > width

    # Intervals widen from 0 to half of the number and narrow after it: those of counts up to `below` are narrow.
    below, above = np.full(len(n), -1), n // 2 + 1
    while (above - below > 1).any():
        middle = (below + above) // 2
        too_wide = wide(np.maximum(middle, 0)) & (middle >= 0)
        open_ = above - below > 1
        above = np.where(open_ & too_wide, middle, above)
        below = np.where(open_ & ~too_wide, middle, below)
    from_below = np.where(below < 0, 0.0, special.bdtr(np.maximum(below, 0), n, frequency))
    all_narrow = below >= n // 2
    from_above = np.where(below < 0, 0.0, special.bdtrc(np.maximum(n - below - 1, 0), n, frequency))
    return np.where(all_narrow, 1.0, from_below + from_above)


def check_share(name: str, value: float, whole: bool = False) -> None:
    """Check that a value lies between 0 and 1, or is 1 where the ``whole`` is allowed.

    Raises:
        EvidenceError: It does not.
    """
    if not 0 < value < 1 and not (whole and value == 1):
        raise EvidenceError("not a share", where=name, value=value, allowed="above 0 and below 1")
