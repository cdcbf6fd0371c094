"""How worker processes start; imports next to nothing, so that they load the guidance while the server loads itself."""

from __future__ import annotations

import multiprocessing

#: Workers are forked from a process that has loaded the guidance, where the system can; else each loads it itself.
METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def begin() -> None:
    """Start the process that workers are forked from, where there is one; it loads the guidance while we go on."""
    if METHOD == "forkserver":
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload(["ntrkpath.server.kit.preload"])
        forkserver.ensure_running()
