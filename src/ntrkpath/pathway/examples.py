"""The published patients: where they stand, what their authors did, and how the answer compares."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec

from ntrkpath.cases.load import decode_yaml
from ntrkpath.model.case import Case

#: Patients that the demo shows, in its order: those whose published facts suffice to decide, and what each teaches.
SHOWN = {
    "L022": "a fusion with another partner than the usual one",
    "L019": "a drug before surgery",
    "L016": "a wild-type gastrointestinal stromal tumour",
    "L015": "a stain without a fusion",
    "L027": "ETV6 rearranged by FISH, and nothing else",
    "L026": "an NTRK fusion beside the driver of the tumour",
    "L025": "resistance to the first TRK inhibitor",
    "L007": "a fusion in a small, resectable tumour",
}
_COMMENT = re.compile(r"^#\s?", re.MULTILINE)
_HEAD = re.compile(r"Authors: (?P<authors>.*?)\s*ntrkpath: (?P<compared>.*)$")


class Published(msgspec.Struct, frozen=True):
    """A published patient.

    Args:
        case: The situation before the decision; what the publication does not state is left out.
        authors: What the authors did.
        compared: How the answer compares; it begins with ``agrees``, ``differs`` or ``more cautious``.
        text: The file.
    """

    case: Case
    authors: str
    compared: str
    text: str

    @property
    def badge(self) -> str:
        """``agrees``, ``differs`` or ``more cautious``; ``asks`` where the publication states too little."""
        for word in ("agrees", "differs", "more cautious"):
            if self.compared.startswith(word):
                return word
        return "asks"


def examples() -> Path:
    """Return the directory of the published cases."""
    packaged = Path(__file__).parent.parent / "examples" / "cases"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "examples" / "cases"


@cache
def published() -> dict[str, Published]:
    """Return the published patients by id, in the order of their ids."""
    found = {}
    for path in sorted(examples().glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        case = decode_yaml(text.encode())
        told = _HEAD.search(" ".join(_COMMENT.sub("", text[: text.index("\nid:")]).split()))
        found[case.id] = Published(case, told["authors"] if told else "", told["compared"] if told else "", text)
    return found
