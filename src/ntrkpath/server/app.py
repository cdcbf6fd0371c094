"""The whole server as one ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.datastructures import State

from ntrkpath.guidance import load
from ntrkpath.server import features, openapi
from ntrkpath.server.kit import probes
from ntrkpath.server.kit.mounting import HANDLERS, mounted
from ntrkpath.server.kit.serving import Serving
from ntrkpath.server.kit.settings import Settings
from ntrkpath.server.kit.shield import Shield
from ntrkpath.server.kit.warming import warm


def create_app(settings: Settings | None = None) -> Shield:
    """Return the server.

    Args:
        settings: What the deployment sets; safe defaults for one's own machine where not given.

    Raises:
        GuidanceError: No such edition.
    """
    chosen = settings or Settings()
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
        [*probes.ROUTES, *map(mounted, features.routes()), *openapi.ROUTES],
        state=State({"serving": shared}),
        exception_handlers=HANDLERS,
        openapi_config=openapi.OPENAPI,
        request_max_body_size=max(chosen.body_bytes, chosen.batch_bytes),
        logging_config=None,
        lifespan=[lifespan],
        debug=False,
    )
    return Shield(app, shared)
