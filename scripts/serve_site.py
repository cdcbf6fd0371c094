"""Serve the static site on this machine as any host would: `python scripts/serve_site.py [DIRECTORY] [PORT]`."""

from __future__ import annotations

import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Files(SimpleHTTPRequestHandler):
    """Files of a folder; where none stands at an address, its `404.html`."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".mjs": "text/javascript"}  # noqa: RUF012 - as the library has it

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the page for addresses at which no file stands."""
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            return super().send_error(code, message, explain)
        content = page.read_bytes()
        self.send_response(code)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


def made(directory: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of a folder, on this machine alone."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Files, directory=str(directory)))


if __name__ == "__main__":
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "site")
    if not (directory / "sw.js").is_file():
        sys.exit(f"no site stands in {directory}: make site")
    with made(directory, int(sys.argv[2]) if len(sys.argv) > 2 else 8080) as server:
        print(f"http://127.0.0.1:{server.server_port}/  (end with Ctrl+C)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            sys.exit()
