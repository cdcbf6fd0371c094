"""What a pass mark does: the chance to reach it by the ability of a laboratory, and how many right luck gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ntrkpath.evidence.proportions import need
from ntrkpath.model.errors import RoundError

#: Abilities (share of results that a laboratory gets right in the long run) that are shown.
ABILITIES = (0.8, 0.9, 0.95, 0.99)


class Operating(msgspec.Struct, frozen=True):
    """The chance that a laboratory that is right in ``ability`` of its results reaches ``needed`` of ``of``."""

    ability: float
    needed: int
    of: int
    passes: float


def needed_of(of: int, share: float) -> int:
    """Return how many of ``of`` reach a share; a share that a whole count meets exactly is met."""
    return min(of, max(0, _ceil(of * share)))


def _ceil(value: float) -> int:
    near = round(value)
    return near if abs(value - near) < 1e-9 else int(value) + 1


def characteristics(needed: int, of: int, abilities: Iterable[float] = ABILITIES) -> tuple[Operating, ...]:
    """Return the chance of passing by ability, from the binomial distribution: samples of equal difficulty.

    Raises:
        RoundError: A mark over the number of samples, or an ability that is no share.
    """
    if of < 1 or not 0 <= needed <= of:
        raise RoundError("no such mark", where="pass mark", value=f"{needed} of {of}", allowed="0 to the samples")
    found = []
    for ability in abilities:
        if not 0 <= ability <= 1:
            raise RoundError("not a share", where="ability", value=ability, allowed="0 to 1")
        found.append(Operating(ability, needed, of, at_least(needed, of, ability)))
    return tuple(found)


def at_least(count: int, of: int, share: float) -> float:
    """Return the binomial probability of ``count`` of ``of`` or more."""
    return 1.0 if count <= 0 else float(need("scipy.special").bdtrc(count - 1, of, share))


def poisson_binomial(shares: Sequence[float]) -> Any:
    """Return the distribution of the number right where each sample has its own chance; an array of ``len + 1``."""
    np = need("numpy")
    mass = np.zeros(len(shares) + 1)
    mass[0] = 1.0
    for i, share in enumerate(shares, 1):
        mass[1 : i + 1] = mass[1 : i + 1] * (1 - share) + mass[:i] * share
        mass[0] *= 1 - share
    return mass
