"""The pictures of a comparison of strategies: the plane, acceptability, the value of certainty, the tornado."""

from __future__ import annotations

from ntrkpath.figures.acceptability import Curve, acceptability_svg, value_svg
from ntrkpath.figures.plane import Cloud, plane_svg
from ntrkpath.figures.tornado import Lever, tornado_svg
from ntrkpath.model.numbers import grouped
from ntrkpath.report import strategy_sentences as sentences
from ntrkpath.report.sheet import Draw
from ntrkpath.strategy.compare import Comparison
from ntrkpath.strategy.uncertainty import Tornado, Uncertainty

#: A tornado shows so many parameters at most.
BARS = 12


def pictures(found: Comparison) -> dict[str, tuple[Draw, ...]]:
    """Return the pictures by the ``ident`` of the sheet above which they stand; without draws the plane alone."""
    made = {"strategies": _plane(found)}
    if found.uncertainty is not None:
        made["acceptability"] = _curves(found, found.uncertainty)
    if found.tornado is not None and found.tornado.bars:
        made["tornado"] = (_tornado(found, found.tornado),)
    return made


def _plane(found: Comparison) -> tuple[Draw, ...]:
    """Return what each strategy finds and costs more than the one they are compared with, draw by draw if drawn."""
    size, drawn = found.size, found.uncertainty
    if drawn is not None:
        reference, effect = drawn.reference, sentences.EFFECTS[drawn.effect][0]
        clouds = {name: [(x * size, y * size) for x, y in points] for name, points in drawn.plane.items()}
    else:
        outcomes = {row.name: row.outcomes for row in found.rows}
        reference, effect = "none" if "none" in outcomes else found.rows[0].name, sentences.EFFECTS["found"][0]
        base = outcomes.pop(reference)
        clouds = {name: [(o["found"] - base["found"], o["cost"] - base["cost"])] for name, o in outcomes.items()}
    shown = [Cloud(name, tuple(points)) for name, points in clouds.items() if points]
    if not shown:
        return ()
    title = f"Additional {effect} and additional cost against “{reference}”{sentences.tag(found)}"
    across, upright = f"additional {effect} among {grouped(size)} patients", f"additional cost, {found.currency}"
    notes = sentences.picture_notes(found)
    return (lambda width: plane_svg(shown, title=title, across=across, upright=upright, notes=notes, width=width),)


def _tornado(found: Comparison, moved: Tornado) -> Draw:
    levers = [
        Lever(b.words + (" (assumed)" if b.assumed else ""), b.low, b.high, b.at_low, b.at_high)
        for b in moved.bars[:BARS]
    ]
    title = f"Cost per fusion found by “{moved.strategy}”, each parameter moved alone{sentences.tag(found)}"
    across = f"cost per fusion found, {found.currency}"
    notes = sentences.picture_notes(found)
    return lambda width: tornado_svg(levers, moved.central, title=title, across=across, notes=notes, width=width)


def _curves(found: Comparison, drawn: Uncertainty) -> tuple[Draw, ...]:
    """Return which strategy is best by what an effect may cost, and what certainty would be worth."""
    curve, (_, one) = drawn.acceptability, sentences.EFFECTS[drawn.effect]
    across, said, tag = f"what {one} may cost, {found.currency}", sentences.picture_notes(found), sentences.tag(found)
    best = [Curve(name, shares) for name, shares in curve.best.items()]
    return (
        lambda width: acceptability_svg(
            curve.willingness, best, title=f"Which strategy is best, by what {one} may cost{tag}", across=across,
            notes=said, width=width,
        ),
        lambda width: value_svg(
            curve.willingness, [value * found.size for value in curve.evpi], across=across, notes=said, width=width,
            title=f"What certainty about every parameter would be worth{tag}",
            upright=f"expected value of perfect information for {grouped(found.size)} patients, {found.currency}",
        ),
    )  # fmt: skip
