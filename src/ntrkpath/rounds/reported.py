"""What a laboratory reports of one sample by one assay: its rows put together, with its caller's file beside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.model.errors import RoundError
from ntrkpath.model.numbers import printed_percent
from ntrkpath.rounds.caller_file import FileRead, read_file
from ntrkpath.rounds.description import SEQUENCE
from ntrkpath.rounds.event_name import Event, read_event
from ntrkpath.rounds.folder import Assay
from ntrkpath.rounds.sheet import Line


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """What is reported.

    Args:
        call: A level of the fact ``reported``.
        why: Where ``call`` is ``unreadable`` or follows from a file: why.
        events: The events named, those that could be read.
        bad_names: Names that could not be read, with the reason.
        readouts: Percentages, counts and qualities as stated (the first row that states each).
    """

    call: str
    why: str = ""
    events: tuple[Event, ...] = ()
    bad_names: tuple[tuple[str, str], ...] = ()
    readouts: dict[str, Any] = {}
    file: FileRead | None = None

    @property
    def named(self) -> str:
        """The events named, as one text."""
        return "; ".join([*(event.text for event in self.events), *(name for name, _ in self.bad_names)])

    @property
    def days(self) -> int | None:
        """Days from arrival to report, where both are stated."""
        arrived, told = self.readouts.get("received"), self.readouts.get("reported")
        if isinstance(arrived, dt.date) and isinstance(told, dt.date):
            return (told - arrived).days
        return None


NOT_SENT = Reported(call="not_tested")
_READOUTS = (
    "frame", "reads", "rna_quality", "dv200", "tumour_percent", "percent", "intensity", "pattern", "distribution",
    "control", "cells_counted", "cells_split", "limits_stated", "received", "reported", "productive",
)  # fmt: skip


def put_together(lines: Sequence[Line], sample: str, assay: Assay, files: Mapping[str, Path]) -> Reported:
    """Return what the rows of one sample and assay say together; rows that contradict each other are not readable."""
    readouts: dict[str, Any] = {}
    for line in reversed(lines):
        readouts |= {name: line.values[name] for name in _READOUTS if name in line.values}
    said = sorted({line.values["result"] for line in lines if "result" in line.values})
    events, bad = _events([line.values["fusion"] for line in lines if "fusion" in line.values])
    sent = [files[line.values["file"]] for line in lines if line.values.get("file") in files]
    read = read_file(sent[0], sample, "dna" if assay.method == "dna_mps" else "rna") if sent else None
    base = Reported(call="unreadable", events=events, bad_names=bad, readouts=readouts, file=read)
    problem = _impossible(readouts) or _against_counts(said, readouts, assay)
    if not problem and len(said) > 1:
        problem = f"says both {' and '.join(said)}"
    if problem:
        return msgspec.structs.replace(base, why=problem)
    return _called(base, said[0], lines, assay) if said else _from_file(base, assay)


def _called(base: Reported, call: str, lines: Sequence[Line], assay: Assay) -> Reported:
    """Return what a call says beside the events that its rows name, or that its caller's file holds."""
    ours = [line.values for line in lines if _ntrk(line.values.get("fusion", ""))]
    no_target = bool(ours) and all(values.get("productive") == "no" for values in ours)
    if no_target and call in ("positive", "negative"):
        return msgspec.structs.replace(base, call="not_productive")
    if ours and call in ("negative", "failed", "not_tested"):
        return msgspec.structs.replace(base, why=f"says {call} and names {ours[0]['fusion']}")
    unnamed = call == "positive" and not any("fusion" in line.values for line in lines)
    if unnamed and base.file is not None and assay.method in SEQUENCE:
        found = tuple(one.event for one in base.file.events if one.standing == "reported")
        return msgspec.structs.replace(base, call=call, events=found, why="the event is that of the caller's file")
    return msgspec.structs.replace(base, call=call)


def _events(names: Sequence[str]) -> tuple[tuple[Event, ...], tuple[tuple[str, str], ...]]:
    events, bad = [], []
    for name in dict.fromkeys(names):
        try:
            events.append(read_event(name))
        except RoundError as error:
            bad.append((name, str(error)))
    return tuple(events), tuple(bad)


def _ntrk(name: str) -> bool:
    try:
        return read_event(name).ntrk is not None
    except RoundError:
        return False


def _impossible(readouts: Mapping[str, Any]) -> str:
    counted, split = readouts.get("cells_counted"), readouts.get("cells_split")
    if counted is not None and split is not None and split > counted:
        return f"more cells split ({split}) than counted ({counted})"
    arrived, told = readouts.get("received"), readouts.get("reported")
    if arrived is not None and told is not None and told < arrived:
        return f"reported ({told}) before it arrived ({arrived})"
    return ""


def _against_counts(said: Sequence[str], readouts: Mapping[str, Any], assay: Assay) -> str:
    """Return how a call stands against the laboratory's own counts and cut-off; such a row is never decided silently.

    A FISH call may be positive below the cut-off of split signals, by isolated ones, which the sheet does not hold.
    """
    cutoff, call = assay.cutoff_percent, said[0] if len(said) == 1 else ""
    if cutoff is None or call not in ("positive", "negative"):
        return ""
    share = readouts.get("percent") if assay.method == "pan_trk_ihc" else None
    if assay.method == "fish":
        share = split_percent(readouts)
    if share is None:
        return ""
    above = share >= cutoff if assay.method == "pan_trk_ihc" else share > cutoff
    if (call == "negative" and above) or (call == "positive" and not above and assay.method == "pan_trk_ihc"):
        return f"says {call} with {printed_percent(share)}, against its own cut-off of {printed_percent(cutoff)}"
    return ""


def split_percent(readouts: Mapping[str, Any]) -> float | None:
    """Return the share of cells with a split signal, in per cent; ``None`` where it was not counted."""
    counted, split = readouts.get("cells_counted"), readouts.get("cells_split")
    return 100 * split / counted if counted and split is not None else None


def _from_file(base: Reported, assay: Assay) -> Reported:
    """Return what a caller's file says where the sheet gives no result."""
    read = base.file
    if read is None:
        return msgspec.structs.replace(base, why="neither a result nor a file is given")
    if assay.method not in SEQUENCE:
        return msgspec.structs.replace(base, why=f"a file gives no result of {assay.method}")
    told = [one for one in read.events if one.standing == "reported"]
    if told:
        best = any(one.verdict.verdict != "not_productive" for one in told)
        call = "positive" if best else "not_productive"
        events = tuple(one.event for one in told if not best or one.verdict.verdict != "not_productive")
        return msgspec.structs.replace(base, call=call, events=events, why="from the caller's file")
    if not read.readable:
        why = f"the caller's file says nothing: {read.problems[0] if read.problems else 'not evaluable'}"
        return msgspec.structs.replace(base, why=why)
    held = "only NTRK events that its caller rejected" if read.events else "no NTRK event in it"
    return msgspec.structs.replace(base, call="negative", why=f"from the caller's file: {held}")
