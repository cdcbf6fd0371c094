"""The one hierarchy of errors: where it went wrong, the value, what is allowed, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy


class NtrkpathError(Exception):
    """Something the user gave cannot be used; says where, what, what is allowed and what to do.

    Args:
        problem: One clause that says what is wrong, without the place.
        where: File with line, or the path of the key inside a case (``tests[0].percent``).
        value: The offending value as it was given. Never patient identifying: clinical values only.
        allowed: The values that would be accepted, or one sentence that describes them.
        remedy: What the user can do about it.
    """

    kind = "error"

    def __init__(
        self,
        problem: str,
        *,
        where: str = "",
        value: object = None,
        allowed: Iterable[str] | str = (),
        remedy: str = "",
    ) -> None:
        self.problem = problem
        self.where = where
        self.value = value
        self.allowed = allowed if isinstance(allowed, str) else ", ".join(allowed)
        self.remedy = remedy
        #: Further errors of the same input, found at the same time.
        self.others: tuple[NtrkpathError, ...] = ()
        super().__init__(problem)

    def at(self, where: str) -> NtrkpathError:
        """Return this error with ``where`` put before its own place, innermost last; an empty one says nothing."""
        if not where:
            return self
        self.where = f"{where}: {self.where}" if self.where else where
        for other in self.others:
            other.at(where)
        return self

    @property
    def all(self) -> tuple[NtrkpathError, ...]:
        """Every error of the same input, this one first, each by itself."""
        if not self.others:
            return (self,)
        alone = copy(self)
        alone.others = ()
        return (alone, *self.others)

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.problem}" if self.where else self.problem]
        if self.value is not None:
            shown = str(self.value)
            parts.append(f"given: {shown if len(shown) <= 80 else shown[:77] + '...'}")
        if self.allowed:
            parts.append(f"allowed: {self.allowed}")
        if self.remedy:
            parts.append(self.remedy)
        if self.others:
            parts.append(f"and {len(self.others)} more error{'s' * (len(self.others) > 1)} here")
        return "".join(c if c.isprintable() else " " for c in "; ".join(parts))


class CaseError(NtrkpathError):
    """A case cannot be read or contradicts itself."""

    kind = "case"

    @classmethod
    def of(cls, errors: Sequence[CaseError]) -> CaseError:
        """Return all errors of a case as one: the first, with the others beside it."""
        first, *others = errors
        first.others = tuple(others)
        return first


class GuidanceError(NtrkpathError):
    """A file of an edition of the guidance is malformed or unknown."""

    kind = "guidance"


class HistologyError(CaseError):
    """A histology resolves to nothing, or only fuzzily."""

    kind = "histology"


class ReaderError(NtrkpathError):
    """A file of a fusion caller cannot be read, or its format is not recognised."""

    kind = "reader"


class AnnotationError(NtrkpathError):
    """A gene, transcript, assembly or annotation file cannot be used."""

    kind = "annotation"


class EvidenceError(NtrkpathError):
    """Counts, studies or a request for a statistic that cannot be used."""

    kind = "evidence"


class StrategyError(NtrkpathError):
    """A plan, population or cost file is malformed, incomplete or contradicts itself."""

    kind = "strategy"


class RoundError(NtrkpathError):
    """A round, a sheet of a laboratory or a scoring rule is malformed, incomplete or contradicts itself."""

    kind = "round"


class RegistryError(NtrkpathError):
    """An entry, a book or a backup of a registry is malformed, refused, or not as it was written."""

    kind = "registry"


class InputError(NtrkpathError):
    """A file that is to be read is none: a pipe, a device."""

    kind = "input"


class OutputError(NtrkpathError):
    """An output cannot be written: no space, no permission, no such directory, or it would replace something."""

    kind = "output"
