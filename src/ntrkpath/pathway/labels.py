"""Drug labels: each label in force on a date, held against the case."""

from __future__ import annotations

import datetime as dt

from ntrkpath.guidance import Edition
from ntrkpath.model.errors import CaseError
from ntrkpath.model.recommendation import Label
from ntrkpath.pathway.intake.treated import KINASE_CLASSES
from ntrkpath.rules import Hit
from ntrkpath.rules.chain import Masks


class Labels:
    """The labels in force on a date.

    Args:
        edition: The edition whose labels and criteria are used.
        as_of: The date.
        agency: Only the labels of this agency, whatever its capitals; all of them where not given.

    Raises:
        CaseError: No label is of that agency.
    """

    def __init__(self, edition: Edition, as_of: dt.date, agency: str | None = None) -> None:
        self.edition = edition
        known = sorted({label.agency for label in edition.labels})
        if agency is not None and agency.casefold() not in {name.casefold() for name in known}:
            raise CaseError("no label of this agency", where="agency", value=agency, allowed=known)
        self.labels = sorted(
            (lb for lb in edition.labels_on(as_of) if agency is None or lb.agency.casefold() == agency.casefold()),
            key=lambda lb: (lb.drug, lb.agency),
        )
        self.table = Masks(edition.tables["label"], edition.facts)
        self.criterion = {fact: t.id for t in edition.criteria.tables for fact in t.sets}

    def statuses(
        self,
        hits: list[Hit],
        levels: dict[str, str],
        mutation: str | None,
        effects: dict[str, str],
        progressed: frozenset[str],
    ) -> tuple[Label, ...]:
        """Return the status of every label for a decided case.

        Args:
            hits: The rows of the criteria that held.
            levels: The level of every fact, criteria included.
            mutation: The resistance mutation that is known.
            effects: Its effect by drug; ``*`` for every drug.
            progressed: The drugs on which the disease progressed.
        """
        says = {hit.table: hit.row.says for hit in hits}
        found = []
        for label in self.labels:
            statuses = {criterion: levels[criterion] for criterion in label.requires}
            if "not_met" in statuses.values():
                criteria = "one_not_met"
            elif "cannot_tell" in statuses.values() or not label.label_read:
                criteria = "undetermined"
            else:
                criteria = "all_met"
            effect = "none_known"
            if levels["resistance"] in KINASE_CLASSES:
                effect = effects.get(label.drug, effects.get("*", "cannot_tell"))
            row = self.table.row(
                {
                    "label_criteria": criteria,
                    "drug_effect": effect,
                    "drug_progression": "yes" if label.drug in progressed else "no",
                }
            )
            wanted = {"one_not_met": ("not_met",), "undetermined": ("cannot_tell",), "all_met": ()}[criteria]
            reasons = [says[self.criterion[c]] for c, status in statuses.items() if status in wanted]
            if criteria == "undetermined" and not label.label_read:
                reasons.append("Only a report of this approval was read, not the label.")
            if effect not in ("none_known", "expected_active") and mutation:
                reasons.append(
                    f"{mutation}: {effect.replace('_', ' ')} to {label.drug}.".replace(
                        "cannot tell to", "effect not known for"
                    )
                )
            found.append(
                Label(
                    label.drug,
                    label.agency,
                    row.sets["label_status"],
                    tuple(reasons) or (row.says,),
                    label.id,
                    label.from_,
                    label.text,
                    label.source,
                    label.in_paper,
                    label.read,
                )
            )
        return tuple(found)
