"""Money of a dossier: what is due, how it was paid, which receipt was given (S-07)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id
from tinhso.modules.onestop.models.dossier import Dossier


class PaymentMethod(models.TextChoices):
    """How it was paid."""

    GATEWAY = "gateway", _("Online payment")
    CASH = "cash", _("Cash at the counter")
    TRANSFER = "transfer", _("Bank transfer")


class PaymentState(models.TextChoices):
    """Where one payment stands. Only PAID counts as money received."""

    STARTED = "started", _("Started")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    EXCESS = "excess", _("To be given back")
    REFUNDED = "refunded", _("Refunded")


class Payment(models.Model):
    """One attempt to pay the fee of a dossier. The order code is ours and goes to the gateway; it is paid at most once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="payments")
    order_code = models.CharField(max_length=40, unique=True)
    amount_vnd = models.PositiveBigIntegerField()
    method = models.CharField(max_length=10, choices=PaymentMethod.choices)
    state = models.CharField(max_length=10, choices=PaymentState.choices, default=PaymentState.STARTED)
    gateway_reference = models.CharField(max_length=100, blank=True)
    pay_url = models.CharField(max_length=500, blank=True)
    payer_name = models.CharField(max_length=200, blank=True)
    taken_by = models.CharField(max_length=200, blank=True)
    receipt_number = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A dossier is paid once."""

        indexes: ClassVar = [
            models.Index(fields=["created_at"], condition=models.Q(state="started"), name="onestop_payment_open")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier"], condition=models.Q(state="paid"), name="onestop_payment_paid_once"
            )
        ]

    def __str__(self) -> str:
        """Return the order code."""
        return self.order_code
