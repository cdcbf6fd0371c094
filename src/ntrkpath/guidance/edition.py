"""An edition of the guidance, ready to decide: facts, tables, statements, actions, labels, vocabulary."""

from __future__ import annotations

import datetime as dt
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import msgspec

from ntrkpath.guidance.files import KNOWLEDGE, Contents, read, ready
from ntrkpath.model.errors import GuidanceError
from ntrkpath.rules import Chain, Fact, Row, Table, load_facts, load_tables
from ntrkpath.vocabulary import HistologyVocabulary

DEFAULT = "wsn2020"


class Statement(msgspec.Struct, frozen=True):
    """One statement of the guidance, in our own words, with the words of the publication that carry it.

    Args:
        kind: ``rule``, ``caution``, ``fact``, ``figure``, ``label`` or ``limit``.
        section: The section of the publication.
        text: The statement in our own words.
        quote: A fragment of at most 30 words, verbatim; ``[...]`` stands where words are left out. Empty for a table
            that is stated as a whole.
        quoted_from: The figure or table that the fragment or the statement is read from; empty for the running text.
    """

    id: str
    kind: str
    section: str
    text: str
    quote: str = ""
    quoted_from: str = ""

    @property
    def quotation(self) -> str:
        """The quotation in quotation marks with the figure or table it stands in, or ``""``."""
        if not self.quote:
            return ""
        return f"“{self.quote}”" + (f" ({self.quoted_from})" if self.quoted_from else "")


class Drug(msgspec.Struct, frozen=True):
    """A TRK inhibitor or related drug; ``generation`` is first, next or other."""

    id: str
    brand: str | None
    generation: str
    names: tuple[str, ...]
    note: str = ""


class LabelVersion(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """One version of one drug's label at one agency; in force from ``from_`` until the day before ``until``.

    Args:
        read: When its text was last read by us, as ``2026-05``; ``None`` where only a report of it was read.
    """

    id: str
    drug: str
    agency: str
    from_: dt.date
    until: dt.date | None
    approval: str
    requires: tuple[str, ...]
    text: str
    source: str
    note: str = ""
    in_paper: bool = False
    label_read: bool = True
    read: str | None = None


class Edition:
    """One edition, read once and immutable.

    Args:
        contents: Its files as plain data.
        directory: Where its files stand.

    Raises:
        GuidanceError: A file is malformed, or refers to something that is not defined.
    """

    def __init__(self, contents: Contents, directory: Path) -> None:
        self.directory = directory
        self.sha256 = contents.sha256
        self.data = contents.files
        meta = self.data["guideline"]
        self.id: str = meta["id"]
        self.title: str = meta["title"]
        self.version: str = str(meta["version"])
        self.published = _date(meta["published"])
        self.intended_use: str = meta["intended_use"]
        checked = ready(self.data)
        self.facts: dict[str, Fact] = checked.facts
        self.actions: dict[str, str] = {entry["id"]: entry["text"] for entry in meta["actions"]}
        self._place = {action: i for i, action in enumerate(self.actions)}
        self.action_kinds: dict[str, str] = {entry["id"]: entry.get("kind", "") for entry in meta["actions"]}
        self.strengths: tuple[str, ...] = tuple(meta["strengths"])
        self.per_item: tuple[str, ...] = tuple(meta["per_item"])
        self.answers: tuple[str, ...] = tuple(meta.get("answers", ()))
        self.files: dict[str, tuple[Table, ...]] = checked.tables
        self.tables: dict[str, Table] = {t.id: t for tables in self.files.values() for t in tables}
        self._check_actions()
        #: The tables that decide a case, in order; those read once per item of a case stand beside.
        self.chain = Chain(self.facts, [t for t in self.tables.values() if t.id not in self.per_item])

    def _check_actions(self) -> None:
        for table in self.tables.values():
            for row in table.rows:
                for action, strength in row.emits.get("actions", {}).items():
                    if action not in self.actions:
                        raise GuidanceError("unknown action", where=row.id, value=action, allowed=self.actions)
                    if strength not in self.strengths:
                        raise GuidanceError("unknown strength", where=row.id, value=strength, allowed=self.strengths)

    @cached_property
    def fusion_facts(self) -> dict[str, Fact]:
        """The facts of the fusion verdict, which has a vocabulary of its own."""
        return load_facts(self.data["fusion"]["facts"], "fusion.yaml")

    @cached_property
    def fusion_tables(self) -> dict[str, Table]:
        """The tables of the fusion verdict."""
        return {t.id: t for t in load_tables(self.data["fusion"]["tables"], self.fusion_facts, "fusion.yaml")}

    @cached_property
    def criteria(self) -> Chain:
        """The tables that judge the criteria of the labels, on facts as ``decisions`` leaves them."""
        required = {criterion for label in self.labels for criterion in label.requires}
        tables = [masks for masks in self.chain.masks if required.intersection(masks.table.sets)]
        return Chain(self.facts, tables)

    @cached_property
    def decisions(self) -> Chain:
        """The tables that decide a case; ``chain`` without ``criteria`` and without the sentences of the answer."""
        judged = {*(t.id for t in self.criteria.tables), *self.answers}
        return Chain(self.facts, [masks for masks in self.chain.masks if masks.table.id not in judged])

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """Every statement by id."""
        return {s["id"]: msgspec.convert(s, Statement) for s in self.data["statements"]}

    @cached_property
    def vocabulary(self) -> HistologyVocabulary:
        """The histologies."""
        return HistologyVocabulary(self.data["histologies"], lazy=True)

    @cached_property
    def drugs(self) -> dict[str, Drug]:
        """TRK inhibitors and related drugs by id."""
        return {d["id"]: msgspec.convert(d, Drug) for d in self.data["labels"]["drugs"]}

    @cached_property
    def labels(self) -> tuple[LabelVersion, ...]:
        """Every label version, in file order.

        Raises:
            GuidanceError: A label requires a criterion that no table sets.
        """
        labels = tuple(msgspec.convert(entry, LabelVersion, strict=False) for entry in self.data["labels"]["labels"])
        for label in labels:
            for criterion in label.requires:
                if criterion not in self.chain.derived:
                    raise GuidanceError("no table sets this criterion", where=label.id, value=criterion)
        return labels

    @cached_property
    def labels_known_to(self) -> dt.date:
        """The newest date on which a label of this edition came into force."""
        return max(label.from_ for label in self.labels)

    @cached_property
    def rows(self) -> dict[str, tuple[Table, Row]]:
        """Every row by id, with its table."""
        return {row.id: (table, row) for table in self.tables.values() for row in table.rows}

    def labels_on(self, date: dt.date) -> list[LabelVersion]:
        """Return the labels in force on ``date``."""
        return [lb for lb in self.labels if lb.from_ <= date and (lb.until is None or date < lb.until)]

    def importance(self, action: str, strength: str) -> tuple[int, int]:
        """Return the place of an action among those of a case, as the catalogue of actions says."""
        kind = self.action_kinds[action]
        first = self.strengths[0]
        group = (
            1
            if kind == "treatment"
            else 2
            if kind == "closing"
            else 0
            if strength == first
            else 2 + self.strengths.index(strength)
        )
        return group, self._place[action]

    def rank(self, action: str, strength: str, place: str | None, treated: bool) -> tuple[float, int]:
        """Return where an action stands in an answer, most important first.

        Args:
            place: What its row says: with the treatment, beside it, or nothing.
            treated: Whether the answer gives a treatment.
        """
        group, index = self.importance(action, strength)
        if place == "treatment":
            return 1, index
        return (1.5, index) if place == "beside_treatment" and treated else (group, index)

    def items(self) -> dict[str, frozenset[str]]:
        """Return what each row contributes to the actions, as ``action:strength``, by row id."""
        return {
            row.id: frozenset(f"{a}:{s}" for a, s in row.emits["actions"].items())
            for table in self.tables.values()
            for row in table.rows
            if row.emits.get("actions")
        }


def _date(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))


def available() -> list[str]:
    """Return the names of the editions that are installed."""
    return sorted(path.parent.name for path in KNOWLEDGE.glob("*/guideline.yaml"))


def load(edition: str = DEFAULT) -> Edition:
    """Load an edition by name, or from a directory that holds one.

    Raises:
        GuidanceError: No such edition, or a file of it is malformed.
    """
    return _loaded(edition)  # the usual one is one, whether it is named or not


@lru_cache(maxsize=8)
def _loaded(edition: str) -> Edition:
    directory = Path(edition) if "/" in edition or Path(edition).is_dir() else KNOWLEDGE / edition
    if not (directory / "guideline.yaml").exists():
        raise GuidanceError("no such edition", value=edition, allowed=available(), remedy="or name a directory")
    found = Edition(read(directory), directory)
    _HERE[found.sha256] = found
    return found


#: The editions that were loaded, by hash.
_HERE: WeakValueDictionary[str, Edition] = WeakValueDictionary()


def loaded(sha256: str) -> Edition | None:
    """Return the edition with this hash that gave a result: one that was loaded here, or the usual one."""
    usual = load()
    return usual if usual.sha256 == sha256 else _HERE.get(sha256)
