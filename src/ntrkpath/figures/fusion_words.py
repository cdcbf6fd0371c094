"""A fusion verdict in plain words, for the drawing and for tables that people read."""

from __future__ import annotations

from ntrkpath.model.fusion import FusionVerdict
from ntrkpath.model.numbers import percent
from ntrkpath.vocabulary.names import word_list

#: The verdict in words.
VERDICTS: dict[str, str] = word_list("verdicts")["verdicts"]
#: Each reason of a verdict in words.
REASONS_SAY: dict[str, str] = word_list("verdicts")["reasons"]
_FRAME: dict[str, str] = word_list("verdicts")["frames"]
_KINASE: dict[str, str] = word_list("verdicts")["kinase"]


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
