"""The pages inside a browser: the same routes, tasks and templates, asked by a service worker in place of a network."""

from __future__ import annotations

import importlib
import sys
from collections.abc import AsyncIterator, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import msgspec

from ntrkpath.server.features import routes_of
from ntrkpath.server.kit import addresses, kept, problems, progress, tasks
from ntrkpath.server.kit.http import Answer, answered
from ntrkpath.server.kit.navigation import NAVIGATION
from ntrkpath.server.kit.render import environment
from ntrkpath.server.kit.safety import HEADERS
from ntrkpath.server.kit.serving import Serving
from ntrkpath.server.kit.settings import Settings

#: A page belongs to the one who reads it: the mark on what it carries keeps nobody out, and must outlive this worker.
_SECRET = b"carried by a page for its own reader"


#: What is brought only when it is opened: the name of each bundle, and how the paths of its files begin. A further
#: bundle, ``more``, has the modules that no first answer needs.
_PACKAGE = Path(__file__).resolve().parents[1]
_TRANSCRIPTS = _PACKAGE / "knowledge" / "transcripts"
LATER = {
    "transcripts": (_TRANSCRIPTS / "genes.bin", _TRANSCRIPTS / "positions.bin"),
    "symbols": (_TRANSCRIPTS,),
    "answers": (kept.FOLDER,),
}
#: The names of these modules, one a line, written when a site is built.
_MORE = Path(__file__).with_name("more.txt")
_FORM = "application/x-www-form-urlencoded"
#: Made-up cases, as forms and as text, whose answers load and make ready what a first answer takes.
_FIRST: tuple[tuple[str, str, str, bytes], ...] = (
    ("GET", "/", _FORM, b""),
    *(
        ("POST", "/case", _FORM, urlencode({f"f:{key}": value for key, value in facts.items()}).encode())
        for facts in (
            {"diagnosis.histology": "infantile fibrosarcoma"},
            {"diagnosis.histology": "infantile fibrosarcoma", "disease.extent": "metastatic"},
            {"diagnosis.histology": "GIST", "disease.extent": "metastatic"},
        )
    ),
    (
        "POST", "/case", "multipart/form-data; boundary=b",
        b"--b\r\ncontent-disposition: form-data; name=text\r\n\r\nid: a\ndiagnosis: {histology: GIST}\r\n--b--\r\n",
    ),
)  # fmt: skip


class _Query(dict[str, list[str]]):
    """What stands after the question mark."""

    def __init__(self, text: str) -> None:
        super().__init__()
        for name, value in parse_qsl(text, keep_blank_values=True):
            self.setdefault(name, []).append(value)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the last value of a name."""
        return super().get(name, [default])[-1]

    def getall(self, name: str, default: Any = ()) -> Any:
        """Return every value of a name."""
        return super().get(name, default)


class _Asked:
    """A request of the page in this browser; see ``http.Ask``."""

    client = None

    def __init__(self, app: Any, query: str, headers: Mapping[str, str], body: bytes) -> None:
        self.app, self.query_params, self.headers, self._body = app, _Query(query), headers, body

    @property
    def content_type(self) -> tuple[str, dict[str, str]]:
        """The type of the body, with its parameters."""
        kind, *parameters = (part.strip() for part in self.headers.get("content-type", "").split(";"))
        return kind, {name: value.strip('"') for name, _, value in (part.partition("=") for part in parameters)}

    async def stream(self) -> AsyncIterator[bytes]:
        """Return the body."""
        yield self._body


class Inside:
    """The pages, answered in this process.

    Args:
        settings: What may be set; as for a server, without worker processes.
        root: Where the pages stand on their host, as ``/tools/ntrkpath``.
    """

    def __init__(self, settings: Settings, root: str = "") -> None:
        addresses.stand(root)
        kept.read_kept()
        environment().globals.update(root=addresses.at(), alone=True)
        environment().auto_reload = False
        tasks.TASKS["cohort_page"] = "ntrkpath.server.cohort.alone:page"
        self._app = SimpleNamespace(state=SimpleNamespace(serving=Serving(settings, _SECRET)))
        self._needed: set[str] = set()
        self.look()
        sys.addaudithook(self._audit)
        sys.meta_path.append(self)

    def look(self) -> None:
        """See which bundles are here: a memory that was kept may come back without files that were here then."""
        self._absent = {
            str(path): name for name, paths in LATER.items() for path in paths if not any(map(Path.exists, paths))
        }
        self._more = frozenset(_MORE.read_text(encoding="utf-8").split() if _MORE.is_file() else ())
        importlib.invalidate_caches()

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note what is opened before it was brought, also where the error that follows is caught somewhere."""
        if event == "open" and self._absent and arguments and isinstance(arguments[0], str | Path):
            for start, name in self._absent.items():
                if str(arguments[0]).startswith(start) and not Path(arguments[0]).exists():
                    self._needed.add(name)
                    break

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Note a module that was not brought yet; the import system asks for what nothing else finds."""
        if name in self._more:
            self._needed.add("more")

    def brought(self, name: str) -> None:
        """Say that a bundle is here."""
        self._absent = {start: one for start, one in self._absent.items() if one != name}
        if name == "more":
            self._more = frozenset()
        importlib.invalidate_caches()

    async def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request, as the server on a network does.

        Args:
            path: From where the pages stand, as ``/case``.
            query: What follows the question mark.
            headers: By name in lower case.
        """
        try:
            route, places = routes_of(path).match(method, unquote(path))
            return await answered(route, _Asked(self._app, query, headers, body), places)
        except Exception as error:  # noqa: BLE001 - told as a page, by the same words as on a server
            return Answer("") if self._needed else problems.answer_to(path, error)

    async def told(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[list[str], int, dict[str, str], bytes]:
        """Return what a service worker passes on: bundles that must be brought first, or status, headers and body."""
        self._needed.clear()
        found = await self.answer(method, path, query, headers, body)
        if self._needed:
            return sorted(self._needed), 0, {}, b""
        kind = found.media_type if "charset" in found.media_type else f"{found.media_type}; charset=utf-8"
        carried = {"content-type": kind, "cache-control": "no-store", **HEADERS, **found.headers}
        return [], found.status, carried, found.body


class Opened:
    """``Inside`` as a service worker calls it: text and bytes in, text and bytes out."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self.brought, self.look = inside.brought, inside.look

    async def told(
        self, method: str, path: str, query: str, headers: str, body: Any, listener: progress.Listener | None = None
    ) -> Any:
        """Return the bundles that must be brought first, the status, the headers as JSON, and the body.

        Args:
            listener: Is told how far it is.
        """
        content = body.to_bytes() if hasattr(body, "to_bytes") else bytes(body)
        progress.listen(listener)
        try:
            needed, status, carried, found = await self._inside.told(
                method, path, query, msgspec.json.decode(headers), content
            )
        finally:
            progress.listen(None)
        return needed, status, msgspec.json.encode(carried).decode(), found

    async def warm(self) -> None:
        """Make ready what a first answer takes.

        Raises:
            RuntimeError: It needs a bundle that is brought later, or an answer fails.
        """
        for method, path, kind, body in _FIRST:
            needed, status, _, found = await self._inside.told(method, path, "", {"content-type": kind}, body)
            if needed or status != HTTPStatus.OK:
                raise RuntimeError(f"{method} {path}: {needed} {status} {found[-2000:].decode()}")

    def further(self) -> list[str]:
        """Return the addresses of the pages that load more when they are first asked for."""
        return [entry.address for entry in NAVIGATION if entry.address != "/"]


def opened(settings: str, root: str) -> Opened:
    """Return the pages for a service worker; the same ones again in a memory that was kept.

    Args:
        settings: JSON of what may be set; see ``Settings``.
    """
    found = _opened(settings, root)
    found.look()
    return found


@cache
def _opened(settings: str, root: str) -> Opened:
    return Opened(Inside(msgspec.json.decode(settings, type=Settings), root))
