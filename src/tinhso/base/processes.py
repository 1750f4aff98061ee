"""
Which of our processes live, on which machine, of which version: each keeps a small file fresh in `run/`.

The file's time of change is the heartbeat. A web process beats in a thread of its own; the worker beats between two
tasks, so that a worker that hangs is seen. Another machine that shares the data folder is seen too.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from tinhso.base import beats
from tinhso.base.beats import here

__all__ = [
    "FRESH",
    "Heart",
    "Process",
    "beat_beside",
    "draining_path",
    "here",
    "is_alive",
    "is_draining",
    "processes",
    "run_dir",
    "worker_seen_at",
]

FRESH = 60.0
"""Seconds after which a process that has not beaten is taken for hung or dead."""
FORGOTTEN = 86400.0
"""Seconds after which the file of a process of another machine is swept away."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process as it last said; moments in UTC."""

    kind: str
    """`web`, `worker` or `live`."""
    place: str
    """What `here()` says in the process."""
    pid: int
    instance: str
    version: str
    began_at: datetime
    seen_at: datetime

    @property
    def host(self) -> str:
        """Return the name of its machine."""
        return self.place.partition("+")[0]

    def is_fresh(self, at: datetime) -> bool:
        """Tell whether it has beaten lately."""
        return (at - self.seen_at).total_seconds() <= FRESH


def run_dir() -> Path:
    """Return the folder of what lives only while we run, made on first use."""
    folder = Path(settings.RUN_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Heart(beats.Heart):
    """Keeps the file of this process fresh, in the folder and under the instance of the settings."""

    def __init__(self, kind: str) -> None:
        """Write the file: it beats once at once."""
        super().__init__(kind, folder=run_dir(), instance=settings.INSTANCE)


def beat_beside(kind: str) -> beats.Heart:
    """Beat from a thread of its own until the process ends."""
    return beats.beside(Heart(kind))


def processes() -> list[Process]:
    """Return the processes that live, by kind, machine and number; files of the dead are swept away on the way."""
    found = []
    for path in sorted(run_dir().glob("*.beat")):
        process = _read(path)
        if process is None or _is_gone(process):
            with suppress(OSError):
                path.unlink()
        else:
            found.append(process)
    return found


def worker_seen_at() -> datetime | None:
    """Return when a worker last beat, None when none lives."""
    return max((process.seen_at for process in processes() if process.kind == "worker"), default=None)


def _read(path: Path) -> Process | None:
    kind, _dash, rest = path.stem.partition("-")
    place, _dash, pid = rest.rpartition("-")
    try:
        said, seen = json.loads(path.read_text()), path.stat().st_mtime
        return Process(
            kind, place, int(pid), str(said["instance"]), str(said["version"]), *map(_moment, (said["began"], seen))
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def _is_gone(process: Process) -> bool:
    if process.place == here():
        return not is_alive(process.pid)
    return time.time() - process.seen_at.timestamp() > FORGOTTEN


def is_alive(pid: int) -> bool:
    """Tell whether a process of this machine has this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def draining_path(instance: str) -> Path:
    """Return the file that says, while it is there, that this web instance wants no new requests."""
    return Path(settings.RUN_DIR) / f"draining-{instance}"


def is_draining() -> bool:
    """Tell whether this web instance is about to stop."""
    return bool(settings.INSTANCE) and draining_path(settings.INSTANCE).exists()
