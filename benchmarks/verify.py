"""Bar: `ntrkpath verify`, every state of every table, as a whole process, by processor time and by the clock.

python -m benchmarks.verify
"""

from __future__ import annotations

from benchmarks.frame import command, record


def main() -> None:
    """Measure and print."""
    taken, memory = command("verify")
    print(f"ntrkpath verify {taken.processor:.1f} s, {taken.clock:.1f} s by the clock (bar 60), {memory} MB")
    record("verify.time", *taken)


if __name__ == "__main__":
    main()
