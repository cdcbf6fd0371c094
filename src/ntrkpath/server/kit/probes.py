"""Whether the server lives and answers, its counters, and the files of its own."""

from __future__ import annotations

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from ntrkpath import __version__
from ntrkpath.guidance import load
from ntrkpath.server.kit.mounting import Ask
from ntrkpath.server.kit.render import assets
from ntrkpath.server.kit.serving import serving

_FOR_EVER = "public, max-age=31536000, immutable"


@get("/health", include_in_schema=False, sync_to_thread=False)
def health() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "ok", "version": __version__}


@get("/ready", include_in_schema=False)
async def ready(request: Ask) -> dict[str, str]:
    """Say that cases are decided, and by which edition."""
    await serving(request).ready()
    edition = load(serving(request).settings.edition)
    return {"status": "ready", "edition": edition.id, "sha256": edition.sha256}


@get("/metrics", include_in_schema=False, sync_to_thread=False)
def metrics(request: Ask) -> Response[str]:
    """Return the counters as Prometheus text."""
    return Response(serving(request).metrics.text(), media_type="text/plain; version=0.0.4")


@get("/static/{name:str}", include_in_schema=False, sync_to_thread=False)
def static(request: Ask, name: FromPath[str]) -> Response[bytes]:
    """Return a file of the server's own, from memory."""
    asset = assets().get(name)
    if asset is None:
        raise NotFoundException
    known = request.query_params.get("v") == asset.mark
    return Response(asset.content, media_type=asset.type, headers={"cache-control": _FOR_EVER if known else "no-cache"})


ROUTES = [health, ready, metrics, static]
