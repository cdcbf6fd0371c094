"""Which published cases exercise a rule: the example cases decided once for each edition."""

from __future__ import annotations

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.case import Case
from ntrkpath.pathway import Pathway, read_cases
from ntrkpath.pathway.examples import examples
from ntrkpath.server.kit.kept import kept


class Exercised(msgspec.Struct, frozen=True):
    """The published cases: a name for each by id, and by rule the ids of those in which it holds."""

    names: dict[str, str]
    sources: dict[str, str]
    rules: dict[str, tuple[str, ...]]


@kept
def exercised(edition: Edition) -> Exercised:
    """Decide every published case as of the newest label date of the edition, and return what holds where.

    Rules for items of a case (a label, a fusion) are counted where the answer names them. A case that the edition
    cannot read is left out.
    """
    pathway = Pathway(edition, edition.labels_known_to)
    names: dict[str, str] = {}
    sources: dict[str, str] = {}
    rules: dict[str, list[str]] = {}
    for case in read_cases(examples()) if examples().is_dir() else ():
        if not isinstance(case, Case):
            continue
        answer = pathway.recommend(case)
        names[case.id] = answer.histology.name
        sources[case.id] = case.source or ""
        held = dict.fromkeys(step.rule for step in answer.trace)
        held.update(dict.fromkeys(reading.rule for reading in answer.interpretation))
        held.update(dict.fromkeys(caution.rule for caution in answer.cautions))
        for rule in held:
            rules.setdefault(rule, []).append(case.id)
    return Exercised(names, sources, {rule: tuple(ids) for rule, ids in rules.items()})
