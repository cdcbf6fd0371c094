"""Draws the floors of the source from the layers that import-linter holds and the first sentence of each package.

    python scripts/docs_architecture.py [--check]

Writes `docs/assets/architecture.svg`; with `--check` it only says whether that drawing is up to date.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

from ntrkpath.figures.svg import FONT, colour_rules, escape, tag, text_lines, wrap

ROOT = Path(__file__).resolve().parent.parent
DRAWING = ROOT / "docs" / "assets" / "architecture.svg"
#: The floors by what they do, from the roof down, each with the first package of it.
WINGS = {
    "cli": "In and out: options, pages, schemas",
    "report": "Shown: words, sheets and drawings, once",
    "rounds": "Numbers over many patients and laboratories",
    "proof": "Proved: every state of every table",
    "pathway": "One case decided",
    "variants": "What a laboratory found",
    "guidance": "The guidance as data",
}
WIDTH, LEFT, SMALL, TEXT = 960.0, 210.0, 12.0, 14.0


def floors() -> list[list[str]]:
    """Return the packages of each floor, from the roof down, as the first contract of import-linter has them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    names = [[part.strip(" ()").removeprefix("ntrkpath.") for part in layer.split(":")] for layer in layers]
    there = [[name for name in floor if (ROOT / "src" / "ntrkpath" / name).is_dir()] for floor in names]
    return [floor for floor in there if floor]


def sentence(package: str) -> str:
    """Return the first sentence of a package's docstring."""
    text = (ROOT / "src" / "ntrkpath" / package / "__init__.py").read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    return " ".join(said.split("\n\n")[0].split())


def drawing() -> str:
    """Return the drawing as SVG."""
    y, parts, told = 52.0, [text_lines(["What stands above may use what stands below, never the reverse."],
                                       20, 30, TEXT, class_="quiet")], []  # fmt: skip
    for floor in floors():
        if floor[0] in WINGS:
            parts.append(text_lines(wrap(WINGS[floor[0]], LEFT - 40, SMALL), 20, y + 18, SMALL, class_="quiet"))
            y += 4
            parts.append(tag("path", d=f"M20 {y - 6}H{WIDTH - 20}", class_="rule"))
        width = (WIDTH - LEFT - 20 - 10 * (len(floor) - 1)) / len(floor)
        said = [wrap(sentence(name), width - 150, SMALL) for name in floor]
        height = 16 + SMALL * 1.3 * max(map(len, said))
        for i, (name, lines) in enumerate(zip(floor, said, strict=True)):
            x = LEFT + i * (width + 10)
            parts.append(tag("rect", x=x, y=y, width=width, height=height, rx=4, class_="box"))
            parts.append(text_lines([name], x + 10, y + 18, TEXT, class_="name"))
            parts.append(text_lines(lines, x + 120, y + 18, SMALL))
            told.append(f"{name}: {sentence(name)}")
        y += height + 6
    style = (
        colour_rules(".ntrk-house")
        + f".ntrk-house{{background:var(--paper);font-family:{FONT}}}"
        + ".ntrk-house text{fill:var(--ink)}.ntrk-house .quiet{fill:var(--quiet)}.ntrk-house .name{font-weight:700}"
        + ".ntrk-house .box{fill:var(--box);stroke:var(--edge)}.ntrk-house .rule{stroke:var(--edge);fill:none}"
    )
    head = tag("title", "The floors of ntrkpath", id="house-title")
    head += tag("desc", escape(" ".join(told)), id="house-desc") + tag("style", style)
    return tag(
        "svg", head + tag("rect", width="100%", height="100%", fill="var(--paper)") + "".join(parts),
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH:g} {y + 14:g}", role="img",
        aria_labelledby="house-title house-desc", class_="ntrk-house",
    ) + "\n"  # fmt: skip


def main() -> int:
    """Write the drawing, or check it."""
    made = drawing()
    if "--check" in sys.argv:
        return int(made != DRAWING.read_text(encoding="utf-8"))
    DRAWING.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
