"""The tasks that worker processes run, by name: plain data in, plain data out."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from importlib import import_module
from typing import Any

from ntrkpath.guidance import load
from ntrkpath.pathway import Pathway, case_from
from ntrkpath.readers import installed

#: Name of a task and where it stands, as ``module:function``; the module is imported when first asked.
TASKS: dict[str, str] = {
    "cohort_page": "ntrkpath.server.cohort.task:page",
    "cohort_rows": "ntrkpath.server.cohort.task:rows",
    "cohort_proposal": "ntrkpath.server.cohort.task:proposed",
    "cohort_summary": "ntrkpath.server.cohort.task:summary",
    "strategy_page": "ntrkpath.server.strategy.task:page",
    "strategy": "ntrkpath.server.strategy.task:document",
    "fusion_page": "ntrkpath.server.fusions.task:page",
    "fusion_again": "ntrkpath.server.fusions.task:again",
    "fusion_written": "ntrkpath.server.fusions.task:written",
    "recommend": "ntrkpath.server.case.documents:recommend",
    "recommend_lines": "ntrkpath.server.case.documents:recommend_lines",
    "fusions": "ntrkpath.server.fusions.documents:fusions",
    "histology": "ntrkpath.server.case.documents:histology",
    "case": "ntrkpath.server.case.task:case",
    "pdf": "ntrkpath.server.case.task:pdf",
    "answer": "ntrkpath.server.case.task:answer",
}

#: Tasks whose time is in proportion to what was sent. A form is none: results in words are read in more time than that.
IN_LINE = frozenset(("recommend", "histology"))

#: Where a task may write what a library reads by path only: in memory where the system offers that, and removed by the
#: server also where the worker is ended. Without workers, the system's directory for temporary files.
private: str | None = None

_edition = "wsn2020"


def run(name: str, arguments: dict[str, Any]) -> Any:
    """Run a task by name."""
    module, _, function = TASKS[name].partition(":")
    return getattr(import_module(module), function)(**arguments)


def warm(edition: str = "wsn2020") -> None:
    """Load the guidance, find installed formats and decide one case, so that the first visitor does not wait."""
    global _edition
    _edition = edition
    installed()
    smallest = {"id": "smallest", "diagnosis": {"histology": "infantile fibrosarcoma"}}
    pathway(dt.date.today()).recommend(case_from(smallest))


@lru_cache(maxsize=16)
def pathway(as_of: dt.date, reading: str | None = None) -> Pathway:
    """Return the guidance as of a date, with the reading of figure 2 that is asked for."""
    return Pathway(load(_edition), as_of, figure2_reading=reading, forgets=True)
