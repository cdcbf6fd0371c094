"""From readings of one event to its verdict: facts, decision, reasons."""

from __future__ import annotations

from functools import cache

from ntrkpath.fusion.decision import State, Thresholds, decide
from ntrkpath.fusion.evidence import best_support, laboratory_differs, reported_frame, support_level, weigh
from ntrkpath.fusion.junction import Reading
from ntrkpath.fusion.naming import hgnc_name, hgvs_name, notes_on_transcripts, side, vicc_name
from ntrkpath.model.fusion import (
    REASONS,
    Frame,
    FusionVerdict,
    Junction,
    KinaseDomain,
    Source,
    VerdictLevel,
)

_STATUS = {"complete": "complete", "edge": "partial", "partial": "partial", "lost": "lost", "unknown": "unknown"}


def verdict_of(
    readings: list[Reading], also: list[Junction], mate: bool, thresholds: Thresholds, in_dna: bool = False
) -> FusionVerdict:
    """Return the verdict of one event.

    Args:
        readings: What each caller's junction says; all have one key, the order does not matter.
        also: Junctions of the same genes that give no breakpoint and say nothing against this event.
        mate: Whether the opposite order of the two genes was found in the sample.
        in_dna: Whether DNA of the sample joins the two genes in this order.
    """
    reading = readings[0] if len(readings) == 1 else min(readings, key=_first)
    junctions = [r.junction for r in readings] + also
    o = reading.orientation
    level = reading.junction.level
    support = best_support(junctions)
    reported, disagree = reported_frame(junctions)
    mate = mate and o.ntrk_end == "five_prime"
    frame = reading.frame
    weight = weigh(junctions)
    state = State(
        o.ntrk_end,
        o.sense,
        "two_genes" if in_dna and reading.event == "read_through" else reading.event,
        reading.partner,
        "found" if mate else "not_found",
        reading.place,
        level,
        reading.evidence,
        frame.call,
        frame.agreement,
        frame.basis,
        reading.kinase,
        support_level(support, level, thresholds),
        weight.standing,
        weight.crossed,
        "conflicting" if disagree else "fits" if reported == "unknown" and reading.numbering_fits else reported,
        laboratory_differs(junctions, frame.call),
    )
    repaired = o.repaired if len(readings) == 1 else any(r.orientation.repaired for r in readings)
    isoforms = frame.isoforms_in > 0 and frame.isoforms_out > 0
    verdict, rules, reasons = _decided(state, isoforms, disagree, repaired)
    notes = reading.notes
    if len(readings) > 1:
        notes = tuple(sorted({n for r in readings for n in r.notes}))
    notes += weight.said
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
            ("antisense", state.orientation in ("antisense", "contradicted")),
            ("intragenic", state.event == "intragenic"),
            ("partner_intergenic", state.partner == "intergenic"),
            ("partner_unknown", state.partner == "unknown"),
            ("partner_not_annotated", state.partner == "not_annotated"),
            ("not_at_exon_boundary", state.place in ("within_exon", "within_exons", "intron_retained")),
            ("utr_breakpoint", state.place in ("partner_start_utr", "partner_stop_utr", "ntrk_start_utr")),
            ("dna_only_needs_rna", state.level == "dna" and verdict in ("likely_productive", "uncertain")),
            ("rejected_by_caller", state.standing == "rejected"),
            ("doubted_by_caller", state.standing == "doubted"),
            ("junction_not_sequenced", state.crossed == "not_sequenced"),
            ("low_support", state.support in ("low", "too_few")),
            ("callers_disagree", callers_disagree),
            ("orientation_repaired", repaired),
        )
        if holds
    }
    return tuple(reason for reason in REASONS if reason in held)
