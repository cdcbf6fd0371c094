"""The fields of the form written into a case: plain data in, plain data out; what is left empty is unknown again."""

from __future__ import annotations

import copy
import re
from typing import Any, NamedTuple

#: Parts of a case that a field may write to, and how long a list may grow.
_PATH = re.compile(
    r"id|(?:patient|diagnosis|disease)\.[a-z_]+|(?:tests|alterations|therapy)\.\d{1,3}\.[a-z_35]+p?"
    r"|tests\.\d{1,3}\.fusions\.\d{1,3}\.[a-z_]+"
)
_PART = re.compile(r"(tests|alterations|therapy)\.([0-9]{1,3})")
_FUSION = re.compile(r"tests\.(\d{1,3})\.fusions\.(\d{1,3})")
#: Text, number, yes or no, list, mutations.
_KINDS = frozenset("fnblu")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_MUTATION = re.compile(r"([A-Za-z0-9-]+)[ :]+(\S+)")


def written(base: dict[str, Any], sent: dict[str, list[str]]) -> dict[str, Any]:
    """Return a case as plain data with the fields of a form written into it.

    A field that is not sent leaves what stands; one that is sent empty removes it. New tests, alterations, fusions and
    lines of therapy of which nothing is filled in are dropped.
    """
    data = copy.deepcopy(base)
    before = {name: len(data[name]) for name in ("tests", "alterations", "therapy") if isinstance(data.get(name), list)}
    given = [_Given(*name.partition(":")[::2], values[-1].strip()) for name, values in sent.items() if ":" in name]
    _write_fusions(data, given)  # before the keys within them
    for one in given:
        if one.kind in _KINDS and _PATH.fullmatch(one.path):
            _set(data, one.path.split("."), _value(one.kind, one.value))
    _write_alterations(data, given)
    _write_profile(data, given, *(sent.get(key, [""])[-1].strip() for key in ("p:name", "p:value")))
    _tidy(data, before)
    _remove(data, sent.get("remove", []))
    # Last, since "none was given" is an empty list that is meant.
    _trk(data, {key: values[-1].strip() for key, values in sent.items() if key.startswith("t:")})
    return data


class _Given(NamedTuple):
    """A field as it was sent: its kind and path, which its name joins with a colon, and its text."""

    kind: str
    path: str
    value: str


def _write_fusions(data: dict[str, Any], given: list[_Given]) -> None:
    """Write the fusions that stand in one text each, with the frame that a field beside it states."""
    frames = {one.path.removesuffix(".frame"): one.value for one in given if one.path.endswith(".frame")}
    for one in given:
        if one.kind == "x" and (match := _FUSION.fullmatch(one.path)):
            _fusion(data, int(match[1]), int(match[2]), one.value, frames.get(one.path, ""))


def _write_alterations(data: dict[str, Any], given: list[_Given]) -> None:
    """Write what is stated of one alteration (``a:GENE:KIND``), or which of several there is (``o``)."""
    for one in given:
        if one.kind == "a" and one.path.count(":") == 1:
            gene, _, sort = one.path.partition(":")
            _alter(data, {gene}, {sort}, (gene, sort, one.value) if one.value else None)
        elif one.kind == "o" and one.value.count(":") == 2:
            gene, sort, status = one.value.split(":")
            _alter(data, {gene}, {sort}, (gene, sort, status))


def _write_profile(data: dict[str, Any], given: list[_Given], marker: str, state: str) -> None:
    """Write the markers that have a field, and the one that is named beside its result."""
    for one in given:
        if one.kind == "i":
            _profile(data, one.path, one.value)
    if marker and state:
        _profile(data, marker, state)


def fusion_text(fusion: Any) -> str:
    """Return a fusion in one text, as it is written on the form: ``TPM3 exon 8::NTRK1 exon 10``."""
    if not isinstance(fusion, dict):
        return str(fusion)
    sides = []
    for side in ("five_prime", "three_prime"):
        exon, transcript = fusion.get(f"exon_{side}"), fusion.get(f"transcript_{side}")
        shown = str(fusion.get(side) or fusion.get(f"position_{side}") or "?")
        sides.append(shown + (f" exon {exon}" if exon else "") + (f" ({transcript})" if transcript else ""))
    return "::".join(sides)


def _fusion(data: dict[str, Any], test: int, place: int, text: str, frame: str) -> None:
    """Write a fusion as text where it is another than the one that stands; its frame stays with it."""
    tests = data.setdefault("tests", [])
    if test > len(tests):
        return
    if test == len(tests):
        tests.append({})
    listed = tests[test].setdefault("fusions", []) or []
    before = fusion_text(listed[place]) if place < len(listed) else ""
    if text == before or place > len(listed):
        return
    if text and frame not in ("", "unknown") and "frame" not in text.casefold():
        text = f"{text}, {frame.replace('_', ' ')}"
    listed[place : place + 1] = [text] if text else []
    tests[test]["fusions"] = listed


def shaped(data: Any) -> dict[str, Any]:
    """Return plain data in the outline of a case: what stands in the wrong form at the wrong place is left out."""
    found = {str(key): _named(value) for key, value in data.items()} if isinstance(data, dict) else {}
    for name in ("patient", "diagnosis", "disease"):
        if name in found and not isinstance(found[name], dict):
            del found[name]
    for name in ("tests", "alterations", "therapy"):
        if name in found and not (name == "therapy" and found[name] is None):
            found[name] = _listed(found[name])
    for test in found.get("tests", []):
        for name in ("fusions", "mutations"):
            if test.get(name) is not None:
                test[name] = _listed(test[name], texts=True)
    if not isinstance(found.get("diagnosis", {}).get("immunoprofile", {}), dict):
        del found["diagnosis"]["immunoprofile"]
    return found


def _listed(value: Any, texts: bool = False) -> list[Any]:
    """Return the parts of a list; a fusion or a mutation may be one text, which the reader of cases reads."""
    kinds = (dict, str) if texts else (dict,)
    return [part for part in value if isinstance(part, kinds)] if isinstance(value, list) else []


def _named(value: Any) -> Any:
    """Return plain data in which every key is text."""
    if isinstance(value, dict):
        return {str(key): _named(part) for key, part in value.items()}
    return [_named(part) for part in value] if isinstance(value, list) else value


def _value(kind: str, text: str) -> Any:
    if text == "":
        return None
    if kind == "n":
        number = float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
        return text if number is None else int(number) if number.is_integer() else number
    if kind == "b":
        return {"true": True, "false": False}.get(text, text)
    if kind == "l":
        return [part for part in (part.strip() for part in re.split(r"[,;]", text)) if part]
    if kind == "u":
        if text.casefold() in ("none", "none found"):
            return []
        return [_mutation(part.strip()) for part in re.split(r"[,;]", text) if part.strip()]
    return text


def _mutation(text: str) -> dict[str, str]:
    match = _MUTATION.fullmatch(text)
    return {"gene": match[1], "protein": match[2]} if match else {"gene": text[:40], "protein": "?"}


def _set(data: dict[str, Any], steps: list[str], value: Any) -> None:
    inside: Any = data
    for step, following in zip(steps, [*steps[1:], ""], strict=True):
        last = not following
        if isinstance(inside, list):
            place = int(step)
            if place > len(inside):
                return
            if place == len(inside):
                inside.append({})
            inside = inside[place]
            if not isinstance(inside, dict):
                return
            continue
        if last:
            if value is None:
                inside.pop(step, None)
            else:
                inside[step] = _gene(value) if step == "gene" and steps[0] == "tests" else _age(step, value)
            return
        if not isinstance(inside.get(step), dict | list):
            if value is None:
                return
            inside[step] = [] if following.isdigit() else {}
        inside = inside[step]


def _gene(value: Any) -> Any:
    """Return the genes of a probe: two with a comma between them are a list."""
    parts = [part.strip() for part in str(value).split(",") if part.strip()]
    return parts if len(parts) > 1 else value


def _age(key: str, value: Any) -> Any:
    """Return an age without unit as a number of years."""
    return _value("n", value) if key == "age" and isinstance(value, str) else value


def _alter(data: dict[str, Any], genes: set[str], kinds: set[str], new: tuple[str, str, str] | None) -> None:
    about = [a for a in data.get("alterations") or [] if a.get("gene") in genes and a.get("kind") in kinds]
    if new and any(a.get("status") == new[2] for a in about):
        return  # stated already, perhaps with its detail
    kept = [a for a in data.get("alterations") or [] if a not in about]
    if new:
        kept.append(dict(zip(("gene", "kind", "status"), new, strict=True)))
    if kept or "alterations" in data:
        data["alterations"] = kept


def _profile(data: dict[str, Any], marker: str, state: str) -> None:
    diagnosis = data.setdefault("diagnosis", {})
    if not isinstance(diagnosis, dict):
        return
    profile = {key: value for key, value in (diagnosis.get("immunoprofile") or {}).items()
               if str(key).upper() != marker.upper()}  # fmt: skip
    if state:
        profile[marker] = state
    if profile or "immunoprofile" in diagnosis:
        diagnosis["immunoprofile"] = profile


def _trk(data: dict[str, Any], sent: dict[str, str]) -> None:
    drug = sent.get("t:drug", "")
    if drug == "none":
        data.setdefault("therapy", [])
    elif drug:
        line: dict[str, Any] = {"drug": drug}
        if sent.get("t:start"):
            line["start"] = sent["t:start"]
        if sent.get("t:course"):
            line["progression"] = sent["t:course"] == "progressed"
        data["therapy"] = [*(data.get("therapy") or []), line]


def _tidy(data: dict[str, Any], before: dict[str, int]) -> None:
    """Drop parts that were only offered, and empty lists that nobody stated."""
    for name in ("tests", "alterations", "therapy"):
        listed = data.get(name)
        if not isinstance(listed, list):
            continue
        needed = {"tests": "method", "alterations": "gene", "therapy": "drug"}[name]
        for test in listed:
            if isinstance(test, dict) and isinstance(test.get("fusions"), list):
                test["fusions"] = [fusion for fusion in test["fusions"] if fusion]
                if not test["fusions"]:
                    del test["fusions"]
        old = before.get(name, 0)
        kept = [part for i, part in enumerate(listed)
                if (part and (i < old or (needed in part and (name != "tests" or len(part) > 1))))]  # fmt: skip
        data[name] = kept
        if not kept and name not in before:
            del data[name]
    for name in ("patient", "disease"):
        if data.get(name) == {}:
            del data[name]


def _remove(data: dict[str, Any], paths: list[str]) -> None:
    """Take out the parts that are named for removal, as ``tests.0``, last ones first."""
    named = {(match[1], int(match[2])) for path in paths if (match := _PART.fullmatch(path))}
    for name, place in sorted(named, reverse=True):
        listed = data.get(name)
        if isinstance(listed, list):
            del listed[place : place + 1]
