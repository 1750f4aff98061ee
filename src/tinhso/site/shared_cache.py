"""
The cache of several machines: a Redis, in which the web processes of all of them count together.

A Redis that is away shuts nobody out: what is to be counted is let in, what is to be locked is told that it did not happen,
as `SqliteCache` does on a full disk. It is logged each time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from redis.exceptions import RedisError

SECONDS = 2
"""How long one operation waits for a Redis that does not answer."""

_log = logging.getLogger(__name__)


class SharedCache(redis.RedisCache):
    """Django's cache over a Redis, whose absence is an empty cache and not an error."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        """Connect with the first operation."""
        limits = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
        super().__init__(server, {**params, "OPTIONS": {**limits, **params.get("OPTIONS", {})}})

    def validate_key(self, key: str) -> None:
        """Take any key: Redis has none of the limits that Django warns of."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept, `default` for nothing."""
        return _or_else(default, lambda: super(SharedCache, self).get(key, default, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value for so long."""
        _or_else(None, lambda: super(SharedCache, self).set(key, value, timeout, version))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value if the place is free and tell whether it was; of two at once exactly one is told so."""
        return bool(_or_else(False, lambda: super(SharedCache, self).add(key, value, timeout, version)))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Let an entry last so long from now; tell whether there is one."""
        return bool(_or_else(False, lambda: super(SharedCache, self).touch(key, timeout, version)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget an entry; tell whether there was one."""
        return bool(_or_else(False, lambda: super(SharedCache, self).delete(key, version)))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Add to a kept number, which ends when it would have, and return the sum. Raises ValueError for no number."""
        found = _or_else(None, lambda: super(SharedCache, self).incr(key, delta, version))
        if found is None:
            raise ValueError(f"Key {key!r} not found")
        return int(found)


def _or_else(otherwise: Any, do: Callable[[], Any]) -> Any:
    try:
        return do()
    except RedisError as error:
        _log.warning("the cache did not answer: %s", error)
        return otherwise
