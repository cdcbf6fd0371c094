"""A test in one phrase: ``40 % diffuse``, ``TPM3::NTRK1 in frame``, ``NTRK3 40 of 100 cells split``.

Every word of a phrase is understood or refused; nothing is passed over but words that say nothing (``staining``).
"""

from __future__ import annotations

import re
from typing import Any

from ntrkpath.cases.dates import read_date
from ntrkpath.cases.phrase_pieces import PHRASE_PARTS, once, phrase_words, plain, reads, runs, starts
from ntrkpath.cases.values import PROTEIN, read_value
from ntrkpath.model.case_keys import LISTED, METHODS, Key, keys_of
from ntrkpath.model.errors import CaseError
from ntrkpath.vocabulary.case_words import fold
from ntrkpath.vocabulary.fusion_text import read_fusion
from ntrkpath.vocabulary.genes import read_gene, read_genes
from ntrkpath.vocabulary.methods import methods

#: Words of the longest result.
_RESULT = 6
_NAMED = re.compile(r"([A-Za-z][\w ]*?)\s*[=:](?!:)\s*(\S.*)", re.DOTALL)
_PERCENT = re.compile(
    r"(?:[<>\u2264\u2265~\u2248]\s*|about\s+|ca\.?\s*)?\d[\d.,]*(?:\s*%?\s*(?:-|\u2013|to)\s*\d[\d.,]*)?"
    r"\s*(?:%|percent\b|per cent\b)", re.IGNORECASE,
)  # fmt: skip
_CELLS = re.compile(r"(\d+)\s*(?:/|of|out of)\s*(\d+)(?:\s+(?:cells|nuclei))?", re.IGNORECASE)
#: Words that are written as symbols are: a word of a language is none (``not`` is an older name of NR4A2).
_SYMBOLS = re.compile(r"(?:(?=\S*[A-Z0-9])\S+\s*)+")
#: Keys of a test under which findings are listed, and results beside which none can stand.
_FINDINGS = ("fusions", "mutations", "amplifications")
_NOTHING_FOUND = ("negative", "failed", "not_interpretable", "unknown")
#: Each test by the name of its option: its method, what it is called, and an example of a phrase.
TESTS = {method.facts: (method.id, method.name, method.example) for method in methods().values()}


def read_test(method: str, text: str) -> dict[str, Any]:
    """Return one test from a phrase: its method, and the keys that the phrase states.

    Args:
        method: ``pan_trk_ihc``, ``fish``, ``rt_pcr``, ``rna_mps`` or ``dna_mps``.

    Raises:
        CaseError: A word is not understood, may mean two keys, or a key is stated twice.
    """
    test = _Test(method)
    for part in PHRASE_PARTS.split(plain(text)):
        rest = part.strip(" ,")
        while rest:
            rest = test.take(rest).strip(" ,")
    test.check()
    return {"method": method, **test.found}


class _Test:
    """The keys of one test as they are gathered from a phrase."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.keys = keys_of(METHODS[method])
        self.found: dict[str, Any] = {}
        self.taken: set[str] = set()

    def check(self) -> None:
        """Check that a result is said, and that none denies what stands beside it.

        Raises:
            CaseError: Nothing is said of the test; a word asks for a call that is missing; a finding stands beside a
                result by which nothing was found.
        """
        if not self.found:
            allowed = _examples(self.method)
            raise CaseError("nothing is said of the test", allowed=allowed, remedy="leave out a test not done")
        asking = self.taken & phrase_words().needs_a_call
        if asking and not self.found.keys() & {"result", "cells_split"}:
            raise CaseError(
                "says no result", value=" ".join(sorted(asking)), allowed="positive, negative, or cells",
                remedy="write the call, or the cells, as '40 of 100 cells split'",
            )  # fmt: skip
        result = self.found.get("result")
        beside = next((name for name in _FINDINGS if self.found.get(name)), None)
        if beside and result in _NOTHING_FOUND:
            raise CaseError(
                f"a result that found nothing stands beside {beside}",
                value=f"{result}; {self.found[beside][0]}",
                remedy="leave out what was not found; a driver that was looked for stands apart: 'ALK fusion absent'",
            )  # fmt: skip

    def take(self, text: str) -> str:
        """Take the longest piece at the start of a text that is understood, and return the rest."""
        if (named := _NAMED.fullmatch(text)) and (key := self._key(named[1])):
            self._set(key, named[2])
            return ""
        if "percent" in self.keys and (share := _PERCENT.match(text)):
            self._set(self.keys["percent"], share[0])
            return text[share.end() :]
        if "cells_split" in self.keys and (cells := _CELLS.match(text)):
            self._set(self.keys["cells_split"], cells[1])
            self._set(self.keys["cells_counted"], cells[2])
            return text[cells.end() :]
        for piece, rest in starts(text):
            if self._behind_its_key(piece) or self._by_itself(piece):
                self.taken.add(fold(piece))
                return rest
        first, _, rest = text.partition(" ")
        if fold(first) in phrase_words().says_nothing:
            self.taken.add(fold(first))
            return rest
        raise self._not_understood(text)

    def _key(self, name: str) -> Key | None:
        folded = fold(name)
        return self.keys.get(folded.replace(" ", "_")) or self.keys.get(phrase_words().keys.get(folded, ""))

    def _behind_its_key(self, piece: str) -> bool:
        """Whether a piece is the name of a key and its value: ``control adequate``, ``clone A7H6R``."""
        for name, value in starts(piece):
            if value and (key := self._key(name)) is not None and not (key.kind == "text" and " " in value):
                return self._may_set(key, value)
        return False

    def _by_itself(self, piece: str) -> bool:
        """Whether a piece is the value of one key alone: a level, a date, a gene, a fusion, a mutation."""
        return (
            self._level(piece)
            or self._date(piece)
            or ("fusions" in self.keys and (self._mutation(piece) or self._frame(piece) or self._fusion(piece)))
            or ("targets" in self.keys and self._target(piece))
            or ("probe" in self.keys and self._probed(piece))
        )

    def _level(self, piece: str) -> bool:
        """Take a level of one key; where it may be one of several keys, the result wins."""
        fitting = [key for key in self.keys.values() if key.kind == "choice" and reads(key, piece)]
        if len(fitting) > 1:
            results = [key for key in fitting if key.name == "result"]
            if not results:
                names = " or ".join(f"{key.name.replace('_', ' ')} {piece}" for key in fitting)
                raise CaseError("may mean two things", value=piece, allowed=names, remedy=f"write {names}")
            fitting = results
        for key in fitting:
            self._set(key, piece)
        return bool(fitting)

    def _date(self, piece: str) -> bool:
        date = read_date(piece)
        if date:
            self._put("date", date)
        return bool(date)

    def _mutation(self, piece: str) -> bool:
        gene, _, change = piece.rpartition(" ")
        return bool(gene and PROTEIN.fullmatch(change) and read_gene(gene).known) and self._add("mutations", piece)

    def _frame(self, piece: str) -> bool:
        """Take a reading frame, which belongs to the fusion stated before it."""
        stated = self.found.get("fusions")
        if not stated or read_fusion(stated[-1]).frame is not None:
            return False
        if not reads(keys_of(LISTED["fusions"])["frame"], piece):
            return False
        stated[-1] += f", {piece}"
        return True

    def _fusion(self, piece: str) -> bool:
        return self._pair(piece) and self._add("fusions", piece)

    def _target(self, piece: str) -> bool:
        return self._pair(piece) and self._add("targets", piece)

    def _pair(self, piece: str) -> bool:
        """Whether a piece names a fusion and says nothing of a result, which is a piece of its own."""
        if not re.search(r"[A-Z0-9]|::", piece):
            return False  # a word of a language is no symbol
        if read_fusion(piece).problem is not None:
            return False
        return not any(reads(self.keys["result"], part) for part in runs(piece.split(), _RESULT))

    def _probed(self, piece: str) -> bool:
        """Take the genes of a probe."""
        if not _SYMBOLS.fullmatch(piece):
            return False
        genes = [gene.symbol for gene in read_genes(piece)]
        if not all(genes):
            return False
        stated = self.found.get("gene", [])
        named = [*([stated] if isinstance(stated, str) else stated), *map(str, genes)]
        self.found["gene"] = named[0] if len(named) == 1 else named
        return True

    def _add(self, name: str, piece: str) -> bool:
        self.found.setdefault(name, []).append(piece)
        return True

    def _may_set(self, key: Key, value: str) -> bool:
        if not reads(key, value):
            return False
        self._set(key, value)
        return True

    def _set(self, key: Key, value: str) -> None:
        given = value.replace(" and ", " ").replace(",", " ").split() if key.kind == "genes" else value
        self._put(key.name, read_value(key, given))

    def _put(self, name: str, value: Any) -> None:
        once(self.found, name, value)

    def _not_understood(self, text: str) -> CaseError:
        from difflib import get_close_matches

        words = text.split()
        pair = next((found for word in words if "::" in word and (found := read_fusion(word)).problem), None)
        if pair is not None:
            near = ", ".join(pair.nearest)
            allowed = f"nearest: {near}" if near else "two symbols, as ETV6::NTRK3"
            return CaseError(str(pair.problem), value=pair.text[:80], allowed=allowed, remedy="write the two symbols")
        named = ", ".join(name for name, key in self.keys.items() if key.kind not in ("part", "parts"))
        levels = {level.replace("_", " ") for key in self.keys.values() for level in key.levels}
        meant = get_close_matches(words[0].casefold(), sorted(levels), n=1, cutoff=0.75)
        return CaseError(
            "not understood", value=" ".join(words[:4]), allowed=_examples(self.method),
            remedy=f"did you mean {meant[0]!r}?" if meant else f"say it in other words, or as KEY=VALUE: {named}",
        )  # fmt: skip


def _examples(method: str) -> str:
    return next(f"as {example}" for of, _, example in TESTS.values() if of == method)
