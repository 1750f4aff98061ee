"""`check_back CODE`: what a scenario would have found in the past days, before it is loaded or switched on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.base.refusals import NotFound
from tinhso.kernel.organisation.pack import Pack
from tinhso.modules.inspection.actions.pack import RulesPart, rows_of
from tinhso.modules.inspection.queries.back import MOST, check_back
from tinhso.modules.inspection.queries.scenarios import Rule, rule_of
from tinhso.modules.inspection.queries.standing import rule


class Command(BaseCommand):
    """Reads and writes nothing."""

    help = "Try a scenario of inspection on past acts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which scenario, how far back, and from which pack when it is not loaded."""
        parser.add_argument("code")
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--most", type=int, default=MOST, help="acts looked at")
        parser.add_argument("--pack", type=Path, help="a folder whose scenarios are not loaded yet")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say how many findings it would have made, and in which dossiers."""
        at = now()
        found = self._rule(options["code"], options["pack"], at)
        tried = check_back(found, days=options["days"], seen_by=system("loader"), at=at, most=options["most"])
        cut = " (cut short)" if tried.is_cut else ""
        self.stdout.write(
            f"{options['code']}: {tried.looked} looked at{cut}, {tried.found} found, {tried.failed} failed"
        )
        if tried.problem:
            self.stdout.write(f"  {tried.problem}")
        for verdict in tried.examples:
            self.stdout.write(f"  {verdict.act.at:%Y-%m-%d %H:%M} {verdict.subject_key} {verdict.facts}")

    def _rule(self, code: str, folder: Path | None, at: Any) -> Rule:
        if folder is None:
            try:
                return rule(code)
            except NotFound as no:
                raise CommandError(f"no scenario “{code}” is loaded; name its folder with --pack") from no
        pack = Pack(folder, at)
        if faults := list(RulesPart().check(pack)):
            raise CommandError("\n".join(map(str, faults)))
        rows = [row for row in rows_of(pack) if row.code == code]
        if not rows:
            raise CommandError(f"{folder} has no scenario “{code}”")
        return rule_of(rows[-1])
