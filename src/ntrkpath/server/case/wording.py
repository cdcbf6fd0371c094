"""Words of the form for the levels of a case; its keys say themselves what they are called (``case_keys``)."""

from __future__ import annotations

from ntrkpath.vocabulary.methods import methods

#: Where the level itself does not say enough.
LEVELS: dict[str, str] = {
    "localized": "localised",
    "unknown": "not known",
    **{method.id: method.name for method in methods().values()},
}
