"""Service results of the month, for everybody: only figures that real dossiers give; none of them, no figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Avg, Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.kernel.identity.public import ActorRequest
from tinhso.law.states import NationalState
from tinhso.law.statistics import Supplement, statistical_on_time
from tinhso.modules.onestop.models import Dossier, Rating, SupplementRequest, Way
from tinhso.web.words import number, percent

KEPT_SECONDS = 600
BATCH = 2000


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
    """Return the month's figures in words; nothing when there are none. Counted once in ten minutes."""
    month = civil_date(request.at).replace(day=1)
    found = cache.get(f"onestop.results.{month}")
    if found is None:
        found = count_results(month, at=request.at)
        cache.set(f"onestop.results.{month}", found, KEPT_SECONDS)
    stats = list(_in_words(found))
    return {"stats": stats, "month": f"{month:%m/%Y}", "counted_at": found.counted_at} if stats else {}


def count_results(month: date, *, at: datetime) -> Results:
    """Count what happened from the first of the month until `at`. Four statements, whatever the number of dossiers."""
    start = datetime.combine(month, time(), CIVIL_ZONE)
    came = Dossier.objects.filter(received_at__gte=start, received_at__lte=at).aggregate(
        received=Count("pk"), online=Count("pk", filter=Q(way=Way.ONLINE))
    )
    rated = Rating.objects.filter(at__gte=start, at__lte=at).aggregate(ratings=Count("pk"), score=Avg("score"))
    marks = list(_punctual(start, at))
    return Results(
        month=month,
        counted_at=at,
        received=came["received"],
        online=came["online"],
        judged=len(marks),
        on_time=sum(marks),
        ratings=rated["ratings"],
        score=None if rated["score"] is None else Decimal(str(rated["score"])),
    )


def _punctual(start: datetime, at: datetime) -> Iterator[bool]:
    """Yield, for each result of the period, whether it was on time as the national statistics count (QĐ 766, 2.1)."""
    ended = Dossier.objects.filter(
        finished_at__gte=start,
        finished_at__lte=at,
        received_at__isnull=False,
        due_at__isnull=False,
        state__in=(NationalState.FINISHED, NationalState.RETURNED),
    )
    asked: dict[UUID, list[Supplement]] = defaultdict(list)
    requests = SupplementRequest.objects.filter(dossier__in=ended, at_reception=False).order_by("asked_at")
    for dossier_id, asked_at, answered_at in requests.values_list("dossier_id", "asked_at", "answered_at"):
        asked[dossier_id].append(Supplement(asked_at, answered_at))
    rows = ended.values_list("pk", "received_at", "finished_at", "due_at")
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
