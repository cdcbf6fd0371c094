"""A harder set of junctions: right in biology and odd in the file, or the reverse; each row says why."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ntrkpath.fusion import assess
from ntrkpath.model.fusion import Breakpoint, FusionVerdict, Junction, Source, Support

HARDER = Path(__file__).parent / "data" / "fusion_harder.csv"
with HARDER.open(encoding="utf-8") as _stream:
    ROWS = {row["id"]: row for row in csv.DictReader(_stream)}


def _number(text: str) -> int | None:
    return int(text) if text else None


def _side(row: dict[str, str], n: int) -> Breakpoint:
    return Breakpoint(
        gene=row[f"gene{n}"],
        chromosome=row[f"chr{n}"],
        position=_number(row[f"pos{n}"]),
        strand=row[f"strand{n}"] or None,  # type: ignore[arg-type]
        retained=row[f"kept{n}"] or None,  # type: ignore[arg-type]
    )


def junction(row: dict[str, str], **changes: Any) -> Junction:
    given: dict[str, Any] = {
        "caller": "caller",
        "five_prime": _side(row, 1),
        "three_prime": _side(row, 2),
        "source": Source("harder.tsv", 2),
        "sample": row["id"],
        "assembly": row["assembly"],
        "level": row["level"],
        "ordered": row["ordered"] == "1",
        "tolerance": int(row["tolerance"]),
        "support": Support(_number(row["split_reads"]), _number(row["spanning_pairs"])),
        "standing": row["standing"] or "not_stated",
    }
    return Junction(**given | changes)


def verdict(row: dict[str, str], **changes: Any) -> FusionVerdict:
    (found,) = assess([junction(row, **changes)])
    return found


@pytest.mark.parametrize("ident", ROWS)
def test_the_junction_has_the_verdict_that_is_right(ident: str) -> None:
    row = ROWS[ident]
    found = verdict(row)
    assert found.verdict in row["verdict"].split("|"), (row["kind"], row["why"], found)
    assert set(row["reasons"].split()) <= set(found.reasons), (row["why"], found)


def test_the_set_is_large_and_holds_every_verdict_many_times() -> None:
    assert len(ROWS) >= 150
    counts = Counter(row["verdict"] for row in ROWS.values())
    assert all(counts[level] >= 10 for level in ("productive", "likely_productive", "uncertain", "not_productive"))
    assert all(row["why"] for row in ROWS.values())
