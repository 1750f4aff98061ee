"""
What `./tinhso up` was told, kept in the data folder while it runs: other verbs on that folder find the same site.

Without it `./tinhso doctor --data DIR` would look for the demonstration's sandbox where it is by default, and miss it. Only what
`up` itself decided is kept, never a secret; what the environment says goes before it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KEPT = "up.json"
LOCK = "up.lock"
NAMES = ("TINHSO_PUBLIC_URL", "TINHSO_SANDBOX_URL", "TINHSO_SMTP", "TINHSO_DEMONSTRATION", "TINHSO_PACK")


def keep(data: Path, port: int, environment: Mapping[str, str]) -> None:
    """Write down what this run decided."""
    chosen = {name: environment[name] for name in NAMES if name in environment}
    (data / KEPT).write_text(json.dumps({"port": port, "environment": chosen}), encoding="utf-8")


def recall(data: Path) -> dict[str, Any]:
    """Take over what the run decided that holds this folder now; nothing when none does."""
    if not _is_held(data / LOCK):
        return {}
    try:
        told: dict[str, Any] = json.loads((data / KEPT).read_text(encoding="utf-8"))
        for name in NAMES:
            if name in told["environment"]:
                os.environ.setdefault(name, str(told["environment"][name]))
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return told


def _is_held(lock: Path) -> bool:
    try:
        with lock.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
