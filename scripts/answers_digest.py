"""Digests of every answer the commands give, to prove that a change of the code changed none, or to list which it did.

    python scripts/answers_digest.py OUT [--source SRC] [--cases N] [--against BEFORE] [--shown]

OUT gets one file a group, one line an answer: its SHA-256 and its name. `--source` is the `src` of another checkout
whose answers are wanted; `--against` a directory made before, with which the new one is compared (exit 1 where an
answer differs); `--shown` adds what people read (text, HTML, CSV), which changes more often than an answer.
All is asked through the command line, so that it does not matter where the code stands.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
DATE = "2026-06-01"
#: Answer by its name, as bytes.
Answers = Iterator[tuple[str, bytes]]


class Asked:
    """Asks the command line of the tree that `main` has put first on the path."""

    def __init__(self, cases: int, shown: bool, folder: Path) -> None:
        self.cases, self.shown, self.folder = cases, shown, folder

    def __call__(self, *arguments: object) -> bytes:
        """Return what a command writes to standard output."""
        from click.testing import CliRunner

        cli = import_module("ntrkpath.cli.main").cli
        done = CliRunner().invoke(cli, list(map(str, arguments)), standalone_mode=False)
        if done.exception is not None and not type(done.exception).__module__.startswith(("ntrkpath", "click")):
            raise done.exception
        return done.stdout_bytes

    def forms(self, *shown: str) -> list[str]:
        """Return JSON, and the forms that people read where they are asked for."""
        return ["json", *(shown if self.shown else ())]


def _each(document: bytes, name: str = "case_id") -> Answers:
    """Yield the answers of an array one by one, each under its own id."""
    for one in json.loads(document or b"[]"):
        yield str(one[name]), json.dumps(one, sort_keys=True).encode()


def _lines(path: Path, cases: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(case, default=str) + "\n" for case in cases), encoding="utf-8")
    return path


def examples(ask: Asked) -> Answers:
    """Answer every published patient of the examples, and show the demo."""
    for path in sorted((ROOT / "examples" / "cases").glob("*.yaml")):
        for form in ask.forms("text", "html"):
            yield f"{path.stem}.{form}", ask("recommend", path, "--format", form, "--as-of", DATE)
    yield "demo", ask("demo", "--all", "--format", "json", "--as-of", DATE)


def board(ask: Asked) -> Answers:
    """Answer the cases of a tumour board, our own and the shared ones, without the files that some name."""
    for path in (ROOT / "tests/data/board/constructed.yaml", SHARED / "cases" / "board_cases.yaml"):
        if path.is_file():
            entries = yaml.safe_load(path.read_text(encoding="utf-8"))
            cases = [{"id": entry["id"], **entry["case"]} for entry in entries]
            given = _lines(ask.folder / "board.jsonl", cases)
            yield from _each(ask("recommend", given, "--format", "json", "--as-of", DATE))
            if ask.shown:
                yield f"{path.stem}.text", ask("recommend", given, "--full", "--as-of", DATE)
                yield f"{path.stem}.html", ask("recommend", given, "--format", "html", "--as-of", DATE)


def drawn(ask: Asked) -> Answers:
    """Answer cases drawn over the schema, and as a clinic sees them; always the same ones."""
    for kind, draw_case in import_module("support.cases").KINDS.items():
        draw = random.Random(13)
        given = _lines(ask.folder / f"{kind}.jsonl", [draw_case(i, draw) for i in range(ask.cases)])
        yield from _each(ask("recommend", given, "--format", "json", "--as-of", DATE))
        if ask.shown:
            yield f"{kind}.text", ask("recommend", given, "--full", "--as-of", DATE)


def callers(ask: Asked) -> Answers:
    """Judge every caller file, our specimens and the shared ones."""
    for folder in (ROOT / "tests/data/readers", SHARED / "fusion"):
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and "golden" not in p.parts):
            for form in ask.forms("text"):
                yield f"{path.relative_to(folder)}.{form}", ask("fusions", path, "--format", form)


def cohorts(ask: Asked) -> Answers:
    """Decide the real cohort and a synthetic one; summarise and compare them."""
    cohort_frame = import_module("support.cohort").cohort_frame
    synthetic = ask.folder / "synthetic.parquet"
    cohort_frame(min(ask.cases, 5_000), 13, bad=5).write_parquet(synthetic)
    cohort_frame(min(ask.cases, 5_000), 13, bad=5).write_csv(ask.folder / "synthetic.csv")
    given: list[tuple[str, list[object]]] = [
        ("synthetic", [synthetic, "--allow-bad"]),
        ("csv", [ask.folder / "synthetic.csv", "--allow-bad"]),
    ]
    if (SHARED / "cohort").is_dir():
        given.append(("msk2017", [SHARED / "cohort", "--mapping", "msk2017"]))
    for name, (source, *options) in given:
        out = ask.folder / f"{name}-out.csv"
        asked = [source, out, *options, "--as-of", DATE, "--labels"]
        ask("cohort", "triage", *asked)
        yield f"{name}.csv", out.read_bytes() if out.is_file() else b""
        decided = ask.folder / f"{name}-out.parquet"
        ask("cohort", "triage", source, decided, *options, "--as-of", DATE)
        bad = sorted(ask.folder.glob(f"{name}-out*bad*"))
        yield f"{name}.bad", b"".join(path.read_bytes() for path in bad if path.suffix != ".parquet")
        for form in ask.forms("text", "html"):
            yield f"{name}.summary.{form}", ask("cohort", "summarise", decided, "--format", form)


def numbers(ask: Asked) -> Answers:
    """Show the evidence, compare strategies, score the example round."""
    forms = ask.forms("text", "csv", "html")
    for form in forms:
        for table in (1, 2, 3, 4):
            yield f"table{table}.{form}", ask("evidence", "table", table, "--format", form)
        for what in ("frequency", "accuracy", "validation"):
            yield f"{what}.{form}", ask("evidence", what, "--format", form)
        yield f"panels.{form}", ask("rounds", "panels", "--format", form)
    for form in ask.forms("text", "html"):
        yield f"strategy.{form}", ask("strategy", "compare", "--format", form, "--draws", 200)
    for form in ask.forms("text", "csv"):
        yield f"round.{form}", ask("rounds", "score", "examples/rounds/demo", "--format", form, "--allow-bad")
    if ask.shown:
        out = ask.folder / "reports"
        ask("rounds", "report", "examples/rounds/demo", "--out", out, "--format", "html", "--allow-bad")
        for path in sorted(p for p in out.rglob("*") if p.suffix in (".html", ".csv", ".txt", ".json")):
            yield f"reports/{path.relative_to(out)}", path.read_bytes()


GROUPS: dict[str, Callable[[Asked], Answers]] = {
    "examples": examples, "board": board, "drawn": drawn, "callers": callers, "cohorts": cohorts,
    "numbers": numbers,
}  # fmt: skip


def differing(before: Path, after: Path) -> list[str]:
    """Return the names of the answers that are not alike in two directories of digests."""
    read = [dict(line.split("  ")[::-1] for line in path.read_text("utf-8").splitlines()) for path in (before, after)]
    return [name for name in read[0] | read[1] if read[0].get(name) != read[1].get(name)]


def main() -> int:
    """Write the digests, and compare them where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--source", type=Path, default=ROOT / "src")
    parser.add_argument("--cases", type=int, default=20_000, help="cases of each way of drawing them")
    parser.add_argument("--against", type=Path, help="digests made before")
    parser.add_argument("--shown", action="store_true", help="also text, HTML and CSV, kept beside their digests")
    parser.add_argument("--group", choices=GROUPS, action="append", help="only this group; repeatable")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    sys.path[:0] = [str(asked.source.resolve()), str(ROOT / "tests")]
    os.chdir(ROOT)
    warnings.simplefilter("ignore")
    changed = 0
    with tempfile.TemporaryDirectory() as folder:
        ask = Asked(asked.cases, asked.shown, Path(folder))
        for group in asked.group or GROUPS:
            kept = asked.out / group
            kept.mkdir(exist_ok=True)
            lines = []
            for name, answer in GROUPS[group](ask):
                answer = answer.replace(folder.encode(), b"").replace(str(asked.source.resolve()).encode(), b"")
                lines.append(f"{hashlib.sha256(answer).hexdigest()}  {name}\n")
                if group != "drawn":
                    (kept / name.replace("/", "+")).write_bytes(answer)
            (asked.out / f"{group}.sha256").write_text("".join(lines), encoding="utf-8")
            print(f"{group}: {len(lines)} answers", end="")
            if asked.against:
                names = differing(asked.against / f"{group}.sha256", asked.out / f"{group}.sha256")
                changed += len(names)
                print(f", {len(names)} differ" + (": " + ", ".join(names[:12]) if names else ""), end="")
            print(flush=True)
    return 1 if changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
