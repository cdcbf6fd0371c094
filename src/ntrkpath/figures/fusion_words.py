"""A fusion verdict in plain words, for the drawing and for tables that people read."""

from __future__ import annotations

from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.numbers import percent

#: The verdict in words.
VERDICTS = {
    "productive": "Productive",
    "likely_productive": "Likely productive",
    "uncertain": "Uncertain",
    "not_productive": "Not productive",
}

#: Each reason of a verdict in words.
REASONS_SAY = {
    "in_frame": "in frame",
    "out_of_frame": "out of frame",
    "frame_unknown": "reading frame unknown",
    "isoforms_disagree": "other isoforms disagree on the frame",
    "kinase_complete": "kinase domain complete",
    "kinase_partial": "kinase domain cut",
    "kinase_lost": "kinase domain lost",
    "ntrk_is_five_prime": "the NTRK gene gives the 5' end",
    "reciprocal": "the reciprocal fusion was found too",
    "antisense": "one gene is read against its direction",
    "intragenic": "both breakpoints lie in one gene",
    "partner_intergenic": "the partner breakpoint lies between genes",
    "partner_unknown": "the partner is not known",
    "not_at_exon_boundary": "not at an exon boundary",
    "utr_breakpoint": "breakpoint in an untranslated region",
    "dna_only_needs_rna": "seen on DNA only: RNA has to confirm it",
    "rejected_by_caller": "the caller itself rejected it",
    "doubted_by_caller": "the caller itself doubts it",
    "junction_not_sequenced": "no read crosses the junction",
    "low_support": "few supporting reads",
    "callers_disagree": "callers disagree on the frame",
    "orientation_repaired": "order of the genes is ours, not the caller's",
    "partner_not_annotated": "the partner has no coding transcript here",
}
_FRAME = {"in": "in frame", "out": "out of frame", "unknown": "unknown"}
_KINASE = {"complete": "kept whole", "partial": "kept in part", "lost": "lost", "unknown": "unknown"}


def _untold(verdict: FusionVerdict) -> str:
    """Return why no product of the two sides can be told; empty if it can."""
    return next((REASONS_SAY[r] for r in ("antisense", "intragenic") if r in verdict.reasons), "")


def reasons(verdict: FusionVerdict) -> str:
    """Return the reasons in words, in their order."""
    return "; ".join(REASONS_SAY.get(r, r.replace("_", " ")) for r in verdict.reasons) or "none"


def frame(verdict: FusionVerdict) -> str:
    """Return the frame: ours, over how many isoform pairs, and the caller's claim."""
    f = verdict.frame
    pairs = f.isoforms_in + f.isoforms_out
    words = _FRAME[f.ours]
    if untold := _untold(verdict):
        words = f"not told: {untold}"
    elif pairs and f.ours != "unknown":
        words += f" by our transcripts ({f.isoforms_in} of {pairs} isoform pairs in frame)"
    claim = f"the caller says: {_FRAME[f.by_caller]}" if f.by_caller != "unknown" else "no claim by the caller"
    return f"{words}; {claim}"


def kinase(verdict: FusionVerdict) -> str:
    """Return what the junction keeps of the kinase domain, and whether it can be read."""
    k = verdict.kinase_domain
    if untold := _untold(verdict):
        return f"not told: {untold}"
    share = f" ({percent(k.retained_fraction)})" if k.status == "partial" and k.retained_fraction is not None else ""
    unread = "; its exons are joined, but not read in frame" if verdict.frame.ours == "out" else ""
    if unread and verdict.level == "dna":
        unread += " if spliced as annotated"
    return _KINASE[k.status] + share + (unread if k.status in ("complete", "partial") else "")


def reads(verdict: FusionVerdict) -> str:
    """Return the supporting reads; what the caller did not give is not shown as zero."""
    s = verdict.support
    known = ((s.split_reads, "split"), (s.spanning_pairs, "spanning pairs"), (s.total, "in all"))
    return ", ".join(f"{n} {what}" for n, what in known if n is not None) or "not given"


def callers(verdict: FusionVerdict) -> str:
    """Return callers and where their rows stand."""
    places = ", ".join(f"{s.file}, line {s.line}" if s.line else s.file for s in verdict.source)
    return f"{', '.join(verdict.callers)} ({places})"
