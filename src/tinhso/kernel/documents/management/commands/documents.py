"""`manage.py documents check [--purge] [--quick]`: tells whether every file is there, whole, and named by somebody."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tinhso.base.clock import now
from tinhso.kernel.documents.refusals import StoreAway
from tinhso.kernel.documents.upkeep import check_store, purge_store, purge_uploads


class Command(BaseCommand):
    """Check the store of files, and sweep what nothing names."""

    help = "Check the store of files: missing, corrupt, orphaned."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do and how."""
        parser.add_argument("what", choices=["check"])
        parser.add_argument("--purge", action="store_true", help="delete what nothing has named for a day")
        parser.add_argument("--quick", action="store_true", help="compare names only, do not read the files")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Report, one line for each finding; fail when a document cannot be read or the storage does not answer."""
        try:
            self._check(options)
        except StoreAway as no:
            raise CommandError(str(no)) from no

    def _check(self, options: dict[str, Any]) -> None:
        found = check_store(deep=not options["quick"])
        for kind in ("missing", "corrupt", "orphaned", "unused"):
            for digest in getattr(found, kind):
                self.stdout.write(f"{kind} {digest}")
        if options["purge"]:
            at = now()
            self.stdout.write(f"purged {purge_store(at=at)} files, {purge_uploads(at=at)} uploads")
        self.stdout.write(
            f"{found.checked} contents checked: {len(found.missing)} missing, {len(found.corrupt)} corrupt, "
            f"{len(found.orphaned)} orphaned, {len(found.unused)} unused"
        )
        if not found.is_sound:
            raise CommandError("Some documents cannot be read. Restore their files from a backup.")
