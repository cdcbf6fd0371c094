"""The notebook of the tutorial, made from its page: text to Markdown cells, `python` blocks to code cells."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tutorial" / "in-a-notebook.md"
NOTEBOOK = ROOT / "examples" / "notebook.ipynb"
_BLOCK = re.compile(r"^```python\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def notebook() -> str:
    """Return the notebook as JSON; it runs in the directory of the checkout."""
    pieces = _BLOCK.split(PAGE.read_text(encoding="utf-8"))
    cells: list[dict[str, object]] = []
    for number, piece in enumerate(pieces):
        text = re.sub(r"\]\(\.\./([^)]+)\)", r"](../docs/\1)", piece).strip() if number % 2 == 0 else piece.strip()
        if number == 0:
            text = text.replace("The same cells are the notebook `examples/notebook.ipynb`.", "Run it in the checkout.")
        if text:
            cells.append(_cell(len(cells), "code" if number % 2 else "markdown", text))
    return json.dumps({"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def _cell(number: int, kind: str, text: str) -> dict[str, object]:
    code: dict[str, object] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {
        "cell_type": kind, "id": f"cell-{number}", "metadata": {}, **code, "source": text.splitlines(keepends=True),
    }  # fmt: skip


_METADATA = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def main() -> None:
    """Write the notebook."""
    NOTEBOOK.write_text(notebook(), encoding="utf-8")
    print(NOTEBOOK.relative_to(ROOT), file=sys.stderr)


if __name__ == "__main__":
    main()
