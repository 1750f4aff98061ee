"""What a reform changed about a dossier: where it was and where it is now. Its code and its terms stay."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tinhso.modules.onestop.models.dossier import Dossier


class AgencyChange(models.Model):
    """A dossier went on in the agencies that took over from those that ended."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="agency_changes")
    at = models.DateTimeField()
    agency_was = models.CharField(max_length=35)
    agency_became = models.CharField(max_length=35)
    desk_was = models.CharField(max_length=35)
    desk_became = models.CharField(max_length=35)
    office_was = models.CharField(max_length=35, blank=True)
    office_became = models.CharField(max_length=35, blank=True)
    why = models.CharField(
        max_length=20, blank=True, help_text="whole, place, decided, kept: how the successor was found"
    )

    class Meta:
        """Old figures are counted by where a dossier was."""

        indexes: ClassVar = [models.Index(fields=["agency_was"], name="onestop_agencychange_was")]

    def __str__(self) -> str:
        """Return from where to where."""
        return f"{self.agency_was} → {self.agency_became}"
