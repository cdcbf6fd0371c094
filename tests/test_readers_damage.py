"""Damaged files: whatever is cut, flipped, renamed or moved, an NTRK event never becomes "read, none" unsaid.

3,000 seeded mutations run with the other tests, 20,000 with the long ones.
"""

from __future__ import annotations

import gzip
import random
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from ntrkpath import readers
from ntrkpath.model.errors import ReaderError
from ntrkpath.readers import ReadResult

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import build_formats  # noqa: E402

REAL = ROOT.parent / "shared" / "data" / "fusion"
SEEDS, MORE_SEEDS = 3_000, 20_000
CHUNKS = 10
#: Lines of a real file that a mutation works on: those of NTRK genes, and some of the others.
LINES = 14
NAMED = re.compile(r"(?<![A-Z0-9])(?:NTRK[123]|TRK[ABC])(?![A-Z0-9])", re.IGNORECASE)
CELLS = (
    *("", "NA", ".", "-1", "0", "-5", "1,0", "1,25", "1,234", "1.57E+08", "11.869.969", "1e23", "999999999999"),
    *("chr1:1", "chr99:5:+", "chr12:999999999:+", "NC_000012.12", "NC_060936.1", "CM000674.2", "scaffold_7", "1-Mar"),
    *("NTKR1", "NTRK3-201", "NTRK3;ETV6", "ETV6--NTRK3", "false", "LOW", "FAIL", "\u200b", '"', "=1+1", "P1", "+", "-"),
)
CONTIGS = (
    ("chr", ""),
    ("12", "NC_000012.12"),
    ("15", "NC_000015.9"),
    ("15", "NC_060939.1"),
    ("chr15", "chr15_KI270849v1_alt"),
    ("15", "Chr_15"),
    ("1", "CM000663.1"),
)


def _small(text: str) -> str:
    """Return the head of a file, its lines of NTRK genes, and a few others."""
    lines = text.split("\n")
    if len(lines) <= LINES or lines[0].startswith(("<", "[", "{")):
        return text
    head = next((at for at, line in enumerate(lines) if not line.startswith("##")), 0) + 1
    named = [line for line in lines[head:] if NAMED.search(line)][: LINES // 2]
    others = [line for line in lines[head:] if line and not NAMED.search(line)][: LINES // 2]
    return "\n".join([*lines[:head], *others[:3], *named, *others[3:], ""])


def _sources() -> list[str]:
    specimens = [form.specimen for _, form in build_formats.signed()]
    real = [_small(path.read_text(encoding="utf-8")) for path in sorted(REAL.glob("*/*"))] if REAL.exists() else []
    return [text for text in (*specimens, *real) if len(text) < 40_000]


SOURCES = _sources()


def _delimiter(line: str) -> str:
    return max("\t,;", key=line.count)


def _cell(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    delimiter = _delimiter(lines[at])
    cells = lines[at].split(delimiter)
    cells[chance.randrange(len(cells))] = chance.choice(CELLS)
    lines[at] = delimiter.join(cells)


def _rename(lines: list[str], chance: random.Random) -> None:
    delimiter = _delimiter(lines[0])
    cells = lines[0].split(delimiter)
    at = chance.randrange(len(cells))
    cells[at] = chance.choice(["other", "", "X." + cells[at], cells[at].upper(), cells[(at + 1) % len(cells)]])
    lines[0] = delimiter.join(cells)


def _contig(lines: list[str], chance: random.Random) -> None:
    old, new = chance.choice(CONTIGS)
    lines[:] = [re.sub(rf"(?<![\w.]){old}(?![\d_])" if old != "chr" else old, new, line) for line in lines]


def _sample(lines: list[str], chance: random.Random) -> None:
    delimiter = _delimiter(lines[0])
    lines[:] = [
        f"{line}{delimiter}{'sample' if at == 0 else chance.choice(['P1', 'P2'])}" if line else line
        for at, line in enumerate(lines)
    ]


def _drop(lines: list[str], chance: random.Random) -> None:
    delimiter = _delimiter(lines[0])
    at = chance.randrange(max(1, lines[0].count(delimiter)))
    lines[:] = [delimiter.join(cell for n, cell in enumerate(line.split(delimiter)) if n != at) for line in lines]


def _order(lines: list[str], chance: random.Random) -> None:
    at = chance.randrange(len(lines))
    lines.insert(chance.randrange(len(lines)), lines.pop(at))


def _delimit(lines: list[str], chance: random.Random) -> None:
    old, new = _delimiter(lines[0]), chance.choice("\t,;| ")
    lines[:] = [line.replace(old, new) for line in lines]


MUTATIONS = (_cell, _cell, _cell, _rename, _contig, _sample, _drop, _order, _delimit)


def _mutated(text: str, chance: random.Random) -> bytes:
    lines = text.split("\n")
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        chance.choice(MUTATIONS)(lines, chance)
    content = "\n".join(lines).encode()
    if chance.random() < 0.25:
        content = content[: chance.randrange(1, len(content))] if len(content) > 1 else content
    if chance.random() < 0.05:
        content = content.replace(b"\n", b"\r\n")
    if chance.random() < 0.05:
        packed = gzip.compress(content)
        content = packed[: chance.randrange(3, len(packed) + 1)]
    return content


def _names_ntrk(content: bytes) -> bool:
    if content[:2] == b"\x1f\x8b":
        return False
    lines = content.decode("utf-8", "replace").replace("\r", "\n").split("\n")
    return any(NAMED.search(line) for line in lines if not line.startswith("#"))


def _silent(result: ReadResult) -> bool:
    """Whether a result says "read, and nothing of NTRK", with no word of a row without reads or of a cut."""
    found = bool(result.junctions or result.changes or result.copy_numbers)
    said = any("no event" in note or "cut short" in note for note in result.notes)
    return result.status == "read" and not found and not said


def _fuzz(seeds: range) -> None:
    for seed in seeds:
        chance = random.Random(seed)
        content = _mutated(chance.choice(SOURCES), chance)
        try:
            result = readers.read(content, "x", genes=readers.NTRK)
        except ReaderError:
            continue
        assert not (_silent(result) and _names_ntrk(content)), (seed, content)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_mutation_raises_anything_foreign_or_makes_an_event_a_silent_none(chunk: int) -> None:
    _fuzz(range(chunk, SEEDS, CHUNKS))


@pytest.mark.long
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_mutation_of_many_raises_anything_foreign_or_makes_an_event_a_silent_none(chunk: int) -> None:
    _fuzz(range(SEEDS + chunk, MORE_SEEDS, CHUNKS))


@pytest.mark.parametrize("seed", range(40))
def test_a_mutation_never_adds_a_clean_answer_of_another_sample(seed: int) -> None:
    chance = random.Random(seed)
    text = SOURCES[seed % len(SOURCES)]
    lines = text.split("\n")
    _sample(lines, chance)
    try:
        result = readers.read("\n".join(lines).encode(), "x", genes=readers.NTRK)
    except ReaderError:
        return
    for name in result.samples:
        kept = result.of_sample(name)
        assert {j.sample for j in kept.junctions} <= {name}


def _events(result: ReadResult) -> set[object]:
    return {(j.five_prime, j.three_prime) for j in result.junctions}


def _cut(content: bytes, at: int, whole: set[object]) -> str:
    """Return how a cut is noticed; ``harmless`` where no event is lost, ``line end`` where nothing shows it."""
    part = content[:at]
    try:
        result = readers.read(part, "x", genes=readers.NTRK)
    except ReaderError:
        return "refused"
    if result.status != "read":
        return "a problem"
    if any("cut short" in note for note in result.notes):
        return "a note"
    if _events(result) == whole:
        return "harmless"
    return "line end" if part.endswith(b"\n") or content[at : at + 1] == b"\n" else "unnoticed"


@pytest.mark.skipif(not REAL.exists(), reason="the real caller files lie beside the repository, in ../shared")
@pytest.mark.parametrize("cuts", [12, pytest.param(400, marks=pytest.mark.long)])
def test_every_cut_of_a_real_file_is_noticed_but_those_between_two_lines(cuts: int) -> None:
    seen: Counter[str] = Counter()
    for path in sorted(REAL.glob("*/*")):
        content = path.read_bytes()
        whole = _events(readers.read(content, "x", genes=readers.NTRK))
        seen.update(_cut(content, at, whole) for at in range(1, len(content), max(1, len(content) // cuts)))
    assert seen["unnoticed"] == 0
    assert seen["line end"] < sum(seen.values()) / 50


@pytest.mark.parametrize("text", [form.specimen for _, form in build_formats.signed()])
@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.long)])
def test_every_cut_of_a_specimen_is_noticed_but_those_between_two_lines(text: str, step: int) -> None:
    content = text.encode()
    whole = _events(readers.read(content, "x", genes=readers.NTRK))
    assert {_cut(content, at, whole) for at in range(1, len(content), step)} <= {
        *("refused", "a problem", "a note", "harmless", "line end"),
    }


@pytest.mark.parametrize("lost", [1, 4, 8, 20])
def test_a_gzip_without_its_whole_trailer_is_refused(lost: int) -> None:
    packed = gzip.compress((build_formats.signed()[0][1].specimen * 20).encode())
    with pytest.raises(ReaderError, match="ends too early"):
        readers.read(packed[:-lost], "x")


def test_a_gzip_with_a_wrong_checksum_or_length_is_refused() -> None:
    packed = bytearray(gzip.compress(build_formats.signed()[0][1].specimen.encode()))
    for at in (-1, -6):
        damaged = bytearray(packed)
        damaged[at] ^= 0xFF
        with pytest.raises(ReaderError, match="damaged"):
            readers.read(bytes(damaged), "x")


def test_a_bgzip_file_without_its_last_block_is_refused() -> None:
    block = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
    with pytest.raises(ReaderError, match="bgzip"):
        readers.read(block[:-1] + b"\x01", "x")
