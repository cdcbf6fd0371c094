"""`ntrkpath serve`: the pages and the interface for programs, on one's own machine unless told otherwise."""

from __future__ import annotations

import datetime as dt

import click

from ntrkpath.cli.listening import listen
from ntrkpath.cli.main import EXIT_OK
from ntrkpath.cli.options import as_of_option, edition_option


@click.command("serve")
@click.option("--demo", is_flag=True, help="Open on a published case.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen at.")
@click.option(
    "--allow-host", multiple=True, metavar="NAME", help="Also answer under this name; repeatable. Needed off loopback."
)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that decide.")
@click.option(
    "--seconds", type=click.FloatRange(1, 600), default=10.0, show_default=True, help="Processor time of a request."
)
@click.option("--registry", is_flag=True, help="Serve the pages of a registry too, on this machine alone.")
@click.option("--database", default=".", metavar="FOLDER|FILE|URL", help="The book of the registry; default: here.")
@click.option("--protocol", default="sts_ihc_mps", metavar="NAME|FILE", help="The protocol of its study.")
@as_of_option
@edition_option
def command(
    demo: bool, host: str, port: int, allow_host: tuple[str, ...], workers: int, seconds: float, registry: bool,
    database: str, protocol: str, as_of: dt.date | None, edition: str,
) -> int:  # fmt: skip
    """Serve the pages and the JSON interface; no case is stored.

    It listens on this machine only. Behind a reverse proxy that signs people in, name the host with --allow-host.
    With --registry the pages of a registry come too, by an address that is printed and holds for this run alone.
    """
    from ntrkpath.model.extras import require_extra

    require_extra("jinja2", "litestar", "uvicorn", extra="server", what="the pages")
    if registry:
        from ntrkpath.cli.registry_pages import serve_registry

        if allow_host or host != "127.0.0.1":
            raise click.UsageError("--registry is reached from this machine alone: leave out --host and --allow-host")
        return serve_registry(database, protocol, edition=edition, as_of=as_of, port=port, workers=workers)
    from ntrkpath.server.kit.running import serve_by_several
    from ntrkpath.server.kit.settings import LOOPBACK, Settings

    if edition != Settings().edition:
        from ntrkpath.guidance import load

        load(edition)  # one that cannot be used is told here, once
    settings = Settings(demo=demo, as_of=as_of, edition=edition, seconds=seconds, hosts=(*LOOPBACK, host, *allow_host))
    listening = listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"ntrkpath: http://{shown}:{port}/  (end with Ctrl+C; no case is stored)", err=True)
    serve_by_several(settings, listening, workers)
    return EXIT_OK
