"""Tables of reports: the regimes, what each agency reported for each period with every version, which periods are closed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.journal.public import new_id
from tinhso.law.periods import Kind


class Frequency(models.TextChoices):
    """How often is reported (`law.periods.Kind`)."""

    MONTH = Kind.MONTH, _("Monthly")
    QUARTER = Kind.QUARTER, _("Quarterly")
    HALF = Kind.HALF, _("Every six months")
    NINE_MONTHS = Kind.NINE_MONTHS, _("For nine months")
    YEAR = Kind.YEAR, _("Yearly")


class State(models.TextChoices):
    """How far a report is."""

    DRAFT = "draft", pgettext_lazy("report", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("report", "Submitted")
    RETURNED = "returned", pgettext_lazy("report", "Given back")
    APPROVED = "approved", pgettext_lazy("report", "Approved")


class Regime(models.Model):
    """A reporting regime (NĐ 09/2019/NĐ-CP): who reports what how often, by which form. Only the load of a pack saves it."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    law = models.CharField(max_length=300, help_text="the text that asks for it")
    frequency = models.CharField(max_length=12, choices=Frequency)
    levels = models.JSONField(help_text="levels of agencies that report")
    kinds = models.JSONField(help_text="kinds of agencies that report")
    working_days = models.PositiveSmallIntegerField(help_text="after the figures are closed, until it is due")
    first = models.DateField(help_text="the first day it is in force")
    last = models.DateField(null=True)
    grid = models.JSONField(help_text="{rows, columns, checks} as the pack has them")
    content = models.CharField(max_length=64, help_text="of what the pack said when it was loaded last (SHA-256)")
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("regime", self.code)


class Return(models.Model):
    """The report of one agency for one period of a regime, as it stands."""

    id = models.BigAutoField(primary_key=True)
    regime = models.ForeignKey(Regime, on_delete=models.PROTECT, related_name="returns", db_index=False)
    unit = models.CharField(max_length=35, help_text="code of the agency that reports")
    period = models.CharField(max_length=10, help_text="key of `law.periods`")
    cells = models.JSONField(default=dict, help_text="{row: {column: text}}; numbers as programs write them")
    note = models.CharField(max_length=2000, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    reason = models.CharField(max_length=1000, blank=True, help_text="why it was given back, or opened again")
    version = models.PositiveIntegerField(default=1)
    submitted_by = models.CharField(max_length=60, blank=True)
    submitted_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["regime", "period", "unit"], name="reporting_return_once")
        ]

    def __str__(self) -> str:
        return f"{self.regime_id} {self.period} {self.unit}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("report", str(self.pk))


class ReturnVersion(models.Model):
    """One version of a report, as it was filled in or decided on: none is ever changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    cells = models.JSONField()
    state = models.CharField(max_length=9, choices=State)
    reason = models.CharField(max_length=1000, blank=True)
    by_key = models.CharField(max_length=60)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["report", "version"], name="reporting_version_once")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.version}"


class Lock(models.Model):
    """A period of a regime that is closed: nothing of it changes, but what is opened again with a reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    regime = models.ForeignKey(Regime, on_delete=models.PROTECT, related_name="locks", db_index=False)
    period = models.CharField(max_length=10)
    missing = models.JSONField(default=list, help_text="codes of agencies that had not been approved then")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["regime", "period"], name="reporting_lock_once")]

    def __str__(self) -> str:
        return f"{self.regime_id} {self.period}"
