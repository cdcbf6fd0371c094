"""Bar: a cold process, as a multiple of ``python -c pass`` (medians over repeated runs, in turns).

python -m benchmarks.startup [RUNS]
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.frame import AROUND, Taken, record

CASE = b'{"id": "synthetic", "diagnosis": {"histology": "infantile fibrosarcoma"}, "disease": {"extent": "metastatic"}}'


def _run(command: list[str]) -> Taken:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=AROUND)
    after, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - started
    return Taken((after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime), clock)


def main(runs: int = 21) -> None:
    """Measure and print."""
    command = str(Path(sys.executable).with_name("ntrkpath"))
    with tempfile.TemporaryDirectory() as directory:
        case = Path(directory) / "case.json"
        case.write_bytes(CASE)
        measured = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "ntrkpath --help": [command, "--help"],
            "ntrkpath recommend case.json --format json": [command, "recommend", str(case), "--format", "json"],
            "ntrkpath recommend case.json": [command, "recommend", str(case)],
        }
        found: dict[str, list[Taken]] = {name: [] for name in measured}
        for _ in range(runs):
            for name, line in measured.items():
                found[name].append(_run(line))
    middles = {name: Taken(*map(statistics.median, zip(*taken, strict=True))) for name, taken in found.items()}
    base = middles["python -c pass"]
    bars = {
        "ntrkpath --help": "bar 5", "ntrkpath recommend case.json --format json": "bar 8",
        "ntrkpath recommend case.json": "bar 10",
    }  # fmt: skip
    rows = dict(zip(bars, ("startup.help", "startup.json", "startup.text"), strict=True))
    for name, middle in middles.items():
        if name in rows:
            record(rows[name], *middle.over(base))
        print(f"{name:<44} {1000 * middle.processor:6.1f} ms  {middle.beside(base)}  {bars.get(name, '')}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
