"""Numbers as people, programs and spreadsheets write them: read in one way, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.model.numerals import AmbiguousNumberError, NumberError, decimal_mark_of, number, whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("12", 12), ("12.0", 12), ("+7", 7), (" 5 ", 5), ("-3", -3), ("1,0", 1), ("0,5", 0.5), ("1,25", 1.25)),
        *(("1.25", 1.25), ("1.234", 1.234), ("1,2345", 1.2345), ("1,234,567", 1234567), ("11.869.969", 11869969)),
        *(("1,234.5", 1234.5), ("1.234,5", 1234.5), ("11 869 969", 11869969), ("11\u00a0869", 11869), ("1'234", 1234)),
        *((".5", 0.5), (",5", 0.5), ("1e-5", 1e-5), ("1,5E+02", 150.0), ("0,125", 0.125), ("0.125", 0.125)),
    ],
)
def test_a_number_is_read_in_one_way(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "x", "1,2,3", "1.2.3", "1,,2", "--1", "1-2", "0x1f", "1_000", "\u0663", "9" * 50])
def test_what_is_no_number_is_refused(text: str) -> None:
    for read in (number, whole):
        with pytest.raises(NumberError):
            read(text)


def test_a_comma_before_three_digits_is_read_only_where_the_decimal_mark_is_known() -> None:
    with pytest.raises(AmbiguousNumberError):
        number("1,234")
    assert number("1,234", ",") == 1.234
    assert number("1,234", ".") == 1234
    assert number("1.234", ",") == 1234


@pytest.mark.parametrize(
    ("text", "value"),
    [("11,869", 11869), ("87.940.753", 87940753), ("88,483,984", 88483984), ("5.0", 5), ("1.569", 1569)],
)
def test_in_a_whole_number_a_mark_that_can_only_group_digits_groups_them(text: str, value: int) -> None:
    assert whole(text) == value


@pytest.mark.parametrize("text", ["1.57E+08", "1,57E+08", "1e3", "1.5", "1,25"])
def test_a_whole_number_has_neither_exponent_nor_fraction(text: str) -> None:
    with pytest.raises(NumberError):
        whole(text)


def test_a_whole_number_that_may_be_one_or_a_thousand_is_refused() -> None:
    for text in ("1,000", "1.000"):
        with pytest.raises(AmbiguousNumberError):
            whole(text)
    assert (whole("1,000", "."), whole("1,000", ",")) == (1000, 1)


@given(st.integers(0, 10**11))
def test_grouping_by_points_commas_blanks_and_apostrophes_keeps_the_number(value: int) -> None:
    for mark in " \u00a0'\u2019":
        assert whole(f"{value:,}".replace(",", mark)) == value
    if value >= 10**6:
        assert whole(f"{value:,}") == whole(f"{value:,}".replace(",", ".")) == value


@given(st.floats(0, 10**6, allow_nan=False), st.sampled_from([".", ","]))
def test_a_fraction_is_never_read_as_another_number(value: float, mark: str) -> None:
    text = f"{value:.2f}".replace(".", mark)
    assert number(text) == float(f"{value:.2f}")


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_a_number_error(text: str) -> None:
    for read in (number, whole, decimal_mark_of):
        try:
            read(text)
        except NumberError:
            continue


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("0,5", ","),
        ("0.5", "."),
        ("11.869.969", ","),
        ("1,234,567", "."),
        ("1,234", None),
        ("12", None),
        ("1.234,5", ","),
    ],
)
def test_a_number_shows_its_decimal_mark_only_beyond_doubt(text: str, mark: str | None) -> None:
    assert decimal_mark_of(text) == mark
