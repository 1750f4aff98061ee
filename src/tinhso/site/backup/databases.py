"""
The database as one moment: a file of SQLite, or a dump of PostgreSQL, while the platform goes on working.

SQLite's backup interface copies in one step under a read lock, which in WAL mode keeps nobody from writing; it keeps the
places of pages, so that most chunks of the next copy are the same and are not stored again (VACUUM INTO would move them
all). PostgreSQL exports a snapshot, so that the dump and the list of files are of the same moment.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tinhso.site.addresses import plain
from tinhso.site.backup.refusals import DatabaseFailed, DatabaseNotEmpty, DatabaseWanted, DiskFull
from tinhso.site.proof.tables import SQLITE, Tables, Unreadable

COPY = ".backup-copy.sqlite3"
"""The copy of a moment, in the data folder until it is stored: that disk needs room for the database a second time."""
CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Moment:
    """The database as it was: its kind, what it is made of, and its tables to ask."""

    kind: str
    content: Iterator[bytes]
    tables: Tables


def is_postgresql(address: str) -> bool:
    """Tell which of the two an address names."""
    return not address.startswith("sqlite")


@contextmanager
def moment_of(address: str, data: Path) -> Iterator[Moment]:
    """Hold the database still for as long as it is read. Raises DatabaseFailed."""
    try:
        if is_postgresql(address):
            with Tables(address, data) as tables:
                snapshot = str(tables.one("SELECT pg_export_snapshot()"))
                yield Moment("postgresql", _dump(address, snapshot), tables)
            return
        copy = data / COPY
        _remove(copy)
        try:
            _copy_sqlite(address, data, copy)
            with Tables(f"sqlite:///{copy}", data) as tables, copy.open("rb") as file:
                yield Moment("sqlite", chunks(file), tables)
        finally:
            _remove(copy)
    except (sqlite3.Error, psycopg.Error, Unreadable) as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise DiskFull(place=data) from error
        raise DatabaseFailed(why=str(error).strip()) from error


def _copy_sqlite(address: str, data: Path, copy: Path) -> None:
    path = Path(address.removeprefix("sqlite:///")) if address.startswith("sqlite:///") else data / SQLITE
    if not path.exists():
        raise Unreadable(f"no such file: {path}")
    copy.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=20)) as live, closing(sqlite3.connect(copy)) as kept:
        live.backup(kept)
        # a copy of a database with a log says that it has one: as a file of its own it needs none
        kept.execute("PRAGMA journal_mode = DELETE")


def _remove(copy: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)


def chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file in chunks of one size, so that the same places make the same pieces."""
    while chunk := file.read(CHUNK):
        # a pipe gives what it has: fill up
        while len(chunk) < CHUNK and (more := file.read(CHUNK - len(chunk))):
            chunk += more
        yield chunk


def _dump(address: str, snapshot: str) -> Iterator[bytes]:
    # not compressed here: chunks are, and what did not change may then be the same chunk
    words = [
        program("pg_dump"),
        "--format=custom",
        "--compress=0",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
    ]
    with subprocess.Popen(  # noqa: S603 - our own words
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=connection_environment(address)
    ) as process:
        assert process.stdout
        assert process.stderr
        yield from chunks(process.stdout)
        said = process.stderr.read().decode(errors="replace").strip()
        if process.wait():
            raise DatabaseFailed(why=said)


def put_back_sqlite(content: Iterator[bytes], path: Path) -> None:
    """Write the file."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in content:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def put_back_postgresql(content: Iterator[bytes], address: str) -> None:
    """Load a dump into an empty database, whole or not at all. Raises DatabaseFailed."""
    words = [
        program("pg_restore"),
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        "--dbname=",
    ]
    environment = connection_environment(address)
    words[-1] += environment["PGDATABASE"]
    with subprocess.Popen(  # noqa: S603 - our own words
        words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdin
        assert process.stderr
        try:
            for chunk in content:
                process.stdin.write(chunk)
        except BrokenPipeError:
            pass  # it says why on its other pipe
        except BaseException:
            # what does not hold is never loaded: its one transaction ends with it
            process.kill()
            raise
        finally:
            process.stdin.close()
        said = process.stderr.read().decode(errors="replace").strip()
        if process.wait():
            raise DatabaseFailed(why=said)


def require_empty(address: str | None) -> str:
    """Return the address of an empty PostgreSQL. Raises DatabaseWanted, DatabaseNotEmpty, DatabaseFailed."""
    if not address or not is_postgresql(address):
        raise DatabaseWanted
    try:
        with psycopg.connect(plain(address)) as base:
            found = base.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    except psycopg.Error as error:
        raise DatabaseFailed(why=str(error).strip()) from error
    if found and found[0]:
        raise DatabaseNotEmpty
    return address


def connection_environment(address: str) -> dict[str, str]:
    """Return an environment in which PostgreSQL's programs find the database: a password is not for the list of processes."""
    names: dict[str, str] = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    names |= {"dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT"}
    names |= {"sslkey": "PGSSLKEY", "options": "PGOPTIONS", "passfile": "PGPASSFILE", "hostaddr": "PGHOSTADDR"}
    given: dict[str, Any] = conninfo_to_dict(plain(address))
    return {**os.environ, **{names[name]: str(value) for name, value in given.items() if name in names}}


def program(name: str) -> str:
    """Return a program of PostgreSQL: from the path, else the newest that Debian installed. Raises DatabaseFailed."""
    found = shutil.which(name)
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if found or debian:
        return found or str(debian[-1])
    raise DatabaseFailed(why=f"{name}: cài gói postgresql-client / install the package postgresql-client")
