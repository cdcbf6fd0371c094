"""The registry's own counts as one more study of an edition's evidence, on request and marked as such."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from shutil import copyfile
from typing import Any

import msgspec
import yaml

from ntrkpath.evidence import evidence_of
from ntrkpath.evidence.probability_figures import figures
from ntrkpath.guidance import Edition
from ntrkpath.guidance.files import read
from ntrkpath.model.errors import RegistryError
from ntrkpath.registry.study.participants import Participant
from ntrkpath.registry.study.protocol import Protocol

STUDY = "own_registry"
METHOD = "pan-TRK IHC, positives and a share of negatives by sequencing"


class OwnCount(msgspec.Struct, frozen=True):
    """How many tumours of a group of the evidence were stained with an end, and in how many a fusion was found."""

    group: str
    positive: int
    tested: int


def own_counts(participants: Iterable[Participant], edition: Edition) -> tuple[OwnCount, ...]:
    """Return the counts by group of the evidence; a histology for which another stands in is in none.

    Tested: stained negative, or sequenced with a result. One whose stain was positive and who has no result of
    sequencing yet is neither positive nor tested.
    """
    evidence = evidence_of(edition)
    found: dict[str, list[bool]] = {}
    for one in participants:
        ended = one.conclusive or (one.stain == "negative" and not one.drawn)
        if not ended or not one.histology:
            continue
        assigned = evidence.assignment(one.histology, one.before)
        if assigned.group is not None and not assigned.stands_in:
            found.setdefault(assigned.group, []).append(one.sequence == "fusion")
    return tuple(OwnCount(group, sum(given), len(given)) for group, given in sorted(found.items()))


def write_edition(
    counts: Iterable[OwnCount], edition: Edition, protocol: Protocol, as_of: dt.date, out: Path
) -> Edition:
    """Write an edition to a new directory that holds the counts beside the published studies, and return it.

    Its id ends in ``_own`` and its version in the date, so that no answer from it passes for one of the edition.

    Raises:
        RegistryError: The directory is there already, or nothing was counted.
    """
    given = list(counts)
    if not given:
        raise RegistryError("nothing was counted in any group of the evidence", remedy="see the results of the study")
    if out.exists():
        raise RegistryError("there is something already", where=str(out), remedy="name a new directory")
    data = {name: copy.deepcopy(edition.data[name]) for name in ("guideline", "references", "evidence_frequency")}
    data["guideline"]["id"] += "_own"
    data["guideline"]["version"] = f"{edition.version}+own.{as_of.isoformat()}"
    data["guideline"]["title"] += " (with the counts of this registry)"
    said = f"Counts of this registry to {as_of}, protocol {protocol.id} {protocol.version}; not published"
    data["references"]["references"].append({"id": STUDY, "short": said})
    groups = {group["id"]: group for group in data["evidence_frequency"]["groups"]}
    for count in given:
        groups[count.group]["studies"].append(_study(count, said))
    out.mkdir(parents=True)
    for path in edition.directory.glob("*.yaml"):
        if path.stem not in data:
            copyfile(path, out / path.name)
    for name, content in data.items():
        (out / f"{name}.yaml").write_text(_dumped(content), encoding="utf-8")
    new = {"made_from": 0, **figures(Edition(read(out), out))}
    (out / "probability_figures.yaml").write_text(_dumped(new), encoding="utf-8")
    return Edition(read(out), out)


def _study(count: OwnCount, said: str) -> dict[str, Any]:
    return {
        "id": f"{STUDY}_{count.group}", "label": "Own registry", "reference": STUDY, "positive": count.positive,
        "tested": count.tested, "method": METHOD, "note": f"{said}.",
    }  # fmt: skip


def _dumped(content: Any) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
