"""Testing strategies: which plan of tests finds the fusions of a case mix, at which cost, and how sure that is."""

from ntrkpath.model.errors import StrategyError
from ntrkpath.strategy.compare import Comparison, compare

__all__ = ["Comparison", "StrategyError", "compare"]
