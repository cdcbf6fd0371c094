"""The sheets of what samples hold, and of what panels can see of an event."""

from __future__ import annotations

from collections.abc import Iterable

from ntrkpath.model.numbers import printed_percent
from ntrkpath.report.rounds_terms import sight_words
from ntrkpath.report.sheet import Row, Sheet
from ntrkpath.rounds.score import Score, homogeneous
from ntrkpath.rounds.sight import Seen, dna_breaks
from ntrkpath.vocabulary.methods import method_name


def samples_sheet(score: Score) -> Sheet:
    """Return the samples: reference, what established it, checks, and why one is not scored."""
    rows = []
    values = {(one.sample, one.method): one for one in score.consensus}
    for truth in score.truths.values():
        sample = truth.sample
        said = []
        if sample.withdrawn is not None:
            said.append(f"withdrawn {sample.withdrawn.on}: {sample.withdrawn.reason}")
        for label, check in (("homogeneity", sample.homogeneity), ("stability", sample.stability)):
            if check is not None:
                said.append(f"{label}: {homogeneous(check.alike, check.tested)}")
        if sample.repeat_of is not None:
            said.append(f"blinded repeat of {sample.repeat_of}")
        said += [f"{method_name(m)}: consensus, {one.why}" for (s, m), one in values.items() if s == sample.id]
        said += [one for one in (sample.section, sample.note) if one]
        verdict = truth.verdict.verdict.replace("_", " ") if truth.verdict is not None else ""
        record = {
            "sample": sample.id,
            "reference": truth.shown,
            "our_verdict": verdict,
            "diagnosis": sample.diagnosis or "",
            "tumour_percent": sample.tumour_percent,
            "withdrawn": sample.withdrawn is not None,
            "notes": "; ".join(said),
        }
        cells = (
            sample.id,
            truth.shown,
            verdict,
            sample.diagnosis or "",
            "" if sample.tumour_percent is None else f"{printed_percent(sample.tumour_percent)}",
            sample.reference.established_by,
            "; ".join(said),
        )
        rows.append(Row(cells=cells, record=record))
    heads = ("Sample", "Reference", "Our verdict", "Diagnosis", ">Tumour", "Established by", "Notes")
    return Sheet(title="Samples", heads=heads, rows=tuple(rows), ident="samples")


def coverage_sheet(seen: Iterable[Seen], title: str = "What each panel can see", ident: str = "panels") -> Sheet:
    """Return what panels can see of events: one row a panel and event."""
    rows = []
    for one in seen:
        event = one.event.event
        exons = f" {one.event.exons}" if one.event.exons else ""
        record = {
            "event": event.name,
            "exons": one.event.exons,
            "dna_breaks": dna_breaks(event),
            "seen_in": one.event.context,
            "event_source": one.event.source,
            "panel": one.panel.name,
            "method": one.panel.method,
            "sight": one.sight.call,
            "gap": one.sight.gap,
            "rule": one.sight.rule,
            "why": one.sight.why,
            "read_in": "; ".join(one.sight.sources),
        }
        why = one.sight.why.partition(": ")[2] or one.sight.why
        cells = (
            event.name + exons,
            one.panel.name,
            sight_words(one.sight.call),
            f"{why[0].upper()}{why[1:]}",
            "; ".join(one.sight.sources),
        )
        rows.append(Row(cells=cells, record=record))
    return Sheet(
        title=title,
        heads=("Event", "Panel", "Seen", "Why", "Read in"),
        rows=tuple(rows),
        ident=ident,
        notes=("Only what was read in a source decides; everything else is “cannot tell”.",),
    )
