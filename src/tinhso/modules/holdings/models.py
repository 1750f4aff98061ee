"""Tables of the data store. Only `actions` saves them."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.base.text import fold
from tinhso.kernel.journal.public import new_id


class Source(models.TextChoices):
    """Where a holding comes from."""

    DOSSIER = "dossier", _("Result of a dossier")
    COPY = "copy", _("True copy of a paper that was handed in")
    BACKLOAD = "backload", _("Loaded from the archives")
    REGISTER = "register", _("Answer of a register")


class State(models.TextChoices):
    """Whether a result still says what holds. Whether its time is over is told by its dates."""

    IN_FORCE = "in_force", _("In force")
    REPLACED = "replaced", _("Replaced by a newer version")
    REVOKED = "revoked", _("Revoked")


class BatchState(models.TextChoices):
    """How far a back-load has come."""

    DRAFT = "draft", _("Looked through, not begun")
    LOADING = "loading", _("Being loaded")
    WAITING = "waiting", _("Loaded, waits for the check by a second person")
    IN_FORCE = "in_force", _("In force")
    REJECTED = "rejected", _("Rejected at the check")


class Batch(models.Model):
    """
    One sheet with its files, loaded row by row; `rows_done` is where a load that broke off goes on.

    The same sheet for the same agency is the same batch, however often it is sent.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency_code = models.CharField(max_length=35)
    name = models.CharField(max_length=255, help_text="name of the sheet")
    sheet_sha256 = models.CharField(max_length=64)
    is_sent = models.BooleanField(default=False, help_text="sheet and zip came by the page and wait in the data folder")
    begun_by = models.CharField(max_length=60, help_text="key of the actor")
    begun_name = models.CharField(max_length=200)
    begun_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.LOADING)
    heading = models.JSONField(default=list, help_text="the first row of the sheet")
    rows_done = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0, help_text="held before, with the same file")
    broken = models.PositiveIntegerField(default=0)
    turn_until = models.DateTimeField(null=True, help_text="until when a worker has it in hand")
    stopped_by = models.CharField(max_length=400, blank=True, help_text="why it cannot go on, for its page")
    checked_by = models.CharField(max_length=60, blank=True)
    checked_name = models.CharField(max_length=200, blank=True)
    checked_at = models.DateTimeField(null=True)
    sample = models.JSONField(default=list, help_text="ids of the holdings to look at")
    wrong = models.JSONField(default=list, help_text="ids of those that the second person found wrong")
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency_code", "sheet_sha256"],
                condition=~Q(state="rejected"),
                name="holdings_batch_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency_code", "-id"], name="holdings_batch_agency"),
            models.Index(fields=["id"], condition=Q(state="loading"), name="holdings_batch_loading"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("holdings-batch", str(self.id))


class OpenedPaper(models.Model):
    """A paper of a sample that somebody opened: only who opened all of them puts the back-load in force."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="opened_papers")
    holding_id = models.UUIDField()
    reader_key = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "reader_key", "holding_id"], name="holdings_opened_once")
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.holding_id}"


class BrokenRow(models.Model):
    """A row of a sheet that was not taken: its cells as they were and what to do, for the sheet that goes back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="broken_rows")
    row = models.PositiveIntegerField()
    cells = models.JSONField()
    faults = models.JSONField(help_text="codes of what is wrong, with their facts")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "row"], name="holdings_broken_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.row}"


class Holding(models.Model):
    """One version of one result of one holder."""

    journal_type = "holding"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_number = models.CharField(max_length=20, help_text="identity number or tax code under which it was issued")
    owner_name = models.CharField(max_length=300)
    source = models.CharField(max_length=10, choices=Source)
    state = models.CharField(max_length=10, choices=State, default=State.IN_FORCE)
    state_at = models.DateTimeField(null=True)
    state_reason = models.CharField(max_length=400, blank=True)
    type_code = models.CharField(max_length=40, blank=True, help_text="KQ.Gnn.nnnnnn, as the catalogue writes it")
    title = models.CharField(max_length=600)
    title_en = models.CharField(max_length=600, blank=True)
    number = models.CharField(max_length=60)
    issued_on = models.DateField()
    issuer_code = models.CharField(max_length=35, blank=True)
    issuer = models.CharField(max_length=300)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True, help_text="last day; none: until replaced or revoked")
    key = models.CharField(max_length=64, help_text="of holder, type, number, day and issuer: the same result")
    version = models.PositiveSmallIntegerField(default=1)
    document_id = models.UUIDField()
    document_name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    dossier_code = models.CharField(max_length=60, blank=True)
    component_code = models.CharField(max_length=40, blank=True)
    signed_by = models.CharField(max_length=200, blank=True)
    original_kept = models.BooleanField(default=False, help_text="the office kept the paper, or gave it back")
    pages = models.PositiveIntegerField(null=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="holdings")
    batch_row = models.PositiveIntegerField(null=True)
    kept_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner_number", "id"], name="holdings_of_owner"),
            models.Index(fields=["batch", "batch_row"], name="holdings_of_batch", condition=Q(batch__isnull=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "version"], name="holdings_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.type_code} {self.number}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it: an opaque id."""
        return self.journal_type, str(self.id)


def result_key(owner_number: str, type_code: str, number: str, issued_on: date, issuer: str) -> str:
    """Return what two versions of one result have in common, and no two results."""
    parts = (owner_number, type_code.upper(), "".join(fold(number).split()), issued_on.isoformat(), fold(issuer))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class FormerNumber(models.Model):
    """An older number of somebody (CMND of nine digits) and the personal number that came after it: one holder."""

    former = models.CharField(max_length=20, primary_key=True)
    number = models.CharField(max_length=20)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True)
    noted_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["number"], name="holdings_former_numbers")]

    def __str__(self) -> str:
        return self.former


class Why(models.TextChoices):
    """For what an official reads what is held of somebody."""

    DOSSIER = "dossier", _("A dossier of theirs that the official works on")
    COUNTER = "counter", _("Taking in a dossier at the counter")
    CONSENT = "consent", _("A purpose that they consented to")
    CHECK = "check", _("Checking a sample of a back-load")
    REGISTER = "register", _("A register was asked, so that no paper is")


class Reading(models.Model):
    """Who was shown what is held of whom, when and why: a line for its holder, and its line in the journal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_number = models.CharField(max_length=20)
    reader_key = models.CharField(max_length=60)
    reader_name = models.CharField(max_length=200)
    agency_code = models.CharField(max_length=35)
    why = models.CharField(max_length=10, choices=Why)
    reference = models.CharField(
        max_length=80, help_text="code of the dossier, of the procedure, or key of the purpose"
    )
    at = models.DateTimeField()
    holdings = models.JSONField(default=list, help_text="ids of what was shown; empty: nothing was held")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner_number", "-id"], name="holdings_readings_of"),
            models.Index(fields=["reader_key", "owner_number", "-at"], name="holdings_readings_by"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_key} {self.at:%F}"


class OutsideRegister(models.Model):
    """A register that somebody else keeps and that answers for results: from the pack."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300)
    keeper = models.CharField(max_length=300, help_text="who keeps it")
    keeper_en = models.CharField(max_length=300)
    service = models.CharField(max_length=200, help_text="identifier of its service at the data exchange: five parts")
    answers = models.JSONField(help_text="codes of the results that it answers for")
    days = models.PositiveSmallIntegerField(help_text="for how many days what it said may stand for a paper")
    law = models.CharField(max_length=300, help_text="what lets the province ask")
    verified = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class SavedPapers(models.Model):
    """How many papers of a procedure were not asked for again in a year: a counter, raised by the worker."""

    service_code = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    service_name = models.CharField(max_length=600)
    service_name_en = models.CharField(max_length=600, blank=True)
    papers = models.PositiveBigIntegerField(default=0)
    dossiers = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["service_code", "year"], name="holdings_saved_once")]

    def __str__(self) -> str:
        return f"{self.service_code} {self.year}"
