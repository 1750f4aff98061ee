"""Closed periods, and figures and points that somebody entered: all bear who said so, and when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from tinhso.kernel.journal.public import new_id


class Closing(models.Model):
    """The figures of an agency for a period, as they stood when it was closed. Never changed; reopening is noted on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency_code = models.CharField(max_length=35)
    agency_name = models.CharField(max_length=300)
    first = models.DateField()
    last = models.DateField()
    rules = models.CharField(max_length=60, help_text="version of the formulas")
    facts = models.JSONField(help_text="what the index was reckoned from")
    figures = models.JSONField(help_text="each indicator as it was: rate, points, maximum, threshold")
    points = models.DecimalField(max_digits=6, decimal_places=2)
    measured = models.DecimalField(max_digits=6, decimal_places=2)
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=200)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=1000, blank=True, default="", help_text="why it was reopened")

    class Meta:
        """At most one closing of a period stands."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency_code", "first", "last"],
                condition=models.Q(reopened_at__isnull=True),
                name="quality_closing_once",
            )
        ]

    def __str__(self) -> str:
        """Return agency and period."""
        return f"{self.agency_code} {self.first}–{self.last}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("quality_period", f"{self.agency_code} {self.first.isoformat()} {self.last.isoformat()}")


class ReportState(models.TextChoices):
    """Where a reported figure stands."""

    WAITING = "waiting", pgettext_lazy("figure", "To be approved")
    APPROVED = "approved", pgettext_lazy("figure", "Approved")
    REFUSED = "refused", pgettext_lazy("figure", "Not approved")
    REPLACED = "replaced", pgettext_lazy("figure", "Replaced by a later one")


class Reported(models.Model):
    """An indicator that no dossier tells (of announcing, of the National Portal, of petitions): said with evidence, approved."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency_code = models.CharField(max_length=35)
    indicator = models.CharField(max_length=5)
    first = models.DateField()
    last = models.DateField()
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    evidence = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.WAITING)
    entered_key = models.CharField(max_length=100)
    entered_by = models.CharField(max_length=200)
    entered_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True, default="", help_text="why it was not approved")

    class Meta:
        """Of each figure and period one at most is approved, one at most waits."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency_code", "indicator", "first", "last", "state"],
                condition=models.Q(state__in=["waiting", "approved"]),
                name="quality_reported_once",
            )
        ]

    def __str__(self) -> str:
        """Return indicator and figure."""
        return f"{self.agency_code} {self.indicator} {self.numerator}/{self.denominator}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("quality_report", str(self.pk))

    @property
    def is_waiting(self) -> bool:
        """Tell whether nobody has decided about it."""
        return self.state == ReportState.WAITING


class Entered(models.Model):
    """An index of TT 01/2018/TT-VPCP that is no count: its value, who entered it, on what evidence."""

    agency_code = models.CharField(max_length=35)
    official_key = models.CharField(max_length=80, blank=True, default="", help_text="empty: of the agency")
    first = models.DateField()
    last = models.DateField()
    number = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=5, decimal_places=2)
    evidence = models.CharField(max_length=1000)
    entered_by = models.CharField(max_length=200)
    entered_at = models.DateTimeField()

    class Meta:
        """One value for each; what stood before is in the journal."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency_code", "official_key", "first", "last", "number"], name="quality_entered_once"
            )
        ]

    def __str__(self) -> str:
        """Return index and value."""
        return f"({self.number}) {self.value}"
