"""The loader of cases under its former name; it stands in ``ntrkpath.cases``."""

from ntrkpath.cases.load import MAX_BYTES, case_from, decode_json, decode_yaml, read_case, read_cases, read_located

__all__ = ["MAX_BYTES", "case_from", "decode_json", "decode_yaml", "read_case", "read_cases", "read_located"]
