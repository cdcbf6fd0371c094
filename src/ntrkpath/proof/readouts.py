"""The readout space: every report of every method through the real derivation, and properties R1 to R9 over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import msgspec

from ntrkpath.model.case import Case, Diagnosis, DnaMps, Fish, PanTrkIhc, ReportedFusion, RnaMps, RtPcr, Test
from ntrkpath.model.fusion import FileReport, Frame, FusionVerdict, KinaseDomain, Side, Source, Support
from ntrkpath.pathway.decide import Pathway
from ntrkpath.pathway.intake.files import FromFile, with_files
from ntrkpath.proof.report import Finding, PropertyCount
from ntrkpath.proof.space import Space

_RESULTS: dict[str, Any] = {
    "positive": "positive", "negative": "negative", "failed": "failed", "not_interpretable": "not_interpretable",
    "unknown": "unknown", "not stated": None,
}  # fmt: skip
_CONTROLS = {"adequate": "adequate", "inadequate": "inadequate", "unknown": "unknown", "not stated": None}
_SCREENS = {level: level for level in ("usable", "diffuse_only", "no_screen", "unknown")}
_ALL = ["NTRK1", "NTRK2", "NTRK3"]
_FUSIONS: dict[str, list[ReportedFusion]] = {
    "none": [],
    **{
        name: [ReportedFusion(five_prime=five, three_prime=three, frame=frame)]  # type: ignore[arg-type]
        for name, five, three, frame in (
            ("known pair in frame", "ETV6", "NTRK3", "in_frame"),
            ("known pair", "ETV6", "NTRK3", None),
            ("known pair out of frame", "ETV6", "NTRK3", "out_of_frame"),
            ("novel partner in frame", "ACTB", "NTRK2", "in_frame"),
            ("novel partner", "ACTB", "NTRK2", None),
            ("no partner", None, "NTRK1", None),
            ("NTRK first", "NTRK3", "ETV6", "in_frame"),
            ("both NTRK", "NTRK1", "NTRK3", "in_frame"),
            ("other genes", "EWSR1", "FLI1", "in_frame"),
            ("mistyped", "TPM3", "NTKR1", "in_frame"),
            ("half named", "ETV6", None, "in_frame"),
        )
    },
}
#: What the file of a test gave: its status, what it can tell, and the verdicts (with reasons and level) of its events.
_EVENTS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "productive": ("productive", ("in_frame", "kinase_complete"), "same"),
    "likely productive": ("likely_productive", ("in_frame", "dna_only_needs_rna"), "same"),
    "uncertain": ("uncertain", ("frame_unknown",), "same"),
    "out of frame": ("not_productive", ("out_of_frame",), "same"),
    "reciprocal": ("not_productive", ("ntrk_is_five_prime", "reciprocal"), "same"),
    "intragenic": ("not_productive", ("intragenic",), "same"),
    "antisense": ("not_productive", ("antisense",), "same"),
    "read-through": ("not_productive", ("read_through",), "same"),
    "uncertain antisense": ("uncertain", ("antisense",), "same"),
    "productive of the other level": ("productive", ("in_frame",), "other"),
}
_FILES = ("no file", "none found", "not evaluable", "partly read", "cannot tell", *_EVENTS)
_QUALITY = {"adequate": "adequate", "poor": "poor", "unknown": "unknown", "not stated": None}
_COVERS: dict[str, Any] = {"all three": _ALL, "one": ["NTRK1"], "not stated": None}

#: Calls that close a question or weigh against a fusion, by how much. ``not_productive_open`` does neither: it leaves
#: what FISH or a stain allow, and asks for another test.
NEGATIVITY = {
    "not_productive": 3, "negative": 3, "unqualified_negative": 2, "not_productive_unqualified": 2,
    "partial_negative": 1,
}  # fmt: skip
_NEGATIVE = frozenset({"negative", "partial_negative", "unqualified_negative"})
_SHOWS = frozenset({"productive", "likely_productive", "reported_pair", "positive"})

State = dict[str, str]
#: The call of the same report with other entries on some of its axes.
Other = Callable[..., str]


class Rule(NamedTuple):
    """A property of reports (a method, a state and the call): of which it speaks, and whether the call keeps it."""

    id: str
    text: str
    speaks: Callable[[str, State], bool]
    holds: Callable[[str, State, str, Other], bool]


def _event(verdict: str, reasons: tuple[str, ...], level: str) -> FusionVerdict:
    side = Side("ETV6", None, None, None)
    return FusionVerdict(
        "case", "ETV6::NTRK3", None, side, side, None, level, verdict, reasons,  # type: ignore[arg-type]
        Frame("unknown", "unknown", 0, 0), KinaseDomain(None, "unknown"), Support(), ("made up",), (Source("made up"),),
    )  # fmt: skip


def _file(name: str, level: str) -> FromFile | None:
    if name == "no file":
        return None
    status = {"not evaluable": "not_evaluable", "partly read": "partly_read"}.get(name, "read")
    tells = ("mutations",) if name == "cannot tell" else ("rna_fusions", "dna_fusions")
    report = FileReport("made up", "made up", "made up", None, (), 1, 1, status, ())  # type: ignore[arg-type]
    events: tuple[FusionVerdict, ...] = ()
    if name in _EVENTS:
        verdict, reasons, where = _EVENTS[name]
        other = {"rna": "dna", "dna": "rna"}[level]
        events = (_event(verdict, reasons, level if where == "same" else other),)
    return FromFile(report, None, tells, events)


def _open(*levels: str) -> dict[str, str | None]:
    return {**{level: level for level in levels}, "unknown": "unknown", "not stated": None}


class ReadoutSpace:
    """Every report of every method, and what the derivation of the pathway makes of it.

    Args:
        pathway: Without our own verdicts, so that the names of a fusion decide.
    """

    def __init__(self, pathway: Pathway) -> None:
        self.readouts = pathway.readouts

    def call(self, test: Test, screen: str = "usable", found: FromFile | None = None) -> str:
        """Return the call of one report; of a file with rows of the other level, both calls."""
        attached = {} if found is None else {1: found}
        case = with_files(Case(id="case", diagnosis=Diagnosis(histology="GIST"), tests=[test]), attached)
        return " + ".join(called.call for called in self.readouts.call(case, screen, attached))

    def levels(self, test: Test) -> str:
        """Return the levels of all facts of one report."""
        case = Case(id="case", diagnosis=Diagnosis(histology="GIST"), tests=[test])
        return ", ".join(f"{fact} {level}" for fact, level in self.readouts.call(case, "usable", {})[0].levels.items())

    def spaces(self) -> tuple[Space, ...]:
        """Return the space of each method."""
        percents = {f"{p:g}": p for p in (0, 0.5, 0.99, 1, 1.01, 2, 9.9, 10, 50, 100)} | {"not stated": None}
        distributions = {"focal": "focal", "diffuse": "diffuse", "unknown": "unknown", "not stated": None}
        probes: dict[str, Any] = {
            "NTRK break-apart": (_ALL, "break_apart"), "NTRK1 break-apart": ("NTRK1", "break_apart"),
            "ETV6 with NTRK3": (["ETV6", "NTRK3"], "co-localisation"), "ETV6 break-apart": ("ETV6", "break-apart"),
            "NTRK of unstated kind": ("NTRK3", None), "EWSR1 break-apart": ("EWSR1", "break_apart"),
            "not stated": (None, None),
        }  # fmt: skip
        counts: dict[str, dict[str, Any]] = {
            "not counted": {}, "no cut-off": {"cells_counted": 100, "cells_split": 30},
            "no cut-off, many": {"cells_counted": 100, "cells_split": 31},
            "no cut-off, many 3'": {"cells_counted": 100, "cells_split": 2, "cells_isolated_3p": 31},
            "no cut-off, none": {"cells_counted": 100, "cells_split": 0},
            "at the cut-off": {"cells_counted": 100, "cells_split": 15, "cutoff": 15},
            "above": {"cells_counted": 100, "cells_split": 16, "cutoff": 15},
            "below": {"cells_counted": 100, "cells_split": 14, "cutoff": 15},
            "isolated 3' above": {"cells_counted": 100, "cells_split": 0, "cells_isolated_3p": 40, "cutoff": 15},
            "only 3' counted": {"cells_counted": 100, "cells_isolated_3p": 5, "cutoff": 15},
            "no total": {"cells_split": 40, "cutoff": 15},
            "total alone": {"cells_counted": 100, "cutoff": 15},
            "isolated 5' above": {"cells_counted": 100, "cells_split": 0, "cells_isolated_5p": 40, "cutoff": 15},
        }  # fmt: skip
        targets: dict[str, list[str]] = {
            "NTRK": ["ETV6::NTRK3"], "other genes": ["PAX3::FOXO1"], "mistyped": ["ETV6::NTKR3"], "not stated": [],
            "both": ["PAX3::FOXO1", "ETV6-NTRK3"],
        }  # fmt: skip
        files = {name: name for name in _FILES}
        return (
            Space(
                "pan_trk_ihc",
                {"result": _RESULTS, "percent": percents, "distribution": distributions, "control": _CONTROLS,
                 "screen": _SCREENS},
                lambda result, percent, distribution, control, screen: self.call(
                    PanTrkIhc(result=result, percent=percent, distribution=distribution, control=control), screen
                ),
            ),
            Space(
                "stain as described",
                {
                    "intensity": _open("weak", "moderate", "strong"),
                    "pattern": _open("nuclear", "nuclear_membrane", "cytoplasmic", "membranous", "mixed"),
                    "fixation": _open("adequate", "poor", "excessive"),
                    "clone": {name or "not stated": name for name in
                              ("EPR17341", "epr 17341 (ventana)", "C17F1", "K02", " ", None)},
                },
                lambda intensity, pattern, fixation, clone: self.levels(
                    PanTrkIhc(result="positive", intensity=intensity, pattern=pattern, fixation=fixation, clone=clone)
                ),
            ),
            Space(
                "fish", {"result": _RESULTS, "probe": probes, "counts": counts},
                lambda result, probe, counted: self.call(Fish(result=result, gene=probe[0], probe=probe[1], **counted)),
            ),
            Space(
                "rt_pcr", {"result": _RESULTS, "targets": targets, "control": _CONTROLS},
                lambda result, named, control: self.call(RtPcr(result=result, targets=named, control=control)),
            ),
            Space(
                "rna_mps",
                {"result": _RESULTS, "quality": _QUALITY, "covers": _COVERS, "fusion": _FUSIONS, "file": files},
                lambda result, quality, covers, fusions, file: self.call(
                    RnaMps(result=result, rna_quality=quality, genes_covered=covers, fusions=fusions),
                    found=_file(file, "rna"),
                ),
            ),
            Space(
                "dna_mps", {"result": _RESULTS, "covers": _COVERS, "fusion": _FUSIONS, "file": files},
                lambda result, covers, fusions, file: self.call(
                    DnaMps(result=result, genes_covered=covers, fusions=fusions), found=_file(file, "dna")
                ),
            ),
        )  # fmt: skip


def _sequencing(method: str) -> bool:
    return method in ("rna_mps", "dna_mps")


def _named_other(method: str, state: State) -> bool:
    return state.get("fusion") == "other genes" or (method == "rt_pcr" and state["targets"] == "other genes")


def _at_least(state: State, limit: float) -> bool:
    return state["percent"] != "not stated" and float(state["percent"]) >= limit


def _focal_counts_not(state: State) -> bool:
    return state["screen"] == "diffuse_only" and state["distribution"] == "focal"


_RULES = (
    Rule(
        "R1",
        "What the laboratory calls positive is never read as negative or not done (focal staining under IHC-3 aside).",
        lambda m, s: s["result"] == "positive" and not _named_other(m, s)
        and not (m == "pan_trk_ihc" and _focal_counts_not(s)),
        lambda m, s, call, other: not set(call.split(" + ")) & {*_NEGATIVE, "not_done"},
    ),
    Rule(
        "R2",
        "What could not be read is never negative and never adequate: failed, a bad control, poor RNA, an unread file.",
        lambda m, s: s["result"] in ("failed", "not_interpretable") or s.get("control") == "inadequate"
        or s.get("quality") == "poor" or s.get("file") in ("not evaluable", "partly read"),
        lambda m, s, call, other: call not in ("negative", "not_productive") and (
            call not in _NEGATIVE or ((s["result"] == "negative" or _named_other(m, s)) and s.get("quality") != "poor")
        ),
    ),
    Rule(
        "R3", "A file without an event is never an adequate negative by itself.",
        lambda m, s: s["result"] in ("not stated", "unknown") and s.get("fusion") == "none"
        and s.get("file") in _FILES[1:5] and m == "rna_mps"
        and not (s["quality"] == "adequate" and s["covers"] == "all three"),
        lambda m, s, call, other: call != "negative",
    ),
    Rule(
        "R4",
        "An event that is no productive fusion never makes the answer more negative than the same test without it.",
        lambda m, s: _sequencing(m) and s.get("fusion") in ("none", "other genes")
        and s["file"] in ("out of frame", "reciprocal", "intragenic", "antisense", "read-through"),
        lambda m, s, call, other: NEGATIVITY.get(call, 0)
        <= NEGATIVITY.get(other(file="none found", result="negative", fusion="none"), 0),
    ),
    Rule(
        "R4-silent", "A reciprocal, intragenic, antisense or read-through event says nothing against a fusion.",
        lambda m, s: _sequencing(m) and s["file"] in ("reciprocal", "intragenic", "antisense", "read-through")
        and s["fusion"] == "none",
        lambda m, s, call, other: not call.startswith("not_productive"),
    ),
    Rule(
        "R5", "A call against its own counts is never decided silently.",
        lambda m, s: (m == "pan_trk_ihc" and s["control"] != "inadequate" and s["screen"] != "no_screen"
        and not _focal_counts_not(s) and s["percent"] != "not stated"
        and ((s["result"] == "negative" and _at_least(s, 1)) or (s["result"] == "positive" and not _at_least(s, 1))))
        or (m == "fish" and s["probe"] not in ("not stated", "EWSR1 break-apart")
        and ((s["result"] == "negative" and s["counts"] in ("above", "no cut-off, many", "no cut-off, many 3'"))
             or (s["result"] == "positive" and s["counts"] in ("below", "at the cut-off", "no cut-off, none")))),
        lambda m, s, call, other: call in ("contradicted", "not_interpretable"),
    ),
    Rule(
        "R5-threshold", "1 % of tumour cells is the threshold of the stain, and it is met at 1 % itself (IHC-2).",
        lambda m, s: m == "pan_trk_ihc" and s["result"] in ("not stated", "unknown") and s["control"] != "inadequate"
        and s["screen"] == "usable" and s["percent"] != "not stated" and s["distribution"] != "diffuse",
        lambda m, s, call, other: call == ("positive" if _at_least(s, 1) else "negative"),
    ),
    Rule(
        "R6",
        "Unknown never becomes a tested level: a report says no more with a key left out than it may say with it.",
        lambda m, s: s["result"] in ("not stated", "unknown") and s.get("fusion", "none") == "none"
        and s.get("file", "no file") in ("no file", "not evaluable", "cannot tell")
        and s.get("percent", "not stated") == "not stated" and s.get("counts", "not counted") == "not counted"
        and s.get("distribution", "not stated") in ("not stated", "unknown"),
        lambda m, s, call, other: call in ("unknown", "not_interpretable", "failed")
        or (call == "not_done" and _named_other(m, s)),
    ),
    Rule(
        "R6-quality", "RNA quality or coverage that is not stated is never adequate.",
        lambda m, s: m == "rna_mps" and (s["quality"] in ("unknown", "not stated") or s["covers"] == "not stated"),
        lambda m, s, call, other: call not in ("negative", "not_productive"),
    ),
    Rule(
        "R7", "DNA evidence never acts as RNA evidence.",
        lambda m, s: _sequencing(m) and s["file"] == "productive of the other level" and s["fusion"] == "none",
        lambda m, s, call, other: call.split(" + ")[0] not in (_SHOWS if m == "rna_mps" else {"productive"}),
    ),
    Rule(
        "R7-dna", "DNA sequencing never shows a productive fusion by itself.",
        lambda m, s: m == "dna_mps" and s["file"] != "productive of the other level",
        lambda m, s, call, other: call != "productive",
    ),
)  # fmt: skip


class Proved(msgspec.Struct, frozen=True):
    """R1 to R7 with the reports they speak of, the findings, the space of each method, the number of reports."""

    properties: tuple[PropertyCount, ...]
    findings: tuple[Finding, ...]
    spaces: tuple[Space, ...]
    states: int


def prove_readouts(pathway: Pathway) -> Proved:
    """Prove R1 to R7 over every report of every method."""
    every = ReadoutSpace(pathway).spaces()
    spaces = tuple(space for space in every if "result" in space.axes)
    axes = {space.id: tuple(space.axes) for space in spaces}
    runs = {space.id: list(space.run()) for space in spaces}
    calls = {ident: {tuple(state.values()): call for state, call in run} for ident, run in runs.items()}
    counts: list[PropertyCount] = []
    found: list[Finding] = []
    for rule in _RULES:
        spoken, broken = 0, []
        for method, run in runs.items():
            for state, call in run:
                if rule.speaks(method, state):
                    spoken += 1
                    other = partial(_other_call, calls[method], axes[method], state)
                    if not rule.holds(method, state, call, other):
                        broken.append((method, state, call))
        counts.append(PropertyCount(rule.id, rule.text, spoken, bool(spoken) and not broken))
        if broken:
            found.append(Finding("readout", rule.id, f"fails in {len(broken)} reports: {_shown(*broken[0])}"))
        elif not spoken:
            found.append(Finding("readout", rule.id, "speaks of no report"))
    return Proved(tuple(counts), tuple(found), every, sum(map(len, runs.values())))


def _other_call(calls: Mapping[tuple[str, ...], str], axes: tuple[str, ...], state: State, **changes: str) -> str:
    changed = {**state, **changes}
    return calls[tuple(changed[axis] for axis in axes)]


def _shown(method: str, state: State, call: str) -> str:
    return f"{method}: {', '.join(f'{k} {v}' for k, v in state.items())} is read as {call}"
