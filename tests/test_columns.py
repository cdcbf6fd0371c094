"""Text in columns keeps to its width, loses no character, and lets nothing through that a terminal would obey."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.report.columns import Page, aligned, set_side_by_side, wide, wrapped

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
WORDY = st.text(st.sampled_from("ab  \n漢é\u0301-:·"), max_size=80)


@given(WORDY, st.integers(2, 30))
def test_a_wrapped_text_keeps_to_its_width_and_every_character_but_blanks(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(wide(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.lists(TEXTS, min_size=2, max_size=4), st.booleans())
def test_nothing_that_a_terminal_obeys_passes_and_colours_are_ours_alone(texts: list[str], colour: bool) -> None:
    page = Page(60, colour=colour)
    page.rows([[[(text, "bold cyan")] for text in texts]], *(8 for _ in texts[1:]), None)
    shown = re.sub(r"\x1b\[1;36m|\x1b\[0m", "", page.text()) if colour else page.text()
    assert not any(unicodedata.category(c) == "Cc" and c != "\n" for c in shown)


def test_a_word_breaks_only_where_no_line_holds_it() -> None:
    assert wrapped("fusion EML4-NTRK3 found", 12) == ["fusion", "EML4-NTRK3", "found"]
    assert wrapped("NM_001012338.3", 6) == ["NM_001", "012338", ".3"]


def test_a_wide_sign_takes_two_columns_and_a_mark_on_a_letter_none() -> None:
    assert [wide(text) for text in ("ab", "漢字", "e\u0301", "·≥")] == [2, 4, 1, 2]


def test_numbers_stand_flush_right_and_the_widest_column_gives_way() -> None:
    rows = [("Strategy", "cost"), ("the guidance, as it is written", "1,200")]
    assert aligned(rows, 40, right=(False, True)) == [
        "Strategy                         cost",
        "the guidance, as it is written  1,200",
    ]
    assert all(len(line) <= 24 for line in aligned(rows, 24))


def test_cells_of_one_row_stand_side_by_side() -> None:
    assert set_side_by_side(["one two", "three"], [3, 5], gap=" | ") == ["one | three", "two |"]
