"""
`migrate`, while everybody goes on working (PostgreSQL).

A change of a table waits for whoever uses it, and everybody who comes later waits behind the change: one long report would
stop the province. And a migration that holds one table and waits for the next can deadlock with an act, of which PostgreSQL
then ends one. So where there is data already, each migration is a step that waits for a moment only, gives up, lets the others
through, and tries again. A migration that is not one transaction cannot be tried again and waits as ever.
"""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

PATIENCE_MS = 200
"""Well below the second after which PostgreSQL looks for deadlocks: the migration gives up, not somebody's act."""
PAUSE_SECONDS = 0.5
MOST_SECONDS = 300.0
TOLD_AFTER_SECONDS = 10.0
AGAIN = frozenset({"55P03", "40P01"})
"""lock_not_available, deadlock_detected (PostgreSQL, appendix A)."""
OTHER_WORK = ("app_label", "migration_name", "plan", "check_unapplied", "fake", "fake_initial", "prune")


class Command(migrate.Command):
    """Django's own, in steps that can be tried again."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the tables up to date. Raises CommandError when somebody holds a table for minutes."""
        connection = connections[options["database"]]
        is_upgrade = connection.vendor == "postgresql" and not any(options.get(name) for name in OTHER_WORK)
        if is_upgrade and MigrationRecorder(connection).applied_migrations():
            for step in self._steps(connection):
                self._try(step, connection, args, options)
                options = {**options, "skip_checks": True}
        super().handle(*args, **options)

    @staticmethod
    def _steps(connection: Any) -> list[Migration]:
        executor = MigrationExecutor(connection)
        return [step for step, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]

    def _try(self, step: Migration, connection: Any, args: Any, options: dict[str, Any]) -> None:
        named = {**options, "app_label": step.app_label, "migration_name": step.name}
        if not step.atomic:
            super().handle(*args, **named)
            return
        began, told = time.monotonic(), False
        while True:
            try:
                _wait_at_most(connection, f"{PATIENCE_MS}ms")
                super().handle(*args, **named)
            except OperationalError as no:
                if getattr(no.__cause__, "sqlstate", "") not in AGAIN:
                    raise
                waited = time.monotonic() - began
                if waited > MOST_SECONDS:
                    raise CommandError(
                        f"{step}: its tables are in use since {waited:.0f} s, by a backup or a long report perhaps. Nothing of it was done; "
                        "what came before it stays. Run migrate again."
                    ) from no
                if waited > TOLD_AFTER_SECONDS and not told:
                    told = True
                    self.stderr.write(f"{step}: waits until nobody uses its tables for a moment")
                connection.close()
                time.sleep(PAUSE_SECONDS)
            else:
                _wait_at_most(connection, "0")
                return


def _wait_at_most(connection: Any, said: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{said}'")
