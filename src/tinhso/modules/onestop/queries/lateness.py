"""What is late: whose apology is owed, and what heads still have to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from tinhso.base.actors import Actor
from tinhso.law.states import NationalState
from tinhso.modules.onestop.models import Dossier, DossierQuerySet, Lateness, LatenessBefore
from tinhso.modules.onestop.queries.paging import Keys, Page, moment, page_of

OPEN = [state.value for state in NationalState if state.is_open]
BY_APOLOGY: Keys = {"at": moment, "dossier_id": UUID}
HEADS = ("head", "leader")


def lapsed(at: datetime) -> DossierQuerySet:
    """Return the dossiers whose day has passed, open, the clock running, for which nobody has apologised yet."""
    return Dossier.objects.filter(
        due_at__lt=at,
        due_at__isnull=False,
        apologised_at__isnull=True,
        finished_at__isnull=True,
        paused_at__isnull=True,
        state__in=OPEN,
    )


def lapsed_again(at: datetime) -> DossierQuerySet:
    """
    Return the dossiers that are late once more: the day was counted anew after the apology, and has passed too.

    An apology goes out after a due moment; so one that is older than the due moment was for another.
    """
    return Dossier.objects.filter(
        due_at__lt=at,
        apologised_at__lt=F("due_at"),
        finished_at__isnull=True,
        paused_at__isnull=True,
        state__in=OPEN,
    )


def unexplained(actor: Actor) -> QuerySet[Lateness]:
    """Return the lateness that the actor, as head or leader, has not explained yet, of dossiers that have not ended."""
    mine = actor.agencies_with(HEADS)
    return Lateness.objects.filter(
        Q(agency_code__in=mine) | (Q(office_code__in=mine) & ~Q(office_code="")),
        stated_at__isnull=True,
        over_at__isnull=True,
        dossier__finished_at__isnull=True,
    )


def unstated(at: datetime) -> QuerySet[Lateness]:
    """Return the lateness whose cause should have been stated by now, and of which nobody was told so yet."""
    return Lateness.objects.filter(
        cause_by__lt=at, stated_at__isnull=True, over_at__isnull=True, escalated_at__isnull=True
    )


def latenesses_of(dossier: Dossier) -> list[Lateness | LatenessBefore]:
    """Return every apology for lateness of a dossier, the first one first. At most two statements."""
    if not dossier.apologised_at:
        return []
    now = lateness_of(dossier)
    return [*dossier.latenesses_before.order_by("at"), *([now] if now else [])]


def to_explain(actor: Actor, *, after: str = "") -> Page[Lateness]:
    """Return a page of what the actor has to explain, the oldest apology first. Two statements."""
    return page_of(unexplained(actor).select_related("dossier"), BY_APOLOGY, after=after)


def public_lateness(late: Lateness | None) -> dict[str, Any]:
    """Return what everybody may know of it: the class of the cause and the expected day, no words; empty when there is none."""
    if late is None:
        return {}
    return {
        "at": late.at,
        "cause": late.get_cause_display() if late.cause else "",
        "expected_on": late.expected_on,
        "stated": late.stated_at is not None,
    }


def lateness_of(dossier: Dossier) -> Lateness | None:
    """Return the lateness of a dossier, or None. No statement when it was read along."""
    found: Lateness | None = getattr(dossier, "lateness", None)
    return found


def count_to_explain(actor: Actor) -> int:
    """Return how much the actor has to explain, up to 1,000. One statement."""
    return unexplained(actor)[:1000].count()
