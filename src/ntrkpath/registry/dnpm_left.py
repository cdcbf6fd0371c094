"""What a record of DNPM:DIP does not hold of a subject: whatever is stated and was not carried into it, with why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ntrkpath.registry.entries import KINDS, Entry
from ntrkpath.registry.flat import scalars
from ntrkpath.registry.items import INSTANCE, forms
from ntrkpath.registry.subjects import Subject

NOT_EXACT = "no day is known"
NO_PLACE = "no place in the model: "
#: What people state of a subject beside the case; what the registry notes of itself (answers, queries) is none of it.
_STATED = (*forms(), "decision")
_OF_THE_REGISTRY = (INSTANCE, "collection")


class LeftOut:
    """The ledger of one record: what was carried is ticked off, what is left is listed."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._rows: dict[tuple[str, str], None] = {}
        self._done: dict[int, set[str]] = {}

    def note(self, element: str, why: str) -> None:
        """List an element once."""
        self._rows[element, why] = None

    def carried(self, entry: Entry[Any], *items: str) -> None:
        """Tick off items of a form: they stand in the record, or are listed already."""
        self._done.setdefault(entry.seq, set()).update(items)

    def whole(self, entry: Entry[Any], why: str) -> None:
        """List a form of which nothing more is carried."""
        self.note(f"{entry.kind} {entry.seq}", why)
        self.carried(entry, *_stated(entry))

    def rows(self) -> list[tuple[str, str]]:
        """Return what is listed, with every item that is stated and was not ticked off."""
        return [*self._rows, *self._rest()]

    def _rest(self) -> Iterator[tuple[str, str]]:
        for kind in _STATED:
            for entry in self.subject.of(KINDS[kind]):
                left = [name for name in _stated(entry) if name not in self._done.get(entry.seq, ())]
                if left:
                    yield f"{kind} {entry.seq}", NO_PLACE + ", ".join(left)
        case = self.subject.case
        carried = {"patient.sex"}
        if case is not None and case.diagnosis.histology == self.subject.histology_before:
            carried.add("diagnosis.histology")
        paths = [path for path in scalars(case) if path not in carried] if case is not None else []
        if paths:
            yield "case", NO_PLACE + ", ".join(paths)


def _stated(entry: Entry[Any]) -> list[str]:
    fields = entry.body.__struct_fields__
    return [name for name in fields if name not in _OF_THE_REGISTRY and getattr(entry.body, name) not in (None, ())]
