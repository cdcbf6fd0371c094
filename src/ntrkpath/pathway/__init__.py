"""The pathway: a case becomes facts, facts run through the tables, and the recommendation comes out."""

from ntrkpath.pathway.decide import Pathway, recommend
from ntrkpath.pathway.load import read_case, read_cases

__all__ = ["Pathway", "read_case", "read_cases", "recommend"]
