"""The entries of the navigation, in its order."""

from __future__ import annotations

import msgspec


class Nav(msgspec.Struct, frozen=True):
    """An entry of the navigation: its word and its address."""

    word: str
    address: str


CASE = Nav("Case", "/")
EXAMPLES = Nav("Examples", "/examples")
GUIDANCE = Nav("Guidance", "/guidance")
FUSIONS = Nav("Fusions", "/fusions")
EVIDENCE = Nav("Evidence", "/evidence")
STRATEGY = Nav("Strategy", "/strategy")
COHORT = Nav("Cohort", "/cohort")
ABOUT = Nav("About", "/about")
NAVIGATION = (CASE, EXAMPLES, GUIDANCE, FUSIONS, EVIDENCE, STRATEGY, COHORT, ABOUT)
