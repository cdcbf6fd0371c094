"""Why a result differs from the reference: the facts of a submission, the row they meet, the evidence for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ntrkpath.model.numbers import percent, printed_percent
from ntrkpath.rounds.description import SEQUENCE
from ntrkpath.rounds.folder import Assay
from ntrkpath.rounds.judging import Judged, frame_said, in_file
from ntrkpath.rounds.reported import Reported, split_percent
from ntrkpath.rounds.tables import decide, settings
from ntrkpath.rounds.truth import Truth

_DIFFERS = frozenset(
    ("missed", "out_of_design", "misread", "failed", "inconclusive", "false_positive", "wrong_event")
) | {"called_without_rna"}
_CALLED = frozenset({"false_positive", "wrong_event"})
#: Causes that may explain why a test failed; the others speak of a call.
_OF_FAILURE = frozenset({"stain_control", "fish_material", "poor_rna", "low_tumour"})
_NAMED = {
    "same_junction": "same_junction",
    "same_other_numbering": "other_numbering",
    "other_junction": "other_junction",
    "gene_differs": "other_pair",
    "partner_differs": "other_pair",
    "reciprocal_only": "other_pair",
}


class Cause(msgspec.Struct, frozen=True):
    """A cause, how sure it is (``certain``, ``likely``, ``possible``, ``open``), the rule, and the evidence for it."""

    id: str
    certainty: str
    rule: str
    says: str
    evidence: tuple[str, ...] = ()


def cause_of(truth: Truth, assay: Assay, told: Reported, judged: Judged, swap: tuple[str, str] | None) -> Cause | None:
    """Return why a result differs; ``None`` where nothing differs.

    Args:
        swap: Two samples of the laboratory with which exchanged it would be right in both.
    """
    outcome = judged.outcome
    if outcome in _DIFFERS:
        direction = _direction(judged)
        if assay.method == "pan_trk_ihc":
            table, levels = "stain_difference", _stain(truth, assay, told, direction)
        elif assay.method == "fish":
            table, levels = "fish_difference", _fish(assay, told, judged, direction)
        else:
            table = "sequencing_miss" if direction == "missed" else "sequencing_call"
            levels = _sequencing(truth, assay, told, judged)
        levels["swap"] = "restores" if swap else "no"
    elif outcome == "right" and assay.method in SEQUENCE and told.call == "positive" and truth.event is not None:
        table, levels = "naming_difference", {"frame_said": frame_said(truth, told)}
    else:
        return None
    levels["named"] = _NAMED.get(judged.named, "not_stated") if truth.event is not None else "not_stated"
    row = decide(table, levels)
    cause, certainty = row.emits["cause"], row.emits["certainty"]
    open_ = outcome == "inconclusive" and cause == "not_explained"
    if cause == "none" or open_ or (outcome == "failed" and cause not in _OF_FAILURE):
        return None
    return Cause(cause, certainty, row.id, row.says, _evidence(truth, assay, told, judged, swap))


def _direction(judged: Judged) -> str:
    """Return whether too little was called, or too much; a result without a call is taken by what was expected."""
    if judged.outcome in _CALLED:
        return "called"
    if judged.outcome == "called_without_rna":
        return "called" if judged.call == "positive" else "missed"
    return "called" if judged.expected == "negative" else "missed"


def _sequencing(truth: Truth, assay: Assay, told: Reported, judged: Judged) -> dict[str, str]:
    limits = settings()
    out = told.readouts
    gap = judged.sight.gap if judged.sight is not None else "not_known"
    reads = out.get("reads")
    return {
        "gap": gap if judged.outcome in ("missed", "out_of_design", "misread") else "none",
        "file_event": _file_event(truth, told, judged),
        "reads_level": "not_stated"
        if reads is None or assay.min_reads is None or reads == 0
        else "under_limit"
        if reads < assay.min_reads
        else "enough",
        "rna_state": _rna(out, limits),
        "tumour_level": "not_stated"
        if "tumour_percent" not in out
        else "low"
        if out["tumour_percent"] < limits["low_tumour_percent"]
        else "enough",
        "nucleic_acid": "dna_only" if assay.method == "dna_mps" else "rna",
    }


def _rna(out: Mapping[str, Any], limits: Mapping[str, Any]) -> str:
    if "rna_quality" in out:
        return str(out["rna_quality"])
    if "dv200" in out:
        return "poor" if out["dv200"] < limits["poor_dv200"] else "adequate"
    return "not_stated"


def _file_event(truth: Truth, told: Reported, judged: Judged) -> str:
    read = told.file
    if read is None:
        return "not_sent"
    if _direction(judged) == "called":
        wanted = tuple(one for one in read.events if any(one.event.ntrk == event.ntrk for event in told.events))
    else:
        wanted = in_file(truth, told)
    if wanted:
        return "reported" if any(one.standing == "reported" for one in wanted) else "rejected"
    return "absent" if read.readable else "not_evaluable"


def _stain(truth: Truth, assay: Assay, told: Reported, direction: str) -> dict[str, str]:
    limits = settings()
    clones = {clone.casefold() for clone in limits["less_sensitive_clones"]}
    gene = truth.event.ntrk if truth.event is not None else None
    return {
        "direction": direction,
        "control": told.readouts.get("control", "not_stated"),
        "other_cutoff": _cutoff(told.readouts.get("percent"), assay.cutoff_percent, limits["stain_cutoffs"], direction),
        "clone_class": "less_sensitive" if (assay.clone or "").strip().casefold() in clones else "not_known_so",
        "stain_protocol": assay.protocol or "not_stated",
        "reference_gene": gene if gene in ("NTRK2", "NTRK3") else "other",
        "wild_type_expression": "yes" if truth.sample.wild_type_expression else "not_known_so",
    }


def _fish(assay: Assay, told: Reported, judged: Judged, direction: str) -> dict[str, str]:
    limits = settings()
    share = split_percent(told.readouts)
    near = "not_stated"
    if share is not None and assay.cutoff_percent is not None:
        near = "near" if abs(share - assay.cutoff_percent) <= limits["near_cutoff_points"] else "far"
    gap = judged.sight.gap if judged.sight is not None and direction == "missed" else "none"
    return {
        "gap": gap,
        "control": told.readouts.get("control", "not_stated"),
        "other_cutoff": _cutoff(share, assay.cutoff_percent, limits["fish_cutoffs"], direction),
        "split_signal": near,
    }


def _cutoff(share: float | None, own: float | None, others: list[float], direction: str) -> str:
    """Return whether the share gives the other call at a cut-off in use, where it gives this one at the own cut-off."""
    if share is None or own is None:
        return "not_stated"
    wanted = direction == "missed"
    if (share >= own) == wanted:
        return "keeps"  # its own cut-off gives the expected call: the threshold is not the cause
    return "reverses" if any((share >= other) == wanted for other in others) else "keeps"


def _evidence(
    truth: Truth, assay: Assay, told: Reported, judged: Judged, swap: tuple[str, str] | None
) -> tuple[str, ...]:
    """Return what was sent or read that a reader can hold the cause against, in sentences."""
    out = told.readouts
    found = [*_unseen(judged), *([f"Samples {swap[0]} and {swap[1]} exchanged."] if swap else []), *_sent_file(told)]
    if "reads" in out:
        limit = f", own limit {assay.min_reads}" if assay.min_reads is not None else ""
        found.append(f"{out['reads']} reads{limit}.")
    found += _material(assay, out)
    if assay.method in ("fish", "pan_trk_ihc"):
        found += _by_eye(assay, out)
    if "frame" in out and "unknown" not in (out["frame"], truth.frame):
        found.append(f"Frame stated: {out['frame']}; of the reference: {truth.frame}.")
    named_otherwise = judged.named not in ("same_junction", "none_named") and judged.expected != "no_result"
    if judged.named_why and named_otherwise:
        found.append(f"{judged.named_why[0].upper()}{judged.named_why[1:]}.")
    return tuple(found)


def _unseen(judged: Judged) -> list[str]:
    """Return why the design of the assay cannot see the event."""
    sight = judged.sight
    if sight is None or sight.call != "not_seen":
        return []
    return [" ".join([sight.why, *(f"Read in: {source}." for source in sight.sources)])]


def _sent_file(told: Reported) -> list[str]:
    """Return what the file of a caller holds."""
    if told.file is None:
        return []
    held = ", ".join(f"{one.event.name} ({one.standing})" for one in told.file.events) or "no NTRK event"
    return [f"File {told.file.name}: {held if told.file.readable else 'not evaluable'}."]


def _material(assay: Assay, out: Mapping[str, Any]) -> list[str]:
    """Return the quality of the material, and the share that stained."""
    words = {"rna_quality": "RNA quality", "dv200": "DV200", "tumour_percent": "Tumour cells"}
    if assay.method == "pan_trk_ihc":
        words["percent"] = "Stained"
    units = {"rna_quality": ""}
    return [f"{label} {_number(out[name])}{units.get(name, ' %')}." for name, label in words.items() if name in out]


def _by_eye(assay: Assay, out: Mapping[str, Any]) -> list[str]:
    """Return the counts of a FISH, the cut-off of either, and how a stain looked."""
    found = []
    share = split_percent(out)
    if assay.method == "fish" and share is not None:
        found.append(f"Split in {out['cells_split']} of {out['cells_counted']} cells ({percent(share / 100)}).")
    if assay.cutoff_percent is not None:
        found.append(f"Own cut-off {printed_percent(assay.cutoff_percent)}.")
    if assay.method == "pan_trk_ihc":
        look = ", ".join(out[name] for name in ("intensity", "pattern", "distribution") if name in out)
        stated = [text.replace("_", " ") for text in (look, assay.clone, assay.protocol) if text]
        found += [f"{text[0].upper()}{text[1:]}." for text in stated]
    return found


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
