"""The first screen of an answer, which terminal, page, PDF and copied text share: who, what was found, three sentences,
then at most two reasons, what to weigh, three questions and three cautions; the rest is counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.numbers import years
from ntrkpath.model.recommendation import Action, Caution, Finding, Recommendation
from ntrkpath.report import terms
from ntrkpath.report.terms import Basis, plain
from ntrkpath.vocabulary.methods import method_name, methods

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
        further: The cautions after the first three, which paper shows too: a reader of paper cannot look further.
        more: How many reasons, questions and cautions are left for the whole report.
    """

    who: tuple[str, ...]
    found: tuple[tuple[str, str], ...]
    sentences: tuple[tuple[str, str], ...]
    why: tuple[Line, ...]
    weigh: tuple[str, ...]
    open: tuple[str, ...]
    cautions: tuple[Line, ...]
    further: tuple[Line, ...]
    more: dict[str, int]
    source: str


def screen(rec: Recommendation, edition: Edition, notes: bool = False) -> Screen:
    """Return the first screen of a recommendation; ``notes`` adds what is noted of the diagnosis's name."""
    reasons = [lead for _, lead in terms.reasons(rec)]
    deciding = [one for one in rec.missing if one.decides]
    cautions = tuple(Line(plain(c.text), terms.basis(edition, c.rule, c.statements, c.fidelity)) for c in foremost(rec))
    return Screen(
        who=_who(rec, edition),
        found=_found(rec, edition, notes),
        sentences=tuple(zip(SENTENCES, (rec.answer.target, rec.answer.trk_inhibitor, rec.answer.next), strict=True)),
        why=(*(_reason(lead, edition) for lead in reasons[: REASONS - 1]), _tier(rec, edition)),
        weigh=tuple(plain(f"{one.drug}: {one.text}" if one.drug else one.text) for one in rec.weigh[:2]),
        open=tuple(plain(one.question) for one in deciding[:QUESTIONS]),
        cautions=cautions[:CAUTIONS],
        further=cautions[CAUTIONS:],
        more={
            "reason": max(0, len(reasons) - REASONS + 1),
            "weigh": max(0, len(rec.weigh) - 2),
            "question": len(rec.missing) - min(QUESTIONS, len(deciding)),
            "caution": max(0, len(cautions) - CAUTIONS),
        },
        source=f"{terms.guideline_read(rec)}; {terms.labels_read(rec)}. {_use(rec)}.",
    )


def _use(rec: Recommendation) -> str:
    return plain(rec.intended_use).split(", ")[0].rstrip(".")


def foremost(rec: Recommendation) -> list[Caution]:
    """Return the cautions, those that bear on the drug or on a result of this case first."""
    order = (
        "cautions_patient", "cautions_context", "cautions_drivers", "cautions_ntrk", "cautions_discordance",
        "cautions_treatment",
    )  # fmt: skip
    place = {step.rule: step.table for step in rec.trace}
    rank = {table: i for i, table in enumerate(order)}
    return sorted(rec.cautions, key=lambda c: rank.get(place.get(c.rule, ""), len(order)))


def _who(rec: Recommendation, edition: Edition) -> tuple[str, ...]:
    stated = rec.patient
    age = stated.get("age", "")
    whom = ", ".join(part for part in (stated.get("sex", ""), years(age)) if part)
    named = plain(stated.get("histology", rec.histology.text))
    if named.casefold() != rec.histology.name.casefold():
        named = f"{named} ({rec.histology.name})"
    extent = rec.facts.get("extent", "unknown")
    spread = "extent not stated" if extent == "unknown" else terms.level_words(edition, "extent", extent)
    parts = (f"Case {plain(rec.case_id)}", plain(whom), named, plain(stated.get("site", "")), spread)
    return tuple(part for part in parts if part)


_TEST = re.compile(r"tests\[\d+\](\.\w+)?")
#: What a finding is called by how the place begins at which it stands in the case.
_CALLED = {"therapy": "given", "diagnosis.immunoprofile": "marker", "diagnosis.": "name", "": "finding"}


def _found(rec: Recommendation, edition: Edition, notes: bool) -> tuple[tuple[str, str], ...]:
    """Return the findings, each with its name and what it was read as; markers of the immunoprofile in one line."""
    lines: list[tuple[str, str]] = []
    markers = [plain(f.stated) for f in rec.findings if f.where.startswith("diagnosis.immunoprofile")]
    if markers:
        lines.append(("immunoprofile", ", ".join(markers)))
    for finding in rec.findings:
        if finding.where.startswith(("diagnosis.immunoprofile", "patient.", "disease.")) and finding.used:
            continue  # said above
        of_the_name = finding.where == "diagnosis.histology" and finding.read_as.startswith(f"{rec.histology.name}: ")
        if of_the_name and not notes:
            continue  # a note on the name, for the whole report
        told = plain(finding.stated)
        if test := _TEST.match(finding.where):
            method, _, details = told.partition("; ")
            name, told = ("", told) if test[1] else (method_name(method), details)
        else:
            name = next(called for start, called in _CALLED.items() if finding.where.startswith(start))
        lines.append((name, f"{told}  {_read(finding, edition)}".strip()))
    return tuple(lines)


def _read(finding: Finding, edition: Edition) -> str:
    """Return what a finding was read as in few words, and why it was not used."""
    call, _, rest = plain(finding.read_as).partition(": ")
    if call in plain(finding.stated) and rest:  # the name of an event or alteration stands there already
        call, _, rest = rest.partition(". ")[0].partition(": ")
    calls = [f"{method.facts}_call" for method in methods().values()]
    known = next((terms.level_words(edition, fact, call) for fact in calls if call in edition.facts[fact].levels), "")
    short = known or (f"{call}: {rest.split('. ')[0]}" if rest else call)
    return f"[{short.rstrip('.')}]" + ("" if finding.used else f" not used: {plain(finding.why_not)}")


def _reason(lead: Action, edition: Edition) -> Line:
    return Line(plain(lead.reason), terms.basis(edition, lead.rule, lead.statements, lead.fidelity, lead.note))


def _tier(rec: Recommendation, edition: Edition) -> Line:
    gate = "" if rec.priority == rec.tier else f"{plain(rec.priority_reason)} "
    told = f"Priority {terms.tier_words(rec.priority)}: {gate}{plain(rec.tier_reason)}"
    step = next((step for step in rec.trace if step.table == "tier"), None)
    if step is None or step.rule not in edition.rows:
        return Line(told, Basis("", (), "", "", ""))
    row = edition.rows[step.rule][1]
    return Line(told, terms.basis(edition, row.id, row.statements, row.fidelity))


#: What is left, by the keys of ``more``: one, and several.
_LEFT = {
    "reason": ("reason", "reasons"), "weigh": ("thing to weigh", "things to weigh"),
    "question": ("question", "questions"), "caution": ("caution", "cautions"),
}  # fmt: skip


def rest(shown: Screen) -> str:
    """Return what is left for the whole report, in one line; empty where nothing is."""
    return _left(shown.more, " more")


def not_on_paper(shown: Screen, where: str) -> str:
    """Return what a page of paper leaves out, which is never a caution, and where it stands; empty where nothing is."""
    left = _left(shown.more | {"caution": 0}, "")
    return f"Not on this page: {left}; they stand {where}." if left else ""


def _left(more: Mapping[str, int], how: str) -> str:
    return ", ".join(f"{count}{how} {_LEFT[key][count > 1]}" for key, count in more.items() if count)
