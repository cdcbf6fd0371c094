"""Releases: notes from the changelog, licences that go with Apache-2.0, one place for the version."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
release = pytest.importorskip("release")

EXTRAS = ("stats", "batch", "fast", "duckdb", "spark", "server", "pdf", "registry")


def installed_with(name: str, extras: tuple[str, ...], found: set[str]) -> set[str]:
    """Return what a package and its extras bring along, as far as it is installed."""
    requirements = pytest.importorskip("packaging.requirements")
    for text in metadata.requires(name) or []:
        wanted = requirements.Requirement(text)
        holds = wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras or ("",))
        key = re.sub(r"[-_.]+", "-", wanted.name).lower()
        if holds and key not in found:
            try:
                metadata.version(key)
            except metadata.PackageNotFoundError:
                continue
            found.add(key)
            installed_with(key, tuple(wanted.extras), found)
    return found


def test_every_licence_of_what_runs_beside_the_product_goes_with_apache() -> None:
    pytest.importorskip("piplicenses", reason="needs pip-licenses")
    wanted = installed_with("ntrkpath", EXTRAS, set())
    listed = release.installed(Path(sys.executable))
    packages = [package for package in listed if re.sub(r"[-_.]+", "-", package["Name"]).lower() in wanted]
    assert len(packages) >= 5
    assert release.refused(packages) == []


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "MIT AND GPL-2.0", "UNKNOWN", "", "AGPL-3.0; MIT License"])
def test_a_licence_that_does_not_go_with_apache_is_named(licence: str) -> None:
    assert release.refused([{"Name": "other", "Version": "1", "License": licence}]) == [f"other 1: {licence}"]


def test_the_notes_of_a_release_are_its_part_of_the_changelog() -> None:
    said = release.notes("9.9.9")
    assert said.startswith("# ntrkpath 9.9.9\n\n### ")
    assert "\n## " not in said


def test_the_version_stands_in_one_place() -> None:
    import ntrkpath

    named = re.compile(rf"(?<![\d.]){re.escape(ntrkpath.__version__)}(?![\d.])")
    for path in ("pyproject.toml", "README.md", "Makefile", ".ci/run"):
        assert not named.search((ROOT / path).read_text(encoding="utf-8")), path
