"""
One backup; the order is what makes it whole.

1. the published roots, for the database that follows holds at least these;
2. the files that rows name now: nearly all of them, and nothing that is deleted later can be missed;
3. the database, as one moment;
4. the files that came between 2 and 3, by the rows of that moment; then keys and secrets;
5. the index, and at last the facts of the run: only now there is one.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tinhso import __version__
from tinhso.site.backup.databases import chunks, moment_of
from tinhso.site.backup.sealing import MACHINE_KEY, Sealer, sealed_size
from tinhso.site.backup.store import Run, Store, taken
from tinhso.site.proof.files import contents
from tinhso.site.proof.places import Place, place_of
from tinhso.site.proof.sealed import RING, SECRET_KEY
from tinhso.site.proof.tables import Tables

SECRETS = (SECRET_KEY, RING, MACHINE_KEY)
_BLOBS = "SELECT sha256, size_bytes FROM documents_blob ORDER BY sha256"


@dataclass(slots=True)
class Made:
    """What a backup did."""

    run: Run
    new_pieces: int
    new_bytes: int
    damaged: list[str]
    """Files that a row names and that are missing or altered here: they are in no backup of today."""
    gone: list[str]
    """Old runs that were thrown away."""


@dataclass(slots=True)
class _Work:
    store: Store
    sealer: Sealer
    data: Path
    place: Place
    index: list[dict[str, Any]] = field(default_factory=list)
    pieces: dict[str, int] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    listed: dict[str, int] = field(default_factory=dict)
    """Pieces of the run before with their sizes: how much a chunk shrank is told by nothing else."""
    new_pieces: int = 0
    new_bytes: int = 0

    def add_chunked(self, path: str, content: Iterable[bytes], **facts: Any) -> None:
        """Store something in chunks, each compressed and stored once."""
        names, digest, size = [], hashlib.sha256(), 0
        for chunk in content:
            digest.update(chunk)
            size += len(chunk)
            name = self.sealer.name_of(hashlib.sha256(chunk).digest())
            if not self._known(name, self.listed.get(name)):
                self._put(name, [zlib.compress(chunk, 1)])
            names.append(name)
        self.index.append({"path": path, "size": size, "sha256": digest.hexdigest(), "chunks": names, **facts})

    def add_content(self, digest: str, size: int) -> bool:
        """Store a file of the store as it is (papers are compressed already); tell whether it is there and whole."""
        name = self.sealer.name_of(bytes.fromhex(digest))
        if self._known(name, sealed_size(size)):
            return True
        try:
            self._put(name, _whole(self.place, digest))
        except (FileNotFoundError, _Altered):
            return False
        return True

    def list_content(self, digest: str, size: int) -> None:
        """Note that a content is part of this run."""
        if self.add_content(digest, size):
            self.index.append({"content": digest, "piece": self.sealer.name_of(bytes.fromhex(digest))})
        else:
            self.damaged.append(digest)

    def _known(self, name: str, wanted: int | None) -> bool:
        """Tell whether a piece is there in the size that it must have; one that was cut short is written again."""
        if name in self.pieces:
            return True
        found = self.store.size_of(name)
        if found is None or found != wanted:
            return False
        self.pieces[name] = found
        return True

    def _put(self, name: str, content: Iterable[bytes]) -> None:
        size = self.store.put(name, self.sealer.close(content, name))
        self.pieces[name] = size
        self.new_pieces, self.new_bytes = self.new_pieces + 1, self.new_bytes + size


class _Altered(Exception):  # noqa: N818 - an answer
    """A file is no longer what its name says."""


def back_up(place: Path, data: Path, database: str, *, at: datetime, keep: int | None = None, files: str = "") -> Made:
    """
    Add a run to the folder of backups. Raises the refusals of this package; then there is no new run.

    `keep`: throw away all but so many of the newest runs afterwards. `files`: the bucket that documents lie in (TINHSO_FILES);
    what the runs before have is not fetched again. One that does not answer raises places.Away.
    """
    sealer = Sealer.of_machine(data)
    with taken(place, sealer) as store:
        work = _Work(store, sealer, data, place_of(files, data / "files"))
        if runs := store.runs():
            work.listed = store.pieces_of(runs[-1].name)
        _add_file(work, "published-roots.jsonl")
        with Tables(database, data) as live:
            for digest, size in contents(live):
                work.add_content(digest, size)
        # a piece that no row of the moment names is not part of the run
        work.pieces = {name: work.pieces[name] for entry in work.index for name in entry["chunks"]}
        with moment_of(database, data) as moment:
            work.add_chunked("database", moment.content, kind=moment.kind)
            listed = list(moment.tables.rows(_BLOBS))
            facts: dict[str, Any] = {
                "made_at": at.isoformat(timespec="seconds"),
                "version": __version__,
                "database": moment.kind,
                "dossiers": moment.tables.one("SELECT count(*) FROM onestop_dossier"),
                "journal": moment.tables.one("SELECT coalesce(max(size), 0) FROM journal_root"),
            }
        # the moment is let go: what is new since step 2 is read without holding the database still
        for digest, size in listed:
            work.list_content(digest, size)
        facts |= {"files": sum("content" in entry for entry in work.index), "damaged": len(work.damaged)}
        for name in (*SECRETS, *_below(data, "keys")):
            _add_file(work, name)
        name = _name(store, at)
        run = store.finish(name, facts, sealer.close(_packed(work.index), f"index {name}"), work.pieces, sealer)
        gone = store.keep_newest(keep) if keep else []
    return Made(run, work.new_pieces, work.new_bytes, work.damaged, gone)


def _name(store: Store, at: datetime) -> str:
    """Return a name that comes after all: the number of a run that was thrown away in the same second is not given again."""
    name = f"{at:%Y%m%dT%H%M%SZ}"
    numbers = [int(run.name.partition("-")[2] or 1) for run in store.runs() if run.name.partition("-")[0] == name]
    return f"{name}-{max(numbers) + 1}" if numbers else name


def _add_file(work: _Work, name: str) -> None:
    path = work.data / name
    if path.is_file():
        with path.open("rb") as file:
            work.add_chunked(name, chunks(file))


def _below(data: Path, folder: str) -> list[str]:
    return sorted(str(path.relative_to(data)) for path in (data / folder).rglob("*") if path.is_file())


def _whole(place: Place, digest: str) -> Iterator[bytes]:
    found = hashlib.sha256()
    for chunk in place.read(digest):
        found.update(chunk)
        yield chunk
    if found.hexdigest() != digest:
        raise _Altered


def _packed(index: list[dict[str, Any]]) -> list[bytes]:
    text = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in index)
    return [gzip.compress(text.encode(), mtime=0)]
