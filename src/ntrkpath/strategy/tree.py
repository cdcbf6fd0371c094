"""The tree of tests that one cell of a population goes through: steps, work-ups, and where testing ends."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

#: Where testing ends. Only ``found`` reports a fusion; ``unresolved`` ends without an answer that can be relied on.
ENDS = {
    "found": "a fusion is reported",
    "excluded": "testing ends without a fusion",
    "unresolved": "testing ends without a reliable answer",
    "not_tested": "no NTRK test",
    "undecided": "a missing fact decides; no NTRK test",
}
#: The outcomes of a test, in the order in which their numbers are stored.
OUTCOMES = ("positive", "negative", "failed")


class End(msgspec.Struct, frozen=True):
    """Testing ends here; ``rule`` is the row of the guidance that ends it, where it has one."""

    kind: str
    rule: str = ""


class Workup(msgspec.Struct, frozen=True):
    """Something else is settled first: canonical alterations, ALK and ROS1, extent; ``costs`` names its entry."""

    name: str
    costs: str
    next: Tree
    rule: str = ""


class Step(msgspec.Struct, frozen=True):
    """One test; ``attempt`` counts from 1 and rises when a failed test is repeated."""

    test: str
    positive: Tree
    negative: Tree
    failed: Tree
    attempt: int = 1
    rule: str = ""

    def after(self, outcome: str) -> Tree:
        """Return what follows one of ``OUTCOMES``."""
        return self.positive if outcome == "positive" else self.negative if outcome == "negative" else self.failed


Tree = End | Workup | Step


def steps(tree: Tree) -> Iterator[Step | Workup]:
    """Return every step and work-up of a tree."""
    if isinstance(tree, Workup):
        yield tree
        yield from steps(tree.next)
    elif isinstance(tree, Step):
        yield tree
        for outcome in OUTCOMES:
            yield from steps(tree.after(outcome))


def lines(tree: Tree, names: dict[str, str], indent: str = "") -> Iterator[str]:
    """Return the tree as indented lines of text; ``names`` gives the words for tests."""
    rule = f"  ({tree.rule})" if tree.rule else ""
    if isinstance(tree, End):
        yield f"{indent}{ENDS[tree.kind]}{rule}"
    elif isinstance(tree, Workup):
        yield f"{indent}{names.get(tree.name, tree.name)}{rule}"
        yield from lines(tree.next, names, indent)
    else:
        again = " again" if tree.attempt > 1 else ""
        yield f"{indent}{names.get(tree.test, tree.test)}{again}{rule}"
        for outcome in OUTCOMES:
            below = tree.after(outcome)
            if isinstance(below, End):
                end = next(lines(below, names))
                yield f"{indent}  {outcome}: {end}"
            else:
                yield f"{indent}  {outcome}:"
                yield from lines(below, names, indent + "    ")
