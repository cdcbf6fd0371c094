"""How a diagnosis is read, as JSON: the same bytes at the command line and over HTTP."""

from __future__ import annotations

import msgspec

from ntrkpath.vocabulary.histology import Resolution

#: How a name was found, in the words of the JSON form.
_HOW = {"name": "exact", "oncotree": "code", "icdo3": "code"}


def encode(resolution: Resolution) -> bytes:
    """Return ``{text, how, histology, alterations, ...}`` as one line of JSON, with its line end."""
    told = msgspec.to_builtins(resolution)
    told["how"] = _HOW.get(resolution.how, resolution.how)
    told["alterations"] = told.pop("carries")
    return msgspec.json.encode(told) + b"\n"
