"""Flows, cases, and what is open in them: tokens, tasks, timers, jobs. Nobody but `actions` writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.journal.public import new_id

FAR = datetime(9999, 12, 31, tzinfo=UTC)
"""Where a task without a due time stands in the order of a worklist."""
LONGEST_TITLE = 500
"""Letters of a title in a worklist; what is longer is shortened there."""


class FlowState(models.TextChoices):
    """Whether new cases begin on this version."""

    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class Flow(models.Model):
    """One version of a flow. Never changed once published: a new file is a new version; running cases keep theirs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    xml = models.BinaryField()
    graph = models.JSONField()
    sha256 = models.CharField(max_length=64)
    """Over the file and the graph: a flow that calls another is another one when that one changes."""
    state = models.CharField(max_length=10, choices=FlowState, default=FlowState.PUBLISHED)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="casework_flow_version"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(state="published"), name="casework_flow_one_published"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return how the journal names it."""
        return "flow", self.code


class CaseState(models.TextChoices):
    """Whether anything is still to be done in a case."""

    OPEN = "open", pgettext_lazy("case", "Open")
    ENDED = "ended", pgettext_lazy("case", "Ended")
    CANCELLED = "cancelled", _("Cancelled")


class Case(models.Model):
    """One run of a flow, about one subject (a dossier, a letter, a report)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=50)
    """What sort of subject, as the journal names it, e.g. `dossier`."""
    subject_key = models.CharField(max_length=100)
    subject_code = models.CharField(max_length=100, blank=True)
    """What officers call the subject, shown in worklists."""
    title = models.CharField(max_length=LONGEST_TITLE)
    urgent = models.BooleanField(default=False)
    agencies = models.JSONField(default=dict)
    """Agency code by place: a lane, a role, or the name that `tinhso:agency` gives."""
    variables = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    version = models.PositiveIntegerField(default=1)
    last_token = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    ended_at_node = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "subject_key"], name="casework_case_subject"),
            models.Index(fields=["flow"], condition=Q(state="open"), name="casework_case_running"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_key}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return the subject: what happens in a case is told in the history of what the case is about."""
        return self.kind, self.subject_key


class Token(models.Model):
    """Where a case stands: one row for each thread that waits somewhere. See `engine.marking.Token`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tokens")
    number = models.PositiveIntegerField()
    node_id = models.CharField(max_length=300)
    wait = models.CharField(max_length=10)
    scope = models.PositiveIntegerField(default=0)
    arrived = models.CharField(max_length=300, blank=True)
    item = models.JSONField(null=True)
    left = models.JSONField(default=list)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="casework_token_number")]

    def __str__(self) -> str:
        return f"{self.number} @ {self.node_id}"


class TaskState(models.TextChoices):
    """Where a task stands."""

    OPEN = "open", _("Waiting")
    TAKEN = "taken", _("Taken")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("No longer needed")


LIVE = (TaskState.OPEN, TaskState.TAKEN)


class Task(models.Model):
    """One thing for one person to do. Kept when done: who did it, when, how it ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    token = models.OneToOneField(Token, on_delete=models.SET_NULL, null=True, blank=True, related_name="task")
    node_id = models.CharField(max_length=300)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    form = models.CharField(max_length=100, blank=True)
    """What screen or form the step is done with, as the flow says (`tinhso:form`)."""
    agency_code = models.CharField(max_length=40)
    role = models.CharField(max_length=60)
    assignee_official_id = models.CharField(max_length=40, blank=True)
    assignee_name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=TaskState, default=TaskState.OPEN)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    sort_at = models.DateTimeField(default=FAR)
    """`due_at`, or FAR: the order of the worklist."""
    taken_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=50)
    subject_key = models.CharField(max_length=100)
    subject_code = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=LONGEST_TITLE)
    search = models.CharField(max_length=1000, blank=True)
    """Step, subject and title, folded (`base.text.fold`)."""
    urgent = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["agency_code", "role", "sort_at", "id"],
                condition=Q(state__in=["open", "taken"]),
                name="casework_task_worklist",
            ),
            models.Index(
                fields=["assignee_official_id", "sort_at", "id"],
                condition=Q(state__in=["open", "taken"]),
                name="casework_task_mine",
            ),
            models.Index(fields=["kind", "subject_key"], name="casework_task_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.subject_code or self.subject_key})"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return the subject of the case."""
        return self.kind, self.subject_key

    @property
    def is_live(self) -> bool:
        """Tell whether it is still to be done."""
        return self.state in LIVE


LEAD = "lead"
"""The participant that steers the others: its part in a flow bears this name."""


class PartRole(models.TextChoices):
    """How a participant takes part in a case."""

    LEAD = LEAD, pgettext_lazy("participant", "Lead")
    PARTICIPANT = "participant", pgettext_lazy("participant", "Participant")
    CONSULTED = "consulted", pgettext_lazy("participant", "Asked for its opinion")


class Participant(models.Model):
    """
    One agency's part of a case: its task, its own clock, its own record.

    Planned when the case begins, opened and closed by the flow as its part is reached and left, never by hand; a part that
    is reached again is a new row. Lateness is that of this clock alone (TT 01/2018/TT-VPCP, art. 13.2).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="participants")
    key = models.CharField(max_length=120)
    """`tinhso:participant` of its part of the flow; with `/item` where the part is repeated."""
    role = models.CharField(max_length=12, choices=PartRole)
    position = models.PositiveSmallIntegerField(default=0)
    agency_code = models.CharField(max_length=40)
    task = models.CharField(max_length=500, blank=True)
    task_en = models.CharField(max_length=500, blank=True)
    limit_amount = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    limit_unit = models.CharField(max_length=20, blank=True)
    law = models.CharField(max_length=300, blank=True)
    is_verified = models.BooleanField(default=False)
    """Whether somebody has read limit and legal base in the text."""
    started_at = models.DateTimeField(null=True, blank=True)
    clock_from = models.DateTimeField(null=True, blank=True)
    """Where its limit is counted from: the start, or anew from when a supplement was whole."""
    due_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    pauses = models.JSONField(default=list)
    """`[{"from", "to", "reason"}]`, each over."""
    silent_at = models.DateTimeField(null=True, blank=True)
    """When its time was over without an answer; noted once."""
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=100, blank=True)
    answered_late_at = models.DateTimeField(null=True, blank=True)
    """When an answer came after the flow had gone on without it."""
    before = models.JSONField(default=list)
    """`[{"agency", "until"}]`: who had the part before its agency ceased."""

    class Meta:
        indexes = [
            models.Index(fields=["agency_code"], condition=Q(ended_at__isnull=True), name="casework_part_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "key"], condition=Q(ended_at__isnull=True), name="casework_part_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.agency_code}"

    @property
    def is_running(self) -> bool:
        """Tell whether its part is open now."""
        return self.started_at is not None and self.ended_at is None


class Waiting(models.Model):
    """What is waited for outside of people: the common part of timers and jobs, with what went wrong so far."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token_number = models.PositiveIntegerField()
    node_id = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    """Why the last try failed. After a failure `due_at` is the time of the next try."""
    is_dead = models.BooleanField(default=False)
    """Given up: somebody must look at it (`queries.list_stuck`)."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.node_id} @ {self.due_at}"


class Timer(Waiting):
    """A clock that runs in a case. The row goes when it fires or is no longer needed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="timers")
    repeat = models.PositiveIntegerField(default=0)
    """How often it fires again afterwards (a reminder)."""

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(is_dead=False), name="casework_timer_due")]
        constraints = [models.UniqueConstraint(fields=["case", "token_number", "node_id"], name="casework_timer_one")]


class Job(Waiting):
    """A service to call outside of any transaction. The row goes when the case has its answer."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="jobs")
    service = models.CharField(max_length=100)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(is_dead=False), name="casework_job_due")]
        constraints = [models.UniqueConstraint(fields=["case", "token_number"], name="casework_job_one")]
