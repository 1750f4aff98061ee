"""Measured dossiers, and sums of them by agency, day or month, and procedure: what pages read instead of counting."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tinhso.law.quality.measured import KEPT, Counts

MARKS = {name: 1 << place for place, name in enumerate(name for name in KEPT if name != "elapsed_seconds")}
"""Bit of each count that a dossier adds one to."""


class Case(models.Model):
    """One dossier as it was measured last: what it adds to the sums, and what can still be mended. No name."""

    code = models.CharField(max_length=60, primary_key=True)
    agency_code = models.CharField(max_length=35)
    service_code = models.CharField(max_length=40)
    field = models.CharField(max_length=200, blank=True)
    day = models.DateField(help_text="civil day of reception: of which period it is")
    standing = models.CharField(max_length=10, help_text="law.quality.measured.Standing")
    turns_late_at = models.DateTimeField(null=True, help_text="of an open one")
    ended_on = models.DateField(null=True)
    marks = models.BigIntegerField(default=0, help_text="bits of MARKS")
    elapsed_seconds = models.BigIntegerField(default=0)
    mends = models.CharField(max_length=40, blank=True, default="", help_text="what it lacks and may still get, sorted")
    officials = models.JSONField(default=list, help_text="[key, name, agency] of who did a step")
    changed_at = models.DateTimeField(help_text="when what it adds last changed")

    class Meta:
        """The lists behind figures, those that may become late, those that lack something."""

        indexes: ClassVar = [
            models.Index(fields=["agency_code", "day", "code"], name="quality_case_list"),
            models.Index(fields=["day", "code"], name="quality_case_days"),
            models.Index(
                fields=["turns_late_at", "agency_code"],
                condition=models.Q(standing="open"),
                name="quality_case_open",
            ),
            models.Index(
                fields=["mends", "agency_code", "day"],
                condition=~models.Q(mends=""),
                name="quality_case_mends",
            ),
            models.Index(fields=["ended_on", "code"], name="quality_case_ended"),
        ]

    def __str__(self) -> str:
        """Return the code."""
        return self.code

    def counts(self) -> Counts:
        """Return what it adds to the sums it is kept in."""
        marked = {name: 1 for name, bit in MARKS.items() if self.marks & bit}
        return Counts(**marked, elapsed_seconds=self.elapsed_seconds)


class Tally(models.Model):
    """Sums over the dossiers received on a day or in a month, by agency and procedure (empty: of all, by month only)."""

    span = models.CharField(max_length=1, help_text="d or m")
    first = models.DateField(help_text="the day, or the first of the month")
    agency_code = models.CharField(max_length=35)
    service_code = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=200, blank=True)
    received = models.IntegerField(default=0)
    in_time = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    open = models.IntegerField(default=0)
    unjudged = models.IntegerField(default=0)
    asked_once = models.IntegerField(default=0)
    asked_again = models.IntegerField(default=0)
    direct = models.IntegerField(default=0)
    online = models.IntegerField(default=0)
    post = models.IntegerField(default=0)
    online_given = models.IntegerField(default=0)
    paper = models.IntegerField(default=0)
    paper_filed = models.IntegerField(default=0)
    scan_known = models.IntegerField(default=0)
    scanned = models.IntegerField(default=0)
    reuse_known = models.IntegerField(default=0)
    reused = models.IntegerField(default=0)
    link_known = models.IntegerField(default=0)
    linked = models.IntegerField(default=0)
    sync_known = models.IntegerField(default=0)
    synced = models.IntegerField(default=0)
    vneid_known = models.IntegerField(default=0)
    vneid = models.IntegerField(default=0)
    fee_due = models.IntegerField(default=0)
    fee_online = models.IntegerField(default=0)
    rated = models.IntegerField(default=0)
    disliked = models.IntegerField(default=0)
    ended = models.IntegerField(default=0)
    elapsed_seconds = models.BigIntegerField(default=0)
    early = models.IntegerField(default=0)
    same_day = models.IntegerField(default=0)
    overdue = models.IntegerField(default=0)

    class Meta:
        """One row for each; pages go by span and time."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["span", "first", "agency_code", "service_code"], name="quality_tally_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency_code", "span", "first"], name="quality_tally_agency"),
            models.Index(fields=["span", "service_code", "first", "agency_code"], name="quality_tally_span"),
        ]

    def __str__(self) -> str:
        """Return what it sums."""
        return f"{self.span} {self.first} {self.agency_code} {self.service_code}"


class Share(models.Model):
    """Sums over the dossiers that an official worked on and that were settled in a month (TT 01/2018/TT-VPCP Đ.14)."""

    month = models.DateField()
    agency_code = models.CharField(max_length=35)
    official_key = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    received = models.IntegerField(default=0)
    early = models.IntegerField(default=0)
    same_day = models.IntegerField(default=0)
    overdue = models.IntegerField(default=0)
    asked_once = models.IntegerField(default=0)
    asked_again = models.IntegerField(default=0)

    class Meta:
        """One row for each."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency_code", "month", "official_key"], name="quality_share_once")
        ]

    def __str__(self) -> str:
        """Return who and when."""
        return f"{self.name} {self.month}"


class Progress(models.Model):
    """How far the first counting has come; its row is the lock under which sums are changed."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    walked = models.CharField(max_length=60, blank=True, default="", help_text="code of the last dossier counted")
    built_at = models.DateTimeField(null=True, help_text="when all dossiers were counted once")
    version = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="of what is measured, then")

    def __str__(self) -> str:
        """Return the last code."""
        return self.walked

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("quality_sums", "1")


class Offer(models.Model):
    """What the catalogue offered at a level when it was last counted: procedures, those online, those with a fee."""

    level = models.CharField(max_length=10, primary_key=True)
    all = models.PositiveIntegerField(default=0)
    online = models.PositiveIntegerField(default=0)
    with_fee = models.PositiveIntegerField(default=0)
    complete = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the level."""
        return self.level
