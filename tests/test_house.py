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
def text_of(name: str) -> str:
    """Return the text of a module."""
    return MODULES[name].read_text(encoding="utf-8")


@cache
def tree(name: str) -> ast.Module:
    """Return a module as it is parsed, once for all that is asked of it."""
    return ast.parse(text_of(name))


@cache
def imports(name: str) -> frozenset[tuple[str, str]]:
    """Return what a module imports, also late and for types: the module, and the name taken from it."""
    found = set()
    for node in ast.walk(tree(name)):
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
    texts = {name: text_of(name) for name in MODULES}
    assert [name for name, text in texts.items() if not text.startswith('"""') or text.count("\n") > LONGEST] == []


#: Ways through a function above which it is hard to follow (radon: D or worse), and how many such there may be.
HARD_TO_FOLLOW, FEW = 20, 9


def ways(function: ast.FunctionDef) -> int:
    """Return the ways through a function as radon counts them: branches, loops, conditions; nested functions apart."""
    count, nodes = 1, list(ast.iter_child_nodes(function))
    while nodes:
        node = nodes.pop()
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                continue
            case ast.Try():
                count += len(node.handlers) + bool(node.orelse)
            case ast.BoolOp():
                count += len(node.values) - 1
            case ast.If() | ast.IfExp() | ast.Assert():
                count += 1
            case ast.For() | ast.While():
                count += 1 + bool(node.orelse)
            case ast.comprehension():
                count += 1 + len(node.ifs)
            case ast.Match():
                count += sum(
                    not (isinstance(one.pattern, ast.MatchAs) and not one.pattern.pattern) for one in node.cases
                )
        nodes += ast.iter_child_nodes(node)
    return count


def test_few_functions_are_hard_to_follow() -> None:
    hard = [
        f"{name}.{node.name}: {ways(node)}"
        for name in MODULES
        for node in ast.walk(tree(name))
        if isinstance(node, ast.FunctionDef) and ways(node) > HARD_TO_FOLLOW
    ]
    assert len(hard) <= FEW, hard


def test_ways_through_a_function_are_counted() -> None:
    text = """
def f(a, b):
    for x in a if a or b else []:
        while x and not b or a:
            pass
    else:
        assert [y for y in b if y]
    def g():
        return a or b
    try:
        match a:
            case 1 | 2: pass
            case _: pass
    except ValueError: pass
"""
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    assert ways(function) == 1 + 2 + 2 + 3 + 1 + 2 + 1 + 1


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
        for name in MODULES
        for one in defined(tree(name))
        if used[one] == 1 and not called_by_others.fullmatch(one)
    ]
    assert unused == []
