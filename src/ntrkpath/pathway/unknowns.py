"""What is missing in a case: the unknown facts that could change its actions, alone or with other unknown ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter, itemgetter
from types import MappingProxyType

from ntrkpath.guidance import Edition
from ntrkpath.model.recommendation import Missing
from ntrkpath.model.remembered import Remembered
from ntrkpath.rules import Fact
from ntrkpath.rules.explore import Explorer
from ntrkpath.vocabulary.methods import by_facts

#: An alteration that the histology lets one expect is open too: its own test would override it.
_OPEN = ("unknown", "expected")
#: Levels of a readout that answer nothing.
_SAYS_NOTHING = ("unknown", "not_done", "not_counted", "no_cutoff", "above_any_cutoff", "no_signal")
#: Tables whose case facts are one part of a case: the tumour, and each method.
_PARTS = (("tier", "reason_to_test", "ihc_screen"), *((f"{facts}_call", facts) for facts in by_facts()))
#: States of a case that are remembered.
_REMEMBERED = 5_000
_DECIDES = attrgetter("decides")
#: Reads levels of facts, as one key.
Key = Callable[[Mapping[str, str]], object]


class Unknowns:
    """The facts of an edition that may stand open, and what they could change.

    Args:
        edition: The edition.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.explorer = Explorer(edition.decisions, edition.items(), strength(edition), _PARTS)
        self._fillable = [self._fill(edition.facts[fact]) for fact in self.explorer.order]
        asked = [fact for ident in (*self.explorer.order, "fusion_frame") if (fact := edition.facts.get(ident))]
        beside = {other for fact in asked for other in (*fact.answered_by, *fact.decides_where)}
        self._open_of: Key = itemgetter(*self.explorer.order)
        self._asked_of: Key = itemgetter(*dict.fromkeys((*self.explorer.order, *sorted(beside))))
        self._missed: Remembered[object, tuple[Missing, ...]] = Remembered(_REMEMBERED)
        self._changed: Remembered[frozenset[str], tuple[tuple[str, ...], bool]] = Remembered(_REMEMBERED)
        self._rank = {action: i for i, action in enumerate(edition.actions)}

    def missing(
        self, choices: list[dict[str, str]], frames: Mapping[str, frozenset[str]] = MappingProxyType({})
    ) -> tuple[Missing, ...]:
        """Return the unknown facts that could change the actions, alone or together with other unknown ones.

        Args:
            choices: The levels of the facts, once for each choice of the tests that are read; the first with what
                the tables decide of it.
            frames: What the most telling fusion of a method may turn out to be once frames not stated are.
        """
        key = (self._asked_of(choices[0]), *map(self._open_of, choices[1:]), *frames.items())
        known = self._missed.get(key)
        return self._missed.keep(key, self._missing(choices, frames)) if known is None else known

    def _missing(self, choices: list[dict[str, str]], frames: Mapping[str, frozenset[str]]) -> tuple[Missing, ...]:
        found: dict[str, frozenset[str]] = {}
        for levels in choices:
            for fact, items in self.explorer.changes(levels, self.open_facts(levels, frames)).items():
                asked_for = "fusion_frame" if fact in frames else fact
                found[asked_for] = found.get(asked_for, frozenset()) | items
        asked = []
        for fact, items in found.items():
            actions, weighty = self._changed.get(items) or self._changed.keep(items, self._change(items))
            known = self.edition.facts[fact]
            asked.append(Missing(fact, known.question, actions, weighty and self._decides(known, choices[0])))
        return tuple(sorted(asked, key=_DECIDES, reverse=True))

    def open_facts(
        self, levels: Mapping[str, str], frames: Mapping[str, frozenset[str]] = MappingProxyType({})
    ) -> dict[str, tuple[str, ...]]:
        """Return every fact that may still be filled in, with the levels it may take, the present one included."""
        opened = {
            fact: filled[level]
            for fact, filled, asked in self._fillable
            if (level := levels[fact]) in filled and (asked is None or levels[asked] != "not_done")
        }
        for fact, worth in frames.items():
            opened[fact] = tuple(sorted(worth | {levels[fact]}))
        return opened

    def _change(self, items: frozenset[str]) -> tuple[tuple[str, ...], bool]:
        """Return the actions that items speak of, and whether they bear on the first step or the word on the drug."""
        firm = f":{self.edition.strengths[0]}"
        actions = sorted({item.partition(":")[0] for item in items}, key=self._rank.__getitem__)
        treats = any(self.edition.action_kinds[action] == "treatment" for action in actions)
        return tuple(actions), treats or any(item.endswith(firm) for item in items)

    @staticmethod
    def _decides(fact: Fact, levels: Mapping[str, str]) -> bool:
        """Say whether a fact that is not known decides anything where other facts are as they are."""
        if any(levels[other] not in _SAYS_NOTHING for other in fact.answered_by):
            return False
        return all(levels[other] in named for other, named in fact.decides_where.items())

    @staticmethod
    def _fill(fact: Fact) -> tuple[str, dict[str, tuple[str, ...]], str | None]:
        """Return a fact, the levels it may take from each level that stands open, and the result it belongs to.

        A readout is asked only where its test was done; a method that was not done is an action, not a missing fact.
        """
        filled = {
            now: tuple(level for level in fact.levels if level == now or level not in (*_OPEN, "not_done"))
            for now in _OPEN
            if now in fact.levels
        }
        method = next((facts for facts in by_facts() if fact.id.startswith(f"{facts}_")), None)
        return fact.id, filled, f"{method}_result" if method and fact.kind == "readout" else None


def strength(edition: Edition) -> Callable[[str], tuple[str, int]]:
    """Return a function that tells the action of an item, and its rank: of one action the strongest counts."""
    rank = {strength: i for i, strength in enumerate(edition.strengths)}

    def told(item: str) -> tuple[str, int]:
        action, _, strength = item.partition(":")
        return action, rank[strength]

    return told
