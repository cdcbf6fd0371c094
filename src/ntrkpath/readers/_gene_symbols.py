"""Which texts are gene symbols: needed where a hyphen may join two genes or belong to one (``HLA-A``)."""

from __future__ import annotations

from functools import cache

from ntrkpath.guidance.files import KNOWLEDGE
from ntrkpath.readers._symbols import ntrk_gene


@cache
def _known() -> frozenset[str]:
    """Return approved, previous and alias symbols as shipped with the transcripts, in upper case."""
    found: set[str] = set()
    for name in ("index.tsv", "aliases.tsv"):
        for line in (KNOWLEDGE / "transcripts" / name).read_text(encoding="utf-8").splitlines():
            found.add(line.partition("\t")[0].upper())
    found.discard("")
    return frozenset(found)


def is_symbol(name: str) -> bool:
    """Whether a text is the symbol of a gene, approved, previous or alias."""
    text = name.strip()
    return ntrk_gene(text) is not None or text.upper() in _known()
