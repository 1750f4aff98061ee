"""A Monday morning in the hall of Minh An."""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.base.actors import ANONYMOUS
from tinhso.base.clock import CIVIL_ZONE
from tinhso.modules.queueing.actions import tickets

AT = datetime(2022, 11, 28, 8, 0, tzinfo=CIVIL_ZONE)
DESK = "H47.32.20.01"
LINE, OTHER = f"{DESK}:ho-tich", f"{DESK}:dat-dai"


def later(minutes=0, days=0):
    """Return a moment after the beginning."""
    return AT + timedelta(minutes=minutes, days=days)


def take(minutes=0, line=LINE, **more):
    """Take a ticket so many minutes after the beginning."""
    return tickets.take_ticket(line, actor=ANONYMOUS, at=later(minutes), **more)
