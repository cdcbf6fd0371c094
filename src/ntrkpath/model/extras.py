"""Libraries that come with an extra: imported where they are used, with one error that says how to get them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ntrkpath.model.errors import NtrkpathError


def from_extra(module: str, extra: str, what: str, error: type[NtrkpathError] = NtrkpathError) -> Any:
    """Return a module of an extra.

    Args:
        module: Its name, as ``scipy.stats``.
        extra: The extra of this package that it comes with.
        what: What asks for it, in the plural: ``intervals and pooling``.

    Raises:
        NtrkpathError: It is not installed; of the type ``error``.
    """
    try:
        return import_module(module)
    except ImportError:
        raise not_installed(module, extra, what, error) from None


def require_extra(*modules: str, extra: str, what: str, error: type[NtrkpathError] = NtrkpathError) -> None:
    """Check that modules of an extra are there, without importing them.

    Raises:
        NtrkpathError: One is not installed; of the type ``error``.
    """
    for module in modules:
        if find_spec(module) is None:
            raise not_installed(module, extra, what, error)


def not_installed(module: str, extra: str, what: str, error: type[NtrkpathError] = NtrkpathError) -> NtrkpathError:
    """Return the error that names a library, what asks for it, and the extra."""
    name = module.partition(".")[0]
    return error(f"{what} need {name}, which is not installed", remedy=f"pip install 'ntrkpath[{extra}]'")
