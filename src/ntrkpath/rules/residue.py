"""What a few facts of a case leave of the rows of a chain: every row of every table as a bit of one number.

A fact at a level rules out the rows that do not accept it. What several facts leave is the AND of their numbers, and
two fillings-in of open facts that leave the same rows are one: they cannot be told apart by any table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ntrkpath.model.remembered import Remembered
from ntrkpath.rules.chain import Masks

#: What is remembered of one part.
_REMEMBERED = 50
#: Places of two residues that one fact leads between, everything else staying as it is.
Pairs = set[tuple[int, int]]


class Step:
    """One table among the rows of a chain.

    Attributes:
        number: Its place among the tables.
        field: The bits of its rows.
        first: Whether the first row that holds decides.
        items: What a row contributes to the outcome, by its bit; rows that contribute nothing are absent.
    """

    __slots__ = ("field", "first", "items", "masks", "number")

    def __init__(self, number: int, masks: Masks, offset: int, items: Mapping[str, Sequence[int]]) -> None:
        self.number, self.masks, self.first = number, masks, masks.first
        self.field = masks.all_rows << offset
        self.items = {1 << offset + i: given for i, row in enumerate(masks.table.rows) if (given := items.get(row.id))}


class Rows:
    """Every row of some tables as a bit of one number, in the order of the tables.

    Attributes:
        all: Every row.
        accepts: By fact and level, the rows that accept it, and every row of the tables that do not read the fact.
        needs: By fact, the rows that do not accept each of its levels.
        effects: By the bit of a row that sets facts, the rows that accept what it sets.
    """

    def __init__(self, tables: Sequence[Masks], items: Mapping[str, Sequence[int]]) -> None:
        self.steps: list[Step] = []
        self.accepts: dict[str, dict[str, int]] = {}
        offset = 0
        for number, masks in enumerate(tables):
            self.steps.append(Step(number, masks, offset, items))
            offset += len(masks.table.rows)
        self.all = (1 << offset) - 1
        offset = 0
        for masks in tables:
            outside = self.all & ~(masks.all_rows << offset)
            for fact, by_level in masks.by_fact:
                known = self.accepts.setdefault(fact, dict.fromkeys(by_level, self.all))
                for level, accepted in by_level.items():
                    known[level] &= outside | accepted << offset
            offset += len(masks.table.rows)
        self.needs: dict[str, int] = {}
        for fact, levels in self.accepts.items():
            common = self.all
            for accepted in levels.values():
                common &= accepted
            self.needs[fact] = self.all & ~common
        self.effects: dict[int, int] = {}
        for step in self.steps:
            low = step.field & -step.field
            for i, row in enumerate(step.masks.table.rows):
                left = self.all
                for fact, level in row.sets.items():
                    if fact in self.accepts:
                        left &= self.accepts[fact][level]
                self.effects[low << i] = left


def settled(state: int, fields: Iterable[int], later: int) -> int:
    """Return a residue without the rows of first-hit tables that stand behind a row which nothing later rules out.

    Args:
        fields: The rows of each first-hit table.
        later: The rows that facts not read yet may rule out.
    """
    for field in fields:
        certain = state & field & ~later
        if certain:
            certain &= -certain
            state &= ~field | (certain << 1) - 1
    return state


class Residues:
    """The residues that some open facts can leave, each once, and which of them each fact leads between.

    Attributes:
        states: The residues.
        now: The place of the present one.
        pairs: By open fact, pairs of places: with the fact as it is now, and with another level of it, in any order.
        alone: By open fact, the places that it alone leads to from the present one.
        some: The rows of one residue or another.
        varies: The rows of some residues and not of others.
    """

    __slots__ = ("_narrowed", "_settled", "alone", "now", "pairs", "some", "states", "varies")

    def __init__(self, states: list[int], now: int, pairs: dict[str, Pairs], alone: dict[str, set[int]]) -> None:
        self.states, self.now, self.pairs, self.alone = states, now, pairs, alone
        some, every = 0, -1
        for state in states:
            some |= state
            every &= state
        self.some, self.varies = some, some & ~every
        self._narrowed: Remembered[int, Residues] = Remembered(_REMEMBERED)
        self._settled: Remembered[int, Residues] = Remembered(_REMEMBERED)

    def merged(self, states: Sequence[int]) -> Residues:
        """Return these residues with other numbers in their places, those that are equal now as one."""
        places: dict[int, int] = {}
        place = [places.setdefault(state, len(places)) for state in states]
        if len(places) == len(states):
            return Residues(list(states), self.now, self.pairs, self.alone)
        pairs = {}
        if len(places) > 1:
            for fact, found in self.pairs.items():
                if left := {(a, b) if a < b else (b, a) for x, y in found if (a := place[x]) != (b := place[y])}:
                    pairs[fact] = left
        now = place[self.now]
        return Residues(list(places), now, pairs, {fact: {place[x] for x in self.alone[fact]} for fact in pairs})

    def narrowed(self, asked: int, every: int) -> Residues:
        """Return these residues as far as some rows go that not all of them leave; of other rows they leave each.

        Args:
            every: Every row.
        """
        found = self._narrowed.get(asked)
        if found is None:
            others = every ^ asked
            found = self._narrowed.keep(asked, self.merged([state & asked | others for state in self.states]))
        return found

    def settled(self, rows: int, effects: Mapping[int, int]) -> Residues:
        """Return what is left once the first of these rows that holds has set its facts, and the rows are forgotten."""
        found = self._settled.get(rows)
        if found is None:
            left = []
            for state in self.states:
                held = state & rows
                left.append(state & effects[held & -held] & ~rows)
            found = self._settled.keep(rows, self.merged(left))
        return found

    def beside(self, other: Residues) -> Residues:
        """Return the joint residues of two parts that share no fact; a pair may be of equals until it is merged."""
        width = len(other.states)
        places: dict[int, int] = {}
        place = [places.setdefault(a & b, len(places)) for a in self.states for b in other.states]
        pairs: dict[str, Pairs] = {}
        for fact, found in self.pairs.items():
            led: Pairs = set()
            for x, y in found:
                led.update(zip(place[x * width : x * width + width], place[y * width : y * width + width], strict=True))
            pairs[fact] = led
        for fact, found in other.pairs.items():
            led = set()
            for x, y in found:
                led.update(zip(place[x::width], place[y::width], strict=True))
            pairs[fact] = led
        now = self.now * width + other.now
        alone = {fact: {place[x * width + other.now] for x in found} for fact, found in self.alone.items()}
        alone |= {fact: {place[now - other.now + x] for x in found} for fact, found in other.alone.items()}
        return Residues(list(places), place[now], pairs, alone)


def residues(
    rows: Rows,
    start: int,
    open_facts: Sequence[tuple[str, int, frozenset[int]]],
    fields: Sequence[int],
    derived: int,
) -> Residues:
    """Return the residues of some open facts.

    Args:
        start: What the facts that are known leave.
        open_facts: Each with what its present level leaves, and what each level leaves that it may take.
        fields: The rows of each first-hit table that reads no other open fact.
        derived: The rows that facts set by tables may rule out.
    """
    later = [derived] * len(open_facts)
    for i in range(len(open_facts) - 1, 0, -1):
        later[i - 1] = later[i] | rows.needs[open_facts[i][0]]
    states = [settled(start, fields, later[0] | rows.needs[open_facts[0][0]])]
    now = 0
    pairs: dict[str, Pairs] = {}
    alone: dict[str, set[int]] = {}
    for (fact, present, levels), behind in zip(open_facts, later, strict=True):
        places: dict[int, int] = {}
        #: For each level, the present one first, the place to which it leads from each place before.
        leads: list[list[int]] = []
        for accepted in (present, *(levels - {present})):
            known: dict[int, int] = {}
            lead = []
            for state in states:
                left = state & accepted
                place = known.get(left)
                if place is None:
                    place = known[left] = places.setdefault(settled(left, fields, behind), len(places))
                lead.append(place)
            leads.append(lead)
        stays = leads[0]
        kept: dict[str, Pairs] = {}
        for of, before in pairs.items():
            if found := {(a, b) for lead in leads for x, y in before if (a := lead[x]) != (b := lead[y])}:
                kept[of] = found
        alone = {of: {stays[x] for x in alone[of]} for of in kept}
        if own := {(a, b) for lead in leads[1:] for a, b in zip(stays, lead, strict=True) if a != b}:
            kept[fact], alone[fact] = own, {lead[now] for lead in leads[1:]}
        pairs, now, states = kept, stays[now], list(places)
    return Residues(states, now, pairs, alone)
