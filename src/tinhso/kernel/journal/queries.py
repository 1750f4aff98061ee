"""Reads of the journal. All of them page by key; none counts the whole table."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from tinhso.base.actors import Actor
from tinhso.kernel.journal.access import can_read_journal
from tinhso.kernel.journal.models import Delivery, Entry, Leaf, Root
from tinhso.kernel.journal.record import Subject, subject_of


def entries(subject: Subject) -> QuerySet[Entry]:
    """Return everything journalled about the subject, in the order in which it was recorded."""
    kind, key = subject_of(subject)
    return Entry.objects.filter(subject_type=kind, subject_key=key).order_by("id")


def get_entry(entry_id: UUID) -> Entry | None:
    """Return one entry, or None. Rows of an act are readable when its transaction has committed."""
    return Entry.objects.filter(id=entry_id).first()


def since(entry_id: UUID | None, limit: int = 100) -> list[Entry]:
    """
    Return up to `limit` entries sealed after the given one, in the order of the log: the feed of live screens.

    The order of the log is the order in which entries became visible to all, so nobody who follows it misses a late
    commit; the price is the second until the sealer comes by. None, or an entry that is not sealed, starts at the oldest.
    """
    leaves = Leaf.objects.order_by("number").select_related("entry")
    if entry_id is not None:
        last = Leaf.objects.filter(entry_id=entry_id).values("number")[:1]
        leaves = leaves.filter(number__gt=Coalesce(Subquery(last), Value(-1)))
    return [leaf.entry for leaf in leaves[:limit]]


def newest_sealed() -> UUID | None:
    """Return the id from which a new listener of `since()` starts, or None while the log is empty."""
    return Leaf.objects.order_by("-number").values_list("entry_id", flat=True).first()


def find_entries(
    *,
    seen_by: Actor,
    event: str = "",
    actor_key: str = "",
    subject: Subject | None = None,
    first_at: datetime | None = None,
    last_at: datetime | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Entry]:
    """
    Return entries, newest first, that fit everything given; `before` continues after the last one of a page.

    `event` may end in `.*`. The moments include both ends. Nothing for whoever may not read the journal.
    """
    if not can_read_journal(seen_by):
        return []
    found = Entry.objects.order_by("-id")
    if event:
        found = found.filter(event__startswith=event[:-1]) if event.endswith(".*") else found.filter(event=event)
    if subject:
        kind, key = subject_of(subject)
        found = found.filter(subject_type=kind, subject_key=key)
    wanted = {"actor_key": actor_key or None, "at__gte": first_at, "at__lte": last_at, "id__lt": before}
    return list(found.filter(**{name: value for name, value in wanted.items() if value is not None})[:limit])


def dead_letters(*, subscriber: str = "", after: int = 0, limit: int = 50) -> list[Delivery]:
    """Return deliveries we gave up on, oldest first, with their entries; `after` is the last id of the page before."""
    found = Delivery.objects.exclude(dead_at=None).filter(id__gt=after).select_related("entry").order_by("id")
    return list((found.filter(subscriber=subscriber) if subscriber else found)[:limit])


def count_dead_letters() -> int:
    """Return how many deliveries we gave up on."""
    return Delivery.objects.exclude(dead_at=None).count()


def roots(*, before: int | None = None, limit: int = 100) -> list[Root]:
    """Return roots, newest first, each with `grown`: how many leaves it added; `before` is the last size of a page."""
    smaller = Root.objects.filter(size__lt=OuterRef("size")).order_by("-size").values("size")[:1]
    found = Root.objects.order_by("-size").annotate(grown=F("size") - Coalesce(Subquery(smaller), Value(0)))
    return list((found if before is None else found.filter(size__lt=before))[:limit])
