"""annoFuse lists of standardised, filtered or prioritised fusions: calls of several callers, 5' gene first, 1-based.

Source: d3b-center/annoFuse (``fusion_standardization.R``, ``howto_datainput.md``) and the columns documented for
``FilteredFusionAnnoFuse.tsv`` in annoFuseData. ``Gene1A`` and ``Gene1B`` are the 5' and the 3' gene, ``Gene2A`` and
``Gene2B`` the further genes of an intergenic breakpoint (``A/B``); breakpoints lose ``chr`` and strand on the way. No
real file was read.
"""

from __future__ import annotations

from ntrkpath.model.fusion import Breakpoint, Junction, Standing, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader

_STANDING: dict[str, Standing] = {"high": "accepted", "medium": "accepted", "low": "doubted"}


def _side(row: Row, end: str) -> Breakpoint:
    further = row[f"further{end}"]
    at = _cells.locus(row[f"at{end}"])
    if _cells.value(further) is None:
        return _cells.side(row[f"gene{end}"], at)
    # A second gene means that the breakpoint lies between the two.
    names = (row[f"gene{end}"].strip(), further.strip())
    return Breakpoint(chromosome=at[0], position=at[1], strand=at[2], others=tuple(filter(None, names)))


def _junction(row: Row) -> Junction:
    confidence = (row.value("confidence") or "").lower()
    five, three = _side(row, "5"), _side(row, "3")
    return row.junction(
        five,
        three,
        caller=row.value("caller"),
        sample=row.value("sample"),
        frame=_cells.frame(row["frame"]),
        call=row.value("frame"),
        support=Support(row.count("split"), row.count("pairs")),
        standing=_STANDING.get(confidence, "not_stated"),
        filtered="low confidence" if confidence == "low" else None,
        intragenic=five.gene is not None and five.gene == three.gene,
    )


READER = TableReader(
    "annofuse",
    {
        "sample": ("sample", "biospecimen_id", "kids_first_biospecimen_id"),
        "name": ("fusionname",),
        "gene5": ("gene1a",),
        "gene3": ("gene1b",),
        "further5": ("gene2a",),
        "further3": ("gene2b",),
        "at5": ("leftbreakpoint",),
        "at3": ("rightbreakpoint",),
        "caller": ("caller", "calledby"),
        "frame": ("fusion_type",),
        "split": ("junctionreadcount",),
        "pairs": ("spanningfragcount",),
        "confidence": ("confidence",),
    },
    ("name", "gene5", "gene3"),
    _junction,
)


FORMATS = (
    Format(
        reader=READER,
        file="standardised, filtered and prioritised lists",
        seen="built (its code and documented columns)",
        rank=3,
        order="5'-3'",
        frame="`Fusion_Type`",
        support="split, pairs",
        standing="`Confidence`",
        specimen=tabbed(
            "LeftBreakpoint|RightBreakpoint|FusionName|Sample|Caller|Fusion_Type|JunctionReadCount|SpanningFragCount|Confidence|Gene1A|Gene2A|Gene1B|Gene2B",
            "12:12022903|15:88483984|ETV6--NTRK3|S1|ARRIBA|in-frame|32|9|high|ETV6|NA|NTRK3|NA",
        ),
    ),
)
