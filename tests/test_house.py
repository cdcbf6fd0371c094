"""The floor plan of the source: no circles, no names that say nothing, nothing private taken, nothing unused."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "ntrkpath"
#: Names of files that could hold anything.
SAY_NOTHING = {"work", "words", "parts", "extra", "utils", "helpers", "common", "misc", "manager", "engine"}
LONGEST = 400


def module_name(path: Path) -> str:
    """Return the dotted name of a module."""
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py")) if "static" not in path.parts}


@cache
def imports(name: str) -> frozenset[tuple[str, str]]:
    """Return what a module imports, also late and for types: the module, and the name taken from it."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ntrkpath"):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add((whole, "") if whole in MODULES else (str(node.module), alias.name))
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names if alias.name in MODULES}
    return frozenset(found)


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the circles of a graph: the sets of nodes that reach each other."""
    place: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(node: str) -> None:
        place[node] = low[node] = len(place)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in place:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], place[other])
        if low[node] == place[node]:
            ring = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(ring) > 1:
                found.append(sorted(ring))

    for node in graph:
        if node not in place:
            visit(node)
    return found


def test_no_circle_between_files_not_even_for_types() -> None:
    graph = {
        name: {other for other, _ in imports(name) if other in MODULES and not name.startswith(f"{other}.")} - {name}
        for name in MODULES
        if name != "ntrkpath"  # the public names, resolved when they are used
    }
    assert circles({name: others & graph.keys() for name, others in graph.items()}) == []


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]


def test_no_private_name_of_another_module_is_used() -> None:
    assert [(name, found) for name in MODULES for found in imports(name) if re.match(r"_[^_]", found[1])] == []


def test_a_private_module_is_used_in_its_own_package_alone() -> None:
    strays = []
    for name, path in MODULES.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for other, _ in imports(name):
            parts = other.split(".")
            private = next((i for i, part in enumerate(parts) if re.match(r"_[^_]", part)), None)
            if private is not None and not package.startswith(".".join(parts[:private])):
                strays.append((name, other))
    assert strays == []


def test_a_module_is_called_after_what_it_holds() -> None:
    assert [name for name, path in MODULES.items() if path.stem in SAY_NOTHING] == []


def test_a_module_says_in_its_first_sentence_what_it_holds_and_is_not_long() -> None:
    texts = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
    assert [name for name, text in texts.items() if not text.startswith('"""') or text.count("\n") > LONGEST] == []


def defined(tree: ast.Module) -> Iterator[str]:
    """Yield the functions, classes and constants of a module, methods included; what a decorator registers is used."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
            yield node.name
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def test_nothing_is_defined_that_nobody_uses() -> None:
    kinds = {".py", ".html", ".md", ".toml", ".typ"}
    places = [
        path
        for folder in ("src", "tests", "scripts", "benchmarks", "docs", "packaging")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in kinds and "static" not in path.parts
    ]
    used = Counter(word for path in places for word in re.findall(r"\w+", path.read_text(encoding="utf-8")))
    called_by_others = re.compile(
        r"__\w+__|format_commands|handle_\w+|visit_\w+|log_message|do_\w+|"
        r"revision|down_revision|branch_labels|depends_on"  # Alembic reads these of a migration
    )
    unused = [
        f"{name}: {one}"
        for name, path in MODULES.items()
        for one in defined(ast.parse(path.read_text(encoding="utf-8")))
        if used[one] == 1 and not called_by_others.fullmatch(one)
    ]
    assert unused == []
