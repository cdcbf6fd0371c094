"""Examples in the documentation that really run: `console` blocks with their output, `python` blocks, named files.

A page's examples run from top to bottom in one empty directory that sees `examples`, `src` and `tests` of the checkout:

- a block after a line `<!-- file: NAME -->` is written to the file NAME;
- a `console` block holds commands after `$ ` and below each what it prints (standard output and error together);
  a line `...` stands for any number of lines, and the hash of the edition (`sha256 eb79a2e11b66`) for any other;
- `python` blocks of a page share one namespace.

`python scripts/docs_examples.py --write` brings the outputs up to date; where a block uses `...` it only reports.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)(?P=ticks) *$",
    re.MULTILINE | re.DOTALL,
)


@dataclass
class Block:
    """One fenced block: language, name of the file it is written to, text, and where it stands."""

    language: str
    file: str
    body: str
    line: int
    start: int
    end: int


@dataclass
class Command:
    """A command of a `console` block and the output that the page promises."""

    text: str
    expected: list[str] = field(default_factory=list)


def pages() -> list[Path]:
    """Return the pages written by hand, and the README."""
    return [ROOT / "README.md", *(p for p in sorted((ROOT / "docs").rglob("*.md")) if "generated" not in p.parts)]


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    found = []
    for match in _FENCE.finditer(text):
        info = match["info"].strip()
        title = re.search(r"<!-- file: (\S+) -->\n$", text[: match.start()])
        indent = match["indent"]
        body = "".join(line.removeprefix(indent) for line in match["body"].splitlines(keepends=True))
        line = text.count("\n", 0, match.start()) + 1
        found.append(
            Block(info.split(" ")[0], title[1] if title else "", body, line, match.start("body"), match.end("body"))
        )
    return found


def commands(body: str) -> list[Command]:
    """Return the commands of a `console` block; a line that ends in a backslash goes on in the next."""
    found: list[Command] = []
    continued = False
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:]))
        elif continued:
            found[-1].text += "\n" + line.removeprefix("> ")
        elif found:
            found[-1].expected.append(line.rstrip())
        continued = (line.startswith("$ ") or continued) and line.endswith("\\")
    return found


def matches(expected: list[str], actual: list[str]) -> bool:
    """Say whether the output is what the page promises; `...` stands for any number of lines."""
    if not expected:
        return not actual
    if expected[0].strip() == "...":
        return any(matches(expected[1:], actual[i:]) for i in range(len(actual) + 1))
    return bool(actual) and _steady(expected[0]) == _steady(actual[0]) and matches(expected[1:], actual[1:])


def _steady(line: str) -> str:
    """Return a line without the hash of the edition, which every word of the knowledge changes."""
    return re.sub(r"\bsha256 [0-9a-f]{12}\b", "sha256 ...", line)


def run(command: str, directory: Path) -> list[str]:
    """Run a command as a reader would and return what it prints."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(directory),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=directory,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    return [line.rstrip() for line in done.stdout.replace(f"{ROOT}/", "").rstrip("\n").splitlines()]


class Page:
    """The examples of one page, in a directory of their own."""

    def __init__(self, path: Path, directory: Path) -> None:
        self.path, self.directory = path, directory
        self.text = path.read_text(encoding="utf-8")
        for name in ("examples", "src", "tests"):
            (directory / name).symlink_to(ROOT / name)

    def check(self, write: bool = False) -> list[str]:
        """Run every example and return what differs; with `write` put the real output into the page."""
        found: list[str] = []
        namespace: dict[str, object] = {"__name__": "example"}
        edits: list[tuple[int, int, str]] = []
        for block in blocks(self.text):
            where = f"{self.path.relative_to(ROOT)}:{block.line}"
            if block.file:
                (self.directory / block.file).write_text(block.body, encoding="utf-8")
            elif block.language == "console":
                lines: list[str] = []
                for command in commands(block.body):
                    actual = run(command.text, self.directory)
                    lines += ["$ " + command.text, *actual]
                    if not matches(command.expected, actual):
                        found.append(
                            f"{where}: {command.text}\n--- promised\n"
                            + "\n".join(command.expected)
                            + "\n--- printed\n"
                            + "\n".join(actual)
                        )
                if write and "..." not in (line.strip() for line in block.body.splitlines()):
                    edits.append((block.start, block.end, "\n".join(lines) + "\n"))
            elif block.language == "python":
                before, path = Path.cwd(), os.environ["PATH"]
                os.chdir(self.directory)
                os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{path}"
                try:
                    with contextlib.redirect_stdout(None):
                        exec(compile("\n" * block.line + block.body, str(self.path), "exec"), namespace)
                except Exception as error:  # noqa: BLE001 - whatever an example raises is what is reported
                    found.append(f"{where}: {type(error).__name__}: {error}")
                finally:
                    os.chdir(before)
                    os.environ["PATH"] = path
        if edits:
            text = self.text
            for start, end, body in reversed(edits):
                text = text[:start] + body + text[end:]
            self.path.write_text(text, encoding="utf-8")
        return found


def main() -> int:
    """Check the pages named on the command line, or all of them."""
    write = "--write" in sys.argv
    named = [Path(a).resolve() for a in sys.argv[1:] if not a.startswith("-")]
    bad = 0
    for path in named or pages():
        with tempfile.TemporaryDirectory() as directory:
            for problem in Page(path, Path(directory)).check(write):
                bad += 1
                print(problem, end="\n\n")
    return bool(bad) and not write


if __name__ == "__main__":
    sys.exit(main())
