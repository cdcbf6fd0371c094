"""Markers of an immunoprofile: one name for what people write, and what a stain shows of the tumour's alterations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from ntrkpath.vocabulary.case_words import fold
from ntrkpath.vocabulary.names import word_list

#: What the result of a marker that a tumour may lose says of the deficiency.
_DEFICIENCY = {"negative": "present", "positive": "absent"}


@lru_cache(maxsize=4096)
def marker_name(written: str) -> str:
    """Return the name of a marker: ``S100`` for ``S-100 protein``; of two names joined by a slash the known one."""
    names = _names()
    parts = [_key(part) for part in (written, *re.split(r"[/(),]", written))]
    return next((names[part] for part in parts if part in names), parts[0])


def read_profile(profile: Mapping[str, str]) -> dict[str, str]:
    """Return an immunoprofile by the names of the markers; one with two different results is ``unknown``."""
    read: dict[str, str] = {}
    for written, result in profile.items():
        name = marker_name(written)
        known = read.get(name, "unknown")
        read[name] = result if known in ("unknown", result) else known if result == "unknown" else "unknown"
    return read


def deficiencies(profile: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return, by the marker that shows it, the gene whose product is lost or retained and ``present`` or ``absent``.

    Args:
        profile: An immunoprofile by the names of the markers.
    """
    return {
        entry["marker"]: (entry["gene"], _DEFICIENCY[profile[entry["marker"]]])
        for entry in word_list("stains")["loss"]
        if profile.get(entry["marker"]) in _DEFICIENCY
    }


def _key(written: str) -> str:
    return fold(written).replace(" ", "").upper()


@cache
def _names() -> dict[str, str]:
    listed = word_list("stains")["names"]
    return {_key(word): name for name, words in listed.items() for word in (name, *words)}
