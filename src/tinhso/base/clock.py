"""The only place that reads the clock. Doors read it once and hand `at` down; rules never ask what time it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CIVIL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the present moment, aware, in UTC. For doors (middleware, worker, command line) only."""
    return datetime.now(UTC)


def civil(at: datetime) -> datetime:
    """Return the moment on the wall clock of Việt Nam. Raises ValueError for a naive moment."""
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone has no civil time")
    return at.astimezone(CIVIL_ZONE)


def civil_date(at: datetime) -> date:
    """Return the civil date of a moment: at 18:30 UTC it is already tomorrow in Việt Nam."""
    return civil(at).date()
