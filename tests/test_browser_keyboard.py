"""From an empty page, and from a bare shell, to the answer: by the keyboard alone, every step and keystroke counted."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
import yaml
from click.testing import CliRunner

from ntrkpath.cases.load import decode_json, decode_yaml
from ntrkpath.cli.main import cli
from ntrkpath.guidance import load
from ntrkpath.model.recommendation import Recommendation
from ntrkpath.pathway import Pathway
from ntrkpath.pathway.examples import published
from support.browser import AS_OF, ROOT, Served, view

PATHWAY = Pathway(load(), dt.date.fromisoformat(AS_OF))
BOARD = {one["id"]: one for one in yaml.safe_load((ROOT / "tests/data/board/constructed.yaml").read_text("utf-8"))}
#: Where the counts are written; build output, not committed.
COUNTS = ROOT / "build" / "keystrokes.tsv"


@dataclass(frozen=True)
class Way:
    """How a case is entered, and how much that may cost.

    Args:
        histology: As it is typed.
        extent: The letters that choose it in the list; empty where it is not stated.
        results: Of each test the letters that choose it, and what it says.
        shell: The arguments of `ntrkpath ask`.
        steps: Most fields and buttons on the page.
        keys: Most keystrokes on the page, and in the shell.
    """

    histology: str
    extent: str
    results: tuple[tuple[str, str], ...]
    shell: str
    steps: int
    keys: tuple[int, int]


WAYS = {
    "L022": Way("IFS", "meta", (("RNA", "EML4::NTRK3"),), 'IFS --metastatic --rna "EML4::NTRK3"', 6, (32, 52)),
    "L016": Way("GIST", "", (("RNA", "ETV6::NTRK3 in frame"),), 'GIST --rna "ETV6::NTRK3 in frame"', 4, (36, 50)),
    "L005": Way(
        "adult fibrosarcoma", "",
        (("pan", "positive diffuse"), ("RT", "STRN3::NTRK3 positive"), ("RNA", "STRN3::NTRK3 in frame")),
        '"adult fibrosarcoma" --ihc "positive diffuse" --rt-pcr "STRN3::NTRK3 positive" --rna "STRN3::NTRK3 in frame"',
        10, (105, 125),
    ),
    "leiomyosarcoma_with_fusion": Way(
        "LMS", "meta", (("RNA", "TPM3::NTRK1 in frame"),), 'LMS --metastatic --rna "TPM3::NTRK1 in frame"', 6, (42, 62),
    ),
    "fish_call_against_counts": Way(
        "IFS", "meta", (("FISH", "NTRK3 negative, 60 of 100 split"),),
        'IFS --metastatic --fish "NTRK3 negative, 60 of 100 split"', 6, (54, 74),
    ),
    "carcinoma_with_stain": Way(
        "colon adenocarcinoma", "", (("pan", "positive"),), '"colon adenocarcinoma" --ihc positive', 4, (40, 54),
    ),
}  # fmt: skip


@dataclass
class Keys:
    """A keyboard without a mouse: what is pressed on a page, counted."""

    page: Any
    steps: int = 0
    pressed: int = 0
    record: list[str] = field(default_factory=list)

    def press(self, key: str) -> None:
        """Press one key."""
        self.page.keyboard.press(key)
        self.pressed += 1

    def to(self, selector: str, back: bool = False) -> None:
        """Go to a field or button by the Tab key."""
        for _ in range(60):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                self.steps += 1
                self.record.append(selector)
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"not reached by keyboard: {selector}")

    def write(self, text: str) -> None:
        """Type into the field that has the focus."""
        self.page.keyboard.type(text)
        self.pressed += len(text)
        self.record.append(text)


def expected(ident: str) -> tuple[str, set[str]]:
    """Return how the answer has to begin, empty where that is left open, and the actions that it has to give."""
    if ident in BOARD:
        return "", set(BOARD[ident].get("must", ()))
    answer = PATHWAY.recommend(decode_yaml(published()[ident].text.encode()))
    return answer.actions[0].action, {answer.actions[0].action}


def holds(ident: str, answer: Recommendation) -> bool:
    """Say whether an answer is that of the published case, or gives what the board asks for."""
    first, must = expected(ident)
    given = [action.action for action in answer.actions]
    return must <= set(given) and given[0] == (first or given[0])


def assert_used(way: Way, answer: Recommendation) -> None:
    """Compare what was typed with the findings of the answer: each test is one of them, word by word, and counts."""
    assert [(one.where, one.why_not) for one in answer.findings if not one.used or one.why_not] == []
    stated: dict[str, str] = {}
    for one in answer.findings:
        if one.where.startswith("tests["):
            test = one.where.partition("]")[0]
            stated[test] = f"{stated.get(test, '')} {one.stated}"
    for (_, said), found in zip(way.results, stated.values(), strict=True):
        assert words(said) <= words(found), (said, found)


def words(text: str) -> set[str]:
    """Return the words that state something."""
    return set(re.findall(r"[\w:]+", text)) - {"of"}


def note(ident: str, place: str, steps: int, keys: int) -> None:
    """Write the counts of one way into the table of all."""
    COUNTS.parent.mkdir(parents=True, exist_ok=True)
    head = "case\tplace\tsteps\tkeystrokes"
    lines = COUNTS.read_text(encoding="utf-8").splitlines()[1:] if COUNTS.is_file() else []
    kept = [line for line in lines if not line.startswith(f"{ident}\t{place}\t")]
    new = f"{ident}\t{place}\t{steps}\t{keys}"
    COUNTS.write_text("\n".join([head, *sorted([*kept, new])]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("ident", WAYS)
def test_a_case_is_answered_from_an_empty_page_by_keyboard_alone(ident: str, chromium: Any, served: Served) -> None:
    way = WAYS[ident]
    with view(chromium, served) as seen:
        page = seen.go("/case?new")
        hand = Keys(page)
        hand.to("#histology")  # it has the focus
        hand.write(way.histology)
        if way.extent:
            hand.to("#extent")
            hand.write(way.extent)
            hand.to("form:has(#histology) button")
        hand.press("Enter")
        page.locator("#case").wait_for()
        page.wait_for_load_state("load")
        for method, said in way.results:
            hand.to("a[href='#say-method']")
            hand.press("Enter")
            hand.to("#say-method")
            hand.write(method)
            hand.to("#say-text")
            hand.write(said)
            hand.press("Enter")
            page.wait_for_function("() => document.activeElement.matches('.outcome h1')")
        assert seen.wrong == []
        case = page.locator("#case input[name=case]").input_value()
        answer = PATHWAY.recommend(decode_json(case.encode()))
        assert answer.actions[0].text in page.locator(".steps li").first.inner_text()
        # The answer is in view, and the focus is at it.
        assert page.evaluate("() => scrollY") == 0
        assert holds(ident, answer), [action.action for action in answer.actions]
        assert_used(way, answer)
        note(ident, "page", hand.steps, hand.pressed)
        assert hand.steps <= way.steps, hand.record
        assert hand.pressed <= way.keys[0], hand.record


@pytest.mark.parametrize("ident", WAYS)
def test_a_case_is_answered_from_a_bare_shell_in_one_line(ident: str) -> None:
    line = f"ntrkpath ask {WAYS[ident].shell}"
    arguments = [*shlex.split(line)[1:], "--as-of", AS_OF, "--format", "json"]
    done = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert done.return_value == 0, done.output
    answer = msgspec.json.decode(done.stdout.encode(), type=Recommendation)
    assert holds(ident, answer), done.stdout
    assert_used(WAYS[ident], answer)
    note(ident, "shell", 1, len(line) + 1)
    assert len(line) + 1 <= WAYS[ident].keys[1]
