"""What the unsure numbers do to the answer: draws of all at once, one at a time, and what knowing them is worth.

Needs numpy and scipy (``pip install 'ntrkpath[stats]'``). Parameters are drawn independently; strategies share draws.
Effect is the number of fusions found; where the costs speak of treatment it is QALYs, and cost holds the treatment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from ntrkpath.strategy.arrays import Array, numpy, scipy_stats
from ntrkpath.strategy.costs import Parameter
from ntrkpath.strategy.expectation import Number

#: The range of a parameter that a tornado shows.
RANGE = (0.025, 0.975)
#: Points drawn on a plane, at most, for each strategy.
_SHOWN = 250
#: Steps of the acceptability curve.
POINTS = 60

Evaluate = Callable[[Mapping[str, Number]], dict[str, dict[str, Number]]]


class Interval(msgspec.Struct, frozen=True):
    """Mean and central 95 % of an outcome over the draws."""

    mean: float
    low: float
    high: float


class Acceptability(msgspec.Struct, frozen=True):
    """At each amount one is willing to pay for the effect: who is best, how surely, and what certainty is worth.

    Args:
        willingness: The amounts, in the currency of the costs, for one fusion found (or one QALY).
        best: Strategy to the share of draws in which it has the highest net benefit.
        evpi: Expected value of perfect information, per patient of the population.
    """

    willingness: tuple[float, ...]
    best: dict[str, tuple[float, ...]]
    evpi: tuple[float, ...]


class Uncertainty(msgspec.Struct, frozen=True):
    """The outcomes over draws of every unsure parameter.

    Args:
        effect: ``found`` or ``qaly``.
        intervals: Strategy, then outcome.
        plane: Strategy to draws of (additional effect, additional cost) per patient against ``reference``.
    """

    effect: str
    draws: int
    seed: int
    reference: str
    intervals: dict[str, dict[str, Interval]]
    plane: dict[str, tuple[tuple[float, float], ...]]
    acceptability: Acceptability


class Bar(msgspec.Struct, frozen=True):
    """A parameter at the ends of its range, and the outcome there."""

    parameter: str
    words: str
    low: float
    high: float
    at_low: float
    at_high: float
    assumed: bool = False


class Tornado(msgspec.Struct, frozen=True):
    """One outcome of one strategy with each parameter moved alone, the widest first."""

    strategy: str
    outcome: str
    central: float
    bars: tuple[Bar, ...]


def draw(parameters: Mapping[str, Parameter], draws: int, seed: int) -> dict[str, Number]:
    """Return draws of every parameter; one that is known stays a number."""
    np = numpy()
    found: dict[str, Number] = {}
    # Each parameter has a stream of its own, so that another one more does not change its draws.
    for name in sorted(parameters):
        numbers = parameters[name].distribution
        stream = np.random.default_rng([seed, *name.encode()])
        found[name] = numbers.value if numbers.exact else numbers.draw(stream, draws)
    return found


def uncertainty(
    parameters: Mapping[str, Parameter],
    evaluate: Evaluate,
    *,
    reference: str,
    draws: int,
    seed: int,
) -> Uncertainty:
    """Draw every parameter and evaluate all strategies on the draws.

    Args:
        evaluate: From values of the parameters to the outcomes of each strategy.
        reference: The strategy that the others are compared with on the plane.
    """
    np = numpy()
    outcomes = evaluate(draw(parameters, draws, seed))
    full = {n: {k: np.broadcast_to(np.asarray(v, float), draws) for k, v in o.items()} for n, o in outcomes.items()}
    intervals = {
        name: {k: Interval(float(v.mean()), *(float(q) for q in np.quantile(v, RANGE))) for k, v in strategy.items()}
        for name, strategy in full.items()
    }
    effect = "qaly" if any("qaly" in strategy for strategy in full.values()) else "found"
    weighed = {name: (s[effect], s["cost"] + s.get("treatment_cost", 0.0)) for name, s in full.items()}
    base = weighed[reference]
    plane = {}
    for name, (gained, spent) in weighed.items():
        if name != reference:
            x, y = gained - base[0], spent - base[1]
            plane[name] = tuple((float(a), float(b)) for a, b in zip(x[:_SHOWN], y[:_SHOWN], strict=True))
    return Uncertainty(effect, draws, seed, reference, intervals, plane, _acceptability(weighed))


Weighed = Mapping[str, tuple[Array, Array]]


def _amounts(weighed: Weighed) -> tuple[float, ...]:
    """Return amounts for one effect, up to four times the dearest mean cost per effect."""
    dearest = 0.0
    for gained, spent in weighed.values():
        if gained.mean() > 0:
            dearest = max(dearest, float(spent.mean() / gained.mean()))
    top = 4 * dearest or 1.0
    return tuple(top * i / POINTS for i in range(POINTS + 1))


def _acceptability(weighed: Weighed) -> Acceptability:
    np, willingness = numpy(), _amounts(weighed)
    names = list(weighed)
    found = np.stack([weighed[n][0] for n in names])
    cost = np.stack([weighed[n][1] for n in names])
    best: dict[str, list[float]] = {n: [] for n in names}
    evpi = []
    for amount in willingness:
        benefit = amount * found - cost
        # Strategies that do the same share a win: none is called worse than its equal.
        winners = benefit == benefit.max(axis=0)
        shares = (winners / winners.sum(axis=0)).mean(axis=1)
        for i, name in enumerate(names):
            best[name].append(float(shares[i]))
        evpi.append(max(0.0, float(benefit.max(axis=0).mean() - benefit.mean(axis=1).max())))
    return Acceptability(willingness, {n: tuple(v) for n, v in best.items()}, tuple(evpi))


def tornado(
    parameters: Mapping[str, Parameter], evaluate: Evaluate, *, strategy: str, outcome: str = "cost_per_found"
) -> Tornado:
    """Move each unsure parameter alone to the ends of its central 95 % and note the outcome.

    Args:
        outcome: ``cost_per_found``, or an outcome per patient (``found``, ``cost``, ...).
    """
    scipy_stats()
    central = {name: p.distribution.value for name, p in parameters.items()}

    def at(values: Mapping[str, float]) -> float:
        found = evaluate(values)[strategy]
        if outcome == "cost_per_found":
            return float(found["cost"] / found["found"]) if found["found"] > 0 else float("nan")
        return float(found[outcome])

    bars = []
    for name, parameter in parameters.items():
        if parameter.distribution.exact:
            continue
        low, high = (parameter.distribution.quantile(q) for q in RANGE)
        ends = at({**central, name: low}), at({**central, name: high})
        if ends[0] != ends[1]:
            bars.append(Bar(name, parameter.words, low, high, *ends, parameter.assumed))
    bars.sort(key=lambda bar: (-abs(bar.at_high - bar.at_low), bar.parameter))
    return Tornado(strategy, outcome, at(central), tuple(bars))
