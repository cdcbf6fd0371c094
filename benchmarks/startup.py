"""Bar: a cold process, as a multiple of ``python -c pass`` (median of processor time over repeated runs).

python -m benchmarks.startup [RUNS]
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.frame import record

CASE = b'{"id": "synthetic", "diagnosis": {"histology": "infantile fibrosarcoma"}, "disease": {"extent": "metastatic"}}'


def _seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


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
        seconds: dict[str, list[float]] = {name: [] for name in measured}
        for _ in range(runs):
            for name, line in measured.items():
                seconds[name].append(_seconds(line))
    base = statistics.median(seconds["python -c pass"])
    bars = {
        "ntrkpath --help": "bar 5", "ntrkpath recommend case.json --format json": "bar 8",
        "ntrkpath recommend case.json": "bar 10",
    }  # fmt: skip
    rows = dict(zip(bars, ("startup.help", "startup.json", "startup.text"), strict=True))
    for name, values in seconds.items():
        middle = statistics.median(values)
        if name in rows:
            record(rows[name], middle / base)
        print(f"{name:<44} {1000 * middle:6.1f} ms  {middle / base:5.1f} x  {bars.get(name, '')}")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
