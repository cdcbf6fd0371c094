"""The methods of testing: what each is called, and which facts hold what it says."""

from __future__ import annotations

from functools import cache

import msgspec

from ntrkpath.vocabulary.names import word_list


class Method(msgspec.Struct, frozen=True):
    """A method of testing.

    Args:
        id: As a case names it: ``pan_trk_ihc``.
        facts: How its readout facts begin (``ihc``); the fact of all its tests together bears this name alone.
        name: As it is printed: ``pan-TRK IHC``.
        together: What all its tests together are called.
        example: A phrase in which a result of it may be given.
    """

    id: str
    facts: str
    name: str
    together: str
    example: str


@cache
def methods() -> dict[str, Method]:
    """Return every method by its id, in the order in which they are shown."""
    found = (msgspec.convert(entry, Method) for entry in word_list("methods")["methods"])
    return {method.id: method for method in found}


@cache
def by_facts() -> dict[str, Method]:
    """Return every method by the beginning of its facts: ``ihc``, ``fish``, ``rt_pcr``, ``rna``, ``dna``."""
    return {method.facts: method for method in methods().values()}


def facts_of(method: str) -> str:
    """Return how the facts of a method begin; a method that is not known begins them itself."""
    known = methods().get(method)
    return known.facts if known else method


def method_name(method: str) -> str:
    """Return what a method is called, ``pan_trk_ihc`` pan-TRK IHC; one that is not known by its id in plain words."""
    known = methods().get(method)
    return known.name if known else method.replace("_", " ")


def together_name(fact: str) -> str:
    """Return what all tests of a method, or of several, are called together, by the fact that holds what they say."""
    known = by_facts().get(fact)
    return known.together if known else word_list("methods")["together"].get(fact, fact.replace("_", " "))
