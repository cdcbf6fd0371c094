"""Raw columns to level codes: each distinct combination of cells is derived once, by the code that derives one case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ntrkpath.cohort.cases import plain_case, without_files
from ntrkpath.cohort.cells import Cells
from ntrkpath.cohort.columns import raw_columns
from ntrkpath.cohort.distinct import distinct_rows
from ntrkpath.cohort.fact_columns import IN_ORDER, LISTED, PARTS, Part, whole
from ntrkpath.cohort.test_lists import Projection, TestLists
from ntrkpath.model.case_keys import METHODS
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway import Pathway, case_from

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

#: Distinct cells or combinations that are remembered before the memory is emptied.
REMEMBERED = 1_000_000
#: Rows with lists of tests that are taken apart, however few lists stand twice.
FEW = 1000
_HISTOLOGY = "diagnosis.histology"
_TEST = re.compile(r"tests\[(\d+)\]\.?")


class Open(msgspec.Struct, frozen=True):
    """What a case leaves open beside its levels: other tests that could be read, and frames that are not stated."""

    choices: tuple[dict[str, str], ...]
    frames: dict[str, frozenset[str]]


class Derived(msgspec.Struct, frozen=True):
    """A batch in codes: rows that come to the same levels are one state.

    Attributes:
        codes: Level codes, shape (facts, states), uint8; of a bad row they mean nothing.
        opens: For each method and state, 0 or an index into ``Derivation.opens``; shape (methods, states), int32.
        place: The state of each row, shape (rows,), int32.
        errors: For each row 0, or 1 + an index into ``reasons``.
        reasons: Why rows are bad.
    """

    codes: Any
    opens: Any
    place: Any
    errors: Any
    reasons: list[CaseError]

    @property
    def good(self) -> Any:
        """Whether each row could be derived, shape (rows,), bool."""
        return self.errors == 0


class _Outcome(NamedTuple):
    """What a combination of cells comes to: the codes of the facts of its part, why it is bad, what it leaves open."""

    levels: tuple[int, ...]
    wrong: int
    left: int


class _Results:
    """What the combinations of one part come to, over all batches; outcome 0 is none."""

    def __init__(self, part: Part, facts: Sequence[str]) -> None:
        self.part = part
        self.stored = [fact for fact in part.facts if fact in facts]
        self.rows = [facts.index(fact) for fact in self.stored]
        self.clear()

    def clear(self) -> None:
        """Forget every combination."""
        self.known: dict[tuple[object, ...], int] = {}
        self.outcomes: list[_Outcome] = [_Outcome((0,) * len(self.stored), 0, 0)]
        self._numbers: dict[_Outcome, int] = {}

    def number(self, outcome: _Outcome) -> int:
        """Return the number of an outcome, which equal ones share."""
        found = self._numbers.setdefault(outcome, len(self.outcomes))
        if found == len(self.outcomes):
            self.outcomes.append(outcome)
        return found


class _Given(NamedTuple):
    """One column as a part reads it: its name, the number of each row's cell, and what each number stands for."""

    name: str
    numbers: NDArray[Any]
    values: Sequence[Any]


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
        self._listed = [(_Results(part, self.facts), Projection(part)) for part in LISTED]
        self._whole = _Results(whole(self.facts), self.facts)
        #: Columns of numbers that one part reads, beside no other column.
        self._alone = {
            results.part.columns[0]: results
            for results in self._parts
            if len(results.part.columns) == 1 and raw_columns()[results.part.columns[0]].kind == "number"
        }
        self._every = [*self._parts, *(results for results, _ in self._listed), self._whole]
        self._tests = TestLists()
        self._any = next(iter(pathway.edition.vocabulary)).name
        self.opens: list[Open] = [Open((), {})]
        self._known_opens: dict[object, int] = {}
        self.reasons: list[CaseError] = []
        self._of_cells: dict[tuple[str, int], int] = {}

    def derive(self, columns: Mapping[str, pa.Array], rows: int) -> Derived:
        """Derive a batch.

        Args:
            columns: The cells by path (``columns.raw_columns``); paths that are absent are empty in every row.
            rows: Number of rows.
        """
        import numpy as np

        remembered = [len(self.opens), len(self.reasons), *(len(cells.values) for cells in self._cells.values())]
        remembered += [len(results.known) for results in self._every]
        if max(remembered) > REMEMBERED:
            self._forget()
        numbers = {path: self._cells[path].numbers(cells) for path, cells in columns.items()}
        numbers.setdefault(_HISTOLOGY, np.zeros(rows, np.int32))
        given = {path: _Given(path, held, self._cells[path].values) for path, held in numbers.items()}
        alike, first = self._alike(given)
        codes, opens, place, wrong = self._states(self._parts_of(_rows(given, first), len(first)), len(first))
        place = place.take(alike)
        errors = self._cell_errors(numbers, rows)
        return Derived(codes, opens, place, np.where(errors, errors, wrong.take(place)), self.reasons)

    def _alike(self, given: Mapping[str, _Given]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return which rows have the same cells, as numbers, and the first row of each number.

        Of a number that is read beside no other cell, what it comes to is enough: ages come to a few bands.
        """
        import numpy as np

        numbers, widths = [], []
        for path, (_, held, values) in given.items():
            results = None if "tests" in given and path.partition(".")[0] in METHODS else self._alone.get(path)
            if results is None or len(values) > len(held):
                numbers.append(held)
                widths.append(len(values))
            else:
                each = _Given(path, np.arange(len(values), dtype=np.int32), values)
                bands = 1 + self._read(results, {path: each}, len(values))
                bands[0] = 0
                numbers.append(bands.take(held))
                widths.append(1 + len(results.outcomes))
        return distinct_rows(numbers, widths)

    def _parts_of(self, given: dict[str, _Given], rows: int) -> list[tuple[_Results, NDArray[np.int32]]]:
        """Return what each row comes to in every part, as numbers of outcomes."""
        import numpy as np

        for method in METHODS:
            filled = [one.numbers > 0 for path, one in given.items() if path.startswith(f"{method}.")]
            if filled:
                given[method] = _Given(method, np.logical_or.reduce(filled).view(np.uint8), (False, True))
        listed = np.flatnonzero(given["tests"].numbers) if "tests" in given else np.zeros(0, np.intp)
        if not len(listed):
            return [(results, self._read(results, given, rows)) for results in self._parts]
        others = np.flatnonzero(given["tests"].numbers == 0)
        found = [(results, self._read(results, given, rows)) for results in self._parts if not results.part.tests]
        for results in self._parts:
            if results.part.tests:
                found.append((results, _spread(self._read(results, _rows(given, others), len(others)), others, rows)))
        return found + self._read_listed(_rows(given, listed), listed, rows)

    def _forget(self) -> None:
        for cells in self._cells.values():
            cells.clear()
        for results in self._every:
            results.clear()
        for _, projection in self._listed:
            projection.clear()
        self._tests.clear()
        self._of_cells.clear()
        self._known_opens.clear()
        self.opens, self.reasons = self.opens[:1], []

    def _cell_errors(self, numbers: Mapping[str, NDArray[np.int32]], rows: int) -> NDArray[np.int32]:
        """Return of every row that has a cell which cannot be read, or no histology, 1 + the reason; else 0."""
        import numpy as np

        errors = np.zeros(rows, np.int32)
        for path, given in numbers.items():
            cells = self._cells[path]
            if path == _HISTOLOGY:
                cells.errors[0] = CaseError("required cell is empty", where=path, remedy="fill in the diagnosis")
            if not any(cells.errors):
                continue
            wrong = np.array([error is not None for error in cells.errors]).take(given) & (errors == 0)
            for number in np.unique(given[wrong]).tolist():
                reason = self._of_cells.get((path, number))
                if reason is None:
                    reason = self._of_cells[path, number] = self._reason(cells.errors[number])
                errors[wrong & (given == number)] = reason
        return errors

    def _reason(self, error: CaseError | None) -> int:
        assert error is not None
        self.reasons.append(error)
        return len(self.reasons)

    def _states(
        self, found: Sequence[tuple[_Results, NDArray[np.int32]]], rows: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Return the distinct combinations of what every part comes to; a later part overrides an earlier one.

        Returns:
            ``codes``, ``opens`` and ``place`` as ``Derived`` has them, and for each state 1 + why it is bad, or 0.
        """
        import numpy as np

        varying = [(results, numbers) for results, numbers in found if len(numbers) > 1]
        place: NDArray[np.int32] = np.zeros(rows, np.int32)
        first: NDArray[np.int32] = np.arange(min(rows, 1), dtype=np.int32)
        if varying and rows:
            place, first = distinct_rows([n for _, n in varying], [len(r.outcomes) for r, _ in varying])
        codes = np.zeros((len(self.facts), len(first)), np.uint8)
        opens = np.zeros((len(IN_ORDER), len(first)), np.int32)
        wrong = np.zeros(len(first), np.int32)
        for results, numbers in found:
            held = numbers[first] if len(numbers) > 1 else np.repeat(numbers, len(first))
            here = held > 0
            by_number = np.array([outcome.levels for outcome in results.outcomes], np.uint8)
            if results.rows:
                codes[results.rows] = np.where(here, by_number[held].T, codes[results.rows])
            bad = np.array([outcome.wrong for outcome in results.outcomes], np.int32)
            wrong = np.where(wrong, wrong, bad[held])
            if results.part.leaves_open:
                left = np.array([outcome.left for outcome in results.outcomes], np.int32)
                if results is self._whole:
                    opens[:, here] = 0
                slot = IN_ORDER.index(results.part.leaves_open)
                opens[slot] = np.where(here, left[held], opens[slot])
        return codes, opens, place, wrong

    def _read(self, results: _Results, given: Mapping[str, _Given], rows: int) -> NDArray[np.int32]:
        """Return what each row comes to in one part, as numbers of outcomes; one number where all rows do the same."""
        import numpy as np

        read = [given[name] for name in (*results.part.columns, *results.part.present) if name in given]
        if not read or not rows:
            return np.array([self._outcome(results, [], 0) if rows else 0], np.int32)
        place, first = distinct_rows([one.numbers for one in read], [len(one.values) for one in read])
        return np.array([self._outcome(results, read, row) for row in first.tolist()], np.int32).take(place)

    def _read_listed(
        self, given: Mapping[str, _Given], listed: NDArray[np.int64], rows: int
    ) -> list[tuple[_Results, NDArray[np.int32]]]:
        """Return what the rows that list their tests come to, in each part that reads tests; 0 for every other row.

        A row whose list cannot be taken apart, or that is bad, is derived as a whole: that says why it is bad.
        """
        import numpy as np

        lists = given["tests"].numbers
        self._tests.take(given["tests"].values)
        as_whole = self._tests.odd[lists]
        # Where hardly a list stands twice, the parts of a row are more work than the row.
        apart = len(listed) < FEW or 2 * np.count_nonzero(np.bincount(lists)) <= len(listed)
        if not apart:
            as_whole = np.ones(len(listed), np.bool_)
        found = []
        for results, projection in self._listed if apart else ():
            projection.take(self._tests)
            here = {**given, "tests": _Given("tests", projection.by_list[lists], projection.values)}
            for method in results.part.present[:1] if results.part.where_several else ():
                several = projection.tests[lists] + (here[method].numbers if method in here else 0) > 1
                for name in results.part.where_several:
                    if name in here:
                        here[name] = _Given(name, np.where(several, here[name].numbers, 0), here[name].values)
            numbers = np.resize(self._read(results, here, len(listed)), len(listed))
            as_whole |= np.array([outcome.wrong > 0 for outcome in results.outcomes])[numbers]
            found.append((results, numbers))
        spread = [(results, _spread(np.where(as_whole, 0, numbers), listed, rows)) for results, numbers in found]
        if as_whole.any():
            chosen = np.flatnonzero(as_whole)
            read = self._read(self._whole, _rows(given, chosen), len(chosen))
            spread.append((self._whole, _spread(read, listed[chosen], rows)))
        return spread

    def _outcome(self, results: _Results, read: Sequence[_Given], row: int) -> int:
        """Return the number of what the cells of a row come to in one part."""
        key = (*(one.name for one in read), *(int(one.numbers[row]) for one in read))
        found = results.known.get(key)
        if found is None:
            cells = {one.name: one.values[n] for one in read if (n := int(one.numbers[row]))}
            done = [name for name in METHODS if cells.pop(name, False)]
            found = results.known[key] = results.number(self._derive(results, cells, done))
        return found

    def _derive(self, results: _Results, cells: Mapping[str, Any], done: Sequence[str]) -> _Outcome:
        nothing = (0,) * len(results.stored)
        try:
            data, methods = plain_case({_HISTOLOGY: self._any, **cells}, done)
        except TypeError:
            return _Outcome(nothing, self._reason(CaseError("not a list of tests", where="tests")), 0)
        listed = len(data["tests"]) - len(methods)
        try:
            read = self.pathway.facts(without_files(case_from(data)))
        except CaseError as error:
            error.where = _TEST.sub(
                lambda m: m[0] if int(m[1]) < listed else f"{methods[int(m[1]) - listed]}.", error.where
            )
            return _Outcome(nothing, self._reason(error), 0)
        left = 0
        if results.part.leaves_open:
            frames = self.pathway.readouts.open_levels(read.called)
            choices = tuple({fact: one[fact] for fact in results.part.facts} for one in read.choices[1:])
            if choices or frames:
                left = self._open(Open(choices, frames))
        return _Outcome(tuple(self._levels[fact][read.levels[fact]] for fact in results.stored), 0, left)

    def _open(self, left: Open) -> int:
        """Return the number of what is left open, which equal ones share."""
        key = (tuple(tuple(choice.items()) for choice in left.choices), tuple(sorted(left.frames.items())))
        found = self._known_opens.setdefault(key, len(self.opens))
        if found == len(self.opens):
            self.opens.append(left)
        return found


def _rows(given: Mapping[str, _Given], rows: NDArray[np.integer]) -> dict[str, _Given]:
    """Return the columns of some rows alone."""
    return {name: _Given(name, one.numbers[rows], one.values) for name, one in given.items()}


def _spread(numbers: NDArray[np.int32], rows: NDArray[np.intp], of: int) -> NDArray[np.int32]:
    """Return the numbers of some rows as those of every row; 0 for the others."""
    import numpy as np

    found = np.zeros(of, np.int32)
    found[rows] = numbers
    return found
