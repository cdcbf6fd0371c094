"""Build the generated part of the documentation, `docs/reference/generated/`, from the edition and the code.

MkDocs calls `on_pre_build` before it collects pages, so that `mkdocs build` is all that is needed. By hand:
`python scripts/build_docs.py [DIRECTORY]`.
"""

from __future__ import annotations

import posixpath
import re
import sys
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import msgspec

import docs_code
import docs_guidance
import docs_histologies
import docs_registry
import docs_rounds
from ntrkpath.guidance import Edition, load
from ntrkpath.schema import NAMES, shipped

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "docs" / "reference" / "generated"


def pages(edition: Edition) -> dict[str, str]:
    """Return every generated page by file name."""
    return {
        **docs_guidance.pages(edition),
        **docs_histologies.pages(edition),
        **docs_rounds.pages(edition),
        **docs_registry.pages(),
        **docs_code.pages(),
    }


def files() -> dict[str, bytes]:
    """Return what stands beside the pages as JSON, by file name: the OpenAPI document and every JSON Schema."""
    from ntrkpath.server.app import create_app
    from ntrkpath.server.kit.settings import Settings
    from ntrkpath.server.openapi import completed

    application: Any = create_app(Settings(workers=0)).app
    described = completed(application.openapi_schema.to_schema())
    made = {"openapi.json": described} | {f"{name}-1.json": shipped(name) for name in NAMES}
    return {name: msgspec.json.format(msgspec.json.encode(one), indent=2) + b"\n" for name, one in made.items()}


def build(directory: Path = GENERATED) -> list[Path]:
    """Write the pages that changed, remove those that are no longer made, and return all paths."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / ".gitignore").write_text("*\n", encoding="utf-8")
    made = {directory / name: text.rstrip() + "\n" for name, text in pages(load()).items()}
    for stale in set(directory.glob("*.md")) - set(made):
        stale.unlink()
    for path, text in made.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for name, content in files().items():
        (directory / name).write_bytes(content)
    return sorted(made)


def on_pre_build(config: Any) -> None:
    """Build the pages (hook of MkDocs)."""
    build(Path(config["docs_dir"]) / "reference" / "generated")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Show a page as the site does: file names, counts of the edition, links to what is made (hook of MkDocs)."""
    if "{{ share_of_rules }}" in markdown:
        markdown = markdown.replace("{{ share_of_rules }}", docs_guidance.share(load()))
    markdown = re.sub(r"^<!-- file: (\S+) -->$", r'<p class="file">\1</p>\n', markdown, flags=re.MULTILINE)
    return linked(markdown, page.file.src_uri)


_TO_INDEX = re.compile(r"\]\((?P<index>(?P<up>[\w./-]*?)(?:index\.md)?)#(?P<page>[\w-]+)\)")
_APART = re.compile(r"^(`{3,}).*?^\1$|`[^`\n]*`|\[[^\]\n]*\]\([^)\n]*\)|<[^>\n]*>|^#.*?$", re.MULTILINE | re.DOTALL)


def linked(markdown: str, place: str) -> str:
    """Lead links to `reference/index.md#PAGE` to the page itself, and the id of a rule or statement to its entry.

    Args:
        place: Where the page stands, from `docs/`.
    """
    folder = PurePosixPath(place).parent
    if folder.name == "generated":
        return markdown

    def to_page(match: re.Match[str]) -> str:
        target = posixpath.normpath(folder / match["index"]) if match["index"] else place
        name = made().get(match["page"])
        return f"]({match['up']}generated/{name})" if name and target == "reference/index.md" else match[0]

    markdown = _TO_INDEX.sub(to_page, markdown)
    up = posixpath.relpath("reference/generated", folder)
    parts, last = [], 0
    for match in _APART.finditer(markdown):
        parts += [_to_entries(markdown[last : match.start()], up), match[0]]
        last = match.end()
    return "".join([*parts, _to_entries(markdown[last:], up)])


def _to_entries(text: str, up: str) -> str:
    def to_entry(match: re.Match[str]) -> str:
        page = entries().get(match[0])
        return f"[{match[0]}]({up}/{page}#{match[0]})" if page else match[0]

    return re.sub(r"\b[A-Z][A-Z0-9]*(?:-[A-Z]+)*-[A-Z]?\d+\b", to_entry, text)


@cache
def made() -> dict[str, str]:
    """Return the file of everything that is made, by its name in `reference/index.md`."""
    return {Path(name).stem: name for name in (*pages(load()), *files())}


@cache
def entries() -> dict[str, str]:
    """Return the page of every rule and statement by its id."""
    edition = load()
    found = {row.id: f"{file}.md" for file, tables in edition.files.items() for table in tables for row in table.rows}
    found |= {row["id"]: "fusion.md" for table in edition.data["fusion"]["tables"] for row in table["rows"]}
    return found | dict.fromkeys(edition.statements, "statements.md")


if __name__ == "__main__":
    for written in build(Path(sys.argv[1]) if len(sys.argv) > 1 else GENERATED):
        print(written)
