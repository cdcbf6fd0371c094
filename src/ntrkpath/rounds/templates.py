"""The files that a new round begins with: description, tables, a kit for laboratories, and the key kept apart."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

from ntrkpath.model.errors import OutputError, RoundError
from ntrkpath.rounds.folder import LABORATORIES, ROUND, SUBMISSIONS
from ntrkpath.rounds.knowledge import rule_files
from ntrkpath.rounds.scoring import load_rule
from ntrkpath.rounds.sheet import columns

_DESCRIPTION = """# A round. What each key means: kit/data-dictionary.md. Check it with `ntrkpath rounds check {name}`.
round: {name}
title: "{name}"
organiser: ""
# sent: 2026-01-12
# deadline: 2026-03-31
# Kinds of assay that are accepted.
assays: [rna_mps, dna_mps, rt_pcr, fish, pan_trk_ihc]
# Points and pass mark: a shipped rule ({rules}), or a YAML file in this folder.
scoring: ntrkpath
# Samples without a reference: the share that must agree, of at least so many laboratories.
consensus: {{share: 0.8, least: 5}}

samples:
- id: S01
  # diagnosis, material, section, tumour_percent, repeat_of, wild_type_expression, note
  reference:
    # fusion, no_fusion, no_rna, or none (no reference: the laboratories' consensus decides)
    status: none
    # fusion: "NM_001987.5(ETV6):e.5::NM_002530.4(NTRK3):e.15"
    # established_by: "RNA sequencing in two laboratories"
  # What a stain should show is always stated:
  # expected: {{pan_trk_ihc: positive}}
  # homogeneity: {{tested: 10, alike: 10}}
  # withdrawn: {{on: 2026-02-20, reason: "..."}}

appeals: []
"""
_KIT = """# For laboratories
1. Copy `sheet.csv` and fill it in: one row for each sample and assay, one for each event where there are several.
2. Leave nothing to be guessed: a test that failed is `failed`, one that was not done is `not tested`.
3. Check it: `ntrkpath rounds check sheet.csv`. Every fault is named with its line and what is allowed.
4. Or send your caller's own file for each sample: name it in the column `file` and leave `result` empty.

`data-dictionary.md` says what each column means. No patient data.
"""


def new_round(path: Path, example: bool = False) -> list[Path]:
    """Write a new round and return the files written.

    Args:
        path: The folder, which must not exist or be empty.
        example: Copy the synthetic example instead of the templates.

    Raises:
        RoundError: The folder is not empty, or its name is no name of a round.
        OutputError: It cannot be written.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise RoundError("there is something here already", where=str(path), remedy="name a new folder")
    try:
        if example:
            shutil.copytree(example_folder(), path, dirs_exist_ok=True)
        else:
            _templates(path)
        _kit(path / "kit")
        _write(path.with_name(f"{path.name}-key.csv"), "laboratory,name,contact\n")
    except OSError as error:
        raise OutputError(f"cannot be written: {(error.strerror or '').casefold()}", where=str(path)) from None
    return [*sorted(file for file in path.rglob("*") if file.is_file()), path.with_name(f"{path.name}-key.csv")]


def example_folder() -> Path:
    """Return the folder of the synthetic round: inside the installed package, or beside the sources."""
    packaged = Path(__file__).parent.parent / "examples" / "rounds" / "demo"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "examples" / "rounds" / "demo"


def _templates(path: Path) -> None:
    name = path.resolve().name
    _write(path / ROUND, _DESCRIPTION.format(name=name, rules=", ".join(rule_files())))
    _write(path / LABORATORIES, _head("laboratories"))
    (path / SUBMISSIONS).mkdir(parents=True, exist_ok=True)


def _kit(path: Path) -> None:
    _write(path / "README.md", _KIT)
    _write(path / "sheet.csv", _head("submission"))
    _write(path / "data-dictionary.md", data_dictionary())


def _head(sheet: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(columns(sheet))
    return out.getvalue()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def data_dictionary() -> str:
    """Return what every column of the sheets means and takes, as Markdown; the scoring rules at the end."""
    lines = ["# Data dictionary", ""]
    titles = {"submission": "Sheet of a laboratory", "laboratories": "Table of laboratories (`laboratories.csv`)"}
    for sheet, title in titles.items():
        lines += [f"## {title}", "", "| column | | what | takes |", "|---|---|---|---|"]
        for column in columns(sheet).values():
            takes = {"count": "a whole number", "percent": "0 to 100", "date": "YYYY-MM-DD", "list": "names with `;`"}
            words = ", ".join(f"`{value}`" for value in column.words) or takes.get(column.kind, "text")
            lines.append(f"| `{column.name}` | {'required' if column.required else ''} | {column.says} | {words} |")
        lines.append("")
    lines += ["## Scoring rules", "", "| name | rule | scheme | source |", "|---|---|---|---|"]
    for name in rule_files():
        rule = load_rule(name)
        lines.append(f"| `{name}` | {rule.title} | {rule.scheme} | {rule.source} |")
    return "\n".join(lines) + "\n"
