"""A PostgreSQL of one's own: made in a scratch folder, to be stopped, killed and restored at will."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import psycopg
from tests.faults.tree import free_port

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parts[4]))
"""Where Debian keeps the newest server; None where there is none."""


class Cluster:
    """One server with its data in a folder. Use it in a `with`, which stops it."""

    def __init__(self, folder: Path, *, port: int = 0, settings: tuple[str, ...] = ()) -> None:
        self.folder, self.port = folder / "cluster", port or free_port()
        self.settings = settings
        self.socket = folder

    def make(self) -> Self:
        """Make an empty cluster."""
        self.folder.mkdir(parents=True)
        self.own(self.socket)
        self.own(self.folder)
        self.run(
            "initdb",
            "--no-sync",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            f"--pgdata={self.folder}",
            "--username=postgres",
        )
        lines = [f"port = {self.port}", "listen_addresses = '127.0.0.1'", f"unix_socket_directories = '{self.socket}'"]
        lines += ["shared_buffers = 32MB", "max_connections = 60", *self.settings]
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write("\n".join(lines) + "\n")
        return self

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = self.folder / "server.log"
        self.run(
            "pg_ctl",
            "start",
            "--wait",
            "--timeout=60",
            f"--pgdata={self.folder}",
            f"--log={log}",
            out=subprocess.DEVNULL,
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stop it if it runs."""
        with suppress(subprocess.CalledProcessError):
            self.run("pg_ctl", "stop", "--wait", f"--mode={mode}", f"--pgdata={self.folder}", out=subprocess.DEVNULL)

    @property
    def pid(self) -> int:
        """Return the process id of the postmaster."""
        return int((self.folder / "postmaster.pid").read_text().splitlines()[0])

    def backends(self) -> list[int]:
        """Return the process ids of those that serve a database now."""
        with psycopg.connect(self.url("postgres"), connect_timeout=2) as base:
            rows = base.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname <> 'postgres'"
            ).fetchall()
        return [pid for (pid,) in rows]

    def kill(self, pid: int) -> None:
        """End one of its processes as a power cut would."""
        os.kill(pid, signal.SIGKILL)

    def rise(self, seconds: float = 60) -> None:
        """Have it run again after its postmaster was killed: as soon as the last backend has noticed."""
        end = time.monotonic() + seconds
        while True:
            try:
                self.start()
            except subprocess.CalledProcessError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.5)
            else:
                return

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def own(self, path: Path) -> None:
        """Give a folder to the account under which the server runs, and let it get there."""
        if os.geteuid() == 0:
            shutil.chown(path, "postgres", "postgres")
            for parent in path.parents:
                if parent.stat().st_uid == 0 and parent not in (Path("/"), Path("/tmp")):
                    parent.chmod(parent.stat().st_mode | 0o011)
        path.chmod(0o700)

    def run(self, program: str, *words: str, out: int | None = subprocess.PIPE) -> str:
        """Run one of PostgreSQL's programs as that account; return what it printed. Raises CalledProcessError."""
        account = (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if getpass.getuser() == "root" else []
        )
        done = subprocess.run(
            [*account, f"{PROGRAMS}/{program}", *words],
            check=True,
            text=True,
            stdout=out,
            stderr=out,
            cwd="/",
            timeout=120,
        )
        return done.stdout or ""
