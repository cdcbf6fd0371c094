"""Where a server of ours listens."""

from __future__ import annotations

import socket

import click


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises:
        click.UsageError: The address cannot be had.
    """
    try:
        found = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0].casefold()
        raise click.UsageError(f"cannot listen at {host}, port {port}: {reason}; choose another --port") from None
    # Its connections have it from here; else the body of an answer waits 40 ms for the receipt of its head.
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found
