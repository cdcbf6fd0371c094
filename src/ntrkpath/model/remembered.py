"""What was worked out for some content before, kept up to a number of entries and then forgotten at once."""

from __future__ import annotations

from typing import TypeVar

import msgspec

K = TypeVar("K")
V = TypeVar("V")

#: The bytes of a part of a case: equal only where everything stated is equal, in the same order.
content = msgspec.msgpack.Encoder().encode


class Remembered(dict[K, V]):
    """Values by key.

    Args:
        most: Entries that are kept.
    """

    __slots__ = ("most",)

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def keep(self, key: K, value: V) -> V:
        """Remember a value and return it."""
        if len(self) >= self.most:
            self.clear()
        self[key] = value
        return value
