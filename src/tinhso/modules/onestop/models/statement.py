"""Bank statements: each line once, and what was found about it (S-07)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id
from tinhso.modules.onestop.models.money import Payment


class Found(models.TextChoices):
    """What a line of the bank is, held against the books."""

    MATCHED = "matched", _("Agrees with the books")
    AMOUNT = "amount", _("Amount differs")
    DOUBLED = "doubled", _("Paid twice")
    UNKNOWN = "unknown", _("Unknown reference")
    UNNAMED = "unnamed", _("In the bank, not in the books")
    NAMED = "named", _("Names a dossier by its code")
    CHANGED = "changed", _("An earlier file told this number of the bank otherwise")
    NOT_DUE = "not_due", _("Nothing was due")
    REFUNDED_TWICE = "refunded_twice", _("Given back twice")
    OUT = "out", _("Went out, not in the books")


class LineState(models.TextChoices):
    """Whether somebody still has to look at a line."""

    SETTLED = "settled", _("Settled")
    OPEN = "open", _("Difference")
    ATTACHED = "attached", _("Attached to a dossier")
    GIVE_BACK = "give_back", _("To be given back")
    GIVEN_BACK = "given_back", _("Given back by the bank")
    NOTED = "noted", _("Explained")


class Statement(models.Model):
    """One file of a bank about one account. The same file again is the same statement."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency_code = models.CharField(max_length=40)
    account = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    lines_in_file = models.PositiveIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    faults = models.JSONField(default=list, blank=True, help_text="lines that could not be read: number and why")
    known_before = models.PositiveIntegerField(default=0, help_text="lines that an earlier file had brought")
    imported_key = models.CharField(max_length=60)
    imported_by = models.CharField(max_length=200)
    imported_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True, help_text="null: the import stopped half-way")

    class Meta:
        """A file counts once for an account."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "digest"], name="onestop_statement_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["agency_code", "imported_at"], name="onestop_statement_agency")]

    def __str__(self) -> str:
        """Return the name of the file."""
        return self.name


class StatementLine(models.Model):
    """One movement on an account: money that came in (positive) or went out (negative)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=40)
    identity = models.CharField(max_length=64, help_text="the same movement in another file has the same")
    number = models.PositiveIntegerField(help_text="line of the file")
    day = models.DateField()
    amount_vnd = models.BigIntegerField()
    text = models.CharField(max_length=500)
    reference = models.CharField(max_length=100, blank=True)
    found = models.CharField(max_length=16, choices=Found.choices)
    state = models.CharField(max_length=12, choices=LineState.choices)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="bank_lines")
    expected_vnd = models.PositiveBigIntegerField(null=True, blank=True)
    proposed = models.JSONField(null=True, blank=True, help_text="codes of dossiers that its text names")
    reason = models.CharField(max_length=1000, blank=True)
    resolved_by = models.CharField(max_length=200, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A movement counts once for an account."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "identity"], name="onestop_bankline_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["statement", "number"], name="onestop_bankline_order"),
            models.Index(fields=["account", "day"], name="onestop_bankline_day"),
            models.Index(
                fields=["account", "day"],
                condition=models.Q(state__in=["open", "give_back"]),
                name="onestop_bankline_open",
            ),
        ]

    def __str__(self) -> str:
        """Return the line of the file."""
        return f"{self.statement_id}:{self.number}"

    @property
    def waits(self) -> bool:
        """Tell whether somebody still has to look at it."""
        return self.state in (LineState.OPEN, LineState.GIVE_BACK)


class MissingAtBank(models.Model):
    """A transfer that stands in the books and in no statement of its days."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, primary_key=True, related_name="missing")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="missing")
    account = models.CharField(max_length=40)
    is_open = models.BooleanField(default=True)
    reason = models.CharField(max_length=1000, blank=True)
    resolved_by = models.CharField(max_length=200, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """What is open is found by account."""

        indexes: ClassVar = [
            models.Index(fields=["account"], condition=models.Q(is_open=True), name="onestop_missing_open"),
        ]

    def __str__(self) -> str:
        """Return the payment."""
        return str(self.payment_id)
