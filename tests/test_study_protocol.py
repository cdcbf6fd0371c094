"""Protocols and the draw: errors with their place, strata that know no result, a draw that anyone can repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ntrkpath.guidance import load
from ntrkpath.model.errors import RegistryError
from ntrkpath.registry.study.draw import place, taken
from ntrkpath.registry.study.protocol import BEFORE, load_protocol, read_protocol, shipped, stratum_of
from support.study import protocol


def plain() -> dict[str, Any]:
    """Return the protocol that ships as plain data."""
    found: dict[str, Any] = yaml.safe_load(shipped()["sts_ihc_mps"].read_text(encoding="utf-8"))
    return found


def test_the_study_that_the_guidance_names_ships() -> None:
    found = protocol()
    assert found.first_test == "pan_trk_ihc" and "REG-1" in found.statements
    assert set(found.confirmation.methods) == {"rna_mps", "dna_mps"}


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("title",), None, "title"),
        (("colour",), "blue", ""),
        (("population", "when", "histology_group"), ["sarcome"], "population.when.histology_group"),
        (("population", "when", "ihc"), ["positive"], "population.when"),
        (("negatives", "strata", 0, "when", "sequence"), "negative", "negatives.strata[0].when"),
        (("negatives", "strata", 0, "fraction"), 1.5, "negatives.strata[0].fraction"),
        (("negatives", "strata", 1, "id"), "frequent", "negatives.strata"),
        (("negatives", "strata", 0, "when"), {}, "negatives.strata[0].when"),
        (("confirmation", "no_fusion"), ["failed"], "confirmation.no_fusion"),
        (("confirmation", "no_fusion"), ["productive"], "confirmation.no_fusion"),
        (("stain", "negative"), ["not_done"], "stain.negative"),
        (("time_limits", 0, "end"), "enrolled", "time_limits[0]"),
        (("stopping", 0, "at_most"), 3, "stopping[0]"),
        (("statements",), ["REG-99"], "statements[0]"),
    ],
)
def test_an_error_in_a_protocol_names_its_place(path: tuple[Any, ...], value: Any, where: str) -> None:
    given_ = plain()
    inner: Any = given_
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(RegistryError) as caught:
        read_protocol(given_, load(), "mine", "mine.yaml")
    assert caught.value.where.startswith("mine.yaml")
    assert where in caught.value.where


def test_all_errors_come_at_once() -> None:
    given_ = plain()
    given_["statements"] = ["REG-99", "REG-98"]
    given_["stain"]["negative"] = ["not_done"]
    with pytest.raises(RegistryError) as caught:
        read_protocol(given_, load(), "mine")
    assert len(caught.value.all) == 3


def test_without_a_last_stratum_for_all_others_a_protocol_is_refused() -> None:
    given_ = plain()
    given_["negatives"]["strata"].pop()
    with pytest.raises(RegistryError) as caught:
        read_protocol(given_, load(), "mine")
    assert caught.value.remedy


def test_a_site_writes_its_own(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(shipped()["sts_ihc_mps"].read_text(encoding="utf-8").replace('version: "1"', 'version: "7"'))
    assert (load_protocol(file, load()).id, load_protocol(file, load()).version) == ("ours", "7")


def test_an_unknown_protocol_names_those_that_ship() -> None:
    with pytest.raises(RegistryError) as caught:
        load_protocol("nowhere.yaml", load())
    assert "sts_ihc_mps" in caught.value.allowed


def test_a_file_that_is_no_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("title: [\n")
    with pytest.raises(RegistryError) as caught:
        load_protocol(file, load())
    assert caught.value.where.startswith("broken.yaml")


levels = st.fixed_dictionaries({fact: st.sampled_from(load().facts[fact].levels) for fact in BEFORE})


@given(levels)
def test_every_tumour_stands_in_one_stratum(given_: dict[str, str]) -> None:
    assert stratum_of(protocol(), given_).id in {one.id for one in protocol().negatives.strata}


names = st.text(min_size=1, max_size=12)


@given(names, names, names, st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_takes_all_that_a_smaller_one_took(
    key: str, site: str, subject: str, one: float, other: float
) -> None:
    small, large = sorted((one, other))
    if taken(key, "negatives", site, subject, small):
        assert taken(key, "negatives", site, subject, large)
    assert taken(key, "negatives", site, subject, 1.0)
    assert not taken(key, "negatives", site, subject, 0.0)


@given(names, names, names)
def test_the_parts_of_a_name_do_not_run_together(key: str, site: str, subject: str) -> None:
    assert place(key, "negatives", site + "x", subject) != place(key, "negatives", site, "x" + subject)


def test_a_draw_is_the_same_for_ever() -> None:
    assert place("sts-ihc-mps-1", "negatives", "A", "S1") == 0.5295648104656347
    assert place("sts-ihc-mps-1", "review", "A", "S1") != place("sts-ihc-mps-1", "negatives", "A", "S1")


def test_a_share_of_many_is_that_share() -> None:
    drawn = sum(taken("k", "negatives", "A", f"S{i}", 0.2) for i in range(20_000))
    assert abs(drawn / 20_000 - 0.2) < 0.01


def test_the_protocol_that_ships_keeps_its_schema_and_a_misspelt_key_does_not() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from ntrkpath.registry.study.protocol import json_schema

    validator = jsonschema.Draft202012Validator(json_schema())
    given_ = plain()
    assert list(validator.iter_errors(given_)) == []
    given_["negatives"]["strata"][0]["fractoin"] = 1
    assert list(validator.iter_errors(given_))
