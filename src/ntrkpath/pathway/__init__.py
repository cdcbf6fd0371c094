"""The pathway: a case becomes facts, facts run through the tables, and the recommendation comes out."""

from ntrkpath.pathway.decide import Pathway, recommend
from ntrkpath.pathway.intake.files import attach
from ntrkpath.pathway.load import case_from, read_case, read_cases

__all__ = ["Pathway", "attach", "case_from", "read_case", "read_cases", "recommend"]
