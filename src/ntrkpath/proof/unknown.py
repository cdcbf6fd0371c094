"""Property R6 over the derivations of a case: what is not stated never becomes a level that only a statement gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ntrkpath.proof.report import Finding, PropertyCount
from ntrkpath.proof.space import Space

State = Mapping[str, str]
#: Drugs that a line of therapy may name and that are TRK inhibitors of the first or the next generation.
_INHIBITORS = ("larotrectinib", "entrectinib", "selitrectinib", "repotrectinib")
_OPEN = ("unknown", "not stated", "None")

#: For each space: the states in which the input is open, and the outcomes that are then allowed.
_RULES: dict[str, tuple[Callable[[State], bool], Callable[[str], bool]]] = {
    "age_band": (lambda s: s["age"] in _OPEN, lambda found: found == "unknown"),
    "cns_site": (
        lambda s: s["site"] in (*_OPEN, "empty", "blank", "not specified", "nos", "n/a", "other"),
        lambda found: found == "unknown",
    ),
    "flags": (lambda s: s["value"] in _OPEN, lambda found: found == "unknown"),
    **{
        flag: (lambda s: s["value"] in _OPEN, lambda found: found == "unknown")
        for flag in ("alternative", "brain_metastases", "pregnant")
    },
    "disease": (lambda s: s["key"].endswith(_OPEN), lambda found: found == "unknown"),
    "immunoprofile": (lambda s: set(s.values()) <= set(_OPEN), lambda found: found == "unknown unknown"),
    "differentiation": (
        lambda s: s["stated"] in _OPEN and s["histology"] in ("undifferentiated pleomorphic sarcoma", "chondrosarcoma"),
        lambda found: found == "unknown",
    ),
    "alk_ros1": (lambda s: set(s.values()) <= set(_OPEN), lambda found: found == "unknown"),
    "alterations": (
        lambda s: s["status"] in _OPEN,
        lambda found: found.split()[0] in ("unknown", "expected") and found.split()[1:] == ["none_reported", "unknown"],
    ),
    "therapy": (
        lambda s: s["progression"] in _OPEN and s["response"] in _OPEN and s["drug"] in _INHIBITORS,
        lambda found: found.split(",")[0] in ("unknown", "ongoing"),
    ),
    "no therapy": (lambda s: s["therapy"] in _OPEN, lambda found: found == "unknown"),
    "resistance test": (
        lambda s: s["mutations"] == "not stated"
        or s["test"] in ("before", "on the day", "undated")
        or s["start"] == "undated"
        or s["progressed"] in _OPEN
        or s["result"] == "failed"
        or (s["covers"] == "one" and s["mutations"] != "off target"),
        lambda found: found in ("not_done", "undated"),
    ),
    "histologies": (lambda s: True, lambda found: found.split()[1] in ("unknown", "expected")),
}  # fmt: skip


def prove_unknown(spaces: Iterable[Space]) -> tuple[PropertyCount, list[Finding]]:
    """Prove that an input that is not stated leads to no tested level, in every space that has such inputs."""
    states, found = 0, []
    for space in spaces:
        if space.id not in _RULES:
            continue
        open_, allowed = _RULES[space.id]
        spoken = [(state, outcome) for state, outcome in space.run() if open_(state)]
        states += len(spoken)
        wrong = [(state, outcome) for state, outcome in spoken if not allowed(outcome)]
        if wrong or not spoken:
            state, outcome = wrong[0] if wrong else ({}, "nothing")
            shown = ", ".join(f"{axis} {value}" for axis, value in state.items())
            found.append(Finding("readout", "R6", f"{space.id}: {shown} becomes {outcome}, {len(wrong)} such states"))
    text = "Unknown never becomes a tested level, in any derivation."
    return PropertyCount("R6-derivations", text, states, not found), found
