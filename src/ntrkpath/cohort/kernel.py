"""The tables applied to columns: level codes of facts in, outcome codes of every table out.

Nothing of the guidance is written here: each table is the dense look-up that ``rules.compile`` made of its rows.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.catalogue import Catalogue, catalogue_of
from ntrkpath.guidance import Edition
from ntrkpath.model.errors import CaseError
from ntrkpath.model.extras import require_extra

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Rows that are taken through all tables before the next ones: their columns stay in the nearest memory.
BLOCK = 8192
#: Rows of a run from which on loading the compiled loop takes less than it saves.
WORTH_COMPILING = 1_500_000


class Decided(msgspec.Struct, frozen=True):
    """A cohort in codes; column i of every array is row i of the codes given.

    Attributes:
        outcomes: Outcome code of every table, shape (tables, rows), uint8; ``catalogue.rules[table][code]``.
        actions: Action key, which ``catalogue.actions`` names, shape (rows,), uint32.
        levels: Level codes of the facts that were to be kept (uint8), by fact: ``tier`` and ``priority`` at least.
    """

    outcomes: Any
    actions: Any
    levels: dict[str, Any]


class Plan(msgspec.Struct, frozen=True):
    """The compiled chain as flat arrays.

    Attributes:
        reads, read_from, strides: For table t, positions ``read_from[t]:read_from[t + 1]`` of ``reads`` (which fact:
            a case fact, or after those a derived one) and ``strides`` (the weight of its level in the key).
        lookup, lookup_from: For table t, the outcome code of each key, from ``lookup_from[t]`` on.
        sets, set_from, level, level_from: For table t, the derived facts it sets, and for each the level of each
            outcome code, from ``level_from`` on.
        sharing, shares, share_from: The tables that give actions, and the share of the action key of each outcome.
        kept: Positions of the derived facts that are kept.
        sizes: Number of levels of each case fact.
    """

    reads: NDArray[np.int64]
    read_from: NDArray[np.int64]
    strides: NDArray[np.uint32]
    lookup: NDArray[np.uint8]
    lookup_from: NDArray[np.int64]
    sets: NDArray[np.int64]
    set_from: NDArray[np.int64]
    level: NDArray[np.uint8]
    level_from: NDArray[np.int64]
    sharing: NDArray[np.int64]
    shares: NDArray[np.uint32]
    share_from: NDArray[np.int64]
    kept: NDArray[np.int64]
    sizes: NDArray[np.int64]
    derived: int


def plan(catalogue: Catalogue, kept: Sequence[str]) -> Plan:
    """Return the arrays of a compiled chain."""
    import numpy as np

    derived = [fact for table in catalogue.tables for fact in table.table.sets]
    position = {fact: i for i, fact in enumerate([*catalogue.facts, *derived])}
    reads: list[int] = []
    strides: list[int] = []
    level: list[int] = []
    read_from, lookup_from, sets, set_from, level_from = [0], [0], [], [0], []
    for table in catalogue.tables:
        reads += [position[fact] for fact in table.facts]
        strides += table.strides
        read_from.append(len(reads))
        lookup_from.append(lookup_from[-1] + len(table.lookup))
        for fact in table.table.sets:
            sets.append(position[fact] - len(catalogue.facts))
            level_from.append(len(level))
            level += catalogue.sets(table, fact)
        set_from.append(len(sets))
    shares: list[int] = []
    share_from = []
    for _, by_code in catalogue.shares:
        share_from.append(len(shares))
        shares += by_code
    return Plan(
        reads=np.array(reads, np.int64),
        read_from=np.array(read_from, np.int64),
        strides=np.array(strides, np.uint32),
        lookup=np.concatenate([np.array(table.lookup, np.uint8) for table in catalogue.tables]),
        lookup_from=np.array(lookup_from, np.int64),
        sets=np.array(sets, np.int64),
        set_from=np.array(set_from, np.int64),
        level=np.array(level, np.uint8),
        level_from=np.array(level_from, np.int64),
        sharing=np.array([table for table, _ in catalogue.shares], np.int64),
        shares=np.array(shares, np.uint32),
        share_from=np.array(share_from, np.int64),
        kept=np.array([position[fact] - len(catalogue.facts) for fact in kept], np.int64),
        sizes=np.array([len(catalogue.levels[fact]) for fact in catalogue.facts], np.int64),
        derived=len(derived),
    )


def _fused() -> Any:
    try:
        from ntrkpath.cohort.fused import decide_rows
    except ImportError:
        return None
    return decide_rows


class Kernel:
    """The decision tables of an edition, ready for columns.

    Args:
        edition: The edition to apply.
        kept: Facts set by tables whose levels are kept beside ``tier`` and ``priority``.
        threads: How many threads share the rows; the processors of the machine where not given.
        fused: Whether the loop compiled by numba is used; where not given, if numba is installed and the rows of a run
            are many enough that loading it pays. Both give the same.

    Attributes:
        catalogue: What the codes stand for; ``catalogue.facts`` is the order of the rows of a matrix of codes.

    Raises:
        NtrkpathError: numpy is not installed, or numba is asked for and is not.
        CaseError: No table sets a fact that is to be kept.
    """

    def __init__(
        self, edition: Edition, *, kept: Sequence[str] = (), threads: int | None = None, fused: bool | None = None
    ) -> None:
        require_extra("numpy", extra="batch", what="cohorts")
        self.catalogue = catalogue_of(edition)
        self.kept = tuple(dict.fromkeys(("tier", "priority", *kept)))
        if strange := next((fact for fact in self.kept if fact not in edition.decisions.derived), None):
            raise CaseError("no table sets this fact", value=strange, allowed=sorted(edition.decisions.derived))
        self.threads = threads or os.cpu_count() or 1
        self.plan = plan(self.catalogue, self.kept)
        self._rows = _fused() if fused else None
        if fused and self._rows is None:
            require_extra("numba", extra="fast", what="compiled loops")
        self._plain_rows = 0 if fused is None else -1

    def room(self, rows: int) -> Decided:
        """Return room for the answers of ``rows`` rows, to be used again and again."""
        import numpy as np

        levels = np.empty((len(self.kept), rows), np.uint8)
        return Decided(
            np.empty((len(self.catalogue.tables), rows), np.uint8),
            np.empty(rows, np.uint32),
            dict(zip(self.kept, levels, strict=True)),
        )

    def decide(self, codes: NDArray[np.uint8] | Mapping[str, NDArray[np.uint8]], out: Decided | None = None) -> Decided:
        """Decide every column.

        Args:
            codes: Level codes, shape (facts, rows), in the order of ``catalogue.facts``; or one array for each fact.
            out: Room of as many rows (``room``), which is filled and returned; new room where not given.

        Raises:
            CaseError: A fact is missing, or a code is no level of its fact.
        """
        import numpy as np

        matrix = self.matrix(codes) if isinstance(codes, Mapping) else np.ascontiguousarray(codes, np.uint8)
        if matrix.ndim != 2 or len(matrix) != len(self.catalogue.facts):
            raise CaseError(
                "one row of codes for each fact", value=matrix.shape, allowed=f"({len(self.catalogue.facts)}, rows)"
            )
        rows = matrix.shape[1]
        if self._plain_rows >= 0:
            self._plain_rows += rows
            if self._plain_rows > WORTH_COMPILING:
                self._rows, self._plain_rows = _fused(), -1
        found = out or self.room(rows)
        outcomes, actions = found.outcomes, found.actions
        levels = found.levels["tier"].base  # the array that the levels kept are rows of
        if outcomes.shape[1] != rows:
            raise CaseError("room for another number of rows", value=outcomes.shape[1], allowed=str(rows))

        def part(start: int, stop: int) -> int:
            if self._rows is not None:
                return int(self._rows(matrix, outcomes, actions, levels, start, stop, BLOCK, *self._arguments))
            return plain(matrix, outcomes, actions, levels, start, stop, self.plan)

        shares = min(self.threads, max(1, rows // BLOCK))
        bounds = [rows * i // shares for i in range(shares + 1)]
        if shares == 1:
            strange = [part(0, rows)]
        else:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(shares) as pool:
                strange = list(pool.map(part, bounds[:-1], bounds[1:]))
        if wrong := next((fact for fact in strange if fact), 0):
            fact = self.catalogue.facts[wrong - 1]
            raise CaseError(
                "code is no level of the fact",
                where=fact,
                value=int(matrix[wrong - 1].max()),
                allowed=f"0 to {len(self.catalogue.levels[fact]) - 1}",
            )
        return found

    @property
    def _arguments(self) -> tuple[Any, ...]:
        p = self.plan
        return (
            p.reads, p.read_from, p.strides, p.lookup, p.lookup_from, p.sets, p.set_from, p.level, p.level_from,
            p.sharing, p.shares, p.share_from, p.kept, p.sizes, p.derived,
        )  # fmt: skip

    def matrix(self, codes: Mapping[str, NDArray[np.uint8]]) -> NDArray[np.uint8]:
        """Return one array for each fact as one matrix, in the order of ``catalogue.facts``.

        Raises:
            CaseError: A fact is missing.
        """
        import numpy as np

        if lacking := next((fact for fact in self.catalogue.facts if fact not in codes), None):
            raise CaseError("no codes for a fact", value=lacking, remedy="give every fact, the unknown ones too")
        return np.stack([np.asarray(codes[fact], np.uint8) for fact in self.catalogue.facts])


def plain(
    codes: NDArray[np.uint8],
    outcomes: NDArray[np.uint8],
    actions: NDArray[np.uint32],
    levels: NDArray[np.uint8],
    start: int,
    stop: int,
    p: Plan,
) -> int:
    """Decide the rows from ``start`` to ``stop`` with numpy; return 0, or 1 + the fact whose code is no level."""
    import numpy as np

    facts = len(codes)
    derived = np.empty((p.derived, BLOCK), np.uint8)
    for begin in range(start, stop, BLOCK):
        end = min(begin + BLOCK, stop)
        size = end - begin
        strange = np.flatnonzero(codes[:, begin:end].max(axis=1) >= p.sizes)
        if len(strange):
            return int(strange[0]) + 1
        for t in range(len(p.read_from) - 1):
            key = np.zeros(size, np.uint32)
            for k in range(p.read_from[t], p.read_from[t + 1]):
                fact = p.reads[k]
                column = codes[fact, begin:end] if fact < facts else derived[fact - facts, :size]
                key += column * p.strides[k]
            held = p.lookup[p.lookup_from[t] :][key]
            outcomes[t, begin:end] = held
            for s in range(p.set_from[t], p.set_from[t + 1]):
                derived[p.sets[s], :size] = p.level[p.level_from[s] :][held]
        actions[begin:end] = 0
        for table, first in zip(p.sharing, p.share_from, strict=True):
            actions[begin:end] += p.shares[first:][outcomes[table, begin:end]]
        levels[:, begin:end] = derived[p.kept, :size]
    return 0
