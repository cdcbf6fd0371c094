"""Strategies compared on one population: the public entry, and the result with everything that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from ntrkpath.evidence import evidence_of
from ntrkpath.guidance import Edition, load
from ntrkpath.model.errors import StrategyError
from ntrkpath.model.numbers import grouped
from ntrkpath.model.shown import Shown
from ntrkpath.strategy.assumptions import assume, assumption, shipped_assumptions
from ntrkpath.strategy.costs import ILLUSTRATIVE, Costs, Parameter, costs, load_costs
from ntrkpath.strategy.distributions import MOST
from ntrkpath.strategy.expectation import Number, expectation
from ntrkpath.strategy.frontier import Place, frontier
from ntrkpath.strategy.generated import Walker, walker_of
from ntrkpath.strategy.inputs import Assembler, Inputs
from ntrkpath.strategy.plan import Plan, TablesPlan, load_plan, plan
from ntrkpath.strategy.population import Population, load_population, population
from ntrkpath.strategy.simulate import Simulation, simulate
from ntrkpath.strategy.tree import Tree
from ntrkpath.strategy.uncertainty import Tornado, Uncertainty, tornado, uncertainty

SCHEMA = "ntrkpath/strategy-comparison/1"
#: The strategies compared where none is named.
DEFAULT = ("guidance", "ihc-then-rna", "fish-all", "dna-then-rna", "rna-all", "none")


class Row(msgspec.Struct, frozen=True):
    """One strategy on the population.

    Args:
        outcomes: Expected numbers for ``size`` patients (``found``, ``cost``, ``tests:rna_mps`` ...).
        needed_to_test: Patients tested for one fusion found; ``None`` where none is found.
        cost_per_found: Cost for one fusion found.
        days_per_handled: Mean days from the first request to the end, of patients with a test or a work-up.
        net_benefit: Value of the quality-adjusted life years less all costs, where the cost file speaks of treatment.
        place: On the frontier of cost and fusions found.
    """

    name: str
    title: str
    note: str
    outcomes: dict[str, float]
    needed_to_test: float | None
    cost_per_found: float | None
    days_per_handled: float | None
    net_benefit: float | None
    place: Place


class Comparison(Shown, frozen=True):
    """Strategies on one population, for ``size`` patients, with the inputs behind them.

    ``tiers`` and ``priorities`` are the shares of patients by the guidance, once every work-up is done.
    ``threshold`` is what a quality-adjusted life year may cost in the net benefit, where the costs speak of treatment.
    ``costs_are_illustrative`` says that costs and times are the shipped ones, which have no source.
    """

    schema: str
    edition: str
    edition_sha256: str
    intended_use: str
    population: Population
    size: float
    costs: str
    currency: str
    costs_are_illustrative: bool
    costs_note: str
    rows: tuple[Row, ...]
    tiers: dict[str, float]
    priorities: dict[str, float]
    parameters: dict[str, Any]
    stands_in: dict[str, str]
    simulation: Simulation | None = None
    uncertainty: Uncertainty | None = None
    tornado: Tornado | None = None
    threshold: float | None = None

    SHOWN_BY: ClassVar[str] = "ntrkpath.report.numbers_in_a_notebook"

    def __repr__(self) -> str:
        """Return who was compared on whom, in one short line."""
        return f"<Comparison of {', '.join(row.name for row in self.rows)} on {grouped(self.size)} patients>"

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data, as `--format json` prints it."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


class Model:
    """Strategies, a population and costs, put together once: trees and parameters, ready to be evaluated.

    Args:
        plans: Strategies in the order in which they are shown.

    Raises:
        StrategyError: A test has no cost, or no accuracy in some cell; a cell has no frequency.
    """

    def __init__(
        self,
        edition: Edition,
        mix: Population,
        plans: Iterable[Plan | TablesPlan],
        table: Costs,
        walker: Walker,
        pooling: str = "counts",
    ) -> None:
        self.edition, self.population, self.costs = edition, mix, table
        self.plans = {p.name: p for p in plans}
        self.trees: dict[str, tuple[Tree, ...]] = {
            name: tuple(walker.tree(c, p) if isinstance(p, TablesPlan) else p.tree(c) for c in mix.cells)
            for name, p in self.plans.items()
        }
        assembler = Assembler(edition, evidence_of(edition), table, pooling)
        cells = tuple(
            assembler.cell(c, walker.settled(c), [t[i] for t in self.trees.values()], walker.treatable(c))
            for i, c in enumerate(mix.cells)
        )
        self.inputs = Inputs(assembler.parameters, cells)
        #: Shares of the patients by tier and by priority of the guidance, once every work-up is done.
        self.tiers: dict[str, float] = dict.fromkeys(edition.facts["tier"].levels, 0.0)
        self.priorities: dict[str, float] = dict.fromkeys(edition.facts["priority"].levels, 0.0)
        for c in mix.cells:
            tier, priority = walker.triage(c)
            self.tiers[tier] += c.share
            self.priorities[priority] += c.share

    def evaluate(self, values: Mapping[str, Number]) -> dict[str, dict[str, Number]]:
        """Return the expectation of every outcome per patient, by strategy, for numbers or draws of the parameters."""
        cells = self.population.cells
        return {name: expectation(cells, self.inputs.cells, trees, values) for name, trees in self.trees.items()}

    def simulate(self, patients: int, seed: int = 1, threads: int | None = None) -> Simulation:
        """Draw patients and send them through every strategy, with the central value of every parameter."""
        return simulate(
            self.population.cells,
            self.inputs.cells,
            self.trees,
            self.inputs.values(),
            patients=patients,
            seed=seed,
            threads=threads,
        )


def build(
    population_: str | Path | Population | Mapping[str, Any] = "table1",
    strategies: Iterable[str | Path | Plan | TablesPlan | Mapping[str, Any]] = DEFAULT,
    costs_: str | Path | Costs | Mapping[str, Any] = ILLUSTRATIVE,
    edition: Edition | str | None = None,
    assumptions: Iterable[str] = (),
    pooling: str = "counts",
) -> Model:
    """Put a model together from names, files or data.

    Raises:
        StrategyError: Something given cannot be used; the error names file and field.
    """
    chosen = load(edition) if isinstance(edition, str) else edition or load()
    walker = walker_of(chosen)
    if isinstance(population_, Population):
        mix = population_
    elif isinstance(population_, Mapping):
        mix = population(population_, chosen, "given")
    else:
        mix = load_population(str(population_), chosen)
    own = [assumption(text, chosen) for text in ([assumptions] if isinstance(assumptions, str) else assumptions)]
    settled = {workup.fact for workup in walker.readouts.workups.values()}
    mix = assume(mix, [*own, *shipped_assumptions(chosen)], settled)
    given = [strategies] if isinstance(strategies, (str, Path, Mapping, Plan, TablesPlan)) else strategies
    plans = [_plan(s, chosen, walker.readouts.tests, i) for i, s in enumerate(given)]
    if not plans:
        raise StrategyError("no strategy", where="strategies", remedy="name at least one")
    names = [p.name for p in plans]
    for name in names:
        if names.count(name) > 1:
            raise StrategyError("a strategy twice", where="strategies", value=name)
    if isinstance(costs_, Costs):
        table = costs_
    elif isinstance(costs_, Mapping):
        table = costs(costs_)
    else:
        table = load_costs(str(costs_))
    return Model(chosen, mix, plans, table, walker, pooling)


def _plan(given: Any, edition: Edition, tests: dict[str, str], position: int) -> Plan | TablesPlan:
    if isinstance(given, (Plan, TablesPlan)):
        return given
    if isinstance(given, Mapping):
        return plan(given, edition, tests, f"strategy {position + 1}")
    return load_plan(str(given), edition, tests)


def compare(
    population: str | Path | Population | Mapping[str, Any] = "table1",
    strategies: Iterable[str | Path | Plan | TablesPlan | Mapping[str, Any]] = DEFAULT,
    costs: str | Path | Costs | Mapping[str, Any] = ILLUSTRATIVE,
    *,
    patients: float | None = None,
    simulate: int = 0,
    draws: int = 0,
    reference: str | None = None,
    assume: Iterable[str] = (),
    pooling: str = "counts",
    seed: int = 1,
    edition: Edition | str | None = None,
) -> Comparison:
    """Compare strategies on a population: exact expectation, and what is asked for beside it.

    Args:
        population: A shipped name (``msk2017``, ``table1``, ``synthetic``), a YAML file or table, or data.
        strategies: Shipped names, YAML files or data, in the order in which they are shown.
        costs: ``illustrative`` (no source), a YAML file, or data.
        patients: The outcomes are for so many; the size of the population, or 1,000 where it has none.
        simulate: So many patients are drawn as well (needs ``[stats]``).
        draws: So many draws of every unsure parameter (needs ``[stats]``), with plane, acceptability and the tornado
            of the first strategy that finds any fusion.
        reference: The strategy that the plane compares with: ``none`` if it is there, else the first.
        assume: ``fact=level`` for facts that the population leaves unknown, for example ``extent=metastatic``.
        pooling: How studies of frequency are pooled: ``counts`` sums them, ``glmm`` is the random-effects model of
            `ntrkpath evidence frequency` (needs ``[stats]``).
        seed: Of simulation and draws.

    Raises:
        StrategyError: Something given cannot be used, the error names the field; or the extra is missing.
    """
    model = build(population, strategies, costs, edition, assume, pooling)
    _check_numbers(patients=(patients, 1), simulate=(simulate, 0), draws=(draws, 0), seed=(seed, 0))
    if reference is not None and reference not in model.plans:
        raise StrategyError("no such strategy here", where="reference", value=reference, allowed=model.plans)
    size = float(patients or model.population.size or 1000)
    per_patient = model.evaluate(model.inputs.values())
    places = frontier({name: (o["found"], o["cost"]) for name, o in per_patient.items()})
    threshold = model.costs.threshold
    drawn, bars = _drawn(model, per_patient, reference, draws, seed) if draws else (None, None)
    cells = zip(model.population.cells, model.inputs.cells, strict=True)
    return Comparison(
        schema=SCHEMA, edition=model.edition.id, edition_sha256=model.edition.sha256,
        intended_use=model.edition.intended_use, population=model.population, size=size, costs=model.costs.name,
        currency=model.costs.currency, costs_are_illustrative=model.costs.illustrative, costs_note=model.costs.note,
        rows=tuple(_row(model.plans[name], o, size, places[name], threshold) for name, o in per_patient.items()),
        tiers={k: v for k, v in model.tiers.items() if v}, priorities={k: v for k, v in model.priorities.items() if v},
        parameters={name: _told(p) for name, p in model.inputs.parameters.items()},
        stands_in={cell.name: given.note for cell, given in cells if given.note},
        simulation=model.simulate(simulate, seed) if simulate else None, uncertainty=drawn, tornado=bars,
        threshold=threshold,
    )  # fmt: skip


def _check_numbers(**given: tuple[float | None, int]) -> None:
    """Refuse what is below its least, too large or, but for patients, no whole number."""
    for name, (value, least) in given.items():
        if value is None:
            continue
        if not least <= value <= MOST:
            problem = "too small" if value < least else "too large, or not a number"
            raise StrategyError(problem, where=name, value=value, allowed=f"{least} to {MOST:g}")
        if name != "patients" and value != int(value):
            raise StrategyError("not a whole number", where=name, value=value)


def _drawn(
    model: Model, per_patient: Mapping[str, Mapping[str, float]], reference: str | None, draws: int, seed: int
) -> tuple[Uncertainty, Tornado | None]:
    """Return the draws of every unsure parameter, and what moves the first strategy that finds any fusion."""
    base = reference or ("none" if "none" in model.plans else next(iter(model.plans)))
    drawn = uncertainty(model.inputs.parameters, model.evaluate, reference=base, draws=draws, seed=seed)
    finder = next((name for name, o in per_patient.items() if o["found"] > 0), None)
    return drawn, tornado(model.inputs.parameters, model.evaluate, strategy=finder) if finder else None


def _told(parameter: Parameter) -> dict[str, Any]:
    return {
        "words": parameter.words, "value": parameter.distribution.value,
        "distribution": parameter.distribution.words(), "source": parameter.source, "assumed": parameter.assumed,
    }  # fmt: skip


def _row(
    found: Plan | TablesPlan, per_patient: dict[str, float], size: float, place: Place, threshold: float | None
) -> Row:
    o = {name: value * size for name, value in per_patient.items()}
    busy = o["handled"]
    benefit = None
    if threshold is not None:
        benefit = threshold * o["qaly"] - o["treatment_cost"] - o["cost"]
    return Row(
        found.name,
        found.title,
        found.note,
        o,
        o["tested"] / o["found"] if o["found"] > 0 else None,
        o["cost"] / o["found"] if o["found"] > 0 else None,
        o["days"] / busy if busy > 0 else None,
        benefit,
        place,
    )
