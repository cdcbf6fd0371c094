"""The wording that every report shares: short names of actions and readouts, signs, and levels in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.printable import clean
from ntrkpath.model.recommendation import Action, Label, Reading, Recommendation
from ntrkpath.vocabulary.methods import facts_of, method_name, together_name

#: Sign and words for a row that does not repeat the guidance verbatim.
FIDELITY = {
    "inferred": ("≈", "inferred from the text"),
    "resolved": ("≠", "the source disagrees; resolved"),
    "ambiguous": ("±", "left open by the source"),
}
STATUS = {"within_label": "within label", "outside_label": "outside label", "cannot_tell": "cannot tell"}
STATUS_SIGN = {"within_label": "+", "outside_label": "-", "cannot_tell": "?"}


class Basis(msgspec.Struct, frozen=True):
    """What an item rests on: rule, statements, and, where it is not verbatim, sign, words and note."""

    rule: str
    statements: tuple[str, ...]
    sign: str
    words: str
    note: str

    @property
    def cited(self) -> str:
        """Rule and statements in one line."""
        return " · ".join(part for part in (self.rule, ", ".join(self.statements)) if part)


def plain(text: object) -> str:
    """Return text on one line without control characters: what a user wrote cannot steer a terminal or a page."""
    return " ".join(clean(str(text)).split())


def basis(edition: Edition, rule: str, statements: Iterable[str], fidelity: str, note: str = "") -> Basis:
    """Return what an item rests on; a note that the item lacks is taken from its row."""
    sign, words = FIDELITY.get(fidelity, ("", ""))
    if sign and not note and rule in edition.rows:
        note = edition.rows[rule][1].note
    return Basis(rule, tuple(statements), sign, words, note if sign else "")


def short_action(edition: Edition, action: str) -> str:
    """Return an action as a short clause, as in ``order pan-TRK immunohistochemistry``."""
    text = edition.actions.get(action, action.replace("_", " "))
    text = re.split(r"\s*\(|[.;](?:\s|$)|, (?!NTRK)", text, maxsplit=1)[0].strip() or text
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def level_words(edition: Edition, fact: str, level: str) -> str:
    """Return a level in plain words."""
    known = edition.facts.get(fact)
    return (known.says.get(level) if known else None) or level.replace("_", " ")


def tier_words(level: str) -> str:
    """Return a tier or priority as it is printed."""
    return level.replace("_", " ")


def reasons(recommendation: Recommendation) -> list[tuple[list[int], Action]]:
    """Return each rule that gives actions once: the numbers of its actions, from 1, and the first of them."""
    found: dict[str, tuple[list[int], Action]] = {}
    for index, action in enumerate(recommendation.actions, 1):
        found.setdefault(action.rule, ([], action))[0].append(index)
    return list(found.values())


def readings(recommendation: Recommendation) -> list[tuple[str, Reading]]:
    """Return the readings with their names; tests that say the same stand together."""
    same: dict[tuple[str, str, str, str, str | None], list[Reading]] = {}
    for reading in recommendation.interpretation:
        alone = "" if reading.test is not None else f"{len(same)}"
        key = (reading.readout, reading.call, reading.text + alone, reading.rule, reading.fusion)
        same.setdefault(key, []).append(reading)
    return [(_reading_name(group), group[0]) for group in same.values()]


def _reading_name(group: list[Reading]) -> str:
    reading = group[0]
    if reading.test is None:
        return together_name(reading.readout)
    name = method_name(reading.readout)
    numbers = list(dict.fromkeys(str(member.test) for member in group))
    which = f"Test {numbers[0]}" if len(numbers) == 1 else f"Tests {', '.join(numbers[:-1])} and {numbers[-1]}"
    return f"{which}, {name}" + (f", {plain(reading.fusion)}" if reading.fusion else "")


def label_groups(recommendation: Recommendation) -> list[list[Label]]:
    """Return the labels of one drug that stand alike together, within label first."""
    order = list(STATUS)
    drugs = dict.fromkeys(label.drug for label in recommendation.therapy)
    groups: dict[tuple[str, str, tuple[str, ...]], list[Label]] = {}
    for drug in drugs:
        of_drug = [label for label in recommendation.therapy if label.drug == drug]
        for label in sorted(of_drug, key=lambda lb: order.index(lb.status) if lb.status in order else len(order)):
            groups.setdefault((label.drug, label.status, label.reasons), []).append(label)
    return list(groups.values())


def reading_call(edition: Edition, reading: Reading) -> str:
    """Return what a reading came to, in words."""
    if reading.fusion:
        return level_words(edition, "reported_verdict", reading.call)
    fact = reading.readout if reading.test is None else facts_of(reading.readout)
    return level_words(edition, fact, reading.call)


def drug_name(edition: Edition, drug: str) -> str:
    """Return a drug with its brand."""
    known = edition.drugs.get(drug)
    return f"{drug} ({known.brand})" if known and known.brand else drug


def label_dates(label: Label) -> str:
    """Return agency and the day the label version came into force."""
    return f"{label.agency} {label.label_date.isoformat()}, {label_read(label)}"


def label_read(label: Label) -> str:
    """Return when the text of a label was last read."""
    return f"read {label.read}" if label.read else "text not read"


def histology_read(edition: Edition, recommendation: Recommendation) -> str:
    """Return how the histology was read, in one sentence."""
    found = recommendation.histology
    group = level_words(edition, "histology_group", found.group)
    return f'"{plain(found.text)}" read as {plain(found.name)} ({plain(found.how)}); {group}'


def statements_cited(recommendation: Recommendation) -> list[str]:
    """Return every statement that the answer cites, each once, in the order of the report."""
    cited: dict[str, None] = {}
    for action in recommendation.actions:
        cited.update(dict.fromkeys(action.statements))
    for caution in recommendation.cautions:
        cited.update(dict.fromkeys(caution.statements))
    for reading in recommendation.interpretation:
        cited.update(dict.fromkeys(reading.statements))
    return list(cited)


def read_loosely(recommendation: Recommendation) -> bool:
    """Say whether the histology was matched by spelling only, which the reader must see at once."""
    return "fuzzy" in recommendation.histology.how


def labels_read(recommendation: Recommendation) -> str:
    """Return the date of the answer beside the newest label date known."""
    asked, known = recommendation.as_of, recommendation.labels_known_to
    beyond = "; labels that came later are not known here" if asked > known else ""
    return f"as of {asked.isoformat()}; newest label known is of {known.isoformat()}{beyond}"


def guideline_read(recommendation: Recommendation) -> str:
    """Return id, version and short hash of the guidance."""
    used = recommendation.guideline
    return f"{used.id} {used.version}, sha256 {used.sha256[:12]}"


def could_lead_to(edition: Edition, actions: Iterable[str], most: int | None = None) -> str:
    """Return what a missing fact could change, in words, the first ``most`` of it."""
    names = [short_action(edition, action) for action in actions]
    if most is not None and len(names) > most + 1:
        return f"{'; '.join(names[:most])}; and {len(names) - most} more"
    return "; ".join(names)
