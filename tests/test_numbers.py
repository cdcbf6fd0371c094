"""Numbers as text: one voice for every reader, and nobody else who writes them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.model import numbers
from ntrkpath.model.numbers import percent, percent_range

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "ntrkpath"
MODULES = sorted(p for p in SOURCE.rglob("*.py") if p != SOURCE / "model" / "numbers.py")


@given(st.floats(0, 1))
def test_a_share_reads_as_nothing_or_the_whole_only_where_it_is(share: float) -> None:
    assert (percent(share) == "0 %") == (share == 0)
    assert (percent(share) == "100 %") == (share == 1)


@given(st.floats(0, 1))
def test_a_share_reads_near_itself(share: float) -> None:
    shown = float(re.sub(r"[^\d.]", "", percent(share)))
    assert abs(shown - 100 * share) <= 0.05001


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_never_reads_smaller(one: float, other: float) -> None:
    low, high = (float(re.sub(r"[^\d.]", "", percent(value))) for value in sorted((one, other)))
    assert low <= high


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_range_names_its_ends_as_they_read_alone(one: float, other: float) -> None:
    low, high = sorted((one, other))
    ends = [percent(low).removesuffix(" %"), percent(high).removesuffix(" %")]
    assert percent_range(low, high) == " to ".join(dict.fromkeys(ends)) + " %"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (percent(0.1254), "12.5 %"),
        (percent(None), "-"),
        (numbers.set_percent(0.05), "5 %"),
        (numbers.printed_percent(95.40), "95.4 %"),
        (numbers.percent_with_range(0.134, 0.11, 0.162), "13.4 % (11.0 to 16.2 %)"),
        (numbers.grouped(4136), "4,136"),
        (numbers.of(28, 4136), "28 of 4,136"),
        (numbers.ratio_with_range(12.34, 0.5, 2.26), "12 (0.50 to 2.3)"),
        (numbers.significant(0.012345), "0.0123"),
        (numbers.significant(0.012345, 4), "0.01235"),
        (numbers.significant(12345.6), "12,346"),
        (numbers.significant(999.6), "1,000"),
        (numbers.years("1"), "1 year"),
        (numbers.years("9 months"), "9 months"),
        (numbers.duration(7500), "2 h 05 min"),
    ],
)
def test_the_form_of_a_number(shown: str, expected: str) -> None:
    assert shown == expected


def own_formats(path: Path) -> list[str]:
    """Return where a module writes a percentage, groups of digits or a date by itself."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            for value, following in zip(node.values, [*node.values[1:], None], strict=True):
                if isinstance(value, ast.FormattedValue):
                    spec = ast.unparse(value.format_spec) if value.format_spec else ""
                    after = following.value if isinstance(following, ast.Constant) else ""
                    if "," in spec or "%" in spec or str(after).lstrip().startswith("%"):
                        found.append(f"{path.parent.name}/{path.name}:{value.lineno}: {ast.unparse(value)}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "strftime":
            found.append(f"{path.parent.name}/{path.name}:{node.lineno}: strftime")
    return found


def test_no_other_module_writes_percentages_or_groups_of_digits() -> None:
    assert [found for path in MODULES for found in own_formats(path)] == []


def own_digits(path: Path) -> list[str]:
    """Return where a module chooses by itself how many significant digits a reader sees."""
    return [
        f"{path.parent.name}/{path.name}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FormattedValue) and node.format_spec
        if re.search(r"\.\d+g", ast.unparse(node.format_spec))
    ]


def test_no_report_page_or_picture_chooses_significant_digits_by_itself() -> None:
    shown = [path for path in MODULES if path.relative_to(SOURCE).parts[0] in ("figures", "report", "rounds", "server")]
    assert len(shown) > 150
    assert [found for path in shown for found in own_digits(path)] == []


def test_digits_chosen_by_a_module_are_found(tmp_path: Path) -> None:
    path = tmp_path / "made_up.py"
    path.write_text('f"{x:g} {x:.4g}"', encoding="utf-8")
    assert own_digits(path) == [f"{tmp_path.name}/made_up.py:1"]


@pytest.mark.parametrize("text", ['f"{100 * x:.0f} %"', 'f"{x:,}"', 'f"{x:.1%}"', "x.strftime('%d')"])
def test_a_module_that_writes_its_own_is_found(text: str, tmp_path: Path) -> None:
    path = tmp_path / "made_up.py"
    path.write_text(text, encoding="utf-8")
    assert own_formats(path)
