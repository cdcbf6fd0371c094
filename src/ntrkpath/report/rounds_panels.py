"""What panels can see, as a grid for the terminal, as one HTML page, and as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import msgspec

from ntrkpath.figures.round_matrix import Meaning, matrix_svg
from ntrkpath.guidance.edition import Edition
from ntrkpath.report.rounds_samples import coverage_sheet
from ntrkpath.report.rounds_terms import sight_words
from ntrkpath.report.sheet import Report, Sheet, rests_on
from ntrkpath.report.sheet_forms import report_html
from ntrkpath.rounds.knowledge import knowledge
from ntrkpath.rounds.sight import Seen, dna_breaks

TITLE = "What each panel can see of each known NTRK event"
_KIND = {"seen": "right", "not_seen": "wrong", "cannot_tell": "none"}


def _event(one: Seen) -> str:
    return f"{one.event.event.name} {one.event.exons}".strip()


def _grid(seen: Sequence[Seen]) -> tuple[list[str], list[str], dict[tuple[str, str], str]]:
    events = list(dict.fromkeys(_event(one) for one in seen))
    panels = list(dict.fromkeys(one.panel.name for one in seen))
    return events, panels, {(_event(one), one.panel.name): one.sight.call for one in seen}


def panels_text(seen: Sequence[Seen], detailed: bool) -> str:
    """Return a grid of events by panels; with ``detailed`` each cell as a sentence with its source."""
    if detailed:
        lines = []
        for one in seen:
            sources = f" Read in: {'; '.join(one.sight.sources)}." if one.sight.sources else ""
            why = one.sight.why.partition(": ")[2] or one.sight.why
            text = f"{_event(one)}, {one.panel.name}: {sight_words(one.sight.call)}. {why[0].upper()}{why[1:]}{sources}"
            lines.append(textwrap.fill(text, 110, subsequent_indent="    ", break_on_hyphens=False))
        return "\n".join(lines) + "\n"
    events, panels, cells = _grid(seen)
    signs = {call: str(entry["sign"]) for call, entry in knowledge("wording")["sight"].items()}
    known = [panel for panel in panels if any(cells[event, panel] != "cannot_tell" for event in events)]
    width = max(len(event) for event in events)
    lines = [TITLE, ""]
    lines += [f"{letter(i)}  {panel}" for i, panel in enumerate(known)]
    lines += ["", f"{'':<{width}}  " + " ".join(letter(i) for i in range(len(known)))]
    for event in events:
        lines.append(f"{event:<{width}}  " + " ".join(signs[cells[event, panel]] for panel in known))
    rest = [panel for panel in panels if panel not in known]
    lines += ["", "+ seen, - not seen, ? cannot tell: only what was read in a source decides."]
    if rest:
        lines += textwrap.wrap(f"Cannot tell of any event, as no design was read: {'; '.join(rest)}.", 110)
    lines.append("Why, with the source: --event NAME or --panel NAME.")
    return "\n".join(lines) + "\n"


def letter(place: int) -> str:
    """Return the letter of a column: A to Z, then a to z."""
    return chr(65 + place) if place < 26 else chr(71 + place)


def panels_picture(seen: Sequence[Seen]) -> str:
    """Return panels by events as SVG."""
    events, panels, cells = _grid(seen)
    meanings = {
        call: Meaning(str(entry["sign"]), str(entry["says"]), _KIND.get(call, "none"))
        for call, entry in knowledge("wording")["sight"].items()
    }
    by_panel = {(panel, event): call for (event, panel), call in cells.items()}
    return matrix_svg(panels, events, by_panel, meanings, title="Panels by events", ident="panels-grid")


def panels_html(seen: Sequence[Seen], edition: Edition) -> str:
    """Return the grid as a picture and every cell with its reason, as one self-contained HTML file."""
    told = [one for one in seen if one.sight.call != "cannot_tell"]
    rest = [one for one in seen if one.sight.call == "cannot_tell"]
    first = Sheet(title=TITLE, heads=(), rows=(), ident="grid")
    sheets = (first, coverage_sheet(told, "Seen and not seen", "told"), coverage_sheet(rest, "Cannot tell", "open"))
    report = Report(
        title=TITLE, sheets=sheets, pictures={"grid": (panels_picture(seen),)}, use=edition.intended_use,
        source=f"By the edition {rests_on(edition)}.",
    )  # fmt: skip
    return report_html(report)


def panels_json(seen: Sequence[Seen]) -> bytes:
    """Return every cell as JSON."""
    found = {
        "schema": "ntrkpath-panels-1",
        "cells": [
            {
                "event": one.event.event.name, "exons": one.event.exons,
                "dna_breaks": dna_breaks(one.event.event), "panel": one.panel.name,
                "method": one.panel.method, "sight": one.sight.call, "gap": one.sight.gap, "rule": one.sight.rule,
                "why": one.sight.why, "sources": one.sight.sources,
            }
            for one in seen
        ],
    }  # fmt: skip
    return msgspec.json.encode(found) + b"\n"
