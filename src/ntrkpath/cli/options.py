"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import wraps
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ntrkpath.cli.output import screened, write

if TYPE_CHECKING:
    from ntrkpath.model.fusion import Assembly

    _DateType = click.ParamType[dt.date]  # generic only in newer versions of click
    _AssemblyType = click.ParamType[Assembly]
else:
    _DateType = _AssemblyType = click.ParamType


class Day(_DateType):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Return the date, or fail with what is allowed."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write YYYY-MM-DD, for example 2020-09-03", param, ctx)


class AssemblyType(_AssemblyType):
    """A genome assembly under either of its names."""

    name = "assembly"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Assembly:
        """Return the assembly, or fail with what is allowed."""
        from ntrkpath.readers import named_assembly

        found = named_assembly(str(value))
        if found not in ("GRCh37", "GRCh38"):
            self.fail(f"{value!r} is not read here; write GRCh37 (hg19) or GRCh38 (hg38)", param, ctx)
        return found


as_of_option = click.option(
    "--as-of", type=Day(), default=None, metavar="DATE", help="Labels in force on this date (default: today)."
)
edition_option = click.option(
    "--edition", default="wsn2020", show_default=True, metavar="NAME|DIR", help="Edition of the guidance."
)
form_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "tsv", "html", "pdf"]),
    default="text",
    show_default=True,
    help="tsv: one line a case.",
)
caller_option = click.option(
    "--caller", default=None, metavar="NAME", help="Read the files as this caller's, instead of recognising them."
)
allow_bad_option = click.option(
    "--allow-bad", is_flag=True, help="Exit 0 also where some input could not be read or evaluated."
)
out_option = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write here instead of to standard output: whole, or not at all.",
)


def printed_option(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command that prints its answer the option ``--out``: a file takes all it would print, or nothing."""

    @wraps(command)
    def printing(*arguments: Any, out: Path | None, **options: Any) -> int:
        if out is None:
            return command(*arguments, **options)
        content = BytesIO()
        with redirect_stdout(TextIOWrapper(content, encoding="utf-8", newline="\n")), screened():
            code = command(*arguments, **options)
            sys.stdout.flush()
            write(content.getvalue(), out)
        return code

    return out_option(printing)
