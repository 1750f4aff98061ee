"""The programs that read scans, and how they are run: with little time, little memory, one thread."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

SECONDS = 90
MEMORY_BYTES = 2 * 1024**3
LANGUAGE = "vie"
BOUNDS = ("prlimit", f"--as={MEMORY_BYTES}", f"--cpu={SECONDS}", "--core=0", "nice", "-n", "5")


class ToolError(RuntimeError):
    """A program ended badly, took too long or too much memory."""


def missing_tools() -> list[str]:
    """Return the Debian packages that are missing for reading scans; empty: they are read."""
    missing = [] if shutil.which("prlimit") else ["util-linux"]
    if shutil.which("pdftoppm") is None:
        missing.append("poppler-utils")
    if shutil.which("tesseract") is None:
        missing += ["tesseract-ocr", "tesseract-ocr-vie"]
    elif LANGUAGE not in _languages():
        missing.append("tesseract-ocr-vie")
    return missing


@cache
def _languages() -> frozenset[str]:
    words = [shutil.which("tesseract") or "tesseract", "--list-langs"]
    said = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 - our own words
    return frozenset(said.stdout.split("\n")[1:])


def run(name: str, *arguments: str | Path, folder: Path, seconds: int = SECONDS) -> str:
    """Run a program in a folder of its own and return what it printed. Raises ToolError."""
    words: Sequence[str] = [*BOUNDS, shutil.which(name) or name, *map(str, arguments)]
    surroundings = {
        "PATH": os.environ.get("PATH", ""),
        "OMP_THREAD_LIMIT": "1",
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own words, files by names of ours
            words, cwd=folder, env=surroundings, capture_output=True, timeout=seconds, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (subprocess.TimeoutExpired, OSError) as error:
        raise ToolError(f"{name}: {error}") from error
    if done.returncode:
        raise ToolError(f"{name}: {done.returncode} {done.stderr[-300:].decode('utf-8', 'replace')}")
    return done.stdout.decode("utf-8", "replace")
