"""ntrkpath: the World Sarcoma Network guidance on NTRK fusions in sarcoma, executable and auditable."""

__version__ = "0.1.0"
