"""The types of the evidence: counts of frequency and of accuracy, groups, pools, rows of the guidance's tables."""

from __future__ import annotations

from typing import Any

import msgspec


class Study(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of the tumours tested in one study carried an NTRK fusion.

    ``row`` is the row of table 1 that prints the counts, ``print_note`` what it leaves open; ``derived`` that they
    follow from print, as ``note`` says. ``overlap`` names the set of cohorts that share patients. ``pooled`` is false
    where ``why_not`` speaks against it.
    """

    id: str
    label: str
    reference: str
    group: str
    positive: int
    tested: int
    method: str
    row: str | None = None
    overlap: str | None = None
    pooled: bool = True
    why_not: str = ""
    derived: bool = False
    transcription: str = "ok"
    print_note: str = ""
    note: str = ""


class Overlap(msgspec.Struct, frozen=True):
    """Cohorts of frequency that share patients; ``keep`` is the one that is pooled."""

    id: str
    studies: tuple[str, ...]
    keep: str
    why: str


class FrequencyGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group of sarcomas with published counts; ``says`` is its name in words.

    ``extends`` names the group whose studies it holds too, where series outside table 1 were added to it; ``part_of``
    the group of which its tumours are a part.
    """

    id: str
    says: str
    studies: tuple[Study, ...]
    note: str = ""
    extends: str | None = None
    part_of: str | None = None

    @property
    def below(self) -> str | None:
        """The group below which an overview shows it; ``None`` for one that stands by itself."""
        return self.part_of or self.extends


class Assignment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which group's frequency stands for a case: ``None`` where no figure can.

    ``stands_in`` says that the figure is of other tumours than this one, and ``why`` in which direction it errs.
    """

    group: str | None
    stands_in: bool = False
    why: str = ""


class Printed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Percentages that a source prints without counts."""

    sensitivity: float | None = None
    specificity: float | None = None
    sensitivity_at_least: float | None = None


class AccuracyStudy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a test found in tumours with and without an NTRK fusion, in one study.

    Counts are of tumours and ``None`` where the study has none. ``gene`` is ``any`` or the gene to which the counts
    are restricted; ``context`` the tumours tested; ``design`` how they were gathered; ``standard`` what the test was
    compared with. ``part_of`` and ``shares`` name studies with the same tumours.
    """

    id: str
    label: str
    reference: str
    test: str
    gene: str
    context: str
    threshold: str
    design: str
    standard: str
    clone: str = ""
    true_positive: int | None = None
    false_negative: int | None = None
    false_positive: int | None = None
    true_negative: int | None = None
    printed: Printed | None = None
    derived: tuple[str, ...] = ()
    part_of: str | None = None
    shares: str | None = None
    source: str = ""
    note: str = ""

    @property
    def sensitivity(self) -> tuple[int, int] | None:
        """Tumours with a fusion that tested positive, and all with a fusion; ``None`` without such tumours."""
        if self.true_positive is None or self.false_negative is None:
            return None
        total = self.true_positive + self.false_negative
        return (self.true_positive, total) if total else None

    @property
    def specificity(self) -> tuple[int, int] | None:
        """Tumours without a fusion that tested negative, and all without one; ``None`` without such tumours."""
        if self.true_negative is None or self.false_positive is None:
            return None
        total = self.true_negative + self.false_positive
        return (self.true_negative, total) if total else None


class Pool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Studies of accuracy that may be pooled; ``kind`` is bivariate, sensitivity or specificity."""

    id: str
    kind: str
    test: str
    says: str
    studies: tuple[str, ...]
    gene: str = "any"
    note: str = ""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table of the guidance: its rows as printed, and counts that are ``derived`` from its print."""

    table: int
    title: str
    statement: str
    rows: tuple[dict[str, Any], ...]
    derived: tuple[dict[str, Any], ...] = ()
