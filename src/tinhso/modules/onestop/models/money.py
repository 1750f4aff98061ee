"""Money of a dossier: what is due, how it was paid, which receipt was given (S-07)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id
from tinhso.modules.onestop.models.dossier import Dossier

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""The turn of a payment that nobody gave one: the next."""


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
    VOIDED = "voided", _("Receipt voided")


class Payment(models.Model):
    """
    One attempt to pay a demand for the fee of a dossier. The order code is ours and goes to the gateway; it is paid at most once.

    A fee that falls after it was paid is given back in part: by a row of its own, `of` the payment that brought it.
    """

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
    tries = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="how often the gateway was asked in this state"
    )
    next_at = models.DateTimeField(
        default=AT_ONCE, db_default=AT_ONCE, help_text="when the gateway is next asked about it, or to give it back"
    )

    demand = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="which demand of the dossier it pays")
    fee_steps = models.JSONField(
        null=True, blank=True, help_text="how the fee was found that it paid; empty: as the dossier has it now"
    )
    of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="backs",
        help_text="the payment of which this part goes back",
    )  # fmt: skip

    class Meta:
        """A demand is paid once."""

        indexes: ClassVar = [
            models.Index(
                fields=["next_at"], condition=models.Q(state__in=["started", "excess"]), name="onestop_payment_turn"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "demand"], condition=models.Q(state="paid"), name="onestop_payment_demand_once"
            )
        ]

    def __str__(self) -> str:
        """Return the order code."""
        return self.order_code

    @property
    def at_counter(self) -> bool:
        """Tell whether people took the money, and so give it back: what came online goes back by the gateway."""
        return self.method != PaymentMethod.GATEWAY
