"""Who in an office looked at whose dossier: the person whose data it is has a right to know (Luật 91/2025/QH15)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id
from tinhso.modules.onestop.models.dossier import Dossier


class Purpose(models.TextChoices):
    """What a reader had to do with the dossier at that moment."""

    STEP = "step", _("A step of the dossier was theirs to do")
    OFFICE = "office", _("Their agency has a part in the dossier")
    PROGRAM = "program", _("A program of the agency read it with their token")


class Reading(models.Model):
    """One reader, one dossier, one hour: however often the page was opened in it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="readings")
    reader_key = models.CharField(max_length=60)
    reader_name = models.CharField(max_length=200)
    agency_code = models.CharField(max_length=40)
    purpose = models.CharField(max_length=8, choices=Purpose)
    hour = models.DateTimeField(help_text="when the hour begins; it was read within it")
    is_journalled = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "reader_key", "hour"], name="onestop_one_reading_an_hour"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(is_journalled=False), name="onestop_readings_to_journal"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_key} {self.hour:%F %H}"
