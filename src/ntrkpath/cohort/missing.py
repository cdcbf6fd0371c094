"""What is still missing in each case of a cohort, by the same explorer that a single case uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ntrkpath.cohort.derive import REMEMBERED, Open
from ntrkpath.pathway import Pathway

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class MissingFacts:
    """Finds the unknown facts that could change the actions; each distinct state is worked out once.

    Args:
        pathway: Works out one case.
        facts: The case facts, in the order of the codes.
    """

    def __init__(self, pathway: Pathway, facts: Sequence[str]) -> None:
        self.pathway, self.facts = pathway, tuple(facts)
        self._levels = [pathway.edition.facts[fact].levels for fact in self.facts]
        relevant = set(pathway.unknowns.explorer.order)
        self._read = [i for i, fact in enumerate(self.facts) if fact in relevant]
        self._known: dict[tuple[bytes, tuple[Open, ...]], str] = {}

    def texts(
        self, codes: NDArray[np.uint8], opens: NDArray[np.int32], known: Sequence[Open], used: Sequence[bool]
    ) -> list[str]:
        """Return the missing facts of each state, separated by spaces, in the order in which one case tells them.

        Args:
            codes: Level codes, shape (facts, states).
            opens: What each state leaves open beside, as indices into ``known``, shape (methods, states).
            used: Whether a state is that of any row; nothing is said of the others.
        """
        import numpy as np

        width = len(self._read)
        states = np.ascontiguousarray(codes[self._read].T).tobytes()
        rows = codes.shape[1]
        beside = [tuple(i for i in c if i) for c in opens.T.tolist()] if opens.any() else [()] * rows
        found: list[str] = []
        here: dict[tuple[bytes, tuple[int, ...]], str] = {}
        for row in range(rows):
            if not used[row]:
                found.append("")
                continue
            key = (states[row * width : (row + 1) * width], beside[row])
            text = here.get(key)
            if text is None:
                text = here[key] = self._text(codes[:, row].tolist(), key[0], [known[i] for i in beside[row]])
            found.append(text)
        return found

    def _text(self, codes: list[int], state: bytes, opens: Sequence[Open]) -> str:
        if not opens and (known := self._known.get((state, ()))) is not None:
            return known
        levels = {fact: names[code] for fact, names, code in zip(self.facts, self._levels, codes, strict=True)}
        choices = [levels, *({**levels, **choice} for o in opens for choice in o.choices)]
        frames: dict[str, frozenset[str]] = {}
        for one in opens:
            frames |= one.frames
        decided = [dict(self.pathway.chain.decide(levels).levels), *choices[1:]]  # what decides is asked of the tables
        text = " ".join(missing.fact for missing in self.pathway.unknowns.missing(decided, _ordered(frames)))
        if not opens:
            if len(self._known) > REMEMBERED:
                self._known.clear()
            self._known[state, ()] = text
        return text


def _ordered(frames: Mapping[str, frozenset[str]]) -> Mapping[str, frozenset[str]]:
    return dict(sorted(frames.items()))
