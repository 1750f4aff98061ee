"""Processes that end with the one that started them, however it ended."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

MARK = "UP_TREE"
"""Set for everything that `./tinhso up` runs."""
_PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel end this process when its parent dies, even by SIGKILL (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def die_with_web_parent() -> None:
    """
    End a process of the web at once when the one above it is gone: nobody would watch it, and it would hold the port.

    Only in the tree of `./tinhso up`; called when the application is loaded, which the process above never does. A watch,
    not the kernel's signal: that one comes already when the thread that started us ends, and respawning is a thread's work.
    """
    if os.environ.get(MARK) == "1":
        threading.Thread(target=_watch, args=[os.getppid()], name="watch-parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
