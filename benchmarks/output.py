"""Bars: text and HTML of 2,000 cases beside their JSON, each a whole `ntrkpath recommend`, and its memory.

    python -m benchmarks.output [CASES]

The cases are drawn at random over every key, and as a clinic refers them, from a fixed seed. Time is that of the whole
process with its start and its deciding. Memory is flat where ten times as many cases take no more of it.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks.frame import Taken, command, record

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

CASES, SEED = 2_000, 2020


def main(count: int = CASES) -> None:
    """Measure and print; what is kept for the page is of 2,000 cases."""
    from support.cases import clinic_case, random_case

    for kind, draw_case, (text, html, held) in (
        ("random", random_case, ("output.text", "output.html", "output.memory")),
        ("clinic-like", clinic_case, ("output.clinic_text", "output.clinic_html", "output.clinic_memory")),
    ):
        draw = random.Random(SEED)
        drawn = [msgspec.json.encode(draw_case(number, draw)) + b"\n" for number in range(count)]
        with tempfile.TemporaryDirectory() as place:
            many, few, out = (Path(place) / name for name in ("many.jsonl", "few.jsonl", "out"))
            many.write_bytes(b"".join(drawn))
            few.write_bytes(b"".join(drawn[: count // 10]))
            took: dict[str, Taken] = {}
            memory: dict[str, int] = {}
            for form, source in (("json", many), ("text", many), ("html", many), ("few", few)):
                # A case drawn at random may contradict itself: it is told and the others go on.
                options = ("--format", "html" if form == "few" else form, "--out", str(out), "--allow-bad")
                took[form], memory[form] = command("recommend", str(source), *options)
        for form in ("json", "text", "html"):
            said = f"{took[form].processor:6.1f} s  {took[form].beside(took['json'])}  {memory[form]:4} MB"
            print(f"{count} {kind} cases as {form:5} {said}")
        print(f"{count // 10} {kind} cases as html {memory['few']:4} MB", flush=True)
        if count == CASES:
            note = f"{memory['html']} beside {memory['few']} MB; JSON of {count:,} {memory['json']} MB"
            record(text, *took["text"].over(took["json"]))
            record(html, *took["html"].over(took["json"]))
            record(held, memory["html"] / memory["few"], note=note)


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
