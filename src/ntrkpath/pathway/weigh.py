"""What to weigh where a drug is considered: the entries of ``weigh.yaml`` that hold for a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ntrkpath.guidance import Edition
from ntrkpath.model.errors import GuidanceError
from ntrkpath.model.recommendation import Weighed

#: The targets with which a drug is weighed.
_TARGETS = ("suspended_typical", "provisional", "likely", "proven")


class Weighing:
    """The entries of an edition.

    Args:
        edition: The edition; one without the file weighs nothing.

    Raises:
        GuidanceError: An entry names a fact, a level or a statement that is not defined.
    """

    def __init__(self, edition: Edition) -> None:
        self.entries: list[tuple[dict[str, frozenset[str]], Weighed]] = []
        self.leading: frozenset[str] = frozenset()
        leading = []
        for entry in edition.data.get("weigh", {}).get("weigh", ()):
            where = f"weigh.yaml: {entry['id']}"
            if stray := set(entry.get("statements", ())) - set(edition.statements):
                raise GuidanceError("no such statement", where=where, value=min(stray))
            when = {}
            for fact, names in entry["when"].items():
                try:
                    when[fact] = edition.facts[fact].expand(names)
                except KeyError as missing:
                    raise GuidanceError("no such fact or level", where=where, value=missing.args[0]) from None
            one = _weighed(entry)
            self.entries.append((when, one))
            if entry.get("first"):
                leading.append(one.text)
        self.leading = frozenset(leading)

    def of(self, levels: Mapping[str, str], drugs: Collection[str]) -> tuple[Weighed, ...]:
        """Return what is to be weighed: nothing where no drug is in question.

        Args:
            levels: The level of every fact.
            drugs: The drugs that come in; an entry on another drug is left out.
        """
        asked = levels["target"] in _TARGETS and levels["treatment_gate"] in ("open", "neoadjuvant")
        if not asked and levels["trk_therapy"] in ("none", "unknown"):
            return ()
        held = [
            one
            for when, one in self.entries
            if (one.drug is None or one.drug in drugs)
            and all(levels[fact] in allowed for fact, allowed in when.items())
        ]
        return tuple(sorted(held, key=lambda one: (one.text not in self.leading, one.newer)))


def _weighed(entry: Mapping[str, Any]) -> Weighed:
    read = entry.get("read")
    source = str(entry.get("source", "")) + (f"; read {read}" if read else "")
    return Weighed(
        str(entry["topic"]), " ".join(entry["text"].split()), entry.get("drug"), tuple(entry.get("statements", ())),
        source, bool(entry.get("newer", False)),
    )  # fmt: skip
