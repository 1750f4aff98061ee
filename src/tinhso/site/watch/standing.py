"""How things stand that no kernel knows of: the database as a whole, the backup, our own counters."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tinhso.base.gauges import age_of
from tinhso.base.stamps import BACKUP, get_stamp
from tinhso.site.watch.counting import sheets


def database_bytes(_at: datetime) -> float:
    """Return the size of the database: of its file, or as PostgreSQL counts its own."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return float(cursor.fetchone()[0])


def backup_age(at: datetime) -> float:
    """Return the seconds since the last backup that went well, -1 when none is known."""
    stamp = get_stamp(BACKUP)
    return age_of(stamp.at, at) if stamp and stamp.is_fine else -1


def fold_counters(*, at: datetime) -> int:  # noqa: ARG001 - the worker gives it
    """Put what dead processes had counted into one sheet; return how many there were."""
    return sheets().fold()
