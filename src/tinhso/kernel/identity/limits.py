"""How often somebody may do something: counted in the cache that all web processes share, by window of the clock."""

from __future__ import annotations

import ipaddress
import time
import uuid

from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import clean_client_ip, get_client_ip
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from tinhso.base.refusals import NoRoom

NOWHERE = "0.0.0.0"  # noqa: S104 - a word for it, nothing listens there
"""Stands for the address of who comes by a socket of this machine and no proxy."""
_NETWORK_OF_ONE = 64
"""Bits of an IPv6 address that one subscriber keeps; the rest is theirs to change at will."""


def client_address(request: HttpRequest) -> str:
    """Return the address of whoever asks: behind `TINHSO_PROXIES` proxies, what the outermost of them saw."""
    try:
        found = get_client_ip(request)
    except ImproperlyConfigured:  # fewer addresses than proxies: it did not come through them all
        found = clean_client_ip(str(request.META.get("REMOTE_ADDR", "")))
    return found or NOWHERE


def network_of(address: str) -> str:
    """Return what is counted as one asker: the address, or the /64 of an IPv6 address."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((known, _NETWORK_OF_ONE), strict=False).network_address)
    return address


def within(what: str, who: str, most: int, *, seconds: int) -> bool:
    """Count one more `what` of `who` in this window of so many seconds; tell whether it is still within `most`."""
    key = f"limit.{what}.{who}.{int(time.time() // seconds)}"
    try:
        count = cache.incr(key)
    except ValueError:
        # the first of its window, or the second of two at once: then the first has made the key meanwhile
        count = 1 if cache.add(key, 1, seconds) else _one_more(key)
    return count <= most


def _one_more(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # the cache could not be written at all: better to let in than to shut everybody out
        return 1


def until_next(seconds: int) -> float:
    """Return the seconds until the next window begins."""
    return seconds - time.time() % seconds


def too_many_attempts(request: HttpRequest) -> HttpResponse:
    """
    Answer who tried to come in too often, where the library counts. Raises NoRoom.

    The library takes a count that it cannot keep for one that is full: then it is not the reader who did too much.
    """
    if not cache.add(f"limit.room.{uuid.uuid4().hex}", 1, 1):
        raise NoRoom
    answer: HttpResponse = ratelimit.handler429(request)
    return answer
