"""Dossiers as the national portal is told of them (`kernel.casework.NationalCases`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.urls import reverse

from tinhso.base.clock import CIVIL_ZONE, civil_date
from tinhso.kernel.casework.public import Asked, Given, NationalDossier, Standing
from tinhso.law.states import Channel, NationalState
from tinhso.modules.onestop.models import Dossier, Payment, PaymentMethod, PaymentState, SupplementRequest, Way

CHANNELS = {Way.DIRECT: Channel.DIRECT, Way.ONLINE: Channel.ONLINE, Way.POST: Channel.POST}
MOST_DAY = 1000


def read(code: str) -> NationalDossier | None:
    """Return a dossier as it is now; None when it is gone, or what is personal in it was erased. Four statements."""
    dossier = Dossier.objects.filter(code=code, erased_at=None).select_related("result").first()
    if dossier is None:
        return None
    asked = SupplementRequest.objects.filter(dossier=dossier).order_by("asked_at")
    paid = Payment.objects.filter(dossier=dossier, state=PaymentState.PAID, method=PaymentMethod.GATEWAY).exists()
    result = getattr(dossier, "result", None)
    results = [result] if result is not None and result.issued_at else []
    parts = dossier.part_results.filter(issued_at__isnull=False)
    return NationalDossier(
        code=dossier.code,
        service=dossier.service_code,
        field=dossier.field,
        channel=CHANNELS[Way(dossier.way)],
        owner=dossier.applicant_name,
        owner_number=dossier.applicant_number,
        is_business=dossier.owner_key.startswith("business:"),
        email=dossier.applicant_email,
        phone=dossier.applicant_phone,
        title=dossier.service_name,
        submitted_at=dossier.submitted_at,
        received_at=dossier.received_at,
        due_at=dossier.due_at,
        state=NationalState(dossier.state),
        finished_at=dossier.finished_at,
        returned_at=dossier.returned_at,
        by_post=dossier.result_way == Way.POST,
        agency=dossier.agency_code,
        agency_name=dossier.agency_name,
        note=dossier.closing_reason,
        papers=tuple(str(one["name"]) for one in dossier.components),
        fee_vnd=dossier.fee_vnd,
        fee_paid_online=paid,
        supplements=tuple(_asked(one) for one in asked),
        results=tuple(Given(one.type_code, one.title) for one in (*results, *parts)),
    )


def _asked(one: SupplementRequest) -> Asked:
    words = "; ".join(str(item.get("text", "")) for item in one.items)
    return Asked(one.asked_by, words, one.asked_at, one.answered_at, one.due_before, one.due_after)


def filed_on(day: date, after: str, limit: int) -> Sequence[Standing]:
    """Return where the dossiers filed on a civil day stand, those after a code, in order. One statement."""
    begin = datetime.combine(day, time.min, CIVIL_ZONE)
    filed = Dossier.objects.filter(submitted_at__gte=begin, submitted_at__lt=begin + timedelta(days=1))
    rows = filed.filter(code__gt=after).order_by("code")
    words = ("code", "agency_code", "service_code", "state", "submitted_at", "due_at")
    return [
        Standing(code, agency, service, NationalState(state), civil_date(filed), due)
        for code, agency, service, state, filed, due in rows.values_list(*words)[: min(limit, MOST_DAY)]
    ]


def link(code: str) -> str:
    """Return the page where an officer works on it."""
    return reverse("onestop:work", args=[code])
