"""
A folder of backups: pieces named by a keyed hash of their content, and runs that say which pieces make up what.

    tinhso-backup.json     what this folder is, and for which key
    pieces/ab/<name>       sealed pieces; a content that is there is never written again
    runs/<run>.index       what the run holds, sealed
    runs/<run>.pieces      the names and sizes of its pieces, so that old ones can be thrown away without the recovery key
    runs/<run>.json        facts about the run with a seal over all three; written last: without it there is no run
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tinhso.base.room import FULL
from tinhso.site.backup.refusals import Busy, DiskFull, NoRun, NotAStore, NotEmpty, OtherKey, PieceMissing, Tampered
from tinhso.site.backup.sealing import Sealer

MARK = "tinhso-backup.json"


@dataclass(frozen=True, slots=True)
class Run:
    """One finished backup: its name and the facts that anybody may read."""

    name: str
    facts: dict[str, Any]


@dataclass(slots=True)
class Store:
    """The folder. Opened by `opened` (to read) or `taken` (to write, by one at a time)."""

    root: Path
    touched: set[Path] = field(default_factory=set)
    """Folders whose names must be on disk before a run counts."""

    def path_of(self, piece: str) -> Path:
        """Return where a piece lies, whether it is there or not."""
        return self.root / "pieces" / piece[:2] / piece

    def size_of(self, piece: str) -> int | None:
        """Return the size of a piece; None when it is not there. It came in by a rename, whole; disks do worse since."""
        try:
            return self.path_of(piece).stat().st_size
        except FileNotFoundError:
            return None

    def put(self, piece: str, sealed: Iterable[bytes]) -> int:
        """Write a piece, whole or not at all; return its size. Raises DiskFull, and what the content raises."""
        path = self.path_of(piece)
        with self._draft() as draft:
            with draft.open("xb") as file:
                for chunk in sealed:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
                size = file.tell()
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(path)
        self.touched |= {path.parent, path.parent.parent}
        return size

    def finish(
        self, name: str, facts: dict[str, Any], index: Iterable[bytes], pieces: dict[str, int], by: Sealer
    ) -> Run:
        """Make a run count: everything it names is on disk by then. Raises DiskFull."""
        listed = "".join(f"{piece} {size}\n" for piece, size in sorted(pieces.items())).encode()
        runs = self.root / "runs"
        sealed_index = b"".join(index)
        whole = {
            **facts,
            "run": name,
            "key": by.fingerprint,
            "index_sha256": hashlib.sha256(sealed_index).hexdigest(),
            "pieces_sha256": hashlib.sha256(listed).hexdigest(),
            "pieces": len(pieces),
            "bytes": sum(pieces.values()),
        }
        text = json.dumps(whole, sort_keys=True)
        for folder in (*self.touched, self.root / "pieces"):
            _fsync_folder(folder)
        self._write(runs / f"{name}.index", sealed_index)
        self._write(runs / f"{name}.pieces", listed)
        _fsync_folder(runs)
        self._write(runs / f"{name}.json", json.dumps({"facts": text, "seal": by.sign(text.encode())}).encode())
        _fsync_folder(runs)
        return Run(name, whole)

    def runs(self) -> list[Run]:
        """Return the finished runs, oldest first; seals are not looked at."""
        return [Run(path.stem, json.loads(_facts(path)[0])) for path in self._run_files()]

    def _run_files(self) -> list[Path]:
        # by name without suffix: a second run of the same second is `…Z-2`
        return sorted((self.root / "runs").glob("*.json"), key=lambda path: path.stem)

    def read_run(self, name: str, by: Sealer) -> tuple[Run, Path]:
        """Return a run whose seal holds, and its sealed index. Raises NoRun, Tampered."""
        path = self.root / "runs" / f"{name}.json"
        if not path.exists():
            raise NoRun(run=name, place=self.root)
        text, seal = _facts(path)
        if not by.holds(text.encode(), seal):
            raise Tampered(run=name, what=path.name)
        facts = json.loads(text)
        if facts["run"] != name:
            raise Tampered(run=name, what=path.name)
        for kind in ("index", "pieces"):
            try:
                content = path.with_suffix(f".{kind}").read_bytes()
            except FileNotFoundError as error:
                raise Tampered(run=name, what=f"{name}.{kind}") from error
            if hashlib.sha256(content).hexdigest() != facts[f"{kind}_sha256"]:
                raise Tampered(run=name, what=f"{name}.{kind}")
        return Run(name, facts), path.with_suffix(".index")

    def pieces_of(self, name: str) -> dict[str, int]:
        """Return the names and sizes of a run's pieces."""
        lines = (self.root / "runs" / f"{name}.pieces").read_text().splitlines()
        return {piece: int(size) for piece, size in (line.split() for line in lines)}

    def check_pieces(self, name: str) -> None:
        """See that every piece of a run is there in its size; needs no key. Raises PieceMissing."""
        for piece, size in self.pieces_of(name).items():
            path = self.path_of(piece)
            if not path.exists() or path.stat().st_size != size:
                raise PieceMissing(piece=piece[:16], what=name)

    def keep_newest(self, count: int) -> list[str]:
        """Throw away all runs but the newest, and the pieces that no run is left to need; return the runs gone."""
        runs = self.runs()
        old = [run.name for run in runs[:-count]]
        for name in old:
            # the facts first: what is half gone is no run any more
            for kind in ("json", "pieces", "index"):
                (self.root / "runs" / f"{name}.{kind}").unlink(missing_ok=True)
        needed = {piece for run in runs[-count:] for piece in self.pieces_of(run.name)}
        for path in (self.root / "pieces").glob("??/*"):
            if path.name not in needed:
                path.unlink(missing_ok=True)
        return old

    def _write(self, path: Path, content: bytes) -> None:
        with self._draft() as draft:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        """Lend a name for something unfinished; nothing is left under it."""
        draft = self.root / "incoming" / uuid.uuid4().hex
        try:
            yield draft
        except OSError as error:
            if error.errno in FULL:
                raise DiskFull(place=self.root) from error
            raise
        finally:
            draft.unlink(missing_ok=True)


def opened(root: Path) -> Store:
    """Return a folder of backups to read from. Raises NotAStore."""
    if not (root / MARK).exists():
        raise NotAStore(place=root)
    return Store(root)


@contextmanager
def taken(root: Path, by: Sealer) -> Iterator[Store]:
    """Take hold of a folder to write to; an empty or new one becomes a folder of backups. Raises NotEmpty, OtherKey, Busy."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        with (root / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Busy(place=root) from error
            yield _prepared(root, by)
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(place=root) from error
        raise


def _prepared(root: Path, by: Sealer) -> Store:
    mark = root / MARK
    if mark.exists():
        if (theirs := json.loads(mark.read_bytes())["key"]) != by.fingerprint:
            raise OtherKey(place=root, wanted=theirs)
    elif any(path.name not in (".lock", "lost+found", "incoming") for path in root.iterdir()):
        raise NotEmpty(place=root)
    (root / "incoming").mkdir(exist_ok=True)
    for left in (root / "incoming").iterdir():
        left.unlink()  # of a backup that was killed: the lock says that none is under way
    store = Store(root)
    # the mark before the other folders: broken off between the two, the place would be one that is in use for something else
    if not mark.exists():
        store._write(mark, json.dumps({"tinhso_backup": 1, "key": by.fingerprint}).encode())  # noqa: SLF001 - its maker
    for name in ("pieces", "runs"):
        (root / name).mkdir(exist_ok=True)
    return store


def _facts(path: Path) -> tuple[str, str]:
    try:
        whole = json.loads(path.read_bytes())
        return str(whole["facts"]), str(whole["seal"])
    except (ValueError, KeyError, TypeError) as error:
        raise Tampered(run=path.stem, what=path.name) from error


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
