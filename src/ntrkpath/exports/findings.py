"""The variants of judged files as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ntrkpath.model.fusion import FileReport
from ntrkpath.variants import VariantFinding

SCHEMA = "https://ntrkpath.org/schema/variants-1.json"


class VariantsDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each file, and what each NTRK mutation or copy number is worth."""

    schema: str = SCHEMA
    files: tuple[FileReport, ...]
    findings: tuple[VariantFinding, ...]


def document(files: Sequence[FileReport], findings: Sequence[VariantFinding]) -> bytes:
    """Return files and findings as one line of JSON with a line feed at its end."""
    return msgspec.json.encode(VariantsDocument(files=tuple(files), findings=tuple(findings))) + b"\n"
