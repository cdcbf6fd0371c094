"""An RT-PCR as fact levels."""

from __future__ import annotations

import re

from ntrkpath.model.case import RtPcr
from ntrkpath.pathway.intake.genes import NtrkGenes, approved, result_level

#: What a case without RT-PCR says.
NOT_DONE = {"rt_pcr_result": "not_done", "rt_pcr_control": "unknown", "rt_pcr_target": "unknown"}

_SEPARATOR = re.compile(r"::|--|[-/\s,;]+")


def rt_pcr_levels(test: RtPcr, ntrk: NtrkGenes) -> dict[str, str]:
    """Return the levels of the ``rt_pcr_*`` readout facts."""
    target = "unknown"
    if test.targets:
        # The 3' side carries the kinase, so it is the last gene named that counts.
        kinases = [_SEPARATOR.split(name.strip())[-1] for name in test.targets]
        target = "ntrk" if ntrk.covered(kinases) else "other" if all(map(approved, kinases)) else "unknown"
    return {
        "rt_pcr_result": result_level(test.result),
        "rt_pcr_control": test.control or "unknown",
        "rt_pcr_target": target,
    }
