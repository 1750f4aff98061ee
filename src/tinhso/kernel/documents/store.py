"""
Where the bytes lie: a store addressed by content. What is in it is whole, on disk, and is what was put in.

A file comes in through `stage()` (a temporary file, hashed as it is written, fsynced), is looked at while it is still
outside, and goes in by `keep()` (one atomic rename, then fsync of the folder). Pull the plug at any moment and there is
either nothing, a leftover that `documents check --purge` sweeps, or the whole file.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from tinhso.base.room import FULL
from tinhso.kernel.documents.refusals import Damaged, NoSpace, TooLarge

CHUNK_BYTES = 1024 * 1024
ORPHAN_AFTER_SECONDS = 24 * 3600
"""A file nobody names may be one that is being saved just now; only after this time is it an orphan."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A whole file on disk, hashed, not yet in the store."""

    path: Path
    sha256: str
    size_bytes: int


class FileStore(Protocol):
    """A place for bytes named by their SHA-256. A folder here; an object store elsewhere keeps the same promises."""

    def stage(self, chunks: Iterable[bytes], *, name: str, limit_bytes: int) -> Staged:
        """Write the chunks to a temporary file. Raises TooLarge, NoSpace; leaves nothing behind when it does."""
        ...

    def adopt(self, path: Path) -> Staged:
        """Stage a file that already lies whole on this disk, without copying it; the file itself stays."""
        ...

    def keep(self, staged: Staged) -> None:
        """Move a staged file in, once whatever the number of times; it is kept when this returns. Raises NoSpace, StoreAway."""
        ...

    def drop(self, staged: Staged) -> None:
        """Forget a staged file."""
        ...

    def open(self, sha256: str, *, name: str = "", again: bool = False) -> BinaryIO:
        """
        Open content for reading, verified against its name. Raises Damaged when it is gone or altered, StoreAway.

        `again`: it is read in parts, so that it will be opened again soon.
        """
        ...

    def remove_orphan(self, sha256: str) -> bool:
        """Delete content that has lain unused for a day; tell whether it went."""
        ...

    def digests(self, after: str = "") -> Iterator[str]:
        """Return the name of everything in the store that comes after this one, in order, as it is found."""
        ...

    def is_sound(self, sha256: str) -> bool:
        """Read it all again and tell whether it is still what its name says."""
        ...

    def sweep(self) -> int:
        """Delete staged files left by a crash; return how many."""
        ...


def read_chunks(file: IO[bytes], size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Return what is left of a file, in pieces."""
    while chunk := file.read(size):
        yield chunk


@contextmanager
def no_space_is_a_refusal() -> Iterator[None]:
    """Turn "the disk is full" into NoSpace; let every other error be the error it is."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoSpace from error
        raise


def fsync_folder(folder: Path) -> None:
    """Put the names in a folder on disk: a rename is safe only after this."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder for our eyes only, and put each new level's name on disk."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    fsync_folder(folder.parent)


def path_in_store(sha256: str) -> str:
    """Return where content of this name lies below the root: the same in every store, so that one is copied to another."""
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


class Staging:
    """`<root>/incoming/` on this machine's disk, for what is still outside: every store looks at a file there first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"

    def stage(self, chunks: Iterable[bytes], *, name: str, limit_bytes: int) -> Staged:
        """Write the chunks to a temporary file, hashing as they pass. Raises TooLarge, NoSpace."""
        path = self.incoming / uuid.uuid4().hex
        digest, size = hashlib.sha256(), 0
        try:
            with no_space_is_a_refusal():
                make_folder(self.incoming)
                with path.open("xb") as file:
                    for chunk in _at_most(limit_bytes, chunks, name):
                        size += len(chunk)
                        digest.update(chunk)
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Staged(path, digest.hexdigest(), size)

    def adopt(self, path: Path) -> Staged:
        """Stage a file of this disk under a second name: a crash before the end leaves the first one to go on from."""
        staged = self.incoming / uuid.uuid4().hex
        with no_space_is_a_refusal():
            make_folder(self.incoming)
            staged.hardlink_to(path)
        with staged.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Staged(staged, digest, file.tell())

    def drop(self, staged: Staged) -> None:
        """Forget a staged file."""
        staged.path.unlink(missing_ok=True)

    def sweep(self) -> int:
        """Delete staged files older than a day."""
        old = time.time() - ORPHAN_AFTER_SECONDS
        left = [path for path in self.incoming.glob("*") if path.stat().st_mtime < old]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)


class FolderStore(Staging):
    """`<root>/sha256/aa/bb/<sha256>`, read-only files, on the disk that files are staged on."""

    def path_of(self, sha256: str) -> Path:
        """Return where content of this name lies, whether it is there or not."""
        return self.root / path_in_store(sha256)

    def keep(self, staged: Staged) -> None:
        """Move a staged file in. Content already here and sound is touched, so that no purge takes it meanwhile."""
        target = self.path_of(staged.sha256)
        with no_space_is_a_refusal():
            make_folder(target.parent)
            with self._locked():
                if self.is_sound(staged.sha256):
                    os.utime(target)
                    staged.path.unlink(missing_ok=True)
                    return
                staged.path.chmod(0o400)
                os.utime(staged.path)
                staged.path.replace(target)
                fsync_folder(target.parent)

    def open(self, sha256: str, *, name: str = "", again: bool = False) -> BinaryIO:  # noqa: ARG002 - it lies here
        """Open content, read through and verified (once per file and change of it). Raises Damaged."""
        path = self.path_of(sha256)
        try:
            file = path.open("rb")
        except FileNotFoundError as error:
            raise Damaged(name=name or sha256) from error
        if not is_whole(file, path, sha256):
            file.close()
            raise Damaged(name=name or sha256)
        return file

    def remove_orphan(self, sha256: str) -> bool:
        """Delete content untouched for a day. The lock is the one `keep` takes: what is being saved stays."""
        path = self.path_of(sha256)
        with self._locked():
            try:
                # the wall clock of the file system, which is what mtime is measured by
                if path.stat().st_mtime > time.time() - ORPHAN_AFTER_SECONDS:
                    return False
            except FileNotFoundError:
                return False
            path.unlink()
            fsync_folder(path.parent)
        return True

    def digests(self, after: str = "") -> Iterator[str]:
        """Return the name of everything in the store after this one, in order; one folder in memory at a time."""
        top = self.root / "sha256"
        for first in _folders_in(top):
            if first >= after[:2]:
                for second in _folders_in(top / first):
                    if first + second >= after[:4]:
                        yield from (
                            name
                            for name in sorted(entry.name for entry in os.scandir(top / first / second))
                            if name > after
                        )

    def is_sound(self, sha256: str) -> bool:
        """Read the file again from the disk and tell whether it is what its name says."""
        try:
            with self.path_of(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return False

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.root / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _folders_in(folder: Path) -> list[str]:
    """Return the names of two letters in a folder, in order; none when it is not there."""
    try:
        return sorted(entry.name for entry in os.scandir(folder) if len(entry.name) == 2 and entry.is_dir())  # noqa: PLR2004 - `aa/bb`
    except FileNotFoundError:
        return []


def _at_most(limit_bytes: int, chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > limit_bytes:
            raise TooLarge(name=name, limit=limit_bytes // (1024 * 1024))
        yield chunk


def is_whole(file: BinaryIO, path: Path, sha256: str) -> bool:
    """Tell whether an open file is what this name says; read through once for as long as it is untouched."""
    try:
        return _digest_of(path, *_marks(os.fstat(file.fileno()))) == sha256
    except FileNotFoundError:
        return False


def _marks(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=4096)
def _digest_of(path: Path, _inode: int, _size: int, _mtime_ns: int) -> str:
    """Return the digest of a file, computed once for as long as the file is untouched."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def get_store() -> FileStore:
    """Return the store that the settings name (`FILE_STORE`, given `FILES_DIR`)."""
    make: type[FileStore] = import_string(settings.FILE_STORE)
    return make(Path(settings.FILES_DIR))  # type: ignore[call-arg]
