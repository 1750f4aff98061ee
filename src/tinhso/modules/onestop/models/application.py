"""What a citizen is still filling in: a draft, kept on the server, taken up again on any device."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.forms.public import AnswersField
from tinhso.kernel.journal.public import new_id


class ApplicationState(models.TextChoices):
    """Where a draft stands."""

    DRAFT = "draft", _("Draft")
    FILED = "filed", _("Filed")
    DISCARDED = "discarded", _("Discarded")


class Application(models.Model):
    """A draft of one service by one person. Kept until `expires_at`; filing turns it into a dossier."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_key = models.CharField(max_length=80, help_text="key of the actor who fills it in")
    service_code = models.CharField(max_length=40)
    service_name = models.CharField(max_length=600)
    service_name_en = models.CharField(max_length=600, blank=True)
    case_code = models.CharField(max_length=40, blank=True)
    agency_code = models.CharField(max_length=35, blank=True, help_text="the competent agency, once chosen")
    form_code = models.CharField(max_length=60, blank=True)
    form_version = models.PositiveIntegerField(default=0)
    answers = AnswersField(default=dict)
    prefilled = models.JSONField(default=list, help_text="pointers filled in from a register, shown as such")
    done_steps = models.JSONField(default=list)
    delivery = models.JSONField(default=dict, help_text="how the result is taken and notices are sent")
    state = models.CharField(max_length=12, choices=ApplicationState.choices, default=ApplicationState.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    dossier_code = models.CharField(max_length=60, blank=True)

    class Meta:
        """One index for "my drafts", one for the purge."""

        indexes: ClassVar = [
            models.Index(fields=["owner_key", "state", "-updated_at"], name="onestop_application_mine"),
            models.Index(fields=["state", "expires_at"], name="onestop_application_expiry"),
        ]

    def __str__(self) -> str:
        """Return what is applied for."""
        return f"{self.service_code} {self.owner_key}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("application", str(self.id))


class ApplicationFile(models.Model):
    """A file given for one component of a draft."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="files")
    component_code = models.CharField(max_length=40)
    document_id = models.UUIDField()
    name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    held_id = models.UUIDField(null=True, blank=True, help_text="what it is in the data store, when it came from there")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the file's name."""
        return self.name
