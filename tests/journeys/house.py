"""
The whole platform running for the journeys: web, worker and sandbox, as `./tinhso up` starts them.

A data folder with pack and demonstration is prepared once per state of the sources and kept under `build/journeys`; each
run gets a copy, so that starting takes seconds and nothing that one run did is seen by the next.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tinhso.base.clock import civil_date, now

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "journeys"
PASSWORD = "Cau-Nhat-Ban-1593"
PIN = "246810"
PERIOD = 30
"""Seconds for which a one-time code holds."""
STARTED_WITHIN = 240.0


@dataclass
class House:
    """One province that is running."""

    pack: str
    url: str
    sandbox: str
    data: Path
    environment: dict[str, str]
    secrets: dict[str, str] = field(default_factory=dict)

    def django(self, *words: str) -> str:
        """Run a command of the site and return what it printed."""
        ran = subprocess.run(
            [sys.executable, "-m", "django", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def code_of(self, username: str) -> str:
        """Return the one-time code of an invented official that works now (RFC 6238)."""
        if not self.secrets:
            listed = self.django("people", "--secrets", "--most", "1000")
            self.secrets.update(re.findall(r"^  (\S+) .*  ([A-Z2-7]{32})$", listed, re.MULTILINE))
        key = base64.b32decode(self.secrets[username])
        made = hmac.digest(key, struct.pack(">Q", int(time.time()) // PERIOD), "sha1")
        start = made[-1] & 15
        return f"{(struct.unpack('>I', made[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@contextmanager
def running(pack: str, data: Path) -> Iterator[House]:
    """Run the province `provinces/<pack>` in a fresh copy of its prepared data, on ports of its own."""
    port = _free_port()
    environment = environment_of(pack, data, port)
    shutil.copytree(prepared(pack), data, dirs_exist_ok=True)
    command = [sys.executable, "-m", "tinhso.site.launch", "up", "--port", str(port), "--workers", "1"]
    with (data / "up.out").open("wb") as out:
        tree = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=out)
    try:
        _wait_until_up(tree, data)
        yield House(pack, environment["TINHSO_PUBLIC_URL"], environment["TINHSO_SANDBOX_URL"], data, environment)
    finally:
        tree.send_signal(signal.SIGTERM)
        try:
            tree.wait(20)
        except subprocess.TimeoutExpired:
            tree.kill()


def environment_of(pack: str, data: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TINHSO_")}
    return kept | {
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONWARNINGS": "",
        "DJANGO_SETTINGS_MODULE": "tinhso.site.settings.dev",
        "TINHSO_DATA": str(data),
        "TINHSO_PACK": str(ROOT / "provinces" / pack),
        "TINHSO_PUBLIC_URL": f"http://localhost:{port}",
        "TINHSO_SANDBOX_URL": f"http://127.0.0.1:{port + 10}",
        "TINHSO_SMTP": f"127.0.0.1:{port + 11}",
        "TINHSO_DEMONSTRATION": "1",
    }


def prepared(pack: str) -> Path:
    """Return the data folder that every run copies, made now if sources, pack or day changed since."""
    kept = KEPT / f"{pack}-{_digest(pack)}"
    if kept.exists():
        return kept
    for old in KEPT.glob(f"{pack}-*"):
        shutil.rmtree(old, ignore_errors=True)
    making = KEPT / f"making-{os.getpid()}-{pack}"
    making.mkdir(parents=True)
    ran = subprocess.run(
        [sys.executable, "-m", "django", "prepare"],
        env=environment_of(pack, making, 8000),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    try:
        making.rename(kept)
    except OSError:  # another process made it meanwhile
        shutil.rmtree(making, ignore_errors=True)
    return kept


def _digest(pack: str) -> str:
    """Return what the prepared data depends on: our sources, the pack, the civil day (demonstrations count back from it)."""
    made = hashlib.sha256(str(civil_date(now())).encode())
    for folder, ends in (
        (ROOT / "src" / "tinhso", {".py", ".yaml", ".typ", ".csv", ".json"}),
        (ROOT / "provinces" / pack, None),
    ):
        for file in sorted(folder.rglob("*")):
            tested = "tests" in file.parts
            if file.is_file() and not tested and (ends is None or file.suffix in ends):
                made.update(file.relative_to(ROOT).as_posix().encode())
                made.update(file.read_bytes())
    return made.hexdigest()[:16]


def _free_port() -> int:
    """Return a port such that the sandbox's two, which lie ten above, are free as well, and that of live screens."""
    for _try in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port < 65_000 and not any(_is_taken(other) for other in (port, port + 10, port + 11, port + 12)):
            return port
    raise AssertionError("no three free ports")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until_up(tree: subprocess.Popen[bytes], data: Path) -> None:
    """Wait for the banner, which the launcher prints when the web answers."""
    end, out = time.monotonic() + STARTED_WITHIN, data / "up.out"
    while time.monotonic() < end and tree.poll() is None:
        if "Ctrl-C" in out.read_text(encoding="utf-8"):
            return
        threading.Event().wait(0.2)
    logs = "\n".join(file.read_text(encoding="utf-8")[-2000:] for file in (data / "log").glob("*.log"))
    raise AssertionError(f"not up: {out.read_text(encoding='utf-8')}\n{logs}")
