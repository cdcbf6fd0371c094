"""The constructed examples of the decision tables: where they stand, and what each says."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

#: What stands for the row of an example in which no row of its table holds.
NO_ROW = "none"


class Constructed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A state of one table, made up to show or to test a row.

    Args:
        name: The state in plain words and, after the colon, what the table makes of it.
        row: The row that answers; ``NO_ROW`` where none does.
        facts: The level of every fact that the table reads.
        expect: What the row sets or emits; a caution by its first words.
        statement: The statement or the source behind it.
        also: The other rows that hold, in a table that shows every row that does.
    """

    name: str
    row: str
    facts: dict[str, str]
    expect: dict[str, Any]
    statement: str
    also: tuple[str, ...] = ()

    @property
    def rows(self) -> frozenset[str]:
        """The rows that the example says hold."""
        return frozenset({self.row, *self.also} - {NO_ROW})


def directory() -> Path:
    """Return the directory of the examples: inside the installed package, or beside the sources."""
    packaged = Path(__file__).parent.parent / "examples" / "rules"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "examples" / "rules"


@cache
def constructed(table: str) -> tuple[Constructed, ...]:
    """Return the examples of a table (``<table>.yaml``) in the order of the file; none where there is no such file.

    A file is a list of examples that name every fact, or a base case and, by row, the states that differ from it.
    """
    path = directory() / f"{table}.yaml"
    if not path.is_file():
        return ()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    written = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    if isinstance(written, dict):
        written = _listed(written["base"], written["rows"])
    return msgspec.convert(written, tuple[Constructed, ...])


def _listed(base: dict[str, str], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the examples one by one, each with the facts of the base case that it leaves as they are."""
    return [
        {
            "name": f"{state}: {group['gives']}.",
            "facts": {**base, **(differing or {})},
            **{key: group[key] for key in ("row", "expect", "statement", "also") if key in group},
        }
        for group in rows
        for state, differing in group["examples"].items()
    ]
