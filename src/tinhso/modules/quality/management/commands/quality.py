"""`./tinhso manage quality check | rebuild | again`: hold the kept figures against a full count, or make them anew."""

from __future__ import annotations

from argparse import ArgumentParser
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.modules.quality import tasks
from tinhso.modules.quality.actions import keeping
from tinhso.modules.quality.queries import kept

SHOWN = 20


class Command(BaseCommand):
    """Check, rebuild, or count everything again."""

    help = "Hold the kept figures of quality against a full count (check), make the sums anew (rebuild), count all again (again)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do."""
        parser.add_argument("verb", choices=("check", "rebuild", "again"))

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it and say what was found."""
        actor = system("command-line")
        if options["verb"] == "rebuild":
            keeping.rebuild_sums(actor=actor, at=now())
        elif options["verb"] == "again":
            keeping.begin_again(actor=actor, at=now())
            while not kept.is_built():
                tasks.count_some(at=now())
        wrong = kept.wrong_sums()
        for one in wrong[:SHOWN]:
            self.stdout.write(f"{one.key}: {one.kept} kept, {one.counted} counted")
        stale = list(islice(kept.stale_rows(now()), SHOWN))
        for code in stale:
            self.stdout.write(f"{code}: not measured as it is now")
        if wrong or stale:
            raise CommandError(f"{len(wrong)} sums are wrong, {len(stale)} dossiers or more are behind")
        self.stdout.write("The figures agree with a full count.")
