"""The methods of testing and the words of a verdict stand once: in the knowledge, read by everyone who shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from ntrkpath.figures.fusion_words import REASONS_SAY, VERDICTS
from ntrkpath.model.case_keys import METHODS
from ntrkpath.model.fusion import REASONS
from ntrkpath.report import rounds_sheets, screen, terms
from ntrkpath.strategy import costs
from ntrkpath.vocabulary import methods as held
from ntrkpath.vocabulary import names

SOURCE = Path(__file__).resolve().parents[1] / "src" / "ntrkpath"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "static" not in path.parts)


def test_every_method_of_a_case_has_a_name_and_facts_of_its_own() -> None:
    assert set(held.methods()) == set(METHODS)
    assert len({method.facts for method in held.methods().values()}) == len(METHODS)


def test_every_verdict_and_reason_has_words() -> None:
    assert tuple(REASONS_SAY) == REASONS
    assert set(VERDICTS) == {"productive", "likely_productive", "uncertain", "not_productive"}


def test_no_module_says_for_itself_what_a_method_is_called() -> None:
    named = {word for method in held.methods().values() for word in (method.name, method.together)}
    own = [
        (str(path.relative_to(SOURCE)), node.value)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in named
    ]
    assert own == []


@pytest.fixture
def nanostring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A list of names with a made-up method more."""
    for path in names.NAMES.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (names.NAMES / "methods.yaml").read_text(encoding="utf-8")
    one = "{id: counted_rna, facts: counted, name: Counted RNA, together: All counts of RNA, example: positive}"
    (tmp_path / "methods.yaml").write_text(text.replace("methods:\n", f"methods:\n- {one}\n", 1), encoding="utf-8")
    caches = (names._contents, names.word_list, held.methods, held.by_facts)
    monkeypatch.setattr(names, "NAMES", tmp_path)
    for one in caches:
        one.cache_clear()
    yield
    monkeypatch.undo()
    for one in caches:
        one.cache_clear()


def test_a_made_up_method_is_called_the_same_by_answer_round_and_strategy(nanostring: None) -> None:
    for module in (terms, screen, rounds_sheets):
        assert module.method_name("counted_rna") == "Counted RNA"
    assert costs.plain("counted_rna") == "Counted RNA"
    assert held.together_name("counted") == "All counts of RNA"
    assert terms.facts_of("counted_rna") == "counted"
