"""The tables of rounds as the subject of ``verify``, with a lock of outcomes of their own."""

from __future__ import annotations

from pathlib import Path

from ntrkpath.guidance import load
from ntrkpath.proof.lock import LOCK_FILE, read_lock, write_lock
from ntrkpath.proof.report import Report
from ntrkpath.proof.verify import Scope, Subject, outcome_lock
from ntrkpath.proof.verify import verify as verify_subject
from ntrkpath.rounds.knowledge import DIRECTORY
from ntrkpath.rounds.tables import facts, tables
from ntrkpath.rules import Chain


def subject(edition: str = "wsn2020") -> Subject:
    """Return the tables as what ``verify`` looks at; only the statements that they cite are theirs to account for."""
    kinds = {statement.id: statement.kind for statement in load(edition).statements.values()}
    cited = {ident for table in tables().values() for row in table.rows for ident in row.statements}
    every = tuple(tables().values())
    scope = Scope(facts(), every, Chain(facts(), every), frozenset({"sight", "design_gap", "outcome"}))
    return Subject(scope=scope, statements={ident: kinds[ident] for ident in sorted(cited) if ident in kinds})


def verify(edition: str = "wsn2020") -> Report:
    """Prove the tables: no gaps, no dead rows, no undeclared overlap, every level used, outcomes as signed off."""
    return verify_subject(subject(edition), read_lock(DIRECTORY / LOCK_FILE))


def sign_off() -> Path:
    """Write the lock of the outcomes as they are now, and return its path."""
    path = DIRECTORY / LOCK_FILE
    write_lock(path, outcome_lock(subject()))
    return path
