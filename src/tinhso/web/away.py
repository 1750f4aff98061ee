"""Telling a database that is away for a moment from a fault of ours: who asks is told to try again, not to call us."""

from __future__ import annotations

from sqlite3 import SQLITE_BUSY

from django.db import InterfaceError, OperationalError

AGAIN_AFTER_SECONDS = 10
"""What is asked of browsers and programs in Retry-After."""
_CLASSES = ("08", "57P", "53")
"""Of PostgreSQL's codes: the connection is gone, the server is ending or beginning, it has nothing left to give."""


def is_away(error: BaseException | None) -> bool:
    """Tell whether an error, or what it was raised from, says that the database does not answer now."""
    while error is not None:
        if isinstance(error, InterfaceError):
            return True
        if isinstance(error, OperationalError):
            return _says_away(error.__cause__)
        error = error.__cause__ or error.__context__
    return False


def _says_away(told: BaseException | None) -> bool:
    if (code := getattr(told, "sqlite_errorcode", None)) is not None:
        # the lower byte is the primary code: locked by another for longer than we wait
        return bool(code & 0xFF == SQLITE_BUSY)
    state = getattr(told, "sqlstate", None)
    # without a code nothing came from the server at all
    return state is None or str(state).startswith(_CLASSES)
