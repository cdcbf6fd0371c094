"""Isofox ``isf.pass_fusions`` and ``isf.all_fusions`` (csv, tsv): RNA, ordered up to down, 1-based, with kept sides.

Source: hartwigmedical/hmftools (``FusionData``, ``RnaFusionFile`` and README of Isofox). ``Orient`` is 1 where the
lower coordinates are kept, -1 where the higher ones are. The later files have one name (``ETV6_NTRK3``) in place of
two gene columns. No real file was read.
"""

from __future__ import annotations

from ntrkpath.model.fusion import Breakpoint, Junction, Standing, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._signature import Format, tabbed
from ntrkpath.readers._table import Row, TableReader


def _side(row: Row, end: str, gene: str) -> Breakpoint:
    return _cells.side(
        gene,
        (_cells.chromosome(row[f"chr{end}"]), _cells.position(row[f"pos{end}"]), _cells.strand(row[f"strand{end}"])),
        exon=_cells.exon(row[f"exon{end}"], f"Exon{end.title()}"),
        transcript=row.value(f"transcript{end}"),
        keeps=_cells.retained(row[f"orient{end}"]),
    )


def _standing(row: Row) -> tuple[Standing, str | None]:
    """Return what Isofox says: its filter, and ``Valid`` (whether the strands allow a transcript)."""
    word = row.value("filter")
    if word is not None and word.upper() != "PASS":
        return "rejected", word
    if row["valid"].strip().lower() == "false":
        return "doubted", "not valid"
    return ("accepted" if word is not None else "not_stated"), None


def _junction(row: Row) -> Junction:
    five, three = row["geneup"], row["genedown"]
    if not (five or three):
        five, three = _cells.pair(row["name"], ("_", "::", "--"))
    first, second = _side(row, "up", five), _side(row, "down", three)
    standing, word = _standing(row)
    return row.junction(
        first,
        second,
        sample=row.value("sample"),
        support=Support(_cells.total(row.count("split"), row.count("realigned")), row.count("pairs")),
        standing=standing,
        filtered=word,
        intragenic=first.gene is not None and first.gene == second.gene,
    )


READER = TableReader(
    "isofox",
    {
        "sample": ("sampleid",),
        "name": ("name", "fusionname"),
        **{f"{field}{end}": tuple(f"{name}{end}" for name in names) for end in ("up", "down")
           for field, names in (
               ("gene", ("genename",)), ("chr", ("chr", "chromosome")), ("pos", ("pos", "position")),
               ("orient", ("orient", "orientation")), ("strand", ("strand",)), ("exon", ("exon",)),
               ("transcript", ("transcript",)), ("junction", ("junctype", "junctiontype")))},
        "split": ("splitfrags", "splitfragments"),
        "realigned": ("realignedfrags", "realignedfragments"),
        "pairs": ("discordantfrags", "discordantfragments", "discordantpairs"),
        "valid": ("valid",),
        "filter": ("filter",),
    },
    ("chrup", "posup", "chrdown", "posdown", "junctionup", "junctiondown", "split"),
    _junction,
)  # fmt: skip


FORMATS = (
    Format(
        reader=READER,
        file="`isf.pass_fusions` and `isf.all_fusions`, csv and tsv",
        seen="built (its writer's columns)",
        rank=1,
        order="5'-3'; `Orient` gives the kept side",
        support="split, pairs",
        standing="`Filter`, `Valid`",
        specimen=tabbed(
            "Name|ChromosomeUp|ChromosomeDown|PositionUp|PositionDown|OrientationUp|OrientationDown|JunctionTypeUp|JunctionTypeDown|SplitFrags|RealignedFrags|DiscordantFrags",
            "ETV6_NTRK3|chr12|chr15|12022903|88483984|1|1|KNOWN|KNOWN|30|5|10",
        ),
    ),
)
