"""Which facts follow from which raw columns: a case is derived in parts, so that few distinct parts make many cases.

A part says what the code of ``pathway`` reads for some facts; it decides nothing. Each distinct combination of the
cells of a part becomes a small case, and ``Pathway.facts`` derives it. Tests hold the parts together against whole
cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ntrkpath.cohort.columns import raw_columns
from ntrkpath.model.case_keys import METHODS
from ntrkpath.vocabulary.methods import facts_of, methods

_HISTOLOGY = "diagnosis.histology"
_SEQUENCING = ("dna_mps", "rna_mps")


class Part(msgspec.Struct, frozen=True):
    """Some facts, and the raw columns they follow from.

    Args:
        present: Methods of which it matters whether a test was done at all, whatever its cells say.
        leaves_open: The method whose fusions may leave a frame open, or whose tests which of them is read.
        where_several: Columns that are read only where a case lists several tests of the (one) method.
    """

    facts: tuple[str, ...]
    columns: tuple[str, ...]
    present: tuple[str, ...] = ()
    leaves_open: str = ""
    where_several: tuple[str, ...] = ()

    @property
    def tests(self) -> bool:
        """Whether it reads any test."""
        return any(column.partition(".")[0] in METHODS for column in self.columns)


def _each(keys: Iterable[str], methods: Iterable[str] = _SEQUENCING) -> tuple[str, ...]:
    return tuple(f"{method}.{key}" for method in methods for key in keys)


def _of(method: str) -> tuple[str, ...]:
    return tuple(c for c in raw_columns() if c.startswith(f"{method}.") and not c.endswith((".date", ".specimen")))


PARTS: tuple[Part, ...] = (
    Part(("age_band",), ("patient.age",)),
    Part((), ("patient.sex",)),
    Part(("pregnant",), ("patient.pregnant",)),
    Part(("brain_metastases",), ("disease.brain_metastases",)),
    Part(("typical_histology",), ("diagnosis.typical_histology",)),
    Part(("central_review",), ("diagnosis.central_review",)),
    Part(("for_diagnosis",), ("diagnosis.testing_for_diagnosis",)),
    Part(("lineage", "s100_cd34"), ("diagnosis.immunoprofile",)),
    Part(("differentiation",), (_HISTOLOGY, "diagnosis.differentiation")),
    Part(("cns_site",), (_HISTOLOGY, "diagnosis.site")),
    Part(("extent",), ("disease.extent",)),
    Part(("relapse_risk",), ("disease.relapse_risk",)),
    Part(("surgery_morbidity",), ("disease.surgery_morbidity",)),
    Part(("alternative",), ("disease.satisfactory_alternative",)),
    Part(("standard_therapy",), ("disease.standard_therapy", "therapy")),
    Part(("trk_therapy", "trk_response"), ("therapy",)),
    Part(
        ("histology_group", "kin", "alk_ros1", "canonical_alteration", "other_driver"),
        (_HISTOLOGY, "diagnosis.immunoprofile", "alterations", *_each(("fusions", "mutations", "amplifications"))),
    ),
    Part(
        ("resistance", "ntrk_mutation"),
        (
            "therapy",
            "alterations",
            *_each(("date", "result", "genes_covered", "fusions", "mutations", "amplifications")),
            *_each(("result", "targets"), ("rt_pcr",)),
        ),
    ),
    Part(("ntrk_amplification",), ("alterations", *_each(("amplifications",)))),
    Part(("reported_fusion",), ("alterations",)),
    Part(("fusion_count", "ntrk_first"), ("alterations", *_each(("fusions",)))),
    Part(("specimens",), _each(("date", "specimen"), METHODS), tuple(METHODS)),
    Part(("ihc_result",), ("pan_trk_ihc.result",), ("pan_trk_ihc",)),
    *(
        Part((f"ihc_{key}",), (f"pan_trk_ihc.{key}",))
        for key in ("percent", "distribution", "control", "intensity", "pattern", "clone", "fixation")
    ),
    Part(("fish_result", "fish_target", "fish_signal", "fish_coverage"), _of("fish"), ("fish",)),
    Part(("rt_pcr_result", "rt_pcr_control", "rt_pcr_target"), _of("rt_pcr"), ("rt_pcr",)),
    Part(
        ("rna_result", "rna_fusion"),
        _each(("result", "fusions", "genes_covered"), ("rna_mps",)),
        ("rna_mps",),
        "rna_mps",
    ),
    Part(("rna_quality",), ("rna_mps.rna_quality",)),
    Part(("rna_coverage",), ("rna_mps.genes_covered",)),
    Part(
        ("dna_result", "dna_fusion"),
        _each(("result", "fusions", "genes_covered"), ("dna_mps",)),
        ("dna_mps",),
        "dna_mps",
    ),
    Part(("dna_coverage",), ("dna_mps.genes_covered",)),
    Part(
        (
            "ihc_others",
            "fish_others",
            "rt_pcr_others",
            "rna_others",
            "dna_others",
            "rna_file",
            "dna_file",
            "figure2_reading",
        ),
        (),
    ),
)


#: The methods in the order in which what their tests leave open is told.
IN_ORDER = tuple(methods())
#: What decides how a stain is called, where it is read against another: its screen (``ihc_screen``).
_SCREEN = (_HISTOLOGY, "diagnosis.differentiation", "diagnosis.site")


def _with_lists() -> Iterator[Part]:
    """Yield the parts of a case that lists its tests: of one method they are read against each other."""
    of_one = {method: [p for p in PARTS if p.columns and set(p.columns) <= set(_of(method))] for method in IN_ORDER}
    for method, parts in of_one.items():
        screen = _SCREEN if method == "pan_trk_ihc" else ()
        facts = [fact for part in parts for fact in part.facts]
        columns = dict.fromkeys(column for part in parts for column in part.columns)
        yield Part((*facts, f"{facts_of(method)}_others"), (*screen, *columns, "tests"), (method,), method, screen)
    for part in PARTS:
        if part.tests and not any(part in parts for parts in of_one.values()):
            yield msgspec.structs.replace(part, columns=(*part.columns, "tests"))


LISTED: tuple[Part, ...] = tuple(_with_lists())


def whole(facts: Iterable[str]) -> Part:
    """Return the one part of a case whose list of tests cannot be taken apart."""
    return Part(tuple(facts), tuple(raw_columns()), tuple(METHODS), IN_ORDER[0])
