"""Fusions and mutations of a case in one text, or with an exon or transcript beside the symbol, to their keys."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ntrkpath.cases.values import PROTEIN, unknown_gene
from ntrkpath.model.errors import CaseError
from ntrkpath.vocabulary.cleaning import clean
from ntrkpath.vocabulary.fusion_text import FusionText, SideText, read_fusion, read_side
from ntrkpath.vocabulary.genes import read_gene

_SIDES = ("five_prime", "three_prime")
_PLACES = ("exon", "transcript", "position")
_MUTATION = re.compile(r"(.+?)(?:[ :]+|:? ?p\.)\(?((?:p\.)?\(?[A-Z][A-Za-z]{0,2}\d+.*)", re.DOTALL)
_WITH_TRANSCRIPT = re.compile(r"([NX][MP]_\d+(?:\.\d+)?|ENS[TP]\d+(?:\.\d+)?) ?\(([^()]+)\)", re.IGNORECASE)


class Item(NamedTuple):
    """One item of a list as keys, and what is to be said where it was written otherwise."""

    data: Any
    said: str = ""
    note: str | None = None


def apart(text: str) -> list[str]:
    """Return the items of a list that is written as one text."""
    return [part for part in re.split(r"\s*[;\n]\s*|\s*,\s+(?=\S+(?:::|-|/|[ :]))", clean(text)) if part]


def whole(name: str, data: Any) -> Item:
    """Return an item of ``fusions`` or ``mutations`` as keys; any other item stays as it is.

    Raises:
        CaseError: The text is no fusion, or no mutation; ``where`` is empty or the key of a side.
    """
    if name == "fusions":
        return _fusion(data) if isinstance(data, str) else _sides(data)
    if name == "mutations" and isinstance(data, str):
        return _mutation(data)
    return Item(data)


def _fusion(text: str) -> Item:
    found = read_fusion(text)
    if found.problem:
        near = ", ".join(found.nearest)
        raise CaseError(
            found.problem, value=found.text[:80], allowed=f"nearest: {near}" if near else "two symbols, as ETV6::NTRK3",
            remedy="write the two symbols, 5' first: ETV6::NTRK3, or five_prime and three_prime apart",
        )  # fmt: skip
    keys: dict[str, Any] = {}
    for side, read in zip(_SIDES, (found.five_prime, found.three_prime), strict=True):
        if read is not None:
            keys |= _keys(side, read)
    if found.frame:
        keys["frame"] = found.frame
    return Item(keys, described(found), "; ".join(found.notes) or None)


def described(found: FusionText) -> str:
    """Return a fusion as it was read: ``ETV6 exon 5::NTRK3 exon 15 (NM_001012338.3)``."""
    shown = []
    for side in (found.five_prime, found.three_prime):
        if side is None or not (side.gene.symbol or side.position):
            shown.append("?")
            continue
        exon = f" exon {side.exon}" if side.exon else ""
        shown.append(
            f"{side.gene.symbol or side.position}{exon}" + (f" ({side.transcript})" if side.transcript else "")
        )
    return "::".join(shown) + (f", {found.frame.replace('_', ' ')}" if found.frame else "")


def _keys(side: str, read: SideText) -> dict[str, Any]:
    stated = (read.gene.symbol, read.exon, read.transcript, read.position)
    return {
        name: value
        for name, value in zip((side, *(f"{place}_{side}" for place in _PLACES)), stated, strict=True)
        if value is not None
    }


def _sides(data: Any) -> Item:
    """Return a fusion with its sides as symbols; an exon or transcript beside a symbol goes under its own key."""
    if not isinstance(data, dict):
        return Item(data)
    keys = dict(data)
    changed: list[str] = []
    notes: list[str] = []
    for side in _SIDES:
        given = data.get(side)
        if not isinstance(given, str) or (symbol := read_gene(given)).how == "open":
            if isinstance(given, str):
                keys.pop(side)
            continue
        read = read_side(given)
        if not read.gene.known:
            error = unknown_gene(symbol)
            error.where = side
            raise error
        for name, value in _keys(side, read).items():
            if name != side and data.get(name) not in (None, value):
                raise CaseError(
                    "stated twice, and not the same", where=name, value=f"{value} and {data[name]}",
                    allowed="one of the two", remedy="keep the right one",
                )  # fmt: skip
            keys[name] = value
        if read.gene.symbol != given:
            changed.append(f"{given} is read as {read.gene.symbol}" + (f" exon {read.exon}" if read.exon else ""))
            notes += read.notes
    read_as = "::".join(
        str(keys.get(side) or "?") + (f" exon {keys[f'exon_{side}']}" if keys.get(f"exon_{side}") else "")
        for side in _SIDES
    )
    return Item(keys, read_as if changed else "", "; ".join(notes or changed) or None)


def _mutation(text: str) -> Item:
    given = clean(text)
    match = _MUTATION.fullmatch(given)
    named = match[1].strip(" :") if match else ""
    transcript = None
    if inside := _WITH_TRANSCRIPT.fullmatch(named):
        transcript, named = inside[1], inside[2]
    change = match[2].strip().rstrip(")") if match else ""
    change = change + ")" * (change.count("(") - change.count(")"))
    if not match or not PROTEIN.fullmatch(change):
        raise CaseError(
            "not a gene with a protein change", value=given[:80], allowed="a symbol and one change, as NTRK1 G595R",
            remedy="write gene and protein apart; one that cannot be read would count as no resistance",
        )  # fmt: skip
    gene = read_gene(named)
    if gene.symbol is None:
        raise unknown_gene(gene)
    keys = {"gene": gene.symbol, "protein": change}
    transcript = transcript or gene.transcript
    if transcript:
        keys["transcript"] = transcript
    return Item(keys, f"{gene.symbol} {change}" + (f" ({transcript})" if transcript else ""), gene.note)
