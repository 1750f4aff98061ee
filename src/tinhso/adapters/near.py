"""
Copies near at hand: content of storage elsewhere that is read in parts, kept on this machine's disk for some minutes.

A reader of PDF asks for a file a piece at a time; without a copy each piece would fetch the whole. A copy lies under its
digest and is hashed again before it is read; whoever may read is asked before, as ever. All of them together stay below a
bound, and old ones go whenever anything is opened, so that what was discarded does not lie here for long.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

from tinhso.kernel.documents.store import is_whole, make_folder

KEPT_SECONDS = 600
MOST_BYTES = 1024 * 1024 * 1024
"""All copies together, beside those that are being fetched."""


class Near:
    """`<root>/near/`: copies by digest, and drafts that begin with a dot."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "near"

    def open(self, sha256: str) -> BinaryIO | None:
        """Open a copy, verified; None when there is none, or it is no longer what its name says."""
        self.sweep()
        path = self.folder / sha256
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return None
        if is_whole(file, path, sha256):
            return file
        file.close()
        path.unlink(missing_ok=True)
        return None

    def keep(self, sha256: str, fetch: Callable[[BinaryIO], None]) -> BinaryIO:
        """Let `fetch` write content, which raises what it likes, and keep it; returns it open at its beginning."""
        make_folder(self.folder)
        draft = self.folder / f".{uuid.uuid4().hex}"
        file = cast("BinaryIO", draft.open("x+b"))
        try:
            fetch(file)
            file.flush()
            draft.replace(self.folder / sha256)
        except BaseException:
            file.close()
            draft.unlink(missing_ok=True)
            raise
        self.sweep()
        file.seek(0)
        return file

    def sweep(self) -> None:
        """Delete what is old, and of the rest the oldest until all is below the bound. Who has one open reads on."""
        found = []
        for path in self.folder.glob("*"):
            try:
                stat = path.stat()
            except FileNotFoundError:
                # another process sweeps as well
                continue
            found.append((stat.st_mtime, stat.st_size, path))
        # the wall clock of the file system, which is what mtime is measured by
        old, left = time.time() - KEPT_SECONDS, sum(size for _at, size, _path in found)
        for at, size, path in sorted(found):
            is_draft = path.name.startswith(".")
            if at < old or (left > MOST_BYTES and not is_draft):
                path.unlink(missing_ok=True)
                left -= size
