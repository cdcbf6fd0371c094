"""Properties R8 and R9: rows of another sample never count, and a caller's own word on a row limits its verdict."""

from __future__ import annotations

from itertools import combinations

from ntrkpath.guidance.edition import Edition
from ntrkpath.model.case import RnaMps
from ntrkpath.model.errors import CaseError
from ntrkpath.pathway.intake.files import chosen_sample, read_file
from ntrkpath.proof.reach import count_reachable
from ntrkpath.proof.report import Finding, PropertyCount
from ntrkpath.rules import Chain

_SAMPLES = ("P1", "P2", "P3")
#: A made-up list of fusions: two samples with an NTRK fusion, one with another fusion.
_TABLE = b"""sample\tgene5\tchr5\tpos5\tstrand5\tgene3\tchr3\tpos3\tstrand3\tassembly\tlevel
P1\tETV6\t12\t12022903\t+\tNTRK3\t15\t88483984\t-\tGRCh37\trna
P2\tTPM3\t1\t154170649\t-\tNTRK1\t1\t156874571\t+\tGRCh38\trna
P3\tEWSR1\t22\t29683123\t+\tFLI1\t11\t128675261\t+\tGRCh37\trna
"""
#: What a caller may say against its row, and the verdicts that it then excludes.
_LIMITS = {"rejected": {"productive", "likely_productive"}, "doubted": {"productive"}}


def prove_rows(edition: Edition) -> tuple[list[PropertyCount], list[Finding]]:
    """Prove R8 over every choice of sample, and R9 over every state of the fusion verdict."""
    counts, found = [], []
    for ident, text, (states, wrong) in (
        ("R8", "Rows of another sample never count.", _samples()),
        ("R9", "A row that its caller rejected is at most uncertain, one that it doubts at most likely productive.",
         _standing(edition)),
    ):  # fmt: skip
        counts.append(PropertyCount(ident, text, states, not wrong))
        found += [Finding("readout", ident, one) for one in wrong]
    return counts, found


def _samples() -> tuple[int, list[str]]:
    states, wrong = 0, []
    for size in range(len(_SAMPLES) + 1):
        for samples in combinations(_SAMPLES, size):
            for stated in (None, *_SAMPLES, "X9"):
                for case_id in (*_SAMPLES, "X9"):
                    states += 1
                    try:
                        chosen = chosen_sample(samples, stated, case_id, "made up")
                    except CaseError:
                        continue
                    right = chosen == (stated or case_id) or (stated is None and samples == (chosen,))
                    if not (right or not samples):
                        wrong.append(f"of {samples} {chosen} is read for sample {stated}, case {case_id}")
    for sample, events in (("P1", 1), ("P2", 1), ("P3", 0)):
        states += 1
        read = read_file(("made up.tsv", _TABLE), RnaMps(sample=sample), "case", ())
        if len(read.events) != events or any(event.sample != sample for event in read.events):
            wrong.append(f"{len(read.events)} events are read for sample {sample}")
    return states, wrong


def _standing(edition: Edition) -> tuple[int, list[str]]:
    chain = Chain(edition.fusion_facts, edition.fusion_tables.values())
    states, wrong = 0, []
    (verdict,) = chain.tables[-1].sets
    for standing, excluded in _LIMITS.items():
        reached = count_reachable(chain, {}, (verdict,), {"caller_standing": frozenset({standing})})
        states += sum(reached.values())
        wrong += [f"{standing} by its caller, yet {levels[0]}" for levels, _ in reached if levels[0] in excluded]
    return states, wrong
