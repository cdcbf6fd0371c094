"""A frame of cases, decided: raw columns in, answers and bad rows out, both keyed by case id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ntrkpath.cohort.columns import ANSWERS, BAD, CASE_ID, resolve
from ntrkpath.cohort.derive import Derivation, Derived, distinct_rows
from ntrkpath.cohort.kernel import Decided, Kernel
from ntrkpath.cohort.missing import MissingFacts
from ntrkpath.guidance import Edition, load
from ntrkpath.model.errors import CaseError
from ntrkpath.model.extras import require_extra
from ntrkpath.pathway import Pathway

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    import pyarrow as pa
    from numpy.typing import NDArray

#: How rules are given: ids as text, one column of outcome codes for each table, or not at all.
Rules = Literal["ids", "codes", "none"]
#: Prefix of a column of outcome codes.
RULE_CODE = "rule_"


class Answered(msgspec.Struct, frozen=True):
    """A batch, answered.

    Attributes:
        answers: The good rows, in the order of the batch: ``columns.ANSWERS``, and ``missing`` where asked for.
        bad: The bad rows: ``columns.BAD``; ``row`` counts from 0 within the batch.
    """

    answers: Any
    bad: Any


class Decider:
    """Decides batches of cases given as raw columns.

    It remembers what it derived: use one for all batches of a run. It shares the rows among threads by itself and is
    not to be used by two at once.

    Args:
        edition: The edition to apply; the newest by default.
        figure2_reading: ``both``, ``a`` or ``b``; the edition's default where not given.
        missing: Whether the facts still missing are worked out for each case.
        rules: ``ids``: one column of rule ids as text. ``codes``: a small number for each table, in columns named
            ``rule_`` and the table (``sql.catalogue_tables`` names them). ``none``: no rules.
        kept: Facts set by tables that become columns of the answers too, for example ``sequence``.
        threads: How many threads decide; the processors of the machine where not given.

    Raises:
        NtrkpathError: numpy or pyarrow is not installed.
        CaseError: ``figure2_reading`` is none of the edition's, or no table sets a fact that is to be kept.
    """

    def __init__(
        self,
        edition: Edition | None = None,
        *,
        figure2_reading: str | None = None,
        missing: bool = False,
        rules: Rules = "ids",
        kept: tuple[str, ...] = (),
        threads: int | None = None,
    ) -> None:
        require_extra("pyarrow", extra="batch", what="cohorts")
        self.edition = edition or load()
        self.kernel = Kernel(self.edition, kept=kept, threads=threads)
        self.rules: Rules = rules
        pathway = Pathway(
            self.edition, self.edition.labels_known_to, figure2_reading=figure2_reading, probability=False
        )
        catalogue = self.kernel.catalogue
        self.derivation = Derivation(pathway, catalogue.facts)
        self._missing = MissingFacts(pathway, catalogue.facts) if missing else None
        self._group = catalogue.facts.index("histology_group")
        self._kept = tuple(fact for fact in self.kernel.kept if fact not in ANSWERS)
        self._rule_texts: dict[bytes, str] = {}
        self._rule_words = [["".join(f"{rule} " for rule in held) for held in table] for table in catalogue.rules]
        #: What makes a decider like this one elsewhere: edition, reading of figure 2, missing, rules, kept facts.
        self.settings = (str(self.edition.directory), pathway.reading, missing, rules, tuple(kept))

    def decide(self, frame: pl.DataFrame) -> Answered:
        """Decide a polars frame; answers and bad rows are polars frames, words as text.

        Raises:
            CaseError: The frame has no ``case_id`` or no histology, or two columns fill one key.
        """
        import polars as pl

        answered = self.answer(frame.select(self.needs(frame.columns)).to_arrow())
        return Answered(*(pl.DataFrame(pl.from_arrow(plain(t))) for t in (answered.answers, answered.bad)))

    @staticmethod
    def needs(columns: list[str]) -> list[str]:
        """Return the columns of a frame that are read; the others need not be loaded.

        Raises:
            CaseError: There is no ``case_id`` or no histology, or two columns fill one key.
        """
        return [CASE_ID, *resolve(columns).values()]

    def derive(self, batch: pa.Table | pa.RecordBatch) -> Derived:
        """Return the level codes of a batch, in the order of ``kernel.catalogue.facts``.

        Raises:
            CaseError: The batch has no ``case_id`` or no histology, or two columns fill one key.
        """
        found = resolve(batch.column_names)
        return self.derivation.derive({path: _whole(batch[name]) for path, name in found.items()}, batch.num_rows)

    def levels(self, batch: pa.Table | pa.RecordBatch) -> pa.Table:
        """Return ``case_id`` and the level of every fact as text, good rows only: what ``sql`` decides from.

        Raises:
            CaseError: The batch has no ``case_id`` or no histology, or two columns fill one key.
        """
        import pyarrow as pa

        derived, ids = self.derive(batch), _whole(batch[CASE_ID]).cast(pa.large_string())
        catalogue = self.kernel.catalogue
        named = {
            fact: coded(codes, catalogue.levels[fact])
            for fact, codes in zip(catalogue.facts, derived.codes, strict=True)
        }
        return plain(pa.table({CASE_ID: ids, **named}).filter(pa.array(derived.good)))

    def answer(self, batch: pa.Table | pa.RecordBatch) -> Answered:
        """Decide an Arrow batch; words come as dictionary arrays (``plain`` turns them into text).

        Raises:
            CaseError: The batch has no ``case_id`` or no histology, or two columns fill one key.
        """
        import numpy as np
        import pyarrow as pa

        derived = self.derive(batch)
        ids = _whole(batch[CASE_ID]).cast(pa.large_string())
        good = derived.good
        if ids.null_count:
            good &= ids.is_valid().to_numpy(zero_copy_only=False)
        bad = self._bad(derived, ids, good)
        codes, opens = derived.codes, derived.opens
        if not good.all():
            rows = np.flatnonzero(good)
            codes, opens, ids = np.ascontiguousarray(codes[:, rows]), opens[:, rows], ids.take(pa.array(rows))
        decided = self.kernel.decide(codes)
        return Answered(self._answers(ids, codes, opens, decided), bad)

    def _answers(self, ids: pa.Array, codes: NDArray[np.uint8], opens: NDArray[np.int32], decided: Decided) -> pa.Table:
        import pyarrow as pa

        catalogue = self.kernel.catalogue
        words: dict[str, Any] = {CASE_ID: ids}
        for fact in ("tier", "priority"):
            words[fact] = coded(decided.levels[fact], catalogue.levels[fact])
        words["histology_group"] = coded(codes[self._group], catalogue.levels["histology_group"])
        words["actions"] = coded(decided.actions, catalogue.action_texts)
        if self.rules == "ids":
            words["rules"] = self._rules(decided.outcomes)
        elif self.rules == "codes":
            for table, held in zip(catalogue.tables, decided.outcomes, strict=True):
                words[f"{RULE_CODE}{table.table.id}"] = pa.array(held)
        for fact in self._kept:
            words[fact] = coded(decided.levels[fact], catalogue.levels[fact])
        if self._missing is not None:
            words["missing"] = pa.array(
                self._missing.texts(codes, opens, self.derivation.opens), pa.large_string()
            ).dictionary_encode()
        return pa.table(words)

    def _rules(self, outcomes: NDArray[np.uint8]) -> pa.Array:
        """Return the rule ids of each row as text, each distinct set of rules made once."""
        import numpy as np
        import pyarrow as pa

        if len(self._rule_texts) > _REMEMBERED:
            self._rule_texts.clear()
        widths = [len(table) for table in self._rule_words]
        places, firsts = distinct_rows(list(outcomes), widths)
        texts = []
        for held in np.ascontiguousarray(outcomes[:, firsts].T):
            known = held.tobytes()
            text = self._rule_texts.get(known)
            if text is None:
                parts = [words[code] for words, code in zip(self._rule_words, known, strict=True)]
                text = self._rule_texts[known] = "".join(parts).rstrip()
            texts.append(text)
        return pa.DictionaryArray.from_arrays(places, pa.array(texts, pa.large_string()))

    def _bad(self, derived: Derived, ids: pa.Array, good: NDArray[np.bool_]) -> pa.Table:
        import numpy as np
        import pyarrow as pa

        rows = np.flatnonzero(~good)
        reasons = [derived.reasons[i - 1] if i else _NO_ID for i in derived.errors[rows].tolist()]
        columns = [
            pa.array(rows.astype(np.uint32)),
            ids.take(pa.array(rows)),
            pa.array([reason.where for reason in reasons], pa.large_string()),
            pa.array([str(reason) for reason in reasons], pa.large_string()),
        ]
        return pa.table(columns, names=list(BAD))


_REMEMBERED = 200_000
_NO_ID = CaseError("the case has no id", where=CASE_ID, remedy="give every row an id of its own")


def _whole(cells: pa.Array | pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    if not isinstance(cells, pa.ChunkedArray):
        return cells
    return cells.chunk(0) if cells.num_chunks == 1 else cells.unify_dictionaries().combine_chunks()


def coded(codes: NDArray[Any], names: tuple[str, ...] | list[str]) -> pa.Array:
    """Return codes with their names as a dictionary array that holds only the names in use."""
    import numpy as np
    import pyarrow as pa

    used = np.flatnonzero(np.bincount(codes, minlength=len(names)))
    small = np.zeros(len(names), np.int8 if len(names) < 128 else np.int32)
    small[used] = np.arange(len(used))
    return pa.DictionaryArray.from_arrays(small[codes], pa.array([names[i] for i in used], pa.large_string()))


def plain(table: pa.Table) -> pa.Table:
    """Return a table with its dictionary arrays as text."""
    import pyarrow as pa

    schema = pa.schema([f.with_type(f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in table.schema])
    return table.cast(schema)
