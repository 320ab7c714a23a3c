"""What was worked out once and cannot come out differently: a bounded memory, safe to share between threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values by key, the oldest forgotten first. Only for what follows from the key alone; faults are not kept.

    Args:
        most: how many values are kept at most.
    """

    __slots__ = ("_lock", "_most", "_values")

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[K, V] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of that key; made, and kept, where it is not known yet. Two threads may both make it."""
        try:
            return self._values[key]
        except KeyError:
            value = make()
        with self._lock:
            while len(self._values) >= self._most:
                del self._values[next(iter(self._values))]
            self._values[key] = value
        return value

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._values.clear()
