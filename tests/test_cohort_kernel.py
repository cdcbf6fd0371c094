"""The tables applied to columns decide as the evaluator decides one state; with numba and without."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest

np = pytest.importorskip("numpy")

from ntrkpath.cohort import kernel as cohort_kernel  # noqa: E402
from ntrkpath.cohort.catalogue import Catalogue  # noqa: E402
from ntrkpath.cohort.kernel import Decided, Kernel  # noqa: E402
from ntrkpath.guidance import load  # noqa: E402
from ntrkpath.model.errors import CaseError, GuidanceError, NtrkpathError  # noqa: E402
from ntrkpath.model.extras import require_extra  # noqa: E402
from ntrkpath.proof.filling_in import strongest  # noqa: E402

KEPT = ("target", "sequence", "ihc")


@cache
def kernel(fused: bool = False) -> Kernel:
    if fused:
        pytest.importorskip("numba")
    return Kernel(load(), kept=KEPT, fused=fused, threads=2)


def random_codes(rows: int, seed: int) -> Any:
    sizes = [len(load().facts[fact].levels) for fact in kernel().catalogue.facts]
    draw = np.random.default_rng(seed)
    return np.stack([draw.integers(0, size, rows, dtype=np.uint8) for size in sizes])


def read(decided: Decided, row: int) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """The rules, the kept levels and the actions of one row, in words."""
    catalogue = kernel().catalogue
    rules = [
        rule for table, code in zip(catalogue.rules, decided.outcomes[:, row], strict=True) for rule in table[code]
    ]
    levels = {fact: catalogue.levels[fact][codes[row]] for fact, codes in decided.levels.items()}
    return rules, levels, dict(catalogue.actions(int(decided.actions[row])))


def assert_equal(one: Decided, other: Decided) -> None:
    """Compare outcomes, actions, and every level that both kept."""
    assert (one.outcomes == other.outcomes).all()
    assert (one.actions == other.actions).all()
    both = one.levels.keys() & other.levels.keys()
    assert {"tier", "priority"} <= both
    assert all((one.levels[fact] == other.levels[fact]).all() for fact in both)


@pytest.mark.parametrize("fused", [False, True])
def test_every_row_is_decided_as_a_single_state_is(fused: bool) -> None:
    edition, facts = load(), kernel().catalogue.facts
    keep = strongest(edition)
    rows = 3000
    codes = random_codes(rows, 1)
    decided = kernel(fused).decide(codes)
    for row in range(rows):
        state = {fact: edition.facts[fact].levels[codes[i, row]] for i, fact in enumerate(facts)}
        one = edition.decisions.decide(state)
        rules, levels, actions = read(decided, row)
        assert rules == [hit.row.id for hit in one.hits]
        assert levels == {fact: one.levels[fact] for fact in ("tier", "priority", *KEPT)}
        given = frozenset(f"{a}:{s}" for hit in one.hits for a, s in hit.row.emits.get("actions", {}).items())
        assert {f"{a}:{s}" for a, s in actions.items()} == keep(given)
        placed: dict[str, tuple[tuple[int, bool], str]] = {}
        for hit in one.hits:
            for action, strength in hit.row.emits.get("actions", {}).items():
                place = hit.row.emits.get("place", "")
                weight = edition.strengths.index(strength), not place
                if action not in placed or weight < placed[action][0]:
                    placed[action] = weight, place
        treated = any(edition.action_kinds[action] == "treatment" for action in actions)
        assert list(actions.items()) == sorted(
            actions.items(), key=lambda pair: edition.rank(*pair, placed[pair[0]][1], treated)
        )


def test_the_compiled_loop_and_numpy_give_the_same_bytes_over_many_blocks() -> None:
    codes = random_codes(3 * cohort_kernel.BLOCK + 17, 2)
    assert_equal(kernel(True).decide(codes), kernel().decide(codes))


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_changes_nothing(fused: bool, threads: int) -> None:
    if fused:
        pytest.importorskip("numba")
    codes = random_codes(5 * cohort_kernel.BLOCK + 1, 3)
    assert_equal(Kernel(load(), fused=fused, threads=threads).decide(codes), kernel().decide(codes))


@pytest.mark.parametrize("fused", [False, True])
def test_a_code_that_is_no_level_is_an_error_that_names_the_fact(fused: bool) -> None:
    codes = random_codes(20_000, 4)
    facts = kernel().catalogue.facts
    place = facts.index("extent")
    codes[place, 19_999] = len(load().facts["extent"].levels)
    with pytest.raises(CaseError, match="extent: code is no level of the fact") as caught:
        kernel(fused).decide(codes)
    assert caught.value.allowed == "0 to 4"


def test_codes_may_come_as_one_array_for_each_fact() -> None:
    codes = random_codes(100, 5)
    facts = kernel().catalogue.facts
    by_fact = dict(zip(facts, codes, strict=True))
    assert (kernel().decide(by_fact).actions == kernel().decide(codes).actions).all()
    with pytest.raises(CaseError, match="no codes for a fact"):
        kernel().decide({fact: by_fact[fact] for fact in facts[1:]})
    with pytest.raises(CaseError, match="one row of codes for each fact"):
        kernel().decide(codes[1:])


@pytest.mark.parametrize("fused", [False, True])
def test_no_rows_and_one_row_are_decided(fused: bool) -> None:
    for rows in (0, 1):
        decided = kernel(fused).decide(random_codes(rows, 6))
        assert decided.outcomes.shape == (len(kernel().catalogue.tables), rows)
        assert decided.actions.shape == (rows,)


def test_a_fact_that_no_table_sets_cannot_be_kept() -> None:
    with pytest.raises(CaseError, match="no table sets this fact"):
        Kernel(load(), kept=("extent",))


def test_every_rule_that_decides_is_in_the_catalogue() -> None:
    named = {rule for table in kernel().catalogue.rules for held in table for rule in held}
    assert named == {row.id for table in load().decisions.tables for row in table.rows}


def test_every_key_of_the_actions_is_named_and_none_lies_beyond() -> None:
    catalogue = kernel().catalogue
    assert sum(max(shares) for _, shares in catalogue.shares) == catalogue.action_keys - 1
    last = catalogue.actions(catalogue.action_keys - 1)
    assert len({action for action, _ in last}) == len(last) > 0
    texts = catalogue.action_texts()
    assert len(texts) == catalogue.action_keys
    for key in random.Random(1).sample(range(len(texts)), 2000):
        assert texts[key] == catalogue.action_text(key)


def test_a_table_that_does_not_fit_a_byte_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ntrkpath.cohort.catalogue.BYTE", 20)
    with pytest.raises(GuidanceError, match="too many outcomes for a cohort"):
        Catalogue(load())
    monkeypatch.setattr("ntrkpath.cohort.catalogue.BYTE", 10)
    with pytest.raises(GuidanceError, match="too many"):
        Catalogue(load())


def test_what_is_not_installed_is_named_with_its_extra() -> None:
    with pytest.raises(NtrkpathError, match=r"pip install 'ntrkpath\[batch\]'"):
        require_extra("no_such_module", extra="batch", what="cohorts")


def test_a_long_run_goes_over_to_the_compiled_loop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr(cohort_kernel, "WORTH_COMPILING", 150)
    codes = random_codes(100, 8)
    expected, compiled = kernel().decide(codes), cohort_kernel._fused()
    loads, ranges = [], []

    def counted(*given: Any) -> Any:
        ranges.append(given[4:6])
        return compiled(*given)

    monkeypatch.setattr(cohort_kernel, "_fused", lambda: loads.append(1) or counted)
    run = Kernel(load(), threads=1)
    for compiled_runs in ([], [(0, 100)], [(0, 100)] * 2):  # 100 rows are too few, 200 enough
        assert_equal(run.decide(codes), expected)
        assert ranges == compiled_runs
    assert len(loads) == 1
    Kernel(load(), fused=False, threads=1).decide(random_codes(200, 9))
    assert (len(loads), len(ranges)) == (1, 2)


def test_a_long_run_without_numba_stays_with_numpy_and_looks_for_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohort_kernel, "WORTH_COMPILING", 150)
    codes, loads = random_codes(100, 8), []
    monkeypatch.setattr(cohort_kernel, "_fused", lambda: loads.append(1))
    run = Kernel(load())
    for _ in range(3):
        assert_equal(run.decide(codes), kernel().decide(codes))
    assert len(loads) == 1
