"""The `[stats]` extra, imported where it is used, with an error that says how to get it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ntrkpath.model.errors import StrategyError

#: An array of numpy, which is imported only where it is used.
Array = Any


def numpy() -> Any:
    """Return numpy.

    Raises:
        StrategyError: It is not installed.
    """
    return _extra("numpy", "simulation and uncertainty")


def scipy_stats() -> Any:
    """Return scipy.stats.

    Raises:
        StrategyError: It is not installed.
    """
    return _extra("scipy.stats", "ranges of parameters")


def _extra(name: str, what: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise StrategyError(f"{what} need {name.partition('.')[0]}", remedy="pip install 'ntrkpath[stats]'") from None
