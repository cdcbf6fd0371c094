"""Witnesses of what a server does: Python's own audit events, the markup of its pages, and a walk over its links."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_WATCHED = (
    "open", "os.mkdir", "os.remove", "os.rename", "os.link", "os.symlink", "os.listdir", "os.scandir", "os.chmod",
    "os.truncate",
    "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen", "os.system",
    "os.exec", "os.posix_spawn", "os.fork", "tempfile.mkstemp", "tempfile.mkdtemp", "urllib.Request",
    "sqlite3.connect", "ctypes.dlopen", "pickle.find_class",
)  # fmt: skip
_seen: list[tuple[str, str]] | None = None
#: Where the program itself lies; it may read there.
_OWN = tuple({str(Path(p).resolve()) for p in (sys.prefix, sys.base_prefix, ROOT / "src", ROOT / "examples")})


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _seen is None or event not in _WATCHED:
        return
    told = " ".join(str(one) for one in arguments)[:300]
    if event in ("open", "os.listdir", "os.scandir") and arguments and isinstance(arguments[0], str | bytes | Path):
        path = str(Path(str(arguments[0])).resolve())
        mode = str(arguments[1]) if event == "open" else "r"
        # Whether a module is there is asked by listing directories, and its compiled form may be kept beside it.
        if path.startswith(_OWN) and (not set(mode) & set("wax+") or ".pyc" in path):
            return
    _seen.append((event, told))


sys.addaudithook(_audit)


@contextmanager
def witness() -> Iterator[list[tuple[str, str]]]:
    """Yield a list that fills with what is opened, written, listed, asked over the network or started meanwhile.

    Reading files of the program itself is left out.
    """
    global _seen
    found: list[tuple[str, str]] = []
    _seen = found
    try:
        yield found
    finally:
        _seen = None


class Markup(HTMLParser):
    """What a page holds: elements with their attributes, script and style of its own, and links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.own: list[str] = []
        self._within = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        given = {name: value or "" for name, value in attrs}
        self.elements.append((tag, given))
        if tag == "style" or (tag == "script" and "src" not in given):
            self.own.append(f"<{tag}>")
        self.own += [f"{tag} {name}" for name in given if name == "style" or name.startswith(("on", "hx-on"))]
        self._within = tag if tag in ("script", "style") else ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that is closed at once."""
        self.handle_starttag(tag, attrs)
        self._within = ""

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self._within = ""

    def handle_data(self, data: str) -> None:
        """Note content of a script or style."""
        if self._within and data.strip():
            self.own.append(f"{self._within} with content")

    def addresses(self) -> list[tuple[str, str]]:
        """Return every address with the attribute that holds it."""
        names = ("href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href", "data", "poster", "srcset")
        return [(name, given[name]) for _, given in self.elements for name in names if name in given]


def patterns(app: Any) -> dict[str, re.Pattern[str]]:
    """Return the routes of a Litestar application as regular expressions by their template."""
    found = {}
    for route in app.routes:
        parts = re.split(r"(\{[^}]+\})", route.path)
        told = "".join(
            (".+" if p.endswith(":path}") else "[^/]+") if p.startswith("{") else re.escape(p) for p in parts
        )
        found[route.path] = re.compile(told)
    return found


def template_of(path: str, routes: dict[str, re.Pattern[str]]) -> str | None:
    """Return the template of the route that answers a path."""
    if path in routes:
        return path
    return next((template for template, one in routes.items() if one.fullmatch(path)), None)


def walk(client: Any, routes: dict[str, re.Pattern[str]], each: int = 2) -> dict[str, Any]:
    """Return the answers to GET of every page that the start leads to, by address; at most ``each`` of one route."""
    waiting, answers, counts = ["/"], {}, dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        template = template_of(address.partition("?")[0], routes) or address
        if address in answers or counts.get(template, 0) >= each:
            continue
        counts[template] = counts.get(template, 0) + 1
        answers[address] = answer = client.get(address)
        if answer.headers.get("content-type", "").startswith("text/html"):
            for name, link in Markup(answer.text).addresses():
                if name == "href" and link.startswith("/"):
                    waiting.append(link.partition("#")[0])
    return answers
