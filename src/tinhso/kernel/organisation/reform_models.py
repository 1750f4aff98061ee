"""Tables of a reform: what is prepared, what was decided by whom, how far it is carried out."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class ReformState(models.TextChoices):
    """How far a reform is."""

    PREPARED = "prepared", _("Prepared: questions wait for a person")
    RUNNING = "running", _("In force; running cases are being handed on")
    DONE = "done", _("Done")


class Reform(models.Model):
    """A reform of the running province that a pack brings: one row for each pack that says `reform`."""

    id = models.UUIDField(primary_key=True, editable=False)
    pack = models.CharField(max_length=60, unique=True)
    province_code = models.CharField(max_length=10)
    effective = models.DateField()
    laws = models.JSONField(default=list)
    keeper = models.CharField(max_length=35)
    """Has the running cases of an agency whose successor nobody has named yet."""
    fields = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ReformState, default=ReformState.PREPARED)
    carrier = models.CharField(max_length=60, blank=True)
    """Where carrying out stands: what is being handed on."""
    handed = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    """How many were handed on, by carrier."""
    prepared_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.pack} {self.effective}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("reform", self.pack)


class QuestionKind(models.TextChoices):
    """Why a program does not decide it."""

    AMBIGUOUS = "ambiguous", _("Several old units bear this name")
    UNMATCHED = "unmatched", _("No old unit bears this name")
    SPLIT = "split", _("Divided among several")


class Outcome(models.TextChoices):
    """What a person said."""

    OPEN = "open", _("Waiting")
    DECIDED = "decided", _("Decided")
    POSTPONED = "postponed", _("Postponed")


class ReformQuestion(models.Model):
    """
    One unit of which no program may say what becomes of it.

    Ambiguous and unmatched: `agency` is the new one, the answer is the old one that its text means. Split: `agency` is the old
    one, the answer is who takes the cases that nothing tells apart.
    """

    reform = models.ForeignKey(Reform, on_delete=models.CASCADE, related_name="questions")
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=QuestionKind)
    text = models.CharField(max_length=200)
    agency = models.CharField(max_length=35)
    candidates = models.JSONField(default=list)
    names = models.JSONField(default=dict)
    """What the candidates and the agency are called, by code: before loading, nobody else knows the new ones."""
    proposal = models.CharField(max_length=35, blank=True)
    evidence = models.CharField(max_length=1000, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    answer = models.CharField(max_length=35, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reform", "key"], name="organisation_question_once")]

    def __str__(self) -> str:
        return self.key
