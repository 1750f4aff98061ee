"""What of the one-stop shop may be erased when its time is over: `before` says what that is (`kernel.privacy`)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tinhso.base.personal import Before
from tinhso.modules.onestop.models import (
    Application,
    ApplicationState,
    DeliveryState,
    Dossier,
    MoneyState,
    Reading,
    YearBook,
)
from tinhso.modules.onestop.queries.dossiers import WITHOUT_RESULT


def applications(before: Before) -> QuerySet[Application]:
    """Return what remains of drafts: the filed ones (the dossier has it all) and those that were thrown away."""
    rows = Application.objects.filter(updated_at__lt=before.moment).exclude(state=ApplicationState.DRAFT)
    return rows.order_by("updated_at")


def readings(before: Before) -> QuerySet[Reading]:
    """Return readings of before, once they are journalled."""
    return Reading.objects.filter(hour__lt=before.moment, is_journalled=True).order_by("id")


def dossiers(before: Before) -> QuerySet[Dossier]:
    """
    Return dossiers that ended before: the result handed over, no money owed, not erased yet. Classes are services.

    A result that nobody fetched keeps its dossier as it is.
    """
    ended = _ended(before) & ~Q(service_code__in=list(before.classes))
    for service, moment in before.classes.items():
        if moment is not None:
            ended |= _ended(Before(moment)) & Q(service_code=service)
    rows = Dossier.objects.filter(ended, erased_at=None)
    # the fee of what was withdrawn or not accepted stays due on paper, and nobody asks for it
    is_owed = Q(money=MoneyState.BACK) | Q(money=MoneyState.DUE) & ~Q(state__in=WITHOUT_RESULT)
    rows = rows.exclude(delivery=DeliveryState.READY).exclude(is_owed)
    return rows.order_by("finished_at")


def _ended(before: Before) -> Q:
    moment = before.moment
    return Q(finished_at__lt=moment) & (Q(returned_at=None) | Q(returned_at__lt=moment)) if moment else Q(pk__in=[])


def books(before: Before) -> QuerySet[YearBook]:
    """Return closed and signed books of before whose printed volumes are kept still."""
    rows = (
        YearBook.objects.filter(signed_at__lt=before.moment, erased_at=None)
        if before.moment
        else YearBook.objects.none()
    )
    return rows.order_by("signed_at")
