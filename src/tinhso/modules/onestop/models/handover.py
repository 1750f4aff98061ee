"""Lists that go between a postal agent and a desk, each thing checked off by who receives it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id
from tinhso.modules.onestop.models.dossier import Dossier


class Direction(models.TextChoices):
    """Which way a list goes."""

    IN = "in", _("Dossiers, from the post to the desk")
    OUT = "out", _("Results, from the desk to the post")


class HandOverState(models.TextChoices):
    """Where a list stands."""

    DRAFT = "draft", _("Being made")
    SENT = "sent", _("On its way")
    CLOSED = "closed", _("Received")


class ItemState(models.TextChoices):
    """What the receiver found of one thing."""

    WAITING = "waiting", _("Not checked yet")
    THERE = "there", _("Received whole")
    MISSING = "missing", _("Missing")
    DAMAGED = "damaged", _("Damaged or not whole")


class HandOver(models.Model):
    """A hand-over list: who gives, who receives, when; numbered in the giver's year once it is sent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    direction = models.CharField(max_length=3, choices=Direction)
    agent_code = models.CharField(max_length=35)
    desk_code = models.CharField(max_length=35)
    number = models.PositiveIntegerField(default=0)
    year = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=6, choices=HandOverState, default=HandOverState.DRAFT)
    tracking = models.CharField(max_length=60, blank=True, help_text="number under which the post follows the parcel")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """Each side lists its own, newest first."""

        indexes: ClassVar = [
            models.Index(fields=["agent_code", "-id"], name="onestop_handover_agent"),
            models.Index(fields=["desk_code", "-id"], name="onestop_handover_desk"),
        ]

    def __str__(self) -> str:
        """Return direction, number and year."""
        return f"{self.direction} {self.number}/{self.year}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("handover", str(self.pk))

    @property
    def giver(self) -> str:
        """Return the code of the agency that gives."""
        return self.agent_code if self.direction == Direction.IN else self.desk_code

    @property
    def receiver(self) -> str:
        """Return the code of the agency that receives."""
        return self.desk_code if self.direction == Direction.IN else self.agent_code


class HandOverItem(models.Model):
    """One dossier or result on a list, and what the receiver found."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    handover = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="items")
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="handed")
    direction = models.CharField(max_length=3, choices=Direction)
    papers = models.CharField(max_length=500, blank=True, help_text="what lies in the envelope")
    state = models.CharField(max_length=8, choices=ItemState, default=ItemState.WAITING)
    note = models.CharField(max_length=500, blank=True)
    checked_by = models.CharField(max_length=200, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A dossier is on one open list each way; again only when it was missing."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "direction"],
                condition=models.Q(state="waiting"),
                name="onestop_handover_item_one_open",
            )
        ]

    def __str__(self) -> str:
        """Return what was found."""
        return self.state
