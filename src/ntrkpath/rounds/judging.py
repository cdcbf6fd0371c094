"""One result held against its sample: what it is worth, what is wrong in it, and whether it would harm a patient."""

from __future__ import annotations

import msgspec

from ntrkpath.model.errors import RoundError
from ntrkpath.rounds.caller_file import FileEvent
from ntrkpath.rounds.description import SEQUENCE
from ntrkpath.rounds.design import Designs
from ntrkpath.rounds.event_name import Event, gene, read_event
from ntrkpath.rounds.folder import Assay
from ntrkpath.rounds.recognised import NEAREST, Recognised, recognise
from ntrkpath.rounds.reported import Reported
from ntrkpath.rounds.sight import UNREAD, Sight, see
from ntrkpath.rounds.tables import decide, holding
from ntrkpath.rounds.truth import Truth

_STAIN_SIGHT = Sight("seen", "none", "", "A pan-TRK antibody binds the product of all three genes.")
#: What an event of a file is to the reference where it is the same one.
_IS_REFERENCE = frozenset({"same_junction", "same_other_numbering", "same_pair", "other_junction"})
_NONE_NAMED = Recognised("none_named", "")


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One result as judged.

    Args:
        named: A level of the fact ``event_named``; ``named_why`` says why.
        sight: What the assay can see of the reference event; ``None`` without one.
        faults: What is wrong in a result that is right all the same.
        critical: Critical errors; ``rules`` the rows of the tables that decided.
    """

    expected: str
    call: str
    named: str
    named_why: str
    sight: Sight | None
    outcome: str
    says: str
    faults: tuple[str, ...]
    critical: tuple[str, ...]
    rules: tuple[str, ...]


def judge(truth: Truth, assay: Assay, told: Reported, sight: Sight | None) -> Judged:
    """Return a result as judged; the same core judges a name, a row and a caller's file."""
    expected = truth.expected(assay.method)
    if sight is not None and sight.call == "not_seen" and in_file(truth, told):
        sight = Sight("seen", "none", sight.rule, "The caller's file holds the event, whatever is known of the design.")
    nearest, others = _nearest(truth, assay, told, expected)
    row = decide(
        "result_worth",
        {
            "expected": expected,
            "reported": told.call,
            "event_named": nearest.level,
            "assay_sight": "not_seen" if sight is not None and sight.call == "not_seen" else "may_see",
        },
    )
    outcome = row.sets["outcome"]
    errors = holding(
        "critical_error",
        {
            "result_outcome": outcome,
            "assay_kind": "sequence" if assay.method in SEQUENCE else "screen",
            "infantile": truth.infantile,
            "limits_stated": told.readouts.get("limits_stated", "not_stated"),
        },
    )
    rules = (row.id, *(error.id for error in errors), *((sight.rule,) if sight is not None and sight.rule else ()))
    return Judged(
        expected=expected,
        call=told.call,
        named=nearest.level,
        named_why=nearest.why,
        sight=sight,
        outcome=outcome,
        says=row.says,
        faults=_faults(truth, assay, told, nearest.level, others) if outcome == "right" else (),
        critical=tuple(error.emits["critical"] for error in errors),
        rules=rules,
    )


def _nearest(truth: Truth, assay: Assay, told: Reported, expected: str) -> tuple[Recognised, bool]:
    """Return the named event that is nearest to the reference, and whether a further NTRK event is named beside it."""
    if assay.method not in SEQUENCE or told.call not in ("positive", "not_productive"):
        return _NONE_NAMED, False
    found = [recognise(event, truth.event) for event in told.events]
    if truth.event is None and expected == "positive":
        found = [
            Recognised("same_pair", "the sample's value is a call without an event") if event.ntrk else known
            for event, known in zip(told.events, found, strict=True)
        ]
    if told.bad_names:
        found.append(Recognised("unreadable_name", told.bad_names[0][1]))
    if not found:
        return _NONE_NAMED, False
    best = min(found, key=lambda one: NEAREST.index(one.level))
    also = [one for one in found if one.level in ("partner_differs", "gene_differs")]
    return best, bool(also) and best.level not in ("partner_differs", "gene_differs")


def _faults(truth: Truth, assay: Assay, told: Reported, named: str, others: bool) -> tuple[str, ...]:
    if assay.method not in SEQUENCE or told.call != "positive" or truth.event is None:
        return ()
    found = {
        "exons_differ": named == "other_junction",
        "partner_not_named": named == "partner_not_named",
        "event_not_named": named == "none_named",
        "order_reversed": named == "reversed_order",
        "frame_differs": frame_said(truth, told) == "differs",
        "another_event_too": others,
    }
    return tuple(name for name, holds in found.items() if holds)


def in_file(truth: Truth, told: Reported) -> tuple[FileEvent, ...]:
    """Return the events of the caller's file that are the reference of the sample."""
    if told.file is None or truth.event is None:
        return ()
    return tuple(one for one in told.file.events if recognise(one.event, truth.event).level in _IS_REFERENCE)


def frame_said(truth: Truth, told: Reported) -> str:
    """Return whether the laboratory's frame agrees with that of the reference (a level of ``frame_said``)."""
    stated = told.readouts.get("frame", "unknown")
    if "unknown" in (stated, truth.frame):
        return "not_stated"
    return "agrees" if stated == truth.frame else "differs"


def sight_of(truth: Truth, assay: Assay, designs: Designs) -> Sight | None:
    """Return what an assay can see of the event of a sample; ``None`` where the sample has no event."""
    event = truth.event
    if event is None or truth.expected(assay.method) != "positive":
        return None
    if assay.method == "pan_trk_ihc":
        return _STAIN_SIGHT
    if assay.method == "fish":
        return _probe(assay, event)
    if assay.method == "rt_pcr":
        return _targets(assay, event)
    design = designs.find(assay.panel) if assay.panel else None
    return see(design, event, designs) if design is not None else UNREAD


def _probe(assay: Assay, event: Event) -> Sight:
    if not assay.genes:
        return Sight("cannot_tell", "not_known", "", "The gene of the probe is not stated.")
    covered = {_symbol(name) for name in assay.genes}
    if covered & {event.ntrk, event.partner}:
        return Sight("seen", "none", "", f"The probe covers {', '.join(assay.genes)}.")
    return Sight("not_seen", "gene", "", f"The probe covers {', '.join(assay.genes)}, not {event.ntrk}.")


def _symbol(name: str) -> str:
    try:
        return gene(name).symbol
    except RoundError:
        return name.strip().upper()


def _targets(assay: Assay, event: Event) -> Sight:
    if not assay.targets:
        return Sight("cannot_tell", "not_known", "", "The targets of the RT-PCR are not stated.")
    aimed, unread = [], False
    for target in assay.targets:
        try:
            aimed.append(read_event(target))
        except RoundError:
            unread = True
    for one in aimed:
        apart = one.five_at and event.five_at and event.five_at[0] not in one.five_at
        if one.ntrk == event.ntrk and one.partner in (event.partner, None) and not apart:
            return Sight("seen", "none", "", f"{one.text} is a target.")
    if unread:
        return Sight("cannot_tell", "not_known", "", "A target of the RT-PCR could not be read.")
    gap = "partner" if event.ntrk in {one.ntrk for one in aimed} else "gene"
    return Sight("not_seen", gap, "", f"The targets are {', '.join(assay.targets)}.")
