"""fusion-report (nf-core/rnafusion) summaries, csv and json: one junction for each tool that saw the fusion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Breakpoint, Junction, Standing, Support
from ntrkpath.readers import _cells, ericscript, squid
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._signature import Format, Opening
from ntrkpath.readers._table import Header, Row, TableReader
from ntrkpath.readers._text import Document

_NEXT = re.compile(r",(?=\s*[A-Za-z_][\w-]*: )")
_SEGMENT = re.compile(r"^((?:chr)?[\w.]+):(\d+)-(\d+):([+-])$", re.IGNORECASE)
_SPLIT = ("junction_reads", "spanning_unique_reads", "split_count")
_PAIRS = ("discordant_mates", "discordant_reads", "spanning_pairs", "pair_count")
_FRAME = ("reading-frame", "reading_frame", "fusion_type", "inframe")
_NOT_A_TOOL = frozenset({"fusion", "databases", "score", "explainedscore", "fusionindicationindexfii", "explainedfii"})


def _number(details: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    return next((_cells.count(details[name]) for name in names if name in details), None)


def _support(tool: str, details: Mapping[str, str]) -> Support:
    split = _number(details, _SPLIT)
    pairs = _number(details, _PAIRS)
    spanning = _number(details, ("spanning_reads",))
    if tool == "jaffa":
        split = spanning
    elif pairs is None:
        pairs = spanning
    if "split_reads1" in details or "split_reads2" in details:
        split = _cells.total(_number(details, ("split_reads1",)), _number(details, ("split_reads2",)))
    reads = _number(details, ("num_LR", "num_lr")) or (_number(details, ("score",)) if tool == "squid" else None)
    return Support(split, pairs, reads)


def _segment(cell: str) -> Breakpoint:
    found = _SEGMENT.match(cell.strip())
    if found is None:
        raise RowError(f"not a SQUID segment (chromosome:start-end:strand): {cell[:60]!r}")
    mark = _cells.strand(found[4])
    return Breakpoint(
        chromosome=_cells.chromosome(found[1]),
        position=squid.breakpoint_of(found[2], found[3], mark),
        retained=_cells.retained(found[4]),
    )


def _standing(details: Mapping[str, str]) -> tuple[Standing, str | None]:
    """Return what the tool itself said: Arriba's confidence, JAFFA's class, DRAGEN's filter."""
    standing, words = _cells.judged(
        details.get("confidence", "") or details.get("classification", ""),
        accepted=("high", "medium", "highconfidence", "mediumconfidence"),
        doubted=(
            "low",
            "lowconfidence",
            "potentialreadthrough",
            "potentialtranssplicing",
            "potentialregulartranscript",
        ),
    )
    if standing == "not_stated":
        return _cells.filtered(details.get("filter", "") or details.get("filters", ""))
    return standing, f"{words} confidence" if words == "low" else words


def _of_tool(
    collector: Collector, name: str, tool: str, details: Mapping[str, str], line: int | None, raw: str
) -> Iterator[Junction]:
    first, second = _cells.pair(name)
    frame = next((details[key] for key in _FRAME if key in details), "")
    standing, words = _standing(details)
    place = details.get("position", "")
    sides: Iterator[tuple[Breakpoint, Breakpoint]]
    ordered = True
    if not place:
        sides = iter([(_cells.side(first), _cells.side(second))])
    else:
        left, found, right = place.partition("#")
        if not found:
            raise RowError(f"not a pair of positions (A#B): {place[:60]!r}")
        if tool == "squid":
            ordered = False
            sides = squid.named(f"{first}:{second}", _segment(left), _segment(right))
        else:
            sides = iter([(_cells.side(first, _cells.locus(left)), _cells.side(second, _cells.locus(right)))])
    for five, three in sides:
        yield collector.junction(
            five,
            three,
            line,
            raw,
            caller=tool,
            ordered=ordered,
            tolerance=ericscript.TOLERANCE if tool == "ericscript" else 0,
            frame=_cells.frame(frame),
            call=_cells.value(frame),
            support=_support(tool, details),
            standing=standing,
            filtered=words,
        )


def _csv(row: Row) -> Iterator[Junction]:
    name = row["name"].strip()
    tools = 0
    for column, cell in row.named():
        if column in _NOT_A_TOOL or column == "name" or ": " not in cell:
            continue
        tools += 1
        details = {
            key.strip(): text.strip()
            for key, found, text in (part.partition(": ") for part in _NEXT.split(cell))
            if found
        }
        yield from _of_tool(row.collector, name, column, details, row.line, row.raw)
    if not tools:
        first, second = _cells.pair(name)
        yield row.junction(_cells.side(first), _cells.side(second))


READER = TableReader("fusion-report", {"name": ("fusion",)}, ("name",), _csv, every_column=True)


class _Json:
    name = "fusion-report-json"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read every fusion of the array."""
        try:
            content = msgspec.json.decode("\n".join(document.lines))
        except msgspec.DecodeError as error:
            raise ReaderError(
                f"the JSON cannot be read ({error})", where=document.name, remedy="write the file again"
            ) from None
        if not isinstance(content, list) or (
            content and not any(isinstance(x, dict) and "Fusion" in x for x in content)
        ):
            raise ReaderError(
                "this JSON is not a fusion-report summary",
                where=document.name,
                allowed='an array of objects with the key "Fusion"',
            )
        for item in content:
            self._item(item, collector)

    @staticmethod
    def _item(item: Any, collector: Collector) -> None:
        raw = msgspec.json.encode(item).decode()
        if not collector.wants(raw):
            return
        try:
            if not isinstance(item, dict) or not isinstance(item.get("Fusion"), str):
                raise RowError('an entry without "Fusion"')
            tools = {str(key): value for key, value in item.items() if isinstance(value, dict)}
            found: list[Junction] = []
            for tool, values in tools.items():
                details = {str(key): str(value) for key, value in values.items()}
                found.extend(_of_tool(collector, item["Fusion"], tool.lower(), details, None, raw))
            if not tools:
                first, second = _cells.pair(item["Fusion"])
                found.append(collector.junction(_cells.side(first), _cells.side(second), None, raw))
            collector.add(found)
        except RowError as error:
            collector.problem(None, raw, error)


JSON = _Json()


FORMATS = (
    Format(
        reader=READER,
        file="nf-core/rnafusion `fusions.csv`",
        standing="by tool",
        seen="real",
        also=("databases|found in database|tools hits|fusion indication index (fii)",),
        level=None,
        order="by tool",
        off_by="0",
        tolerance="by tool",
        frame="by tool",
        support="by tool",
        specimen=(
            "Fusion,Databases,Fusion Indication Index (FII),Explained FII,arriba,ericscript,squid,starf"
            "usion,pizzly\n"
            'ETV6--NTRK3,"Mitelman,FusionGDB2",0.75,0.5 * (4 / 4) + 0.5 * (0.5 / 1),"position: 12:12022'
            "903#15:88483984,reading-frame: in-frame,type: translocation,split_reads1: 5,split_reads2: "
            '4,discordant_mates: 2,coverage1: 81,coverage2: 7,confidence: high","position: 12:12022904:'
            '+#15:88483983:-,discordant_reads: 7,junction_reads: 24,fusion_type: inter-chromosomal",,"p'
            'osition: 12:12022903:+#15:88483984:-,junction_reads: 10,spanning_reads: 4,ffmp: 11.5","pai'
            'r_count: 2,split_count: 8"\n'
            'TPM3--NTRK1,,0.1,x,,,"position: 1:154142875-154143000:-#1:156844362-156844500:-,score: 7",'
            ",\n"
        ),
    ),
    Format(
        reader=JSON,
        file="`fusions.json`",
        standing="by tool",
        seen="real",
        callers=("fusion-report",),
        opening=Opening("first", r"[\[{]\s*($|[\"{\]}])"),
        level=None,
        order="by tool",
        off_by="1 (EricScript)",
        tolerance="by tool",
        frame="by tool",
        support="by tool",
        specimen=(
            '[{"Fusion": "ETV6--NTRK3", "Databases": ["Mitelman"], "Score": 0.9, "Explained score": "x"'
            ', "jaffa": {"position": "12:12022903:+#15:88483984:-", "spanning_pairs": 6, "spanning_read'
            's": 5, "inframe": "TRUE"}, "squid": {"position": "12:12022600-12022903:+#15:88483800-88483'
            '984:+", "score": 10}, "fusioncatcher": {"position": "12:12022903:+#15:88483984:-", "spanni'
            'ng_pairs": 6, "spanning_unique_reads": 8, "fusion_type": "in-frame"}}, {"Fusion": "FGFR3--'
            'TACC3", "arriba": {"position": "4:1808661#4:1741429"}}]\n'
        ),
    ),
)
