"""
Counters that several processes add to and one of them reads: a memory-mapped sheet of numbers for each process.

A process writes its own sheet only, so nothing waits for a lock of another; whoever is asked adds all sheets of this
machine up. What a process that died had counted stays: sheets of the dead are folded into one. A library
(prometheus_client) does it the same way, keeps every dead process's file for ever, and needs its folder before the first
import; this is what we need of it.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tinhso.base.processes import here, is_alive

_ROOM = 1 << 16
_HEAD = struct.Struct("<Q")
_LENGTH = struct.Struct("<I")
_VALUE = struct.Struct("<d")
MOST = 5000
"""Series that one process counts; what would be more is counted as `overflow`: no label may fill the disk."""
OVERFLOW = "overflow"
FORGOTTEN_SECONDS = 7 * 86400
"""After so long without a change a sheet of another machine in this folder is thrown away."""


class Sheet:
    """The numbers of one process, each under its name. Threads may add at once."""

    def __init__(self, path: Path) -> None:
        """Open the sheet, or go on with the one that is there."""
        self._lock = threading.Lock()
        self._path = path
        self._map = self._mapped(_ROOM)
        self._places = {name: place for name, place, _value in _cells(self._map)}
        self._used = max(_HEAD.size, int(_HEAD.unpack_from(self._map)[0]))

    def add(self, name: str, amount: float = 1.0) -> None:
        """Add to a number; one that is not there yet begins at nothing."""
        with self._lock:
            place = self._places.get(name) or self._make(name)
            _VALUE.pack_into(self._map, place, _VALUE.unpack_from(self._map, place)[0] + amount)

    def get(self, name: str) -> float:
        """Return a number as it stands, nothing for one that is not there."""
        place = self._places.get(name)
        return float(_VALUE.unpack_from(self._map, place)[0]) if place else 0.0

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()

    def _make(self, name: str) -> int:
        if len(self._places) >= MOST and name != OVERFLOW:
            return self._places.get(OVERFLOW) or self._make(OVERFLOW)
        said = name.encode()
        said += b" " * (-(self._used + _LENGTH.size + len(said)) % _VALUE.size)
        place = self._used + _LENGTH.size + len(said)
        if place + _VALUE.size > len(self._map):
            self._grow()
        _LENGTH.pack_into(self._map, self._used, len(said))
        self._map[self._used + _LENGTH.size : place] = said
        _VALUE.pack_into(self._map, place, 0.0)
        self._used = place + _VALUE.size
        # last: whoever reads meanwhile sees whole cells only
        _HEAD.pack_into(self._map, 0, self._used)
        self._places[name] = place
        return place

    def _grow(self) -> None:
        smaller, self._map = self._map, self._mapped(len(self._map) * 2)
        smaller.close()

    def _mapped(self, size: int) -> mmap.mmap:
        """Return the file in memory, at least so many bytes of it."""
        with self._path.open("a+b") as file:
            if (there := file.seek(0, os.SEEK_END)) < size:
                # truly on the disk: writing to a hole of a file in memory ends the process (SIGBUS) when the disk is full
                os.posix_fallocate(file.fileno(), there, size - there)
            return mmap.mmap(file.fileno(), 0)


def _cells(content: bytes | mmap.mmap) -> Iterator[tuple[str, int, float]]:
    """Yield name, place and number of each cell."""
    if len(content) < _HEAD.size:
        return
    end, here = _HEAD.unpack_from(content)[0], _HEAD.size
    while here < end:
        length = _LENGTH.unpack_from(content, here)[0]
        place = here + _LENGTH.size + length
        yield content[here + _LENGTH.size : place].decode().rstrip(), place, _VALUE.unpack_from(content, place)[0]
        here = place + _VALUE.size


class Sheets:
    """All sheets of this machine in one folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when somebody counts."""
        self.folder = folder
        self._own: tuple[int, Sheet] | None = None
        self._lock = threading.Lock()

    def add(self, name: str, amount: float = 1.0) -> None:
        """Add to a number of this process. Without room on the disk it is not counted: what is counted goes on all the same."""
        with suppress(OSError):
            own = self._own
            if own is None or own[0] != os.getpid():
                own = self._open()
            own[1].add(name, amount)

    def total(self) -> dict[str, float]:
        """Return each number, added up over all processes that live and that have died."""
        found: Counter[str] = Counter()
        if self.folder.is_dir():
            with self._held(fcntl.LOCK_SH):
                for path in self.folder.glob(f"*@{here()}.sheet"):
                    found.update(_read(path))
        return dict(found)

    def fold(self) -> int:
        """Put what the dead had counted into one sheet; return how many were folded."""
        if not self.folder.is_dir():
            return 0
        folded = 0
        with self._held(fcntl.LOCK_EX):
            dead = None
            self._forget_places()
            for path in self.folder.glob(f"*@{here()}.sheet"):
                number = path.name.partition("@")[0]
                if not number.isdecimal() or is_alive(int(number)):
                    continue
                try:
                    dead = dead or Sheet(self._path("dead"))
                    for name, value in _read(path).items():
                        dead.add(name, value)
                except OSError:  # no room: they stay as they are, to be folded when there is
                    break
                path.unlink()
                folded += 1
            if dead:
                dead.close()
        return folded

    def _forget_places(self) -> None:
        """Throw away sheets of machines (containers) that are no more: nobody adds to them or reads them."""
        forgotten = time.time() - FORGOTTEN_SECONDS
        for path in self.folder.glob("*@*.sheet"):
            if not path.name.endswith(f"@{here()}.sheet"):
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < forgotten:
                        path.unlink()

    def _open(self) -> tuple[int, Sheet]:
        with self._lock:
            if self._own is None or self._own[0] != os.getpid():
                self.folder.mkdir(parents=True, exist_ok=True)
                self._own = (os.getpid(), Sheet(self._path(str(os.getpid()))))
            return self._own

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}@{here()}.sheet"

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, how)
            yield


def _read(path: Path) -> dict[str, float]:
    with suppress(OSError):
        return {name: value for name, _place, value in _cells(path.read_bytes())}
    return {}
