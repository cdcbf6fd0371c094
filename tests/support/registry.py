"""Books for tests, on SQLite and on PostgreSQL, and entries to fill them with; every person in them is made up."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ntrkpath.model.case import Case, Diagnosis, Fish, PanTrkIhc, ReportedFusion, RnaMps
from ntrkpath.registry.book import Book
from ntrkpath.registry.entries import CaseVersion, Draft
from ntrkpath.registry.forms import Registration
from support.postgresql import Server, running

__all__ = ["Place", "book", "case", "draft", "fusion_case", "place", "registration", "server"]
_numbers = itertools.count(1)


class Place:
    """Where books are made: ``kind`` is ``sqlite`` or ``postgresql``."""

    def __init__(self, kind: str, directory: Path, server: Server | None) -> None:
        self.kind, self.directory, self.server = kind, directory, server

    def new(self) -> str:
        """Return where a book may be made."""
        name = f"book{next(_numbers)}"
        if self.server is None:
            return str(self.directory / f"{name}.sqlite")
        self.server.sql("-c", f"CREATE DATABASE {name}")
        return self.server.address(name)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    yield from running()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(request.param, tmp_path, request.getfixturevalue("server") if request.param == "postgresql" else None)


@pytest.fixture
def book(place: Place) -> Iterator[Book]:
    with Book.create(place.new()) as made:
        yield made


def draft(subject: str, body: Any, site: str = "S1", **more: Any) -> Draft:
    return Draft(site=site, subject=subject, body=body, **{"author": "reader-1", "request": str(uuid.uuid4())} | more)


def registration(collection: Any = "prospective", **more: Any) -> Registration:
    return Registration(collection=collection, **more)


def case(histology: str = "infantile fibrosarcoma", *tests: Any) -> CaseVersion:
    return CaseVersion(case=Case(diagnosis=Diagnosis(histology=histology), tests=list(tests)))


def fusion_case(histology: str = "infantile fibrosarcoma") -> CaseVersion:
    fusion = ReportedFusion(five_prime="ETV6", three_prime="NTRK3", frame="in_frame")
    return case(histology, PanTrkIhc(percent=80), RnaMps(result="positive", rna_quality="adequate", fusions=[fusion]))


def negative_case(histology: str = "leiomyosarcoma") -> CaseVersion:
    return case(histology, Fish(gene="NTRK1", probe="break_apart", result="negative", cells_counted=100))
