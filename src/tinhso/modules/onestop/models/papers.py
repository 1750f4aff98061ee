"""What an officer found on a paper that was handed in, and the true copy that was made of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id
from tinhso.modules.onestop.models.dossier import DossierFile


class Finding(models.TextChoices):
    """What the officer decided after comparing a paper with the declaration."""

    AGREES = "agrees", _("Agrees with the declaration")
    DIFFERS = "differs", _("Differs from the declaration")


class PaperCheck(models.Model):
    """A paper compared with what was declared: what the officer decided, whatever the machine read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(DossierFile, on_delete=models.CASCADE, related_name="checks")
    finding = models.CharField(max_length=8, choices=Finding)
    note = models.CharField(max_length=1000, blank=True)
    by_key = models.CharField(max_length=60)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.file_id} {self.finding}"


class TrueCopy(models.Model):
    """A scan that an officer signed as a true copy of the paper before them, with what is kept about it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.OneToOneField(DossierFile, on_delete=models.CASCADE, related_name="true_copy")
    document_id = models.UUIDField()
    name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    pages = models.PositiveIntegerField(null=True)
    type_code = models.CharField(max_length=40, blank=True, help_text="KQ.Gnn.nnnnnn of the paper, when it is a result")
    number = models.CharField(max_length=60, blank=True, help_text="number that stands on the paper")
    issued_on = models.DateField(null=True)
    issuer = models.CharField(max_length=300, blank=True, help_text="who issued the paper")
    original_kept = models.BooleanField(default=False)
    agency_code = models.CharField(max_length=35)
    agency_name = models.CharField(max_length=300)
    by_key = models.CharField(max_length=60)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
