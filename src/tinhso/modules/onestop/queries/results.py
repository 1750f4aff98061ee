"""Service results of the month, for everybody: only figures that real dossiers give; none of them, no figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.base.replica import from_replica
from tinhso.kernel.identity.public import ActorRequest
from tinhso.law.states import NationalState
from tinhso.law.statistics import Supplement, statistical_on_time
from tinhso.modules.onestop.models import DayFigures, Dossier, Rating, SupplementRequest, Way
from tinhso.web.words import number, percent

ENDED = (NationalState.FINISHED, NationalState.RETURNED)
LATE = timedelta(hours=1)
"""How long after a day something of that day may still be written: an act takes its moment before it commits."""
BATCH = 2000
LONGEST_AWAY = timedelta(days=92)
"""A worker that was away for longer leaves days uncounted."""


@dataclass(frozen=True, slots=True)
class Results:
    """What was done from the first of the month until `counted_at`."""

    month: date
    counted_at: datetime
    received: int
    online: int
    """How many of the received came in online."""
    judged: int
    """Results that came in the month and have a due moment to compare with."""
    on_time: int
    ratings: int
    score: Decimal | None
    """Mean of the month's ratings, 1 to 5; None without any."""


def panel(request: ActorRequest) -> dict[str, Any]:
    """Return the month's figures in words; nothing when there are none. One statement, over at most 31 rows."""
    month = civil_date(request.at).replace(day=1)
    found = results_of(month)
    stats = list(_in_words(found)) if found else []
    return {"stats": stats, "month": f"{month:%m/%Y}", "counted_at": found.counted_at} if found and stats else {}


@from_replica
def results_of(month: date) -> Results | None:
    """Return what was counted of a month, given by its first day; None when nothing was. One statement."""
    days = DayFigures.objects.filter(day__gte=month, day__lt=_next_month(month))
    names = ("received", "online", "judged", "on_time", "ratings", "score_sum")
    found = days.aggregate(counted_at=Max("counted_at"), **{name: Sum(name) for name in names})
    if found["counted_at"] is None:
        return None
    scores = found.pop("score_sum")
    return Results(month=month, score=Decimal(scores) / found["ratings"] if found["ratings"] else None, **found)


def days_to_count(at: datetime) -> list[tuple[date, DayFigures | None]]:
    """
    Return the days of this month, and yesterday, that may still change or were never counted, with what was counted.

    Where the worker was away longer, earlier days as well, as far back as LONGEST_AWAY. One statement.
    """
    today = civil_date(at)
    first = min(today.replace(day=1), today - timedelta(days=1))
    counted = {row.day: row for row in DayFigures.objects.filter(day__gte=first - LONGEST_AWAY)}
    if counted:
        unfinished = [day for day, kept in counted.items() if not is_over(day, kept.counted_at)]
        first = min(first, max(counted) + timedelta(days=1), *unfinished)
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return [(day, kept) for day in days if (kept := counted.get(day)) is None or not is_over(day, kept.counted_at)]


def is_over(day: date, at: datetime) -> bool:
    """Tell whether nothing of a day changes any more."""
    return at >= _begin(day + timedelta(days=1)) + LATE


def count_day(day: date, *, at: datetime) -> DayFigures:
    """Count what one day brought, as it stands at a moment. Four statements, whatever the number of dossiers."""
    start, end = _begin(day), _begin(day + timedelta(days=1))
    came = Dossier.objects.filter(received_at__gte=start, received_at__lt=end).aggregate(
        received=Count("pk"), online=Count("pk", filter=Q(way=Way.ONLINE))
    )
    rated = Rating.objects.filter(at__gte=start, at__lt=end).aggregate(ratings=Count("pk"), score_sum=Sum("score"))
    marks = list(_punctual(start, end))
    return DayFigures(
        day=day,
        received=came["received"],
        online=came["online"],
        judged=len(marks),
        on_time=sum(marks),
        ratings=rated["ratings"],
        score_sum=rated["score_sum"] or 0,
        counted_at=at,
    )


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), CIVIL_ZONE)


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _punctual(start: datetime, end: datetime) -> Iterator[bool]:
    """Yield, for each result of the period, whether it was on time as the national statistics count (QĐ 766, 2.1)."""
    judged = {"received_at__isnull": False, "due_at__isnull": False, "state__in": ENDED}
    period = {"finished_at__gte": start, "finished_at__lt": end}
    asked: dict[UUID, list[Supplement]] = defaultdict(list)
    requests = SupplementRequest.objects.filter(
        **{f"dossier__{name}": value for name, value in (period | judged).items()}, at_reception=False
    ).order_by("asked_at")
    for dossier_id, asked_at, answered_at in requests.values_list("dossier_id", "asked_at", "answered_at"):
        asked[dossier_id].append(Supplement(asked_at, answered_at))
    rows = Dossier.objects.filter(**period, **judged).values_list("pk", "received_at", "finished_at", "due_at")
    for dossier_id, received_at, finished_at, due_at in rows.iterator(chunk_size=BATCH):
        assert received_at
        assert finished_at
        yield statistical_on_time(received_at, finished_at, due_at, asked.get(dossier_id, ())).value


def _in_words(found: Results) -> Iterator[dict[str, str]]:
    if found.received:
        words = ngettext("dossier received", "dossiers received", found.received)
        yield {"value": number(found.received), "term": words}
    if found.judged:
        yield {"value": percent(Decimal(100 * found.on_time) / found.judged), "term": _("settled on time")}
    if found.online:
        yield {"value": percent(Decimal(100 * found.online) / found.received), "term": _("filed online")}
    if found.score is not None:
        words = ngettext("satisfaction (%(n)s rating)", "satisfaction (%(n)s ratings)", found.ratings)
        yield {"value": number(found.score, 1), "unit": "/5", "term": words % {"n": number(found.ratings)}}
