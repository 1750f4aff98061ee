"""
The heartbeat of a process: a small file that it keeps fresh.

Apart from `base.processes`, which reads them, because the process of live screens beats as well and holds neither Django nor
settings.
"""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

from tinhso import __version__

BEAT = 10.0
"""Seconds between two beats."""


def here() -> str:
    """
    Return what names this machine as far as numbers of processes go: two containers may share a name and not the numbers.

    The name of the host, and the number of the space that processes are counted in where Linux tells it.
    """
    try:
        space = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        space = "0"
    return f"{socket.gethostname()}+{space}"


class Heart:
    """Keeps the file of this process fresh."""

    def __init__(self, kind: str, *, folder: Path, instance: str = "") -> None:
        """Write the file: it beats once at once."""
        self.path = folder / f"{kind}-{here()}-{os.getpid()}.beat"
        self._said = json.dumps({"instance": instance, "version": __version__, "began": time.time()})
        self._last = 0.0
        self.beat()

    def beat(self) -> None:
        """Beat, unless it did so just now. A disk that cannot be written stops no process: the beat is then missed."""
        if time.monotonic() - self._last < BEAT and self._last:
            return
        self._last = time.monotonic()
        with suppress(OSError):
            if not self.path.exists():
                # whole at once: whoever looks meanwhile must not take half a file for a broken one
                made = self.path.with_suffix(".new")
                made.write_text(self._said)
                made.replace(self.path)
            os.utime(self.path)

    def stop(self) -> None:
        """Say that this process has ended in order."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def beside(heart: Heart) -> Heart:
    """Beat from a thread of its own until the process ends."""

    def go_on() -> None:
        while True:
            time.sleep(BEAT)
            heart.beat()

    threading.Thread(target=go_on, name="heartbeat", daemon=True).start()
    return heart
