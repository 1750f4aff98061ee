"""`load DIR [--dry-run]`: check a province pack whole, show what would change, apply it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import override

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.base.env import typed_path
from tinhso.kernel.organisation.pack import BadPack, Plan, load_pack
from tinhso.kernel.organisation.reform.loading import ReformUndecided, carry_on
from tinhso.kernel.organisation.reform.queries import list_reforms
from tinhso.kernel.organisation.reform.report import report

SHOWN = 20


class Command(BaseCommand):
    """Load a province pack. Exit code 0: loaded or nothing to do; 1: the pack has faults; 2: a person must decide; nothing was changed."""

    help = "Check a province pack, then load it; loading it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder and the switches."""
        parser.add_argument("folder", nargs="?", default=str(settings.PACK_DIR), help="folder of the pack")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")
        parser.add_argument("--all", action="store_true", help="show every line of the plan")
        parser.add_argument("--lang", choices=["vi", "en"], default="", help="language of the messages")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, in the language asked for."""
        with override(options["lang"] or settings.LANGUAGE_CODE):
            folder = typed_path(options["folder"])
            if not folder.is_dir():
                raise CommandError(_("There is no folder {folder}.").format(folder=folder), returncode=1)
            try:
                plan = load_pack(folder, actor=system("loader"), at=now(), dry_run=options["dry_run"])
            except ReformUndecided as refusal:
                raise CommandError(str(refusal), returncode=2) from None
            except DatabaseError as none:
                if not options["dry_run"]:
                    raise
                text = _("There is no database in {folder} to compare with. Run ./tinhso up once, then again.")
                raise CommandError(text.format(folder=settings.DATA_DIR), returncode=1) from none
            except BadPack as refusal:
                for fault in refusal.found:
                    self.stderr.write(str(fault))
                raise CommandError(str(refusal), returncode=1) from None
            if options["verbosity"]:
                self._show(plan, dry_run=options["dry_run"], whole=options["all"])
                for line in report(plan.prospect, whole=options["all"]) if options["dry_run"] and plan.prospect else ():
                    self.stdout.write(line)
            if not options["dry_run"]:
                self._carry_on()

    def _carry_on(self) -> None:
        """Hand on what runs in agencies that ended; the worker does it as well, whoever comes first."""
        batches = carry_on(actor=system("loader"), at=now())
        for reform in list_reforms():
            day = f"{reform.effective:%d/%m/%Y}"
            facts = {"pack": reform.pack, "state": reform.get_state_display(), "day": day, "batches": batches}
            self.stdout.write(
                _("Reform {pack}, in force from {day}: {state}. Batches handed on now: {batches}.").format(**facts)
            )

    def _show(self, plan: Plan, *, dry_run: bool, whole: bool) -> None:
        shown: dict[tuple[str, str, str], int] = {}
        for change in plan.changes:
            group = (change.part, change.kind, change.verb)
            shown[group] = shown.get(group, 0) + 1
            if whole or shown[group] <= SHOWN:
                self.stdout.write(f"{change.part}: {change}")
            elif shown[group] == SHOWN + 1:
                more = plan.counts()[group] - SHOWN
                self.stdout.write(
                    _("  … and {more} more ({kind}). Add --all to see them.").format(more=more, kind=group[1])
                )
        for name in plan.unclaimed:
            self.stdout.write(_("{file}: nothing installed loads this file.").format(file=name))
        self.stdout.write(_sentence(plan, dry_run=dry_run))


def _sentence(plan: Plan, *, dry_run: bool) -> str:
    facts = {"pack": plan.pack, "count": len(plan.changes)}
    if plan.is_empty:
        return _("{pack}: everything is in force already, nothing changed.").format(**facts)
    if dry_run:
        return _("{pack}: {count} changes would be made. Nothing was changed.").format(**facts)
    return _("{pack}: {count} changes made.").format(**facts)
