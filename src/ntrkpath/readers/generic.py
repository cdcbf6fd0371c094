"""Plain tables of laboratories: any reasonable header, understood by synonyms, with the mapping that was taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Assembly, Breakpoint, Junction, Level, Standing, Strand, Support
from ntrkpath.readers import _cells, _columns, _fusion_name
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._columns import Understood
from ntrkpath.readers._fusion_name import Pair
from ntrkpath.readers._header_names import ascii_name
from ntrkpath.readers._signature import Format, Opening, tabbed
from ntrkpath.readers._symbols import ntrk_gene
from ntrkpath.readers._table import Header, Row, TableReader, headers, names_of, split
from ntrkpath.readers._text import Document

_LOCUS = re.compile(r"(?:chr)?[A-Za-z0-9_.]+:[\d.,]+(?::[+-])?(?![A-Za-z0-9])", re.IGNORECASE)
_LONGEST = 200
_NUMBER = re.compile(r"\d{1,3}")
#: Roles of which a table may have several columns: what the laboratory concludes of a row, and remarks.
RESULTS = ("result", "result_b", "result_c", "result_d")
REMARKS = ("remark", "remark_b", "remark_c", "remark_d")
_SEVERAL = {"result": RESULTS, "remark": REMARKS}


def assembly_of(row: Row) -> Assembly | None:
    """Return the assembly a row states; a word that names none is an error."""
    text = row.value("assembly")
    if text is None:
        return None
    found = _cells.assembly(text)
    if found is None:
        raise RowError(f"not an assembly: {text[:40]!r} (GRCh37, hg19, GRCh38 or hg38)")
    return found


def _level(cell: str) -> Level | None:
    """Return the level a cell states; other words (``FFPE``, ``stranded``) state none."""
    text = (_cells.value(cell) or "").lower()
    rna = "rna" in text or "transcriptom" in text or text in {"wts", "arn"}
    dna = "dna" in text.replace("cdna", "") or text in {"wgs", "wes", "exome", "genome", "genomic", "adn", "dns"}
    if rna and dna:
        raise RowError(f"not one level: {cell[:40]!r} (rna or dna)")
    return "rna" if rna else "dna" if dna else None


def _standing(row: Row) -> tuple[Standing, str | None]:
    """Return what the laboratory's filter and confidence say of a row, and its words where it did not plainly pass."""
    said: list[str] = []
    words: list[str] = []
    known = _columns.knowledge()["standing"]
    for field in ("filter", "confidence", *RESULTS):
        otherwise = "rejected" if field == "filter" else "doubted"
        text = row.value(field)
        if text is None:
            continue
        first = ascii_name(text.partition(";")[0].strip())
        word = next((level for level, names in known.items() if first in map(ascii_name, names)), otherwise)
        if word == "accepted" and ";" in text and text.partition(";")[2].strip():
            word = "doubted"
        said.append(word)
        if word != "accepted":
            words.append(text)
    for remark in filter(None, map(row.value, REMARKS)):
        if any(ascii_name(word) in ascii_name(remark) for word in _columns.knowledge()["warning"]):
            said.append("doubted")
            words.append(remark)
    worst: tuple[Standing, ...] = ("rejected", "doubted", "accepted")
    for level in worst:
        if level in said:
            return level, "; ".join(words) or None
    return "not_stated", "; ".join(words) or None


def _says_absent(word: str) -> bool:
    """Whether a result says that the fusion is not there; a bare "no" may also mean that it is not reported."""
    return _fusion_name.says_none(word) and len(word.strip(" .!")) > len("nein")


def _at(row: Row, end: str) -> tuple[str | None, int | None, Strand | None]:
    """Return the place of one side; ``position`` may hold a whole locus (``chr12:11869969:+``)."""
    text = row[f"position{end}"]
    if ":" in text:
        chromosome, position, strand = _cells.locus(text)
    else:
        chromosome, position, strand = _cells.chromosome(row[f"chromosome{end}"]), _cells.position(text), None
    if position is not None and chromosome is None:
        raise RowError(f"a position without a chromosome on the {end}' side")
    return chromosome, position, _cells.strand(row[f"strand{end}"]) or strand


def _both(row: Row) -> tuple[tuple[str | None, int | None, Strand | None], ...]:
    """Return the places of both sides, from their own columns or from one that holds both breakpoints."""
    if "breakpoints" not in row or "position5" in row or "position3" in row:
        return _at(row, "5"), _at(row, "3")
    text = row.value("breakpoints")
    if text is None:
        return (None, None, None), (None, None, None)
    found = _LOCUS.findall(text[:_LONGEST])
    if len(found) != 2:
        raise RowError(f"not two breakpoints (chr12:11869969-chr15:87940753): {text[:60]!r}")
    return _cells.locus(found[0]), _cells.locus(found[1])


def _agree(pair: Pair, genes: tuple[str, str], text: str) -> None:
    """Refuse a row whose name and gene columns name different NTRK genes."""
    named = {ntrk_gene(pair.first.gene), ntrk_gene(pair.second.gene)} - {None}
    given = {ntrk_gene(_cells.genes(gene)[0]) for gene in genes} - {None}
    if (named or given) and named != given:
        raise RowError(
            f"the name {text[:40]!r} and the genes {genes[0][:20]!r}, {genes[1][:20]!r} contradict each other"
        )


def _partners(row: Row) -> tuple[tuple[str, str], Pair | None]:
    """Return the gene cells of the two sides, and what the name says where the row has one."""
    five, three = row["gene5"] or row["gene_id5"], row["gene3"] or row["gene_id3"]
    text = row.value("fusion")
    pair = None
    if text is not None:
        try:
            pair = _fusion_name.parse(text)
        except RowError:
            if _cells.value(five) is None or _cells.value(three) is None:
                raise
    if pair is None:
        return (five, three), None
    if _cells.value(five) is None and _cells.value(three) is None:
        return (pair.first.gene, pair.second.gene), pair
    _agree(pair, (five, three), text or "")
    return (five, three), None


def _exons(row: Row, pair: Pair | None) -> tuple[int | None, int | None]:
    five, three = (_cells.exon(row[f"exon{end}"].lstrip("eExXoOnN .:"), f"exon of the {end}' side") for end in "53")
    if five is None and three is None and (text := row.value("exons")) is not None:
        numbers = _NUMBER.findall(text)
        if len(numbers) != 2:
            raise RowError(f"not two exons (5-15): {text[:40]!r}")
        five, three = int(numbers[0]), int(numbers[1])
    return five or (pair.first.exon if pair else None), three or (pair.second.exon if pair else None)


def _side(row: Row, end: str, gene: str, at: tuple[str | None, int | None, Strand | None], exon: int | None,
          transcript: str | None) -> Breakpoint:  # fmt: skip
    return _cells.side(
        gene,
        at,
        exon=exon,
        intron=_cells.exon(row[f"intron{end}"], f"intron of the {end}' side"),
        transcript=row.value(f"transcript{end}") or transcript,
    )


def _builder(ordered: bool, head: Header) -> Callable[[Row], Junction | None]:
    """Return what turns a row into a junction; ``ordered``: the header's words for the sides tell the 5' one."""

    def build(row: Row) -> Junction | None:
        if names_of(row.raw, head.delimiter) == head.names:
            return None
        if _fusion_name.says_none(row["fusion"]) and not (row["gene5"] or row["position5"]):
            return None
        if (none := next((word for word in map(row.value, RESULTS) if word and _says_absent(word)), None)) is not None:
            row.collector.explain(row.line)
            row.collector.note(row.line, f"the table itself says {none!r}, so that it is no event")
            return None
        genes, pair = _partners(row)
        first, second = _both(row)
        exons = _exons(row, pair)
        level = _level(row["level"])
        standing, words = _standing(row)
        return row.junction(
            _side(row, "5", genes[0], first, exons[0], pair.first.transcript if pair else None),
            _side(row, "3", genes[1], second, exons[1], pair.second.transcript if pair else None),
            caller=row.value("caller"),
            sample=row.value("sample"),
            assembly=assembly_of(row),
            level=level,
            ordered=ordered or (pair is not None and pair.ordered),
            frame=_cells.frame(row["frame"]),
            call=row.value("frame"),
            support=Support(
                row.count("split_reads"),
                row.count("pairs"),
                row.count("unique_reads") if row.value("unique_reads") else row.count("reads"),
            ),
            standing=standing,
            filtered=words,
            intragenic=pair is not None and pair.intragenic,
        )

    return build


def _candidates(document: Document) -> Iterator[tuple[Header, Understood]]:
    """Yield the lines that could be the header, with its columns understood, the best delimiter of a line first."""
    line: list[tuple[Header, Understood]] = []
    for header in headers(document):
        if line and line[0][0].index != header.index:
            yield from sorted(line, key=lambda found: -len(found[1].columns))
            line = []
        line.append((header, _columns.understand(header.names)))
    yield from sorted(line, key=lambda found: -len(found[1].columns))


def _cells_of(document: Document, header: Header) -> Iterator[list[str]]:
    for line in document.lines[header.index + 1 :]:
        if line.strip() and not line.startswith("#"):
            yield split(line, header.delimiter)


def _same(first: str, second: str) -> bool:
    """Whether two cells say the same; a locus and its position do."""
    one, other = first.strip().lower(), second.strip().lower()
    return one == other or one in other.split(":") or other in one.split(":")


def _one_each(document: Document, header: Header, understood: Understood) -> Mapping[str, int]:
    """Return role -> column.

    Raises:
        ReaderError: Two columns have one role and some row tells them apart.
    """
    found: dict[str, int] = {}
    for role, ats in understood.columns.items():
        if role in _SEVERAL:
            found.update(zip(_SEVERAL[role], ats, strict=False))
            continue
        found[role] = ats[0]
        if len(ats) == 1:
            continue
        for cells in _cells_of(document, header):
            given = [cells[at] for at in ats if at < len(cells)]
            if any(not _same(given[0], cell) for cell in given[1:]):
                written = split(document.lines[header.index].lstrip("# "), header.delimiter)
                names = " and ".join(repr(written[at].strip().strip('"')) for at in ats)
                raise ReaderError(
                    f"two columns could be the {_columns.said(role, understood.ordered)}: {names}",
                    where=document.where(header.index + 1),
                    remedy="rename or remove the one that is not meant",
                )
    return found


class _PlainTable:
    """Any table whose header names both partners of a fusion in words of ``columns.yaml``."""

    name = "generic"

    def recognises(self, document: Document) -> bool:
        """Whether a header line names both partners."""
        return any(understood.complete for _, understood in _candidates(document))

    def lacks(self, document: Document) -> str:
        """Return in words what the line that comes closest to a header lacks."""
        best = max((understood for _, understood in _candidates(document)), key=lambda u: len(u.columns), default=None)
        return _columns.missing(best or Understood({}, False, ()))

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read the rows below the header, and note which column was taken for what.

        Raises:
            ReaderError: No line names both partners, or two columns have one role.
        """
        found = next((both for both in _candidates(document) if both[1].complete), None)
        if found is None:
            raise ReaderError(
                f"no header names both partners of a fusion: missing column for {self.lacks(document)}",
                where=document.name,
                remedy="give the file with its header line; the names of columns are in `ntrkpath fusions --formats`",
            )
        head, understood = found
        roles = _one_each(document, head, understood)
        names = {role: f"{at}" for role, at in roles.items()}
        numbered = Header(head.index, head.delimiter, tuple(str(at) for at in range(len(head.names))))
        table = TableReader(
            self.name,
            {role: (at,) for role, at in names.items()},
            tuple(names),
            _builder(understood.ordered, head),
        )
        for word in understood.assemblies:
            try:
                collector.state_assembly(_cells.assembly(word))
            except RowError:
                raise ReaderError(
                    f"the header states two assemblies: {' and '.join(understood.assemblies)}",
                    where=document.where(head.index + 1),
                    remedy="leave the columns of one assembly",
                ) from None
        written = [cell.strip().strip('"') for cell in split(document.lines[head.index].lstrip("# "), head.delimiter)]
        collector.note(head.index + 1, _taken(written, roles, understood))
        table.rows(document, collector, numbered, len(document.lines))
        if not collector.rows_read:
            collector.problem(
                head.index + 1, document.lines[head.index],
                "a header without a row, of no known caller: that is no report of none found",
            )  # fmt: skip


def _taken(written: list[str], roles: Mapping[str, int], understood: Understood) -> str:
    taken = ", ".join(f"{written[at]!r} as {_columns.said(role, understood.ordered)}" for role, at in roles.items())
    unused = ", ".join(repr(written[at]) for at in understood.unused if written[at])
    sided = any(role.endswith("5") for role in roles)
    order = "; which side is the 5' one is not stated by the header" if sided and not understood.ordered else ""
    return f"read as a plain table: {taken}{order}" + (f"; not used: {unused}" if unused else "")


READER = _PlainTable()


FORMATS = (
    Format(
        reader=READER,
        file="any table whose header names both partners, see below",
        seen="built, and two real lists (26 junctions, a target list)",
        callers=("generic", "fusion-list"),
        opening=Opening("asked"),
        rank=-3,
        level=None,
        order="5'-3' where the header says so",
        frame="column of the frame",
        support="reads, or split and pairs",
        standing="columns of filter and confidence",
        off_by="0",
        specimen=tabbed(
            "Sample|5' Gene|3' Gene|5' Breakpoint|3' Breakpoint|Reads",
            "S1|ETV6|NTRK3|chr12:12022903|chr15:88483984|30",
        ),
    ),
)
