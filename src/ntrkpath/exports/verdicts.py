"""The forms in which judged files are written, for command, page and interface alike: JSON, TSV, VICC, MultiQC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

from ntrkpath.model.fusion import FileReport, FusionVerdict

SCHEMA = "https://ntrkpath.org/schema/fusions-1.json"
Form = Literal["json", "tsv", "vicc", "multiqc"]


class Media(NamedTuple):
    """How a form travels: its media type, and the ending of a file's name."""

    type: str
    ending: str


#: Every form, in the order in which they are offered.
FORMS: dict[Form, Media] = {
    "tsv": Media("text/tab-separated-values; charset=utf-8", ".tsv"),
    "json": Media("application/json", ".json"),
    "vicc": Media("application/json", ".vicc.json"),
    "multiqc": Media("application/json", "_mqc.json"),
}


class FusionsDocument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Judged files as one JSON document: what became of each file, and a verdict on every NTRK event."""

    schema: str = SCHEMA
    files: tuple[FileReport, ...]
    events: tuple[FusionVerdict, ...]


def document(files: Sequence[FileReport], events: Sequence[FusionVerdict]) -> bytes:
    """Return judged files as one line of JSON with a line feed at its end."""
    return msgspec.json.encode(FusionsDocument(files=tuple(files), events=tuple(events))) + b"\n"


def written(form: Form, files: Sequence[FileReport], events: Iterable[FusionVerdict]) -> bytes:
    """Return judged files in a form; only ``json`` carries what became of each file."""
    if form == "tsv":
        from ntrkpath.exports.tsv import verdicts_tsv

        return verdicts_tsv(events).encode()
    if form == "vicc":
        from ntrkpath.fusion import assayed_fusion

        return msgspec.json.encode([assayed_fusion(event) for event in events]) + b"\n"
    if form == "multiqc":
        from ntrkpath.exports.multiqc import multiqc_section

        return msgspec.json.encode(multiqc_section(events)) + b"\n"
    return document(files, tuple(events))
