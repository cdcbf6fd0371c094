"""Rounds: 1,000 laboratories by 100 samples, scored and reported; how often the intervals of the spreads hold."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.frame import record
from ntrkpath.guidance import load
from ntrkpath.report.rounds_files import FORMATS, files
from ntrkpath.rounds.effects import spread
from ntrkpath.rounds.score import score

LABORATORIES, SAMPLES, BAR = 1_000, 100, 30.0
#: Rounds simulated for the coverage; their laboratories, samples, and true spreads in log odds.
ROUNDS, SHAPE, TRUE = 100, (16, 13), (1.0, 1.5)
_EVENTS = ("NM_001987.5(ETV6):e.5::NM_002530.4(NTRK3):e.15", "TPM3::NTRK1", "WNK2::NTRK2", "LMNA::NTRK1", "EML4::NTRK3")
_WRITTEN = ("ETV6-NTRK3", "TPM3 e8::NTRK1 e10", "WNK2::NTRK2", "LMNA-NTRK1", "EML4::NTRK3")
_PANELS = ("FusionPlex Lung v2", "Oncomine Focus", "TSO500", "Own panel")


def write(folder: Path, laboratories: int = LABORATORIES, samples: int = SAMPLES) -> None:
    """Write a synthetic round in which laboratories and samples differ."""
    rng = random.Random(1)
    lines = ["round: big", "title: Benchmark", "synthetic: true", "assays: [rna_mps]", "scoring: ntrkpath", "samples:"]
    for i in range(samples):
        lines.append(f"- id: S{i:03}\n  reference:")
        fused = i % 6 < 5
        lines.append(f"    status: {'fusion' if fused else 'no_fusion'}")
        lines += [f'    fusion: "{_EVENTS[i % 6]}"'] if fused else []
    (folder / "submissions").mkdir(parents=True)
    (folder / "round.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ease = [rng.gauss(0, 1.0) for _ in range(samples)]
    table = ["laboratory,assay,method,panel,min_reads"]
    for lab in range(laboratories):
        table.append(f"L{lab:04},rna,rna_mps,{_PANELS[lab % 4]},5")
        ability = rng.gauss(2.5, 0.8)
        rows = ["sample,assay,result,fusion,reads,rna_quality,received,reported"]
        for i in range(samples):
            right = rng.random() < 1 / (1 + np.exp(-(ability + ease[i])))
            positive = (i % 6 < 5) == right
            name = _WRITTEN[i % 6 if i % 6 < 5 else 0] if positive else ""
            reads = rng.randint(5, 300) if positive else ""
            call = "positive" if positive else "negative"
            rows.append(f"S{i:03},rna,{call},{name},{reads},adequate,2026-01-01,2026-01-{rng.randint(5, 28):02}")
        (folder / "submissions" / f"L{lab:04}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "laboratories.csv").write_text("\n".join(table) + "\n", encoding="utf-8")


def main() -> None:
    """Print what was measured."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "round"
        write(folder)
        wall, used = time.perf_counter(), time.process_time()
        found = score(folder)
        scored = time.process_time() - used
        size = sum(len(content()) for _, content in files(found, load(), FORMATS))
        wall, used = time.perf_counter() - wall, time.process_time() - used
    print(
        f"{LABORATORIES:,} laboratories x {SAMPLES} samples: scored in {scored:.1f} s, scored and reported in "
        f"{used:.1f} s of processor time, {wall:.1f} s by the clock (bar {BAR:.0f} s); {size / 1e6:.0f} MB of reports"
    )
    record("rounds.report", used, wall)
    held, simulated = [0, 0], 0
    for seed in range(ROUNDS):
        rng = np.random.default_rng(seed)
        effects = [rng.normal(0, sd, n) for sd, n in zip(TRUE, SHAPE, strict=True)]
        chance = 1 / (1 + np.exp(-(2 + effects[0][:, None] + effects[1][None])))
        right = (rng.random(SHAPE) < chance).astype(float)
        if min(right.sum(), right.size - right.sum()) < 8:
            continue
        simulated += 1
        for i, one in enumerate(spread(right, np.ones_like(right))):
            held[i] += one.low <= TRUE[i] <= (np.inf if one.high is None else one.high)
    shares = " and ".join(f"{100 * count / simulated:.0f} %" for count in held)
    print(f"intervals of the spread of laboratories and samples that hold it, {simulated} rounds: {shares} (95 % said)")


if __name__ == "__main__":
    main()
