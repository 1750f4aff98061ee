"""Programs of others that judge ours, from Debian: those installed, else unpacked into `build/debian`, else none."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "debian"
PACKAGES = {
    "nginx": ("nginx", "libpcre2-8-0"),
    "promtool": ("prometheus",),
    "rsyslogd": ("rsyslog", "libestr0", "libfastjson4", "liblognorm5"),
}
"""The packages that each program needs and a small Debian may lack."""


@cache
def program(name: str) -> Path:
    """Return the program; skip the test, with the reason, where it is neither here nor can be fetched."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found:
        return Path(found)
    unpacked = FOLDER / name
    if not _inside(unpacked, name):
        if os.getuid() or not shutil.which("apt-get"):
            pytest.skip(f"{name} is not installed, and only root may fetch it: install {PACKAGES[name][0]}")
        FOLDER.mkdir(parents=True, exist_ok=True)
        with (FOLDER / "lock").open("w") as lock:
            # tests run in several processes: who comes second finds it fetched
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _inside(unpacked, name):
                _fetch(name, unpacked)
    inside = _inside(unpacked, name)
    if not inside:
        pytest.skip(f"{name} is not installed and could not be fetched: install {PACKAGES[name][0]}")
    return inside


def environment(name: str) -> dict[str, str]:
    """Return the environment in which an unpacked program finds its libraries."""
    libraries = FOLDER / name / "usr" / "lib" / f"{os.uname().machine}-linux-gnu"
    return {**os.environ, "LD_LIBRARY_PATH": str(libraries)} if libraries.is_dir() else dict(os.environ)


def _inside(folder: Path, name: str) -> Path | None:
    return next((folder / part / name for part in ("usr/bin", "usr/sbin") if (folder / part / name).exists()), None)


def _fetch(name: str, folder: Path) -> None:
    """Unpack the packages; nothing is installed, no service is started."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = ["apt-get", "download", "-qq", *PACKAGES[name]]
    if _quietly(wanted, folder):
        _quietly(["apt-get", "update", "-qq"], folder)
        _quietly(wanted, folder)
    for package in folder.glob("*.deb"):
        _quietly(["dpkg", "-x", str(package), str(folder)], folder)
        package.unlink()


def _quietly(command: list[str], folder: Path) -> int:
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode
