"""`manage.py release FIRST LAST FOLDER`: dossiers without names, as CSV with a data dictionary."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.base.refusals import BadInput
from tinhso.modules.onestop.actions.releasing import release_dossiers
from tinhso.modules.onestop.queries.released import dictionary


class Command(BaseCommand):
    """Write two files into a folder: the records of some months, and what their columns mean."""

    help = "Write dossiers without names for statistics: records and data dictionary."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the months and the folder."""
        parser.add_argument("first", help="first month, e.g. 2026-01")
        parser.add_argument("last", help="last month, one that is over")
        parser.add_argument("folder", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write both files and say how many records there are."""
        folder: Path = options["folder"]
        try:
            made = release_dossiers(options["first"], options["last"], actor=system("command-line"), at=now())
        except BadInput as no:
            raise CommandError("; ".join(str(fault.text) for fault in no.faults)) from no
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "dossiers.csv").open("w", encoding="utf-8", newline="") as file:
            file.writelines(made.lines())
        with (folder / "dossiers.dictionary.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["name", "kind", "about"])
            writer.writeheader()
            writer.writerows(dictionary())
        self.stdout.write(f"{made.rows} records, {made.left_out} left out: fewer than five in their cell")
