"""A result that was not ready on its day: the apology that went out by itself, and what the head said of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.modules.onestop.models.dossier import Dossier


class CauseClass(models.TextChoices):
    """Why it takes longer: `law.lateness.Cause`, in words for everybody."""

    WORKLOAD = "workload", _("More dossiers than usual")
    OPINION = "opinion", _("Another body has not given its opinion")
    SURVEY = "survey", _("An inspection on the spot is not finished")
    APPLICANT = "applicant", _("Something had to be cleared up with the applicant")
    LAW = "law", _("The rules are unclear or have changed")
    SYSTEM = "system", _("A technical fault")
    DISASTER = "disaster", _("Storm, flood or another emergency")
    OTHER = "other", _("Another reason")


class Lateness(models.Model):
    """
    The apology that stands for a dossier. No act withdraws it: only cause and expected day are added.

    When the clock was started anew by a supplement and the new day passed too, another apology takes its place, and what
    this one said goes to `LatenessBefore`.

    `stated_at` is when the head first said why; empty: no cause was given, and that is what everybody reads.
    """

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="lateness", primary_key=True)
    agency_code = models.CharField(max_length=35)
    office_code = models.CharField(max_length=35, blank=True)
    number = models.PositiveIntegerField(help_text="number of form 04 in the agency's year")
    due_at = models.DateTimeField(help_text="the due moment that passed")
    at = models.DateTimeField(help_text="when the apology went out")
    law = models.CharField(max_length=200)
    cause_by = models.DateTimeField(null=True, blank=True, help_text="by when the head states the cause")
    cause = models.CharField(max_length=12, choices=CauseClass, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    stated_at = models.DateTimeField(null=True, blank=True)
    stated_by = models.CharField(max_length=200, blank=True)
    escalated_at = models.DateTimeField(
        null=True, blank=True, help_text="when the head was told that no cause was stated in time"
    )
    over_at = models.DateTimeField(
        null=True, blank=True, help_text="when the dossier was found ended without a cause: nobody states one any more"
    )

    class Meta:
        """Indexes: what heads still have to say, by agency and by division; whose hours have run out."""

        indexes: ClassVar = [
            models.Index(
                fields=["agency_code", "at", "dossier"],
                condition=models.Q(stated_at__isnull=True, over_at__isnull=True),
                name="onestop_lateness_open",
            ),
            models.Index(
                fields=["office_code", "at", "dossier"],
                condition=models.Q(stated_at__isnull=True, over_at__isnull=True) & ~models.Q(office_code=""),
                name="onestop_lateness_open_office",
            ),
            models.Index(
                fields=["cause_by"],
                condition=models.Q(stated_at__isnull=True, over_at__isnull=True, escalated_at__isnull=True),
                name="onestop_lateness_to_escalate",
            ),
            models.Index(
                fields=["agency_code", "at", "dossier"],
                condition=models.Q(stated_at__isnull=True),
                name="onestop_lateness_agency",
            ),
            models.Index(
                fields=["office_code", "at", "dossier"],
                condition=models.Q(stated_at__isnull=True) & ~models.Q(office_code=""),
                name="onestop_lateness_office",
            ),
        ]

    def __str__(self) -> str:
        """Return the number."""
        return f"04/{self.number}"


class LatenessBefore(models.Model):
    """An apology of before, as it stood when another one took its place. Written once."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="latenesses_before")
    number = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    law = models.CharField(max_length=200)
    cause_by = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=12, choices=CauseClass, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    stated_at = models.DateTimeField(null=True, blank=True)
    stated_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """Each once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "at"], name="onestop_lateness_before_once"),
        ]

    def __str__(self) -> str:
        """Return the number."""
        return f"04/{self.number}"
