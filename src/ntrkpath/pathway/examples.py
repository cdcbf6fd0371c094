"""Where the published cases stand: beside the sources, or inside the installed package."""

from __future__ import annotations

from pathlib import Path


def examples() -> Path:
    """Return the directory of the published cases."""
    packaged = Path(__file__).parent.parent / "examples" / "cases"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "examples" / "cases"
