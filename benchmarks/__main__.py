"""Run every benchmark, one after the other."""

from __future__ import annotations

import os

from benchmarks import cohort, evidence, fusion, pathway, readers, registry, rounds, rules, server, startup, strategy

print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start")
for module in (rules, pathway, startup, readers, fusion, evidence, cohort, strategy, rounds, registry, server):
    print(f"\n== {(module.__doc__ or '').splitlines()[0]}")
    module.main()
