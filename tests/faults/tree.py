"""The real process tree on a scratch folder: started as `./tinhso up` does, hurt at random, asked over HTTP."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Tree:
    """Web and worker under their parent, and what it takes to hurt them."""

    def __init__(self, data: Path, secret: str, *, database: str = "sqlite", empty: bool = True) -> None:
        self.data, self.port, self.empty = data, free_port(), empty
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")},
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "tinhso.site.settings.dev",
            "TINHSO_DATA": str(data),
            "TINHSO_DATABASE": database,
            "TINHSO_SECRET_KEY": secret,
            "TINHSO_API_PER_MINUTE": "100000",
        }
        self.kills: list[str] = []

    def __enter__(self) -> Self:
        words = ["up", "--port", str(self.port), "--data", str(self.data), "--workers", "1"]
        words += ["--empty"] if self.empty else []
        self.log = (self.data / "up.log").open("ab")
        self.parent = subprocess.Popen(
            [sys.executable, "-m", "tinhso.site.launch", *words],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
        )
        self.wait_ready(120)
        return self

    def __exit__(self, *_error: object) -> None:
        self.parent.send_signal(signal.SIGTERM)
        try:
            self.parent.wait(30)
        except subprocess.TimeoutExpired:
            self.parent.kill()
            self.parent.wait()
        self.log.close()

    def wait_ready(self, seconds: float) -> None:
        """Wait until the web answers. Raises TimeoutError with the log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.address}/suc-khoe/", timeout=5).status_code == 200:
                    return
            if self.parent.poll() is not None:
                break
            time.sleep(0.2)
        raise TimeoutError((self.data / "up.log").read_text(encoding="utf-8", errors="replace")[-3000:])

    def children(self) -> list[int]:
        """Return every process below the parent, deepest last."""
        parents: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError, IndexError):
                pid = int(entry.name)
                parents.setdefault(int((entry / "stat").read_text().rpartition(")")[2].split()[1]), []).append(pid)
        found, queue = [], [self.parent.pid]
        while queue:
            below = parents.get(queue.pop(0), [])
            found += below
            queue += below
        return found

    def left_behind(self) -> list[int]:
        """Return the processes of ours that live on although the parent has ended: found by their data folder."""
        mark, found = f"TINHSO_DATA={self.data}".encode(), []
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                pid = int(entry.name)
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(pid)
        return found

    def kill_one(self, chance: random.Random) -> None:
        """End one of our processes as a power cut would."""
        living = self.children()
        if living:
            victim = chance.choice(living)
            with suppress(OSError):
                self.kills.append(kind_of(victim, self.parent.pid))
                os.kill(victim, signal.SIGKILL)

    def kill_all(self) -> None:
        """End everything at once, as a power cut does, and start it again."""
        self.kills.append("everything")
        for pid in [self.parent.pid, *self.children()]:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.parent.wait()
        end = time.monotonic() + 30
        while self.left_behind() and time.monotonic() < end:
            time.sleep(0.1)
        self.log.close()
        self.__enter__()

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python with these words on the same folder."""
        return subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )


def kind_of(pid: int, parent: int) -> str:
    """Return what a process of the tree is: worker, sandbox, live screens, the parent of the web, a process of the web."""
    line = Path(f"/proc/{pid}/cmdline").read_text()
    above = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    for mark, name in (
        ("sandbox", "sandbox"),
        ("granian", "web parent"),
        ("django", "worker"),
        ("launch\0live", "live"),
    ):
        if mark in line and above == parent:
            return name
    return "web process"
