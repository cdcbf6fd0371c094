"""The probability of a productive fusion in a case: looked up in figures that were made when the edition was built.

Which result may be weighed, with which counts, stands in ``probability.yaml``; the figures, with their ranges, in
``probability_figures.yaml``. Where the figures do not belong to the evidence beside them, they are made anew if numpy
and scipy are installed; otherwise there is no figure, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from ntrkpath.evidence.probability_sources import FIGURES, RULES, SOURCES, combination, made_from
from ntrkpath.guidance.edition import Edition
from ntrkpath.model.errors import GuidanceError
from ntrkpath.model.recommendation import AfterResult, Estimate, PreTest, Probability, TestAccuracy
from ntrkpath.rules.conditions import Ruled, When

_REMEMBERED = 20_000
STALE = (
    "No figure: the figures of this edition do not belong to the evidence beside them. To make them anew: pip install"
    " 'ntrkpath[stats]', or python scripts/build_probability.py."
)


class Probabilities:
    """The probabilities of one edition, ready to be asked for cases.

    Args:
        edition: The edition. One without evidence gives no probability.

    Raises:
        GuidanceError: ``probability.yaml`` names a fact that the edition lacks.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.stale = False
        self._known: dict[object, Probability | None] = {}
        self.available = all(name in edition.data for name in SOURCES)
        if not self.available:
            return
        self._figures: Mapping[str, Any] = edition.data.get(FIGURES) or {}
        if self._figures.get("made_from") != made_from(edition):
            self._figures = self._made_anew()
        self._read(edition.data[RULES], edition.data["evidence_frequency"]["assignments"])
        self.facts = tuple(sorted(self._facts_read()))
        for fact in self.facts:
            if fact not in edition.facts:
                raise GuidanceError("no such fact", where=f"{RULES}.yaml", value=fact)
        self._key: Callable[[Mapping[str, str]], object] = itemgetter(*self.facts)

    def _read(self, rules: Mapping[str, Any], assignments: Any) -> None:
        """Read the rules: what has no figure, which frequency stands for a case, what each result says."""
        self.without = Ruled(rules["without_figure"])
        self.not_shown = Ruled(rules["not_shown"])
        self.assignments = Ruled(assignments)
        self.tests = [(test["id"], Ruled(test["results"]), test) for test in rules["tests"]]
        self.next_tests = [
            (ident, When(test["next"]["when"]), tuple(test["next"]["signs"])) for ident, _, test in self.tests
            if "next" in test
        ]  # fmt: skip
        self.accuracy = {
            ident: Ruled(entry for entry in rules["accuracy"] if entry["test"] == ident) for ident, _, _ in self.tests
        }
        self._test_of: dict[str, str] = {entry["id"]: entry["test"] for entry in rules["accuracy"]}
        self._why = {entry["id"]: entry["why"] for entry in rules["accuracy"]}
        self.assumptions = [(frozenset(a["tests"]), When(a.get("when", {})), a["text"]) for a in rules["assumptions"]]

    def _facts_read(self) -> set[str]:
        """Return the facts of the edition that any of the rules asks for."""
        ruled = [
            self.without, self.not_shown, self.assignments, *(r for _, r, _ in self.tests), *self.accuracy.values()
        ]  # fmt: skip
        facts = {fact for r in ruled for fact in r.facts()} | {ident for ident, _, _ in self.tests}
        facts |= {fact for _, when, *_ in (*self.next_tests, *self.assumptions) for fact, _ in when.wanted}
        return facts - {"histology", "frequency"}

    def _made_anew(self) -> Mapping[str, Any]:
        from importlib.util import find_spec

        if find_spec("numpy") is None or find_spec("scipy") is None:
            self.stale = True
            return {}
        from ntrkpath.evidence.probability_figures import figures

        return figures(self.edition)

    def of(self, histology: str, name: str, levels: Mapping[str, str]) -> Probability | None:
        """Return the probability for a case; ``None`` where it is not shown, or for an edition without evidence.

        Args:
            histology: The id of its histology; ``name`` the name.
            levels: The level of every fact, as the tables leave them.

        Raises:
            GuidanceError: No accuracy of ``probability.yaml`` holds for a result that is to be weighed.
        """
        if not self.available:
            return None
        key = (histology, self._key(levels))
        if key not in self._known:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[key] = self._of(name, {**levels, "histology": histology})
        return self._known[key]

    def why_not_shown(self, histology: str, levels: Mapping[str, str]) -> str:
        """Return why nothing is said of the probability of a case; empty where something is.

        Args:
            histology: The id of its histology.
            levels: The level of every fact, as the tables leave them.
        """
        hidden = self.not_shown.first({**levels, "histology": histology}) if self.available else None
        return str(hidden["why"]) if hidden else ""

    def _of(self, name: str, levels: Mapping[str, str]) -> Probability | None:
        if self.not_shown.first(levels) is not None:
            return None
        if self.stale:
            return _none(STALE)
        barred = self.without.first(levels)
        if barred is not None:
            return _none(f"No figure. {barred['why']}")
        assigned = self.assignments.first(levels)
        if assigned is None or assigned["group"] is None:
            return _none(f"No figure. {assigned['why'] if assigned else 'No published frequency fits this case.'}")
        group = assigned["group"]
        found = self._figures["frequencies"][group]
        estimate, low, high = found["probability"]
        pre_test = PreTest(
            estimate, low, high, group, found["says"], found["counts"], tuple(found["studies"]),
            name if assigned.get("stands_in") else None, assigned.get("why", ""),
        )  # fmt: skip
        steps, weighed, open_ = self._steps(group, levels)
        now = None
        if open_:
            now = self._after(group, weighed) if weighed else Estimate(*found["probability"])
        following = self._next(group, levels, weighed) if open_ else ()
        levels = {**levels, "frequency": group}
        touched = {self._test_of[ident] for ident, _ in weighed} | {item.test for item in following}
        assumptions = tuple(t for tests, when, t in self.assumptions if tests <= touched and when.holds(levels))
        note = "" if open_ else "No figure after these results: one of them cannot be weighed. The steps say which."
        return Probability(pre_test, steps, now, following, assumptions, note)

    def _steps(
        self, group: str, levels: Mapping[str, str]
    ) -> tuple[tuple[AfterResult, ...], list[tuple[str, str]], bool]:
        """Return what each result does, the results weighed, and whether a figure is left at the end."""
        steps: list[AfterResult] = []
        weighed: list[tuple[str, str]] = []
        open_ = True
        for ident, results, _ in self.tests:
            entry = results.first(levels)
            if entry is None or entry["effect"] == "none":
                continue
            if entry["effect"] == "weighed" and open_:
                weighed.append((self._accuracy_of(ident, levels), entry["sign"]))
                steps.append(self._weighed(group, ident, levels[ident], weighed))
                continue
            why = entry.get("why", "Not weighed: an earlier result leaves no figure to start from.")
            if entry["effect"] == "no_figure":
                open_ = False
            effect = "leaves" if entry["effect"] == "leaves" else "no_figure"
            steps.append(AfterResult(ident, levels[ident], effect, why=why))  # type: ignore[arg-type]
        return tuple(steps), weighed, open_

    def _next(self, group: str, levels: Mapping[str, str], weighed: list[tuple[str, str]]) -> tuple[AfterResult, ...]:
        order = [ident for ident, _, _ in self.tests]
        found = []
        for ident, when, signs in self.next_tests:
            if when.holds(levels):
                for sign in signs:
                    results = [*weighed, (self._accuracy_of(ident, levels), sign)]
                    results.sort(key=lambda item: order.index(self._test_of[item[0]]))
                    found.append(self._weighed(group, ident, sign, results, (self._accuracy_of(ident, levels), sign)))
        return tuple(found)

    def _accuracy_of(self, test: str, levels: Mapping[str, str]) -> str:
        entry = self.accuracy[test].first(levels)
        if entry is None:
            raise GuidanceError("no accuracy holds for this case", where=f"{RULES}.yaml: accuracy", value=test)
        return str(entry["id"])

    def _after(self, group: str, results: list[tuple[str, str]]) -> Estimate:
        return Estimate(*self._figures["after"][group][combination(results)][:3])

    def _weighed(
        self, group: str, test: str, result: str, results: list[tuple[str, str]],
        this: tuple[str, str] | None = None,
    ) -> AfterResult:  # fmt: skip
        accuracy, sign = this or results[-1]
        figures = self._figures["accuracy"][accuracy]
        over = self._figures["after"][group][combination(results)][3:]
        return AfterResult(
            test, result, "weighed", self._after(group, results), (over[0], over[1]) if over else None,
            Estimate(*figures[sign]), TestAccuracy(**figures["sensitivity"]), TestAccuracy(**figures["specificity"]),
            self._why[accuracy],
        )  # fmt: skip


def _none(why: str) -> Probability:
    return Probability(None, (), None, (), (), why)
