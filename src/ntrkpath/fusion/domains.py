"""Association domains of partner proteins, for display: supporting evidence, never a condition of the verdict."""

from __future__ import annotations

import msgspec

from ntrkpath.fusion.decision import knowledge


class AssociationDomain(msgspec.Struct, frozen=True):
    """A domain by which a partner protein associates.

    Args:
        kind: ``coiled coil``, ``SAM/PNT``, ``PB1``, ``TAPE`` ...
        start: First amino acid of the canonical protein, ``None`` where the limits are not stated.
        end: Last amino acid.
        source: Where the domain is described.
    """

    gene: str
    kind: str
    name: str
    source: str
    start: int | None = None
    end: int | None = None

    def kept(self, coding_bases: int) -> float | None:
        """Return the share that a 5' part of so many coding bases keeps, 0 to 1; ``None`` without limits."""
        if self.start is None or self.end is None:
            return None
        length = self.end - self.start + 1
        return max(0.0, min(1.0, (coding_bases // 3 - self.start + 1) / length))


def association_domains(gene: str) -> list[AssociationDomain]:
    """Return the association domains of a partner by approved symbol; empty where none is recorded."""
    entries = [e for e in knowledge("domains")["association"] if e["gene"] == gene]
    return msgspec.convert(entries, list[AssociationDomain])
