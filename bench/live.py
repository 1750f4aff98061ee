"""
Live screens: so many browsers (1,000) connected and waiting, each on a line of its own; the pages are played.

Starts `./tinhso live` alone, connects, waits, and prints the processor share of its process over a minute in which every
browser's rights are asked again once, its memory, and how soon an act that is told reaches a browser: from the datagram of
the worker to the event (the worker hands over every half second, which comes on top).

    ./tinhso bench live [--browsers 1000] [--seconds 60]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from start import ROOT, cpu, free_port, memory

from tinhso.site.live.sources import socket_in

EVENTS = 40


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while not true():  # noqa: ASYNC110 - what is waited for tells nobody
        await asyncio.sleep(0.001)


async def pages(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as the web does: ten parts that each may hear of."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    who = head.partition("phien=")[2].partition("\r\n")[0]
    parts = [f"work:{who}:{number}" for number in range(9)] + ["work:all"]
    body = json.dumps({"account": who, "topics": {"work": parts}}).encode()
    writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + body)
    await writer.drain()
    writer.close()


async def browser(port: int, number: int, heard: list[float]) -> None:
    """Wait on one line; note the moment of each event."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    address = f"10.0.{number // 200}.{number % 200}"
    head = f"GET /truc-tiep/ HTTP/1.1\r\nHost: x\r\nCookie: phien={number}\r\nX-Forwarded-For: {address}\r\n\r\n"
    writer.write(head.encode())
    while line := await reader.readline():
        if line.startswith(b"retry"):
            heard.append(0.0)
        elif line.startswith(b"event"):
            heard.append(time.time())


async def measure(options: argparse.Namespace, folder: Path) -> dict[str, float]:
    """Connect, wait, tell; return the figures."""
    door = await asyncio.start_server(pages, "127.0.0.1", 0, backlog=1000)
    port, asked = free_port(), door.sockets[0].getsockname()[1]
    environment = {**os.environ, "TINHSO_RUN": str(folder), "TINHSO_DATABASE": "sqlite", "TINHSO_LIVE": ""}
    command = [sys.executable, "-m", "tinhso.site.launch", "live", "--port", str(port)]
    command += ["--pages", f"http://127.0.0.1:{asked}"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)  # noqa: ASYNC220 - once, before anything waits
    try:
        await until(socket_in(folder).exists)
        await asyncio.sleep(0.5)
        heard: list[list[float]] = [[] for _ in range(options.browsers)]
        lines = [asyncio.create_task(browser(port, number, heard[number])) for number in range(options.browsers)]
        await until(lambda: all(heard))
        begun, before = time.monotonic(), cpu(process.pid)
        await asyncio.sleep(options.seconds)
        share = (cpu(process.pid) - before) / (time.monotonic() - begun)
        delays = await told(folder, heard)
        rss = memory(process.pid)
        for line in lines:
            line.cancel()
        return {"browsers": options.browsers, "share": share, **delays, **{f"mem_{k}": v for k, v in rss.items()}}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        door.close()


async def told(folder: Path, heard: list[list[float]]) -> dict[str, float]:
    """Tell one browser at a time, then all at once; return delays in milliseconds."""
    one: list[float] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        for number in range(EVENTS):
            had, at = len(heard[number]), time.time()
            line.sendto(json.dumps([[f"work:{number}:3", at]]).encode(), str(socket_in(folder)))
            await until(lambda some=heard[number], had=had: len(some) > had)
            one.append((heard[number][-1] - at) * 1000)
        counted, at = [len(some) for some in heard], time.time()
        line.sendto(json.dumps([["work:all", at]]).encode(), str(socket_in(folder)))
        await until(lambda: all(len(some) > had for some, had in zip(heard, counted, strict=True)))
        everybody = max(some[-1] for some in heard) - at
    return {
        "median_ms": statistics.median(one),
        "p95_ms": statistics.quantiles(one, n=20)[-1],
        "all_ms": everybody * 1000,
    }


def main() -> None:
    """Measure and print."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--browsers", type=int, default=1000)
    reading.add_argument("--seconds", type=float, default=60)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asyncio.run(measure(reading.parse_args(), Path(folder))), indent=1))


if __name__ == "__main__":
    main()
