"""What becomes due after a dossier was looked at, and groups claimed for paying less: each with who said so, and on what (S-07)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id
from tinhso.modules.onestop.models.dossier import Dossier
from tinhso.modules.onestop.models.money import Payment


class DemandState(models.TextChoices):
    """Where a demand stands."""

    OPEN = "open", _("To be paid")
    PAID = "paid", _("Paid")
    WITHDRAWN = "withdrawn", _("Demand withdrawn")


class FeeDemand(models.Model):
    """A fee that became due after the dossier was looked at: by which rule, how much, what waits for it, by when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="demands")
    number = models.PositiveSmallIntegerField(help_text="of the dossier, from 1")
    item = models.CharField(max_length=60, help_text="code in the fee rule")
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    amount_vnd = models.PositiveBigIntegerField()
    value_vnd = models.PositiveBigIntegerField(null=True, blank=True, help_text="the value of which it is a part")
    basis = models.CharField(
        max_length=500, blank=True, help_text="the paper that the sum rests on, as the officer names it"
    )
    steps = models.JSONField(default=list, help_text="how the sum was found, in both languages")
    law = models.CharField(max_length=300)
    holds = models.CharField(max_length=8, help_text="work, result or nothing (law.later_fees.Holds)")
    stands = models.CharField(max_length=200, blank=True, help_text="text by which the clock stands; empty: it runs")
    state = models.CharField(max_length=10, choices=DemandState.choices, default=DemandState.OPEN)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="demands")
    pay_by = models.DateField()
    asked_by = models.CharField(max_length=200, blank=True, help_text="empty: a rule demanded it")
    asked_at = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0)
    remind_at = models.DateTimeField(null=True, blank=True, help_text="when the payer is next reminded; empty: no more")
    withdrawn_by = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True, help_text="why it was withdrawn")

    class Meta:
        """A number is given once in a dossier."""

        indexes: ClassVar = [
            models.Index(fields=["remind_at"], condition=models.Q(state="open"), name="onestop_demand_turn"),
        ]
        constraints: ClassVar = [
            # of one item several may be open: a voided receipt opens again what it had paid
            models.UniqueConstraint(fields=["dossier", "number"], name="onestop_demand_number"),
        ]

    def __str__(self) -> str:
        """Return the name of the fee."""
        return self.name

    @property
    def is_open(self) -> bool:
        """Tell whether it is still to be paid."""
        return self.state == DemandState.OPEN


class ClaimState(models.TextChoices):
    """What the desk found about a group that somebody claims to belong to."""

    CLAIMED = "claimed", _("Claimed, not looked at yet")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Not confirmed")


class FeeClaim(models.Model):
    """A group that an applicant claims to belong to and that pays less. Until somebody looked, it counts as claimed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="claims")
    group = models.CharField(max_length=60)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    evidence = models.JSONField(default=list, help_text="codes of the papers by which it is shown")
    law = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=ClaimState.choices, default=ClaimState.CLAIMED)
    claimed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True, help_text="why it was refused, or on what it was confirmed")

    class Meta:
        """A group is claimed once in a dossier."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["dossier", "group"], name="onestop_claim_once")]

    def __str__(self) -> str:
        """Return the name of the group."""
        return self.name
