"""Scenarios as loaded, how each stands, what was found, and what was said to it. Only `actions` saves them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.journal.public import new_id


class Severity(models.TextChoices):
    """How much a finding weighs."""

    HIGH = "high", pgettext_lazy("severity", "High")
    MEDIUM = "medium", pgettext_lazy("severity", "Medium")
    LOW = "low", pgettext_lazy("severity", "Low")


class Scenario(models.Model):
    """One version of a scenario. Never changed: another text is another row, and findings keep theirs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=60)
    subject = models.CharField(max_length=50, help_text="kind of subject, as the journal names it")
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    severity = models.CharField(max_length=6, choices=Severity)
    law = models.CharField(max_length=300)
    law_words = models.CharField(max_length=1000, help_text="what the law says, in short")
    law_words_en = models.CharField(max_length=1000)
    is_verified = models.BooleanField(default=False, help_text="the legal basis was compared with the text")
    events = models.JSONField(default=list, help_text="journal events that it looks at")
    waiting = models.CharField(max_length=40, blank=True, help_text="what waits, for one that looks at time alone")
    every_minutes = models.PositiveIntegerField(default=0)
    after_minutes = models.PositiveIntegerField(default=0, help_text="least time that must have gone by")
    condition = models.CharField(max_length=500)
    says = models.CharField(max_length=500, help_text="the condition in words")
    says_en = models.CharField(max_length=500)
    explains = models.CharField(max_length=1000, help_text="what is told, with {facts}")
    explains_en = models.CharField(max_length=1000)
    answered_by = models.CharField(max_length=20, help_text="`official`: who did it; else a role of the agency")
    answer_hours = models.PositiveIntegerField(help_text="working hours in which to answer")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    content = models.CharField(max_length=64, help_text="hash of all that")
    loaded_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["code", "valid_from"], name="inspection_scenario_code")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                condition=models.Q(retired_at__isnull=True),
                name="inspection_scenario_standing",
            )
        ]

    def __str__(self) -> str:
        return self.code


class State(models.TextChoices):
    """Whether a scenario is used."""

    ON = "on", pgettext_lazy("scenario", "In use")
    SHADOW = "shadow", pgettext_lazy("scenario", "On trial")
    OFF = "off", pgettext_lazy("scenario", "Switched off")
    BROKEN = "broken", pgettext_lazy("scenario", "Broken")


class Standing(models.Model):
    """How a scenario stands, whatever its version: used or not, and what came of its findings."""

    code = models.CharField(max_length=60, primary_key=True)
    state = models.CharField(max_length=6, choices=State, default=State.ON)
    reason = models.CharField(max_length=500, blank=True)
    changed_by = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    found = models.PositiveIntegerField(default=0)
    silent = models.PositiveIntegerField(default=0, help_text="found while on trial")
    upheld = models.PositiveIntegerField(default=0)
    false = models.PositiveIntegerField(default=0)
    contested = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0, help_text="on the day `errors_on`")
    errors_on = models.DateField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    swept_at = models.DateTimeField(null=True, blank=True, help_text="when its waiting subjects were last looked at")
    swept_since = models.DateTimeField(null=True, blank=True, help_text="how far that look came")
    swept_key = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.code}: {self.state}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return "scenario", self.code

    @property
    def precision(self) -> int | None:
        """Return how many of a hundred closed findings were upheld; None before any was closed."""
        closed = self.upheld + self.false
        return round(100 * self.upheld / closed) if closed else None


class FindingState(models.TextChoices):
    """Where a finding stands."""

    OPEN = "open", pgettext_lazy("finding", "To be answered")
    ANSWERED = "answered", pgettext_lazy("finding", "Answered")
    CONTESTED = "contested", pgettext_lazy("finding", "Contested")
    UPHELD = "upheld", pgettext_lazy("finding", "Upheld")
    FALSE = "false", pgettext_lazy("finding", "False alarm")


UNDONE = (FindingState.OPEN, FindingState.ANSWERED, FindingState.CONTESTED)


class Finding(models.Model):
    """What a scenario found in one act, or in one wait. The facts are those it was made on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=60)
    severity = models.CharField(max_length=6, choices=Severity)
    subject_type = models.CharField(max_length=50)
    subject_key = models.CharField(max_length=100)
    subject_title = models.CharField(max_length=300, blank=True)
    mark = models.CharField(max_length=40, help_text="id of the journal's entry, or which wait")
    event = models.CharField(max_length=100, blank=True)
    happened_at = models.DateTimeField()
    facts = models.JSONField(default=dict, help_text="the values that the condition looked at")
    agency_code = models.CharField(max_length=40)
    concerned_key = models.CharField(max_length=100, blank=True, help_text="official:<id> whose act it is")
    concerned_name = models.CharField(max_length=200, blank=True)
    concerned_post = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="the post in which it was done"
    )
    assigned_key = models.CharField(max_length=100, blank=True)
    assigned_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=FindingState, default=FindingState.OPEN)
    is_silent = models.BooleanField(default=False, help_text="made by a scenario on trial: nobody is told")
    found_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=0)
    erased_at = models.DateTimeField(null=True, blank=True, help_text="when names, words and facts were taken away")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["agency_code", "state", "id"], name="inspection_finding_agency"),
            models.Index(fields=["concerned_key", "id"], name="inspection_finding_concerned"),
            models.Index(fields=["assigned_key", "id"], name="inspection_finding_assigned"),
            models.Index(fields=["code", "state", "id"], name="inspection_finding_scenario"),
            models.Index(fields=["state", "id"], name="inspection_finding_state"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_key", "subject_type", "code", "mark"], name="inspection_finding_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.subject_key}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return "finding", str(self.pk)

    @property
    def is_undone(self) -> bool:
        """Tell whether somebody still has to do something about it."""
        return self.state in UNDONE


class Verb(models.TextChoices):
    """What was done with a finding."""

    ASSIGNED = "assigned", _("Given to an official")
    ANSWERED = "answered", _("Explained")
    CONTESTED = "contested", _("Contested")
    UPHELD = "upheld", _("Closed: upheld")
    FALSE = "false", _("Closed: a false alarm")
    REOPENED = "reopened", _("Opened again")


class Word(models.Model):
    """What somebody said or did about a finding."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="words")
    verb = models.CharField(max_length=10, choices=Verb)
    text = models.CharField(max_length=4000, blank=True)
    by_key = models.CharField(max_length=100)
    by_name = models.CharField(max_length=200)
    by_post = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="as whom they said it")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.verb} {self.by_name}"
