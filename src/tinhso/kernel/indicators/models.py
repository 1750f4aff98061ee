"""Tables of the indicators: what is measured, how it is reckoned, what was observed, what was promised."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.journal.public import new_id
from tinhso.kernel.organisation.models import Dated, DatedManager
from tinhso.law import indicators as law
from tinhso.law.periods import Kind


class Rule(models.TextChoices):
    """How figures of several units, or of parts of a period, make one (`law.indicators.Rule`)."""

    SUM = law.Rule.SUM, pgettext_lazy("figures", "Sum")
    MEAN = law.Rule.MEAN, _("Mean, weighted")
    RATIO = law.Rule.RATIO, _("Ratio of the sums")
    LAST = law.Rule.LAST, _("The last one")
    MOST = law.Rule.MOST, _("The highest")
    LEAST = law.Rule.LEAST, _("The lowest")
    NONE = law.Rule.NONE, _("They make none together")


class Direction(models.TextChoices):
    """Which way is better (`law.indicators.Direction`)."""

    UP = law.Direction.UP, _("More is better")
    DOWN = law.Direction.DOWN, _("Less is better")
    NEITHER = law.Direction.NEITHER, _("Neither is better")


class Frequency(models.TextChoices):
    """How often it is observed (`law.periods.Kind`)."""

    DAY = Kind.DAY, _("Daily")
    WEEK = Kind.WEEK, _("Weekly")
    MONTH = Kind.MONTH, _("Monthly")
    QUARTER = Kind.QUARTER, _("Quarterly")
    HALF = Kind.HALF, _("Every six months")
    NINE_MONTHS = Kind.NINE_MONTHS, _("For nine months")
    YEAR = Kind.YEAR, _("Yearly")


class State(models.TextChoices):
    """How far an observation is."""

    DRAFT = "draft", pgettext_lazy("observation", "Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned, with a reason")
    APPROVED = "approved", pgettext_lazy("observation", "Approved")
    PUBLISHED = "published", pgettext_lazy("observation", "Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Source(models.TextChoices):
    """Where an observation comes from."""

    ENTERED = "entered", _("Entered by a person")
    SHEET = "sheet", _("From a spreadsheet")
    LENT = "lent", _("Counted by the platform")
    FORMULA = "formula", _("Reckoned from other indicators")
    PLAN = "plan", _("Read in a document")


COUNTS = (State.APPROVED, State.PUBLISHED)
"""States in which a figure is one: others reckon with it."""


class Indicator(models.Model):
    """What is measured. A code never names another indicator later."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=400)
    name_en = models.CharField(max_length=400)
    unit = models.CharField(max_length=60, blank=True, help_text="empty: a share of one")
    unit_en = models.CharField(max_length=60, blank=True)
    decimals = models.PositiveSmallIntegerField(default=0)
    direction = models.CharField(max_length=8, choices=Direction, default=Direction.UP)
    frequency = models.CharField(max_length=12, choices=Frequency, default=Frequency.YEAR)
    levels = models.JSONField(default=list, help_text="levels of agencies that are measured, highest first")
    owner = models.CharField(max_length=35, blank=True, help_text="agency that answers for it, and approves")
    field = models.CharField(max_length=40, blank=True)
    definition = models.TextField(blank=True)
    definition_en = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True, help_text="the text that defines it")
    verified = models.BooleanField(default=False)
    over_units = models.CharField(max_length=8, choices=Rule, default=Rule.SUM)
    over_time = models.CharField(max_length=8, choices=Rule, default=Rule.SUM)
    weight = models.CharField(max_length=60, blank=True, help_text="code of the indicator that weighs a mean")
    query = models.CharField(max_length=80, blank=True, help_text="key of a query that a module lends, which counts it")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code

    @property
    def is_share(self) -> bool:
        """Tell whether it is a share: what is promised of a year or a province holds for each month and part; of a number it does not."""
        return self.unit in ("", "%")

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("indicator", self.code)


class Formula(Dated):
    """How an indicator is reckoned from a day on: CEL over other indicators (`formulas`)."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="formulas")
    text = models.CharField(max_length=2000)
    source = models.CharField(max_length=300, blank=True)

    objects = DatedManager["Formula"]()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "valid_from"],
                condition=Q(withdrawn_at__isnull=True),
                name="indicators_formula_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="indicators_formula_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.text}"


class Observation(models.Model):
    """
    The figure of one indicator, unit and period as it stands: there may be tens of millions.

    `value` None: told to be missing. Of a ratio `value` is the share, `above` and `below` what it is a share of.
    """

    id = models.BigAutoField(primary_key=True)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, db_index=False, related_name="+")
    unit = models.CharField(max_length=35, help_text="code of the agency that is measured")
    period = models.CharField(max_length=10, help_text="key of `law.periods`")
    first = models.DateField(help_text="first day of the period")
    value = models.DecimalField(max_digits=27, decimal_places=9, null=True)
    above = models.DecimalField(max_digits=27, decimal_places=9, null=True)
    below = models.DecimalField(max_digits=27, decimal_places=9, null=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    source = models.CharField(max_length=7, choices=Source, default=Source.ENTERED)
    version = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["indicator", "period", "unit"], name="indicators_observation_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "state", "-at"], name="indicators_of_unit"),
            models.Index(fields=["indicator", "unit", "first"], name="indicators_history"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.unit} {self.period}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("observation", str(self.pk))

    @property
    def counts(self) -> bool:
        """Tell whether others reckon with it."""
        return self.state in COUNTS and self.value is not None


class ObservationVersion(models.Model):
    """One version of an observation, as it was told or decided: none is ever changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=27, decimal_places=9, null=True)
    above = models.DecimalField(max_digits=27, decimal_places=9, null=True)
    below = models.DecimalField(max_digits=27, decimal_places=9, null=True)
    state = models.CharField(max_length=9, choices=State)
    source = models.CharField(max_length=7, choices=Source)
    evidence = models.CharField(max_length=1000, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    by_key = models.CharField(max_length=60)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["observation", "version"], name="indicators_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.observation_id} {self.version}"


class Target(models.Model):
    """What was promised of an indicator for a period: by a plan, a resolution, a decision."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    unit = models.CharField(max_length=35)
    period = models.CharField(max_length=10)
    value = models.DecimalField(max_digits=27, decimal_places=9)
    tolerance = models.DecimalField(max_digits=5, decimal_places=4, default=0, help_text="share of the target")
    source = models.CharField(max_length=300, help_text="the text that promises it")
    sentence = models.CharField(max_length=1000, blank=True)
    is_current = models.BooleanField(default=True)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "period", "unit"], condition=Q(is_current=True), name="indicators_target_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.unit} {self.period} {self.value}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("target", str(self.pk))
