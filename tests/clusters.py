"""PostgreSQL clusters of a test's own: made in a temporary folder, started on a free port, ended with the test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

USER = "postgres"


def binaries() -> Path | None:
    """Return the folder of the newest server on this machine; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def why_not() -> str:
    """Return why no cluster can be started here; empty where one can."""
    if binaries() is None:
        return "no PostgreSQL server is installed on this machine"
    if os.geteuid() == 0 and not (shutil.which("runuser") and _is_known()):
        return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


def _is_known() -> bool:
    return subprocess.run(["id", USER], capture_output=True, check=False).returncode == 0


@dataclass
class Cluster:
    """One server and its folder."""

    folder: Path
    port: int

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database of it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c fsync=off -c max_connections=60"
        _run("pg_ctl", "-D", self._data, "-l", f"{self.folder}/log", "-w", "-s", "-o", options, "start")

    def stop(self) -> None:
        """End it as a power cut would."""
        with suppress(subprocess.CalledProcessError):
            _run("pg_ctl", "-D", self._data, "-w", "-s", "-m", "immediate", "stop")

    @property
    def _data(self) -> str:
        return f"{self.folder}/data"


@contextmanager
def primary() -> Iterator[Cluster]:
    """Start an empty cluster that replicas may follow."""
    with _folder() as cluster:
        _run("initdb", "-D", f"{cluster.folder}/data", "-A", "trust", "-U", USER, "--locale=C.UTF-8", "--encoding=UTF8")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@contextmanager
def replica_of(cluster: Cluster) -> Iterator[Cluster]:
    """Copy a running cluster and let the copy follow it by streaming."""
    with _folder() as copy:
        _run("pg_basebackup", "-d", f"{cluster.url()}", "-D", f"{copy.folder}/data", "-R", "-X", "stream", "-c", "fast")
        copy.start()
        try:
            yield copy
        finally:
            copy.stop()


@contextmanager
def _folder() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="tinhso-cluster-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    try:
        yield Cluster(folder, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: str, *arguments: str) -> None:
    where = binaries()
    assert where is not None
    as_user = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    # its server inherits what we give it: a pipe would stay open for as long as it runs
    subprocess.run(
        [*as_user, str(where / command), *arguments],
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
    )
