"""Bar: `ntrkpath verify`, every state of every table, as a whole process, by processor time and by the clock.

python -m benchmarks.verify
"""

from __future__ import annotations

import time

from benchmarks.frame import command, record


def main() -> None:
    """Measure and print."""
    started = time.perf_counter()
    seconds, memory = command("verify")
    clock = time.perf_counter() - started
    print(f"ntrkpath verify {seconds:.1f} s of processor time, {clock:.1f} s by the clock (bar 60), {memory} MB")
    record("verify.time", seconds, clock)


if __name__ == "__main__":
    main()
