"""Giving a backup back, on an empty machine: opened, compared with what was sealed, proved, and only then in its place."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from tinhso.base.room import FULL
from tinhso.site.backup import databases
from tinhso.site.backup.refusals import DiskFull, NoRun, NotEmpty, PieceDamaged, PieceMissing, Tampered, WrongKey
from tinhso.site.backup.sealing import Opener, Unsealable
from tinhso.site.backup.store import Run, Store, opened
from tinhso.site.proof.places import Bucket
from tinhso.site.proof.tables import SQLITE

_DIGEST = re.compile("[0-9a-f]{64}")
"""A content, or the keyed hash that names a piece."""


@dataclass(frozen=True, slots=True)
class Backup:
    """One run, opened: what is in it and how to read it."""

    store: Store
    opener: Opener
    run: Run
    index: list[dict[str, Any]]

    @property
    def kind(self) -> str:
        """Return `sqlite` or `postgresql`."""
        return str(self.run.facts["database"])

    def chunked(self) -> list[dict[str, Any]]:
        """Return what was stored in chunks: the database, roots, keys."""
        return [entry for entry in self.index if "chunks" in entry]

    def contents(self) -> list[dict[str, Any]]:
        """Return the files of the store."""
        return [entry for entry in self.index if "content" in entry]

    def read_chunked(self, entry: dict[str, Any]) -> Iterator[bytes]:
        """Yield something stored in chunks, compared with its checksum. Raises PieceMissing, PieceDamaged."""
        digest = hashlib.sha256()
        for name in entry["chunks"]:
            packed = b"".join(self._read(name, entry["path"]))
            try:
                chunk = zlib.decompress(packed)
            except zlib.error as error:
                raise PieceDamaged(piece=name[:16], what=entry["path"]) from error
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != entry["sha256"]:
            raise Tampered(run=self.run.name, what=entry["path"])

    def read_content(self, entry: dict[str, Any]) -> Iterator[bytes]:
        """Yield a file of the store, compared with its name. Raises PieceMissing, PieceDamaged."""
        digest = hashlib.sha256()
        for block in self._read(entry["piece"], entry["content"]):
            digest.update(block)
            yield block
        if digest.hexdigest() != entry["content"]:
            raise PieceDamaged(piece=entry["piece"][:16], what=entry["content"])

    def _read(self, name: str, what: str) -> Iterator[bytes]:
        try:
            with self.store.path_of(name).open("rb") as piece:
                yield from self.opener.open(piece, name)
        except FileNotFoundError as error:
            raise PieceMissing(piece=name[:16], what=what) from error
        except Unsealable as error:
            raise PieceDamaged(piece=name[:16], what=what) from error


def open_backup(place: Path, key: Path, run: str | None = None) -> Backup:
    """Open a run, the newest unless one is named. Raises NotAStore, BadKey, WrongKey, NoRun, Tampered."""
    store, opener = opened(place), Opener.of_file(key)
    runs = store.runs()
    if run is None and not runs:
        raise NoRun(run="", place=place)
    name = run or runs[-1].name
    sealed_for = {each.name: str(each.facts.get("key")) for each in runs}.get(name)
    if sealed_for is not None and sealed_for != opener.sealer.fingerprint:
        raise WrongKey(place=place, wanted=sealed_for)
    found, index = store.read_run(name, opener.sealer)
    try:
        with index.open("rb") as piece:
            text = gzip.decompress(b"".join(opener.open(piece, f"index {name}")))
    except (Unsealable, gzip.BadGzipFile) as error:
        raise Tampered(run=name, what=index.name) from error
    return Backup(store, opener, found, [_sound(json.loads(line), name) for line in text.splitlines()])


def _sound(entry: dict[str, Any], run: str) -> dict[str, Any]:
    """
    Return an entry of the index that names only places inside. Raises Tampered.

    Whoever holds the machine's key can sign any index: what the machine names is not yet to be believed on the next one.
    """
    names = [entry["content"], entry["piece"]] if "content" in entry else entry["chunks"]
    for name in names:
        if not (isinstance(name, str) and _DIGEST.fullmatch(name)):
            raise Tampered(run=run, what=name)
    if "content" not in entry:
        _inside(entry["path"], run)
    return entry


def try_backup(backup: Backup) -> int:
    """Read everything without writing anything; return how many bytes. Raises as `restore` does."""
    parts = [backup.read_chunked(entry) for entry in backup.chunked()]
    parts += [backup.read_content(entry) for entry in backup.contents()]
    return sum(len(block) for part in parts for block in part)


def restore(backup: Backup, data: Path, *, database: str | None = None, files: str = "") -> None:
    """
    Put a run into an empty folder, and its dump into an empty database; whole, or the folder stays as it was.

    `files`: the bucket that documents go into, as TINHSO_FILES; what was sent to it before it failed stays there, whole, under
    its own name, and does no harm. Raises places.Away when it does not answer, and NotEmpty, DatabaseWanted, DatabaseNotEmpty, DatabaseFailed, PieceMissing, PieceDamaged, Tampered, DiskFull.
    """
    if data.exists() and any(data.iterdir()):
        raise NotEmpty(place=data)
    bucket = Bucket(files) if files else None
    address = databases.require_empty(database) if backup.kind == "postgresql" else None
    draft = data.with_name(f".{data.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True, mode=0o700)
        for entry in backup.contents():
            path = _write_content(backup, entry, draft)
            if bucket:
                bucket.put(entry["content"], path)
                path.unlink()
        for entry in backup.chunked():
            if entry["path"] != "database":
                _write_file(_below(draft, entry["path"]), backup.read_chunked(entry), 0o600)
        kept = next((entry for entry in backup.chunked() if entry["path"] == "database"), None)
        if kept is None:
            raise Tampered(run=backup.run.name, what="database")
        if address:
            databases.put_back_postgresql(backup.read_chunked(kept), address)
        else:
            databases.put_back_sqlite(backup.read_chunked(kept), draft / SQLITE)
        draft.replace(data)
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(place=data) from error
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_content(backup: Backup, entry: dict[str, Any], draft: Path) -> Path:
    digest = entry["content"]
    path = _below(draft, f"files/sha256/{digest[:2]}/{digest[2:4]}/{digest}")
    _write_file(path, backup.read_content(entry), 0o400)
    return path


def _write_file(path: Path, content: Iterator[bytes], mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        for block in content:
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _below(draft: Path, name: str) -> Path:
    """Return where something is written: every target comes through here. Raises Tampered for one outside."""
    return draft / _inside(name, "")


def _inside(name: str, run: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise Tampered(run=run, what=name)
    return path
