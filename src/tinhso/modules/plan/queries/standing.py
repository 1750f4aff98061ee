"""What was done on a plan: by agency, line by line, booking by booking; now and at the end of a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tinhso.base.clock import civil_date
from tinhso.modules.plan.models import Item, Kind, Movement, Plan, Progress, Standing
from tinhso.modules.plan.queries.plans import OVER, items_of
from tinhso.modules.plan.queries.shown import STANDING_CHIPS, figure, lead_words
from tinhso.web.words import money

MOST_MOVEMENTS = 500


@dataclass(slots=True)
class OfAgency:
    """The tasks of one agency."""

    name: str
    all: int = 0
    done: int = 0
    going: int = 0
    stuck: int = 0
    late: int = 0


def standings_at(items: Iterable[Item], day: date) -> dict[UUID, Progress]:
    """Return what was reported last of lines until the end of a day. One statement."""
    rows = Progress.objects.filter(item__in=[each.pk for each in items], on__lte=day).order_by("on", "place")
    return {row.item_id: row for row in rows}


def agencies_of(plan: Plan, at: datetime, *, until: date | None = None) -> list[OfAgency]:
    """Return how the tasks of a plan stand, by the agency that answers for them; the most late first."""
    day = until or civil_date(at)
    items = list(items_of(plan, kind=Kind.TASK, state="held"))
    then = standings_at(items, day) if until else {}
    found: dict[str, OfAgency] = {}
    for each in items:
        standing = (then[each.pk].standing if each.pk in then else Standing.OPEN) if until else each.standing
        if standing == Standing.DROPPED:
            continue
        name = lead_words(each, at)["name"]
        row = found.setdefault(name, OfAgency(name))
        due = each.due
        row.all += 1
        row.done += standing == Standing.DONE
        row.going += standing == Standing.GOING
        row.stuck += standing == Standing.STUCK
        row.late += standing not in OVER and due is not None and due < day
    return sorted(found.values(), key=lambda one: (-one.late, -one.stuck, one.name))


def progress_of(item: Item) -> list[dict[str, Any]]:
    """Return what was reported of a line, the newest day first, as a timeline shows it."""
    return [
        {
            "at": row.at,
            "title": f"{row.get_standing_display()} · {row.on:%d/%m/%Y}"
            + (f" · {figure(row.value, item.unit)}" if row.value is not None else ""),
            "text": row.said,
            "who": row.by_name,
            "state": "done" if row.standing == Standing.DONE else "info",
            "chip": STANDING_CHIPS[Standing(row.standing)],
        }
        for row in Progress.objects.filter(item=item).order_by("-on", "-place")
    ]


def movements_of(plan: Plan) -> list[dict[str, Any]]:
    """Return the bookings of a plan, the newest day first."""
    rows = (
        Movement.objects.filter(plan=plan).select_related("source", "project").order_by("-on", "-at")[:MOST_MOVEMENTS]
    )
    return [
        {
            "row": row,
            "booking": row.get_booking_display(),
            "vnd": money(row.vnd) if row.vnd >= 0 else f"−{money(abs(row.vnd))}",
            "source": row.source.text if row.source else "",
            "project": row.project.text if row.project else "",
        }
        for row in rows
    ]
