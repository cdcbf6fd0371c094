"""What is taken of facts that a population leaves unknown: published counts, and what the user says."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model.errors import StrategyError
from ntrkpath.strategy import files
from ntrkpath.strategy.population import Cell, Population, check_facts


class Assumption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is taken of a fact that the population leaves unknown.

    Args:
        when: The facts of the cells it speaks of; empty: all.
        levels: Level to its weight; the patients of a cell are split accordingly.
    """

    fact: str
    levels: dict[str, float]
    when: dict[str, str] = {}
    source: str = "as given"

    def words(self) -> str:
        """Return the assumption as a reader may see it."""
        who = " ".join(self.when.values()).replace("_", " ") or "all"
        split = [f"{level.replace('_', ' ')} {weight:g}" for level, weight in self.levels.items()]
        taken = ", ".join(split) if len(split) > 1 else next(iter(self.levels)).replace("_", " ")
        return f"{self.fact} where unknown ({who}): {taken}; {self.source}"


def assumption(text: str, edition: Edition) -> Assumption:
    """Return an assumption from ``fact=level``.

    Raises:
        StrategyError: Not of this form, or an unknown fact or level.
    """
    fact, equals, level = text.partition("=")
    if not equals:
        raise StrategyError(
            "not an assumption", where="assume", value=text, allowed="FACT=LEVEL, for example extent=metastatic"
        )
    check_facts({fact.strip(): level.strip()}, edition, "assume")
    return Assumption(fact.strip(), {level.strip(): 1.0})


def assume(mix: Population, rules: Iterable[Assumption], settled_by_workup: Collection[str]) -> Population:
    """Return the population with assumptions made; a rule that comes first wins.

    Args:
        settled_by_workup: Facts that a work-up shows; an assumption about them is what it would show, other facts are
            taken as known from the start.
    """
    said: list[str] = []
    cells = list(mix.cells)
    for rule in rules:
        total = sum(rule.levels.values())
        done: list[Cell] = []
        for cell in cells:
            known = {**cell.facts, **cell.workup}
            applies = known.get(rule.fact, "unknown") == "unknown" and rule.when.items() <= known.items()
            if not applies:
                done.append(cell)
                continue
            if rule.words() not in said:
                said.append(rule.words())
            for level, weight in rule.levels.items():
                name = f"{cell.name}; {rule.fact} {level}" if len(rule.levels) > 1 else cell.name
                facts, workup = dict(cell.facts), dict(cell.workup)
                if rule.fact in settled_by_workup:
                    workup[rule.fact] = level
                else:
                    facts[rule.fact] = level
                done.append(Cell(name, cell.share * weight / total, facts, workup, cell.frequency))
        cells = done
    return msgspec.structs.replace(mix, cells=tuple(cells), assumed=(*mix.assumed, *said))


def shipped_assumptions(edition: Edition) -> list[Assumption]:
    """Return what published counts say of facts that a population may leave unknown.

    Raises:
        StrategyError: The shipped file names an unknown fact or level.
    """
    path = files.KNOWLEDGE / "workup.yaml"
    rules: list[Assumption] = files.convert(files.read(path), list[Assumption], path.name)
    for rule in rules:
        for level in rule.levels:
            check_facts({**rule.when, rule.fact: level}, edition, path.name)
    return rules
