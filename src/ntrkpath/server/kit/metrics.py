"""Counts of requests and their durations as Prometheus text; routes only, never a value that a visitor sent."""

from __future__ import annotations

from bisect import bisect_left

from ntrkpath.server.kit.shared import Shared

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counters of a server, common to its processes.

    Args:
        shared: Where they are kept, under their names; in this process alone where not given.
    """

    def __init__(self, shared: Shared | None = None) -> None:
        shared = shared or Shared()
        self._lock, self._cells, self._names = shared.lock, shared.counters(), shared.names
        self._places: dict[str, int] = {}

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request.

        Args:
            route: The pattern of the route, never the path as it was asked.
        """
        bucket = bisect_left(BUCKETS, seconds)
        with self._lock:
            self._add(f"requests\t{route}\t{method}\t{status}")
            self._add(f"durations\t{route}\t{bucket}")
            self._add(f"seconds\t{route}", seconds)

    def count(self, event: str) -> None:
        """Count one event, as ``worker_ended``."""
        with self._lock:
            self._add(f"events\t{event}")

    def _add(self, name: str, by: float = 1.0) -> None:
        place = self._places.get(name)
        if place is None:
            place = self._named(name)
        if place < len(self._cells):
            self._cells[place] += by

    def _named(self, name: str) -> int:
        """Return the place of a counter that is new to this process; the first cell holds the end of the names."""
        self._read()
        if name not in self._places:
            end, told = int(self._cells[0]), f"{name}\n".encode()
            if end + len(told) > len(self._names):
                return len(self._cells)
            self._names[end : end + len(told)] = told
            self._cells[0] = end + len(told)
            self._places[name] = len(self._places) + 1
        return self._places[name]

    def _read(self) -> None:
        """Take in the names that other processes have written."""
        told = bytes(self._names[: int(self._cells[0])]).decode()
        self._places = {name: place for place, name in enumerate(told.splitlines(), 1)}

    def _counted(self, kind: str) -> dict[tuple[str, ...], float]:
        """Return the counters of a kind, sorted by the rest of their names."""
        found = (
            (tuple(name.split("\t")[1:]), self._cells[place])
            for name, place in self._places.items()
            if name.startswith(f"{kind}\t") and place < len(self._cells)
        )
        return dict(sorted(found))

    def text(self) -> str:
        """Return everything in the text format of Prometheus, version 0.0.4."""
        with self._lock:
            self._read()
            requests, durations, seconds, events = map(self._counted, ("requests", "durations", "seconds", "events"))
        lines = ["# HELP ntrkpath_requests_total Requests answered.", "# TYPE ntrkpath_requests_total counter"]
        for (route, method, status), count in requests.items():
            lines.append(f'ntrkpath_requests_total{{route="{route}",method="{method}",status="{status}"}} {count:.0f}')
        name = "ntrkpath_request_seconds"
        lines += [f"# HELP {name} Time until a request was answered.", f"# TYPE {name} histogram"]
        for (route,), spent in seconds.items():
            total = 0.0
            for place, bound in enumerate((*BUCKETS, "+Inf")):
                total += durations.get((route, str(place)), 0.0)
                lines.append(f'{name}_bucket{{route="{route}",le="{bound}"}} {total:.0f}')
            lines.append(f'{name}_sum{{route="{route}"}} {spent:.6f}')
            lines.append(f'{name}_count{{route="{route}"}} {total:.0f}')
        lines += ["# HELP ntrkpath_events_total Requests refused and workers ended.",
                  "# TYPE ntrkpath_events_total counter"]  # fmt: skip
        for (event,), count in events.items():
            lines.append(f'ntrkpath_events_total{{event="{event}"}} {count:.0f}')
        return "\n".join(lines) + "\n"
