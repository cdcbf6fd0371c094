"""Words of the form for the levels of a case; its keys say themselves what they are called (``case_keys``)."""

from __future__ import annotations

#: Where the level itself does not say enough.
LEVELS: dict[str, str] = {
    "localized": "localised",
    "pan_trk_ihc": "pan-TRK IHC",
    "fish": "FISH",
    "rt_pcr": "RT-PCR",
    "dna_mps": "DNA sequencing",
    "rna_mps": "RNA sequencing",
    "unknown": "not known",
}
