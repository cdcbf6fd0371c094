"""The pathway: a case becomes facts, facts run through the tables, and the recommendation comes out."""

from ntrkpath.cases.load import case_from, read_case, read_cases
from ntrkpath.pathway.decide import Pathway, recommend
from ntrkpath.pathway.intake.files import attach

__all__ = ["Pathway", "attach", "case_from", "read_case", "read_cases", "recommend"]
