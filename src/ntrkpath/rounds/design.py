"""The design of panels as read in sources: how each NTRK gene, partner and pair is covered; nothing from memory.

A cell that names no source is refused, so that what nobody read can never be shown or be a cause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

import msgspec

from ntrkpath.fusion.locus import NTRK
from ntrkpath.model.errors import RoundError
from ntrkpath.rounds.knowledge import knowledge

Cover = Literal["open", "targeted", "listed", "imbalance", "regions", "exons_only", "absent"]
_SIGNS = re.compile(r"[^a-z0-9]+")


class Cell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a design covers a gene, and where that was read.

    Args:
        introns: Introns that are covered where ``cover`` is ``regions``; for RNA the exons, by the intron before them.
        partly: Introns that are covered in part.
        transcript: The transcript whose introns are numbered; without one every numbering is tried.
    """

    cover: Cover
    source: str
    introns: tuple[int, ...] = ()
    partly: tuple[int, ...] = ()
    transcript: str | None = None


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pair that a source says is found by the panel, or is not in its design."""

    stands: Literal["found", "absent"]
    source: str
    note: str = ""


class Design(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A panel. ``whole_list``: what is not listed among partners and introns is absent."""

    id: str
    name: str
    method: Literal["rna_mps", "dna_mps"]
    kind: str = ""
    genes: dict[str, Cell] = {}
    partners: dict[str, Cell] = {}
    pairs: dict[str, Pair] = {}
    aliases: tuple[str, ...] = ()
    targets: frozenset[str] = frozenset()
    whole_list: bool = False
    note: str = ""

    @property
    def known(self) -> bool:
        """Whether anything of the design was read."""
        return bool(self.genes or self.partners or self.pairs)


class Designs:
    """Panels by id, name and alias, with the sources that their cells name."""

    def __init__(self, designs: tuple[Design, ...], sources: Mapping[str, str]) -> None:
        self.all = designs
        self.sources = dict(sources)
        self._by_name: dict[str, Design] = {}
        for design in designs:
            for name in (design.id, design.name, *design.aliases):
                self._by_name.setdefault(_folded(name), design)

    def find(self, name: str) -> Design | None:
        """Return the panel of this name, however it is spaced and capitalised; ``None`` where none is known."""
        return self._by_name.get(_folded(name)) if _folded(name) else None

    def nearest(self, name: str) -> list[str]:
        """Return the names most like one that is not known, three at most."""
        from rapidfuzz import process

        found = process.extract(name, [design.name for design in self.all], limit=3, score_cutoff=75)
        return [match[0] for match in found]

    def source(self, key: str) -> str:
        """Return a source in full."""
        return self.sources.get(key, key)

    def only(self, designs: Iterable[Design]) -> Designs:
        """Return some of the panels, with the same sources."""
        return Designs(tuple(designs), self.sources)

    def with_own(self, other: Designs) -> Designs:
        """Return these panels with those of a round in front, which win where they have the same name."""
        taken = {design.id for design in other.all}
        rest = tuple(design for design in self.all if design.id not in taken)
        return Designs((*other.all, *rest), {**self.sources, **other.sources})


def _folded(name: str) -> str:
    return _SIGNS.sub("", name.casefold())


def read_designs(data: Any, where: str) -> Designs:
    """Return the panels of a file in the form of ``panels.yaml``.

    Raises:
        RoundError: A key is unknown or missing, a gene is no NTRK gene, or a cell names no source.
    """
    if not isinstance(data, dict) or not isinstance(data.get("panels"), list):
        raise RoundError("no list of panels", where=where, allowed="panels: [...], sources: {...}")
    designs = []
    for number, entry in enumerate(data["panels"]):
        at = f"{where}: panels[{number}]"
        try:
            design = msgspec.convert(entry, Design)
        except msgspec.ValidationError as error:
            raise RoundError(str(error).replace("`", ""), where=at) from None
        for symbol in design.genes:
            if symbol not in NTRK:
                raise RoundError("no NTRK gene", where=f"{at}.genes", value=symbol, allowed=sorted(NTRK))
        cells: list[Cell | Pair] = [*design.genes.values(), *design.partners.values(), *design.pairs.values()]
        if any(not cell.source.strip() for cell in cells):
            raise RoundError("a cell without a source", where=at, remedy="name where it was read, or leave it out")
        designs.append(design)
    return Designs(tuple(designs), dict(data.get("sources") or {}))


@cache
def shipped_designs() -> Designs:
    """Return the panels that ship with the product."""
    return read_designs(knowledge("panels"), "panels.yaml")
