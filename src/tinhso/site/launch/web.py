"""
`./tinhso web`: one web instance among several behind a proxy; started, stopped and restarted without losing a request.

While the file `draining-NAME` lies in the run folder the proxy sends nothing new here (deploy/nginx.conf looks for it,
`/readyz` answers 503). It lies there until the instance answers, and again from SIGTERM on: the instance goes on
answering for the seconds of `--drain`, then the server takes nothing more, finishes what it has in hand, and ends.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from tinhso.site.launch.manage import take_data
from tinhso.site.launch.up import ROOT, granian, say

READY_WITHIN = 120.0


def run(_verb: str, arguments: list[str]) -> int:
    """Serve until SIGTERM or SIGINT. Returns 0 after an orderly end, 1 when the server ended by itself or never answered."""
    options = parse(take_data(arguments))
    os.environ["TINHSO_INSTANCE"] = options.name
    os.umask(0o077)  # what is kept is for this account only: dossiers, keys, logs
    from tinhso.base.processes import draining_path, run_dir

    run_dir()
    return Instance(options, draining_path(options.name)).run()


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the options of `web`."""
    parser = argparse.ArgumentParser(prog="./tinhso web")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--name", default="1", help="name of this instance, as the proxy knows it")
    parser.add_argument("--workers", type=int, default=2, help="server processes")
    parser.add_argument("--drain", type=float, default=3.0, help="seconds between “send me nothing new” and the end")
    return parser.parse_args(arguments)


class Instance:
    """The server process and the file that tells the proxy about it."""

    def __init__(self, options: argparse.Namespace, mark: Path) -> None:
        """Keep the options and the place of the file."""
        self.options = options
        self.mark = mark
        self.ending = False
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Start, tell when ready, wait, drain, stop."""
        self.mark.touch()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        command = granian(self.options.host, self.options.port, self.options.workers)
        # a group of its own: Ctrl-C reaches us, and we end it in order
        self.process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)  # noqa: S603 - our own words
        if self._wait_ready():
            self.mark.unlink(missing_ok=True)
            tell_systemd("READY=1")
            while not self.ending and self.process.poll() is None:
                time.sleep(0.1)
        return self._stop()

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.ending = True

    def _wait_ready(self) -> bool:
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end and not self.ending and self.process and self.process.poll() is None:
            if is_ready(self.options.host, self.options.port):
                return True
            time.sleep(0.2)
        if not self.ending:
            say(f"Cổng {self.options.port}: web chưa sẵn sàng, hỏi /readyz. / The web is not ready; ask /readyz.")
        return False

    def _stop(self) -> int:
        assert self.process is not None
        self.mark.touch()
        if self.process.poll() is not None:
            return 1
        tell_systemd("STOPPING=1")
        if self.ending:
            time.sleep(self.options.drain)
        self.process.terminate()
        self.process.wait()
        return 0 if self.ending else 1


def is_ready(host: str, port: int) -> bool:
    """Tell whether the instance would be ready if it were not draining."""
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=5):
            return True
    except urllib.error.HTTPError as answer:
        try:
            return bool(json.load(answer)["failing"] == ["draining"])
        except (ValueError, KeyError):
            return False
    except OSError:
        return False


def tell_systemd(state: str) -> None:
    """Tell the service manager how we are (sd_notify); nobody, where none listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaker:
        # a name that begins with @ is one of Linux's abstract ones
        speaker.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
