"""Telling a full disk from every other failure: under a file, under SQLite, under PostgreSQL."""

from __future__ import annotations

import errno
from sqlite3 import SQLITE_FULL, SQLITE_IOERR_SHMSIZE

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when a file cannot grow: no room, no quota, too large for where it lies."""
_SQLITE = frozenset({SQLITE_FULL, SQLITE_IOERR_SHMSIZE})
"""The second: what readers and writers share beside the file could not grow."""
_POSTGRESQL = "53100"


def is_full(error: BaseException | None) -> bool:
    """Tell whether an error, or what it was raised from, says that there is no room on a disk."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if getattr(error, "sqlite_errorcode", None) in _SQLITE or getattr(error, "sqlstate", None) == _POSTGRESQL:
            return True
        error = error.__cause__ or error.__context__
    return False
