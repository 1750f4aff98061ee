"""What the worker does for casework every so often; the worker is the door, so it hands the moment down."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.casework.actions import waiting


def fire_timers(*, at: datetime) -> int:
    """Fire the clocks of cases that have run out."""
    return waiting.fire_due_timers(at=at)


def call_services(*, at: datetime) -> int:
    """Call the services that cases wait for."""
    return waiting.run_services(at=at)
