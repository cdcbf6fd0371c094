"""Alterations that the name of a diagnosis states: a gene and a word for its state, by a grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

import msgspec

from ntrkpath.vocabulary.entries import Histology
from ntrkpath.vocabulary.names import word_list
from ntrkpath.vocabulary.translation import plain

_JOINTS = frozenset(
    {"and", "or", "und", "et", "y", "e", "of", "with", "mit", "avec", "con", "de", "der", "di", "the", "by"}
)
_CHANGE = re.compile(r"[a-z]\d{2,4}[a-z*]")
_SIGN = re.compile(
    r"\b([a-z][a-z0-9]{1,9}) ?(?:\((\+|-)\)|(\+)|(-)(?=\s*$|\s+(?!and\b|or\b|und\b|et\b|y\b|e\b)))", re.IGNORECASE
)
_PAIR = re.compile(r"([a-z0-9]+)::([a-z0-9]+)", re.IGNORECASE)


class Stated(msgspec.Struct, frozen=True):
    """One alteration that a name states of the tumour."""

    gene: str
    kind: str
    status: str
    detail: str | None = None


class Words(NamedTuple):
    """A name apart: the alterations it states and the words that are left of it."""

    stated: tuple[tuple[tuple[str, ...], str, str, str | None], ...]
    rest: str
    whole: tuple[str, ...]

    def names(self) -> Iterator[str]:
        """Yield names that an entity may bear by what is stated: ``CIC rearranged sarcoma``."""
        english = {entry["kind"]: entry["is"] for entry in word_list("alterations")["english"]}
        for genes, kind, status, _ in self.stated:
            if status == "present" and kind in english:
                yield f"{genes[0]} {english[kind]} {self.rest}"


class Grammar:
    """Reads genes with states in names, over the genes of the markers of a vocabulary."""

    def __init__(self, histologies: Iterable[Histology]) -> None:
        decisive = word_list("alterations")["decisive"]
        genes = {gene for entry in histologies for m in entry.markers for gene in (*m.genes, *m.absent_by)}
        genes |= {gene for by_gene in decisive.values() for gene in by_gene}
        self._genes = {gene.casefold(): gene for gene in genes}
        self._genes |= {
            alias.casefold(): symbol for alias, symbol in word_list("genes")["aliases"].items() if symbol in genes
        }
        self._genes |= {name.casefold(): name for name in ("SSX", "SDHX")}

    def read(self, text: str) -> Words:
        """Return what a name states, each as (genes, kind, status, detail), and the rest of the name."""
        tokens = _tokens(text)
        taken: set[int] = set()
        stated = []
        i = 0
        while i < len(tokens):
            genes, end = self._run(tokens, i)
            if genes:
                found = self._state_after(tokens, end) or self._state_before(tokens, i)
                pair = "::" in tokens[i:end] or _joined(tuple(genes), text)
                change = next((t for t in tokens[i:end] if _CHANGE.fullmatch(t) and t not in self._genes), None)
                if found is None and (pair or change or "exon" in tokens[i:end]):  # "KIT exon 11" names its mutation
                    found = ("fusion" if pair else "mutation"), "present", set()
                if found is not None:
                    kind, status, places = found
                    first = min((i, *places)) - 1
                    if first >= 0 and tokens[first] in _negations():
                        status, places = "absent", {*places, first}
                    stated.append((tuple(genes), kind, status, change.upper() if change else None))
                    taken |= {*range(i, end), *places}
                i = end
            else:
                i += 1
        alone = [t for k, t in enumerate(tokens) if k not in taken and t in ("wildtype", "quadruple", *_fusion_words())]
        rest = [t for k, t in enumerate(tokens) if k not in taken and t not in alone and t != "::"]
        while rest and (rest[0] in _JOINTS or rest[-1] in _JOINTS):
            rest = rest[1:] if rest[0] in _JOINTS else rest[:-1]
        return Words(tuple(stated), " ".join(rest), tuple(alone))

    def _run(self, tokens: list[str], start: int) -> tuple[list[str], int]:
        """Return the genes that stand together from here, and where they end."""
        genes, end, i = [], start, start
        while i < len(tokens):
            if (gene := self._genes.get(tokens[i])) is not None:
                genes.append(gene)
                end = i + 1
            elif not genes or not (
                tokens[i] in ("::", "and", "und", "et", "y", "e", "or") or tokens[i] == "exon" or tokens[i].isdigit()
                or _CHANGE.fullmatch(tokens[i]) or (tokens[i - 1] == "::" and len(tokens[i]) > 2)
            ):  # fmt: skip
                break
            elif tokens[i] not in ("and", "und", "et", "y", "e", "or", "::"):
                end = i + 1
            i += 1
        return genes, end

    @staticmethod
    def _state_after(tokens: list[str], at: int) -> tuple[str, str, set[int]] | None:
        for step in (0, 1):
            if at + step < len(tokens) and (state := _state(tokens[at + step])):
                if step and tokens[at] not in ("expression", "protein", "immunohistochemically", "non"):
                    return None
                kind, status = state
                negated = at + step + 1 < len(tokens) and tokens[at + step + 1] in ("negative", "neg", "negativ")
                places = set(range(at, at + step + 1 + negated))
                return kind, ("absent" if negated else status), places
        return None

    @staticmethod
    def _state_before(tokens: list[str], at: int) -> tuple[str, str, set[int]] | None:
        i = at - 1
        while i >= 0 and tokens[i] in _JOINTS:
            i -= 1
        state = _state(tokens[i]) if i >= 0 else None
        return (*state, set(range(i, at))) if state and state[0] != "any" else None


def carried(words: Words, histology: Histology, text: str) -> tuple[tuple[Stated, ...], tuple[str, ...]] | None:
    """Return what a name states of a tumour of this histology, and notes on what it leaves open.

    None where a gene is no marker of the histology. ``positive`` and ``negative`` beside one gene may speak of a stain:
    they state an alteration only of a fusion that the guidance asks for (ALK, ROS1 in IMT), or of a pair.
    """
    found: dict[tuple[str, str], Stated] = {}
    notes = []
    for genes, kind, status, detail in words.stated:
        paired = kind in ("fusion", "any", "called") and _joined(genes, text)
        for gene in _fused(genes, histology) if paired else genes:
            named = _marked(gene, "fusion" if paired else kind, histology)
            if named is None:
                return None
            symbol, its_kind = named
            if its_kind == "called":
                says = "positive" if status == "present" else "negative"
                notes.append(
                    f"the name says {symbol} {says}, a stain or a test: state it under immunoprofile or alterations"
                )
                continue
            found[symbol, its_kind] = Stated(symbol, its_kind, status, detail)
    for whole in word_list("alterations")["whole"]:
        if histology.group == whole["group"] and set(whole["words"]) <= set(words.whole) | set(_tokens(text)):
            if not any(s.status == "absent" for s in found.values()):
                found |= {(g, k): Stated(g, k, "absent") for g, k in whole["absent"].items()}
            break
    for word in words.whole:
        if word in _fusion_words():
            marker = next((m for m in histology.markers if "fusion" in m.kinds), None)
            if marker is None:
                return None
            status = "present" if word == "fusionpositive" else "absent"
            gene = marker.genes[0] if status == "present" else marker.absent_by[0]
            found.setdefault((gene, "fusion"), Stated(gene, "fusion", status))
        elif histology.group != "gist":
            return None
    return tuple(found.values()), tuple(notes)


def _marked(gene: str, kind: str, histology: Histology) -> tuple[str, str] | None:
    """Return the symbol and the kind under which a marker of the histology counts a gene."""
    decisive: Mapping[str, str] = word_list("alterations")["decisive"].get(histology.group, {})
    if gene in decisive:
        return (gene, decisive[gene]) if kind in ("any", "called", decisive[gene]) else None
    for marker in histology.markers:
        genes = {*marker.genes, *marker.absent_by}
        if gene in genes or (gene == "SDHX" and "SDH" in genes):
            if kind == "called":
                return gene, kind
            its_kind = marker.kinds[0] if kind == "any" else kind
            if its_kind not in marker.kinds:
                continue
            whole = "SDH" in genes and its_kind == "deficiency"
            return ("SDH" if whole else gene), its_kind
    return None


def _fused(genes: tuple[str, ...], histology: Histology) -> tuple[str, ...]:
    """Return, of a fusion's two genes, the first that is a marker of the histology."""
    first = {gene for marker in histology.markers for gene in marker.absent_by}
    known = [gene for gene in genes if _marked(gene, "fusion", histology)]
    return tuple(sorted(known, key=lambda gene: gene not in first)[:1]) or genes[:1]


def _joined(genes: tuple[str, ...], text: str) -> bool:
    """Whether two genes stand in the text as the pair of a fusion."""
    written = [re.escape(gene) for gene in genes[:2]]
    return (
        len(genes) > 1
        and re.search(rf"{written[0]} ?(?:::|--|-|\u2013) ?{written[1]}", text, re.IGNORECASE) is not None
    )


def _tokens(text: str) -> list[str]:
    said = _SIGN.sub(lambda m: f"{m[1]} {'positive' if '+' in (m[2] or m[3] or '') else 'negative'} ", text)
    said = _PAIR.sub(r"\1 QQ \2", said)
    folded = plain(said)
    for pattern, word in _phrases():
        folded = pattern.sub(f" {word} ", folded)
    return ["::" if token == "qq" else token for token in folded.replace(":", " ").split()]  # noqa: S105 - a sign


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile("|".join(e["matches"])), e["is"]) for e in word_list("alterations")["phrases"])


@cache
def _negations() -> frozenset[str]:
    return frozenset(word_list("alterations")["negations"])


def _fusion_words() -> tuple[str, str]:
    return ("fusionpositive", "fusionnegative")


@lru_cache(maxsize=8_192)
def _state(token: str) -> tuple[str, str] | None:
    for state in word_list("alterations")["states"]:
        for word in state["words"]:
            if token == word or (word.endswith("*") and token.startswith(word[:-1])):
                return state["kind"], state["status"]
    return None
