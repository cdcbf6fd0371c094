"""Reading cases: from the text of a file to the typed case, with every error of it at once."""

from ntrkpath.cases.load import case_from, decode_json, decode_yaml, read_case, read_cases, read_located

__all__ = ["case_from", "decode_json", "decode_yaml", "read_case", "read_cases", "read_located"]
