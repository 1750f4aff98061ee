"""`./tinhso live`: the process that tells open pages that something changed. It imports neither Django nor our modules."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from tinhso.site.launch.manage import take_data

ROOT = Path(__file__).resolve().parents[4]


def run(_verb: str, arguments: list[str]) -> int:
    """Serve until SIGTERM or SIGINT."""
    import uvicorn

    from tinhso.site.live.asking import Pages
    from tinhso.site.live.sources import channel_of, listen
    from tinhso.site.live.stream import Live

    options = parse(take_data(arguments))
    os.umask(0o077)
    channel = channel_of(os.environ.get("TINHSO_PUBLIC_URL", "http://localhost:8000"))
    live = Live(Pages(options.pages), source=partial(listen, where=where(), channel=channel))
    config = uvicorn.Config(
        live,
        host=options.host,
        port=options.port,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        http="h11",
        ws="none",
        timeout_graceful_shutdown=2,
    )

    class Server(uvicorn.Server):
        """Ends the open streams before it waits for them."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            live.end()
            super().handle_exit(sig, frame)

    from tinhso.base.beats import Heart, beside

    heart = beside(Heart("live", folder=run_folder()))
    server = Server(config)
    server.run()
    heart.stop()
    return 0 if server.started else 1


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options of `live`."""
    parser = argparse.ArgumentParser(prog="./tinhso live")
    parser.add_argument("--port", type=int, default=8003)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--pages", default="http://127.0.0.1:8001", help="a web instance, asked who may hear what")
    return parser.parse_args(arguments)


def where() -> str:
    """Return where changes are heard: TINHSO_LIVE, else the database if it is PostgreSQL, else a socket of the run folder."""
    from tinhso.site.live.sources import socket_in

    database = os.environ.get("TINHSO_DATABASE", "sqlite")
    if given := os.environ.get("TINHSO_LIVE", ""):
        return given
    if urlsplit(database).scheme == "postgresql":
        return database
    return str(socket_in(run_folder()))


def run_folder() -> Path:
    """Return the folder of what lives only while we run, made on first use: as the settings have it, without reading them."""
    data = Path(os.environ.get("TINHSO_DATA") or ROOT / "var" / "data")
    folder = Path(os.environ.get("TINHSO_RUN") or data / "run")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
