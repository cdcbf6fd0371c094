"""A FISH probe as fact levels."""

from __future__ import annotations

from collections.abc import Mapping

from ntrkpath.model.case import Fish
from ntrkpath.pathway.intake.genes import NtrkGenes, result_level
from ntrkpath.rules import Fact

#: What a case without FISH says.
NOT_DONE = {
    "fish_result": "not_done",
    "fish_target": "unknown",
    "fish_signal": "not_counted",
    "fish_coverage": "partial",
}


def genes_of(test: Fish) -> list[str]:
    """Return the genes that the probe names."""
    if test.gene is None:
        return []
    return [test.gene] if isinstance(test.gene, str) else list(test.gene)


def fish_levels(test: Fish, ntrk: NtrkGenes, facts: Mapping[str, Fact]) -> dict[str, str]:
    """Return the levels of the ``fish_*`` readout facts of one probe, coverage left out."""
    return {
        "fish_result": result_level(test.result),
        "fish_target": _target(test, ntrk),
        "fish_signal": _signal(test, facts["fish_signal"]),
    }


def break_apart_genes(test: Fish, ntrk: NtrkGenes) -> frozenset[str]:
    """Return the NTRK genes whose rearrangement the probe can see."""
    return ntrk.covered(genes_of(test)) if _target(test, ntrk) == "ntrk_break_apart" else frozenset()


def _target(test: Fish, ntrk: NtrkGenes) -> str:
    genes = genes_of(test)
    covered = ntrk.covered(genes)
    kind = (test.probe or "unknown").replace("-", "").replace("_", "").replace("z", "s")
    if covered:
        return "ntrk_break_apart" if kind == "breakapart" else "ntrk_fusion"
    if kind != "colocalisation" and any(g.strip().upper() == "ETV6" for g in genes):
        return "etv6"
    return "unknown"


def _signal(test: Fish, fact: Fact) -> str:
    counted = [n for n in (test.cells_split, test.cells_isolated_3p, test.cells_isolated_5p) if n is not None]
    if test.cells_counted is None or not counted:
        return "not_counted"
    if test.cutoff is None:
        return _without_cutoff(test, counted, fact.derive["highest_cutoff_percent"])  # type: ignore[index]

    def above(cells: int | None) -> bool:
        return cells is not None and 100 * cells > test.cutoff * test.cells_counted  # type: ignore[operator]

    if above(test.cells_split):
        return "above_cutoff"
    if above(test.cells_isolated_3p):
        return "three_prime_above_cutoff"
    if above(test.cells_isolated_5p):
        return "five_prime_above_cutoff"
    return "below_cutoff" if test.cells_split is not None else "no_cutoff"


def _without_cutoff(test: Fish, counted: list[int], highest: float) -> str:
    """Without a cut-off only counts are told apart that no cut-off could explain beside another call."""
    if test.cells_split is not None and not any(counted):
        return "no_signal"
    kinase_parts = max(test.cells_split or 0, test.cells_isolated_3p or 0)
    return "above_any_cutoff" if 100 * kinase_parts > highest * (test.cells_counted or 0) else "no_cutoff"
