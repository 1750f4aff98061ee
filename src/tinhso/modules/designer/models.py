"""Drafts of flows and rehearsals. What is published lies with casework."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.journal.public import new_id


class DraftKind(models.TextChoices):
    """What is written."""

    FLOW = "flow", pgettext_lazy("draft", "Flow")
    FORM = "form", pgettext_lazy("draft", "Form")


class DraftState(models.TextChoices):
    """Where a draft stands."""

    EDITING = "editing", pgettext_lazy("draft", "Being written")
    SENT = "sent", _("Waiting for approval")
    APPROVED = "approved", _("Approved, not yet in effect")
    PUBLISHED = "published", _("In effect")
    DROPPED = "dropped", _("Dropped")


class Draft(models.Model):
    """A flow or a form on its way to being published: its file, who wrote it, who decided."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=10, choices=DraftKind, default=DraftKind.FLOW, db_default=DraftKind.FLOW)
    code = models.CharField(max_length=100)
    """Of a flow: id of the process in the file: the code under which it will be published."""
    name = models.CharField(max_length=300)
    xml = models.BinaryField()
    """The file as bytes: BPMN of a flow, JSON of a form."""
    base_version = models.PositiveIntegerField(default=0)
    """The published version it was begun from; 0: a new flow."""
    state = models.CharField(max_length=10, choices=DraftState, default=DraftState.EDITING)
    version = models.PositiveIntegerField(default=1)
    """Counts every change: who saves over a change that they have not seen is told."""
    authors = models.JSONField(default=list)
    """Keys of everybody who wrote in it: none of them approves it."""
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)
    begun_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    """Why it changes, in the words of who sent it."""
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_key = models.CharField(max_length=100, blank=True, default="", db_default="")
    """Key of who decided: told when what they approved cannot come in force."""
    at_once = models.CharField(max_length=1000, blank=True, default="", db_default="")
    """Why it holds from the very day of its approval, in the words of who approved."""
    words = models.CharField(max_length=1000, blank=True)
    """What whoever sent it back wants mended."""
    effective_on = models.DateField(null=True, blank=True)
    published_version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["state", "-changed_at"], name="designer_draft_state")]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return how the journal names it."""
        return f"{self.kind}_draft", str(self.pk)

    @property
    def is_open(self) -> bool:
        """Tell whether it can be written in."""
        return self.state == DraftState.EDITING


class RehearsalState(models.TextChoices):
    """Where a rehearsal stands."""

    ASKED = "asked", pgettext_lazy("rehearsal", "Waiting for the worker")
    DONE = "done", pgettext_lazy("rehearsal", "Done")
    FAILED = "failed", pgettext_lazy("rehearsal", "Could not be done")


class Rehearsal(models.Model):
    """Last year's cases sent once more through the flow that was and the flow that is to be; kept with what it was fed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="rehearsals")
    draft_version = models.PositiveIntegerField()
    inputs = models.JSONField()
    state = models.CharField(max_length=10, choices=RehearsalState, default=RehearsalState.ASKED)
    result = models.JSONField(default=dict)
    problem = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(state="asked"), name="designer_rehearsal_asked")
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.state}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return how the journal names its draft."""
        return "flow_draft", str(self.draft_id)
