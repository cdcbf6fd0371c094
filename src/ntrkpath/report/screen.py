"""The first screen of an answer, which terminal, page, PDF and copied text share: who, what was found, three sentences,
then at most two reasons, what to weigh, three questions and three cautions; the rest is counted.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.recommendation import Action, Caution, Recommendation
from ntrkpath.report import words
from ntrkpath.report.words import Basis, plain

REASONS, QUESTIONS, CAUTIONS = 2, 3, 3
#: The names of the three sentences.
SENTENCES = ("Target", "Drug", "Next")


class Line(msgspec.Struct, frozen=True):
    """A reason or a caution with what it rests on."""

    text: str
    basis: Basis


class Screen(msgspec.Struct, frozen=True):
    """What the first screen holds, as text.

    Args:
        who: Case, patient, diagnosis, extent.
        found: Each result: which test, what it says.
        sentences: Target, drug and next step.
        more: How many reasons, questions and cautions are left for the whole report.
    """

    who: tuple[str, ...]
    found: tuple[tuple[str, str], ...]
    sentences: tuple[tuple[str, str], ...]
    why: tuple[Line, ...]
    weigh: tuple[str, ...]
    open: tuple[str, ...]
    cautions: tuple[Line, ...]
    more: dict[str, int]
    source: str


def screen(rec: Recommendation, edition: Edition) -> Screen:
    """Return the first screen of a recommendation."""
    reasons = [lead for _, lead in words.reasons(rec)]
    deciding = [one for one in rec.missing if one.decides]
    cautions = foremost(rec)
    return Screen(
        who=_who(rec, edition),
        found=_found(rec, edition),
        sentences=tuple(
            zip(SENTENCES, (rec.answer.target, rec.answer.trk_inhibitor, rec.answer.next), strict=True)
        ),
        why=(*(_reason(lead, edition) for lead in reasons[: REASONS - 1]), _tier(rec, edition)),
        weigh=tuple(plain(f"{one.drug}: {one.text}" if one.drug else one.text) for one in rec.weigh[:2]),
        open=tuple(plain(one.question) for one in deciding[:QUESTIONS]),
        cautions=tuple(
            Line(plain(c.text), words.basis(edition, c.rule, c.statements, c.fidelity)) for c in cautions[:CAUTIONS]
        ),
        more={
            "reason": max(0, len(reasons) - REASONS + 1),
            "weigh": max(0, len(rec.weigh) - 2),
            "question": len(rec.missing) - min(QUESTIONS, len(deciding)),
            "caution": max(0, len(cautions) - CAUTIONS),
        },
        source=f"{words.guideline_read(rec)}; {words.labels_read(rec)}. {plain(rec.intended_use).split(', ')[0]}.",
    )


def foremost(rec: Recommendation) -> list[Caution]:
    """Return the cautions, those that bear on the drug or on a result of this case first."""
    order = ("cautions_context", "cautions_drivers", "cautions_treatment", "cautions_discordance", "cautions_ntrk")
    place = {step.rule: step.table for step in rec.trace}
    rank = {table: i for i, table in enumerate(order)}
    return sorted(rec.cautions, key=lambda c: rank.get(place.get(c.rule, ""), len(order)))


def _who(rec: Recommendation, edition: Edition) -> tuple[str, ...]:
    said = [f"Case {plain(rec.case_id)}"]
    if (age := rec.facts.get("age_band", "unknown")) != "unknown":
        said.append(words.level_words(edition, "age_band", age))
    said.append(rec.histology.name)
    extent = rec.facts.get("extent", "unknown")
    said.append("extent not stated" if extent == "unknown" else words.level_words(edition, "extent", extent))
    return tuple(said)


def _found(rec: Recommendation, edition: Edition) -> tuple[tuple[str, str], ...]:
    lines: dict[str, list[str]] = {}
    for name, reading in words.readings(rec):
        if reading.test is not None:
            test = name.split(", ", 1)[1] if ", " in name else name
            call = words.reading_call(edition, reading)
            told = f"{plain(reading.fusion)}, {call}" if reading.fusion else call
            known = lines.setdefault(test.split(", ")[0], [])
            if not any(call in one for one in known):
                known.append(told)
    return tuple((test, "; ".join(said)) for test, said in lines.items())


def _reason(lead: Action, edition: Edition) -> Line:
    return Line(plain(lead.reason), words.basis(edition, lead.rule, lead.statements, lead.fidelity, lead.note))


def _tier(rec: Recommendation, edition: Edition) -> Line:
    gate = "" if rec.priority == rec.tier else f"{plain(rec.priority_reason)} "
    told = f"Priority {words.tier_words(rec.priority)}: {gate}{plain(rec.tier_reason)}"
    step = next((step for step in rec.trace if step.table == "tier"), None)
    if step is None or step.rule not in edition.rows:
        return Line(told, Basis("", (), "", "", ""))
    row = edition.rows[step.rule][1]
    return Line(told, words.basis(edition, row.id, row.statements, row.fidelity))


def rest(shown: Screen) -> str:
    """Return what is left for the whole report, in one line; empty where nothing is."""
    names: Sequence[tuple[str, str]] = (
        ("reason", "reason"), ("weigh", "to weigh"), ("question", "question"), ("caution", "caution")
    )  # fmt: skip
    left = [
        f"{shown.more[key]} more {name}{'' if shown.more[key] == 1 or key == 'weigh' else 's'}"
        for key, name in names
        if shown.more[key]
    ]
    return ", ".join(left)
