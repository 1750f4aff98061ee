"""Back-loads, as those see them who may load for their agency."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from tinhso.base.actors import Actor
from tinhso.base.refusals import NotFound
from tinhso.modules.holdings import access
from tinhso.modules.holdings.models import Batch, BatchState, BrokenRow, Holding, OpenedPaper

DRAFT = BatchState.DRAFT

PAGE = 50


def get_batch(batch_id: UUID, *, seen_by: Actor) -> Batch:
    """Return a back-load. Raises NotFound alike for absent and for hidden."""
    found = Batch.objects.filter(pk=batch_id).first()
    if found is None or not access.can_see_batch(seen_by, found):
        raise NotFound
    return found


def list_batches(actor: Actor) -> list[Batch]:
    """Return the latest back-loads of the actor's agencies."""
    return list(
        Batch.objects.filter(agency_code__in=access.own_and_before(actor, access.LOADERS)).order_by("-id")[:PAGE]
    )


def to_load(at: datetime) -> list[Batch]:
    """Return back-loads that came by the page and that nobody has in hand."""
    free = Q(turn_until=None) | Q(turn_until__lt=at)
    return list(Batch.objects.filter(free, state=BatchState.LOADING, is_sent=True).order_by("id")[:10])


def opened_by(batch: Batch, actor: Actor) -> set[str]:
    """Return the ids of the papers of the sample that somebody has opened."""
    rows = OpenedPaper.objects.filter(batch=batch, reader_key=actor.key)
    return {str(opened) for opened in rows.values_list("holding_id", flat=True)}


def rows_not_opened(batch: Batch, actor: Actor) -> list[int]:
    """Return the rows of the sheet whose papers somebody still has to open."""
    left = set(batch.sample) - opened_by(batch, actor)
    rows = Holding.objects.filter(pk__in=left).order_by("batch_row").values_list("batch_row", flat=True)
    return [row or 0 for row in rows]


def some_broken(batch: Batch, most: int = 20) -> list[BrokenRow]:
    """Return the first rows that were not taken."""
    return list(BrokenRow.objects.filter(batch=batch).order_by("row")[:most])
