"""Foundation Medicine report XML: rearrangements (not ordered 5' to 3', DNA), short variants and copy numbers.

The reports are on GRCh37 and do not say so.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from ntrkpath.model.errors import ReaderError
from ntrkpath.model.fusion import Junction, Source, Support
from ntrkpath.readers import _cells
from ntrkpath.readers._cells import RowError
from ntrkpath.readers._collect import Collector
from ntrkpath.readers._signature import Format, Opening
from ntrkpath.readers._table import Header
from ntrkpath.readers._text import Document
from ntrkpath.readers._variant_types import CopyNumber, ProteinChange, is_silent, short_protein

#: Deepest nesting of elements that is read.
MAX_DEPTH = 100


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _place(cell: str) -> str:
    """Return a locus; some reports write ``ch2`` for ``chr2``; of a range of positions the lower end is taken."""
    return re.sub(r"^ch(?=[\dXYM])", "chr", cell.strip())


def elements(document: Document, wanted: set[str]) -> list[tuple[str, dict[str, str], int]]:
    """Return the wanted elements in order: local name, attributes and line.

    Raises:
        ReaderError: The XML is malformed, too deep, or declares a document type or entities, which is refused
            before anything is expanded.
    """
    parser = expat.ParserCreate("utf-8")
    found: list[tuple[str, dict[str, str], int]] = []
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


#: Status of a rearrangement or variant in the report.
_ACCEPTED, _DOUBTED = ("known", "likely"), ("ambiguous",)
_CALLS = {"amplification": "amplification", "loss": "loss", "partial amplification": "amplification"}


class _Foundation:
    name = "foundation-xml"

    def read(self, document: Document, collector: Collector, header: Header | None = None) -> None:
        """Read everything that the report lists."""
        collector.assembly = "GRCh37"
        makers = {
            "rearrangement": self._rearrangement,
            "short-variant": _short_variant,
            "copy-number-alteration": _copies,
        }
        found = elements(document, {*makers, "variant-report", "sample"})
        if not any(name in makers or name == "variant-report" for name, _, _ in found):
            raise ReaderError(
                "this XML is no Foundation Medicine report", where=document.name, allowed="an element variant-report"
            )
        for element, attributes, line in found:
            if element not in makers:
                continue
            raw = document.lines[line - 1].strip() if 0 < line <= len(document.lines) else ""
            if not collector.wants(" ".join(attributes.values())):
                continue
            try:
                collector.add(makers[element](attributes, line, raw, collector))
            except RowError as error:
                collector.problem(line, raw, error)

    @staticmethod
    def _rearrangement(attributes: dict[str, str], line: int, raw: str, collector: Collector) -> Junction:
        frame = attributes.get("in-frame", "")
        standing, words = _cells.judged(attributes.get("status", ""), accepted=_ACCEPTED, doubted=_DOUBTED)
        first = attributes.get("targeted-gene", "")
        second = attributes.get("other-gene", "")
        return collector.junction(
            _cells.side(first, _cells.locus(_place(attributes.get("pos1", "")))),
            _cells.side(second, _cells.locus(_place(attributes.get("pos2", "")))),
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


def _short_variant(attributes: dict[str, str], line: int, _raw: str, collector: Collector) -> ProteinChange | None:
    gene, effect = _cells.genes(attributes.get("gene", ""))[0], attributes.get("protein-effect", "").strip()
    change = short_protein(effect)
    if gene is None or change is None:
        if gene is not None and not is_silent(effect) and "splice" not in effect and "promoter" not in effect:
            raise RowError(f"{gene}: no protein change can be read from {effect[:60]!r}")
        collector.explain(line)
        return None
    kind, transcript = attributes.get("functional-effect", ""), attributes.get("transcript", "")
    standing, words = _cells.judged(attributes.get("status", ""), accepted=_ACCEPTED, doubted=_DOUBTED)
    return ProteinChange(
        _cells.approved(gene), change, Source(collector.document.name, line), _cells.value(transcript),
        _cells.value(kind), collector.sample, standing, words,
    )  # fmt: skip


def _copies(attributes: dict[str, str], line: int, _raw: str, collector: Collector) -> CopyNumber:
    gene, kind = _cells.genes(attributes.get("gene", ""))[0], attributes.get("type", "").strip().lower()
    if gene is None:
        raise RowError("a copy number without a gene")
    equivocal = attributes.get("equivocal", "").strip().lower() == "true"
    return CopyNumber(
        _cells.approved(gene), Source(collector.document.name, line), _CALLS.get(kind, kind or None),
        _cells.copies(attributes.get("copy-number", "")), collector.sample,
        "doubted" if equivocal else "accepted", "equivocal" if equivocal else None,
    )  # fmt: skip


READER = _Foundation()


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
)
