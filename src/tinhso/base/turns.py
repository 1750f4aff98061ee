"""
Who writes next, where one may write at a time: acts on SQLite stand in line instead of knocking.

SQLite has whoever finds the database taken sleep, longer each time, and look again; who came just now and looks at the right
moment goes before who has waited for seconds. Under a rush some wait until they give up. Here a process lets one of its
threads through, and looks every two milliseconds whether it is its turn among the processes.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections

GIVE_UP_SECONDS = 20.0
"""Then SQLite itself is asked, and says whether it is free: as long as its own time-out."""
LOOK_EVERY_SECONDS = 0.002


class Line:
    """The line before one database file: one lock in the process, one among processes (`<file>.turn`)."""

    def __init__(self, database: str) -> None:
        self._here = threading.Lock()
        self._among = Path(f"{database}.turn").open("a")  # noqa: SIM115 - held for the life of the process

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn and keep it; after GIVE_UP_SECONDS go on without, for whoever has it may be stopped."""
        end = time.monotonic() + GIVE_UP_SECONDS
        if not self._here.acquire(timeout=GIVE_UP_SECONDS):
            yield
            return
        try:
            while not self._taken() and time.monotonic() < end:
                time.sleep(LOOK_EVERY_SECONDS)
            yield
        finally:
            fcntl.flock(self._among, fcntl.LOCK_UN)
            self._here.release()

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._among, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


line_before = lru_cache(maxsize=8)(Line)
"""The line before a database file, by its path: one in a process."""
# a child has its parent's open file, and with it its parent's turn: it opens its own
os.register_at_fork(after_in_child=line_before.cache_clear)


def turn_to_write() -> AbstractContextManager[None]:
    """Wait for the turn to write, on SQLite in a file; elsewhere the database has writers stand in line by itself."""
    here = connections[DEFAULT_DB_ALIAS]
    name = str(here.settings_dict["NAME"]) if here.vendor == "sqlite" else ""
    if not name.startswith("/") or here.in_atomic_block:  # in memory, or the turn is ours already
        return nullcontext()
    return line_before(name).turn()
