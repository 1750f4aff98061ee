"""A disk of its own that is soon full: a file system in memory, and a weight on it that can be taken away."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Self

import pytest

MEGABYTE = 1024 * 1024


class SmallDisk:
    """A mounted file system. Use it in a `with`; skips the test where nobody may mount."""

    def __init__(self, folder: Path, *, megabytes: int) -> None:
        self.folder, self.megabytes = folder, megabytes
        self.weight = folder / "weight"

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True)
        words = ["mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m,mode=755", "tmpfs", str(self.folder)]
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("no program mount here")
        if done.returncode:
            pytest.skip(f"no file system may be mounted here: {done.stderr.strip()}")
        return self

    def __exit__(self, *_error: object) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    @property
    def free(self) -> int:
        """Return the bytes that are free."""
        told = os.statvfs(self.folder)
        return told.f_bavail * told.f_frsize

    def leave(self, wanted: int) -> None:
        """Put so much weight on it that only these bytes are left."""
        with self.weight.open("ab") as file:
            while (over := self.free - wanted) > 0:
                file.write(b"\0" * min(over, MEGABYTE))
                file.flush()

    def make_room(self) -> None:
        """Take the weight away."""
        self.weight.unlink()
