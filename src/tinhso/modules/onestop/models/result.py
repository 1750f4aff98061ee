"""What the dossier ends in, and what the applicant thought of it."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.public import new_id
from tinhso.modules.onestop.models.dossier import Dossier


class ResultKind(models.TextChoices):
    """A result grants what was asked, or refuses it with a reason."""

    GRANT = "grant", _("Granted")
    REFUSAL = "refusal", _("Refused")


class Outcome(models.Model):
    """What is proposed, perhaps corrected, signed once, numbered, handed over."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=ResultKind.choices)
    type_code = models.CharField(max_length=40, blank=True, help_text="KQ.Gnn.nnnnnn")
    title = models.CharField(max_length=600)
    data = models.JSONField(default=dict, help_text="what the template prints")
    reason = models.TextField(blank=True, help_text="why refused")
    proposed_by = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    draft_document_id = models.UUIDField(null=True, blank=True)
    signed_document_id = models.UUIDField(null=True, blank=True)
    signed_sha256 = models.CharField(max_length=64, blank=True)
    signed_by = models.CharField(max_length=200, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    number = models.CharField(max_length=60, blank=True, help_text="number in the clerk's book")
    numbered_at = models.DateTimeField(null=True, blank=True, help_text="when it got this number: of which year's book")
    issued_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.CharField(max_length=200, blank=True)

    class Meta:
        """Common columns of the result of a dossier and of those of its participants."""

        abstract = True

    def __str__(self) -> str:
        """Return the title."""
        return self.title


class Result(Outcome):
    """The result of a dossier; of a linked one, that of the lead."""

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="result")

    class Meta:
        """Index of what was signed and lies with the clerk."""

        indexes: ClassVar = [
            models.Index(fields=["signed_at"], condition=models.Q(issued_at__isnull=True), name="onestop_waits_signed")
        ]


class PartResult(Outcome):
    """What one participant of a linked dossier ends its part in: with its own number, signed by its own leader."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="part_results")
    part = models.CharField(max_length=60, help_text="key of the participant")
    agency_code = models.CharField(max_length=35)
    agency_name = models.CharField(max_length=300)
    agency_name_en = models.CharField(max_length=300, blank=True)

    class Meta:
        """One result a participant."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["dossier", "part"], name="onestop_part_result_once")]


class Rating(models.Model):
    """How satisfied the applicant was, once per dossier (S-09): 1 very bad … 5 very good."""

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="rating")
    agency_code = models.CharField(max_length=35)
    score = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    aspects = models.JSONField(default=dict, help_text="attitude, time, guidance: 1-5 each")
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        """Index for the agency's average."""

        indexes: ClassVar = [
            models.Index(fields=["agency_code", "at"], name="onestop_rating_agency"),
            models.Index(fields=["at"], name="onestop_rating_at"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(score__gte=1, score__lte=5), name="onestop_rating_score")
        ]

    def __str__(self) -> str:
        """Return the score."""
        return str(self.score)


class DayFigures(models.Model):
    """What one day brought, counted by the worker: the home page reads these rows and no dossiers."""

    day = models.DateField(primary_key=True)
    received = models.PositiveIntegerField(default=0)
    online = models.PositiveIntegerField(default=0, help_text="of the received: filed online")
    judged = models.PositiveIntegerField(default=0, help_text="results that have a due moment to compare with")
    on_time = models.PositiveIntegerField(default=0)
    ratings = models.PositiveIntegerField(default=0)
    score_sum = models.PositiveIntegerField(default=0, help_text="of the ratings, 1 to 5 each")
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the day."""
        return str(self.day)

    @property
    def figures(self) -> tuple[int, ...]:
        """Return what was counted, to compare."""
        return self.received, self.online, self.judged, self.on_time, self.ratings, self.score_sum

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("day_figures", self.day.isoformat())
