"""
Where the live process hears of changes: from the worker, over whatever both can reach.

A message is JSON: pairs of a name and a moment (seconds of the epoch). `postgresql://…` listens to its notifications,
`redis://…` subscribes; a path is a socket for datagrams on this machine. After a break nobody knows what was missed:
listeners are told to look again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from tinhso.site.addresses import plain
from tinhso.site.live.hub import Hub

log = logging.getLogger(__name__)
AGAIN_SECONDS = 2.0
LONGEST_PATH = 100
"""Of a socket's name: systems take 104 to 108 bytes."""


def channel_of(public_url: str) -> str:
    """Return the channel of an installation: several may share a Redis or a PostgreSQL."""
    return f"tinhso_live_{hashlib.sha256(public_url.encode()).hexdigest()[:12]}"


def socket_in(folder: Path) -> Path:
    """Return the socket's place: in the run folder, by a shorter way where its name is too long."""
    whole = folder / "live.sock"
    if len(os.fsencode(whole)) <= LONGEST_PATH:
        return whole
    name = hashlib.sha256(os.fsencode(whole)).hexdigest()[:16]
    return Path(f"/tmp/tinhso-live-{os.getuid()}-{name}.sock")  # noqa: S108 - made for us alone, see `over_socket`


def take(hub: Hub, message: bytes | str) -> None:
    """Tell the hub what a message says; one that cannot be read is as good as lost."""
    try:
        for name, at in json.loads(message):
            hub.tell(str(name), float(at))
    except (ValueError, TypeError):
        log.warning("a message that is not ours")
        hub.lose()


async def listen(hub: Hub, where: str, channel: str) -> None:
    """Listen for as long as the process runs; a source that breaks is tried again."""
    source = {"postgresql": _postgresql, "redis": _redis, "rediss": _redis}.get(urlsplit(where).scheme, _socket)
    while True:
        try:
            await source(hub, where, channel)
        except Exception as error:  # noqa: BLE001 - whatever a driver raises, the stream of changes broke
            log.warning("changes are not heard: %s", type(error).__name__)
        await asyncio.sleep(AGAIN_SECONDS)


async def _postgresql(hub: Hub, where: str, channel: str) -> None:
    import psycopg

    async with await psycopg.AsyncConnection.connect(plain(where), autocommit=True, connect_timeout=5) as line:
        await line.execute(f"LISTEN {channel}".encode())
        hub.lose()
        async for note in line.notifies():
            take(hub, note.payload)


async def _redis(hub: Hub, where: str, channel: str) -> None:
    from redis.asyncio import Redis

    async with Redis.from_url(where, socket_connect_timeout=5) as server, server.pubsub() as line:
        await line.subscribe(channel)
        hub.lose()
        async for message in line.listen():
            if message["type"] == "message":
                take(hub, message["data"])


async def _socket(hub: Hub, where: str, _channel: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(where)  # noqa: PTH108 - a socket of a process that was killed
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(where)
        os.chmod(where, 0o600)  # noqa: PTH101
        line.setblocking(False)
        hub.lose()
        loop = asyncio.get_running_loop()
        try:
            while True:
                take(hub, await loop.sock_recv(line, 65536))
        finally:
            with suppress(FileNotFoundError):
                os.unlink(where)  # noqa: PTH108
