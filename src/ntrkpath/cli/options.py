"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    _DateType = click.ParamType[dt.date]  # generic only in newer versions of click
else:
    _DateType = click.ParamType


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
allow_bad_option = click.option(
    "--allow-bad", is_flag=True, help="Exit 0 also where some input could not be read or evaluated."
)
out_option = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write here instead of to standard output: whole, or not at all.",
)
