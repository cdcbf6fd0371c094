"""The whole server as one ASGI application."""

from __future__ import annotations

import asyncio
import gc
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
from ntrkpath.server.kit.shared import Shared
from ntrkpath.server.kit.shield import Shield
from ntrkpath.server.kit.warming import warm

if TYPE_CHECKING:
    from ntrkpath.server.registry.opened import Opened


def create_app(
    settings: Settings | None = None, registry: Opened | None = None, shared: Shared | None = None
) -> Shield:
    """Return the server.

    Args:
        settings: What the deployment sets; safe defaults for one's own machine where not given.
        registry: A book whose pages are served too, behind an address of this run; on one's own machine alone.
        shared: What it shares with other processes that serve beside it, where ``kit.running`` started them.

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
    serving = Serving(chosen, shared=shared)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        await serving.workers.start()
        beginning = asyncio.ensure_future(_begin(serving))
        try:
            yield
        finally:
            await serving.workers.stop()
            await beginning

    app: Any = Litestar(
        [*probes.ROUTES, *map(mounted, [*features.routes(), *own]), *openapi.ROUTES],
        state=State({"serving": serving, "registry": registry}),
        exception_handlers=HANDLERS,
        openapi_config=openapi.OPENAPI,
        request_max_body_size=max(chosen.body_bytes, chosen.batch_bytes),
        logging_config=None,
        lifespan=[lifespan],
        debug=False,
    )
    return Shield(app, serving)


async def _begin(serving: Serving) -> None:
    """Make ready what no first visitor waits for, while the server already listens."""
    await asyncio.get_running_loop().run_in_executor(None, warm, serving.settings.edition)
    if serving.in_line:
        # What was loaded stays: looking through it for what can be freed would hold each process now and then.
        gc.freeze()
        gc.set_threshold(100_000, 50, 50)
        serving.shared.make_way()
