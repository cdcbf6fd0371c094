"""`ntrkpath ask` on a real terminal: completion, the questions that decide, and a case that `recommend` reads back."""

from __future__ import annotations

import json
import os
import select
import sys
import time
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")

NTRKPATH = Path(sys.executable).with_name("ntrkpath")
DATE = ("--as-of", "2026-11-01")
#: A published case: what is answered by the words of a question; Enter to all others. What the answer must say.
CASES = {
    "L022": (
        {
            "Diagnosis": "congenital (infantile) fibrosarcoma", "RNA sequencing, as": "EML4::NTRK3",
            "How far": "metastatic", "How old": "9 months",
        },
        "EML4::NTRK3 by RNA sequencing",
    ),
    "L001": (
        {
            "Diagnosis": "uterine sarcoma", "pan-TRK IHC, as": "positive", "RNA sequencing, as": "TPM3::NTRK1 in frame",
            "How far": "metastatic", "Has a TRK inhibitor": "larotrectinib, progressed",
        },
        "TPM3::NTRK1",
    ),
    "L016": (
        {
            "Diagnosis": "GIST", "How far": "metastatic", "RNA sequencing, as": "ETV6::NTRK3 in frame",
            "Have the canonical": "KIT mutation absent; PDGFRA mutation absent",
        },
        "ETV6::NTRK3",
    ),
}  # fmt: skip


class Terminal:
    """The command on a pseudo-terminal; standard output may go to a file instead."""

    def __init__(self, *words: str, out: Path | None = None) -> None:
        self.said, self.seen = "", 0
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            if out is not None:
                os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT), 1)
            os.environ.update(TERM="xterm", COLUMNS="200", LINES="50", NO_COLOR="1")
            os.execv(NTRKPATH, ["ntrkpath", *words])

    def until(self, *words: str, seconds: float = 120) -> str:
        """Read until one of some words stands behind what was read before, and return it; ``""``: it has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = [word for word in words if word in self.said[self.seen :]]
            if found:
                first = min(found, key=lambda word: self.said.index(word, self.seen))
                self.seen = self.said.index(first, self.seen) + len(first)
                return first
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.said += os.read(self.master, 65536).decode(errors="replace").replace("\a", "")
                except OSError:
                    return ""
        raise AssertionError(f"none of {words} after: {self.said[-500:]}")

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def end(self) -> int:
        """Read to the end and return the exit code."""
        while self.until("\x00"):
            pass
        os.close(self.master)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


@pytest.mark.parametrize("case", CASES)
def test_a_published_case_is_asked_saved_and_read_back(case: str, tmp_path: Path) -> None:
    answers, target = CASES[case]
    out, saved = tmp_path / "asked.json", tmp_path / "case.yaml"
    left = dict(answers)
    terminal = Terminal("ask", "--format", "json", *DATE, out=out)
    terminal.until("Tab completes.")
    asked = []
    while (question := terminal.until(*left, ": ", "Save the case")) != "Save the case":
        assert question, terminal.said
        if question == ": ":
            terminal.type("\n")
            continue
        asked.append(question)
        terminal.until(": ")
        terminal.type(left.pop(question) + "\n")
    terminal.until(": ")
    terminal.type(f"{saved}\n")
    assert terminal.end() == 0, terminal.said
    assert left == {}
    assert asked[0] == "Diagnosis"
    answer = json.loads(out.read_text())
    assert target in answer["answer"]["target"]
    again = tmp_path / "again.json"
    assert Terminal("recommend", str(saved), "--format", "json", *DATE, "--out", str(again)).end() == 0
    assert json.loads(again.read_text()) == answer


#: What is typed at each question (at none: in the same line) and what is shown of it; the exit code; what is said.
TALKS = {
    "the Tab key completes diagnoses and genes": (
        [
            ("Diagnosis", "Infantile Fibros\t\n", "Infantile Fibrosarcoma"),
            *((question, "\n", "") for question in ("How far", "How old", "central nervous", "pan-TRK IHC, as")),
            *((question, "\n", "") for question in ("FISH, as", "RT-PCR, as")),
            ("RNA sequencing, as", "EML\t", "EML4"),
            ("", "::NTRK3\n", ""),
            ("DNA sequencing, as", ".\n", ""),
            ("Save the case", "\n", ""),
        ],
        0,
        "EML4::NTRK3 by RNA sequencing",
    ),
    "a wrong answer is said and asked again": (
        [
            ("Diagnosis", "no such tumour\n", "not recognised"),
            ("Diagnosis", "UPS\n", ""),
            ("How far", ".\n", ""),
            ("Save the case", "\n", ""),
        ],
        0,
        "No TRK inhibitor now",
    ),
    "without a diagnosis there is no case": ([("Diagnosis", "\n", "")], 2, "no diagnosis was given"),
}


@pytest.mark.parametrize("talk", TALKS)
def test_what_is_typed_is_completed_taken_or_asked_again(talk: str) -> None:
    steps, code, said = TALKS[talk]
    if any("\t" in typed for _, typed, _ in steps):
        pytest.importorskip("readline", reason="this Python has no readline")
    terminal = Terminal("ask", *DATE)
    for question, typed, shown in steps:
        if question:
            assert terminal.until(question, "Save the case") == question
            terminal.until(": ")
        terminal.type(typed)
        if shown:
            assert terminal.until(shown) == shown
    assert terminal.end() == code
    assert said in terminal.said
