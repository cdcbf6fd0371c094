"""What is missing, as fields: each fact that could change the answer leads to the keys of the case that settle it."""

from __future__ import annotations

from typing import Any

import msgspec

from ntrkpath.guidance import Edition
from ntrkpath.model import case as model
from ntrkpath.model.case_keys import PARTS
from ntrkpath.model.recommendation import Missing, Recommendation
from ntrkpath.report.terms import could_lead_to
from ntrkpath.server.case.fields import Field, field, test_type

#: Keys that every referral states; the form always shows them.
BASIC = ("diagnosis.histology", "disease.extent", "patient.age", "diagnosis.site")
_MOST_GENES = 12
STATES = (("positive", "positive"), ("negative", "negative"))
_STATUS = (("present", "present"), ("absent", "absent"))


class Question(msgspec.Struct, frozen=True):
    """A missing fact: its question, what it could change, and the fields that settle it; none where a file must."""

    fact: str
    question: str
    could: str
    fields: tuple[Field, ...]


def questions(rec: Recommendation, data: dict[str, Any], edition: Edition) -> list[Question]:
    """Return a question for each missing fact: what every referral states first, then what could change most."""
    asked = [
        Question(
            one.fact, one.question, could_lead_to(edition, one.could_change, 3), tuple(_fields(one, rec, data, edition))
        )
        for one in sorted(rec.missing, key=lambda one: -len(one.could_change))
    ]  # fmt: skip
    return sorted(asked, key=lambda one: not any(found.name.partition(":")[2] in BASIC for found in one.fields))


def simple(path: str, data: dict[str, Any], label: str = "") -> Field:
    """Return the field of a key of patient, diagnosis or disease, as ``disease.extent``."""
    part, _, key = path.partition(".")
    inside = data.get(part)
    return field(PARTS[part], key, part, inside if isinstance(inside, dict) else {}, label)


def _fields(missing: Missing, rec: Recommendation, data: dict[str, Any], edition: Edition) -> list[Field]:
    fact = edition.facts[missing.fact]
    derive = fact.derive or {}
    source = derive.get("from")
    ask = missing.question
    if source in ("choice", "flag", "bands"):
        return [simple(derive["field"], data, ask)]
    if source == "differentiation":
        return [simple("diagnosis.differentiation", data, ask)]
    if source == "cns_site":
        return [simple("diagnosis.site", data)]
    if source == "fusion_pair":
        return [_alteration(gene, "fusion", data) for gene in derive["genes"]]
    if source == "canonical":
        return _canonical(rec, derive["any_fusion"], data, edition)
    if source == "co_expression":
        return [_marker(name, data) for name in derive["markers"]]
    if source == "lineage":
        others = (edition.facts["s100_cd34"].derive or {})["markers"]
        return [_marker(name, data) for name in (derive["vimentin"][-1].capitalize(), *others)]
    if source == "trk_therapy":
        return _trk(edition)
    if source == "ntrk_alteration":
        genes = list(edition.data["guideline"]["ntrk_genes"])
        return [_one_of("NTRK amplification", genes, [derive["kind"]], genes[0], data)]
    if source == "fusion":
        return _frames(data)
    if source in ("readout", "coverage"):
        return _readout(missing.fact, derive["method"], data)
    return []


def _alteration(gene: str, kind: str, data: dict[str, Any]) -> Field:
    found = [a.get("status") for a in data.get("alterations") or [] if isinstance(a, dict)
             and (a.get("gene"), a.get("kind")) == (gene, kind)]  # fmt: skip
    return Field(f"a:{gene}:{kind}", f"{gene} {kind}", "choice", _STATUS, str(found[-1]) if found else "")


def _one_of(label: str, genes: list[str], kinds: list[str], absent_by: str, data: dict[str, Any]) -> Field:
    """Return one field for an alteration that any of several genes may show."""
    choices = [(f"{gene}:{kind}:present", f"{gene} {kind}") for gene in genes[:_MOST_GENES] for kind in kinds]
    choices.append((f"{absent_by}:{kinds[0]}:absent", "absent"))
    stated = {f"{a.get('gene')}:{a.get('kind')}:{a.get('status')}" for a in data.get("alterations") or []
              if isinstance(a, dict)}  # fmt: skip
    value = next((choice for choice, _ in choices if choice in stated), "")
    return Field(f"o:{label}", label, "choice", tuple(choices), value)


def _canonical(rec: Recommendation, any_fusion: str, data: dict[str, Any], edition: Edition) -> list[Field]:
    histology = edition.vocabulary.get(rec.histology.id)
    markers = histology.markers if histology else ()
    if not markers:
        panel = _alteration(any_fusion, "fusion", data)
        # A fusion that was found is named by its gene, among the other alterations.
        return [msgspec.structs.replace(panel, label="Sarcoma fusion panel", choices=_STATUS[1:])]
    return [_one_of(m.id, list(m.genes), list(m.kinds), m.absent_by[0], data) for m in markers]


def _marker(name: str, data: dict[str, Any]) -> Field:
    diagnosis = data.get("diagnosis")
    profile = (diagnosis.get("immunoprofile") if isinstance(diagnosis, dict) else None) or {}
    stated = {str(key).upper(): str(value) for key, value in profile.items()}
    return Field(f"i:{name}", name, "choice", STATES, stated.get(name.upper(), ""))


def _trk(edition: Edition) -> list[Field]:
    drugs = [drug for drug in edition.drugs.values() if drug.generation in ("first", "next")]
    given = (("none", "none was given"), *((d.id, f"{d.id} ({d.brand})" if d.brand else d.id) for d in drugs))
    course = (("progressed", "the disease progressed on it"), ("ongoing", "no progression on it so far"))
    return [
        Field("t:drug", "TRK inhibitor given", "choice", given),
        Field("t:course", "Course under it", "choice", course),
        Field("t:start", "Started on", "date"),
    ]


def _tests(method: str, data: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    listed = data.get("tests") or []
    return [(i, test) for i, test in enumerate(listed) if isinstance(test, dict) and test.get("method") == method]


def _readout(fact: str, method: str, data: dict[str, Any]) -> list[Field]:
    prefix = {"pan_trk_ihc": "ihc", "rna_mps": "rna", "dna_mps": "dna"}.get(method, method)
    key = fact.removeprefix(f"{prefix}_")
    keys = {"target": ("gene", "probe") if method == "fish" else ("targets",), "coverage": ("genes_covered",),
            "quality": ("rna_quality",), "signal": ("cells_counted", "cells_split", "cutoff"),
            "fusion": ("result",)}.get(key, (key,))  # fmt: skip
    found = []
    for position, test in _tests(method, data):
        kind = test_type(method)
        for name in keys:
            if kind is not None and test.get(name) in (None, [], "unknown") and hasattr(kind, name):
                one = field(kind, name, f"tests.{position}", test)
                asked = f"{one.label[:1].lower()}{one.label[1:]}"
                found.append(msgspec.structs.replace(one, label=f"Test {position + 1}: {asked}"))
    return found


def _frames(data: dict[str, Any]) -> list[Field]:
    found = []
    for method in ("rna_mps", "dna_mps"):
        for position, test in _tests(method, data):
            for j, fusion in enumerate(test.get("fusions") or []):
                if isinstance(fusion, dict) and fusion.get("frame") in (None, "unknown"):
                    name = "::".join(str(fusion.get(side) or "?") for side in ("five_prime", "three_prime"))
                    one = field(model.ReportedFusion, "frame", f"tests.{position}.fusions.{j}", fusion)
                    found.append(msgspec.structs.replace(one, label=f"Test {position + 1}, {name}: frame"))
    return found
