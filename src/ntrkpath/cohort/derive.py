"""Raw columns to level codes: each distinct combination of cells is derived once, by the code that derives one case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.cells import Cells
from ntrkpath.cohort.columns import raw_columns
from ntrkpath.cohort.fact_columns import PARTS, Part, whole
from ntrkpath.model.case_keys import METHODS
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway import Pathway, case_from

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

#: Distinct cells or combinations that are remembered before the memory is emptied.
REMEMBERED = 1_000_000
#: Keys up to here are looked up directly; beyond, they are numbered anew by hashing.
_DIRECT = 1 << 20
_ROOM = 1 << 62
_NARROW = (1 << 31) - 1
_TEST = re.compile(r"tests\[(\d+)\]\.?")


class Open(msgspec.Struct, frozen=True):
    """What a case leaves open beside its levels: other tests that could be read, and frames that are not stated."""

    choices: tuple[dict[str, str], ...]
    frames: dict[str, frozenset[str]]


class Derived(msgspec.Struct, frozen=True):
    """A batch in codes.

    Attributes:
        codes: Level codes, shape (facts, rows), uint8; of a bad row they mean nothing.
        errors: For each row 0, or 1 + an index into ``reasons``.
        reasons: Why rows are bad.
        opens: For each row and part that can leave something open, 0 or an index into ``Derivation.opens``;
            shape (parts, rows), int32.
    """

    codes: Any
    errors: Any
    reasons: list[CaseError]
    opens: Any

    @property
    def good(self) -> Any:
        """Whether each row could be derived, shape (rows,), bool."""
        return self.errors == 0


class _Direct:
    """What each key of one part comes to: the codes of its facts, why it is bad, what it leaves open."""

    def __init__(self, facts: int, size: int) -> None:
        import numpy as np

        self.seen = np.zeros(size, np.bool_)
        self.codes = np.zeros((facts, size), np.uint8)
        self.wrong = np.zeros(size, np.int32)
        self.left = np.zeros(size, np.int32)
        self.any_wrong = self.any_left = False


class _Results:
    """What the combinations of one part come to, over all batches."""

    def __init__(self, part: Part, facts: Sequence[str]) -> None:
        self.part = part
        self.stored = [(fact, facts.index(fact)) for fact in part.facts if fact in facts]
        self.opens = any(fact.endswith("_fusion") for fact in part.facts) and part.facts[0] != "reported_fusion"
        self.known: dict[tuple[object, ...], tuple[tuple[int, ...], int, int]] = {}
        self.shape: tuple[object, ...] = ()
        self.direct = _Direct(0, 0)


class Derivation:
    """Derives the facts of raw columns and remembers what it derived.

    Args:
        pathway: Derives one case.
        facts: The case facts, in the order of the codes.
    """

    def __init__(self, pathway: Pathway, facts: Sequence[str]) -> None:
        self.pathway, self.facts = pathway, tuple(facts)
        self._levels = {
            fact: {level: i for i, level in enumerate(pathway.edition.facts[fact].levels)} for fact in self.facts
        }
        self._cells = {path: Cells(column) for path, column in raw_columns().items()}
        self._parts = [_Results(part, self.facts) for part in PARTS]
        self._whole = _Results(whole(self.facts), self.facts)
        self._any = next(iter(pathway.edition.vocabulary)).name
        self.opens: list[Open] = [Open((), {})]
        self.reasons: list[CaseError] = []
        self._of_cells: dict[tuple[str, int], int] = {}
        self._rows_of_opens = 1 + sum(part.opens for part in self._parts)

    def derive(self, columns: Mapping[str, pa.Array], rows: int) -> Derived:
        """Derive a batch.

        Args:
            columns: The cells by path (``columns.raw_columns``); paths that are absent are empty in every row.
            rows: Number of rows.
        """
        import numpy as np

        remembered = [len(self.opens), len(self.reasons), *(len(cells.values) for cells in self._cells.values())]
        if max(remembered) > REMEMBERED:
            self._forget()
        numbers = {path: self._cells[path].numbers(cells) for path, cells in columns.items()}
        codes = np.zeros((len(self.facts), rows), np.uint8)
        errors = np.zeros(rows, np.int32)
        opens = np.zeros((self._rows_of_opens, rows), np.int32)
        if "diagnosis.histology" not in numbers:
            numbers["diagnosis.histology"] = np.zeros(rows, np.int32)
        present = {}
        for method in METHODS:
            filled = [given for path, given in numbers.items() if path.startswith(f"{method}.")]
            if filled:
                present[method] = np.logical_or.reduce([given > 0 for given in filled])
        self._check_cells(numbers, errors)
        place = 0
        for part in self._parts:
            place += part.opens
            self._fill(part, numbers, present, codes, errors, opens[place] if part.opens else None)
        if "tests" in numbers and (listed := np.flatnonzero(numbers["tests"])).size:
            self._fill_listed(listed, numbers, present, codes, errors, opens)
        return Derived(codes, errors, self.reasons, opens)

    def _forget(self) -> None:
        for cells in self._cells.values():
            cells.clear()
        for part in [*self._parts, self._whole]:
            part.known.clear()
            part.shape = ()
        self._of_cells.clear()
        self.opens, self.reasons = self.opens[:1], []

    def _check_cells(self, numbers: Mapping[str, NDArray[np.int32]], errors: NDArray[np.int32]) -> None:
        """Say of every row that has a cell which cannot be read, or no histology, why."""
        import numpy as np

        for path, given in numbers.items():
            cells = self._cells[path]
            if path == "diagnosis.histology":
                cells.errors[0] = CaseError("required cell is empty", where=path, remedy="fill in the diagnosis")
            if not any(cells.errors):
                continue
            wrong = np.array([error is not None for error in cells.errors])[given] & (errors == 0)
            for number in np.unique(given[wrong]).tolist():
                reason = self._of_cells.get((path, number))
                if reason is None:
                    reason = self._of_cells[path, number] = self._reason(cells.errors[number])
                errors[wrong & (given == number)] = reason

    def _reason(self, error: CaseError | None) -> int:
        assert error is not None
        self.reasons.append(error)
        return len(self.reasons)

    def _fill(
        self,
        part: _Results,
        numbers: Mapping[str, NDArray[np.int32]],
        present: Mapping[str, NDArray[np.bool_]],
        codes: NDArray[np.uint8],
        errors: NDArray[np.int32],
        opens: NDArray[np.int32] | None,
    ) -> None:
        """Fill in the facts of one part for every row."""
        import numpy as np

        columns = [path for path in part.part.columns if path in numbers]
        methods = [method for method in part.part.present if method in present]
        if not columns and not methods:
            result = self._result(part, (), (), (), ())
            for (_, place), code in zip(part.stored, result[0], strict=True):
                codes[place] = code
            return
        widths = [len(self._cells[c].values) for c in columns] + [2] * len(methods)
        given: list[NDArray[Any]] = [*(numbers[c] for c in columns), *(present[m].view(np.uint8) for m in methods)]
        key, size, lasting = keyed(given, widths)
        direct = part.direct
        if (shape := (*columns, *methods, *widths)) != part.shape or not lasting:
            direct = _Direct(len(part.stored), size)
            if lasting:
                part.shape, part.direct = shape, direct
        for known_by, row in zip(*_unseen(direct.seen, key), strict=True):
            levels, wrong, left = self._result(
                part,
                columns,
                [int(numbers[c][row]) for c in columns],
                methods,
                [bool(present[m][row]) for m in methods],
            )
            direct.codes[:, known_by], direct.wrong[known_by], direct.left[known_by] = levels, wrong, left
            direct.any_wrong, direct.any_left = direct.any_wrong or wrong > 0, direct.any_left or left > 0
        for (_, place), level in zip(part.stored, direct.codes, strict=True):
            level.take(key, out=codes[place], mode="clip")  # no key is out of range; "raise" would copy
        if direct.any_wrong:
            errors[:] = np.where(errors, errors, direct.wrong[key])
        if opens is not None and direct.any_left:
            opens[:] = direct.left[key]

    def _fill_listed(
        self,
        rows: NDArray[np.int64],
        numbers: Mapping[str, NDArray[np.int32]],
        present: Mapping[str, NDArray[np.bool_]],
        codes: NDArray[np.uint8],
        errors: NDArray[np.int32],
        opens: NDArray[np.int32],
    ) -> None:
        """Fill in every fact of the rows that list their tests."""
        import numpy as np

        chosen = np.zeros((len(self.facts), len(rows)), np.uint8)
        wrong = errors[rows]
        left = np.zeros(len(rows), np.int32)
        self._fill(
            self._whole,
            {path: given[rows] for path, given in numbers.items()},
            {method: given[rows] for method, given in present.items()},
            chosen,
            wrong,
            left,
        )
        codes[:, rows], errors[rows] = chosen, wrong
        opens[:, rows] = 0
        opens[0, rows] = left

    def _result(
        self,
        results: _Results,
        columns: Sequence[str],
        numbers: Sequence[int],
        methods: Sequence[str],
        present: Sequence[bool],
    ) -> tuple[tuple[int, ...], int, int]:
        """Return (codes of the facts, error, what is left open) of one combination of cells."""
        key = (*columns, *numbers, *methods, *present)
        if (found := results.known.get(key)) is None:
            if len(results.known) > REMEMBERED:
                results.known.clear()
            cells = {c: self._cells[c].values[n] for c, n in zip(columns, numbers, strict=True) if n}
            done = [m for m, there in zip(methods, present, strict=True) if there]
            found = results.known[key] = self._derive(results, cells, done)
        return found

    def _derive(
        self, results: _Results, cells: Mapping[str, Any], done: Sequence[str]
    ) -> tuple[tuple[int, ...], int, int]:
        try:
            data, methods = self.case(cells, done)
        except TypeError:
            return (0,) * len(results.stored), self._reason(CaseError("not a list of tests", where="tests")), 0
        listed = len(data["tests"]) - len(methods)
        try:
            levels, _, called, _ = self.pathway.facts(case_from(data))
        except CaseError as error:
            error.where = _TEST.sub(
                lambda m: m[0] if int(m[1]) < listed else f"{methods[int(m[1]) - listed]}.", error.where
            )
            return (0,) * len(results.stored), self._reason(error), 0
        left = 0
        if results.opens:
            frames = self.pathway.readouts.open_levels(called)
            if len(levels) > 1 or frames:
                left = len(self.opens)
                self.opens.append(Open(tuple(levels[1:]), frames))
        return tuple(self._levels[fact][levels[0][fact]] for fact, _ in results.stored), 0, left

    def case(self, cells: Mapping[str, Any], done: Sequence[str] = ()) -> tuple[dict[str, Any], list[str]]:
        """Return a case as plain data from its cells, and the methods of the tests that stand in columns of their own.

        Args:
            cells: Plain values by path.
            done: Methods of which a test was done, whatever its cells say.
        """
        data: dict[str, Any] = {"id": "row", "diagnosis": {"histology": self._any}, "tests": [*cells.get("tests", ())]}
        tests: dict[str, dict[str, Any]] = {method: {"method": method} for method in METHODS if method in done}
        for path, value in cells.items():
            part, _, key = path.partition(".")
            if part in METHODS:
                tests.setdefault(part, {"method": part})[key] = value
            elif key:
                data.setdefault(part, {})[key] = value
            elif path != "tests":
                data[path] = value
        data["tests"] += tests.values()
        return data, list(tests)


def keyed(numbers: Sequence[NDArray[Any]], widths: Sequence[int]) -> tuple[NDArray[np.intp], int, bool]:
    """Return one key for each row from several numbers, the bound of the keys, and whether they last.

    The bound is the product of the widths; where that is large the keys are numbered anew, for this batch only.

    Args:
        widths: How many values each number can have.
    """
    import numpy as np

    key: NDArray[Any] = numbers[0]
    size, lasting = widths[0], True
    for given, width in zip(numbers[1:], widths[1:], strict=True):
        if size > _ROOM // width:
            (key, size), lasting = _renumbered(key), False
        size *= width
        key = key * (np.int32(width) if size <= _NARROW else np.int64(width)) + given
    if size > _DIRECT:
        (key, size), lasting = _renumbered(key), False
    return key.astype(np.intp, copy=False), size, lasting


def _unseen(seen: NDArray[np.bool_], key: NDArray[np.intp]) -> tuple[list[int], list[int]]:
    """Return the keys that are not seen yet, with a row for each, and mark them as seen."""
    import numpy as np

    rows = np.flatnonzero(~seen[key])
    first = np.full(len(seen) if len(rows) else 0, -1, np.int64)
    first[key[rows[::-1]]] = rows[::-1]
    distinct = np.flatnonzero(first >= 0)
    seen[distinct] = True
    return distinct.tolist(), first[distinct].tolist()


def distinct_rows(
    numbers: Sequence[NDArray[Any]], widths: Sequence[int]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return which distinct combination of several numbers each row has, and a row for each combination."""
    import numpy as np

    key, size, _ = keyed(numbers, widths)
    first = np.full(size, -1, np.int64)
    first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
    distinct = np.flatnonzero(first >= 0)
    place = np.zeros(size, np.int32)
    place[distinct] = np.arange(len(distinct), dtype=np.int32)
    return place[key], first[distinct]


def _renumbered(key: NDArray[Any]) -> tuple[NDArray[np.int32], int]:
    import pyarrow as pa

    encoded = pa.array(key).dictionary_encode()
    return encoded.indices.to_numpy(), max(1, len(encoded.dictionary))
