"""Fields of the form, made from the keys of a case: closed lists become choices, the rest text, numbers and dates."""

from __future__ import annotations

from typing import Any

import msgspec

from ntrkpath.model import case as model
from ntrkpath.model.case_keys import METHODS, keys_of
from ntrkpath.server.case.apply import fusion_text
from ntrkpath.server.case.wording import LEVELS
from ntrkpath.vocabulary import case_words


class Field(msgspec.Struct, frozen=True):
    """One field of the form.

    Args:
        name: Kind and path, as ``f:disease.extent``: ``f`` text, ``n`` number, ``b`` yes or no, ``l`` list; further
            kinds stand in ``apply``.
        label: What is asked.
        kind: ``choice``, ``text``, ``number``, ``date`` or ``list``.
        choices: Value and words of each choice, for ``choice``.
        value: As it stands in the case, as text.
        hint: What may be written.
        could: What an answer could change, where the field is asked for.
    """

    name: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    hint: str = ""
    could: str = ""


def words(level: str) -> str:
    """Return a level of a case in plain words."""
    return LEVELS.get(level) or level.replace("_", " ")


def field(owner: type[msgspec.Struct], name: str, path: str, data: dict[str, Any], label: str = "") -> Field:
    """Return the field of one key of a part of a case.

    Args:
        owner: The type of the part, as ``Disease``.
        path: Where the part stands, as ``disease`` or ``tests.0``.
        data: The part as plain data.
    """
    key, now = keys_of(owner)[name], data.get(name)
    shown, place = label or key.label, f"{path}.{name}"
    if key.kind == "flag":
        told = {True: "true", False: "false"}.get(now, "")  # type: ignore[arg-type]
        return Field(f"b:{place}", shown, "choice", (("true", "yes"), ("false", "no")), told, key.hint)
    if key.kind == "choice":
        stated = "" if now is None else str(now)
        # What is stated in another word than the format's stays as it is written (``F`` for female).
        read = case_words.words(key.words).level(stated) if stated not in key.levels else None
        chosen = tuple((stated if level == read else level, words(level)) for level in key.levels)
        return Field(f"f:{place}", shown, "choice", chosen, stated, key.hint)
    if isinstance(now, float) and now.is_integer():
        now = int(now)
    told = ", ".join(map(str, now)) if isinstance(now, list) else "" if now is None else str(now)
    form, kind = _FORMS.get(key.kind, ("f", "text"))
    return Field(f"{form}:{place}", shown, kind, (), told, key.hint)


#: How a key of a kind is named on the form, and the kind of its field; any other is a text.
_FORMS = {"date": ("f", "date"), "genes": ("l", "list"), "pairs": ("l", "list"), "number": ("n", "number"),
          "count": ("n", "number")}  # fmt: skip


def test_type(method: Any) -> type[msgspec.Struct] | None:
    """Return the type of a test by its method."""
    return METHODS.get(str(method))


def methods() -> list[tuple[str, str]]:
    """Return the methods with their names."""
    return [(method, words(method)) for method in METHODS]


#: What decides of each test, asked first; a further step holds the rest.
FIRST = {
    "pan_trk_ihc": ("percent", "distribution", "control"),
    "fish": ("result", "gene"),
    "rt_pcr": ("result", "targets"),
    "rna_mps": ("result", "rna_quality", "genes_covered"),
    "dna_mps": ("result", "genes_covered"),
}
_SHOWN_APART = ("fusions", "mutations", "file", "sample", "caller", "assembly")


def of_test(position: int, test: dict[str, Any]) -> list[Field]:
    """Return the fields of one test: what decides first, in the order of ``FIRST``."""
    kind = test_type(test.get("method"))
    if kind is None:
        return []
    keys = [key for key in keys_of(kind) if key not in _SHOWN_APART]
    lead = (*FIRST.get(str(test.get("method")), ()), "result", "date", "specimen")
    keys.sort(key=lambda key: lead.index(key) if key in lead else len(lead))
    found = [field(kind, key, f"tests.{position}", test) for key in keys]
    if kind in (model.DnaMps, model.RnaMps):
        told = test.get("mutations")
        shown = "none" if told == [] else ", ".join(
            f"{m.get('gene')} {m.get('protein')}" if isinstance(m, dict) else str(m) for m in told or ()
        )  # fmt: skip
        key = keys_of(kind)["mutations"]
        found.append(Field(f"u:tests.{position}.mutations", key.label, "text", (), shown, key.hint))
    return found


def of_fusions(position: int, test: dict[str, Any]) -> list[list[Field]]:
    """Return for each fusion of a sequencing test one text and its frame, and an empty text for one more."""
    if test_type(test.get("method")) not in (model.DnaMps, model.RnaMps):
        return []
    hint = "5′ gene first, exons where known: TPM3::NTRK1, or ETV6 exon 5::NTRK3 exon 15"
    rows = []
    for j, fusion in enumerate([*(test.get("fusions") or []), None]):
        place = f"tests.{position}.fusions.{j}"
        shown = fusion_text(fusion) if fusion is not None else ""
        row = [Field(f"x:{place}", "Fusion" if fusion is not None or not j else "One more fusion", "text", (), shown,
                     "" if j else hint)]  # fmt: skip
        if isinstance(fusion, dict):
            row.append(field(model.ReportedFusion, "frame", place, fusion))
        rows.append(row)
    return rows


def of_alterations(data: dict[str, Any]) -> list[list[Field]]:
    """Return the fields of each alteration, and an empty set for one more."""
    listed = [a for a in data.get("alterations") or [] if isinstance(a, dict)]
    return [
        [field(model.Alteration, key, f"alterations.{i}", one) for key in ("gene", "kind", "status")]
        for i, one in enumerate([*listed, {}])
    ]


def of_therapy(data: dict[str, Any]) -> list[list[Field]]:
    """Return the fields of each line of therapy, and an empty set for one more."""
    listed = [line for line in data.get("therapy") or [] if isinstance(line, dict)]
    return [
        [field(model.TherapyLine, key, f"therapy.{i}", line)
         for key in ("drug", "start", "end", "best_response", "progression")]
        for i, line in enumerate([*listed, {}])
    ]  # fmt: skip
