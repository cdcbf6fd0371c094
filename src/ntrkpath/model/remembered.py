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


#: Content of more bytes is read anew: it hardly recurs, and many of it would fill the memory.
_LONG = 4_000


class RememberedContent(Remembered[K, V]):
    """Values by what was stated: the key is its text or bytes, or begins with them.

    Args:
        most: Entries that are kept; none where what a case states must be forgotten with its answer.
    """

    __slots__ = ()

    def keep(self, key: K, value: V) -> V:
        """Remember a value, unless its key is long, and return it."""
        stated = key[0] if isinstance(key, tuple) else key
        if not self.most or (isinstance(stated, bytes | str) and len(stated) > _LONG):
            return value
        return super().keep(key, value)
