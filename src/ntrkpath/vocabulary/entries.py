"""Entries of the vocabulary: a histology of the guidance with its markers, names and codes, as the file states it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ntrkpath.model.errors import GuidanceError

_ENTRY_KEYS = frozenset((
    "id", "name", "oncotree", "group", "kin", "differentiation", "cns", "neuroendocrine", "markers", "defining_test",
    "defining_marker", "icdo3", "synonyms", "source", "note",
))  # fmt: skip
_MARKER_KEYS = frozenset(["id", "kind", "kinds", "genes", "absent_by", "certainty"])


class Marker(msgspec.Struct, frozen=True):
    """One canonical alteration of a histology.

    Attributes:
        id: Its name, unique within the histology (``SS18 fusion``).
        kinds: The kinds of alteration that count: fusion, mutation, deficiency, amplification.
        genes: Any of these altered makes the marker present.
        absent_by: Any of these tested and found unaltered makes the marker absent.
        certainty: ``pathognomonic`` (an untested case counts as expected) or ``frequent`` (never assumed).
    """

    id: str
    kinds: tuple[str, ...]
    genes: tuple[str, ...]
    absent_by: tuple[str, ...]
    certainty: str


class Histology(msgspec.Struct, frozen=True):
    """One entity: where the guidance places it, and how it is named and coded.

    Attributes:
        id: OncoTree code, or an own id in lower case where OncoTree lacks the entity.
        name: OncoTree's name, or the WHO name.
        oncotree: OncoTree code, None where OncoTree lacks the entity.
        group: Group of the guidance, e.g. ``recurrent_fusion``.
        differentiation: ``none``, ``myogenic`` or ``neural``, by histology alone.
        cns: A tumour of the central nervous system.
        neuroendocrine: A neuroendocrine tumour.
        markers: Canonical alterations; empty where none is known.
        icdo3: ICD-O-3 morphology codes with behaviour (``9040/3``).
        synonyms: Other names, as printed in the field.
        source: Where the placement comes from.
        note: What a reader should know about the placement, or None.
        kin: What the name may hide, or ``other``: the fact ``kin``.
        defining_test: The test that defines it where no marker does, with its source; or None.
        defining_marker: The marker of the immunoprofile that this test looks for; or None.
    """

    id: str
    name: str
    oncotree: str | None
    group: str
    differentiation: str
    cns: bool
    neuroendocrine: bool
    markers: tuple[Marker, ...]
    icdo3: tuple[str, ...]
    synonyms: tuple[str, ...]
    source: str
    note: str | None
    kin: str = "other"
    defining_test: str | None = None
    defining_marker: str | None = None

    @property
    def meaning(self) -> tuple[object, ...]:
        """What the guidance reads from the histology; two entries of equal meaning are answered alike."""
        markers = frozenset((m.kinds, m.genes, m.absent_by, m.certainty) for m in self.markers)
        return (self.group, self.kin, self.differentiation, self.cns, self.neuroendocrine, markers)


def _texts(entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = entry.get(key) or ()
    if isinstance(value, str) or not all(isinstance(item, str) for item in value):
        raise GuidanceError(f"{key} must be a list of texts", where=where, value=value)
    return tuple(value)


def _known_keys(entry: Mapping[str, Any], known: frozenset[str], required: Iterable[str], where: str) -> None:
    for key in entry:
        if key not in known:
            raise GuidanceError("unknown key", where=where, value=key, allowed=sorted(known))
    for key in required:
        if not entry.get(key):
            raise GuidanceError(f"{key} is missing", where=where, remedy=f"Add {key}.")


def _marker(entry: Mapping[str, Any], where: str) -> Marker:
    _known_keys(entry, _MARKER_KEYS, ("id", "genes", "certainty"), where)
    if ("kind" in entry) == ("kinds" in entry):
        raise GuidanceError("a marker has either kind or kinds", where=where, value=entry["id"])
    kinds = (entry["kind"],) if "kind" in entry else _texts(entry, "kinds", where)
    genes = _texts(entry, "genes", where)
    return Marker(entry["id"], kinds, genes, _texts(entry, "absent_by", where) or genes, entry["certainty"])


def histology_of(entry: Mapping[str, Any]) -> Histology:
    """Return an entry of the file as a histology.

    Raises:
        GuidanceError: A key is unknown or missing, or a value is not of its kind.
    """
    where = str(entry.get("id", "histologies"))
    _known_keys(entry, _ENTRY_KEYS, ("id", "name", "group", "differentiation", "source"), where)
    return Histology(
        id=entry["id"],
        name=entry["name"],
        oncotree=entry.get("oncotree"),
        group=entry["group"],
        differentiation=entry["differentiation"],
        cns=bool(entry.get("cns", False)),
        neuroendocrine=bool(entry.get("neuroendocrine", False)),
        markers=tuple(_marker(marker, f"{where}.markers") for marker in entry.get("markers") or ()),
        icdo3=_texts(entry, "icdo3", where),
        synonyms=_texts(entry, "synonyms", where),
        source=entry["source"],
        note=entry.get("note"),
        kin=entry.get("kin", "other"),
        defining_test=entry.get("defining_test"),
        defining_marker=entry.get("defining_marker"),
    )
