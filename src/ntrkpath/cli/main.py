"""The `ntrkpath` command: its subcommands, loaded when called, and the one place where errors become exit codes."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

import click

from ntrkpath import __version__

#: Exit codes: everything asked was read and answered; a finding with ``--fail-on`` or in ``verify``; wrong usage; some
#: input could not be read or evaluated; the output could not be written.
EXIT_OK, EXIT_FINDING, EXIT_USAGE, EXIT_NO_INPUT, EXIT_NO_OUTPUT = 0, 1, 2, 65, 74

#: Command, the module that holds it, and the line shown in the help.
COMMANDS = {
    "recommend": (
        "ntrkpath.cli.recommend",
        "Decide cases: priority, next step, interpretation, therapy, what is missing.",
    ),
    "ask": ("ntrkpath.cli.ask", "Decide one case in words, or asked question by question; no file needed."),
    "fusions": (
        "ntrkpath.cli.fusions",
        "Judge the NTRK events in a fusion caller's files: productive or not, and why.",
    ),
    "variants": ("ntrkpath.cli.variants", "Read NTRK mutations and copy numbers; name the resistance of each."),
    "cohort": ("ntrkpath.cli.cohort", "Decide whole cohorts, sum them up, compare two runs."),
    "histology": ("ntrkpath.cli.histology", "Show how a diagnosis is read: entity, group, canonical alterations."),
    "guideline": (
        "ntrkpath.cli.guideline",
        "Look up rules, statements, facts and labels; draw figure 2; compare editions.",
    ),
    "evidence": ("ntrkpath.cli.evidence", "The numbers behind the guidance: tables, frequencies, accuracy of tests."),
    "strategy": ("ntrkpath.cli.strategy", "Compare testing strategies on a case mix: found, missed, cost, days."),
    "rounds": ("ntrkpath.cli.rounds", "Ring trials: what panels can see, results scored, why they differ, reports."),
    "registry": ("ntrkpath.cli.registry", "A registry of cases: one append-only book; import, export, counts."),
    "verify": ("ntrkpath.cli.verify", "Prove the decision tables: no gaps, no dead rows, every safety property."),
    "serve": ("ntrkpath.cli.serve", "Serve the pages and the JSON interface on this machine; stores no case."),
    "demo": ("ntrkpath.cli.demo", "Decide the published patients that come with ntrkpath."),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, or ``None``."""
        if cmd_name not in COMMANDS:
            return None
        from ntrkpath.cli.command_examples import with_examples

        command: click.Command = import_module(COMMANDS[cmd_name][0]).command
        return with_examples(command, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their lines, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and name the nearest one where it is misspelt."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Decision support for health-care professionals; not a medical device.",
)
@click.version_option(__version__, prog_name="ntrkpath")
def cli() -> None:
    """NTRK fusions in sarcoma: whom to test, with which test, what a result means, when a TRK inhibitor comes in.

    The 2020 guidance of the World Sarcoma Network (doi 10.1016/j.annonc.2020.08.2232), executable. Every answer
    names its rule and the statement of the guidance behind it (`ntrkpath guideline show NEXT-30`).
    """


def main(argv: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    from ntrkpath.cli.output import screened

    gc.set_threshold(100_000, 50, 50)  # what is loaded stays; there is nothing to collect
    with screened():
        code = _code(argv)
    sys.exit(code)


def _code(argv: list[str] | None) -> int:
    from ntrkpath.cli.output import ReaderGone, flush, silence
    from ntrkpath.model.errors import NtrkpathError, OutputError

    try:
        code = cli.main(args=argv, prog_name="ntrkpath", standalone_mode=False)
        flush()
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except OutputError as error:
        click.echo(f"error: {error}", err=True)
        silence()
        return EXIT_NO_OUTPUT
    except NtrkpathError as error:
        click.echo(f"error: {error}", err=True)
        return EXIT_NO_INPUT
    except ReaderGone:
        silence()
        return EXIT_OK
    return code if isinstance(code, int) else EXIT_OK
