"""The cash book of a desk: what was taken and given back in a day, counted and signed by two (S-07)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id
from tinhso.modules.onestop.models.money import Payment, PaymentMethod


class BookState(models.TextChoices):
    """Where a cash book stands. Nothing is entered in a book that is not open."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed, waits for the second signature")
    SIGNED = "signed", _("Closed and countersigned")


class LineKind(models.TextChoices):
    """What a line of the cash book tells."""

    TAKEN = "taken", _("Fee taken")
    VOIDED = "voided", _("Voided")
    BACK = "back", _("Given back")


class CashBook(models.Model):
    """What one desk took in one day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    desk_code = models.CharField(max_length=40)
    agency_code = models.CharField(max_length=40, help_text="the agency that runs the desk; its head signs too")
    day = models.DateField()
    state = models.CharField(max_length=10, choices=BookState.choices, default=BookState.OPEN)
    float_vnd = models.PositiveBigIntegerField(null=True, blank=True, help_text="null: nobody has said")
    opened_key = models.CharField(max_length=60)
    opened_by = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    number = models.CharField(max_length=60, blank=True)
    counted = models.JSONField(default=dict, blank=True, help_text="how many of each note and coin")
    counted_vnd = models.PositiveBigIntegerField(default=0)
    expected_vnd = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=1000, blank=True, help_text="why the count differs")
    closed_key = models.CharField(max_length=60, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    signed_key = models.CharField(max_length=60, blank=True)
    signed_by = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One book a desk and day; a closing number once."""

        indexes: ClassVar = [
            models.Index(fields=["agency_code", "day"], name="onestop_cashbook_agency"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["desk_code", "day"], name="onestop_cashbook_day"),
            models.UniqueConstraint(fields=["number"], condition=~models.Q(number=""), name="onestop_cashbook_number"),
        ]

    def __str__(self) -> str:
        """Return the desk and the day."""
        return f"{self.desk_code} {self.day}"

    @property
    def is_open(self) -> bool:
        """Tell whether receipts still enter it."""
        return self.state == BookState.OPEN

    @property
    def waits_for_signature(self) -> bool:
        """Tell whether it is closed and nobody countersigned."""
        return self.state == BookState.CLOSED

    @property
    def difference_vnd(self) -> int:
        """Return what was counted more than the book says; negative: less."""
        return self.counted_vnd - self.expected_vnd


class CashLine(models.Model):
    """One receipt taken, voided or given back at a desk, in the book that was open then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    book = models.ForeignKey(CashBook, on_delete=models.PROTECT, related_name="lines")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="cash_lines")
    kind = models.CharField(max_length=10, choices=LineKind.choices)
    method = models.CharField(max_length=10, choices=PaymentMethod.choices)
    amount_vnd = models.PositiveBigIntegerField()
    receipt_number = models.CharField(max_length=40)
    agency_code = models.CharField(max_length=40, help_text="for whom the fee was taken")
    dossier_code = models.CharField(max_length=60)
    by_key = models.CharField(max_length=60)
    by_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Taken once, voided once, given back once."""

        indexes: ClassVar = [models.Index(fields=["receipt_number"], name="onestop_cashline_receipt")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payment", "kind"], name="onestop_cashline_once"),
        ]

    def __str__(self) -> str:
        """Return the receipt."""
        return self.receipt_number
