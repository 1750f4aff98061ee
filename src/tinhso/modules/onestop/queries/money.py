"""The money of a dossier as programs read it: demands, claims, payments with their receipts, what may be demanded (S-07)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from tinhso.base.clock import civil_date
from tinhso.law.later_fees import When
from tinhso.modules.onestop.models import Dossier, FeeClaim, FeeDemand, PaymentState
from tinhso.modules.onestop.queries.fees import later_fees
from tinhso.modules.onestop.queries.services import service_filed


def demands_of(dossier: Dossier) -> list[FeeDemand]:
    """Return what was demanded later, in order. One statement."""
    return list(dossier.demands.order_by("number"))


def claims_of(dossier: Dossier) -> list[FeeClaim]:
    """Return the groups that were claimed. One statement."""
    return list(dossier.claims.order_by("claimed_at", "group"))


def payments_of(dossier: Dossier) -> list[dict[str, Any]]:
    """Return all payments and parts that go back, oldest first; each that counts with the address of its receipt. One statement."""
    names = ("order_code", "amount_vnd", "method", "state", "demand", "receipt_number", "created_at", "settled_at")
    return [
        {
            **{name: getattr(row, name) for name in names},
            "part_of": row.of.order_code if row.of else "",
            "receipt": reverse("api:print_paper", args=[dossier.code, f"receipt-{row.demand + 1}"])
            if row.state == PaymentState.PAID and row.receipt_number
            else None,
        }
        for row in dossier.payments.select_related("of").order_by("created_at", "id")
    ]


def may_be_demanded(dossier: Dossier) -> list[dict[str, Any]]:
    """Return the fees that an officer may demand by the rules of the day of filing."""
    on = civil_date(dossier.submitted_at)
    return [
        {
            "code": one.code,
            "name": one.name,
            "name_en": one.name_en,
            "amount_vnd": one.amount,
            "percent": float(one.percent) if one.percent is not None else None,
            "holds": str(one.holds),
        }
        for one in later_fees(service_filed(dossier), on)
        if one.when is When.OFFICER
    ]
