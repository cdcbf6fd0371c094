"""Counts of requests and their durations as Prometheus text; routes only, never a value that a visitor sent."""

from __future__ import annotations

from bisect import bisect_left

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counters of one server process."""

    def __init__(self) -> None:
        self.requests: dict[tuple[str, str, int], int] = {}
        self.durations: dict[str, list[int]] = {}
        self.seconds: dict[str, float] = {}
        self.events: dict[str, int] = {}

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request.

        Args:
            route: The pattern of the route, never the path as it was asked.
        """
        key = (route, method, status)
        self.requests[key] = self.requests.get(key, 0) + 1
        self.durations.setdefault(route, [0] * (len(BUCKETS) + 1))[bisect_left(BUCKETS, seconds)] += 1
        self.seconds[route] = self.seconds.get(route, 0.0) + seconds

    def count(self, event: str) -> None:
        """Count one event, as ``worker_ended``."""
        self.events[event] = self.events.get(event, 0) + 1

    def text(self) -> str:
        """Return everything in the text format of Prometheus, version 0.0.4."""
        lines = ["# HELP ntrkpath_requests_total Requests answered.", "# TYPE ntrkpath_requests_total counter"]
        for (route, method, status), count in sorted(self.requests.items()):
            lines.append(f'ntrkpath_requests_total{{route="{route}",method="{method}",status="{status}"}} {count}')
        name = "ntrkpath_request_seconds"
        lines += [f"# HELP {name} Time until a request was answered.", f"# TYPE {name} histogram"]
        for route, counts in sorted(self.durations.items()):
            total = 0
            for bound, count in zip((*BUCKETS, "+Inf"), counts, strict=True):
                total += count
                lines.append(f'{name}_bucket{{route="{route}",le="{bound}"}} {total}')
            lines.append(f'{name}_sum{{route="{route}"}} {self.seconds[route]:.6f}')
            lines.append(f'{name}_count{{route="{route}"}} {total}')
        lines += ["# HELP ntrkpath_events_total Requests refused and workers ended.",
                  "# TYPE ntrkpath_events_total counter"]  # fmt: skip
        for event, count in sorted(self.events.items()):
            lines.append(f'ntrkpath_events_total{{event="{event}"}} {count}')
        return "\n".join(lines) + "\n"
