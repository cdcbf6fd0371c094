"""Bars: text and HTML of 2,000 random cases beside their JSON, each a whole `ntrkpath recommend`, and its memory.

    python -m benchmarks.output [CASES]

The cases are drawn at random over every key, from a fixed seed. Time is that of the processor, of the whole process
with its start and its deciding. Memory is flat where ten times as many cases take no more of it.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks.frame import command, record

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

CASES, SEED = 2_000, 2020


def main(count: int = CASES) -> None:
    """Measure and print; what is kept for the page is of 2,000 cases."""
    from support.cases import random_case

    draw = random.Random(SEED)
    drawn = [msgspec.json.encode(random_case(number, draw)) + b"\n" for number in range(count)]
    with tempfile.TemporaryDirectory() as place:
        many, few, out = (Path(place) / name for name in ("many.jsonl", "few.jsonl", "out"))
        many.write_bytes(b"".join(drawn))
        few.write_bytes(b"".join(drawn[: count // 10]))
        # A case drawn at random may contradict itself: it is told and the others go on.
        seconds, memory = {}, {}
        for form in ("json", "text", "html"):
            options = ("--format", form, "--out", str(out), "--allow-bad")
            seconds[form], memory[form] = command("recommend", str(many), *options)
            beside = seconds[form] / seconds["json"]
            print(f"{count} cases as {form:5} {seconds[form]:6.1f} s {beside:5.2f} x  {memory[form]:4} MB", flush=True)
        _, less = command("recommend", str(few), "--format", "html", "--out", str(out), "--allow-bad")
    print(f"{count // 10} cases as html {less:4} MB")
    if count == CASES:
        record("output.text", seconds["text"] / seconds["json"])
        record("output.html", seconds["html"] / seconds["json"])
        record("output.memory", memory["html"] / less)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
