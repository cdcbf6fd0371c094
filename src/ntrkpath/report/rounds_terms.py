"""What results of a round are called: outcomes, causes, calls, methods, in the terms of the knowledge."""

from __future__ import annotations

from functools import cache

from ntrkpath.figures.round_matrix import Meaning
from ntrkpath.rounds.knowledge import knowledge
from ntrkpath.rounds.result import Result

STANDING = {
    "as_expected": "as expected",
    "below": "below what is expected",
    "far_below": "far below what is expected",
    "above": "above what is expected",
    "cannot_tell": "no other laboratory tested the same",
}


@cache
def meanings() -> dict[str, Meaning]:
    """Return every outcome with its sign, in the order of the knowledge."""
    return {
        entry["id"]: Meaning(entry["sign"], entry["says"], entry["counts"])
        for entry in knowledge("wording")["outcomes"]
    }


def outcome_words(one: Result) -> str:
    """Return what a result is worth, with faults, critical errors and an upheld appeal."""
    found = [meanings()[one.outcome].says]
    found += [knowledge("wording")["faults"][fault] for fault in one.faults]
    found += [f"critical: {critical_words(error)}" for error in one.critical]
    if one.before_appeal is not None:
        found.append(f"appeal upheld (was: {meanings()[one.before_appeal].says})")
    return "; ".join(found)


def critical_words(error: str) -> str:
    """Return a critical error in words; a wrong result that a rule calls critical is named by its outcome."""
    return str(knowledge("wording")["critical"].get(error, meanings()[error].says if error in meanings() else error))


@cache
def cause_entry(cause: str) -> dict[str, str]:
    """Return the name of a cause and what to do about it."""
    found = next(entry for entry in knowledge("wording")["causes"] if entry["id"] == cause)
    return {"says": str(found["says"]), "do": " ".join(str(found["do"]).split())}


def cause_words(one: Result) -> str:
    """Return the cause of a difference with how sure it is; ``""`` where nothing differs."""
    if one.cause is None:
        return ""
    said = cause_entry(one.cause.id)["says"]
    return said if one.cause.certainty == "open" else f"{said} ({one.cause.certainty})"


def call_words(one: Result) -> str:
    """Return what a laboratory reports, with the event as it wrote it and what that is."""
    call = {"not_productive": "not productive", "not_tested": "no result"}.get(one.call, one.call)
    found = f"{call}: {one.named}" if one.named else call
    if one.call == "unreadable" and one.call_why:
        return f"{found} ({one.call_why})"
    if one.named and one.gene is not None and one.event_named not in ("same_junction", "none_named"):
        found += f" ({knowledge('wording')['named'][one.event_named]})"
    return found


def sight_words(call: str) -> str:
    """Return whether an assay can see an event."""
    return str(knowledge("wording")["sight"][call]["says"])
