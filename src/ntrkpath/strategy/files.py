"""Reading the YAML files of a strategy: shipped ones by name, the user's by path, checked against their form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ntrkpath.model.errors import StrategyError

KNOWLEDGE = Path(__file__).resolve().parent.parent / "knowledge" / "strategy"
T = TypeVar("T")


def names(folder: str) -> list[str]:
    """Return the names of the shipped files of a folder (``plans``, ``populations``, ``costs``)."""
    return sorted(path.stem for path in (KNOWLEDGE / folder).glob("*.yaml"))


def find(folder: str, name: str, suffixes: Iterable[str] = (".yaml", ".yml", ".json")) -> Path:
    """Return the file of a shipped name, or the user's file.

    Raises:
        StrategyError: Neither a shipped name nor a file.
    """
    known = names(folder)
    kind = "strategy" if folder == "plans" else folder.removesuffix("s")
    if name in known:
        return KNOWLEDGE / folder / f"{name}.yaml"
    path = Path(name)
    if path.suffix.lower() in tuple(suffixes) or "/" in name:
        if path.is_file():
            return path
        raise StrategyError(
            "no such file", where=kind, value=name, remedy=f"check the path, or name one of: {', '.join(known)}"
        )
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else "or name a YAML file"
    raise StrategyError(f"no such {kind}", value=name, allowed=known, remedy=remedy)


def read(path: Path) -> Any:
    """Return the content of a YAML or JSON file as plain data.

    Raises:
        StrategyError: The file cannot be read or is no YAML.
    """
    import yaml

    try:
        data = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_loader())  # noqa: S506
    except (OSError, UnicodeDecodeError) as error:
        raise StrategyError("the file cannot be read", where=path.name, remedy=str(error)) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}:{mark.line + 1}" if mark else path.name
        raise StrategyError("not readable as YAML", where=where, value=getattr(error, "problem", None)) from None
    except (ValueError, RecursionError) as error:
        raise StrategyError("not readable as YAML", where=path.name, value=str(error)[:80]) from None
    if data is None:
        raise StrategyError("the file is empty", where=path.name)
    return data


@lru_cache(maxsize=1)
def _loader() -> Any:
    """Return a loader of plain data that refuses a key that stands twice: one of the two would be lost."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen: set[str] = set()
            for key, _ in node.value:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in seen:
                        problem = f"the key {key.value!r} stands twice"
                        raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
                    seen.add(key.value)
            return super().construct_mapping(node, deep)

    return Loader


def levels(given: Any) -> Any:
    """Return facts with ``yes`` and ``no`` as words: unquoted, YAML takes them for true and false."""
    if not isinstance(given, dict):
        return given
    words = {True: "yes", False: "no"}

    def word(level: Any) -> Any:
        if isinstance(level, list):
            return [word(one) for one in level]
        return words[level] if isinstance(level, bool) else level

    return {fact: word(level) for fact, level in given.items()}


def convert(data: Any, kind: type[T], where: str) -> T:
    """Return plain data as a typed value.

    Raises:
        StrategyError: A key is missing, unknown or of the wrong kind; the error names it.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        path = re.sub(r"^\$\.?", "", place.strip("`"))
        raise StrategyError(problem.replace("`", ""), where=f"{where}: {path}" if path else where) from None
