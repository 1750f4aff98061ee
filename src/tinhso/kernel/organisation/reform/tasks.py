"""What the worker does for a reform: it goes on where loading stopped, and begins on the day of a reform that was loaded early."""

from __future__ import annotations

from datetime import datetime

from tinhso.base.actors import system
from tinhso.kernel.organisation.reform.loading import carry_on

WORKER = system("worker")
BATCHES = 20
"""Batches in one run: other tasks have their turn in between."""


def carry_on_reform(*, at: datetime) -> int:
    """Hand on some batches. Returns how many."""
    return carry_on(actor=WORKER, at=at, batches=BATCHES)
