"""A frame of cases, decided: raw columns in, answers and bad rows out, both keyed by case id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ntrkpath.cohort.arrays import are_valid, as_arrow, as_mask, as_texts
from ntrkpath.cohort.columns import ANSWERS, BAD, CASE_ID, resolve
from ntrkpath.cohort.derive import Derivation, Derived
from ntrkpath.cohort.kernel import Kernel
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

    def __repr__(self) -> str:
        """Return how many rows are good and bad, in one short line."""
        return f"<Answered: {len(self.answers)} good rows, {len(self.bad)} bad>"

    def _repr_html_(self) -> str:
        """Return both frames as their library shows them."""
        shown = (getattr(frame, "_repr_html_", lambda: "")() for frame in (self.answers, self.bad))
        return f"<p>{len(self.answers)} good rows, {len(self.bad)} bad</p>{''.join(shown)}"


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
        import numpy as np

        self.edition = edition or load()
        derived = sorted(self.edition.decisions.derived) if missing else ()
        self.kernel = Kernel(self.edition, kept=(*kept, *derived), threads=threads)
        self.rules: Rules = rules
        pathway = Pathway(
            self.edition, self.edition.labels_known_to, figure2_reading=figure2_reading, probability=False
        )
        catalogue = self.kernel.catalogue
        self.derivation = Derivation(pathway, catalogue.facts)
        self._missing = MissingFacts(pathway, catalogue.facts) if missing else None
        self._group = catalogue.facts.index("histology_group")
        self._kept = tuple(fact for fact in dict.fromkeys(kept) if fact not in ANSWERS)
        self._action_places = np.zeros(catalogue.action_keys, np.int32)
        self._action_texts: list[str] = [""]
        self._rule_places: dict[bytes, int] = {}
        self._rule_texts: list[str] = []
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
        """Return the states of a batch in level codes, in the order of ``kernel.catalogue.facts``.

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
            fact: coded(codes, catalogue.levels[fact], derived.place)
            for fact, codes in zip(catalogue.facts, derived.codes, strict=True)
        }
        return plain(pa.table({CASE_ID: ids, **named}).filter(as_mask(derived.good)))

    def answer(self, batch: pa.Table | pa.RecordBatch) -> Answered:
        """Decide an Arrow batch; words come as dictionary arrays (``plain`` turns them into text).

        Raises:
            CaseError: The batch has no ``case_id`` or no histology, or two columns fill one key.
        """
        import pyarrow as pa

        derived = self.derive(batch)
        ids = _whole(batch[CASE_ID]).cast(pa.large_string())
        good = derived.good
        if ids.null_count:
            good &= are_valid(ids)
        bad = self._bad(derived, ids, good)
        place = derived.place
        if bad.num_rows:
            place, ids = place[good], ids.filter(as_mask(good))
        return Answered(self._answers(ids, derived, place), bad)

    def _answers(self, ids: pa.Array, derived: Derived, place: NDArray[np.int32]) -> pa.Table:
        """Return the answers of the rows whose states are given: each state is decided, and told in words, once."""
        import numpy as np
        import pyarrow as pa

        decided = self.kernel.decide(derived.codes)
        catalogue = self.kernel.catalogue
        words: dict[str, Any] = {CASE_ID: ids}
        for fact in ("tier", "priority"):
            words[fact] = coded(decided.levels[fact], catalogue.levels[fact], place)
        words["histology_group"] = coded(derived.codes[self._group], catalogue.levels["histology_group"], place)
        words["actions"] = coded(self._named(decided.actions), self._action_texts, place)
        if self.rules == "ids":
            words["rules"] = self._rules(decided.outcomes, place)
        elif self.rules == "codes":
            for table, held in zip(catalogue.tables, decided.outcomes, strict=True):
                words[f"{RULE_CODE}{table.table.id}"] = as_arrow(held.take(place))
        for fact in self._kept:
            words[fact] = coded(decided.levels[fact], catalogue.levels[fact], place)
        if self._missing is not None:
            used = np.zeros(derived.codes.shape[1], np.bool_)
            used[place] = True
            texts = self._missing.texts(
                derived.codes, decided.levels, derived.opens, self.derivation.opens, used.tolist()
            )
            numbers = {text: i for i, text in enumerate(dict.fromkeys(texts))}
            words["missing"] = coded(np.array([numbers[text] for text in texts], np.int32), list(numbers), place)
        return pa.table(words)

    def _named(self, keys: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Return the place of each action key among the texts, each key that occurs named once."""
        import numpy as np

        places: NDArray[np.int32] = self._action_places.take(keys)
        if not places.all():
            for key in np.unique(keys[places == 0]).tolist():
                self._action_places[key] = len(self._action_texts)
                self._action_texts.append(self.kernel.catalogue.action_text(key))
            places = self._action_places.take(keys)
        return places

    def _rules(self, outcomes: NDArray[np.uint8], place: NDArray[np.int32]) -> pa.Array:
        """Return the rule ids of each row as text, each distinct set of rules made once."""
        import numpy as np

        known, texts = self._rule_places, self._rule_texts
        if len(texts) > _REMEMBERED:
            known.clear()
            texts.clear()
        held, width = outcomes.T.tobytes(), len(outcomes)
        keys = [held[at : at + width] for at in range(0, len(held), width)]
        for key in set(keys).difference(known):
            known[key] = len(texts)
            texts.append("".join([words[code] for words, code in zip(self._rule_words, key, strict=True)]).rstrip())
        return coded(np.fromiter(map(known.__getitem__, keys), np.intp, len(keys)), texts, place)

    def _bad(self, derived: Derived, ids: pa.Array, good: NDArray[np.bool_]) -> pa.Table:
        import numpy as np
        import pyarrow as pa

        rows = np.flatnonzero(~good)
        reasons = [derived.reasons[i - 1] if i else _NO_ID for i in derived.errors[rows].tolist()]
        columns = [
            as_arrow(rows.astype(np.uint32)),
            ids.filter(as_mask(~good)),
            as_texts([reason.where for reason in reasons]),
            as_texts([str(reason) for reason in reasons]),
        ]
        return pa.table(columns, names=list(BAD))


_REMEMBERED = 200_000
_NO_ID = CaseError("the case has no id", where=CASE_ID, remedy="give every row an id of its own")


def _whole(cells: pa.Array | pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    if not isinstance(cells, pa.ChunkedArray):
        return cells
    return cells.chunk(0) if cells.num_chunks == 1 else cells.unify_dictionaries().combine_chunks()


def coded(codes: NDArray[Any], names: Sequence[str], place: NDArray[np.int32]) -> pa.Array:
    """Return the name of each row as a dictionary array that holds only the names in use.

    Args:
        codes: The code of each state.
        place: The state of each row.
    """
    import numpy as np
    import pyarrow as pa

    used = np.flatnonzero(np.bincount(codes, minlength=len(names)))
    small = np.zeros(len(names), np.int32)
    small[used] = np.arange(len(used))
    return pa.DictionaryArray.from_arrays(
        as_arrow(small.take(codes).take(place)), as_texts([names[i] for i in used.tolist()]), safe=False
    )


def plain(table: pa.Table) -> pa.Table:
    """Return a table with its dictionary arrays as text."""
    import pyarrow as pa

    schema = pa.schema([f.with_type(f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in table.schema])
    return table.cast(schema)
