"""What a registry needs beside the core: the extra ``registry``."""

from __future__ import annotations

from importlib import util

from ntrkpath.model.errors import RegistryError

MODULES = ("sqlalchemy", "alembic", "psycopg", "cryptography", "polars", "pyarrow")


def require() -> None:
    """Check that the extra is installed.

    Raises:
        RegistryError: It is not.
    """
    for module in MODULES:
        if util.find_spec(module) is None:
            raise RegistryError(
                f"a registry needs {module}, which is not installed", remedy="pip install 'ntrkpath[registry]'"
            )
