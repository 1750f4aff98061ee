"""`manage.py erasure [--erase]`: tells what the rules of retention let go today; erases it when told to."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.kernel.privacy.erasing import erase_due, standings
from tinhso.law.retention import Keep

AN_HOUR = 3600.0


class Command(BaseCommand):
    """List what is due for erasure, kind by kind, with the rule; nothing is touched without `--erase`."""

    help = "Tell what the rules of retention let go today; --erase does it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to erase."""
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--dry-run", action="store_true", help="list only, which is what it does anyway")
        how.add_argument("--erase", action="store_true", help="erase what is due, batch by batch, for an hour at most")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print one line for each kind."""
        at = now()
        for one in standings(at=at):
            rule = one.ruling.acts or one.ruling.rule
            told = f"{_period(rule.keep)}, {rule.law}" if rule else "no rule: kept"
            self.stdout.write(f"{one.ruling.erasure.key:<32} {one.due:>8}  {told}")
            if one.ruling.rule and not one.ruling.rule.verified:
                self.stdout.write(f"{'':<32} {one.would_be_due:>8}  once the text is checked: {one.ruling.rule.law}")
            for name, archive in one.ruling.archive.items():
                self.stdout.write(f"{'':<42} {name} is archived: {_period(archive.keep)}, {archive.law}")
            for key in one.examples:
                self.stdout.write(f"{'':<42} {key}")
        if options["erase"]:
            gone = erase_due(actor=system("eraser"), at=at, seconds=AN_HOUR)
            for kind, count in gone.items():
                self.stdout.write(f"erased: {kind} {count}")


def _period(keep: Keep) -> str:
    parts = [f"{count} {name}" for name, count in (("y", keep.years), ("m", keep.months), ("d", keep.days)) if count]
    return "for ever" if keep.permanent else " ".join(parts) or "0 d"
