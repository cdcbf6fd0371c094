"""The whole server as one ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from litestar import Litestar
from litestar.datastructures import State

from ntrkpath.guidance import load
from ntrkpath.server import features, openapi
from ntrkpath.server.kit import probes
from ntrkpath.server.kit.http import Route
from ntrkpath.server.kit.mounting import HANDLERS, mounted
from ntrkpath.server.kit.serving import Serving
from ntrkpath.server.kit.settings import Settings, alone
from ntrkpath.server.kit.shield import Shield
from ntrkpath.server.kit.warming import warm

if TYPE_CHECKING:
    from ntrkpath.server.registry.opened import Opened


def create_app(settings: Settings | None = None, registry: Opened | None = None) -> Shield:
    """Return the server.

    Args:
        settings: What the deployment sets; safe defaults for one's own machine where not given.
        registry: A book whose pages are served too, behind an address of this run; on one's own machine alone.

    Raises:
        GuidanceError: No such edition.
        SettingsError: A registry, and a name under which other machines reach the server.
    """
    chosen = settings or Settings()
    own: list[Route] = []
    if registry is not None:
        from ntrkpath.server.registry import page as of_registry

        alone(chosen)
        own = of_registry.ROUTES
    load(chosen.edition)
    shared = Serving(chosen)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await shared.workers.start()
        warming = asyncio.get_running_loop().run_in_executor(None, warm, chosen.edition)
        try:
            yield
            await warming
        finally:
            await shared.workers.stop()

    app: Any = Litestar(
        [*probes.ROUTES, *map(mounted, [*features.routes(), *own]), *openapi.ROUTES],
        state=State({"serving": shared, "registry": registry}),
        exception_handlers=HANDLERS,
        openapi_config=openapi.OPENAPI,
        request_max_body_size=max(chosen.body_bytes, chosen.batch_bytes),
        logging_config=None,
        lifespan=[lifespan],
        debug=False,
    )
    return Shield(app, shared)
