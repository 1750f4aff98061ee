"""What is to be told, what both sides knew of a day, and dossiers that a central system works."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id


class MessageKind(models.TextChoices):
    """What is told."""

    DOSSIER = "dossier", _("The dossier")
    STEP = "step", _("A step of the work")


class MessageState(models.TextChoices):
    """Where a message stands."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    PARKED = "parked", _("Parked")


class Message(models.Model):
    """
    One thing to be told of one dossier. Those of a dossier go in the order of their ids.

    Of the dossier itself nothing is kept here: it is read when it is sent. `facts` of a step: who did it, post, office, words,
    state, moments; no applicant.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier_code = models.CharField(max_length=60)
    agency_code = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=8, choices=MessageKind.choices)
    entry_id = models.UUIDField(help_text="the line of the journal that brought it, or the message itself")
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=MessageState.choices, default=MessageState.WAITING)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True, help_text="what the portal or the line said last")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A line of the journal is told once in each kind; what waits is found without looking at what was sent."""

        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="national_message_due"),
            models.Index(
                fields=["dossier_code", "id"], condition=~models.Q(state="sent"), name="national_message_unsent"
            ),
            models.Index(fields=["id"], condition=models.Q(state="parked"), name="national_message_parked"),
            models.Index(fields=["sent_at"], condition=models.Q(state="sent"), name="national_message_sent"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry_id", "kind"], name="national_message_once"),
        ]

    def __str__(self) -> str:
        """Return what it is about."""
        return f"{self.kind} {self.dossier_code}"


class Taken(models.Model):
    """A dossier that the portal has taken: kept when the messages that told of it are long thrown away."""

    dossier_code = models.CharField(primary_key=True, max_length=60)
    at = models.DateTimeField(help_text="when that was first known")

    def __str__(self) -> str:
        """Return the code of the dossier."""
        return self.dossier_code


class Reconciliation(models.Model):
    """What both sides knew of the dossiers filed on a civil day, when they were last compared."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()
    here = models.PositiveIntegerField()
    there = models.PositiveIntegerField()
    under_way = models.PositiveIntegerField(help_text="differ, and a message of them waits")
    differences = models.PositiveIntegerField()
    by_agency = models.JSONField(default=list, help_text="[agency, state, here, there]")

    def __str__(self) -> str:
        """Return the day."""
        return f"{self.day}"


class DifferenceKind(models.TextChoices):
    """How the two sides differ."""

    MISSING_THERE = "there", _("Not known there")
    MISSING_HERE = "here", _("Not known here")
    STATE = "state", _("Another state there")


class Difference(models.Model):
    """A dossier of which both sides know different things; gone when they were compared again and agreed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    dossier_code = models.CharField(max_length=60)
    agency_code = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=8, choices=DifferenceKind.choices)
    here = models.PositiveSmallIntegerField(default=0, help_text="state, 0: none")
    there = models.PositiveSmallIntegerField(default=0, help_text="state, 0: none")
    sent_again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One a dossier and day."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "dossier_code"], name="national_difference_once")
        ]

    def __str__(self) -> str:
        """Return dossier and kind."""
        return f"{self.dossier_code} {self.kind}"


class CentralDossier(models.Model):
    """A dossier of one of our agencies that a central system works: only where it stands is known."""

    code = models.CharField(primary_key=True, max_length=60)
    service_code = models.CharField(max_length=40)
    agency_code = models.CharField(max_length=40, blank=True)
    state = models.PositiveSmallIntegerField(help_text="national state 1-10 (TrangThaiHoSo)")
    filed_on = models.DateField()
    due_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        """By day, and by procedure."""

        indexes: ClassVar = [
            models.Index(fields=["-filed_on", "code"], name="national_central_day"),
            models.Index(fields=["service_code", "state"], name="national_central_service"),
        ]

    def __str__(self) -> str:
        """Return its code."""
        return self.code
