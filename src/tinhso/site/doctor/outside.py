"""Other systems: whether they answer within seconds. Nothing is asked but a greeting; a name and a password of ours are tried."""

from __future__ import annotations

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from tinhso.base.refusals import Refusal
from tinhso.site.doctor.finding import Finding, broken, fine, mind

WAIT = 3.0
"""Seconds that another system gets to answer."""
PORTS = {
    "http": 80,
    "https": 443,
    "redis": 6379,
    "rediss": 6379,
    "syslog+tcp": 514,
    "s3": 443,
    "amqp": 5672,
    "amqps": 5671,
}


def place_of(address: str) -> tuple[str, int]:
    """Return host and port of a URL or of `host:port`. Raises ValueError when there is none."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    port = parts.port or PORTS.get(parts.scheme, 0)
    if not parts.hostname or not port:
        raise ValueError("host:port")
    return parts.hostname, port


def greet(address: str, said: bytes = b"", expected: bytes = b"") -> str:
    """Connect, say and hear. Returns what went wrong, empty when the answer begins as expected."""
    try:
        with _connected(address) as line:
            if said:
                line.sendall(said)
            if expected:
                heard = line.recv(256)
                return "" if heard.startswith(expected) else f"answered {heard[:40]!r}"
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _connected(address: str) -> socket.socket:
    if not address.startswith("/"):
        return socket.create_connection(place_of(address), timeout=WAIT)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(WAIT)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line


def redis(url: str) -> str:
    """Sign in to a Redis and ask whether it is there; return what went wrong, without the address: it holds the password."""
    from redis import Redis, RedisError  # only where there is one

    try:
        with Redis.from_url(url, socket_timeout=WAIT, socket_connect_timeout=WAIT) as server:
            server.ping()
    except (RedisError, OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def opened(what: Callable[[], object]) -> str:
    """Do what opens a line to another system, with its name and password, and return what went wrong."""
    try:
        what()
    except (OSError, ValueError, ImproperlyConfigured, Refusal) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def discovery(issuer: str) -> str:
    """Ask an OpenID provider for its description; return what is wrong, empty when it is whose it says."""
    import httpx  # slow to import; the doctor alone asks

    try:
        answer = httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=WAIT).raise_for_status()
        named = str(answer.json().get("issuer", ""))
    except (httpx.HTTPError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return "" if named == issuer else f"issuer {named!r}"


def reached(name: str, address: str, error: str, do: tuple[str, str], *, is_needed: bool) -> Finding:
    """Say whether a system answered; without one that is needed something cannot be done."""
    if not error:
        return fine(f"{name}: {address}", f"{name}: {address}")
    say = broken if is_needed else mind
    return say(f"{name} ({address}) không trả lời: {error}", f"{name} ({address}) does not answer: {error}", *do)
