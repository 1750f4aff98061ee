"""`flush`, as Django has it, for test databases; elsewhere the journal's triggers refuse it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.commands.flush import Command as Flush
from django.db import connections

from tinhso.kernel.journal import guards


class Command(Flush):
    """Empty every table, also the append-only ones where `JOURNAL_MAY_BE_EMPTIED` is set (tests)."""

    def handle(self, **options: Any) -> None:
        """Take the triggers down around it."""
        if not settings.JOURNAL_MAY_BE_EMPTIED:
            super().handle(**options)
            return
        connection = connections[options["database"]]
        guards.drop(connection)
        try:
            super().handle(**options)
        finally:
            guards.create(connection)
