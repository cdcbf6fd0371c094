"""The course of a synthetic subject under a TRK inhibitor: treatment, assessments, contacts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from ntrkpath.registry.forms import AdverseEvent, FollowUp, Form, Growth, Response, Treatment

#: From this age on growth is not watched here.
_GROWN = 16
_BEST = ("CR", "PR", "PR", "PR", "PR", "SD", "SD", "PD", "NE")


def course(random: Random, day: dt.date, until: dt.date, age: float, events: Mapping[str, float]) -> Iterator[Form]:
    """Yield what a site would have written from the first day of treatment until the day at which the study stands.

    Args:
        age: In years; a child is examined for growth as well.
        events: How often each adverse event happens.
    """
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
    yield from _events(random, start, until, events)
    if age < _GROWN:
        yield from _growth(random, start, until, age)


def _events(random: Random, start: dt.date, until: dt.date, events: Mapping[str, float]) -> Iterator[Form]:
    for term, share in events.items():
        began = start + dt.timedelta(days=3 + round(random.random() * 60))
        grade: Any = "1" if (point := random.random()) < 0.6 else "2" if point < 0.9 else "3"
        if random.random() < share and began <= until:
            yield AdverseEvent(term=term, grade=grade, ctcae="5.0", drug="larotrectinib", start=began.isoformat(),
                               serious="no", causality="possible", action="none")  # fmt: skip


def _growth(random: Random, start: dt.date, until: dt.date, age: float) -> Iterator[Form]:
    height, weight = 60 + 6.5 * age + random.random() * 8, 5 + 2.8 * age + random.random() * 3
    seen = start
    while seen <= until:
        years = (seen - start).days / 365.25
        yield Growth(
            date=seen.isoformat(), height_cm=round(height + 6 * years, 1), weight_kg=round(weight + 2.5 * years, 1),
            gait="abnormal" if random.random() < 0.05 else "normal", fracture="yes" if random.random() < 0.03 else "no",
            development="age_appropriate", growth_ended="no",
        )  # fmt: skip
        seen += dt.timedelta(days=80 + round(random.random() * 40))
