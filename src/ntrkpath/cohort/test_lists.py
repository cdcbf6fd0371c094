"""Tests that stand in lists: each distinct test once, and each list as what one part of a case reads of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.cases import without_files
from ntrkpath.cohort.fact_columns import Part
from ntrkpath.model.case_keys import METHODS
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway import case_from

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class TestLists:
    """The distinct lists of tests of a run, and the distinct tests in them.

    Attributes:
        lists: For each list (by the number of its cell), the numbers of its tests.
        tests: For each number, the test as plain data.
        odd: For each list, whether it holds anything that is no test of the case format.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget every list."""
        import numpy as np

        self.lists: list[tuple[int, ...]] = []
        self.tests: list[dict[str, Any]] = []
        self.odd: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._numbers: dict[bytes, int] = {}

    def take(self, cells: Sequence[Any]) -> None:
        """Take up the lists that are new.

        Args:
            cells: Every list so far, by the number of its cell; None is an empty cell.
        """
        import numpy as np

        odd = []
        for cell in cells[len(self.lists) :]:
            numbers = [self._number(test) for test in cell] if isinstance(cell, list) else []
            odd.append(-1 in numbers or not isinstance(cell, list | None))
            self.lists.append(() if odd[-1] else tuple(numbers))
        self.odd = np.concatenate([self.odd, np.array(odd, np.bool_)])

    def _number(self, test: Any) -> int:
        """Return the number of a test; -1 for anything else."""
        key = msgspec.json.encode(test)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.tests) if _is_test(test) else -1
            if found >= 0:
                self.tests.append(test)
        return found


class Projection:
    """What one part of a case reads of each list: lists that it reads alike share a number; 0 is nothing.

    Attributes:
        by_list: For each list its number, shape (lists,), int32.
        values: For each number, the tests as plain data with no more keys than the part reads.
        tests: For each list, how many of its tests the part reads.
    """

    def __init__(self, part: Part) -> None:
        self._keys = {
            method: frozenset(c.partition(".")[2] for c in part.columns if c.startswith(f"{method}."))
            for method in METHODS
        }
        self._present = part.present
        self.clear()

    def clear(self) -> None:
        """Forget every list."""
        import numpy as np

        self.by_list: NDArray[np.int32] = np.zeros(0, np.int32)
        self.tests: NDArray[np.int32] = np.zeros(0, np.int32)
        self.values: list[list[dict[str, Any]]] = [[]]
        self._lists: dict[tuple[int, ...], int] = {(): 0}
        self._of_test: list[int] = []
        self._tests: list[dict[str, Any]] = [{}]
        self._known: dict[bytes, int] = {}

    def take(self, every: TestLists) -> None:
        """Take up the lists that are new."""
        import numpy as np

        self._of_test += [self._test(test) for test in every.tests[len(self._of_test) :]]
        of_test = self._of_test
        new = [
            tuple(sorted([n for test in tests if (n := of_test[test])])) for tests in every.lists[len(self.by_list) :]
        ]
        self.by_list = np.concatenate([self.by_list, np.fromiter(map(self._list, new), np.int32, len(new))])
        self.tests = np.concatenate([self.tests, np.fromiter(map(len, new), np.int32, len(new))])

    def _test(self, test: dict[str, Any]) -> int:
        """Return the number of what the part reads of a test; 0 where that is nothing."""
        method = test["method"]
        read = {key: value for key, value in test.items() if key in self._keys[method]}
        if not read and method not in self._present:
            return 0
        read["method"] = method
        found = self._known.setdefault(msgspec.json.encode(read, order="sorted"), len(self._tests))
        if found == len(self._tests):
            self._tests.append(read)
        return found

    def _list(self, tests: tuple[int, ...]) -> int:
        found = self._lists.setdefault(tests, len(self.values))
        if found == len(self.values):
            self.values.append([self._tests[test] for test in tests])
        return found


def _is_test(test: Any) -> bool:
    try:
        without_files(case_from({"diagnosis": {"histology": "sarcoma"}, "tests": [test]}))
    except CaseError:
        return False
    return True
