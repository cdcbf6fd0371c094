"""What a summary needs beside the decision: fusions by name, whether a TRK inhibitor was given, days to the result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from ntrkpath.cohort.arrays import as_arrow, as_texts
from ntrkpath.cohort.cells import Cells
from ntrkpath.cohort.columns import raw_columns
from ntrkpath.cohort.distinct import distinct_rows
from ntrkpath.guidance import Edition
from ntrkpath.model.case import ReportedFusion
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway import case_from
from ntrkpath.pathway.intake.genes import NtrkGenes
from ntrkpath.pathway.intake.sequencing import fusion_name
from ntrkpath.pathway.intake.treated import Treated

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

#: Distinct cells of a column that are remembered before the memory is emptied.
REMEMBERED = 200_000
_TRK = ("first", "next")
#: Columns that tell of fusions.
FUSIONS = ("rna_mps.fusions", "dna_mps.fusions", "tests")


class Carried:
    """Works out the carried columns, each distinct cell once.

    Args:
        edition: Whose NTRK genes and drugs count.
    """

    def __init__(self, edition: Edition) -> None:
        self.ntrk = NtrkGenes(edition.data["guideline"]["ntrk_genes"])
        self.treated = Treated(edition, self.ntrk)
        self._cells: dict[str, tuple[Cells, list[Any]]] = {}

    def columns(self, table: pa.Table) -> dict[str, pa.Array]:
        """Return the carried columns of some rows of raw columns."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found: dict[str, pa.Array] = {}
        names = [name for name in FUSIONS if name in table.column_names]
        if names:
            cells = [self._each(table, name, lambda cell, n=name: self.named(n, cell)) for name in names]  # type: ignore[misc]
            found["fusions"] = _words(cells, lambda told: " ".join(sorted({x for part in told for x in part or ()})))
        if "therapy" in table.column_names:
            given = self._each(table, "therapy", self.given)
            found["trk_inhibitor"] = _words([given], lambda told: told[0] or "unknown")
        if {"requested", "reported"} <= set(table.column_names):
            days = pc.days_between(table["requested"], table["reported"])
            found["turnaround_days"] = days.cast(pa.int32()).combine_chunks()
        return found

    def _each(self, table: pa.Table, name: str, work: Callable[[Any], Any]) -> tuple[NDArray[np.int32], list[Any]]:
        """Return the number of the cell of each row, and what each number comes to."""
        cells, done = self._cells.setdefault(name, (Cells(raw_columns()[name]), []))
        column = table[name]
        if len(done) > REMEMBERED:
            cells.clear()
            done.clear()
        numbers = cells.numbers(column.chunk(0) if column.num_chunks == 1 else column.combine_chunks())
        for value in cells.values[len(done) :]:
            try:
                done.append(None if value is None else work(value))
            except (CaseError, msgspec.ValidationError, TypeError, AttributeError):
                done.append(None)  # a dictionary holds the cells of bad rows too, which are told as such
        return numbers, done

    def named(self, column: str, cell: Any) -> list[str]:
        """Return the fusions that a cell of a column tells of, by name."""
        return sorted(dict.fromkeys(self._names(column, cell)))

    def _names(self, column: str, cell: Any) -> Iterator[str]:
        if column == "tests":
            for test in cell:
                yield from self._names("fusions", test.get("fusions") or ())
            return
        for entry in cell:
            if not isinstance(entry, Mapping):
                continue
            fusion = msgspec.convert(dict(entry), ReportedFusion)
            if self.ntrk.symbol(fusion.five_prime) or self.ntrk.symbol(fusion.three_prime):
                yield fusion_name(fusion, self.ntrk)

    def given(self, cell: Any) -> str:
        """Return whether the lines of a therapy hold a TRK inhibitor: ``yes`` or ``no``."""
        case = case_from({"id": "x", "diagnosis": {"histology": "sarcoma"}, "therapy": cell})
        drugs = [self.treated.drug(line, i) for i, line in enumerate(case.therapy or ())]
        return "yes" if any(drug and self.treated.drugs[drug].generation in _TRK for drug in drugs) else "no"


def _words(columns: list[tuple[NDArray[np.int32], list[Any]]], say: Callable[[list[Any]], str]) -> pa.Array:
    """Return what each row's cells come to together as a dictionary array, each distinct combination said once."""
    import numpy as np
    import pyarrow as pa

    places, first = distinct_rows([numbers for numbers, _ in columns], [max(len(done), 1) for _, done in columns])
    said = [say([done[numbers[row]] for numbers, done in columns]) for row in first.tolist()]
    told = np.array([bool(text) for text in said], np.bool_)
    return pa.DictionaryArray.from_arrays(as_arrow(places, told[places]), as_texts(said), safe=False)
