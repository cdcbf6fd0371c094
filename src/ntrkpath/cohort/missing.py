"""What is still missing in each case of a cohort, by the same explorer that a single case uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ntrkpath.cohort.derive import REMEMBERED, Open
from ntrkpath.pathway import Pathway

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The codes of the facts that can matter, and the numbers of what is left open beside them.
_State = tuple[bytes, tuple[int, ...]]


class MissingFacts:
    """Finds the unknown facts that could change the actions; each distinct state is worked out once.

    Args:
        pathway: Works out one case.
        facts: The case facts, in the order of the codes.
    """

    def __init__(self, pathway: Pathway, facts: Sequence[str]) -> None:
        self.unknowns, self._derived = pathway.unknowns, tuple(sorted(pathway.chain.derived))
        self._levels = {fact: pathway.edition.facts[fact].levels for fact in (*facts, *self._derived)}
        relevant = set(self.unknowns.explorer.order)
        self._read = [i for i, fact in enumerate(facts) if fact in relevant]
        self._known: dict[_State, str] = {}

    def texts(
        self,
        codes: NDArray[np.uint8],
        set_by_tables: Mapping[str, NDArray[np.uint8]],
        opens: NDArray[np.int32],
        known: Sequence[Open],
        used: Sequence[bool],
    ) -> list[str]:
        """Return the missing facts of each state, separated by spaces, in the order in which one case tells them.

        Args:
            codes: Level codes, shape (facts, states).
            set_by_tables: The codes of every fact that a table sets, shape (states,).
            opens: What each state leaves open beside, as indices into ``known``, shape (methods, states).
            used: Whether a state is that of any row; nothing is said of the others.
        """
        import numpy as np

        if len(self._known) > REMEMBERED:
            self._known.clear()
        width = len(self._read)
        states = np.ascontiguousarray(codes[self._read].T).tobytes()
        rows = codes.shape[1]
        beside = [tuple(i for i in c if i) for c in opens.T.tolist()] if opens.any() else [()] * rows
        every = np.vstack([codes, *(set_by_tables[fact] for fact in self._derived)])
        found: list[str] = []
        here: dict[_State, str] = {}  # what is left open has other numbers in another batch
        for row in range(rows):
            if not used[row]:
                found.append("")
                continue
            state = (states[row * width : (row + 1) * width], beside[row])
            memory = here if beside[row] else self._known
            text = memory.get(state)
            if text is None:
                text = memory[state] = self._text(every[:, row].tolist(), [known[i] for i in beside[row]])
            found.append(text)
        return found

    def _text(self, codes: list[int], opens: Sequence[Open]) -> str:
        levels = {fact: names[code] for (fact, names), code in zip(self._levels.items(), codes, strict=True)}
        choices = [levels, *({**levels, **choice} for one in opens for choice in one.choices)]
        frames = {fact: may_be for one in opens for fact, may_be in one.frames.items()}
        return " ".join(missing.fact for missing in self.unknowns.missing(choices, dict(sorted(frames.items()))))
