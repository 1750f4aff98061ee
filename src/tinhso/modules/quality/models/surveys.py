"""Surveys: who was drawn, who answered, and apart from both what was answered."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id


class Survey(models.Model):
    """One survey: of which dossiers, by which form, how many, drawn by which seed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=200)
    form_code = models.CharField(max_length=60)
    form_version = models.PositiveIntegerField()
    first = models.DateField(help_text="the population: dossiers settled from this day")
    last = models.DateField()
    agency_code = models.CharField(max_length=35, help_text="of this agency and all below it")
    size = models.PositiveIntegerField(help_text="wanted answers")
    reserve = models.PositiveIntegerField(default=0, help_text="percent drawn besides, to replace who does not answer")
    seed = models.CharField(max_length=80)
    ends_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-created_at", "-id"]

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("survey", str(self.id))


class Cell(models.Model):
    """A stratum of a survey: a level of agencies and a field, how many there are, how many are wanted."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="cells")
    key = models.CharField(max_length=230, help_text="level|field")
    level = models.CharField(max_length=10)
    field = models.CharField(max_length=200, blank=True)
    population = models.PositiveIntegerField()
    units = models.JSONField(default=dict, help_text="how many of them each agency has")
    quota = models.PositiveIntegerField()

    class Meta:
        """One row for each."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "key"], name="quality_cell_once")]

    def __str__(self) -> str:
        """Return the key."""
        return self.key


class Turn(models.TextChoices):
    """Where an invitation stands."""

    RESERVE = "reserve", _("In reserve")
    DRAWN = "drawn", _("Drawn, not yet asked")
    ASKED = "asked", _("Asked")
    REMINDED = "reminded", _("Reminded")
    ANSWERED = "answered", _("Answered")
    DECLINED = "declined", _("Does not want to answer")
    SILENT = "silent", _("Did not answer")
    BARRED = "barred", _("Did not consent to be asked")


ASKED = (Turn.ASKED, Turn.REMINDED)


class Invitation(models.Model):
    """One dossier that was drawn. It knows whether it was answered, and nothing of what."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="invitations")
    case_code = models.CharField(max_length=60)
    agency_code = models.CharField(max_length=35)
    place = models.PositiveIntegerField(help_text="in the draw of its stratum")
    turn = models.CharField(max_length=10, choices=Turn.choices)
    token_hash = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of what the link bears")
    asked_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    interviewer_key = models.CharField(max_length=80, blank=True, default="", help_text="who calls them")

    class Meta:
        """Found by its link; worked through in the order of the draw."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cell", "case_code"], name="quality_invitation_once"),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~models.Q(token_hash=""), name="quality_invitation_token"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cell", "turn", "place"], name="quality_invitation_turn")]

    def __str__(self) -> str:
        """Return the code."""
        return self.case_code


class Sheet(models.Model):
    """One answered questionnaire. No dossier, no person, no moment; a random key, so that no order is told."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="sheets")
    agency_code = models.CharField(max_length=35)
    way = models.CharField(max_length=5, help_text="link or phone")
    answers = models.JSONField()

    class Meta:
        """Results are by agency."""

        indexes: ClassVar = [models.Index(fields=["cell", "agency_code"], name="quality_sheet_agency")]

    def __str__(self) -> str:
        """Return the way it came."""
        return self.way
