"""What can go wrong while a task runs, apart from what was sent: too long, too many, lost, or a fault of ours."""

from __future__ import annotations


class TooLongError(Exception):
    """A request took more processor time than it may; its worker was ended."""


class LostError(Exception):
    """The worker of a request ended, and so did the one that was asked again: by lack of memory, or from outside."""


class TooBusyError(Exception):
    """Too many requests wait already."""


class FaultError(Exception):
    """A task failed for a reason that is ours; says the kind of error and its place, never what was given."""


class TooMuchError(Exception):
    """A client has used its time of the workers; ``seconds`` until there is more."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


def place_of(error: BaseException) -> str:
    """Return the kind of an error and where it arose; its text is left out, since it may hold what was sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    module = trace.tb_frame.f_globals.get("__name__", "?")
    return f"{type(error).__name__} in {module}, line {trace.tb_lineno}"
