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


def test_the_tab_key_completes_diagnoses_and_genes() -> None:
    pytest.importorskip("readline", reason="this Python has no readline")
    terminal = Terminal("ask", *DATE)
    terminal.until("Diagnosis: ")
    terminal.type("Infantile Fibros\t\n")
    assert terminal.until("Infantile Fibrosarcoma", seconds=60)
    while terminal.until("RNA sequencing, as", ": ") == ": ":
        terminal.type("\n")
    terminal.until(": ")
    terminal.type("EML\t")
    assert terminal.until("EML4", seconds=60)
    terminal.type("::NTRK3\n")
    terminal.until("DNA sequencing, as")
    terminal.type(".\n")
    terminal.until("Save the case")
    terminal.type("\n")
    assert terminal.end() == 0
    assert "EML4::NTRK3 by RNA sequencing" in terminal.said


def test_a_wrong_answer_is_said_and_asked_again() -> None:
    terminal = Terminal("ask", *DATE)
    terminal.until("Diagnosis: ")
    terminal.type("no such tumour\n")
    assert terminal.until("not recognised")
    terminal.until("Diagnosis: ")
    terminal.type("UPS\n")
    terminal.until(": ")
    terminal.type(".\n")
    terminal.until("Save the case")
    terminal.type("\n")
    assert terminal.end() == 0
    assert "No TRK inhibitor now" in terminal.said


def test_without_a_diagnosis_it_says_that_there_is_no_case() -> None:
    terminal = Terminal("ask", *DATE)
    terminal.until("Diagnosis: ")
    terminal.type("\n")
    assert terminal.end() == 2
    assert "no diagnosis was given" in terminal.said
