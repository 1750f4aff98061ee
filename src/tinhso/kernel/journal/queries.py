"""Reads of the journal. All of them page by key and walk an index; none reads the whole table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from tinhso.base.actors import Actor, ActorKind
from tinhso.base.replica import from_replica, reading
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


@from_replica
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
    Return entries, the latest moment first, that fit everything given; `before` continues after the last one of a page.

    `event` may end in `.*`. The moments include both ends. Nothing for whoever may not read the journal. One statement;
    two for a family of events.
    """
    if not can_read_journal(seen_by):
        return []
    given = {"at__gte": first_at, "at__lte": last_at}
    found = Entry.objects.filter(**{name: value for name, value in given.items() if value is not None})
    if before is not None:
        place = Subquery(Entry.objects.filter(id=before).values("at")[:1])
        # said twice: the first is a range of the index, the second parts entries of one moment
        found = found.filter(Q(at__lt=place) | Q(id__lt=before), at__lte=place)
    if subject:
        return list(_of_subject(found, subject, event, actor_key).order_by(*_LATEST)[:limit])
    if actor_key:
        found = found.filter(actor_key=actor_key)
    if event.endswith(".*"):
        return _latest_of([found.filter(event=name) for name in _events() if name.startswith(event[:-1])], limit)
    return list((found.filter(event=event) if event else found).order_by(*_LATEST)[:limit])


_LATEST = ("-at", "-id")


def count_acts(first: datetime, until: datetime, agencies: Collection[str] = ()) -> dict[str, int]:
    """
    Return how often people did each thing from one moment until before another, in some agencies or in all. One statement.

    What the platform does by itself is no act of a person.
    """
    rows = Entry.objects.filter(at__gte=first, at__lt=until).exclude(actor_kind=ActorKind.SYSTEM)
    if agencies:
        rows = rows.filter(agency__in=agencies)
    counted = rows.order_by().values("event").annotate(n=Count("pk"))
    return {row["event"]: row["n"] for row in counted}


def _of_subject(found: QuerySet[Entry], subject: Subject, event: str, actor_key: str) -> QuerySet[Entry]:
    """Return what is about a subject: its few lines are looked through, whatever else is asked of them."""
    kind, key = subject_of(subject)
    # no index fits an expression: without it SQLite may choose to look through the million of an event or an actor
    found = found.filter(subject_type=kind, subject_key=key).alias(
        of_event=Coalesce("event", Value("")), of_actor=Coalesce("actor_key", Value(""))
    )
    if actor_key:
        found = found.filter(of_actor=actor_key)
    if event.endswith(".*"):
        return found.filter(of_event__startswith=event[:-1])
    return found.filter(of_event=event) if event else found


def _latest_of(parts: Sequence[QuerySet[Entry]], limit: int) -> list[Entry]:
    """
    Return the latest entries of several selections, at most `limit`: the latest of each, then the latest of those.

    A condition like `event LIKE 'onestop.%'` would read everything that fits it before the first line could be shown.
    """
    if not parts:
        return []
    asked = [part.order_by(*_LATEST).values("id")[:limit].query.sql_with_params() for part in parts]
    each = " UNION ALL ".join(f"SELECT id FROM ({sql}) AS part{place}" for place, (sql, _given) in enumerate(asked))  # noqa: S608 - of our own queries
    given = [value for _sql, values in asked for value in values]
    latest = f"SELECT * FROM journal_entry WHERE id IN ({each}) ORDER BY at DESC, id DESC LIMIT {int(limit)}"  # noqa: S608
    return list(Entry.objects.raw(latest, given))


def _events() -> list[str]:
    """Return the name of every event that ever happened: from one to the next in the index, whatever lies between."""
    with reading().cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE names (event) AS (SELECT min(event) FROM journal_entry UNION ALL SELECT (SELECT min(entry.event)"
            " FROM journal_entry AS entry WHERE entry.event > names.event) FROM names WHERE names.event IS NOT NULL)"
            " SELECT event FROM names WHERE event IS NOT NULL"
        )
        return [name for (name,) in cursor]


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
