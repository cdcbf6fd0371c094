"""A test, a line of therapy or an alteration in one phrase: ``40 % diffuse``, ``TPM3::NTRK1 in frame``.

Every word of a phrase is understood or refused; nothing is passed over but words that say nothing (``staining``). What
comes out is plain data in the words of the keys, which the loader checks like any other case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

from ntrkpath.cases.dates import read_date
from ntrkpath.cases.values import PROTEIN, read_value
from ntrkpath.model.case_keys import LISTED, METHODS, PARTS, Key, keys_of
from ntrkpath.model.errors import CaseError
from ntrkpath.vocabulary.case_words import fold
from ntrkpath.vocabulary.cleaning import clean
from ntrkpath.vocabulary.fusion_text import read_fusion
from ntrkpath.vocabulary.genes import read_gene, read_genes
from ntrkpath.vocabulary.methods import methods
from ntrkpath.vocabulary.names import word_list

_PARTS = re.compile(r"\s*[;\n]\s*|\s*,\s+")
_NAMED = re.compile(r"([A-Za-z][\w ]*?)\s*[=:](?!:)\s*(\S.*)", re.DOTALL)
_PERCENT = re.compile(
    r"(?:[<>\u2264\u2265~\u2248]\s*|about\s+|ca\.?\s*)?\d[\d.,]*(?:\s*%?\s*(?:-|\u2013|to)\s*\d[\d.,]*)?"
    r"\s*(?:%|percent\b|per cent\b)", re.IGNORECASE,
)  # fmt: skip
_CELLS = re.compile(r"(\d+)\s*(?:/|of|out of)\s*(\d+)(?:\s+(?:cells|nuclei))?", re.IGNORECASE)
#: Words that are written as symbols are: a word of a language is none (``not`` is an older name of NR4A2).
_SYMBOLS = re.compile(r"(?:(?=\S*[A-Z0-9])\S+\s*)+")


class _Words(NamedTuple):
    """The words of `knowledge/names/phrases.yaml`, folded."""

    says_nothing: frozenset[str]
    keys: dict[str, str]
    progression: dict[str, bool]
    dates: dict[str, str]


@cache
def _words() -> _Words:
    listed = word_list("phrases")

    def standing_for(name: str) -> dict[str, str]:
        return {fold(word): key for key, words in listed[name].items() for word in words}

    progression = {word: stands == "progressed" for word, stands in standing_for("progression").items()}
    nothing = frozenset(map(fold, listed["says_nothing"]))
    return _Words(nothing, standing_for("keys"), progression, standing_for("dates"))


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
    for part in _PARTS.split(clean(text)):
        rest = part.strip(" ,")
        while rest:
            rest = test.take(rest).strip(" ,")
    if not test.found:
        raise CaseError("nothing is said of the test", allowed=_examples(method), remedy="leave out a test not done")
    return {"method": method, **test.found}


class _Test:
    """The keys of one test as they are gathered from a phrase."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.keys = keys_of(METHODS[method])
        self.found: dict[str, Any] = {}

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
        for piece, rest in _starts(text):
            if self._behind_its_key(piece) or self._by_itself(piece):
                return rest
        first, _, rest = text.partition(" ")
        if fold(first) in _words().says_nothing:
            return rest
        raise self._not_understood(text)

    def _key(self, name: str) -> Key | None:
        folded = fold(name)
        return self.keys.get(folded.replace(" ", "_")) or self.keys.get(_words().keys.get(folded, ""))

    def _behind_its_key(self, piece: str) -> bool:
        """Whether a piece is the name of a key and its value: ``control adequate``, ``clone A7H6R``."""
        for name, value in _starts(piece):
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
        fitting = [key for key in self.keys.values() if key.kind == "choice" and _reads(key, piece)]
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
        if not _reads(keys_of(LISTED["fusions"])["frame"], piece):
            return False
        stated[-1] += f", {piece}"
        return True

    def _fusion(self, piece: str) -> bool:
        return read_fusion(piece).problem is None and self._add("fusions", piece)

    def _target(self, piece: str) -> bool:
        return read_fusion(piece).problem is None and self._add("targets", piece)

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
        if not _reads(key, value):
            return False
        self._set(key, value)
        return True

    def _set(self, key: Key, value: str) -> None:
        given = value.replace(" and ", " ").replace(",", " ").split() if key.kind == "genes" else value
        self._put(key.name, read_value(key, given))

    def _put(self, name: str, value: Any) -> None:
        _once(self.found, name, value)

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


def _once(found: dict[str, Any], name: str, value: Any) -> None:
    """State a key, which may be stated again only as it stands."""
    if found.get(name, value) != value:
        raise CaseError("stated twice", value=f"{name} {value}", remedy="state it once")
    found[name] = value


def _examples(method: str) -> str:
    return next(f"as {example}" for of, _, example in TESTS.values() if of == method)


def _starts(text: str) -> Iterator[tuple[str, str]]:
    """Yield a text cut after each of its words, the longest start first: the start and the rest."""
    ends = [match.start() for match in re.finditer(r"\s+|$", text)]
    for end in reversed(ends):
        if start := text[:end].rstrip(" ,"):
            yield start, text[end:].strip()


def _reads(key: Key, value: str) -> bool:
    try:
        given = value.replace(" and ", " ").replace(",", " ").split() if key.kind == "genes" else value
        read_value(key, given)
    except CaseError:
        return False
    return True


def read_therapy(text: str) -> dict[str, Any]:
    """Return one line of therapy from a phrase: ``larotrectinib since 2024-02-01, progressed``.

    Raises:
        CaseError: A word is not understood, or no drug is named.
    """
    keys = keys_of(LISTED["therapy"])
    line: dict[str, Any] = {}
    drug: list[str] = []
    for part in _PARTS.split(clean(text)):
        rest = part
        while rest:
            rest = _of_therapy(rest, line, keys, drug)
    if not drug:
        raise CaseError(
            "no drug is named", value=text[:60], remedy="begin with the drug, as 'larotrectinib, progressed'"
        )
    return {"drug": " ".join(drug), **line}


def _of_therapy(text: str, line: dict[str, Any], keys: dict[str, Key], drug: list[str]) -> str:
    words = _words()
    for piece, rest in _starts(text):
        word, _, date = piece.partition(" ")
        if fold(piece) in words.progression:
            _once(line, "progression", words.progression[fold(piece)])
        elif _reads(keys["best_response"], piece):
            _once(line, "best_response", read_value(keys["best_response"], piece))
        elif (end := words.dates.get(fold(word))) and (day := read_date(date)):
            _once(line, end, day)
        else:
            continue
        return rest
    if line:
        raise CaseError(
            "not understood", value=text[:60],
            allowed="progressed, ongoing, a response, since DATE, until DATE", remedy="say it in other words",
        )  # fmt: skip
    word, _, rest = text.partition(" ")
    drug.append(word)
    return rest


def read_alteration(text: str) -> dict[str, Any]:
    """Return an alteration from a phrase of gene, kind and status: ``MDM2 amplification present``.

    Raises:
        CaseError: It is not these three.
    """
    keys = keys_of(LISTED["alterations"])
    words = clean(text).split()
    for cut in range(1, len(words) - 1):
        for end in range(cut + 1, len(words)):
            given = {"gene": words[:cut], "kind": words[cut:end], "status": words[end:]}
            if all(_reads(keys[name], " ".join(part)) for name, part in given.items() if name != "gene"):
                return {name: read_value(keys[name], " ".join(part)) for name, part in given.items()}
    raise CaseError(
        "not an alteration", value=text[:60], allowed="gene, kind and status, as 'KIT mutation absent'",
        remedy="say whether it is present or absent: an alteration that is not stated is unknown",
    )  # fmt: skip


def _no_key(path: str) -> CaseError:
    """Say that a path is none, and where a key of its name stands."""
    last = path.rpartition(".")[2]
    near = [f"{part}.{last}" for part, keys in PARTS.items() if last in keys_of(keys)]
    remedy = f"did you mean {' or '.join(near)}?" if near else "write the part and the key, as disease.extent"
    return CaseError("no key of a case", value=path, allowed="patient.*, diagnosis.*, disease.*", remedy=remedy)


def described(
    histology: str | None = None,
    said: Mapping[str, Any] | None = None,
    tests: Mapping[str, Sequence[str]] | None = None,
    found: Sequence[str] = (),
    therapy: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a case as plain data from its words.

    Args:
        histology: The diagnosis.
        said: Value by path, as ``disease.extent`` or ``diagnosis.immunoprofile.S100``.
        tests: Phrases by option: ``ihc``, ``fish``, ``rt_pcr``, ``rna``, ``dna``.
        found: Phrases of alterations.
        therapy: Phrases of drugs that were given; ``none``: none was.

    Raises:
        CaseError: A phrase is not understood, or a path is none. All of them at once.
    """
    errors: list[CaseError] = []
    case: dict[str, Any] = {"diagnosis": {"histology": histology}} if histology is not None else {}
    for path, value in (said or {}).items():
        part, _, key = path.partition(".")
        if part not in PARTS or not key:
            errors.append(_no_key(path))
            continue
        inside = case.setdefault(part, {})
        *above, last = key.split(".", 1)  # the name of a marker may hold a dot
        for name in above:
            inside = inside.setdefault(name, {})
        inside[last] = value

    def each(name: str, phrases: Sequence[str], read: Callable[[str], dict[str, Any]]) -> list[dict[str, Any]]:
        listed = []
        for phrase in phrases:
            try:
                listed.append(read(phrase))
            except CaseError as error:
                errors.append(error)
                error.at(name)
        return listed

    listed = [
        test
        for option, phrases in (tests or {}).items()
        for test in each(f"--{option.replace('_', '-')}", phrases, partial(read_test, TESTS[option][0]))
    ]
    if listed:
        case["tests"] = listed
    if found:
        case["alterations"] = each("--found", found, read_alteration)
    if therapy:
        case["therapy"] = [] if list(therapy) == ["none"] else each("--therapy", therapy, read_therapy)
    if errors:
        raise CaseError.of(errors)
    return case
