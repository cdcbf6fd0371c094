"""One fusion as SVG: the exons of both genes to scale, what is kept and lost, the product, and the verdict in words."""

from __future__ import annotations

import hashlib
from functools import cache

from ntrkpath.figures import fusion_words as words
from ntrkpath.figures.svg import (
    FONT,
    clean,
    colour_rules,
    escape,
    identifier,
    number,
    tag,
    text_lines,
    text_width,
    wrap,
)
from ntrkpath.figures.tracks import Mark, Span, Track, tracks
from ntrkpath.fusion.transcripts import Transcripts
from ntrkpath.model.fusion import FusionVerdict, Side

WIDTH, MARGIN = 960.0, 24.0
_INNER = WIDTH - 2 * MARGIN
_BAR, _DOMAIN = 26.0, 9.0
_SMALL, _TEXT, _HEAD, _NAME = 11.0, 12.0, 14.0, 20.0
_KEY = 150.0
#: Beyond this ratio of lengths each gene gets its own scale, so that the shorter one stays legible.
_RATIO = 4.0

_STYLE = (
    colour_rules(".ntrk-fusion")
    + f".ntrk-fusion{{background:var(--paper);font-family:{FONT}}}"
    + """
.ntrk-fusion text{fill:var(--ink)}
.ntrk-fusion .quiet{fill:var(--quiet)}
.ntrk-fusion .strong{font-weight:700}
.ntrk-fusion .kept{fill:var(--taken-box);stroke:var(--ink);stroke-width:1.2}
.ntrk-fusion .three.kept{fill:var(--box)}
.ntrk-fusion .lost{stroke:var(--edge);stroke-width:1;stroke-dasharray:3 2}
.ntrk-fusion .unplaced{fill:var(--paper);stroke:var(--edge);stroke-width:1}
.ntrk-fusion .hatch{stroke:var(--edge);stroke-width:1}
.ntrk-fusion .ground{fill:var(--paper)}
.ntrk-fusion .kinase{fill:var(--taken);stroke:var(--ink);stroke-width:1}
.ntrk-fusion .other{fill:var(--line);stroke:var(--ink);stroke-width:1}
.ntrk-fusion .gone{stroke:var(--line);stroke-width:1;stroke-dasharray:3 2}
.ntrk-fusion .line{fill:none;stroke:var(--line);stroke-width:1.2}
.ntrk-fusion .break{fill:none;stroke:var(--ink);stroke-width:2.6}
.ntrk-fusion .point{fill:var(--ink)}
.ntrk-fusion .badge{fill:var(--paper);stroke:var(--ink);stroke-width:2}
.ntrk-fusion .number{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
"""
)


@cache
def _shipped() -> Transcripts:
    return Transcripts.open()


class _Pen:
    """Collects elements and keeps the y of the next one."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.parts: list[str] = []
        self.y = 0.0

    def add(self, element: str) -> None:
        self.parts.append(element)

    def text(self, lines: list[str], x: float, y: float, size: float, class_: str = "", anchor: str = "start") -> None:
        self.parts.append(text_lines(lines, x, y, size, anchor=anchor, class_=class_))

    def rect(self, x: float, y: float, width: float, height: float, class_: str, lost: bool = False) -> None:
        fill = {"fill": f"url(#{self.base}-hatch)"} if lost else {}
        self.parts.append(
            tag("rect", x=x, y=y, width=max(width, 0.6), height=height, class_=class_, **fill)  # type: ignore[arg-type]
        )

    def path(self, data: str, class_: str) -> None:
        self.parts.append(tag("path", d=data, class_=class_))


def fusion_svg(verdict: FusionVerdict, transcripts: Transcripts | None = None, ident: str | None = None) -> str:
    """Return the drawing of one fusion as one SVG element, with title and description.

    Lengths are those of the coding sequence. What a verdict does not know is not drawn, and said.

    Args:
        verdict: As ``assess`` gives it.
        transcripts: The annotation that the verdict was made with; the shipped one by default.
        ident: Makes the ids unique where figures share a page; by default a digest of sample, names and positions.
    """
    five, three = tracks(verdict, transcripts or _shipped())
    base = identifier(ident or _digest(verdict))
    pen = _Pen(base)
    _header(pen, verdict)
    scales = _scales(five, three)
    for role, side, track in (
        ("five_prime", verdict.five_prime, five),
        ("three_prime", verdict.three_prime, three),
    ):
        if track is None:
            _missing(pen, role, side, verdict)
        else:
            _gene(pen, track, scales[role], draws_parts(verdict))
    why_not = _no_product(verdict, five, three)
    if five is not None and three is not None and not why_not:
        _product(pen, verdict, five, three, scales)
    else:
        _heading(pen, "Product", "")
        pen.text([f"Not drawn: {why_not}."], MARGIN, pen.y + 4, _TEXT)
        pen.y += 26
    _legend(pen)
    _table(pen, verdict, five, three)
    title = clean(f"{verdict.name}, {words.VERDICTS[verdict.verdict].lower()}, sample {verdict.sample}")
    hatch = tag("rect", width=6, height=6, class_="ground") + tag("path", d="M0 0V6", class_="hatch")
    pattern = tag(
        "pattern",
        hatch,
        id=f"{base}-hatch",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    body = (
        tag("title", escape(title), id=f"{base}-title")
        + tag("desc", escape(_description(verdict, five, three, why_not)), id=f"{base}-desc")
        + tag("style", _STYLE)
        + tag("defs", pattern)
        + tag("rect", width="100%", height="100%", fill="var(--paper)")
        + "".join(pen.parts)
    )
    return tag(
        "svg",
        body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(WIDTH)} {number(pen.y)}",
        role="img",
        aria_labelledby=f"{base}-title {base}-desc",
        class_="ntrk-fusion",
    )


def draws_parts(verdict: FusionVerdict) -> bool:
    """Whether the ends that the product keeps are known: both genes read forwards, and which one leads."""
    return not {"antisense", "intragenic"} & set(verdict.reasons) and verdict.kinase_domain.status != "unknown"


def _digest(verdict: FusionVerdict) -> str:
    told = repr((verdict.sample, verdict.name, verdict.vicc_name, verdict.five_prime, verdict.three_prime, verdict.level))
    return "fusion-" + hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:12]


def _no_product(verdict: FusionVerdict, five: Track | None, three: Track | None) -> str:
    """Return why the product cannot be drawn; empty if it can."""
    if "antisense" in verdict.reasons:
        return "one gene is read against its direction, so no protein can be told from the two genes"
    if "intragenic" in verdict.reasons:
        return "both breakpoints lie in one gene"
    if five is None or three is None:
        return "one side has no coding transcript here"
    if five.before is None or three.before is None:
        return "the breakpoints are not given, or exon numbers came without a transcript"
    if verdict.kinase_domain.status == "unknown":
        return "which gene gives the 5' end is not known, or the breakpoints leave it open"
    return ""


def _scales(five: Track | None, three: Track | None) -> dict[str, float]:
    """Return px per coding base of either gene and of the product."""
    lengths = {name: t.total for name, t in (("five_prime", five), ("three_prime", three)) if t is not None}
    if five is not None and three is not None and five.kept is not None and three.kept is not None:
        lengths["product"] = five.kept.length + three.kept.length
    if not lengths:
        return {}
    longest = max(lengths.values())
    if longest > _RATIO * min(v for k, v in lengths.items() if k != "product"):
        return {name: _INNER / max(length, 1) for name, length in lengths.items()}
    return dict.fromkeys(lengths, _INNER / longest)


def _header(pen: _Pen, verdict: FusionVerdict) -> None:
    word = words.VERDICTS[verdict.verdict]
    width = text_width(word, _HEAD, bold=True) + 28
    pen.rect(WIDTH - MARGIN - width, 16, width, 28, "badge")
    pen.text([word], WIDTH - MARGIN - width / 2, 35, _HEAD, "strong", "middle")
    pen.y = 16 + _NAME
    for line in wrap(clean(verdict.name), _INNER - width - 20, _NAME, bold=True):
        pen.text([line], MARGIN, pen.y, _NAME, "strong")
        pen.y += _NAME * 1.3
    level = "RNA" if verdict.level == "rna" else "DNA"
    told = f"sample {verdict.sample} · {level} · {verdict.assembly or 'no coordinates'} · reads: {words.reads(verdict)}"
    for line in wrap(told, _INNER - width - 20, _TEXT):
        pen.text([line], MARGIN, pen.y, _TEXT, "quiet")
        pen.y += _TEXT * 1.3
    pen.y += 6


def _heading(pen: _Pen, head: str, rest: str) -> None:
    pen.y += _HEAD + 8
    pen.text([head], MARGIN, pen.y, _HEAD, "strong")
    left = MARGIN + text_width(head, _HEAD, bold=True) + 12
    lines = wrap(rest, WIDTH - MARGIN - left, _TEXT)
    pen.text(lines, left, pen.y, _TEXT, "quiet")
    pen.y += max(len(lines) - 1, 0) * _TEXT * 1.3 + 18


_END = {"five_prime": "5' gene", "three_prime": "3' gene"}


def _missing(pen: _Pen, role: str, side: Side, verdict: FusionVerdict) -> None:
    _heading(pen, f"{_END[role]}: {side.gene or '?'}", side.position or "")
    if side.gene is not None:
        why = "no coding transcript of this gene in our annotation"
    elif "partner_intergenic" in verdict.reasons:
        why = "the breakpoint lies between genes"
    else:
        why = "partner not known"
    pen.add(tag("rect", x=MARGIN, y=pen.y, width=300, height=_BAR, class_="unplaced", stroke_dasharray="4 3"))
    pen.text([why], MARGIN + 10, pen.y + 17, _TEXT, "quiet")
    pen.y += _BAR + 12


def _bar(pen: _Pen, track: Track, span: Span, x: float, y: float, scale: float, state: str) -> None:
    """Draw the exons of a stretch from ``x`` on; numbers stand where they fit."""
    arm = "three" if track.role == "three_prime" else "five"
    for exon in track.exons:
        part = exon.span.within(span)
        if part is None:
            continue
        left, width = x + (part.start - span.start) * scale, part.length * scale
        pen.rect(left, y, width, _BAR, f"{arm} {state}", lost=state == "lost")
        shown = str(exon.number)
        size = _SMALL if text_width(shown, _SMALL) + 3 <= width else 8.5
        if text_width(shown, size) + 1 <= width:
            pen.text([shown], left + width / 2, y + _BAR / 2 + size * 0.36, size, "number", "middle")


def _bracket(pen: _Pen, label: str, x: float, width: float, y: float) -> float:
    """Draw a bracket with its label above; return the x where the label ends."""
    if width <= 0:
        return x
    pen.path(f"M{number(x)} {number(y)}v-5h{number(width)}v5", "line")
    needed = text_width(label, _SMALL)
    middle = min(max(x + width / 2, MARGIN + needed / 2), WIDTH - MARGIN - needed / 2)
    pen.text([label], middle, y - 9, _SMALL, "", "middle")
    return middle + needed / 2


def _labels(pen: _Pen, found: list[tuple[float, float, str]], y: float) -> float:
    """Write the labels of domains beneath them, on as many lines as keep them apart; return the y below."""
    ends: list[float] = []
    for left, right, label in sorted(found):
        needed = text_width(label, _SMALL)
        start = min(max((left + right) / 2 - needed / 2, MARGIN), WIDTH - MARGIN - needed)
        row = next((i for i, end in enumerate(ends) if end + 10 < start), len(ends))
        ends[row:] = [start + needed, *ends[row + 1 :]]
        pen.text([label], start, y + _SMALL + row * _SMALL * 1.35, _SMALL)
    return y + len(ends) * _SMALL * 1.35 + (4 if ends else 0)


def _fate(share: float | None) -> str:
    if share is None:
        return ""
    if share >= 0.9999:
        return ": kept"
    return ": lost" if share <= 0 else f": {words.percent(share)} kept"


def _gene(pen: _Pen, track: Track, scale: float, parts: bool) -> None:
    _heading(pen, f"{_END[track.role]}: {track.gene}", f"{track.transcript}; {track.where}")
    whole = Span(0, track.total)
    kept, lost = (track.kept, track.lost) if parts else (None, None)
    pen.text([f"Breakpoint {track.breakpoint}" if track.before is not None else track.breakpoint.capitalize()],
             MARGIN, pen.y, _TEXT)  # fmt: skip
    top = pen.y + 34
    if kept is not None and lost is not None:
        told = [(s, w) for s, w in ((kept, "kept"), (lost, "lost")) if s.length]
        told.sort(key=lambda item: item[0].start)
        _brackets(pen, track, told, top, scale)
        for stretch, word in told:
            _bar(pen, track, stretch, MARGIN + stretch.start * scale, top, scale, word)
    else:
        top -= 22
        _bar(pen, track, whole, MARGIN, top, scale, "unplaced")
    if track.before is not None:
        x = MARGIN + track.before * scale
        pen.path(f"M{number(x)} {number(top - 4)}V{number(top + _BAR + 6)}", "break")
        pen.add(tag("polygon", points=f"{number(x - 5)},{number(top - 9)} {number(x + 5)},{number(top - 9)} "
                    f"{number(x)},{number(top - 1)}", class_="point"))  # fmt: skip
    y = top + _BAR + 6
    labels = []
    for mark in track.marks:
        left, width = MARGIN + mark.span.start * scale, mark.span.length * scale
        share = track.share(mark) if parts else None
        _domain(pen, mark, left, width, y, [mark.span.within(kept)] if kept is not None else [mark.span], scale)
        labels.append((left, left + width, mark.label + _fate(share)))
    pen.y = _labels(pen, labels, y + _DOMAIN + 3) if labels else y + 4
    if not track.marks and track.gene.startswith("NTRK"):
        pen.text(["this isoform has no kinase domain"], MARGIN, pen.y + _SMALL, _SMALL)
        pen.y += _SMALL * 1.4


def _brackets(pen: _Pen, track: Track, told: list[tuple[Span, str]], top: float, scale: float) -> None:
    """Label the stretches; where two labels would meet, the shorter stretch is named in the other's label."""
    labels = [f"{word}: {track.exons_in(stretch)}" for stretch, word in told]
    needed = [text_width(label, _SMALL) + 8 for label in labels]
    widths = [stretch.length * scale for stretch, _ in told]
    if len(told) == 2 and any(n > w for n, w in zip(needed, widths, strict=True)):
        longer = 0 if widths[0] >= widths[1] else 1
        labels[longer] = "; ".join(labels)
        for i, (stretch, _) in enumerate(told):
            _bracket(pen, labels[i] if i == longer else "", MARGIN + stretch.start * scale, widths[i], top - 3)
        return
    for (stretch, _), label, width in zip(told, labels, widths, strict=True):
        _bracket(pen, label, MARGIN + stretch.start * scale, width, top - 3)


def _domain(
    pen: _Pen, mark: Mark, left: float, width: float, y: float, kept: list[Span | None], scale: float
) -> None:
    pen.rect(left, y, width, _DOMAIN, "gone", lost=True)
    for part in kept:
        if part is not None:
            start = left + (part.start - mark.span.start) * scale
            pen.rect(start, y, part.length * scale, _DOMAIN, "kinase" if mark.kinase else "other")


def _product(pen: _Pen, verdict: FusionVerdict, five: Track, three: Track, scales: dict[str, float]) -> None:
    first, second = five.kept, three.kept
    assert first is not None and second is not None
    scale = scales["product"]
    call = verdict.frame.ours
    said = {"in": "in frame", "out": "out of frame", "unknown": "reading frame unknown"}[call]
    amino = (first.length + second.length) // 3 - 1
    size = f", about {amino:,} amino acids" if call == "in" and first.length and second.length else ""
    if scales["product"] != scales["five_prime"]:
        size += "; drawn to its own scale"
    _heading(pen, f"Product: {verdict.name}", f"{said}{size}")
    top, join = pen.y + 20, MARGIN + first.length * scale
    out = call == "out"
    read = f"{three.gene} part, not read in its frame" if out else f"{three.gene} part"
    codons = f"{first.length // 3:,} aa", f"{max(second.length // 3 - 1, 0):,} aa"
    left_label = f"{five.gene} part ({codons[0]})" if first.length else f"no coding part of {five.gene}"
    right_label = read if out else f"{read} ({codons[1]})" if second.length else f"no coding part of {three.gene}"
    widths = first.length * scale, second.length * scale
    needed = text_width(left_label, _SMALL) + 8, text_width(right_label, _SMALL) + 8
    if needed[0] > widths[0] or needed[1] > widths[1]:
        joined = f"{left_label} + {right_label}"
        _bracket(pen, joined if widths[0] >= widths[1] else "", MARGIN, widths[0], top - 3)
        _bracket(pen, joined if widths[0] < widths[1] else "", join, widths[1], top - 3)
    else:
        _bracket(pen, left_label, MARGIN, widths[0], top - 3)
        _bracket(pen, right_label, join, widths[1], top - 3)
    _bar(pen, five, first, MARGIN, top, scale, "kept")
    _bar(pen, three, second, join, top, scale, "lost" if out else "kept")
    pen.path(f"M{number(join)} {number(top - 4)}V{number(top + _BAR + 6)}", "break")
    y, labels = top + _BAR + 6, []
    for track, stretch, x in ((five, first, MARGIN), (three, second, join)):
        for mark in track.marks:
            part = mark.span.within(stretch)
            if part is None:
                continue
            left, width = x + (part.start - stretch.start) * scale, part.length * scale
            gone = out and track is three
            _domain(pen, mark, left, width, y, [] if gone else [part], scale)
            if not gone:
                _domain(pen, Mark(mark.label, part, 1.0, mark.kinase), left, width, y, [part], scale)
            share = track.share(mark) or 0.0
            fate = ": not made" if gone else "" if share >= 0.9999 else f": {words.percent(share)}"
            labels.append((left, left + width, mark.label + fate))
    pen.y = _labels(pen, labels, y + _DOMAIN + 3) if labels else y + 4


def _legend(pen: _Pen) -> None:
    pen.y += 10
    y, x = pen.y, MARGIN
    for class_, text in (
        ("five kept", "kept, 5' gene"),
        ("three kept", "kept, 3' gene"),
        ("lost", "lost"),
        ("kinase", "kinase domain"),
        ("other", "association domain"),
    ):
        pen.rect(x, y, 22, 11, class_, lost=class_ == "lost")
        pen.text([text], x + 28, y + 10, _SMALL, "quiet")
        x += 28 + text_width(text, _SMALL) + 20
    pen.path(f"M{number(x + 4)} {number(y - 2)}v15", "break")
    pen.text(["breakpoint; boxes are coding exons, numbered as in the transcript named"], x + 14, y + 10, _SMALL, "quiet")
    pen.y += 24


def _domains(five: Track | None, three: Track | None) -> str:
    told = []
    for track in (five, three):
        if track is None or track.gene.startswith("NTRK"):
            continue
        told += [f"{track.gene} {m.label}{_fate(track.share(m))}" for m in track.marks]
        told += [f"{track.gene} {name}: limits not recorded, not drawn" for name in track.undrawn]
        if not track.marks and not track.undrawn:
            told.append(f"none recorded for {track.gene}")
    return "; ".join(told) or "partner not known"


def _rows(verdict: FusionVerdict, five: Track | None, three: Track | None) -> list[tuple[str, str]]:
    rows = [
        ("Verdict", f"{words.VERDICTS[verdict.verdict]}: {words.reasons(verdict)}"),
        ("Reading frame", words.frame(verdict)),
        ("Kinase domain", words.kinase(verdict)),
        ("Association domains", f"{_domains(five, three)} (shown only; never a condition of the verdict)"),
        ("Reads", words.reads(verdict)),
        ("Called by", words.callers(verdict)),
    ]
    names = [n for n in (verdict.vicc_name, verdict.hgvs_name) if n]
    if names:
        rows.append(("Names", "; ".join(names)))
    rows += [("Note", note) for note in verdict.notes]
    return rows


def _table(pen: _Pen, verdict: FusionVerdict, five: Track | None, three: Track | None) -> None:
    pen.path(f"M{number(MARGIN)} {number(pen.y)}H{number(WIDTH - MARGIN)}", "line")
    pen.y += 8
    for key, value in _rows(verdict, five, three):
        lines = wrap(clean(value), _INNER - _KEY, _TEXT)
        pen.text([key], MARGIN, pen.y + _TEXT, _TEXT, "strong")
        pen.text(lines, MARGIN + _KEY, pen.y + _TEXT, _TEXT)
        pen.y += max(len(lines), 1) * _TEXT * 1.3 + 4
    pen.y += 12


def _description(verdict: FusionVerdict, five: Track | None, three: Track | None, why_not: str) -> str:
    """Return the drawing in one paragraph, for those who do not see it."""
    told = []
    for track, side, end in ((five, verdict.five_prime, "5'"), (three, verdict.three_prime, "3'")):
        if track is None:
            told.append(f"{end} side: {side.gene or 'unknown'}, not drawn.")
            continue
        text = f"{end} gene {track.gene}, {track.transcript}: breakpoint {track.breakpoint}"
        if draws_parts(verdict) and track.kept is not None and track.lost is not None:
            text += f"; kept {track.exons_in(track.kept)}, lost {track.exons_in(track.lost)}"
        told.append(text + ".")
    if why_not:
        told.append(f"Product not drawn: {why_not}.")
    told += [f"{key}: {value}." for key, value in _rows(verdict, five, three) if key not in ("Names", "Note")]
    return " ".join(told)
