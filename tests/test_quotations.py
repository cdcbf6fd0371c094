"""The quotations of the statements: verbatim, short, and there wherever a statement decides, warns or counts."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path

import msgspec
import pytest

from ntrkpath.guidance import load
from ntrkpath.guidance.edition import Statement
from ntrkpath.guidance.lookup import show_statement
from ntrkpath.model.case import Case
from ntrkpath.pathway import Pathway
from ntrkpath.proof.checks import check_quotations
from ntrkpath.report import sections

SOURCE = Path(__file__).resolve().parents[2] / "shared" / "source" / "wsn-2020-trk-fusion-sarcoma.txt"
EDITION = load()
STATEMENTS = list(EDITION.statements.values())
QUOTED = [statement for statement in STATEMENTS if statement.quote]
#: Signs that the extracted text renders otherwise or lost: ligatures, "about", "equals", the prime, "at least".
PRINTED = {"ﬁ": "fi", "ﬂ": "fl", "¼": "="}
EXTRACTED = {"∼": "w", "′": "0", "≥": ""}


def names(statement: Statement) -> str:
    return statement.id


def squeezed(text: str) -> str:
    """Return a text without white space, line breaks and hyphens, which the extraction does not keep."""
    return re.sub(r"[\s\-]", "", text)


@pytest.fixture(scope="module")
def source() -> str:
    """Return the text of the guidance, without the numbers of references that follow a word."""
    if not SOURCE.exists():
        pytest.skip("../shared/source/wsn-2020-trk-fusion-sarcoma.txt is not beside this repository")
    text = SOURCE.read_text(encoding="utf-8")
    for sign, printed in PRINTED.items():
        text = text.replace(sign, printed)
    return squeezed(re.sub(r"(?<=[a-z])\d{1,2}(?=\s)", "", text))


@pytest.mark.parametrize("statement", QUOTED, ids=names)
def test_a_quotation_is_verbatim_and_in_the_order_of_the_text(statement: Statement, source: str) -> None:
    at = 0
    for part in statement.quote.split(" [...] "):
        for sign, extracted in EXTRACTED.items():
            part = part.replace(sign, extracted)
        found = source.find(squeezed(part), at)
        assert found >= 0, part
        at = found + len(squeezed(part))


@pytest.mark.parametrize("statement", QUOTED, ids=names)
def test_a_quotation_is_short_and_plain(statement: Statement) -> None:
    parts = statement.quote.split(" [...] ")
    assert 5 <= len(" ".join(parts).split()) <= 30
    assert len(parts) <= 3
    assert all(part == " ".join(part.split()) and not re.search('[“”"…]|\\[\\.\\.\\.]', part) for part in parts)


#: Where the wording itself decides, warns or counts; what is background stands in our words alone.
WORDED = [statement for statement in STATEMENTS if statement.kind in ("rule", "caution", "figure")]


@pytest.mark.parametrize("statement", WORDED, ids=names)
def test_a_statement_that_decides_has_a_quotation_or_says_what_it_is_read_from(statement: Statement) -> None:
    assert statement.quote or re.match("(figure|table) [1-4]$", statement.quoted_from)


def test_a_verbatim_row_without_the_words_it_repeats_is_found() -> None:
    tables = [*EDITION.tables.values(), *EDITION.fusion_tables.values()]
    quoted = {statement.id for statement in STATEMENTS if statement.quote or statement.quoted_from}
    assert not check_quotations(tables, quoted)
    found = {(finding.where, finding.check) for finding in check_quotations(tables, quoted - {"IHC-3"})}
    assert ("IHC-CALL-8", "quotation") in found


def test_the_text_is_not_reprinted() -> None:
    words = sum(len(statement.quote.split()) for statement in QUOTED)
    assert words < 1250


def test_the_look_up_shows_the_quotation_and_where_it_stands() -> None:
    assert "“RNA MPS requires high quality RNA” (table 3)" in show_statement(EDITION, "MPS-3")
    assert "“" not in show_statement(EDITION, "TAB-1")


def test_an_answer_quotes_each_statement_it_shows_once() -> None:
    case = {"id": "q", "diagnosis": {"histology": "infantile fibrosarcoma"}}
    rec = Pathway(EDITION, dt.date(2026, 5, 15)).recommend(msgspec.convert(case, Case))
    shown = unescape(str(sections.why(rec, EDITION, quoted=True)))
    first = EDITION.statements[rec.actions[0].statements[0]]
    assert shown.count(f'<p class="quote">{first.quotation}</p>') == 1
    assert 'class="quote"' not in str(sections.why(rec, EDITION))
