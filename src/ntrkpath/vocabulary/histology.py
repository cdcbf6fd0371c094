"""Histologies of the guidance, and the resolver from a name, synonym, OncoTree or ICD-O-3 code to one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ntrkpath.model.errors import GuidanceError
from ntrkpath.vocabulary.cleaning import clean
from ntrkpath.vocabulary.entries import Histology, Marker, histology_of
from ntrkpath.vocabulary.names import word_list
from ntrkpath.vocabulary.spelling import american, key_of, stage_of, words

if TYPE_CHECKING:
    from ntrkpath.vocabulary.stated import Grammar, Stated

__all__ = ["Histology", "HistologyVocabulary", "Marker", "Resolution"]

How = Literal["oncotree", "name", "synonym", "icdo3", "fuzzy", "none"]

_ICDO3 = re.compile(r"(?:m[- ]?)?(\d{4})\s?/?\s?(\d)", re.IGNORECASE)
# A misspelt word is still recognised from this length and likeness (percent); shorter words and numbers must be exact,
# since genes and abbreviations differ by a letter (NTRK, RET; MFS, MFH).
_MISSPELT_LENGTH = 6
_MISSPELT_LIKENESS = 80.0
_FUZZY_SCORE = 88.0
_FUZZY_LENGTH = 8
_CONTAINED_SHARE = 0.6
_CANDIDATES = 5
_REMEMBERED = 65_536
_SHORT = 3

# Words that turn a diagnosis into its opposite or into a doubt: such a text is never resolved by likeness.
_DOUBT = frozenset((
    "not", "no", "non", "without", "exclude", "excluded", "excluding", "versus", "vs", "v", "or", "differential",
    "rule", "possible", "probable", "favor",
))  # fmt: skip
# "Synovial sarcoma-like" names a resemblance: the name counts only where it stands apart from these words.
_RESEMBLING = frozenset({"like", "mimic", "mimicking", "resembling"})
# Words that tell two entities apart: never a misspelling of one another, never left over beside a contained name. Age
# is among them, since a fibrosarcoma of an infant is another disease than that of an adult.
_CONTRAST = frozenset((
    "differentiated", "undifferentiated", "dedifferentiated", "benign", "malignant", "extraskeletal", "extraosseous",
    "infant", "infantile", "infancy", "congenital", "neonatal", "newborn", "child", "childhood", "pediatric",
    "juvenile",
))  # fmt: skip
# Grade and place beside a name of one word ("high-grade leiomyosarcoma of the left thigh"); "low" names entities.
_BESIDE = frozenset((
    "high", "grade", "g1", "g2", "g3", "1", "2", "3", "i", "ii", "iii", "left", "right", "upper", "lower", "anterior",
    "posterior", "deep", "extremity", "limb", "trunk", "thigh", "leg", "calf", "knee", "foot", "ankle", "arm",
    "forearm", "elbow", "hand", "wrist", "shoulder", "buttock", "gluteal", "groin", "chest", "wall", "back", "neck",
    "head", "pelvic", "abdominal", "retroperitoneal", "femur", "tibia", "fibula", "humerus", "radius", "ulna", "rib",
    "soft", "tissue",
))  # fmt: skip

#: A name with another one in brackets behind it.
_BRACKETS = re.compile(r"(.+?)\s*\(([^()]+)\)")
#: A statement of an NTRK fusion within a name: ``ETV6-NTRK3 positive``, ``with NTRK1 rearrangement``.
_NTRK_STATED = re.compile(
    r"(?:\b(?:with|mit|avec|con) )?(?:\b[a-z0-9]+ ?(?:::|-|/) ?)?\bntrk[123]?[ -]?"
    r"(?:(?:gene )?(?:fusions?|rearrang\w*|fused|positive|fusion-positive|umlagerung|driven)[ -]?)*"
)
#: What a name that states an alteration holds: a word of state, a sign or a pair; a quick look before the grammar.
_STATING = re.compile(
    r"defici|mut|wild|loss|lost|rearr|fus|amplif|positiv|negativ|associat|alter|::|\+|quadrupl|translocat|itd|[a-z]\d{2,4}[a-z]\b"
    r"|[a-z]{2,}\d*-[a-z]{2,}\d+\b"
)


def _with_note(found: Resolution, note: str) -> Resolution:
    return msgspec.structs.replace(found, notes=(*found.notes, note))


class Resolution(msgspec.Struct, frozen=True):
    """What a text resolved to, and how.

    Attributes:
        text: The text as given.
        histology: The entity, or None.
        how: Which step found it; ``fuzzy`` must be shown to the reader, ``none`` means unresolved.
        score: Likeness in percent for ``fuzzy``, else None.
        candidates: Nearest names with likeness in percent, best first; empty for an exact answer.
        carries: Alterations that the name itself states of the tumour.
        notes: What a reader should know of the reading and of the entity; never of likeness.
        ambiguous: The text is an abbreviation of several diagnoses, the ``candidates``.
    """

    text: str
    histology: Histology | None
    how: How
    score: float | None = None
    candidates: tuple[tuple[str, float], ...] = ()
    carries: tuple[Stated, ...] = ()
    notes: tuple[str, ...] = ()
    ambiguous: bool = False


class HistologyVocabulary:
    """All histologies of one edition, and the way from free text to one of them.

    Args:
        entries: The entries of ``histologies.yaml``, one mapping each.
        lazy: Leave the names in every spelling, and with them the check that no name has two targets, until a text
            is none of the names as they are written; ``check`` does it at once.

    Raises:
        GuidanceError: An entry is malformed, an id or code occurs twice, or a name has two targets.
    """

    def __init__(self, entries: Iterable[Mapping[str, Any]], *, lazy: bool = False) -> None:
        self._by_id: dict[str, Histology] = {}
        self._exact: dict[str, tuple[Histology, How]] = {}
        self._keys: dict[str, tuple[Histology, How]] = {}
        self._joined: dict[str, tuple[Histology, How]] = {}
        self._codes: dict[str, Histology] = {}
        self._shown: dict[str, str] = {}
        self._remembered: dict[str, Resolution] = {}
        by_icdo3: dict[str, list[Histology]] = {}
        for entry in entries:
            histology = histology_of(entry)
            if histology.id in self._by_id:
                raise GuidanceError("two histologies share an id", where=histology.id, remedy="Give each its own id.")
            self._by_id[histology.id] = histology
            if histology.oncotree:
                self._codes[histology.oncotree.casefold()] = histology
            for code in histology.icdo3:
                by_icdo3.setdefault(code, []).append(histology)
        self._icdo3 = by_icdo3
        self._checked = False
        for histology, name, how in self._names():
            self._exact.setdefault(name.casefold(), (histology, how))
        if not lazy:
            self.check()

    def _names(self) -> Iterator[tuple[Histology, str, How]]:
        for histology in self._by_id.values():
            yield histology, histology.name, "name"
        for histology in self._by_id.values():
            for synonym in histology.synonyms:
                yield histology, synonym, "synonym"

    def check(self) -> None:
        """Index the names in every spelling.

        Raises:
            GuidanceError: A name, or a code, has two targets.
        """
        for histology, name, how in self._names():
            self._add(histology, name, how)
        for code, owner in self._codes.items():
            named = self._keys.get(key_of(words(code)))
            if named and named[0] is not owner:
                raise GuidanceError(
                    "an OncoTree code is also a name of another histology",
                    where=named[0].id,
                    value=code.upper(),
                    remedy=f"Drop the synonym: the code belongs to {owner.id}.",
                )
        self._checked = True

    def __iter__(self) -> Iterator[Histology]:
        """Iterate over all histologies in the order of the file."""
        return iter(self._by_id.values())

    def __len__(self) -> int:
        """Return the number of histologies."""
        return len(self._by_id)

    def get(self, id: str) -> Histology | None:
        """Return the histology with this id, or None.

        Args:
            id: An id as in the file, case-sensitive.
        """
        return self._by_id.get(id)

    def resolve(self, text: str) -> Resolution:
        """Find the histology that a text names: by name, synonym, OncoTree code, ICD-O-3 code, then likeness.

        Spelling, plural, punctuation, word order and "NOS" do not matter. An OncoTree code counts only when it is the
        whole text. A match by likeness is ``fuzzy``, with its score and the candidates; a text that holds a doubt or a
        negation ("versus", "not") is never matched so. An ICD-O-3 code shared by several entries resolves, to the entry
        with the shortest name, only where all of them mean the same to the guidance; else ``how`` is ``none`` and they
        are the candidates.

        Args:
            text: What the report, the registry or the user says.
        """
        found = self._remembered.get(text)
        if found is None:
            found = self._resolve(text)
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[text] = found
        return found

    def _resolve(self, text: str) -> Resolution:
        plain = clean(text).casefold()
        found = self._exactly(text, plain)
        if found is None and (meanings := word_list("abbreviations").get(plain.upper())):
            return Resolution(text, None, "none", None, tuple((name, 100.0) for name in meanings), ambiguous=True)
        if found is None:
            found = self._in_other_words(text, plain)
        if found is None:
            return self._by_likeness(text, plain, words(plain))
        return self._noted(found, plain)

    def _exactly(self, text: str, plain: str) -> Resolution | None:
        hit = self._exact.get(plain)
        if hit is None:
            if not self._checked:
                self.check()
            parts = words(plain)
            hit = self._keys.get(key_of(parts)) or self._joined.get("".join(parts))
        if hit is not None:
            return Resolution(text, hit[0], hit[1])
        if (coded := self._codes.get(plain)) is not None:
            return Resolution(text, coded, "oncotree")
        if match := _ICDO3.fullmatch(plain):
            return self._by_morphology(text, f"{match[1]}/{match[2]}")
        return None

    def _in_other_words(self, text: str, plain: str) -> Resolution | None:
        """Read a name with its abbreviation in brackets, in another language, or with the alterations it states."""
        if (named := _BRACKETS.fullmatch(plain)) and (outside := self._named(named[1], text)):
            inside = self._named(named[2], text)
            if inside is not None and inside.histology is outside.histology:
                return outside
        from ntrkpath.vocabulary.translation import in_english

        for english in in_english(plain):
            if (found := self._named(english, text)) is not None:
                return _with_note(found, f"read as {english!r}")
        if "ntrk" in plain and (found := self._without_ntrk(text, plain)) is not None:
            return found
        return self._with_alterations(text)

    def _with_alterations(self, text: str) -> Resolution | None:
        """Read a name that is an entity's and states alterations of its markers."""
        from ntrkpath.vocabulary.stated import carried
        from ntrkpath.vocabulary.translation import in_english

        stated = self.grammar.read(clean(text))
        if not stated.rest or not (stated.stated or stated.whole):
            return None
        rests = [stated.rest, *in_english(stated.rest)]
        for name in (*(name for rest in rests for name in stated._replace(rest=rest).names()), *rests):
            found = self._named(name, text)
            if found is not None and found.histology is not None:
                read = carried(stated, found.histology, text)
                if read is not None:
                    return msgspec.structs.replace(found, carries=read[0], notes=(*found.notes, *read[1]))
        return None

    def _without_ntrk(self, text: str, plain: str) -> Resolution | None:
        """Read a name that states an NTRK fusion: as an entity of that name, else without it; it is never a test."""
        whole = re.sub(r"ntrk[123]", "ntrk", plain)
        for name in dict.fromkeys((whole, _NTRK_STATED.sub(" ", plain))):
            if name.strip() != plain and (found := self._named(name, text)) is not None:
                return _with_note(found, "the name states an NTRK fusion, which is no test: state the test under tests")
        return None

    def _named(self, name: str, text: str) -> Resolution | None:
        found = self._exactly(text, name.strip())
        return found if found is not None and found.histology is not None else None

    def _noted(self, found: Resolution, plain: str) -> Resolution:
        """Return a resolution with what its name states and what a reader should know of it."""
        if found.histology is None:
            return found
        carries = found.carries
        notes = list(found.notes)
        if not carries and found.how in ("name", "synonym") and _STATING.search(american(plain)):
            from ntrkpath.vocabulary.stated import carried

            read = carried(self.grammar.read(found.text), found.histology, found.text)
            carries, more = read or ((), ())
            notes += [note for note in more if note not in notes]
        if (
            found.how == "oncotree"
            and len(plain) <= _SHORT
            and (others := word_list("abbreviations").get(plain.upper()))
        ):
            names = ", ".join(name for name in others if name != found.histology.name)
            notes.append(f"read as OncoTree's code of {found.histology.name}; as an abbreviation it also means {names}")
        notes += [f"the name states: {one.gene} {one.kind} {one.status}" for one in carries]
        if stage := stage_of(plain):
            notes.append(f"{stage!r} in the name is not read as the extent: state it under disease.extent")
        if found.histology.note:
            notes.append(found.histology.note)
        return msgspec.structs.replace(found, carries=carries, notes=tuple(notes))

    @cached_property
    def grammar(self) -> Grammar:
        """Reads the alterations that names state."""
        from ntrkpath.vocabulary.stated import Grammar

        return Grammar(self)

    def _by_morphology(self, text: str, code: str) -> Resolution:
        owners = sorted(self._icdo3.get(code, ()), key=lambda h: (len(h.name), h.id))
        if owners and len({owner.meaning for owner in owners}) == 1:
            return Resolution(text, owners[0], "icdo3")
        return Resolution(text, None, "none", None, tuple((owner.name, 100.0) for owner in owners))

    def _by_likeness(self, text: str, plain: str, parts: list[str]) -> Resolution:
        key = key_of(parts)
        if not key:
            return Resolution(text, None, "none")
        from rapidfuzz import fuzz, process

        near = process.extract(key, self._keys.keys(), scorer=fuzz.ratio, limit=25)
        candidates = self._candidates((name, score) for name, score, _ in near)
        if len(key) >= _FUZZY_LENGTH and not _DOUBT.intersection(parts):
            for found, score, _ in near:
                if score >= _FUZZY_SCORE and _misspelt(parts, found.split(), fuzz.ratio):
                    return Resolution(text, self._keys[found][0], "fuzzy", round(score, 1), candidates)
            within = self._contained(plain, parts)
            if within is not None:
                score = round(fuzz.ratio(key, within), 1)
                return Resolution(
                    text, self._keys[within][0], "fuzzy", score, self._candidates([(within, score)], candidates)
                )
        return Resolution(text, None, "none", None, candidates)

    def _contained(self, plain: str, parts: list[str]) -> str | None:
        """The one longest name in the text, where it is most of it, is beside grade and site only, or heads it."""
        present = frozenset(parts)
        begun = sorted(place for part in present for place in self._begun.get(part, ()))
        inside = [key for _, key in begun if present.issuperset(key.split())]
        longest = max((key.count(" ") for key in inside), default=-1)
        best = [key for key in inside if key.count(" ") == longest]
        if len({self._keys[key][0].meaning for key in best}) != 1:
            return None
        rest = present.difference(best[0].split())
        if not rest.isdisjoint(_CONTRAST):
            return None
        head = key_of(words(re.split(r"[(,;\[]", plain, maxsplit=1)[0]))
        if head in best:
            return head
        most = rest <= _BESIDE or (longest >= 1 and (longest + 1) / len(present) >= _CONTAINED_SHARE)
        return min(best) if most and rest.isdisjoint(_RESEMBLING) else None

    @cached_property
    def _begun(self) -> dict[str, list[tuple[int, str]]]:
        """Every name by its first word, with its place among the names."""
        found: dict[str, list[tuple[int, str]]] = {}
        for place, key in enumerate(self._keys):
            found.setdefault(key.split(maxsplit=1)[0], []).append((place, key))
        return found

    def _candidates(
        self, scored: Iterable[tuple[str, float]], more: tuple[tuple[str, float], ...] = ()
    ) -> tuple[tuple[str, float], ...]:
        """At most five entities with their best score, by the name of the entity."""
        best: dict[str, float] = {}
        for key, score in scored:
            best.setdefault(self._keys[key][0].name, round(score, 1))
        for name, score in more:
            best.setdefault(name, score)
        return tuple(list(best.items())[:_CANDIDATES])

    def _add(self, histology: Histology, name: str, how: How) -> None:
        parts = words(name)
        key = key_of(parts)
        if not key:
            raise GuidanceError("a name is made of nothing but fill words", where=histology.id, value=name)
        for index, entry in ((self._keys, key), (self._joined, "".join(parts))):
            known = index.get(entry)
            if known is None:
                index[entry] = (histology, how)
            elif known[0] is not histology:
                raise GuidanceError(
                    f"two histologies share a name: {known[0].id} and {histology.id}",
                    where=histology.id,
                    value=name,
                    remedy="Keep the name with one of them and say so in its note.",
                )


def _misspelt(given: list[str], known: list[str], likeness: Any) -> bool:
    """Whether every word of one name is, or is a misspelling of, a word of the other."""
    left = [word for word in given if word not in known]
    right = [word for word in known if word not in given]
    if len(left) != len(right):
        return False
    for word in left:
        if len(word) < _MISSPELT_LENGTH or word in _CONTRAST or any(char.isdigit() for char in word):
            return False
        nearest = max(right, key=lambda other: likeness(word, other))
        if nearest in _CONTRAST and word[:2] != nearest[:2]:
            return False
        if likeness(word, nearest) < _MISSPELT_LIKENESS:
            return False
        right.remove(nearest)
    return True
