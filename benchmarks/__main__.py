"""Run every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import evidence, fusion, pathway, rules, startup

for module in (rules, pathway, startup, fusion, evidence):
    print(f"\n== {(module.__doc__ or '').splitlines()[0]}")
    module.main()
