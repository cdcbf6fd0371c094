"""Write the figures behind the probabilities (`probability_figures.yaml`) of every edition that holds evidence.

Needs numpy and scipy (`pip install 'ntrkpath[stats]'`). Run it after a change of `evidence_*.yaml` or
`probability.yaml`; `scripts/build_knowledge.py` does so first. `--check` writes nothing and exits 1 where a file is out
of date.
"""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any

from ntrkpath.evidence.probability_figures import figures
from ntrkpath.evidence.probability_sources import FIGURES, SOURCES
from ntrkpath.guidance import Edition
from ntrkpath.guidance.files import KNOWLEDGE, parse

HEAD = """\
# Made from evidence_*.yaml and probability.yaml by: python scripts/build_probability.py. Do not edit.
# Every figure is [median, low, high] of a 95 % credible range; in `after` [..., lowest, highest] over single studies.
# Keys of `after`: group of the frequencies, then the accuracies of the results weighed, + positive, - negative.
"""

WIDTH = 120


def shown(value: Any) -> str:
    """Return a value in YAML's flow style; numbers without exponents, which YAML 1.1 may read as text."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(shown, value)) + "]"
    if isinstance(value, float):
        whole, _, part = f"{value:.12f}".rstrip("0").partition(".")
        return f"{whole}.{part or '0'}"
    return json.dumps(value, ensure_ascii=False)


def _keyed(key: str, value: Any) -> list[str]:
    """Return a key with its value, on one line where a page is wide enough."""
    line = f"    {key}: {shown(value)}"
    if len(line) > WIDTH and isinstance(value, str):
        return [f"    {key}: >-", *textwrap.wrap(value, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)]
    if len(line) <= WIDTH or not isinstance(value, list | dict):
        return [line]
    if isinstance(value, dict):
        return [f"    {key}:", *(f"      {name}: {shown(entry)}" for name, entry in value.items())]
    return [f"    {key}:", *(f"    - {shown(entry)}" for entry in value)]


def text(made: dict[str, Any]) -> str:
    """Return the figures as YAML, one key a line."""
    lines = [HEAD, f"made_from: {made['made_from']}"]
    for part in ("frequencies", "accuracy"):
        lines.append(f"\n{part}:")
        for ident, entry in made[part].items():
            lines.append(f"  {ident}:")
            lines += [line for key, value in entry.items() for line in _keyed(key, value)]
    lines.append("\nafter:")
    for group, found in made["after"].items():
        lines.append(f"  {group}:")
        lines += [f"    {json.dumps(key)}: {shown(values)}" for key, values in found.items()]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check the file of every edition, and name it."""
    stale = 0
    for guideline in sorted(KNOWLEDGE.glob("*/guideline.yaml")):
        directory: Path = guideline.parent
        contents = parse(directory)
        if not all(name in contents.files for name in SOURCES):
            continue
        target = directory / f"{FIGURES}.yaml"
        made = text(figures(Edition(contents, directory)))
        current = target.exists() and target.read_text(encoding="utf-8") == made
        stale += not current
        if not current and "--check" not in arguments:
            target.write_text(made, encoding="utf-8")
        print(f"{target}{'' if current else ': out of date' if '--check' in arguments else ': written'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
