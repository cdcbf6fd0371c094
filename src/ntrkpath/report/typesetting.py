"""A document set as PDF by typst, in a font shipped beside it: no font of a machine changes a byte of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ntrkpath.model.errors import NtrkpathError
from ntrkpath.model.extras import from_extra

#: The family of all texts, in templates and drawings; signs it lacks come from the fonts that typst holds itself.
FAMILY = "Source Sans Pro"
#: Its files, one a style, with their licence.
FONTS = Path(__file__).parent / "typst" / "fonts"


class PdfError(NtrkpathError):
    """The PDF cannot be made."""

    kind = "pdf"


def typeset(template: Path, document: Mapping[str, Any]) -> bytes:
    """Return a document as PDF; the same document gives the same bytes on every machine.

    Args:
        template: The typst file that lays it out; its document has no date.
        document: What the template reads, as JSON.

    Raises:
        PdfError: typst is not installed.
    """
    typst = from_extra("typst", "pdf", "pages on paper", PdfError)
    made = typst.compile(
        str(template),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"document": msgspec.json.encode(document).decode()},
    )
    return bytes(made)
