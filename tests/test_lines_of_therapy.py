"""Lines of therapy as people write them: one drug or several, and what they say of TRK inhibitors."""

from __future__ import annotations

import datetime as dt

import pytest

from ntrkpath.guidance import load
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway import Pathway, case_from

PATHWAY = Pathway(load(), dt.date(2026, 6, 1))


def course(drug: str) -> str:
    line = {"drug": drug, "progression": True}
    return PATHWAY.recommend(case_from({"diagnosis": {"histology": "IFS"}, "therapy": [line]})).facts["trk_therapy"]


@pytest.mark.parametrize("drug", ["VAC", "doxorubicin + ifosfamide", "vincristine and dactinomycin",
                                  "gemcitabine/docetaxel", "VDC/IE", "selpercatinib"])  # fmt: skip
def test_other_drugs_alone_or_together_are_no_trk_inhibitor(drug: str) -> None:
    assert course(drug) == "none"


@pytest.mark.parametrize("drug", ["larotrectinib", "Vitrakvi", "larotrectinib + trametinib", "dabrafenib, entrectinib"])
def test_a_trk_inhibitor_counts_also_beside_another_drug(drug: str) -> None:
    assert course(drug) == "progressed_first"


@pytest.mark.parametrize("drug", ["larotrectinb", "larotrectinb + trametinib", "VAC + something", "+"])
def test_a_drug_that_is_not_known_is_an_error_never_another_drug(drug: str) -> None:
    with pytest.raises(CaseError, match="drug not known"):
        course(drug)
