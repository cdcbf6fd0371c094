"""What stands behind an event: reads, the callers' own word, the frame that they or a laboratory report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ntrkpath.fusion.decision import Thresholds, knowledge
from ntrkpath.model.fusion import FrameCall, Junction, Support

#: Caller name of a junction that a laboratory's report states, not a caller's file.
LABORATORY = "case"
_BEST_FIRST = ("accepted", "not_stated", "doubted", "rejected")


class Weight(NamedTuple):
    """What the callers themselves say of an event.

    Args:
        standing: ``passed``, ``doubted`` or ``rejected``: the best word of any caller.
        crossed: Whether a read crosses the junction: ``sequenced``, ``not_sequenced``, ``not_stated``.
        said: The words of callers that doubt or reject it, each in a sentence.
    """

    standing: str
    crossed: str
    said: tuple[str, ...]


_PLAIN = Weight("passed", "not_stated", ()), Weight("passed", "sequenced", ())


def weigh(junctions: Sequence[Junction]) -> Weight:
    """Return what the callers of one event say of it, whatever their order."""
    if len(junctions) == 1:
        only = junctions[0]
        if only.filtered is None and only.standing in ("not_stated", "accepted") and only.support.split_reads != 0:
            return _PLAIN[only.support.split_reads is not None]
    best = min((junction.standing for junction in junctions), key=_BEST_FIRST.index)
    standing = best if best in ("doubted", "rejected") else "passed"
    crossed = {_crossed(junction) for junction in junctions}
    return Weight(
        standing,
        next((level for level in ("sequenced", "not_sequenced") if level in crossed), "not_stated"),
        tuple(sorted({said for junction in junctions if (said := _word(junction))})),
    )


def _crossed(junction: Junction) -> str:
    split, pairs = junction.support.split_reads, junction.support.spanning_pairs
    words = (junction.filtered or "").upper()
    if any(word in words for word in _no_junction_reads()):
        return "not_sequenced"
    if split:
        return "sequenced"
    return "not_sequenced" if split == 0 and pairs else "not_stated"


@cache
def _no_junction_reads() -> tuple[str, ...]:
    return tuple(word.upper() for word in knowledge("fusion")["no_junction_reads"])


def _word(junction: Junction) -> str | None:
    verb = {"rejected": "rejects it", "doubted": "doubts it"}.get(junction.standing)
    if verb is None:
        return f"{junction.caller} says: {junction.filtered}" if junction.filtered else None
    return f"{junction.caller} {verb}" + (f": {junction.filtered}" if junction.filtered else "")


def best_support(junctions: Sequence[Junction]) -> Support:
    """Return the reads of the caller that found most."""
    if len(junctions) == 1:
        return junctions[0].support
    return max(
        (j.support for j in junctions),
        key=lambda s: (
            _or_none(unique_reads(s)),
            _or_none(s.split_reads),
            _or_none(s.spanning_pairs),
            _or_none(s.total),
        ),
    )


def _or_none(count: int | None) -> int:
    return -1 if count is None else count


def unique_reads(support: Support) -> int | None:
    """Return the reads behind a call, split and spanning together; ``None`` where none are given."""
    counted = None
    if support.split_reads is not None or support.spanning_pairs is not None:
        counted = (support.split_reads or 0) + (support.spanning_pairs or 0)
    if support.total is not None:
        return support.total if counted is None else max(counted, support.total)
    return counted


def support_level(support: Support, level: str, thresholds: Thresholds) -> str:
    """Return the level of ``read_support``."""
    reads = unique_reads(support)
    if reads is None:
        return "unknown"
    if reads < thresholds.fewest_reads:
        return "too_few"
    return "adequate" if reads >= (thresholds.min_reads_dna if level == "dna" else thresholds.min_reads_rna) else "low"


def reported_frame(junctions: list[Junction]) -> tuple[FrameCall, bool]:
    """Return the frame that the callers report, ``unknown`` if they report none or differ, and whether they differ."""
    if len(junctions) == 1:
        return junctions[0].frame_by_caller, False
    said = {j.frame_by_caller for j in junctions} - {"unknown"}
    if len(said) == 1:
        return next(iter(said)), False
    return "unknown", bool(said)


def laboratory_differs(junctions: Sequence[Junction], ours: FrameCall) -> str:
    """Return the level of ``laboratory_frame``: a caller's claim is shown, a laboratory's is weighed against ours."""
    if ours == "unknown":
        return "no_difference"
    said = {j.frame_by_caller for j in junctions if j.caller == LABORATORY} - {"unknown", ours}
    return "differs" if said else "no_difference"
