"""From readings of one event to its verdict: facts, decision, reasons."""

from __future__ import annotations

from functools import cache

from ntrkpath.fusion.decision import State, Thresholds, decide
from ntrkpath.fusion.junction import Reading
from ntrkpath.fusion.naming import hgnc_name, hgvs_name, notes_on_transcripts, side, vicc_name
from ntrkpath.model.fusion import (
    REASONS,
    Frame,
    FrameCall,
    FusionVerdict,
    Junction,
    KinaseDomain,
    Source,
    Support,
    VerdictLevel,
)

_STATUS = {"complete": "complete", "edge": "partial", "partial": "partial", "lost": "lost", "unknown": "unknown"}


def verdict_of(readings: list[Reading], also: list[Junction], mate: bool, thresholds: Thresholds) -> FusionVerdict:
    """Return the verdict of one event.

    Args:
        readings: What each caller's junction says; all have one key, the order does not matter.
        also: Junctions of the same genes that give no breakpoint and say nothing against this event.
        mate: Whether the opposite order of the two genes was found in the sample.
    """
    reading = readings[0] if len(readings) == 1 else min(readings, key=_first)
    junctions = [r.junction for r in readings] + also
    o = reading.orientation
    level = reading.junction.level
    support = best_support(junctions)
    reported, disagree = reported_frame(junctions)
    mate = mate and o.ntrk_end == "five_prime"
    frame = reading.frame
    state = State(
        o.ntrk_end,
        o.sense,
        reading.event,
        reading.partner,
        "found" if mate else "not_found",
        reading.place,
        level,
        reading.evidence,
        frame.call,
        frame.agreement,
        frame.basis,
        reading.kinase,
        _support_level(support, thresholds.min_reads_dna if level == "dna" else thresholds.min_reads_rna),
        "conflicting" if disagree else "fits" if reported == "unknown" and reading.numbering_fits else reported,
    )
    repaired = o.repaired if len(readings) == 1 else any(r.orientation.repaired for r in readings)
    isoforms = frame.isoforms_in > 0 and frame.isoforms_out > 0
    verdict, rules, reasons = _decided(state, isoforms, disagree, repaired)
    notes = reading.notes
    if len(readings) > 1:
        notes = tuple(sorted({n for r in readings for n in r.notes}))
    return FusionVerdict(
        readings[0].key[0],  # type: ignore[arg-type]
        hgnc_name(reading),
        vicc_name(reading),
        side(o.five, reading.five),
        side(o.three, reading.three),
        reading.key[8] or None,  # type: ignore[arg-type]
        level,
        verdict,
        reasons,
        Frame(frame.call, reported, frame.isoforms_in, frame.isoforms_out),
        KinaseDomain(reading.kinase_fraction, _STATUS[reading.kinase]),  # type: ignore[arg-type]
        support,
        (junctions[0].caller,) if len(junctions) == 1 else tuple(sorted({j.caller for j in junctions})),
        _sources(junctions),
        rules,
        (*notes, *notes_on_transcripts(reading)),
        hgvs_name(reading),
    )


def _first(reading: Reading) -> tuple[bool, str, str, int]:
    junction = reading.junction
    return reading.orientation.repaired, junction.caller, junction.source.file, junction.source.line or 0


def _sources(junctions: list[Junction]) -> tuple[Source, ...]:
    if len(junctions) == 1:
        return (junctions[0].source,)
    return tuple(sorted({j.source for j in junctions}, key=lambda s: (s.file, s.line or 0)))


def best_support(junctions: list[Junction]) -> Support:
    """Return the reads of the caller that found most."""
    if len(junctions) == 1:
        return junctions[0].support
    return max(
        (j.support for j in junctions),
        key=lambda s: (_reads(s) or -1, s.split_reads or -1, s.spanning_pairs or -1, s.total or -1),
    )


def _reads(support: Support) -> int | None:
    counted = None
    if support.split_reads is not None or support.spanning_pairs is not None:
        counted = (support.split_reads or 0) + (support.spanning_pairs or 0)
    if support.total is not None:
        return support.total if counted is None else max(counted, support.total)
    return counted


def _support_level(support: Support, fewest: int) -> str:
    reads = _reads(support)
    return "unknown" if reads is None else "adequate" if reads >= fewest else "low"


def reported_frame(junctions: list[Junction]) -> tuple[FrameCall, bool]:
    """Return the frame that the callers report, ``unknown`` if they report none or differ, and whether they differ."""
    if len(junctions) == 1:
        return junctions[0].frame_by_caller, False
    said = {j.frame_by_caller for j in junctions} - {"unknown"}
    if len(said) == 1:
        return next(iter(said)), False
    return "unknown", bool(said)


@cache
def _decided(
    state: State, isoforms: bool, disagree: bool, repaired: bool
) -> tuple[VerdictLevel, tuple[str, ...], tuple[str, ...]]:
    outcome = decide(state)
    return outcome.verdict, outcome.rules, reasons_of(state, outcome.verdict, isoforms, disagree, repaired)


def reasons_of(
    state: State, verdict: str, isoforms_disagree: bool, callers_disagree: bool, repaired: bool
) -> tuple[str, ...]:
    """Return the reason codes of a state, in the order in which they are shown."""
    held: set[str] = set()
    chimera = state.ntrk_end != "five_prime" and state.event != "intragenic" and state.orientation != "antisense"
    if chimera:
        frame = state.reported if state.place == "not_given" else state.frame
        held.add({"in": "in_frame", "out": "out_of_frame"}.get(frame, "frame_unknown"))
        if isoforms_disagree:
            held.add("isoforms_disagree")
    held |= {
        name
        for name, holds in (
            ("kinase_complete", state.kinase == "complete"),
            ("kinase_partial", state.kinase in ("partial", "edge")),
            ("kinase_lost", state.kinase == "lost"),
            ("ntrk_is_five_prime", state.ntrk_end == "five_prime"),
            ("reciprocal", state.mate == "found"),
            ("antisense", state.orientation == "antisense"),
            ("intragenic", state.event == "intragenic"),
            ("partner_intergenic", state.partner == "intergenic"),
            ("partner_unknown", state.partner == "unknown"),
            ("partner_not_annotated", state.partner == "not_annotated"),
            ("not_at_exon_boundary", state.place in ("within_exon", "intron_retained")),
            ("utr_breakpoint", state.place in ("partner_start_utr", "partner_stop_utr", "ntrk_start_utr")),
            ("dna_only_needs_rna", state.level == "dna" and verdict in ("likely_productive", "uncertain")),
            ("low_support", state.support == "low"),
            ("callers_disagree", callers_disagree),
            ("orientation_repaired", repaired),
        )
        if holds
    }
    return tuple(reason for reason in REASONS if reason in held)
