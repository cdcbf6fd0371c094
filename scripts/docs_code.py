"""The code as pages: commands with their help, case and recommendation keys, errors, public names."""

from __future__ import annotations

import ast
import datetime as dt
import importlib
import inspect
import pkgutil
import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

import ntrkpath
from docs_guidance import _GENERATED, cell, table
from docs_keys import MEANING
from ntrkpath.cli.main import cli
from ntrkpath.exports import recommendations, tsv
from ntrkpath.model import case, errors, fusion, recommendation
from ntrkpath.model.case_keys import keys_of

SOURCE = Path(ntrkpath.__file__).parent


# --- commands ---------------------------------------------------------------------------------------------------------
def commands(
    group: click.Group = cli, path: tuple[str, ...] = ("ntrkpath",)
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with its path, groups before their commands."""
    yield path, group
    context = click.Context(group, info_name=" ".join(path))
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))
        elif found is not None:
            yield (*path, name), found


def commands_page() -> str:
    """Return the help of every command, as the terminal shows it."""
    parts = [
        _GENERATED,
        "# Commands\n\nData go to standard output, everything else to standard error. "
        "Exit codes: 0 a completed run, also where some cases were bad; 1 a finding of `verify` or "
        "`--fail-on`; 2 wrong usage; 65 no input that could be read.\n",
    ]
    for path, command in commands():
        context = click.Context(
            command,
            info_name=" ".join(path),
            max_content_width=100,
            terminal_width=96,
            help_option_names=["-h", "--help"],
        )
        parts.append(f"## {' '.join(path)} {{ #{'-'.join(path)} }}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


# --- keys of cases and answers ----------------------------------------------------------------------------------------
def structs(module: types.ModuleType) -> list[type[msgspec.Struct]]:
    """Return the public types of a model module that stand for a mapping, in the order of the source."""
    own = [thing for name, thing in vars(module).items() if isinstance(thing, type) and not name.startswith("_")]
    return [thing for thing in own if issubclass(thing, msgspec.Struct) and thing.__module__ == module.__name__]


def says(annotation: object) -> str:
    """Return a type in words: allowed values, ranges, lists of parts."""
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        meta = args[1]
        bounds = [
            f"{word} {value:g}" for word, value in (("at least", meta.ge), ("at most", meta.le)) if value is not None
        ]
        bounds += [f"up to {meta.max_length} characters"] if meta.max_length else []
        return says(args[0]) + (f", {' and '.join(bounds)}" if bounds else "")
    if origin is typing.Literal:
        return ", ".join(f"`{str(v).lower() if isinstance(v, bool) else v}`" for v in args)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(says(a) for a in args if a is not types.NoneType)
    if origin in (list, tuple):
        return f"list of {says(args[0])}"
    if origin is dict:
        return f"mapping of {says(args[0])} to {says(args[1])}"
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return f"[{annotation.__name__}](#{annotation.__name__})"
    names: dict[object, str] = {
        str: "text",
        float: "number",
        int: "whole number",
        bool: "`true`, `false`",
        dt.date: "date (YYYY-MM-DD)",
        typing.Any: "anything",
    }
    return names[annotation]


def arguments(docstring: str) -> dict[str, str]:
    """Return what the Args or Attributes of a docstring say of each name."""
    found: dict[str, str] = {}
    match = re.search(r"^(?:Args|Attributes):\n((?:[ ]+.*\n?|\n)+)", inspect.cleandoc(docstring) + "\n", re.MULTILINE)
    for line in match[1].splitlines() if match else ():
        entry = re.match(r"    (\w+): (.*)", line)
        if entry:
            found[entry[1]] = entry[2]
        elif found and line.strip():
            found[next(reversed(found))] += " " + line.strip()
    return found


def meaning(struct: type[msgspec.Struct], field: str) -> str:
    """Return what a key means: for a case by its key, else from the docstring of its type or from `docs_keys.py`."""
    if struct.__module__ == case.__name__:
        return keys_of(struct)[field].meaning
    for cls in struct.__mro__:
        if field in (told := arguments(cls.__doc__ or "")):
            return told[field]
        if f"{cls.__name__.lstrip('_')}.{field}" in MEANING:
            return MEANING[f"{cls.__name__.lstrip('_')}.{field}"]
    return ""


def keys(struct: type[msgspec.Struct]) -> list[tuple[str, str, str, str]]:
    """Return (key, what it may be, whether it is needed, what it means) of a type."""
    hints = typing.get_type_hints(struct, include_extras=True)
    config = struct.__struct_config__
    rows = [(str(config.tag_field), f"`{config.tag}`", "yes", "Which test this is.")] if config.tag_field else []
    for field in msgspec.structs.fields(struct):
        rows.append(
            (
                field.encode_name,
                says(hints[field.name]),
                "yes" if field.required else "",
                meaning(struct, field.name),
            )
        )
    return rows


def summary(thing: object) -> str:
    """Return a docstring without its Args, as Markdown."""
    text = re.split(
        r"^(?:Args|Attributes|Raises|Returns|Yields):$",
        inspect.cleandoc(getattr(thing, "__doc__", None) or ""),
        maxsplit=1,
        flags=re.MULTILINE,
    )[0]
    return text.replace("``", "`").strip()


def keys_page(title: str, about: str, found: list[type[msgspec.Struct]], required: bool) -> str:
    """Return every key of some types."""
    parts = [_GENERATED, f"# {title}\n\n{about}\n"]
    for struct in found:
        head = ("key", "value", "needed", "meaning") if required else ("key", "value", "meaning")
        rows = [(f"`{k}`", v, r, cell(m.replace("``", "`"))) for k, v, r, m in keys(struct)]
        parts.append(
            f"## {struct.__name__} {{ #{struct.__name__} }}\n\n{summary(struct)}\n\n"
            + table(head, rows if required else [(k, v, m) for k, v, _, m in rows])
        )
    return "\n".join(parts)


# --- errors -----------------------------------------------------------------------------------------------------------
def kinds() -> list[type[errors.NtrkpathError]]:
    """Return every kind of error, the root first."""
    found = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.NtrkpathError)]
    return sorted(found, key=lambda e: len(e.__mro__))


def raised() -> dict[str, list[tuple[str, str, str]]]:
    """Return, by kind of error, what is raised in the source: (problem, remedy, module)."""
    names = {e.__name__ for e in kinds()}
    found: dict[str, list[tuple[str, str, str]]] = {name: [] for name in names}

    def shown(node: ast.expr | None) -> str:
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.JoinedStr):
            return "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in node.values)
        if isinstance(node, ast.IfExp):
            return " / ".join(filter(None, (shown(node.body), shown(node.orelse))))
        return ""

    for path in sorted(SOURCE.rglob("*.py")):
        module = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names and node.args:
                remedy = next((k.value for k in node.keywords if k.arg == "remedy"), None)
                entry = (shown(node.args[0]), shown(remedy), module)
                if entry[0] and entry not in found[node.func.id]:
                    found[node.func.id].append(entry)
    return found


def errors_page() -> str:
    """Return every kind of error with its messages and remedies."""
    messages = raised()
    parts = [
        _GENERATED,
        "# Errors\n\nAn error names the place (file and line, or the path of the key), "
        "the value, what is allowed, and the remedy. "
        "In a batch a bad case is one line on standard error and the others go on; where nothing could be "
        "read the exit code is 65. "
        "An error never prints a whole case.\n",
    ]
    for error in kinds():
        parts.append(f"## {error.__name__} {{ #{error.__name__} }}\n\n{summary(error)} Kind: `{error.kind}`.\n")
        if messages[error.__name__]:
            parts.append(
                table(
                    ("message", "remedy", "raised in"),
                    ((cell(p), cell(r), f"`{m}`") for p, r, m in messages[error.__name__]),
                )
            )
    return "\n".join(parts)


# --- public names -----------------------------------------------------------------------------------------------------
def modules() -> list[types.ModuleType]:
    """Return every public module of the package."""
    found = [ntrkpath]
    for info in pkgutil.walk_packages(ntrkpath.__path__, "ntrkpath."):
        if not any(part.startswith("_") for part in info.name.split(".")):
            found.append(importlib.import_module(info.name))
    return found


def public(module: types.ModuleType) -> list[tuple[str, object]]:
    """Return the public classes and functions that a module defines, in the order of the source."""

    def defined(name: str, thing: object) -> bool:
        kind = inspect.isclass(thing) or inspect.isfunction(thing) or hasattr(thing, "__wrapped__")
        here = getattr(thing, "__module__", "") == module.__name__ and getattr(thing, "__name__", "") == name
        return kind and here and not name.startswith("_")

    return [(name, thing) for name, thing in vars(module).items() if defined(name, thing)]


def signature(name: str, thing: object) -> str:
    """Return a signature on one line, without the module names of types."""
    try:
        text = str(inspect.signature(thing))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return name
    except NameError:  # an annotation that only the type checker sees
        assert isinstance(thing, type)
        hints = {k: hint for cls in reversed(thing.__mro__) for k, hint in vars(cls).get("__annotations__", {}).items()}
        text = f"({', '.join(f'{field}: {hints[field]}' for field in getattr(thing, '__struct_fields__', ()))})"
    text = re.sub(r"(?:\w+\.)+(\w+)", r"\1", text.replace("'", ""))
    return name + re.sub(r" = <[^>]*>", " = ...", text)


def docstring(thing: object) -> str:
    """Return a docstring as Markdown, its sections as lists."""
    lines: list[str] = []
    for line in inspect.cleandoc(getattr(thing, "__doc__", None) or "").replace("``", "`").splitlines():
        if re.fullmatch(r"(Args|Attributes|Raises|Returns|Yields):", line):
            lines += ["", f"**{line}**", ""]
        elif entry := re.match(r"    (\w+): (.*)", line):
            lines.append(f"- `{entry[1]}`: {entry[2]}")
        else:
            lines.append(("  " + line.strip()) if line.startswith("     ") else line)
    return "\n".join(lines).replace("<", "&lt;")


def example(module: types.ModuleType) -> str:
    """Return the example of a module's docstring without prompts; what it prints as a comment."""
    lines = [line for line in inspect.cleandoc(module.__doc__ or "").splitlines()[1:] if line]
    return "\n".join(line.removeprefix(">>> ") if line.startswith(">>> ") else f"# {line}" for line in lines)


def api_page() -> str:
    """Return every public class and function with its docstring."""
    parts = [
        _GENERATED,
        "# Python interface\n\nThe names below are the public ones; the modules behind them, listed after them, "
        "may move.\n",
    ]
    exported: dict[int, str] = {}
    for module in modules():
        if module.__doc__ and hasattr(module, "__path__"):
            for name in getattr(module, "__all__", ()):
                exported.setdefault(id(getattr(module, name, None)), module.__name__)
    names = []
    for name in ntrkpath.__all__:
        thing = getattr(ntrkpath, name)
        first = summary(thing).split("\n\n")[0].replace("\n", " ")
        home = f"{thing.__module__}.{thing.__name__}" if hasattr(thing, "__module__") else thing.__name__
        names.append((f"[`ntrkpath.{name}`](#{home})", cell(first)))
    parts += [table(("name", "what it is"), names), f"```python\n{example(ntrkpath)}\n```\n"]
    for module in modules():
        found = public(module)
        if not found:
            continue
        parts.append(f"## {module.__name__} {{ #{module.__name__} }}\n\n{summary(module)}\n")
        for name, thing in found:
            at = f"Import from `{exported[id(thing)]}`.\n\n" if id(thing) in exported else ""
            parts.append(
                f"### {name} "
                f"{{ #{module.__name__}.{name} }}\n\n```text\n{signature(name, thing)}\n```\n\n{at}{docstring(thing)}\n"
            )
            if inspect.isclass(thing):
                for member, value in vars(thing).items():
                    target = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
                    if member.startswith("_") or not (inspect.isfunction(target) or isinstance(value, property)):
                        continue
                    first = (
                        inspect.cleandoc(target.__doc__ or "").split("\n\n")[0].replace("\n", " ").replace("``", "`")
                    )
                    parts.append(f"- `{member if isinstance(value, property) else signature(member, target)}`: {first}")
                parts.append("")
    return "\n".join(parts)


def columns(command: str, meanings: dict[str, str]) -> str:
    """Return the columns that `--format tsv` of a command writes, each with its meaning."""
    rows = [(f"`{name}`", cell(meaning)) for name, meaning in meanings.items()]
    return f"\n\n## Columns of `{command} --format tsv`\n\n" + table(("column", "meaning"), rows)


def pages() -> dict[str, str]:
    """Return the pages of the code by file name."""
    about_case = (
        "A case is YAML or JSON. Everything but `id` and `diagnosis.histology` may be absent: "
        "what is absent is unknown, "
        "and a test that is not listed was not done. A key that is not here is an error that names the nearest one. "
        '`ntrkpath.json_schema("case")` gives the same as JSON Schema.'
    )
    about_answer = (
        "The JSON of `ntrkpath recommend --format json`: one document, keys always in this order. "
        "The same case, `--as-of` date and edition give the same bytes."
    )
    return {
        "commands.md": commands_page(),
        "case.md": keys_page(
            "Case format", about_case, [case.Case, *(s for s in structs(case) if s is not case.Case)], True
        ),
        "recommendation.md": keys_page(
            "Recommendation format",
            about_answer,
            [
                recommendation.Recommendation,
                *(s for s in structs(recommendation) if s is not recommendation.Recommendation),
            ],
            False,
        )
        + columns("ntrkpath recommend", {name: meaning for name, (meaning, _) in recommendations.COLUMNS.items()}),
        "fusion-format.md": keys_page(
            "Fusion formats", "A junction as a caller reports it, and our verdict on it.", structs(fusion), False
        )
        + columns("ntrkpath fusions", tsv.COLUMNS),
        "errors.md": errors_page(),
        "api.md": api_page(),
    }
