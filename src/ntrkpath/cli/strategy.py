"""`ntrkpath strategy`: testing strategies compared on a case mix, listed, and shown."""

from __future__ import annotations

from pathlib import Path

import click

from ntrkpath.cli.main import EXIT_OK
from ntrkpath.cli.options import edition_option, out_option, printed_option
from ntrkpath.cli.reports import report_form_option, write_report
from ntrkpath.model.numbers import percent


@click.group("strategy")
def command() -> None:
    """Compare testing strategies: what each finds and misses among your patients, and what it costs.

    Costs and times are yours to give (`--costs FILE`); the shipped ones are illustrative and have no source.
    """


@command.command("compare")
@click.option(
    "--population",
    default="table1",
    show_default=True,
    metavar="NAME|FILE",
    help="Case mix: YAML, or a table of cases (CSV, TSV).",
)
@click.option(
    "--cohort",
    default=None,
    metavar="PATH",
    help="Cohort in place of --population: what `ntrkpath cohort triage` reads, one row a patient.",
)
@click.option("--mapping", default=None, metavar="NAME|FILE", help="How the columns of the cohort are read.")
@click.option(
    "--strategies",
    default=None,
    metavar="A,B,...",
    help="Names or YAML files, in the order shown. Default: all but the variants.",
)
@click.option(
    "--costs",
    default="illustrative",
    show_default=True,
    metavar="NAME|FILE",
    help="Costs, times, failure rates (YAML).",
)
@click.option(
    "--patients",
    type=click.FloatRange(min=1),
    default=None,
    metavar="N",
    help="Outcomes for so many patients (default: the size of the population).",
)
@click.option(
    "--assume",
    multiple=True,
    metavar="FACT=LEVEL",
    help="What is taken of a fact that the population leaves unknown; repeatable.",
)
@click.option(
    "--simulate", type=click.IntRange(min=0), default=0, metavar="N", help="Draw N patients one by one as well."
)
@click.option(
    "--draws",
    type=click.IntRange(min=0),
    default=None,
    metavar="N",
    help="Draws of the unsure parameters (default: 2000 for HTML and PDF, else none).",
)
@click.option(
    "--pooling",
    type=click.Choice(["counts", "glmm"]),
    default="counts",
    show_default=True,
    help="How studies of frequency are pooled.",
)
@click.option(
    "--reference", default=None, metavar="NAME", help="Strategy that the others are compared with on the plane."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, metavar="N", help="Of simulation and draws."
)
@report_form_option
@out_option
@edition_option
def compare_command(
    population: str,
    cohort: str | None,
    mapping: str | None,
    strategies: str | None,
    costs: str,
    patients: float | None,
    assume: tuple[str, ...],
    simulate: int,
    draws: int | None,
    pooling: str,
    reference: str | None,
    seed: int,
    form: str,
    out: Path | None,
    edition: str,
) -> int:
    """Compare strategies on a population: fusions found and missed, tests, cost, days, who is dominated."""
    import msgspec

    from ntrkpath.guidance import load
    from ntrkpath.report.strategy_sheets import comparison_report
    from ntrkpath.strategy.compare import DEFAULT, compare
    from ntrkpath.strategy.from_cohort import cohort_population

    if mapping is not None and cohort is None:
        raise click.UsageError("--mapping belongs to --cohort")
    chosen = [s.strip() for s in strategies.split(",") if s.strip()] if strategies is not None else DEFAULT
    wanted = draws if draws is not None else 2000 if form in ("html", "pdf") else 0
    found = compare(
        cohort_population(cohort, load(edition), mapping) if cohort is not None else population,
        chosen,
        costs,
        patients=patients,
        simulate=simulate,
        draws=wanted,
        reference=reference,
        assume=assume,
        pooling=pooling,
        seed=seed,
        edition=edition,
    )
    write_report(
        form,
        lambda: comparison_report(found, parameters=form != "text"),
        lambda: msgspec.json.encode(found) + b"\n",
        out,
    )
    return EXIT_OK


@command.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@edition_option
@printed_option
def list_command(form: str, edition: str) -> int:
    """List the shipped strategies, populations and tables of costs."""
    import json
    import textwrap

    from ntrkpath.guidance import load
    from ntrkpath.strategy import files
    from ntrkpath.strategy.costs import load_costs
    from ntrkpath.strategy.generated import load_readouts
    from ntrkpath.strategy.plan import load_plan
    from ntrkpath.strategy.population import load_population

    chosen, tests = load(edition), load_readouts().tests
    found = {
        "strategies": {name: load_plan(name, chosen, tests).title for name in files.names("plans")},
        "populations": {name: load_population(name, chosen).title for name in files.names("populations")},
        "costs": {name: load_costs(name).note for name in files.names("costs")},
    }
    if form == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return EXIT_OK
    for kind, entries in found.items():
        click.echo(kind.capitalize())
        for name, title in entries.items():
            click.echo(textwrap.fill(f"  {name:<22} {title}", 100, subsequent_indent=" " * 25))
    return EXIT_OK


@command.command("show")
@click.argument("name")
@click.option(
    "--population",
    default="table1",
    show_default=True,
    metavar="NAME|FILE",
    help="Whose cells the trees are shown for.",
)
@click.option(
    "--assume",
    multiple=True,
    metavar="FACT=LEVEL",
    help="What is taken of a fact that the population leaves unknown; repeatable.",
)
@edition_option
@printed_option
def show_command(name: str, population: str, assume: tuple[str, ...], edition: str) -> int:
    """Show what strategy NAME does with each cell of a population, with the rows of the guidance behind it."""
    from ntrkpath.strategy.compare import build
    from ntrkpath.strategy.generated import load_readouts
    from ntrkpath.strategy.tree import Tree, lines

    model = build(population, [name], edition=edition, assumptions=assume)
    readouts = load_readouts()
    (plan,) = model.plans.values()
    click.echo(plan.title)
    for line in (plan.source, plan.note):
        if line:
            click.echo(line)
    alike: dict[Tree, list[str]] = {}
    for cell, tree in zip(model.population.cells, model.trees[plan.name], strict=True):
        alike.setdefault(tree, []).append(f"{cell.name} ({percent(cell.share)})")
    for tree, cells in alike.items():
        click.echo("")
        for cell_name in cells:
            click.echo(cell_name)
        for line in lines(tree, {**readouts.tests, **readouts.words}, "  "):
            click.echo(line)
    return EXIT_OK


@command.command("published")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@edition_option
@printed_option
def published_command(form: str, edition: str) -> int:
    """Reckon again what others have published of testing for NTRK fusions."""
    import textwrap

    import msgspec

    from ntrkpath.guidance import load
    from ntrkpath.strategy.published import checks

    found = checks(load(edition))
    if form == "json":
        click.echo(msgspec.json.encode(found).decode())
        return EXIT_OK
    for check in found:
        click.echo(f"{'agrees ' if check.agrees else 'DIFFERS'}  {check.name}: published {check.printed}")
        click.echo(textwrap.fill(f"here {check.ours}", 100, initial_indent=" " * 9, subsequent_indent=" " * 9))
        for line in filter(None, (check.note, check.source)):
            click.echo(textwrap.fill(line, 100, initial_indent=" " * 9, subsequent_indent=" " * 9))
    return EXIT_OK
