"""The course of a synthetic subject under a TRK inhibitor: treatment, assessments, contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from ntrkpath.registry.forms import FollowUp, Form, Response, Treatment

_BEST = ("CR", "PR", "PR", "PR", "PR", "SD", "SD", "PD", "NE")


def course(random: Random, day: dt.date, until: dt.date) -> Iterator[Form]:
    """Yield what a site would have written from the first day of treatment until the day at which the study stands."""
    start = day + dt.timedelta(days=5 + round(random.random() * 20))
    if start > until:
        return
    yield Treatment(drug="larotrectinib", start=start.isoformat(), setting="advanced", reason_stopped="ongoing")
    best = _BEST[int(random.random() * len(_BEST))]
    first = start + dt.timedelta(days=50 + round(random.random() * 20))
    if first <= until:
        yield Response(date=first.isoformat(), drug="larotrectinib", criteria="recist_1_1", method="ct",
                       best=best, progression="yes" if best == "PD" else "no")  # type: ignore[arg-type]  # fmt: skip
    grown = first + dt.timedelta(days=40 + round(random.random() * 250))
    if best in ("CR", "PR", "SD") and grown <= until and random.random() < 0.6:
        yield Response(date=grown.isoformat(), drug="larotrectinib", criteria="recist_1_1", best="PD",
                       progression="yes", progression_date=grown.isoformat())  # fmt: skip
    died = start + dt.timedelta(days=40 + round(random.random() * 600))
    if died <= until and random.random() < 0.5:
        yield FollowUp(status="dead", date=died.isoformat(), death_date=died.isoformat(), cause="tumour")
    else:
        yield FollowUp(status="alive_with_disease", date=until.isoformat())
