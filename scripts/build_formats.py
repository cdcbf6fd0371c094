"""Make what follows from the formats' own signatures: the index by which files are recognised, and the page of formats.

`python scripts/build_formats.py` after any change of a format module; a test fails where it was forgotten.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import ntrkpath.readers
from ntrkpath.readers import Format

ROOT = Path(__file__).resolve().parent.parent
INDEX = ROOT / "src" / "ntrkpath" / "readers" / "_index.py"
PAGE = ROOT / "docs" / "reference" / "formats.md"
_TABLE = re.compile(
    r"(?<=<!-- formats: made by scripts/build_formats.py -->\n).*?(?=<!-- end of formats -->)", re.DOTALL
)
_HEAD = (
    "format", "`--caller`", "file", "tested on", "tells", "order", "base", "off by", "tolerance", "frame claim",
    "support", "caller's own word", "in use",
)  # fmt: skip
_TELLS = {
    "rna_fusions": "fusions (RNA)",
    "dna_fusions": "fusions (DNA)",
    "fusions": "fusions (level not stated)",
    "mutations": "mutations",
    "copy_numbers": "copy numbers",
}


def signed() -> list[tuple[str, Format]]:
    """Return every format of the package with the module that signs it, by module and in its order."""
    found = []
    for module in sorted(one.name for one in pkgutil.iter_modules(ntrkpath.readers.__path__)):
        if not module.startswith("_"):
            formats = getattr(importlib.import_module(f"ntrkpath.readers.{module}"), "FORMATS", ())
            found += [(module, form) for form in formats]
    return found


def index(formats: list[tuple[str, Format]]) -> str:
    """Return the text of the index: name, module, callers, columns, opening and rank of each format."""
    lines = [
        '"""Signatures of the formats, made of their modules by scripts/build_formats.py; not edited by hand."""',
        "",
        "# ruff: noqa: E501",
        "# fmt: off",
        "from __future__ import annotations",
        "",
        "INDEX: tuple[",
        "    tuple[str, str, tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, str] | None, int], ...",
        "] = (",
    ]
    for module, form in formats:
        opening = (form.opening.where, form.opening.pattern) if form.opening else None
        lines.append(f"    {(form.name, module, form.all_callers, form.header, opening, form.rank)!r},")
    return "\n".join([*lines, ")", ""])


def page(formats: list[tuple[str, Format]]) -> str:
    """Return the table of the page of formats."""
    lines = [" | ".join(("", *_HEAD, "")).strip(), "|" + "---|" * len(_HEAD)]
    for _, form in sorted(formats, key=lambda one: one[1].name):
        cells = (
            f"`{form.name}`",
            ", ".join(form.all_callers),
            form.file,
            form.seen,
            ", ".join(_TELLS[word] for word in form.all_tells) + (f"; {form.cannot}" if form.cannot else ""),
            form.order,
            form.base,
            form.off_by,
            form.tolerance,
            form.frame,
            form.support,
            form.standing,
            form.maintained,
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(["", *lines, "", ""])


def made() -> dict[Path, str]:
    """Return what the files should hold, by path."""
    formats = signed()
    return {
        INDEX: index(formats),
        PAGE: _TABLE.sub(lambda _: page(formats), PAGE.read_text(encoding="utf-8")),
    }


if __name__ == "__main__":
    for path, text in made().items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
