"""``verify`` finds every dangerous edit of the derivations' code and of the knowledge behind them: none survives."""

from __future__ import annotations

import ast
import copy
import datetime as dt
import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import msgspec
import pytest

from ntrkpath.guidance import Edition, load
from ntrkpath.guidance.files import read
from ntrkpath.pathway.decide import Pathway
from ntrkpath.pathway.intake import fish, genes, ihc, rt_pcr, sequencing, treated, tumour
from ntrkpath.proof import edition as proof
from ntrkpath.proof.derivations import spaces
from ntrkpath.proof.readouts import ReadoutSpace, prove_readouts
from ntrkpath.proof.space import Space, differences, sign
from ntrkpath.proof.unknown import prove_unknown

EDITION = load()
SIGNED = proof.signed_derivations(EDITION)


def all_spaces(edition: Edition) -> Iterator[Space]:
    pathway = Pathway(edition, dt.date.max, judged=False, probability=False)
    yield from spaces(pathway)
    yield from ReadoutSpace(pathway).spaces()


def first_finding(edition: Edition, ids: tuple[str, ...] = ()) -> str:
    """The first finding of the lock of derivations, or nothing."""
    for space in all_spaces(edition):
        if not ids or space.id in ids:
            for found in differences(space.id, sign(space), SIGNED[space.id]):
                return f"{found.where}: {found.message}"
    return ""


def caught(edition: Edition, ids: tuple[str, ...]) -> str:
    """The first finding; a derivation that breaks down is found too."""
    try:
        return first_finding(edition, ids)
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError) as error:
        return type(error).__name__


def changed(edit: Callable[[dict[str, Any]], None]) -> Edition:
    data = copy.deepcopy(EDITION.data)
    edit(data)
    return Edition(msgspec.structs.replace(read(EDITION.directory), files=data), EDITION.directory)


def fact(data: dict[str, Any], ident: str) -> dict[str, Any]:
    return next(one for one in data["facts"]["facts"] if one["id"] == ident)


def entry(data: dict[str, Any], ident: str) -> dict[str, Any]:
    return next(one for one in data["histologies"] if one["id"] == ident)


def label(data: dict[str, Any], criterion: str) -> dict[str, Any]:
    return next(one for one in data["labels"]["labels"] if criterion in one["requires"])


def mutation(data: dict[str, Any], protein: str) -> dict[str, Any]:
    return next(one for one in data["resistance"]["mutations"] if one["protein"] == protein)


def band(data: dict[str, Any], level: str) -> list[Any]:
    return next(one for one in fact(data, "age_band")["derive"]["upper_bounds_years"] if one[0] == level)


KNOWLEDGE: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "the threshold of the stain becomes 10 %": (
        lambda d: fact(d, "ihc_percent")["derive"].update(threshold_percent=10), "pan_trk_ihc"),
    "the threshold of the stain becomes 0.5 %": (
        lambda d: fact(d, "ihc_percent")["derive"].update(threshold_percent=0.5), "pan_trk_ihc"),
    "one month becomes two": (lambda d: band(d, "under_1_month").__setitem__(1, 0.17), "age_band"),
    "2 years become 1": (lambda d: band(d, "from_1_month").__setitem__(1, 1), "age_band"),
    "12 years become 8": (lambda d: band(d, "from_2_years").__setitem__(1, 8), "age_band"),
    "18 years become 16": (lambda d: band(d, "from_12_years").__setitem__(1, 16), "age_band"),
    "the 12-year limit of a label is dropped": (
        lambda d: label(d, "twelve_or_over")["requires"].remove("twelve_or_over"), "labels"),
    "the resistance exclusion of a label is dropped": (
        lambda d: label(d, "no_resistance_mutation")["requires"].remove("no_resistance_mutation"), "labels"),
    "the date of a label is changed": (
        lambda d: label(d, "ntrk_fusion").update({"from": dt.date(2001, 1, 1)}), "labels"),
    "a label is said to be read": (
        lambda d: d["labels"]["labels"][0].update(
            label_read=not d["labels"]["labels"][0].get("label_read", True)), "labels"),
    "a histology moves to another group": (lambda d: entry(d, "LMS").update(group="recurrent_fusion"), "histologies"),
    "a histology loses its marker": (lambda d: entry(d, "SYNS").update(markers=[]), "histologies"),
    "a marker is taken as settled by another gene": (
        lambda d: entry(d, "SYNS")["markers"][0].update(absent_by=["TP53"]), "histologies"),
    "a pathognomonic marker becomes frequent": (
        lambda d: entry(d, "SYNS")["markers"][0].update(certainty="frequent"), "histologies"),
    "a name moves to another histology": (
        lambda d: entry(d, "GIST")["synonyms"].append(entry(d, "IFS")["synonyms"].pop()), "names"),
    "G595R becomes another class": (lambda d: mutation(d, "G595R").update({"class": "gatekeeper"}), "labels"),
    "the residue of G595R becomes another class": (
        lambda d: d["resistance"]["residues"]["NTRK1"].update({595: "gatekeeper"}), "resistance mutations"),
    "an effect of G595R is turned": (
        lambda d: mutation(d, "G595R")["effect"].update(larotrectinib="expected_active"), "resistance mutations"),
    "a drug becomes a next-generation one": (
        lambda d: next(x for x in d["labels"]["drugs"] if x["id"] == "larotrectinib").update(generation="next"),
        "therapy"),
    "an NTRK name is dropped": (lambda d: d["guideline"]["ntrk_genes"]["NTRK1"].remove("TRKA"), "NTRK names"),
    "a partner becomes a known one": (
        lambda d: d["partners"]["partners"].append({**d["partners"]["partners"][0], "five_prime": "ACTB"}),
        "known pairs"),
    "a driver is dropped": (lambda d: fact(d, "other_driver")["derive"]["genes"].remove("BRAF"), "alterations"),
    "a site word is dropped": (lambda d: fact(d, "cns_site")["derive"]["words"].remove("brain"), "cns_site"),
    "a word for an unknown site is dropped": (
        lambda d: fact(d, "cns_site")["derive"]["as_unknown"].remove("other"), "cns_site"),
    "a marker of co-expression is exchanged": (
        lambda d: fact(d, "s100_cd34")["derive"].update(markers=["S100", "desmin"]), "immunoprofile"),
    "a marker that tells co-expression apart is dropped": (
        lambda d: fact(d, "s100_cd34")["derive"].update(unless=["desmin"]), "immunoprofile"),
    "the reading of figure 2 is another one": (
        lambda d: fact(d, "figure2_reading")["derive"].update(default="b"), "figure2_reading"),
    "an antisense event counts against a fusion": (
        lambda d: fact(d, "rna_fusion")["derive"].update(passed_over=["read_through"]), "rna_mps"),
    "a reciprocal event counts against a fusion": (
        lambda d: fact(d, "rna_fusion")["derive"].update(pointing=["intragenic"]), "rna_mps"),
}  # fmt: skip


@pytest.mark.parametrize("edit", KNOWLEDGE)
def test_a_dangerous_edit_of_the_knowledge_is_a_finding_that_names_state_old_and_new(edit: str) -> None:
    change, _ = KNOWLEDGE[edit]
    edited = changed(change)
    if edit == "G595R becomes another class":
        with_class = {m["protein"]: m["class"] for m in edited.data["resistance"]["mutations"] if m["gene"] == "NTRK1"}
        assert with_class["G595R"] == "gatekeeper"
        assert proof.drug_effects(edited) != proof.drug_effects(EDITION)
        return
    found = first_finding(edited)
    assert found
    assert (": was " in found and ", is " in found) or "inputs" in found, found


def test_nothing_is_found_in_the_edition_as_it_is() -> None:
    assert first_finding(EDITION) == ""
    assert not prove_unknown(all_spaces(EDITION))[1]


#: Edits of the code that break section 7 even where they are signed off: the properties themselves object.
UNSAFE_CODE: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "a missing result is negative": (
        genes, "result_level",
        lambda result: "negative" if result is None else "failed" if result == "not_interpretable" else result),
    "a stain that cannot be interpreted is negative": (
        genes, "result_level", lambda result: "negative" if result == "not_interpretable" else result or "unknown"),
    "a failed test is negative": (
        genes, "result_level",
        lambda result: "negative" if result in ("failed", "not_interpretable") else result or "unknown"),
    "coverage that is not stated is full": (sequencing, "coverage", lambda *_: "all_three"),
    "a frame that is not stated is in frame": (
        genes, "frame_level", lambda frame: "in_frame" if frame is None or frame.startswith("in") else "out_of_frame"),
    "a fusion that is not recognised is one of other genes": (sequencing, "of_other_genes", lambda *_: True),
    "every event that is not productive counts": (sequencing, "counts_as", lambda reading, *_: reading.verdict),
}  # fmt: skip


@pytest.mark.parametrize("edit", UNSAFE_CODE)
def test_code_that_takes_silence_for_an_answer_is_a_finding(edit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, wrong = UNSAFE_CODE[edit]
    for user in (module, ihc, fish, rt_pcr, sequencing, treated):
        if hasattr(user, name):
            monkeypatch.setattr(user, name, wrong)
    assert caught(EDITION, ("pan_trk_ihc", "fish", "rt_pcr", "rna_mps", "dna_mps"))


@pytest.mark.parametrize("edit", [e for e in UNSAFE_CODE if "frame" not in e])
def test_what_breaks_a_property_stays_a_finding_after_a_new_lock(edit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, wrong = UNSAFE_CODE[edit]
    for user in (module, ihc, fish, rt_pcr, sequencing, treated):
        if hasattr(user, name):
            monkeypatch.setattr(user, name, wrong)
    pathway = Pathway(EDITION, dt.date.max, judged=False, probability=False)
    assert prove_readouts(pathway).findings


# --- every small change of the derivations' code ---------------------------------------------------------------------

#: The modules that derive facts, the functions in them, and the spaces that run through them.
DERIVING: dict[ModuleType, tuple[tuple[str, ...], tuple[str, ...]]] = {
    ihc: (("ihc_levels", "_clone"), ("pan_trk_ihc", "stain as described")),
    fish: (("fish_levels", "_target", "_signal"), ("fish",)),
    rt_pcr: (("rt_pcr_levels",), ("rt_pcr",)),
    genes: (("result_level", "frame_level"), ("pan_trk_ihc", "rna_mps")),
    sequencing: (("coverage", "counts_as", "of_other_genes"), ("rna_mps",)),
    tumour: (
        ("flag", "_status", "_canonical", "_alk_ros1", "_lineage", "_co_expression", "_differentiation", "_cns_site",
         "_age_band", "_other_driver"),
        ("age_band", "cns_site", "flags", "alternative", "immunoprofile", "differentiation", "alk_ros1", "alterations",
         "defining_stain", "histologies"),
    ),
    treated: (("status", "_course"), ("therapy", "no therapy")),
}  # fmt: skip
_FLIPPED = {
    ast.GtE: ast.Gt, ast.Gt: ast.GtE, ast.LtE: ast.Lt, ast.Lt: ast.LtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def mutants(function: ast.FunctionDef) -> Iterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """Every small change of a function: what it is, how it is made, and how it is undone."""
    levels = sorted(
        {n.value for n in ast.walk(function) if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value}
    )
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in _FLIPPED:
            old, new = node.ops[0], _FLIPPED[type(node.ops[0])]()
            yield (f"line {node.lineno}: {type(old).__name__} becomes {type(new).__name__}",
                   lambda n=node, o=new: n.ops.__setitem__(0, o),
                   lambda n=node, o=old: n.ops.__setitem__(0, o))  # fmt: skip
        elif isinstance(node, ast.BoolOp):
            old, new = node.op, ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield (f"line {node.lineno}: {type(old).__name__} becomes {type(new).__name__}",
                   lambda n=node, o=new: setattr(n, "op", o), lambda n=node, o=old: setattr(n, "op", o))  # fmt: skip
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and node.value.value in levels:
            old = node.value.value
            for other in levels:
                if other != old:
                    yield (f"line {node.lineno}: {old} becomes {other}",
                           lambda n=node.value, o=other: setattr(n, "value", o),
                           lambda n=node.value, o=old: setattr(n, "value", o))  # fmt: skip
                    break


def code_of(tree: ast.Module, module: ModuleType, name: str) -> CodeType:
    def search(code: CodeType) -> CodeType | None:
        for one in code.co_consts:
            if isinstance(one, CodeType):
                if one.co_name == name:
                    return one
                if (deeper := search(one)) is not None:
                    return deeper
        return None

    found = search(compile(tree, str(module.__file__), "exec"))
    assert found is not None
    return found


def function_of(module: ModuleType, name: str) -> FunctionType:
    for owner in (
        module,
        *(c for c in vars(module).values() if inspect.isclass(c) and c.__module__ == module.__name__),
    ):
        found = vars(owner).get(name)
        if isinstance(found, staticmethod):
            found = found.__func__
        if isinstance(found, FunctionType):
            return found
    raise AssertionError(name)


CASES = [(module, name) for module, (names, _) in DERIVING.items() for name in names]


@pytest.mark.parametrize(("module", "name"), CASES, ids=[f"{m.__name__.rpartition('.')[2]}.{n}" for m, n in CASES])
def test_no_small_change_of_a_derivation_survives(module: ModuleType, name: str) -> None:
    tree = ast.parse(inspect.getsource(module))
    node = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name)
    function, before = function_of(module, name), function_of(module, name).__code__
    survived = []
    for what, make, undo in mutants(node):
        make()
        try:
            function.__code__ = code_of(tree, module, name)
            found = caught(EDITION, DERIVING[module][1])
        finally:
            undo()
            function.__code__ = before
        if not found:
            survived.append(what)
    assert survived == EQUIVALENTS.get(f"{module.__name__.rpartition('.')[2]}.{name}", [])


#: Small changes that no case can show, each because another line says the same.
EQUIVALENTS: dict[str, list[str]] = {}
