"""A space of inputs run through a derivation: every outcome, and what differs between two runs of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, product
from typing import Any

import msgspec

from ntrkpath.proof.report import Finding

#: Findings shown of one space; the rest is counted.
_SHOWN = 3


class Space(msgspec.Struct, frozen=True):
    """Inputs as axes, each with its named values, and what the derivation makes of every combination.

    Args:
        axes: For each axis its values by name, in the order in which they are run through.
        derive: The outcome in words for one value of each axis.
    """

    id: str
    axes: Mapping[str, Mapping[str, Any]]
    derive: Callable[..., str]

    @property
    def states(self) -> int:
        """The number of combinations."""
        total = 1
        for values in self.axes.values():
            total *= len(values)
        return total

    def run(self) -> Iterator[tuple[dict[str, str], str]]:
        """Yield every combination by the names of its values, with its outcome."""
        names = list(self.axes)
        for chosen in product(*(values.items() for values in self.axes.values())):
            yield dict(zip(names, (name for name, _ in chosen), strict=True)), self.derive(*(v for _, v in chosen))


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outcomes of a space as they were signed off.

    Args:
        axes: The names of the values of each axis.
        outcomes: Every outcome once, in the order of first appearance.
        states: Which outcome each combination has, in order, as runs: ``0*12,3,0*5``.
    """

    axes: dict[str, list[str]]
    outcomes: list[str]
    states: str


def sign(space: Space) -> Signed:
    """Return the outcomes of a space as they are now."""
    known: dict[str, int] = {}
    indices = [known.setdefault(outcome, len(known)) for _, outcome in space.run()]
    runs = [(index, sum(1 for _ in group)) for index, group in groupby(indices)]
    text = ",".join(str(index) if count == 1 else f"{index}*{count}" for index, count in runs)
    return Signed({axis: list(values) for axis, values in space.axes.items()}, list(known), text)


def _unfolded(signed: Signed) -> dict[tuple[str, ...], str]:
    outcomes: list[str] = []
    for run in signed.states.split(","):
        index, _, count = run.partition("*")
        outcomes += [signed.outcomes[int(index)]] * int(count or 1)
    return dict(zip(product(*signed.axes.values()), outcomes, strict=True))


def differences(ident: str, now: Signed, signed: Signed | None) -> list[Finding]:
    """Return a finding for each combination whose outcome is not the one signed off: state, old and new outcome."""
    if signed is None:
        return [Finding("lock", ident, "not signed off: review it and write the lock again")]
    if now == signed:
        return []
    old, new = _unfolded(signed), _unfolded(now)
    if list(now.axes) != list(signed.axes):
        return [Finding("lock", ident, "its inputs are other ones: review them and write the lock again")]
    changed = [state for state in new if old.get(state) != new[state]] + [state for state in old if state not in new]
    found = [
        Finding("lock", ident, f"{_state(now, state)}: was {old.get(state, 'not there')}, is {new.get(state, 'gone')}")
        for state in changed[:_SHOWN]
    ]
    if len(changed) > _SHOWN:
        found.append(Finding("lock", ident, f"{len(changed) - _SHOWN} more states have another outcome"))
    return found or [Finding("lock", ident, "its inputs stand in another order: write the lock again")]


def _state(signed: Signed, state: Sequence[str]) -> str:
    return ", ".join(f"{axis} {value}" for axis, value in zip(signed.axes, state, strict=True))
