"""One fusion as SVG: the exons of both genes to scale, what is kept and lost, the product, and the verdict in words."""

from __future__ import annotations

import hashlib
from functools import cache

from ntrkpath.figures import fusion_words as words
from ntrkpath.figures import host
from ntrkpath.figures.axes import ident_for
from ntrkpath.figures.fusion_pen import (
    BAR,
    DOMAIN,
    HEAD,
    KEY,
    NAME,
    RATIO,
    SMALL,
    STYLE,
    TEXT,
    WIDTH,
    Pen,
    bar,
    brackets,
    draw_domain,
    heading,
    legend,
    write_labels,
)
from ntrkpath.figures.fusion_product import draw_product
from ntrkpath.figures.svg import clean, escape, identifier, number, tag, text_width, wrap
from ntrkpath.figures.tracks import Span, Track, tracks
from ntrkpath.fusion.transcripts import Transcripts
from ntrkpath.model.fusion import FusionVerdict, Side
from ntrkpath.model.numbers import percent


@cache
def _shipped() -> Transcripts:
    return Transcripts.open()


def fusion_svg(
    verdict: FusionVerdict, transcripts: Transcripts | None = None, ident: str | None = None, *,
    width: float = WIDTH, alone: bool = True,
) -> str:  # fmt: skip
    """Return the drawing of one fusion as one SVG element, with title and description.

    Lengths are those of the coding sequence. What a verdict does not know is not drawn, and said.

    Args:
        verdict: As ``assess`` gives it.
        transcripts: The annotation that the verdict was made with; the shipped one by default.
        ident: Makes the ids unique where figures share a page; by default a digest of sample, names and positions.
        width: In px; below 600 it is laid out for a phone.
        alone: Also write name, verdict and what speaks for it; not where they stand beside the drawing.
    """
    five, three = tracks(verdict, transcripts or _shipped())
    base = identifier(ident_for(ident or _digest(verdict), width))
    pen = Pen(base, width)
    if alone:
        _header(pen, verdict)
    scales = _scales(five, three, pen.inner)
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
        draw_product(pen, verdict, five, three, scales["product"])
    else:
        heading(pen, "Product", "")
        pen.paragraph(f"Not drawn: {why_not}.")
        pen.y += 22
    legend(pen, next(iter(scales.values())) if len(set(scales.values())) == 1 else None)
    if alone:
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
        + host.style(STYLE)
        + tag("defs", pattern)
        + tag("rect", width="100%", height="100%", fill="var(--paper)")
        + "".join(pen.parts)
    )
    return tag(
        "svg",
        body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(pen.y)}",
        role="img",
        aria_labelledby=f"{base}-title {base}-desc",
        class_="ntrk-fusion",
    )


def draws_parts(verdict: FusionVerdict) -> bool:
    """Whether the ends that the product keeps are known: both genes read forwards, and which one leads."""
    return not {"antisense", "intragenic"} & set(verdict.reasons) and verdict.kinase_domain.status != "unknown"


def _digest(verdict: FusionVerdict) -> str:
    told = repr(
        (verdict.sample, verdict.name, verdict.vicc_name, verdict.five_prime, verdict.three_prime, verdict.level)
    )
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


def _scales(five: Track | None, three: Track | None, inner: float) -> dict[str, float]:
    """Return px per coding base of either gene and of the product, where the longest fills ``inner`` px."""
    lengths = {name: t.total for name, t in (("five_prime", five), ("three_prime", three)) if t is not None}
    if five is not None and three is not None and five.kept is not None and three.kept is not None:
        lengths["product"] = five.kept.length + three.kept.length
    if not lengths:
        return {}
    longest = max(lengths.values())
    if longest > RATIO * min(v for k, v in lengths.items() if k != "product"):
        return {name: inner / max(length, 1) for name, length in lengths.items()}
    return dict.fromkeys(lengths, inner / longest)


def _header(pen: Pen, verdict: FusionVerdict) -> None:
    word = words.VERDICTS[verdict.verdict]
    badge = text_width(word, HEAD, bold=True) + 28
    room = pen.inner if pen.narrow else pen.inner - badge - 20
    pen.y = 16 + NAME
    for line in wrap(clean(verdict.name), room, NAME, bold=True):
        pen.text([line], pen.left, pen.y, NAME, "strong")
        pen.y += NAME * 1.3
    x, y = (pen.left, pen.y - 10) if pen.narrow else (pen.right - badge, 16.0)
    pen.rect(x, y, badge, 28, "badge")
    pen.text([word], x + badge / 2, y + 19, HEAD, "strong", "middle")
    pen.y += 42 if pen.narrow else 0
    level = "RNA" if verdict.level == "rna" else "DNA"
    told = f"sample {verdict.sample} · {level} · {verdict.assembly or 'no coordinates'} · reads: {words.reads(verdict)}"
    for line in wrap(told, room, TEXT):
        pen.text([line], pen.left, pen.y, TEXT, "quiet")
        pen.y += TEXT * 1.3
    pen.y += 6


_END = {"five_prime": "5' gene", "three_prime": "3' gene"}


def _missing(pen: Pen, role: str, side: Side, verdict: FusionVerdict) -> None:
    heading(pen, f"{_END[role]}: {side.gene or '?'}", side.position or "")
    if side.gene is not None:
        why = "no coding transcript of this gene in our annotation"
    elif "partner_intergenic" in verdict.reasons:
        why = "the breakpoint lies between genes"
    else:
        why = "partner not known"
    lines = wrap(why, pen.inner - 20, TEXT)
    width = max(text_width(line, TEXT) for line in lines) + 20
    height = BAR + (len(lines) - 1) * TEXT * 1.3
    pen.add(tag("rect", x=pen.left, y=pen.y, width=width, height=height, class_="unplaced", stroke_dasharray="4 3"))
    pen.text(lines, pen.left + 10, pen.y + 17, TEXT, "quiet")
    pen.y += height + 12


def _fate(share: float | None) -> str:
    if share is None:
        return ": not known whether kept"
    if share >= 0.9999:
        return ": kept"
    return ": lost" if share <= 0 else f": {percent(share)} kept"


def _gene(pen: Pen, track: Track, scale: float, parts: bool) -> None:
    heading(pen, f"{_END[track.role]}: {track.gene}", f"{track.transcript}; {track.where}")
    whole = Span(0, track.total)
    kept, lost = (track.kept, track.lost) if parts else (None, None)
    pen.paragraph(f"Breakpoint {track.breakpoint}" if track.before is not None else track.breakpoint.capitalize())
    top = pen.y + 34
    if kept is not None and lost is not None:
        told = [(s, w) for s, w in ((kept, "kept"), (lost, "lost")) if s.length]
        told.sort(key=lambda item: item[0].start)
        top = brackets(
            pen,
            [(pen.left + s.start * scale, s.length * scale, f"{word}: {track.exons_in(s)}") for s, word in told],
            top,
        )
        for stretch, word in told:
            bar(pen, track, stretch, pen.left + stretch.start * scale, top, scale, word)
    else:
        top -= 22
        bar(pen, track, whole, pen.left, top, scale, "unplaced")
    if track.before is not None:
        _breakpoint(pen, pen.left + track.before * scale, top)
    y = top + BAR + 6
    labels = []
    for mark in track.marks:
        left, width = pen.left + mark.span.start * scale, mark.span.length * scale
        share = track.share(mark) if parts else None
        draw_domain(pen, mark, left, width, y, "lost" if kept is not None else "unplaced")
        part = mark.span.within(kept) if kept is not None else None
        if part is not None:
            draw_domain(pen, mark, pen.left + part.start * scale, part.length * scale, y, "kept")
        labels.append((left, left + width, mark.label + (_fate(share) if parts else "")))
    pen.y = write_labels(pen, labels, y + DOMAIN + 3) if labels else y + 4
    if not track.marks and track.gene.startswith("NTRK"):
        pen.text(["this isoform has no kinase domain"], pen.left, pen.y + SMALL, SMALL)
        pen.y += SMALL * 1.4


def _breakpoint(pen: Pen, x: float, top: float) -> None:
    pen.path(f"M{number(x)} {number(top - 4)}V{number(top + BAR + 6)}", "break")
    corners = ((x - 5, top - 9), (x + 5, top - 9), (x, top - 1))
    pen.add(tag("polygon", points=" ".join(f"{number(a)},{number(b)}" for a, b in corners), class_="point"))


def _domains(verdict: FusionVerdict, five: Track | None, three: Track | None) -> str:
    told = []
    if "intragenic" in verdict.reasons:
        return "no partner"
    for track in (five, three):
        if track is None or track.gene.startswith("NTRK"):
            continue
        parts = draws_parts(verdict)
        told += [f"{track.gene} {m.label}{_fate(track.share(m) if parts else None)}" for m in track.marks]
        told += [f"{track.gene} {name}: limits not recorded, not drawn" for name in track.undrawn]
        if not track.marks and not track.undrawn:
            told.append(f"none recorded for {track.gene}")
    return "; ".join(told) or "partner not known"


def _rows(verdict: FusionVerdict, five: Track | None, three: Track | None) -> list[tuple[str, str]]:
    rows = [
        ("Verdict", f"{words.VERDICTS[verdict.verdict]}: {words.reasons(verdict)}"),
        ("Reading frame", words.frame(verdict)),
        ("Kinase domain", words.kinase(verdict)),
        ("Association domains", f"{_domains(verdict, five, three)} (shown only; never a condition of the verdict)"),
        ("Reads", words.reads(verdict)),
        ("Called by", words.callers(verdict)),
    ]
    names = [n for n in (verdict.vicc_name, verdict.hgvs_name) if n]
    if names:
        rows.append(("Names", "; ".join(names)))
    rows += [("Note", note) for note in verdict.notes]
    return rows


def _table(pen: Pen, verdict: FusionVerdict, five: Track | None, three: Track | None) -> None:
    pen.path(f"M{number(pen.left)} {number(pen.y)}H{number(pen.right)}", "line")
    pen.y += 8
    beside = 0.0 if pen.narrow else KEY
    for key, value in _rows(verdict, five, three):
        lines = wrap(clean(value), pen.inner - beside, TEXT)
        pen.text([key], pen.left, pen.y + TEXT, TEXT, "strong")
        pen.y += 0.0 if beside else TEXT * 1.3
        pen.text(lines, pen.left + beside, pen.y + TEXT, TEXT)
        pen.y += max(len(lines), 1) * TEXT * 1.3 + 4
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
