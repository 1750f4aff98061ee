"""`demo`: make the demonstration data by acting, once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tinhso.base.clock import now
from tinhso.base.registry import Demo, registry


class Command(BaseCommand):
    """Call every Demo loan in order; each is idempotent."""

    help = "Load the demonstration data that modules lend."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run the loans."""
        at = now()
        for loan in registry.of(Demo):
            loan.load(at=at)
