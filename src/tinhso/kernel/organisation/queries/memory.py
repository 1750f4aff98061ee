"""What was read stays remembered until the organisation changes: one cheap statement a request tells whether it did."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any
from uuid import UUID

from tinhso.base.replica import from_primary
from tinhso.kernel.organisation.stamp import stamp

_KEPT = 2048
_kept: OrderedDict[Hashable, object] = OrderedDict()
_lock = Lock()


class Memory:
    """What is remembered of one version of the organisation; None (nothing loaded yet) remembers nothing."""

    def __init__(self, version: UUID | None) -> None:
        """Take the version."""
        self.version = version

    def peek(self, key: Hashable) -> Any:
        """Return what is remembered under a key; None when nothing is."""
        with _lock:
            return _kept.get((self.version, key)) if self.version is not None else None

    def get[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gives, made once per version."""
        if self.version is None:
            return make()
        full = (self.version, key)
        with _lock:
            if full in _kept:
                _kept.move_to_end(full)
                return _kept[full]  # type: ignore[return-value]
        # it outlives the query that asks: what a replica says may be older than the version it would be kept under
        with from_primary():
            made = make()
        with _lock:
            _kept[full] = made
            while len(_kept) > _KEPT:
                _kept.popitem(last=False)
        return made


def memory() -> Memory:
    """
    Return the memory of the present version: one statement in each request or act.

    Safe across processes (the version is in the database) and across roll-backs (a version is a fresh random value).
    """
    return Memory(stamp())


def remembered[T](key: Hashable, make: Callable[[], T]) -> T:
    """Return what `make` gives, made once per version of the organisation."""
    return memory().get(key, make)
