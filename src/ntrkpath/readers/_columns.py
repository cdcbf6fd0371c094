"""What the columns of a plain table mean: their names against the synonyms of ``knowledge/readers/columns.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.readers._header_names import key

#: Roles by which a table names both partners: one of these groups must be there as a whole.
WAYS: tuple[tuple[str, ...], ...] = (
    ("gene5", "gene3"),
    ("fusion",),
    ("position5", "position3"),
    ("breakpoints",),
    ("transcript5", "exon5", "transcript3", "exon3"),
)


#: An assembly that a header states beside the name: ``5' Breakpoint (hg38)``, ``Pos1_GRCh37``.
_ASSEMBLY = re.compile("^(?:hg|grch)(?:19|37|38)(?=.)|(?<=.)(?:hg|grch)(?:19|37|38)$")
#: No name of a column is longer.
_LONGEST = 80


class Meaning(NamedTuple):
    """What a column holds: its role (``gene5``, ``position3``, ``sample`` ...), and whether its word tells an order."""

    role: str
    ordered: bool | None


class Understood(NamedTuple):
    """The columns of a header, understood.

    Args:
        columns: Role -> the columns that have it, as indexes of the header.
        ordered: Whether the words for the sides tell which one is the 5' side.
        assemblies: What the names of columns say of the assembly (``hg38``), each once.
        unused: Columns without a role, as indexes of the header.
    """

    columns: Mapping[str, tuple[int, ...]]
    ordered: bool
    unused: tuple[int, ...]
    assemblies: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether both partners of a fusion have a column."""
        return any(all(role in self.columns for role in way) for way in WAYS)


@cache
def knowledge() -> Mapping[str, Any]:
    """Return the words of ``columns.yaml``."""
    import yaml

    content: dict[str, Any] = yaml.safe_load((KNOWLEDGE / "readers" / "columns.yaml").read_text(encoding="utf-8"))
    return content


class _Parts(NamedTuple):
    """The words of the names, ready to be found at the two ends of a name."""

    before: Mapping[str, tuple[str, bool]]
    after: Mapping[str, tuple[str, bool]]
    fields: Mapping[str, str]
    of_a_row: Mapping[str, str]


@cache
def _parts() -> _Parts:
    """Split every form at ``{of}``, which stands at its end or at its start, and put each word for a side into it."""
    words = knowledge()
    before: dict[str, tuple[str, bool]] = {}
    after: dict[str, tuple[str, bool]] = {}
    for sides in words["sides"]:
        for end, names in (("5", sides["first"]), ("3", sides["second"])):
            for name in names:
                for form in words["forms"]:
                    start, _, rest = form.replace(" ", "").partition("{of}")
                    place, text = (before, start) if start else (after, rest)
                    place[text.replace("{side}", key(name))] = (end, sides["ordered"])
    return _Parts(before, after, _by_key(words["of_a_side"]), _by_key(words["of_a_row"]))


def _by_key(words: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {key(name): role for role, names in words.items() for name in names}


def meanings(name: str) -> set[Meaning]:
    """Return every meaning a name of a column can have: none, or one, as a test proves for all that can be made."""
    if len(name) > _LONGEST:
        return set()
    text, parts = _ASSEMBLY.sub("", key(name)), _parts()
    found = {Meaning(parts.of_a_row[text], None)} if text in parts.of_a_row else set()
    for at in range(1, len(text)):
        head, tail = text[:at], text[at:]
        for side, field in ((parts.before.get(head), tail), (parts.after.get(tail), head)):
            if side is not None and field in parts.fields:
                found.add(Meaning(parts.fields[field] + side[0], side[1]))
    return found


def meaning(name: str) -> Meaning | None:
    """Return what a column of this name holds, if it is understood."""
    found = meanings(name)
    return found.pop() if len(found) == 1 else None


def understand(names: Iterable[str]) -> Understood:
    """Give every column its role.

    ``Gene`` beside ``Partner`` are the two partners, in no stated order; ``Patient`` is the sample where no other
    column is.
    """
    columns: dict[str, list[int]] = {}
    orders: set[bool] = set()
    unused: list[int] = []
    stated: dict[str, None] = {}
    for at, name in enumerate(names):
        meant = meaning(name)
        if meant is None:
            unused.append(at)
            continue
        columns.setdefault(meant.role, []).append(at)
        if (said_of := _ASSEMBLY.search(key(name))) is not None:
            stated[said_of[0]] = None
        if meant.ordered is not None:
            orders.add(meant.ordered)
    if "gene" in columns and "partner" in columns and not {"gene5", "gene3"} & columns.keys():
        columns["gene5"], columns["gene3"] = columns.pop("gene"), columns.pop("partner")
        orders.add(False)
    if "patient" in columns and "sample" not in columns:
        columns["sample"] = columns.pop("patient")
    for spare in ("gene", "partner", "patient"):
        unused.extend(columns.pop(spare, ()))
    return Understood(
        {role: tuple(ats) for role, ats in columns.items()}, orders == {True}, tuple(sorted(unused)), tuple(stated)
    )


def missing(understood: Understood) -> str:
    """Return in words what a table lacks to name both partners, given what it has."""
    best = max(WAYS, key=lambda way: sum(role in understood.columns for role in way) / len(way))
    lacking = [role for role in best if role not in understood.columns]
    return " and ".join(said(role) for role in lacking)


def said(role: str, ordered: bool = True) -> str:
    """Return a role in words: ``gene of the 5' side``, or ``gene of the first side`` where no order is stated."""
    if role[-1] in "53":
        side = f"{role[-1]}'" if ordered else "first" if role[-1] == "5" else "second"
        return f"{role[:-1].replace('_', ' ')} of the {side} side"
    return role.replace("_", " ")
