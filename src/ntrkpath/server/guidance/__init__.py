"""The guidance for reading: every entry with what it refers to and what refers to it; search; two editions compared."""
