"""`prepare`: tables, pack and demonstration in one process; what `./tinhso up` runs before it starts the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError

from tinhso.base.clock import now
from tinhso.base.sealing import add_key, ring


class Command(BaseCommand):
    """Cheap when nothing changed; each part may be run again at any time."""

    help = "Migrate, load the pack if it changed, make the demonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--empty`."""
        parser.add_argument("--empty", action="store_true", help="no demonstration data")
        parser.add_argument("--people", default="", help="file to write the list of demonstration people to")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the three, and say which one is running: the first time takes a while."""
        self.say("Bảng dữ liệu… / Tables…")
        self.reach()
        self.begin_ring()
        call_command("migrate", verbosity=0)
        self.say("Gói của tỉnh… / Province pack…")
        call_command("load_once")
        if not options["empty"]:
            self.say("Dữ liệu minh họa… / Demonstration…")
            call_command("demo")
            if options["people"]:
                with Path(options["people"]).open("w", encoding="utf-8") as file:
                    call_command("people", stdout=file)

    @staticmethod
    def reach() -> None:
        """Open the database. Raises CommandError with what to do: whoever mistyped its address is not told by a traceback."""
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(
                f"Cơ sở dữ liệu không trả lời ({error}). Xem TINHSO_DATABASE, hoặc chạy ./tinhso doctor.\n"
                f"The database does not answer ({error}). Look at TINHSO_DATABASE, or run ./tinhso doctor."
            ) from error

    @staticmethod
    def begin_ring() -> None:
        """
        Make the key ring of a fresh installation, before there is anything to seal.

        A database that has tables may hold what the program of before must open, or be shared with a machine that has the
        ring: there `./tinhso keys rotate` makes it.
        """
        if not MigrationRecorder(connection).has_table() and not ring():
            add_key(at=now())

    def say(self, text: str) -> None:
        """Print a line at once."""
        self.stdout.write(text)
        self.stdout.flush()
