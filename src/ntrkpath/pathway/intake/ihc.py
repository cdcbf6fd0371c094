"""A pan-TRK stain as fact levels."""

from __future__ import annotations

from collections.abc import Mapping

from ntrkpath.model.case import PanTrkIhc
from ntrkpath.pathway.intake.genes import result_level
from ntrkpath.rules import Fact

#: What a case without a stain says.
NOT_DONE = {
    "ihc_result": "not_done",
    "ihc_percent": "unknown",
    "ihc_distribution": "unknown",
    "ihc_control": "unknown",
    "ihc_intensity": "unknown",
    "ihc_pattern": "unknown",
    "ihc_clone": "unknown",
    "ihc_fixation": "unknown",
}


def ihc_levels(test: PanTrkIhc, facts: Mapping[str, Fact]) -> dict[str, str]:
    """Return the levels of the ``ihc_*`` readout facts; the threshold and the clones come from ``facts``."""
    percent = "unknown"
    if test.percent is not None:
        limit = facts["ihc_percent"].derive["threshold_percent"]  # type: ignore[index]
        percent = "at_or_above_threshold" if test.percent >= limit else "below_threshold"
    return {
        "ihc_result": result_level(test.result),
        "ihc_percent": percent,
        "ihc_distribution": test.distribution or "unknown",
        "ihc_control": test.control or "unknown",
        "ihc_intensity": test.intensity or "unknown",
        "ihc_pattern": test.pattern or "unknown",
        "ihc_clone": _clone(test.clone, facts["ihc_clone"]),
        "ihc_fixation": test.fixation or "unknown",
    }


def _clone(clone: str | None, fact: Fact) -> str:
    if not clone or not clone.strip():
        return "unknown"
    name = clone.casefold().replace(" ", "")
    for level in ("in_vitro_diagnostic", "research_use_only"):
        if any(name == known.casefold().replace(" ", "") for known in fact.derive[level]):  # type: ignore[index]
            return level
    return "other"
