"""The answer in words: three sentences, and what each action says in this case: which genes, test, question, drug."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model.case import Case, Fish, RtPcr
from ntrkpath.model.recommendation import Action, Answer, Label
from ntrkpath.pathway.intake.read import Read
from ntrkpath.pathway.intake.treated import KINASE_CLASSES
from ntrkpath.pathway.intake.tumour import Tumour
from ntrkpath.rules import Row
from ntrkpath.rules.chain import Masks
from ntrkpath.vocabulary.stains import read_profile

#: Of several fusions the one that tells most gives its name.
_WORTH = ("productive", "likely_productive", "reported_pair", "uncertain", "not_productive")
_SEQUENCING = {"rna_mps": "rna", "dna_mps": "dna"}


class Known(msgspec.Struct, frozen=True):
    """What the words of one answer are made of.

    Args:
        levels: The level of every fact, as the tables leave them.
        therapy: The status of each label.
    """

    case: Case
    read: Read
    levels: Mapping[str, str]
    therapy: Sequence[Label]


class Words:
    """The sentences of an edition, filled from a case.

    Args:
        edition: The edition; without the file ``answer`` its own words stand.
        tumour: Knows which alterations are open, and which define another sarcoma.
    """

    def __init__(self, edition: Edition, tumour: Tumour) -> None:
        self.edition, self.tumour, self.ntrk = edition, tumour, tumour.ntrk
        data = edition.data["answer"]
        self.texts: dict[str, str] = {key: " ".join(text.split()) for key, text in data["texts"].items()}
        self.tests: dict[str, str] = data["tests"]
        self.not_offered = {(entry["drug"], entry["age_band"]) for entry in data["not_offered"]}
        self.order: list[str] = data["order"]
        self.agencies: list[str] = data.get("agencies", [])
        self.before_surgery: list[str] = data["before_surgery"]
        self.target, self.drug = (Masks(edition.tables[ident], edition.facts) for ident in edition.answers)
        self.sentences = {
            row.id: " ".join(str(row.emits["sentence"]).split())
            for ident in edition.answers
            for row in edition.tables[ident].rows
        }

    def answer(self, known: Known, actions: Sequence[Action]) -> Answer:
        """Return the three sentences for the actions of a case, the most important first."""
        return Answer(self._sentence(self.target, known), self._sentence(self.drug, known), self._next(actions, known))

    def _sentence(self, masks: Masks, known: Known) -> str:
        sentence = self.sentences[masks.row(known.levels).id]
        filled = sentence.format_map(_Filling(self, known)) if "{" in sentence else sentence
        return filled[:1].upper() + filled[1:] + ("" if filled.endswith(".") else ".")

    def _next(self, actions: Sequence[Action], known: Known) -> str:
        kinds, (recommended, consider, _) = self.edition.action_kinds, self.edition.strengths
        steps = [a for a in actions if kinds[a.action] != "treatment"]
        firm = [a for a in steps if a.strength == recommended and kinds[a.action] != "closing"]
        told: list[str] = []
        for action in firm if steps[:1] and steps[0] in firm else steps:
            text = self.choice(action, actions) if action.choice else action.text
            if action.strength != recommended and not text.startswith("Consider"):
                text = self.texts["consider" if action.strength == consider else "may"].format(action=_lower(text))
            if text not in told:
                told.append(text)
        return " ".join(told[:2]) or "No step follows from the guidance."

    def choice(self, action: Action, actions: Iterable[Action]) -> str:
        """Return an action and its alternatives as one line."""
        names = [short(other.text) for other in actions if other.choice == action.choice]
        return self.texts["choice"].format(actions="; ".join(names)) if len(names) > 1 else action.text

    def specific(self, action: Action, row: Row, known: Known, asks: Sequence[str]) -> Action:
        """Return an action with its text for this case: which genes, which test, what is asked, which drug."""
        if action.action == "order_canonical_driver_workup":
            text = self._drivers(known)
        elif action.action == "repeat_test":
            text = self._repeat(row, known)
        elif action.action == "consider_trk_inhibitor":
            drugs = " or ".join(self.offered(known)) or self.texts["no_drug"]
            text = self.texts["consider_trk_inhibitor"].format(drugs=drugs)
        elif action.action == "review_diagnosis":
            points = self.tumour.points_to(known.read.histology, known.read.alterations)
            if points is None:
                return action
            names = " or ".join(points[1][:3])
            text = self.texts["points_to"].format(action=action.text, alteration=points[0], names=names)
        elif action.action == "ask_laboratory" and asks:
            asked = tuple(one.format_map(_Filling(self, known)) for one in dict.fromkeys(asks))
            text = self.texts["ask_laboratory"].format(asks=", and ".join(asked))
            return msgspec.structs.replace(action, text=text, asks=asked)
        else:
            return action
        return msgspec.structs.replace(action, text=text)

    def _drivers(self, known: Known) -> str:
        if markers := self.tumour.open_markers(known.read.histology, known.read.alterations):
            return self.texts["drivers_open"].format(genes=", ".join(markers))
        tumour, profile = known.read.histology, read_profile(known.case.diagnosis.immunoprofile)
        if tumour.defining_test and profile.get(tumour.defining_marker or "") != "negative":
            return self.texts["drivers_defining"].format(test=tumour.defining_test)
        return self.texts["drivers_panel"]

    def _repeat(self, row: Row, known: Known) -> str:
        if row.emits.get("test") == "second_rna":
            return self.texts["second_rna"]
        levels = known.levels
        names: list[str] = []
        if "failed" in row.when.get("sequence", ()):
            names += [self.tests[one] for one in ("rna", "rt_pcr", "dna") if levels[one] == "failed"]
        if "not_interpretable" in row.when.get("ihc", ()) and levels["ihc"] == "not_interpretable":
            names.append(self.tests["ihc"])
        return (
            self.texts["repeat_test"].format(tests=" and ".join(names))
            if names
            else self.edition.actions["repeat_test"]
        )

    def offered(self, known: Known, generation: str = "first") -> list[str]:
        """Return the drugs of a generation that some label covers or may cover, at the age of the patient."""
        drugs = self.edition.drugs
        return [
            drug
            for drug in self.order
            if drugs[drug].generation == generation
            and (drug, known.levels["age_band"]) not in self.not_offered
            and any(label.drug == drug and label.status != "outside_label" for label in known.therapy)
        ]

    def named(self, known: Known) -> frozenset[str]:
        """Return every drug that the answer names or that was given: what is to be weighed speaks of these."""
        given = known.read.treatment.given
        return given.union(self.offered(known), self.offered(known, "next")) if known.therapy else given

    def drugs(self, known: Known, only: Sequence[str] = ()) -> str:
        """Return the drugs that come in, each with its labels; ``only`` some of them where given."""
        next_one = known.levels["trk_therapy"] == "progressed_first" or known.levels["resistance"] in KINASE_CLASSES
        generation = "next" if next_one else "first"
        names = [drug for drug in self.offered(known, generation) if not only or drug in only]
        if not names:
            outside = [
                label for label in known.therapy
                if self.edition.drugs[label.drug].generation == generation
                and (label.drug, known.levels["age_band"]) not in self.not_offered
            ]  # fmt: skip
            if not outside:
                return self.texts["no_drug"]
            first = min(outside, key=lambda label: self.order.index(label.drug))
            return self.texts["no_label"].format(drug=first.drug, why=_clause(first.reasons))
        told = "; ".join(self._labelled(drug, known) for drug in names)
        return self.texts["pregnant"].format(drugs=told) if known.case.patient.pregnant is True else told

    def _labelled(self, drug: str, known: Known) -> str:
        """Return a drug with what the label of every agency says of it: within, open and why, outside."""
        of_drug = sorted((label for label in known.therapy if label.drug == drug), key=self._place)
        within = [label for label in of_drug if label.status == "within_label"]
        outside = [label for label in of_drug if label.status == "outside_label"]
        unsure: dict[str, list[str]] = {}
        for label in of_drug:
            if label.status == "cannot_tell":
                unsure.setdefault(_clause(label.reasons), []).append(label.agency)
        told = [self.texts["within"].format(agencies="; ".join(map(self._agency, within)))] if within else []
        told += [self.texts["open"].format(agencies=", ".join(who), why=why) for why, who in unsure.items()]
        if outside:
            told.append(self.texts["outside"].format(agencies=", ".join(label.agency for label in outside)))
        if known.levels["age_band"] == "under_1_month":
            told.append(self.texts["newborn"])
        return f"{drug} ({'; '.join(told)})"

    def _place(self, label: Label) -> tuple[int, str]:
        known = self.agencies.index(label.agency) if label.agency in self.agencies else len(self.agencies)
        return known, label.agency

    def _agency(self, label: Label) -> str:
        return self.texts["read" if label.read else "by_report"].format(agency=label.agency, read=label.read)

    def fusion(self, known: Known) -> tuple[str, str]:
        """Return the name of the most telling NTRK fusion and the test that shows it."""
        found = [
            (
                _WORTH.index(fusion.verdict),
                _SEQUENCING[one.method] != "rna",
                fusion.name,
                self.tests[_SEQUENCING[one.method]],
            )
            for one in known.read.called
            if one.method in _SEQUENCING
            for fusion in one.fusions
            if fusion.verdict in _WORTH
        ]
        for one in known.read.called:
            test = known.case.tests[one.position - 1]
            if isinstance(test, RtPcr) and one.call == "positive":
                names = [name for name in test.targets if self.ntrk.covered(re.split(r"::|--|-|/", name))]
                found.append((0, True, names[0] if names else self.tests["unnamed"], self.tests["rt_pcr"]))
        if found:
            _, _, name, how = min(found)
            return name, how
        listed = [a.gene for a in known.case.alterations if a.kind == "fusion" and a.status == "present"
                  and self.ntrk.covered(re.split(r"::|--", a.gene))]  # fmt: skip
        return (listed[0] if listed else self.tests["unnamed"]), "a test that is not named"

    def unqualified(self, known: Known) -> str:
        """Return what is not stated of an RNA test that is called negative."""
        levels, texts = known.levels, self.texts
        open_ones = [
            text
            for fact, level, text in (
                ("rna_quality", "unknown", texts["quality"]),
                ("rna_coverage", "unknown", texts["coverage"]),
                ("rna_file", "not_evaluable", texts["whole_file"]),
            )
            if levels[fact] == level
        ]
        return ", and ".join(open_ones or (texts["quality"], texts["coverage"]))

    def fish_gene(self, known: Known) -> str:
        """Return the NTRK gene that FISH shows to be rearranged, or ``NTRK``."""
        for one in known.read.called:
            test = known.case.tests[one.position - 1]
            if isinstance(test, Fish) and one.call == "positive" and test.gene:
                genes = [test.gene] if isinstance(test.gene, str) else list(test.gene)
                if named := [symbol for gene in genes if (symbol := self.ntrk.symbol(gene))]:
                    return named[0]
        return "NTRK"


class _Filling(dict[str, str]):
    """What stands in the place of each name in braces; made only where a sentence names it."""

    def __init__(self, words: Words, known: Known) -> None:
        super().__init__()
        self.words, self.known = words, known

    @property
    def _resistance(self) -> str | None:
        return self.known.read.treatment.resistance.mutation

    def __missing__(self, name: str) -> str:
        if name == "fusion":
            return self.words.fusion(self.known)[0]
        if name == "how":
            return self.words.fusion(self.known)[1]
        if name == "unqualified":
            return self.words.unqualified(self.known)
        if name == "gene":
            return self.words.fish_gene(self.known)
        if name == "drugs":
            return self.words.drugs(self.known)
        if name == "before_surgery":
            return self.words.drugs(self.known, self.words.before_surgery)
        if name == "resistance":
            return self._resistance or "a resistance mutation"
        if name == "found":
            return f" ({self._resistance})" if self._resistance else ""
        raise KeyError(name)


def short(text: str) -> str:
    """Return the text of an action as a clause: without its verb's capital, its brackets and its end."""
    clause = re.split(r"[.;](?:\s|$)", text, maxsplit=1)[0]
    return _lower(re.sub(r"^Order ", "", clause))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _clause(reasons: Sequence[str]) -> str:
    """Return the first reason as a clause."""
    return _lower((reasons[0] if reasons else "").rstrip("."))
