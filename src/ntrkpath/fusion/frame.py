"""The reading frame of a junction over all isoform pairs, from the reading phases on both sides."""

from __future__ import annotations

from typing import Literal

import msgspec

from ntrkpath.fusion.site import Site
from ntrkpath.model.fusion import FrameCall

Agreement = Literal["all", "most", "few", "unknown"]
Basis = Literal["canonical", "other", "unknown"]


class ReadingFrame(msgspec.Struct, frozen=True, gc=False):
    """The frame of the pair that counts, and how the other pairs compare.

    Args:
        isoforms_in: Pairs of coding isoforms that keep the frame.
        isoforms_out: Pairs that lose it.
        agreement: Share of pairs that agree with the one that counts: all, most (half or more), few.
        basis: Whether the transcripts that count first code on both sides, with the same phase.
    """

    call: FrameCall
    isoforms_in: int
    isoforms_out: int
    agreement: Agreement
    basis: Basis


UNKNOWN = ReadingFrame("unknown", 0, 0, "unknown", "unknown")


def reading_frame(five: Site, three: Site) -> ReadingFrame:
    """Return the frame: kept if the 5' side leaves as many bases of a codon open as the 3' side has skipped.

    Pairs are counted by phase, not one by one: with a, b, c isoforms in phases 0, 1, 2 on one side and x, y, z on
    the other, ax + by + cz pairs keep the frame.
    """
    a, b, c = five.phases
    x, y, z = three.phases
    kept = a * x + b * y + c * z
    total = (a + b + c) * (x + y + z)
    if not _codes(five) or not _codes(three):
        return ReadingFrame("unknown", kept, total - kept, "unknown", "unknown")
    p, q = five.before % 3, three.before % 3
    call: FrameCall = "in" if p == q else "out"
    agree = kept if p == q else total - kept
    agreement: Agreement = (
        "unknown" if not total else "all" if agree == total else "most" if 2 * agree >= total else "few"
    )
    basis: Basis = "canonical" if five.canonical_phase == p and three.canonical_phase == q else "other"
    return ReadingFrame(call, kept, total - kept, agreement, basis)


def _codes(site: Site) -> bool:
    return site.place == "coding_exon" or (site.place == "coding_intron" and sum(site.phases) > 0)
