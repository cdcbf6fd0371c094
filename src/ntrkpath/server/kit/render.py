"""Pages from templates: the Jinja environment, the files under `static`, and the answer that carries a page."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ntrkpath import __version__
from ntrkpath.guidance import load
from ntrkpath.server.kit.addresses import at
from ntrkpath.server.kit.http import Answer
from ntrkpath.server.kit.navigation import NAVIGATION
from ntrkpath.server.kit.settings import Settings

HERE = Path(__file__).parent
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
          ".txt": "text/plain"}  # fmt: skip


class Asset:
    """A file of the server's own: content, type, and a mark of its content for its address."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content, self.type = name, content, _TYPES[Path(name).suffix]
        self.mark = hashlib.sha256(content).hexdigest()[:12]

    @property
    def address(self) -> str:
        """Where a page finds it; changes with its content, so that it may be kept for ever."""
        return at(f"/static/{self.name}?v={self.mark}")


@cache
def assets() -> dict[str, Asset]:
    """Return the files under `static` by name; `site.css` is led by the style of the reports and the drawings."""
    from ntrkpath.server.kit.drawing import styles

    found = {}
    for path in sorted((HERE / "static").iterdir()):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            found[path.name] = Asset(path.name, styles().encode() + content if path.name == "site.css" else content)
    return found


@cache
def environment() -> Environment:
    """Return the Jinja environment: everything is escaped, an undefined name is an error.

    A template stands beside its page and is called by its path, as ``case/case.html``.
    """
    made = Environment(
        loader=FileSystemLoader(HERE.parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters["markup"] = Markup
    made.globals.update(
        version=__version__,
        navigation=NAVIGATION,
        root=at(),
        asset=lambda name: assets()[name].address,
        intended_use=load(Settings().edition).intended_use,
        alone=False,
    )
    return made


def text_of(template: str, **context: Any) -> str:
    """Return a template filled in, as text."""
    return environment().get_template(template).render(**context)


def page(template: str, *, status: int = 200, here: str = "", **context: Any) -> Answer:
    """Return a whole page.

    Args:
        template: Its path from the folder of the server.
        here: The address of the navigation entry that is open.
    """
    return Answer(text_of(template, here=here, **context), status)
