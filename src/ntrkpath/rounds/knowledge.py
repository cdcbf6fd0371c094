"""The knowledge of rounds as plain data: tables, panels, events, columns, words, scoring rules, published schemes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.model.errors import GuidanceError

DIRECTORY = KNOWLEDGE / "rounds"


def parsed(path: Path) -> Any:
    """Return the content of a YAML file that ships with the product.

    Raises:
        GuidanceError: The file is not YAML.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise GuidanceError("not readable as YAML", where=path.name, value=str(error)[:80]) from None


@cache
def knowledge(name: str) -> Any:
    """Return the content of ``<name>.yaml``; callers do not change it."""
    return parsed(DIRECTORY / f"{name}.yaml")


@cache
def rule_files() -> dict[str, Path]:
    """Return the shipped scoring rules by name."""
    return {path.stem: path for path in sorted((DIRECTORY / "rules").glob("*.yaml"))}
