"""Build the generated part of the documentation, `docs/reference/generated/`, from the edition and the code.

MkDocs calls `on_pre_build` before it collects pages, so that `mkdocs build` is all that is needed. By hand:
`python scripts/build_docs.py [DIRECTORY]`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
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


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Show the name of a file above its block, and the counts of the edition (hook of MkDocs)."""
    if "{{ share_of_rules }}" in markdown:
        markdown = markdown.replace("{{ share_of_rules }}", docs_guidance.share(load()))
    return re.sub(r"^<!-- file: (\S+) -->$", r'<p class="file">\1</p>\n', markdown, flags=re.MULTILINE)


if __name__ == "__main__":
    for written in build(Path(sys.argv[1]) if len(sys.argv) > 1 else GENERATED):
        print(written)
