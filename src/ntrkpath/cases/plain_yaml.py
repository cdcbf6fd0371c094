"""YAML as plain data: no anchors, aliases, tags, merges or repeated keys, so that a hostile file costs nothing.

Plain values are read as YAML 1.2 reads them: ``010`` is no octal number, ``1:30`` no number to the base of 60, and a
date stays text until the case gives it its type.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from ntrkpath.model.errors import CaseError

_DEEPEST = 20
_CHECK = "check brackets and indentation"


class _PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that also refuses repeated keys."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - filled below, as PyYAML wants it

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            name = getattr(key, "value", None)
            if isinstance(name, str):
                if name in seen:
                    raise CaseError(
                        "the key stands twice",
                        where=f"line {key.start_mark.line + 1}",
                        value=name,
                        remedy="keep one of the two",
                    )
                seen.add(name)
        return dict(super().construct_mapping(node, deep))


_PLAIN = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO", list("tTfFyYnN")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)?\.[0-9]+|[-+]?(?:0|[1-9][0-9]*)\.", list("-+.0123456789")),
)
for _name, _pattern, _first in _PLAIN:
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(f"(?:{_pattern})$"), _first)


def load_plain(data: bytes) -> Any:
    """Return the content of one YAML document.

    Raises:
        CaseError: Not YAML, more than one document, or it uses anchors, aliases or tags.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaseError("not UTF-8 text", where=f"byte {error.start + 1}", remedy="save the file as UTF-8") from None
    loader = _PlainLoader(text)
    try:
        _refuse(text)
        return loader.get_single_data()
    except yaml.reader.ReaderError as error:
        raise CaseError(
            "a character that text does not hold", where=f"character {error.position + 1}", remedy="remove it"
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        if _brackets(text) > _DEEPEST:
            raise CaseError("nested too deeply", where=where, allowed=f"{_DEEPEST} levels", remedy=_CHECK) from None
        raise CaseError("not readable as YAML", where=where, remedy="check indentation and quotes") from None
    except (ValueError, RecursionError):
        raise CaseError("not readable as YAML (a value or the nesting)", remedy="check dates and nesting") from None
    finally:
        loader.dispose()


def _refuse(text: str) -> None:
    depth = 0
    event: Any
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        where = f"line {event.start_mark.line + 1}"
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise CaseError("anchors and aliases are not allowed", where=where, remedy="write the value out")
        if getattr(event, "tag", None):
            raise CaseError("tags are not allowed", where=where, value=event.tag, remedy="remove the tag")
        depth += isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent)
        depth -= isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent)
        if depth > _DEEPEST:
            raise CaseError("nested too deeply", where=where, allowed=f"{_DEEPEST} levels", remedy=_CHECK)


def _brackets(text: str) -> int:
    """Return how deep brackets stand in each other, by the text alone: a parser may give up before it counts them."""
    depth = deepest = 0
    for char in text:
        depth = max(depth + (char in "[{") - (char in "]}"), 0)
        deepest = max(depth, deepest)
    return deepest
