"""`read_plans`: read the texts that wait; started by the worker, and ends by itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tinhso.base.clock import now
from tinhso.modules.plan.actions.waiting import read_waiting


class Command(BaseCommand):
    """Reads what waits, once."""

    help = "Read the plans and directives that were taken in."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Read, and say how many."""
        self.stdout.write(f"{read_waiting(now)} read")
