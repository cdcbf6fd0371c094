"""Change between two rounds: the share right of each laboratory and method then and now, with the exact test.

Samples differ between rounds, so that a change is one of laboratory and samples together; that is said beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import msgspec

from ntrkpath.rounds.result import Result
from ntrkpath.rounds.shares import Ratio, tallies

#: What stands for all laboratories together.
ALL = "all"


class Change(msgspec.Struct, frozen=True):
    """A laboratory and method in two rounds; ``p`` by Fisher's exact test, ``None`` where a round has no result."""

    laboratory: str
    method: str
    before: Ratio
    now: Ratio
    p: float | None


def changes(before: Sequence[Result], now: Sequence[Result]) -> tuple[Change, ...]:
    """Return the change of each method over all laboratories, then of each laboratory that was in both."""
    found = []
    for whole in (True, False):
        then, today = (_shares(results, whole) for results in (before, now))
        for key, ratio in today.items():
            if key in then:
                found.append(Change(*key, then[key], ratio, _exact(then[key], ratio)))
    return tuple(found)


def _shares(results: Sequence[Result], whole: bool) -> dict[tuple[str, str], Ratio]:
    found: dict[tuple[str, str], Ratio] = {}
    for method in dict.fromkeys(one.method for one in results):
        of_method = [one for one in results if one.method == method]
        for one in tallies(of_method, "laboratory", lambda r: ALL if whole else r.laboratory):
            found[one.name, method] = one.clear
    return found


def _exact(then: Ratio, now: Ratio) -> float | None:
    if not then.of or not now.of:
        return None
    return fisher(then.count, then.of, now.count, now.of)


def fisher(first: int, of_first: int, second: int, of_second: int) -> float:
    """Return Fisher's exact test, two-sided: the chance of tables that are no more likely than this one."""
    whole, chosen = of_first + of_second, first + second
    tables = {
        count: comb(of_first, count) * comb(of_second, chosen - count)
        for count in range(max(0, chosen - of_second), min(of_first, chosen) + 1)
    }
    return sum(ways for ways in tables.values() if ways <= tables[first]) / comb(whole, chosen)
