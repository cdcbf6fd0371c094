"""The case mix: cells of patients alike in what the tables read, with their shares."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.evidence import evidence_of
from ntrkpath.guidance import Edition
from ntrkpath.model.case import Case, Diagnosis
from ntrkpath.model.errors import StrategyError
from ntrkpath.pathway.decide import Pathway
from ntrkpath.strategy import files
from ntrkpath.strategy.distributions import MOST

#: How far the shares may lie from 1 together.
_TOLERANCE = 1e-6


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    facts: dict[str, str]
    count: float | None = None
    share: float | None = None
    name: str = ""
    workup: dict[str, str] = {}
    frequency: str | None = None
    note: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    cells: list[_Entry]
    source: str = ""
    synthetic: bool = False
    note: str = ""


class Cell(msgspec.Struct, frozen=True):
    """Patients alike in every fact that decides.

    Args:
        share: Their share of the population, 0 to 1.
        facts: Level of each fact that is known; all others are unknown or not done.
        workup: What a work-up would show of a fact that is unknown at first (``canonical_alteration``, ``alk_ros1``).
        frequency: The group whose frequency of NTRK fusions applies; by the facts where not given.
    """

    name: str
    share: float
    facts: dict[str, str]
    workup: dict[str, str] = {}
    frequency: str | None = None


class Population(msgspec.Struct, frozen=True):
    """A case mix.

    Args:
        size: How many patients it was counted in; 0 where only shares are given.
        assumed: What was taken of facts that it leaves unknown, in words.
    """

    name: str
    title: str
    cells: tuple[Cell, ...]
    size: float
    source: str
    synthetic: bool = False
    note: str = ""
    assumed: tuple[str, ...] = ()


def load_population(name: str, edition: Edition) -> Population:
    """Return a shipped population by name, or the user's from a YAML file or a table (CSV, TSV).

    Raises:
        StrategyError: No such population, an unknown fact or level, shares that do not sum to 1.
    """
    path = files.find("populations", name, (".yaml", ".yml", ".json", ".csv", ".tsv"))
    if path.suffix.lower() in (".csv", ".tsv"):
        return _from_table(path, edition)
    return population(files.read(path), edition, path.stem, path.name)


def population(data: Any, edition: Edition, name: str, where: str = "population") -> Population:
    """Return a population from plain data: ``title``, ``source``, ``cells`` with ``facts`` and ``count`` or ``share``.

    Raises:
        StrategyError: An unknown fact or level, a negative count, shares that do not sum to 1.
    """
    read = files.convert(_worded(data), _File, where)
    if not read.cells:
        raise StrategyError("no cell", where=f"{where}: cells", remedy="give at least one")
    counted = [entry.count is not None for entry in read.cells]
    if any(counted) != all(counted) or any((e.count is None) == (e.share is None) for e in read.cells):
        raise StrategyError(
            "every cell has either a count or a share", where=f"{where}: cells", remedy="use one throughout"
        )
    weights = []
    for i, entry in enumerate(read.cells):
        here = f"{where}: cells[{i}]"
        weight = entry.count if entry.count is not None else entry.share
        assert weight is not None
        if not 0 <= weight <= MOST:
            key = "count" if entry.count is not None else "share"
            problem = "a negative number" if weight < 0 else "not a number that can be counted with"
            raise StrategyError(problem, where=f"{here}.{key}", value=weight, allowed=f"0 to {MOST:g}")
        weights.append(weight)
        _check_entry(entry, edition, here)
    total = sum(weights)
    if all(counted):
        if total <= 0:
            raise StrategyError("no patient", where=f"{where}: cells", value=total)
    elif abs(total - 1) > _TOLERANCE:
        raise StrategyError(
            "the shares do not sum to 1", where=f"{where}: cells[].share", value=f"{total:.6g}", allowed="1"
        )
    cells = tuple(
        Cell(e.name or _name(e.facts), w / total, e.facts, e.workup, e.frequency)
        for e, w in zip(read.cells, weights, strict=True)
        if w > 0
    )
    size = total if all(counted) else 0
    return Population(name, read.title, cells, size, read.source, read.synthetic, read.note)


def _worded(data: Any) -> Any:
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        return data
    cells = [
        {k: files.levels(v) if k in ("facts", "workup") else v for k, v in cell.items()}
        if isinstance(cell, dict)
        else cell
        for cell in data["cells"]
    ]
    return {**data, "cells": cells}


def _check_entry(entry: _Entry, edition: Edition, here: str) -> None:
    check_facts(entry.facts, edition, f"{here}.facts")
    if "histology_group" not in entry.facts:
        allowed = edition.facts["histology_group"].levels
        raise StrategyError("no histology group", where=f"{here}.facts.histology_group", allowed=allowed)
    check_facts(entry.workup, edition, f"{here}.workup")
    for fact, level in entry.workup.items():
        if fact not in _settled_by_workup():
            raise StrategyError("no work-up shows this", where=f"{here}.workup.{fact}", allowed=_settled_by_workup())
        if level == "unknown":
            raise StrategyError(
                "a work-up shows something", where=f"{here}.workup.{fact}", value=level, remedy="leave the fact out"
            )
        before = entry.facts.get(fact, "unknown")
        if before not in ("unknown", "expected", level):
            raise StrategyError(
                f"the facts say {before} already", where=f"{here}.workup.{fact}", value=level, remedy="give it once"
            )
    groups = evidence_of(edition).groups
    if entry.frequency is not None and entry.frequency not in groups:
        raise StrategyError("unknown group", where=f"{here}.frequency", value=entry.frequency, allowed=groups)


@lru_cache(maxsize=1)
def _settled_by_workup() -> tuple[str, ...]:
    found = files.read(files.KNOWLEDGE / "readouts.yaml")["workups"]
    return tuple(sorted({workup["fact"] for workup in found.values()}))


def check_facts(facts: dict[str, str], edition: Edition, where: str) -> None:
    """Check that facts and levels are those of the edition.

    Raises:
        StrategyError: An unknown fact or level.
    """
    for fact, level in facts.items():
        known = edition.facts.get(fact)
        if known is None or fact not in edition.decisions.base or known.kind == "readout":
            allowed = [f for f in edition.decisions.base if edition.facts[f].kind != "readout"]
            raise StrategyError("unknown fact", where=where, value=fact, allowed=allowed)
        if level not in known.levels:
            raise StrategyError("unknown level", where=f"{where}.{fact}", value=level, allowed=known.levels)


def _name(facts: dict[str, str]) -> str:
    order = sorted(facts, key=lambda fact: fact != "histology_group")
    return ", ".join(facts[fact].replace("_", " ") for fact in order) or "all patients"


#: Columns of a table of cases that are no facts.
_BESIDE = ("histology", "count", "case_id")


def _from_table(path: Path, edition: Edition) -> Population:
    """Count the rows of a table whose columns are facts (or ``histology``), with an optional ``count``."""
    rows = _rows_of(path)
    columns = [c.strip() for c in rows[0]] if rows else []
    _check_columns(columns, edition, path.name)
    counted: Counter[tuple[tuple[str, str], ...]] = Counter()
    said: dict[str, dict[str, str]] = {}
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        where = f"{path.name}:{line}"
        if len(row) > len(columns):
            raise StrategyError("more cells than columns", where=where, value=row[len(columns)])
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        facts = {k: v for k, v in cells.items() if v and k not in _BESIDE}
        if text := cells.get("histology"):
            if text not in said:
                said[text] = _said_by(text, edition, where)
            facts = {**said[text], **facts}
        elif "histology_group" not in facts:
            raise StrategyError("no histology", where=where)
        check_facts(facts, edition, where)
        counted[tuple(sorted(facts.items()))] += _count(cells.get("count", ""), where)
    entries = [{"facts": dict(key), "count": n} for key, n in sorted(counted.items())]
    data = {"title": f"Cases of {path.name}", "source": path.name, "cells": entries}
    return population(data, edition, path.stem, path.name)


def _rows_of(path: Path) -> list[list[str]]:
    """Return the rows of a table, parted by tabs, commas, or semicolons where the head has no comma."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = lines.readline()
            lines.seek(0)
            tabbed = path.suffix.lower() == ".tsv"
            delimiter = "\t" if tabbed else ";" if ";" in header and "," not in header else ","
            return list(csv.reader(lines, delimiter=delimiter, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StrategyError("the table cannot be read", where=path.name, remedy=str(error)) from None


def _check_columns(columns: Sequence[str], edition: Edition, where: str) -> None:
    """Refuse a column that is no fact of a case, one that stands twice, and a table without histologies."""
    allowed = [*_BESIDE, *(f for f in edition.decisions.base if edition.facts[f].kind != "readout")]
    for column in columns:
        if column not in allowed:
            raise StrategyError("unknown column", where=where, value=column, allowed=allowed)
        if columns.count(column) > 1:
            raise StrategyError("a column twice", where=where, value=column)
    if not {"histology", "histology_group"} & set(columns):
        raise StrategyError("no column of histologies", where=where, allowed="histology or histology_group")


#: The tables whose facts tell the cells apart; test results are not among them.
_LEADING = ("tier", "priority", "ihc_screen", "next_test", "treatment_gate")


def leading_facts(edition: Edition) -> tuple[str, ...]:
    """Return the facts of a case, other than test results, that those tables read."""
    read = {fact for table in _LEADING for fact in edition.tables[table].facts}
    kinds = {fact: edition.facts[fact].kind for fact in edition.decisions.base if fact in read}
    return tuple(fact for fact, kind in kinds.items() if kind not in ("readout", "setting"))


def _said_by(histology: str, edition: Edition, where: str) -> dict[str, str]:
    """Return what a histology says by itself, as for a single case: group, differentiation, expected alteration."""
    found = edition.vocabulary.resolve(histology)
    if found.histology is None or found.how == "fuzzy":
        raise StrategyError("the histology is not recognised", where=where, value=histology)
    case = Case(id="row", diagnosis=Diagnosis(histology=histology))
    levels = _pathway(edition).facts(case).levels
    return {fact: levels[fact] for fact in leading_facts(edition) if levels[fact] != "unknown"}


@lru_cache(maxsize=4)
def _pathway(edition: Edition) -> Pathway:
    return Pathway(edition, dt.date.max)


def _count(text: str, where: str) -> int:
    if not text:
        return 1
    if not text.isdecimal() or len(text) > 12:
        raise StrategyError("not a count", where=f"{where}: count", value=text[:20], allowed="0, 1, 2, ...")
    return int(text)
