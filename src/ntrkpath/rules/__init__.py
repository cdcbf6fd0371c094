"""Decision tables: load, evaluate with trace, compile, explore, verify. Knows no medicine."""

from ntrkpath.rules.chain import Chain, Decision, Hit
from ntrkpath.rules.facts import SILENT, Fact, load_facts
from ntrkpath.rules.table import Row, Table, load_tables

__all__ = ["SILENT", "Chain", "Decision", "Fact", "Hit", "Row", "Table", "load_facts", "load_tables"]
