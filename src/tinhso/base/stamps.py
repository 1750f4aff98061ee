"""When something was last done for the whole system: a backup, a verification. One small file each in the data folder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

BACKUP = "backup"
"""Stamp of the last backup, put by whatever makes it."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is known of the last time; the moment in UTC."""

    at: datetime
    is_fine: bool
    note: str


def _path(name: str, data: Path | None = None) -> Path:
    return Path(data or settings.DATA_DIR) / "stamps" / f"{name}.json"


def put_stamp(name: str, *, at: datetime, is_fine: bool, note: str = "", data: Path | None = None) -> None:
    """
    Say that something was done, whole: whoever reads meanwhile finds the one before.

    `data` is the data folder, for programs that run without the settings.
    """
    path = _path(name, data)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_suffix(".new")
    made.write_text(json.dumps({"at": at.isoformat(), "fine": is_fine, "note": note}), encoding="utf-8")
    made.replace(path)


def get_stamp(name: str) -> Stamp | None:
    """Return what is known of the last time, None when it was never done (or the stamp cannot be read)."""
    try:
        said = json.loads(_path(name).read_text(encoding="utf-8"))
        return Stamp(datetime.fromisoformat(said["at"]), bool(said["fine"]), str(said["note"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
