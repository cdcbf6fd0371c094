"""Pooling 18 studies by the binomial-normal model: against one pass of its quadrature, and against R metafor.

    python -m benchmarks.evidence [--repeats 15]

The 18 studies are synthetic: sizes from 25 to 1,900, a spread between them as that of table 1's groups, from a fixed
start. R metafor (`rma.glmm`, which fits with lme4) runs in the same run where R has it; the start of R is not counted.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from math import sqrt

import numpy as np

from benchmarks.frame import Taken, middle, record
from ntrkpath.evidence.bivariate import pool_accuracy
from ntrkpath.evidence.glmm import marginal, pool

STUDIES, BAR_MS = 18, 50


def studies() -> tuple[list[int], list[int]]:
    """Return the counts of the synthetic studies."""
    draw = np.random.default_rng(18)
    n = [int(v) for v in np.exp(draw.uniform(np.log(25), np.log(1900), STUDIES))]
    logit = draw.normal(-3.0, 0.9, STUDIES)
    return [int(v) for v in draw.binomial(n, 1 / (1 + np.exp(-logit)))], n


def warm(action: Callable[[], object], repeats: int) -> Taken:
    """Return the median of an action, after one run that is not counted."""
    action()
    return middle(action, repeats)


def one_pass(x: list[int], n: list[int]) -> Callable[[], object]:
    """Return one plain pass of the quadrature over the same studies and nodes, without looking for modes."""
    xs, ns = np.asarray(x, float), np.asarray(n, float)
    node, weight = np.polynomial.hermite.hermgauss(7)

    def run() -> object:
        eta = -3.0 + 0.9 * sqrt(2) * node[:, None]
        terms = xs * eta - ns * np.logaddexp(0, eta)
        return np.log((weight[:, None] * np.exp(terms - terms.max(axis=0))).sum(axis=0)).sum()

    return run


def metafor(x: list[int], n: list[int], repeats: int) -> tuple[Taken, float] | None:
    """Return what one `rma.glmm` takes and its pooled share; ``None`` where R or metafor is not installed."""
    if shutil.which("Rscript") is None:
        return None
    code = (
        f"suppressMessages(library(metafor)); x <- c({','.join(map(str, x))}); n <- c({','.join(map(str, n))});"
        "f <- rma.glmm(measure='PLO', xi=x, ni=n);"
        f"t <- system.time(for (i in 1:{repeats}) rma.glmm(measure='PLO', xi=x, ni=n));"
        "cat(t[['user.self']] + t[['sys.self']], t[['elapsed']], transf.ilogit(f$beta[1]))"
    )
    done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    processor, clock, share = map(float, done.stdout.split())
    return Taken(processor / repeats, clock / repeats), share


def main() -> int:
    """Measure and print; 1 where the bar is missed or R disagrees."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    x, n = studies()
    found = pool(x, n)
    ours = warm(lambda: pool(x, n), repeats)
    quadrature = warm(one_pass(x, n), 20 * repeats)
    objective = marginal(np.asarray(x, float), np.asarray(n, float))
    evaluation = warm(lambda: objective(-3.0, 0.9), 20 * repeats)
    both = warm(lambda: pool_accuracy([21, 58, 28], [7, 8, 1], [167, 60, 1], [3941, 257, 49]), max(3, repeats // 3))
    print(f"{STUDIES} studies, {sum(n)} tumours, pooled {100 * found.estimate:.4f} %, tau2 {found.tau2:.3f}")
    print(f"{'':<44}{'ms':>10}{'by the clock':>14}")
    for name, taken, said in (
        ("ntrkpath, model with intervals and tests", ours, f"bar {BAR_MS} ms"),
        ("one plain pass of the quadrature (numpy)", quadrature, f"{ours.beside(quadrature)} in it"),
        ("one likelihood with its modes", evaluation, f"{ours.beside(evaluation)} in it"),
        ("sensitivity and specificity, 3 studies", both, ""),
    ):
        print(f"{name:<44}{1000 * taken.processor:>10.4f}{1000 * taken.clock:>14.4f}  {said}")
    record("evidence.pool", 1000 * ours.processor, 1000 * ours.clock)
    peer = metafor(x, n, max(3, repeats // 5))
    agrees = True
    if peer is None:
        print("R metafor is not installed: no comparison")
    else:
        record("evidence.peer", *peer[0].over(ours))
        agrees = abs(peer[1] - found.estimate) < 1e-5
        print(f"{'R metafor, rma.glmm':<44}{1000 * peer[0].processor:>10.2f}  {peer[0].beside(ours)}")
        print(f"difference of the pooled shares: {100 * abs(peer[1] - found.estimate):.6f} percentage points")
    return 0 if 1000 * ours.processor <= BAR_MS and agrees else 1


if __name__ == "__main__":
    sys.exit(main())
