"""
Long work beside the worker: a command of ours in a process of its own, so that what is told and sent does not wait for it.

One of each name at a time, by this worker. The command takes its turns in the database, goes on where it was when it dies,
and ends by itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

_running: dict[str, subprocess.Popen[bytes]] = {}


def beside(*command: str) -> bool:
    """Start a command (`documents read`) unless it still runs; tell whether it was started."""
    name = " ".join(command)
    known = _running.get(name)
    if known is not None and known.poll() is None:
        return False
    nice = shutil.which("nice")
    words = [*([nice, "-n", "10"] if nice else []), sys.executable, "-m", "django", *command, "--skip-checks"]
    _running[name] = subprocess.Popen(  # noqa: S603 - our own words
        words, stdin=subprocess.DEVNULL, env=os.environ.copy()
    )
    return True
