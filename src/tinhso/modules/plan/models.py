"""Tables of plans: the text, what is read of it and held to, how far that is, its money. Only `actions` save them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.journal.public import new_id
from tinhso.law.periods import read_period


class PlanState(models.TextChoices):
    """How far a text is."""

    READING = "reading", _("Being read")
    UNREAD = "unread", _("Could not be read")
    REVIEW = "review", _("To be looked through")
    HELD = "held", _("Held to")
    WITHDRAWN = "withdrawn", pgettext_lazy("plan", "Withdrawn")


class Kind(models.TextChoices):
    """What a line of a plan is (`reading.whole.Kind`)."""

    GOAL = "goal", _("Goal")
    TASK = "task", pgettext_lazy("plan", "Task")
    MONEY = "money", _("Money")
    REPORTED = "reported", _("Reported figure")


class Way(models.TextChoices):
    """How a sum lies in the whole (`reading.whole.Way`)."""

    WHOLE = "whole", _("The whole")
    SOURCE = "source", _("By source")
    PROJECT = "project", _("By project")
    PART = "part", _("Part of a source")
    SPENT = "spent", _("Told of what was")


class ItemState(models.TextChoices):
    """What a person said of what was read."""

    PROPOSED = "proposed", _("To be decided")
    ACCEPTED = "accepted", pgettext_lazy("plan", "Accepted")
    CORRECTED = "corrected", _("Corrected")
    ADDED = "added", _("Added by hand")
    REFUSED = "refused", pgettext_lazy("plan", "Refused")


HELD = (ItemState.ACCEPTED, ItemState.CORRECTED, ItemState.ADDED)
"""States in which a line counts."""


class Standing(models.TextChoices):
    """How far a task or goal is, as was reported last."""

    OPEN = "open", _("Not begun")
    GOING = "going", _("Under way")
    STUCK = "stuck", _("Stuck")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("No longer to be done")


class Booking(models.TextChoices):
    """What happened to money."""

    ALLOCATED = "allocated", _("Allocated")
    DISBURSED = "disbursed", _("Paid out")


class Plan(models.Model):
    """A text that plans or directs: resolution, decision, plan, programme, directive, conclusion, letter that gives tasks."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=60, blank=True)
    signed_on = models.DateField(null=True)
    place = models.CharField(max_length=100, blank=True)
    issuer = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=1000)
    unit = models.CharField(max_length=35, help_text="code of the agency that holds to it")
    text = models.TextField(blank=True, help_text="as it was read, letters in one form; offsets of items are in it")
    cited = models.JSONField(default=list, help_text="[{kind, number, on}]: the texts it names")
    doubts = models.JSONField(
        default=list, help_text="[{kind, text, off, first}]: where it did not add up when it was read"
    )
    file_name = models.CharField(max_length=300, blank=True)
    document = models.UUIDField(null=True, help_text="the file, where it is one that is kept")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was given")
    state = models.CharField(max_length=9, choices=PlanState, default=PlanState.READING)
    problem = models.CharField(
        max_length=40, blank=True, help_text="why it could not be read: a key of `shown.PROBLEMS`"
    )
    version = models.PositiveIntegerField(default=1)
    taken_by = models.CharField(max_length=200)
    taken_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "digest"], condition=~Q(state="withdrawn") & ~Q(state="unread"), name="plan_text_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-signed_on"], name="plan_by_state")]

    def __str__(self) -> str:
        return self.number or self.title[:60]

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("plan", str(self.pk))

    @property
    def name(self) -> str:
        """Return how people name it: “Kế hoạch số 8793/KH-UBND”, or its title."""
        return f"{self.kind} số {self.number}" if self.kind and self.number else self.number or self.title


class Item(models.Model):
    """One line of a plan: as it was read, and as it stands now that a person looked at it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="items", db_index=False)
    order = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    way = models.CharField(max_length=8, choices=Way, blank=True)
    first = models.PositiveIntegerField(
        null=True, help_text="offset of its paragraph in the text; null: it stands nowhere"
    )
    last = models.PositiveIntegerField(null=True)
    sentence = models.TextField(blank=True)
    read = models.JSONField(default=dict, help_text="as the program read it, never changed")
    text = models.TextField()
    heading = models.CharField(max_length=400, blank=True)
    value = models.DecimalField(max_digits=27, decimal_places=9, null=True)
    above = models.DecimalField(max_digits=27, decimal_places=9, null=True)
    below = models.DecimalField(max_digits=27, decimal_places=9, null=True)
    unit = models.CharField(max_length=160, blank=True, help_text="% or what is counted")
    relation = models.CharField(max_length=10, blank=True)
    by = models.CharField(max_length=10, blank=True, help_text="key of `law.periods` until whose end it is promised")
    due = models.DateField(null=True, help_text="the last day of that period; null: the text says none")
    who = models.CharField(max_length=400, blank=True, help_text="who is to do it, in the words of the text")
    lead = models.CharField(max_length=35, blank=True, help_text="code of the agency that answers for it")
    role = models.CharField(max_length=8, blank=True, help_text="leads, helps, planned, or empty")
    partners = models.CharField(max_length=600, blank=True)
    indicator = models.CharField(max_length=60, blank=True)
    measured = models.CharField(max_length=35, blank=True, help_text="code of the agency that the indicator is of")
    state = models.CharField(max_length=9, choices=ItemState, default=ItemState.PROPOSED)
    standing = models.CharField(max_length=7, choices=Standing, default=Standing.OPEN)
    version = models.PositiveIntegerField(default=1)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "order"], name="plan_item_once")]
        indexes: ClassVar = [
            models.Index(fields=["plan", "kind", "state"], name="plan_items_of"),
            models.Index(fields=["lead", "kind", "standing", "due"], name="plan_items_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.order}"

    def save(self, **how: Any) -> None:
        """Save it with the last day of what it is promised for."""
        self.due = read_period(self.by).last if self.by else None
        fields = how.get("update_fields")
        super().save(**({**how, "update_fields": [*fields, "due"]} if fields and "by" in fields else how))

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("plan_item", str(self.pk))

    @property
    def is_held(self) -> bool:
        """Tell whether it counts: somebody accepted, corrected or added it."""
        return self.state in HELD


class Amount(models.Model):
    """The money of a line that is planned, in đồng: for a year, or (year 0) for the whole time."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="amounts", db_index=False)
    year = models.PositiveSmallIntegerField()
    vnd = models.DecimalField(max_digits=18, decimal_places=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "year"], name="plan_amount_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.year} {self.vnd}"


class Movement(models.Model):
    """Money that was allocated or paid out, by a paper. It is never changed: a wrong one is taken back, with a reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="movements", db_index=False)
    booking = models.CharField(max_length=9, choices=Booking)
    year = models.PositiveSmallIntegerField(help_text="of the budget it is booked on")
    source = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+")
    project = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+")
    vnd = models.DecimalField(max_digits=18, decimal_places=0, help_text="in đồng; below nought: given back")
    on = models.DateField()
    paper = models.CharField(max_length=300, help_text="number and day of the decision or voucher")
    note = models.CharField(max_length=1000, blank=True)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["plan", "year", "booking"], name="plan_movements_of")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.booking} {self.vnd}"


class Progress(models.Model):
    """How far a line is, as somebody reported it: none is ever changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="progress", db_index=False)
    place = models.PositiveIntegerField()
    on = models.DateField(help_text="the day it tells of")
    standing = models.CharField(max_length=7, choices=Standing)
    value = models.DecimalField(max_digits=27, decimal_places=9, null=True)
    said = models.CharField(max_length=2000, blank=True)
    by_key = models.CharField(max_length=60)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "place"], name="plan_progress_once")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.place}"
