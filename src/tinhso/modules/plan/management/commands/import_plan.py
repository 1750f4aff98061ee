"""`import plan FILE`: take a plan, resolution, decision or directive in, read it, and say what was found."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tinhso.base.actors import system
from tinhso.base.clock import civil_date, now
from tinhso.base.env import typed_path
from tinhso.base.refusals import Refusal
from tinhso.kernel.organisation.public import list_agencies
from tinhso.modules.plan.actions.taking import UNREAD, look_at, take_in
from tinhso.modules.plan.actions.waiting import read_waiting
from tinhso.modules.plan.models import Item, Plan, PlanState


class Command(BaseCommand):
    """Takes a text in as the page does; what was read waits for a person to accept or correct it beside the text."""

    help = "Take in a plan, resolution, decision or directive: text, HTML, .docx, PDF or scan."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and the agency that holds to it."""
        parser.add_argument("file", type=typed_path)
        parser.add_argument(
            "--agency", default="", help="code of the agency that holds to it; the province unless told"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Take it in, read it, tell what it says."""
        file, loader = options["file"], system("loader")
        if not file.is_file():
            raise CommandError(f"{file} is no file")
        unit = options["agency"] or next((each.code for each in list_agencies(on=civil_date(now()), limit=1)), "")
        try:
            plan = take_in(look_at(file.read_bytes(), file.name), unit=unit, actor=loader, at=now())
        except Refusal as no:
            raise CommandError("; ".join([str(fault.text) for fault in no.faults]) or str(no)) from no
        read_waiting(now)
        self._tell(Plan.objects.get(pk=plan.pk))

    def _tell(self, plan: Plan) -> None:
        if plan.state == PlanState.UNREAD:
            raise CommandError(str(UNREAD.get(plan.problem, plan.problem)))
        if plan.state == PlanState.READING:
            self.stdout.write("it is a scan: the worker reads it, page by page")
            return
        kinds = Counter(Item.objects.filter(plan=plan).values_list("kind", flat=True))
        self.stdout.write(f"{plan.name}: {plan.title}")
        self.stdout.write(", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items())))
        for each in plan.doubts:
            self.stdout.write(f"does not add up: {each['kind']} {each['off']}: {each['text'][:120]}")
        self.stdout.write(f"/ke-hoach/{plan.pk}/")
