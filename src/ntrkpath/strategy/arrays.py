"""Arrays and distributions for strategies: numpy and scipy, which come with the extra ``[stats]``."""

from __future__ import annotations

from typing import Any

from ntrkpath.model.errors import StrategyError
from ntrkpath.model.extras import from_extra

#: An array of numpy, which is imported only where it is used.
Array = Any


def numpy() -> Any:
    """Return numpy.

    Raises:
        StrategyError: It is not installed.
    """
    return from_extra("numpy", "stats", "simulation and uncertainty", StrategyError)


def scipy_stats() -> Any:
    """Return scipy.stats.

    Raises:
        StrategyError: It is not installed.
    """
    return from_extra("scipy.stats", "stats", "ranges of parameters", StrategyError)
