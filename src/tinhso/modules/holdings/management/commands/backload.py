"""`backload FOLDER SHEET --agency CODE`: results still in force, from a folder of files and a sheet; run again, it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tinhso.base.actors import system
from tinhso.base.clock import now
from tinhso.base.env import typed_path
from tinhso.base.refusals import Refusal
from tinhso.base.sheets import write_xlsx
from tinhso.modules.holdings.actions.backload import begin_batch, broken_sheet, confirm_batch, load, look_ahead
from tinhso.modules.holdings.actions.files import Folder
from tinhso.modules.holdings.models import Batch, BatchState
from tinhso.modules.holdings.queries.rows import sentence
from tinhso.modules.holdings.tasks import load_waiting

PREVIEW = 200


class Command(BaseCommand):
    """Checks and loads row by row; what is broken comes back as a sheet of the same rows with what to do."""

    help = "Load results still in force from the archives into the data store."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder, the sheet and whose results they are."""
        parser.add_argument("folder", nargs="?", type=typed_path)
        parser.add_argument("sheet", nargs="?", type=typed_path)
        parser.add_argument("--agency", default="", help="code of the agency that issued them")
        parser.add_argument("--errors", type=typed_path, help="where the sheet of broken rows goes")
        parser.add_argument("--preview", action="store_true", help="only look through the first rows; keep nothing")
        parser.add_argument("--waiting", action="store_true", help="load what was sent by the page")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load, say how far it came, write the sheet of broken rows."""
        if options["waiting"]:
            load_waiting(now)
            return
        folder, sheet, agency = options["folder"], options["sheet"], options["agency"]
        if not (folder and sheet and agency):
            raise CommandError("backload FOLDER SHEET --agency CODE")
        if not folder.is_dir() or not sheet.is_file():
            raise CommandError(f"{folder} is no folder, or {sheet} is no file")
        try:
            with sheet.open("rb") as file:
                self._load(file, Folder(folder), sheet, agency, options)
        except Refusal as no:
            raise CommandError("; ".join([str(no), *(str(fault.text) for fault in no.faults)])) from no

    def _load(self, file: Any, files: Folder, sheet: Path, agency: str, options: dict[str, Any]) -> None:
        loader = system("loader")
        state = BatchState.DRAFT if options["preview"] else BatchState.LOADING
        batch = begin_batch(file, name=sheet.name, agency_code=agency, state=state, actor=loader, at=now())
        if options["preview"]:
            self._preview(batch, file, files)
            return
        if batch.state == BatchState.DRAFT:
            batch = confirm_batch(batch.id, actor=loader, at=now())
        batch = load(batch, file, files, actor=loader, clock=now, told=self._tell)
        self._tell(batch)
        if batch.broken:
            target = options["errors"] or sheet.with_name(f"{sheet.stem}-loi.xlsx")
            count = write_xlsx(target, broken_sheet(batch)) - 1
            self.stdout.write(f"{count} rows to mend: {target}")
        if batch.state == BatchState.WAITING:
            self.stdout.write("Not in force yet: a second person checks the sample at /kho/nap/")

    def _preview(self, batch: Batch, file: Any, files: Folder) -> None:
        found = look_ahead(batch, file, files, most=PREVIEW, at=now())
        self.stdout.write(
            f"of the first {PREVIEW}: {len(found.good)} good, {len(found.known)} known, {len(found.broken)} broken"
        )
        for row in found.broken:
            self.stdout.write(f"{row.place}: {' '.join(sentence(fault) for fault in row.faults)}")

    def _tell(self, batch: Batch) -> None:
        self.stdout.write(
            f"{batch.rows_done} rows: {batch.taken} taken, {batch.known} known, {batch.broken} broken ({batch.state})"
        )
