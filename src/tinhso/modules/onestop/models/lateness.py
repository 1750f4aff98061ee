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
    One dossier, one apology. No act withdraws it: rows are written once, and only cause and expected day are added.

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

    class Meta:
        """Indexes: what heads still have to say, by agency and by division."""

        indexes: ClassVar = [
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
