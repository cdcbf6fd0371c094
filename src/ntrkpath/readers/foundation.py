"""Foundation Medicine reports, XML and JSON: rearrangements (not ordered 5' to 3', DNA), variants, copy numbers.

The reports are on GRCh37 and do not say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.parsers import expat

import msgspec

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Junction, Source, Standing, Support
from ntrkpath.model.variants import CopyNumber, ProteinChange
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._proteins import is_silent, short_protein
from ntrkpath.readers._signature import Format, Opening
from ntrkpath.readers._table import Header
from ntrkpath.readers._text import Document

_Element = tuple[str, dict[str, str], int | None]
_Maker = Callable[[dict[str, str], int | None, str, Collector], "Junction | ProteinChange | CopyNumber | None"]

#: Deepest nesting of elements that is read.
MAX_DEPTH = 100


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _place(cell: str) -> str:
    """Return a locus; some reports write ``ch2`` for ``chr2``; of a range of positions the lower end is taken."""
    return re.sub(r"^ch(?=[\dXYM])", "chr", cell.strip())


def elements(document: Document, wanted: set[str]) -> list[_Element]:
    """Return the wanted elements in order: local name, attributes and line.

    Raises:
        ReaderError: The XML is malformed, too deep, or declares a document type or entities, which is refused
            before anything is expanded.
    """
    parser = expat.ParserCreate("utf-8")
    found: list[_Element] = []
    depth = 0

    def refuse(*_: object) -> None:
        raise ReaderError(
            "the XML declares a document type or entities",
            where=document.where(parser.CurrentLineNumber),
            remedy="remove the declaration; it is refused because it can be used to attack the reader",
        )

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise ReaderError("the XML is nested too deeply", where=document.name, allowed=f"{MAX_DEPTH} levels")
        if _local(name) in wanted:
            found.append((_local(name), attributes, parser.CurrentLineNumber))

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = lambda *_: False
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse("\n".join(document.lines).encode(), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise ReaderError(
            f"the XML cannot be read ({error})", where=document.name, remedy="give the report as it was delivered"
        ) from None
    return found


_CALLS = {"amplification": "amplification", "loss": "loss", "partial amplification": "amplification"}


def _nested(content: Any, wanted: set[str], depth: int = 0) -> Iterator[tuple[str, dict[str, str], int | None]]:
    """Yield the wanted elements of a report that was made JSON: attributes are keys, often with ``@`` before them."""
    if depth > MAX_DEPTH:
        return
    if isinstance(content, list):
        for one in content:
            yield from _nested(one, wanted, depth + 1)
    elif isinstance(content, dict):
        for key, value in content.items():
            name = _local(str(key).lstrip("@"))
            for one in (value if isinstance(value, list) else [value]) if name in wanted else ():
                if isinstance(one, dict):
                    yield name, {str(k).lstrip("@-"): str(v) for k, v in one.items()}, None
            yield from _nested(value, wanted, depth + 1)


class _Foundation:
    """Reads one of the two; ``elements`` gives its elements in order."""

    def __init__(self, name: str, listed: Callable[[Document, set[str]], Iterable[_Element]]) -> None:
        self.name = name
        self._listed = listed

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read everything that the report lists."""
        collector.assembly = "GRCh37"
        makers: dict[str, _Maker] = {
            "rearrangement": self._rearrangement,
            "short-variant": _short_variant,
            "copy-number-alteration": _copies,
        }
        found = list(self._listed(document, {*makers, "variant-report"}))
        if not found:
            raise ReaderError(
                "this is no Foundation Medicine report", where=document.name, allowed="an element variant-report"
            )
        for element, attributes, line in found:
            if element not in makers:
                continue
            raw = " ".join(f"{key}={value}" for key, value in attributes.items())
            if line is not None and 0 < line <= len(document.lines):
                raw = document.lines[line - 1].strip()
            if not collector.wants(" ".join(attributes.values())):
                continue
            try:
                collector.add(makers[element](attributes, line, raw, collector))
            except RowError as error:
                collector.problem(line, raw, error)

    @staticmethod
    def _rearrangement(attributes: dict[str, str], line: int | None, raw: str, collector: Collector) -> Junction:
        frame = attributes.get("in-frame", "")
        standing, words = _judged(attributes)
        first = attributes.get("targeted-gene", "")
        second = attributes.get("other-gene", "")
        one, two = (_cells.locus(_place(attributes.get(f"pos{n}", ""))) for n in (1, 2))
        if first and second and _cells.by_locus((first, second), one[:2], two[:2]) == (second, first):
            one, two = two, one
        return collector.junction(
            _cells.side(first, one),
            _cells.side(second, two),
            line,
            raw,
            ordered=False,
            frame=_cells.frame(frame),
            call=_cells.value(frame) and f"in-frame {frame}",
            support=Support(None, _cells.count(attributes.get("supporting-read-pairs", ""))),
            standing=standing,
            filtered=words,
            intragenic=first != "" and first == second,
        )


def _judged(attributes: dict[str, str]) -> tuple[Standing, str | None]:
    """Return what the status of a rearrangement or a variant says; ``unknown`` is a significance, and a doubt."""
    status = attributes.get("status", "").strip()
    if status.lower() == "unknown":
        return "doubted", "status unknown"
    return _cells.judged(
        status, accepted=("known", "likely"), doubted=("ambiguous",), rejected=("benign", "likely benign")
    )


def _short_variant(
    attributes: dict[str, str], line: int | None, _raw: str, collector: Collector
) -> ProteinChange | None:
    gene, effect = _cells.genes(attributes.get("gene", ""))[0], attributes.get("protein-effect", "").strip()
    change = short_protein(effect)
    if gene is None or change is None:
        if gene is not None and not is_silent(effect) and "splice" not in effect and "promoter" not in effect:
            raise RowError(f"{gene}: no protein change can be read from {effect[:60]!r}")
        collector.explain(line)
        return None
    kind, transcript = attributes.get("functional-effect", ""), attributes.get("transcript", "")
    standing, words = _judged(attributes)
    return ProteinChange(
        _cells.approved(gene), change, Source(collector.document.name, line), _cells.value(transcript),
        _cells.value(kind), collector.sample, standing, words,
    )  # fmt: skip


def _copies(attributes: dict[str, str], line: int | None, _raw: str, collector: Collector) -> CopyNumber:
    gene, kind = _cells.genes(attributes.get("gene", ""))[0], attributes.get("type", "").strip().lower()
    if gene is None:
        raise RowError("a copy number without a gene")
    equivocal = attributes.get("equivocal", "").strip().lower() == "true"
    return CopyNumber(
        _cells.approved(gene), Source(collector.document.name, line), _CALLS.get(kind, kind or None),
        _cells.copies(attributes.get("copy-number", "")), collector.sample,
        "doubted" if equivocal else "accepted", "equivocal" if equivocal else None,
    )  # fmt: skip


def _json(document: Document, wanted: set[str]) -> list[_Element]:
    try:
        content = msgspec.json.decode("\n".join(document.lines))
    except msgspec.DecodeError as error:
        raise ReaderError(
            f"the JSON cannot be read ({error})", where=document.name, remedy="give the report as it was delivered"
        ) from None
    return list(_nested(content, wanted))


READER = _Foundation("foundation-xml", elements)
JSON = _Foundation("foundation-json", _json)


FORMATS = (
    Format(
        reader=READER,
        file="Foundation Medicine report XML",
        seen="built (parsers' attributes)",
        callers=("foundation",),
        opening=Opening("first", r"<\?xml|<!|<(\w+:)?(ResultsReport|variant-report|rr)"),
        level="dna",
        tells=("dna_fusions", "mutations", "copy_numbers"),
        standing="`status`, `equivocal`",
        order="not ordered",
        base="1, not verified",
        frame="`in-frame`",
        support="pairs",
        specimen=(
            '<?xml version="1.0"?>\n<ResultsReport><variant-report>\n'
            '<short-variant gene="NTRK1" protein-effect="G595R" transcript="NM_002529" functional-effect="missense"/>\n'
            '<copy-number-alteration gene="MDM2" type="amplification" copy-number="12"/>\n'
            '<rearrangement targeted-gene="NTRK1" other-gene="LMNA" in-frame="Yes" pos1="chr1:156844436" '
            'pos2="chr1:156102508" status="known" supporting-read-pairs="40"/>\n'
            "</variant-report></ResultsReport>\n"
        ),
    ),
    Format(
        reader=JSON,
        file="Foundation Medicine report made JSON",
        seen="built",
        callers=("foundation",),
        opening=Opening("any", r'.*"@?(\w+:)?(variant-report|short-variants?|copy-number-alterations?)"\s*:'),
        rank=1,
        level="dna",
        tells=("dna_fusions", "mutations", "copy_numbers"),
        standing="`status`, `equivocal`",
        order="not ordered",
        base="1, not verified",
        frame="`in-frame`",
        support="pairs",
        specimen=(
            '{"ResultsReport": {"variant-report": {"rearrangements": {"rearrangement": [\n'
            ' {"@targeted-gene": "NTRK1", "@other-gene": "LMNA", "@in-frame": "Yes", "@pos1": "chr1:156844436",\n'
            '  "@pos2": "chr1:156102508", "@status": "known", "@supporting-read-pairs": "40"}]}}}}\n'
        ),
    ),
)
