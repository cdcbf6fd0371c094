"""A user's cohort as a population: its cases, counted by the facts that lead the way through the tables."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

from ntrkpath.guidance import Edition
from ntrkpath.model.errors import StrategyError
from ntrkpath.pathway.decide import Pathway
from ntrkpath.strategy.population import Population, leading_facts, population

_ROWS = 50_000


def cohort_population(path: str | Path, edition: Edition, mapping: str | None = None) -> Population:
    """Return a cohort file as a population, one row a patient (``[batch]``).

    Args:
        path: Any source that `ntrkpath cohort triage` reads.
        mapping: How its columns are read; the default mapping where not given.

    Raises:
        StrategyError: A row cannot be read as a case, or there is none.
        CaseError: No such source, or nothing fills the case id or the histology.
        GuidanceError: The mapping is unknown or malformed.
    """
    from ntrkpath.cohort.cases import case_of
    from ntrkpath.cohort.sources import open_source
    from ntrkpath.model.errors import CaseError

    pathway = Pathway(edition, dt.date.max)
    wanted = leading_facts(edition)
    mix: Counter[tuple[tuple[str, str], ...]] = Counter()
    source = open_source(str(path), edition, mapping) if mapping else open_source(str(path), edition)
    row_number = 0
    for batch in source.batches(_ROWS):
        for row in batch.table.to_pylist():
            row_number += 1
            try:
                levels = pathway.facts(case_of(row)).levels
            except CaseError as error:
                raise StrategyError(
                    "a row is no case", where=f"{Path(path).name}: row {row_number}", remedy=str(error)
                ) from None
            mix[tuple((fact, levels[fact]) for fact in wanted if levels[fact] != "unknown")] += 1
    cells = [{"facts": dict(facts), "count": n} for facts, n in sorted(mix.items())]
    name = Path(path).name
    data = {"title": f"Cases of {name}", "source": name, "cells": cells}
    return population(data, edition, Path(path).stem, name)
