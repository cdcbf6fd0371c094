"""What a strategy is reckoned with: frequencies and accuracies from the evidence, costs and times from the user."""

from __future__ import annotations

from typing import Any

import msgspec

from ntrkpath.evidence import Evidence
from ntrkpath.guidance import Edition
from ntrkpath.model.errors import StrategyError
from ntrkpath.rules.conditions import When
from ntrkpath.strategy import files
from ntrkpath.strategy.costs import Costs, Parameter, plain
from ntrkpath.strategy.distributions import Distribution, distribution
from ntrkpath.strategy.generated import load_readouts
from ntrkpath.strategy.population import Cell
from ntrkpath.strategy.tree import Step, Tree, Workup, steps

#: Keys by which an accuracy names counts of the evidence.
_COUNTED = {"study", "pool", "printed"}


class _Use(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    when: dict[str, str | list[str]]
    sensitivity: Any
    specificity: Any
    context: str
    source: str
    assumed: bool = False


class _Ratio(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    when: dict[str, str | list[str]]
    of: str
    ratio: Any
    words: str
    why: str
    source: str


class _ModelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    from_edition: dict[str, str]
    accuracy: dict[str, list[_Use]]
    frequency: list[_Ratio]


class CellInputs(msgspec.Struct, frozen=True):
    """The names of the parameters of one cell.

    Args:
        frequency: Parameters whose product is the share of patients with a productive fusion.
        accuracy: Test to the parameters of its sensitivity and specificity here.
    """

    frequency: tuple[str, ...]
    accuracy: dict[str, tuple[str, str]]
    treatable: bool
    note: str = ""


class Inputs(msgspec.Struct, frozen=True):
    """Every parameter that the compared strategies need, and which of them each cell uses (in the order of cells)."""

    parameters: dict[str, Parameter]
    cells: tuple[CellInputs, ...]

    def values(self) -> dict[str, float]:
        """Return the central value of every parameter."""
        return {name: parameter.distribution.value for name, parameter in self.parameters.items()}


class Assembler:
    """Gathers the parameters for cells and their trees.

    Args:
        evidence: Frequencies and accuracies.
        costs: Costs, times and failure rates, and the user's own accuracies and frequencies.
        pooling: ``counts`` or ``glmm``.

    Raises:
        StrategyError: The cost file names an unknown test or group, or the pooling is neither.
    """

    def __init__(self, edition: Edition, evidence: Evidence, costs: Costs, pooling: str = "counts") -> None:
        if pooling not in ("counts", "glmm"):
            raise StrategyError("unknown pooling", where="pooling", value=pooling, allowed=("counts", "glmm"))
        self.edition, self.evidence, self.costs, self.pooling = edition, evidence, costs, pooling
        path = files.KNOWLEDGE / "model.yaml"
        self.model = files.convert(files.read(path), _ModelFile, path.name)
        self.parameters: dict[str, Parameter] = {}
        self.uses = dict(self.model.accuracy)
        for test, kind in self.model.from_edition.items():
            self.uses[test] = [
                _Use(
                    e["when"], e["sensitivity"], e["specificity"], e["id"].partition("_")[2].replace("_", " "), e["why"]
                )
                for e in edition.data["probability"]["accuracy"]
                if e["test"] == kind
            ]
        priced = {name.partition(":")[2] for name in costs.parameters if name.startswith("failure:")}
        for place, given in (("tests", priced), ("accuracy", costs.accuracy)):
            for test in sorted(given):
                if test not in self.uses:
                    where = f"{costs.where}: {place}.{test}"
                    raise StrategyError("unknown test", where=where, value=test, allowed=sorted(self.uses))
        known = {workup.costs for workup in load_readouts().workups.values()}
        settled = {name.partition(":")[2] for name in costs.parameters if name.startswith("cost:")} - priced
        for workup in sorted(settled - known):
            where = f"{costs.where}: workups.{workup}"
            raise StrategyError("unknown work-up", where=where, value=workup, allowed=sorted(known))
        for group in costs.frequency:
            if group not in evidence.groups and group != "beside_driver":
                raise StrategyError(
                    "unknown group",
                    where=f"{costs.where}: frequency.{group}",
                    value=group,
                    allowed=[*evidence.groups, "beside_driver"],
                )

    def cell(self, cell: Cell, settled: dict[str, str], trees: list[Tree], treatable: bool) -> CellInputs:
        """Return the parameters of one cell.

        Args:
            settled: The levels of its facts once every work-up is done.
            trees: What each strategy does with it.

        Raises:
            StrategyError: No frequency fits, or a test has no cost, or no accuracy in such tumours.
        """
        frequency, note = self._frequency(cell, settled)
        accuracy: dict[str, tuple[str, str]] = {}
        for tree in trees:
            for step in steps(tree):
                if isinstance(step, Workup):
                    self._cost(step.costs, ("cost", "days"))
                elif step.test not in accuracy:
                    accuracy[step.test] = self._accuracy(step, settled, cell)
                    self._cost(step.test, ("cost", "days", "failure"))
        if treatable or self.costs.threshold is not None:
            for name, parameter in self.costs.parameters.items():
                if name.startswith("treatment:"):
                    self.parameters[name] = parameter
        return CellInputs(frequency, accuracy, treatable, note)

    def _cost(self, key: str, kinds: tuple[str, ...]) -> None:
        for kind in kinds:
            name = f"{kind}:{key}"
            if name not in self.costs.parameters:
                raise StrategyError(
                    f"no {kind} of {plain(key)}",
                    where=f"{self.costs.where}: {'tests' if 'failure' in kinds else 'workups'}.{key}",
                    remedy="add the entry; nothing is filled in silently",
                )
            self.parameters[name] = self.costs.parameters[name]

    def _frequency(self, cell: Cell, settled: dict[str, str]) -> tuple[tuple[str, ...], str]:
        if cell.frequency is None:
            for rule in self.model.frequency:
                if When(rule.when).holds(settled):
                    ratio = f"frequency:{rule.of}:beside_driver"
                    given = self.costs.frequency.get("beside_driver", rule.ratio)
                    numbers = distribution(given, f"{self.costs.where}: frequency.beside_driver")
                    self.parameters[ratio] = Parameter(ratio, rule.words, numbers, rule.source, assumed=True)
                    taken = f"taken as {numbers.value:g} times that of {self.evidence.group(rule.of).says}"
                    return (self._group(rule.of), ratio), f"{rule.why}; {taken}"
            answer = self.evidence.assignment(None, settled)
            if answer.group is None:
                if settled["histology_group"] == "not_sarcoma":
                    zero = "frequency:outside"
                    words = "frequency outside sarcoma (not counted)"
                    self.parameters[zero] = Parameter(zero, words, Distribution("fixed", (0.0,)), answer.why)
                    return (zero,), answer.why
                raise StrategyError(
                    "no frequency of NTRK fusions is known for this cell",
                    where=f"cell {cell.name!r}",
                    value=answer.why,
                    remedy="give `frequency:` with a group",
                )
            # Strategies rest on the series of table 1; those that were added to a group serve single cases.
            group = self.evidence.group(answer.group).extends or answer.group
            return (self._group(group),), answer.why if answer.stands_in else ""
        if cell.frequency not in self.evidence.groups:
            raise StrategyError(
                "unknown group",
                where=f"cell {cell.name!r}: frequency",
                value=cell.frequency,
                allowed=self.evidence.groups,
            )
        return (self._group(cell.frequency),), ""

    def _group(self, group: str) -> str:
        name = f"frequency:{group}"
        if name not in self.parameters:
            words = f"frequency of NTRK fusions: {self.evidence.group(group).says}"
            if group in self.costs.frequency:
                here = f"{self.costs.where}: frequency.{group}"
                numbers = distribution(self.costs.frequency[group], here, proportion=True)
                self.parameters[name] = Parameter(name, words, numbers, self.costs.source or self.costs.name)
            else:
                studies = self.evidence.studies(group)
                x, n = sum(s.positive for s in studies), sum(s.tested for s in studies)
                source = "; ".join(s.label for s in studies)
                numbers = Distribution("beta", (float(x), float(n)))
                if self.pooling == "glmm" and len(studies) > 1:
                    from ntrkpath.evidence.glmm import pool

                    pooled = pool([s.positive for s in studies], [s.tested for s in studies])
                    if pooled.method == "glmm" and pooled.logit is not None and pooled.logit_se is not None:
                        numbers = Distribution("logit_normal", (pooled.logit, pooled.logit_se))
                self.parameters[name] = Parameter(name, words, numbers, source)
        return name

    def _accuracy(self, step: Step, settled: dict[str, str], cell: Cell) -> tuple[str, str]:
        test = step.test
        if own := self.costs.accuracy.get(test):
            here = f"{self.costs.where}: accuracy.{test}"
            use = _Use({}, own.sensitivity, own.specificity, "as given", own.source or self.costs.name)
        else:
            here = f"model.yaml: accuracy.{test}"
            matching = [u for u in self.uses.get(test, ()) if When(u.when).holds(settled)]
            if not matching:
                raise StrategyError(
                    f"the accuracy of {plain(test)} is not known here",
                    where=f"cell {cell.name!r}",
                    value=test,
                    remedy="let the plan not send these patients to it, or give `accuracy` in the cost file",
                )
            use = matching[0]
        names = []
        for kind, given in (("sensitivity", use.sensitivity), ("specificity", use.specificity)):
            # The same counts are the same number wherever they are used.
            counted = next(iter(given.values())) if isinstance(given, dict) and set(given) & _COUNTED else None
            name = f"{kind}:{test}:{counted or use.context}"
            if name not in self.parameters:
                numbers, tumours, source = self._counts(given, kind, f"{here}.{kind}")
                words = f"{kind} of {plain(test)} ({tumours or use.context})"
                self.parameters[name] = Parameter(name, words, numbers, source or use.source, use.assumed)
            names.append(name)
        return names[0], names[1]

    def _counts(self, given: Any, kind: str, where: str) -> tuple[Distribution, str, str]:
        """Return a distribution, the tumours it was counted in, and its source."""
        if not isinstance(given, dict) or not set(given) & _COUNTED:
            return distribution(given, where, proportion=True), "", ""
        how, ident = next(iter(given.items()))
        pool = self.evidence.pools[ident] if how == "pool" else None
        studies = [self.evidence.accuracy_studies[i] for i in (pool.studies if pool else (ident,))]
        source = "; ".join(study.label for study in studies)
        tumours = pool.says.rpartition(", ")[2] if pool else studies[0].context.replace("_", " ")
        if how == "printed":
            return Distribution("fixed", (getattr(studies[0].printed, kind) / 100,)), tumours, f"{source}, as printed"
        pairs = [pair for study in studies if (pair := getattr(study, kind))]
        x, n = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
        return Distribution("beta", (float(x), float(n))), tumours, source
