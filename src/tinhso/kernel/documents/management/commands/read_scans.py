"""`read_scans`: read the scans that wait, for some minutes; started beside the worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tinhso.base.clock import now
from tinhso.kernel.documents.readings import read_waiting
from tinhso.kernel.documents.scans.tools import missing_tools


class Command(BaseCommand):
    """Reads scans page by page; killed, it goes on with the page it was at."""

    help = "Read the scans that wait."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Read, and say how many files were finished."""
        if missing := missing_tools():
            raise CommandError(f"install {', '.join(missing)}")
        self.stdout.write(f"{read_waiting(now)} files read")
