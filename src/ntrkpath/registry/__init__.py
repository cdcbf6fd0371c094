"""Registry: one append-only book of entries, and views of it; the guidance's REG-1."""
