"""A case in phrases: the tests, the lines of therapy and the alterations of a case, each in one phrase.

What comes out is plain data in the words of the keys, which the loader checks like any other case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ntrkpath.cases.dates import read_date
from ntrkpath.cases.phrase_of_a_test import TESTS, read_test
from ntrkpath.cases.phrase_pieces import PHRASE_PARTS, once, phrase_words, plain, reads, starts
from ntrkpath.cases.values import read_value
from ntrkpath.model.case_keys import LISTED, Key, keys_of
from ntrkpath.model.case_keys import PARTS as CASE_PARTS
from ntrkpath.model.errors import CaseError
from ntrkpath.vocabulary.case_words import fold

#: Words of an alteration in a phrase; one of more is none.
_WORDS = 16


def read_therapy(text: str) -> dict[str, Any]:
    """Return one line of therapy from a phrase: ``larotrectinib since 2024-02-01, progressed``.

    Raises:
        CaseError: A word is not understood, or no drug is named.
    """
    keys = keys_of(LISTED["therapy"])
    line: dict[str, Any] = {}
    drug: list[str] = []
    for part in PHRASE_PARTS.split(plain(text)):
        rest = part
        while rest:
            rest = _of_therapy(rest, line, keys, drug)
    if not drug:
        raise CaseError(
            "no drug is named", value=text[:60], remedy="begin with the drug, as 'larotrectinib, progressed'"
        )
    return {"drug": " ".join(drug), **line}


def _of_therapy(text: str, line: dict[str, Any], keys: dict[str, Key], drug: list[str]) -> str:
    words = phrase_words()
    for piece, rest in starts(text):
        word, _, date = piece.partition(" ")
        if fold(piece) in words.progression:
            if (progressed := words.progression[fold(piece)]) is not None:
                once(line, "progression", progressed)
        elif reads(keys["best_response"], piece):
            once(line, "best_response", read_value(keys["best_response"], piece))
        elif (end := words.dates.get(fold(word))) and (day := read_date(date)):
            once(line, end, day)
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
    words = plain(text).split()
    if len(words) > _WORDS:
        words = []
    for cut in range(1, len(words) - 1):
        for end in range(cut + 1, len(words)):
            if not phrase_words().joins.isdisjoint(map(fold, words[:cut])):
                break
            given = {"gene": words[:cut], "kind": words[cut:end], "status": words[end:]}
            if all(reads(keys[name], " ".join(part)) for name, part in given.items() if name != "gene"):
                return {name: read_value(keys[name], " ".join(part)) for name, part in given.items()}
    raise CaseError(
        "not an alteration", value=text[:60], allowed="gene, kind and status, as 'KIT mutation absent'",
        remedy="one alteration at a time, present or absent: one that is not stated is unknown",
    )  # fmt: skip


def _no_key(path: str) -> CaseError:
    """Say that a path is none, and where a key of its name stands."""
    last = path.rpartition(".")[2]
    near = [f"{part}.{last}" for part, keys in CASE_PARTS.items() if last in keys_of(keys)]
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
        if part not in CASE_PARTS or not key:
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
        none = [fold(line) == "none" for line in therapy]
        if any(none) and not all(none):
            errors.append(CaseError("none stands beside a drug", where="--therapy", remedy="leave out 'none'"))
        case["therapy"] = [] if any(none) else each("--therapy", therapy, read_therapy)
    if errors:
        raise CaseError.of(errors)
    return case
