"""The loop over blocks of rows, compiled by numba; the same steps as ``kernel.plain``, an extra: ``ntrkpath[fast]``."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np


def _decide_rows(
    codes: Any, outcomes: Any, actions: Any, levels: Any, start: int, stop: int, block: int,
    reads: Any, read_from: Any, strides: Any, lookup: Any, lookup_from: Any, sets: Any, set_from: Any, level: Any,
    level_from: Any, sharing: Any, shares: Any, share_from: Any, kept: Any, sizes: Any, derived_facts: int,
) -> int:  # fmt: skip
    """Decide the rows from ``start`` to ``stop``; return 0, or 1 + the fact whose code is no level."""
    facts = codes.shape[0]
    derived = np.empty((derived_facts, block), np.uint8)
    key = np.empty(block, np.uint32)
    for begin in range(start, stop, block):
        size = min(block, stop - begin)
        for fact in range(facts):
            column = codes[fact, begin : begin + size]
            most = np.uint8(0)
            for i in range(size):
                most = max(most, column[i])
            if most >= sizes[fact]:
                return fact + 1
        for t in range(len(read_from) - 1):
            for i in range(size):
                key[i] = 0
            for k in range(read_from[t], read_from[t + 1]):
                fact = reads[k]
                stride = strides[k]
                column = codes[fact, begin : begin + size] if fact < facts else derived[fact - facts, :size]
                for i in range(size):
                    key[i] += column[i] * stride
            held = outcomes[t, begin : begin + size]
            by_state = lookup[lookup_from[t] : lookup_from[t + 1]]
            for i in range(size):
                held[i] = by_state[key[i]]
            for s in range(set_from[t], set_from[t + 1]):
                fills = derived[sets[s]]
                by_outcome = level[level_from[s] :]
                for i in range(size):
                    fills[i] = by_outcome[held[i]]
        given = actions[begin : begin + size]
        for i in range(size):
            given[i] = 0
        for k in range(len(sharing)):
            held = outcomes[sharing[k], begin : begin + size]
            share = shares[share_from[k] :]
            for i in range(size):
                given[i] += share[held[i]]
        for k in range(len(kept)):
            for i in range(size):
                levels[k, begin + i] = derived[kept[k], i]
    return 0


def _compiled() -> Any:
    try:
        return numba.njit(cache=True, nogil=True, boundscheck=False)(_decide_rows)
    except RuntimeError:  # no directory to keep the compiled loop in
        return numba.njit(nogil=True, boundscheck=False)(_decide_rows)


decide_rows = _compiled()
