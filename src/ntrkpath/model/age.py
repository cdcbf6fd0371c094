"""An age as years: a number of years, or a text with its unit (``3 months``, ``10 days``, ``newborn``)."""

from __future__ import annotations

import re

from ntrkpath.model.errors import CaseError

OLDEST = 120.0
ALLOWED = "years as a number, or '3 months', '10 days', 'newborn'"

_AGE = r"(\d+(?:\.\d+)?)\s*(years?|yrs?|y|months?|mos?|m|weeks?|wks?|w|days?|d)?(?:\s+old)?"
_PER_YEAR = {"y": 1.0, "m": 12.0, "w": 365.25 / 7, "d": 365.25}
_BIRTH = {"newborn", "neonate", "antenatal", "prenatal", "fetus", "foetus", "at birth"}


def age_in_years(age: float | str | None) -> float | None:
    """Return an age in years from a number of years or a text with its unit.

    Raises:
        CaseError: The text is no age, or the age lies outside 0 to 120 years.
    """
    if age is None or age == "unknown":
        return None
    years: float
    if isinstance(age, str):
        text = age.strip().casefold()
        if text in _BIRTH:
            return 0.0
        match = re.fullmatch(_AGE, text)
        if match is None:
            raise CaseError("not an age", where="patient.age", value=age, allowed=ALLOWED)
        years = float(match[1]) / _PER_YEAR[(match[2] or "y")[0]]
    else:
        years = float(age)
    if not 0 <= years <= OLDEST:
        raise CaseError(
            "age out of range", where="patient.age", value=age, allowed="0 to 120 years",
            remedy="give years, or a unit: '3 months'",
        )  # fmt: skip
    return years
