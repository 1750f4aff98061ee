"""
Tables of the journal. Entries and the log are append-only: the models refuse to change them and so do database triggers.

Nobody outside this package reads these but through `public.py`.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.journal.ids import new_id


class AppendOnly(RuntimeError):  # noqa: N818 - named for the rule that was broken
    """Somebody tried to change or delete what is kept for ever: a bug, never an answer."""


def _refuse(*_args: Any, **_kwargs: Any) -> NoReturn:
    """Refuse: rows are written by `record()` and `seal()` and never changed."""
    raise AppendOnly("the journal only grows: record what corrects it")


class FrozenQuerySet[M: models.Model](models.QuerySet[M]):
    """A queryset that reads and nothing else."""

    create = _refuse
    update = _refuse
    delete = _refuse
    bulk_create = _refuse
    bulk_update = _refuse
    _raw_delete = _refuse


class Frozen(models.Model):
    """A row that is written once, by raw INSERT, and then only read."""

    objects: ClassVar[models.Manager[Self]] = models.Manager.from_queryset(FrozenQuerySet)()

    class Meta:
        abstract = True

    save = _refuse
    delete = _refuse


class Entry(Frozen):
    """One fact: what happened, to what, when, by whom, in which act. `at` is the moment of the act, in UTC."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.CharField(max_length=100)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_key = models.CharField(max_length=100)
    actor_name = models.CharField(max_length=200)
    assurance = models.CharField(max_length=40)
    agency = models.CharField(max_length=40, blank=True)
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=200)
    facts = models.JSONField()
    act = models.CharField(max_length=200)
    salt = models.BinaryField(max_length=16)
    """Random bytes hashed with the closed part; never shown."""
    content_hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("journal entry")
        indexes = (
            models.Index(fields=("subject_type", "subject_key", "id"), name="journal_entry_subject"),
            models.Index(fields=("actor_key", "at"), name="journal_entry_actor_at"),
            models.Index(fields=("event", "at"), name="journal_entry_event_at"),
            models.Index(fields=("at",), name="journal_entry_at"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.subject_type}:{self.subject_key}"


class Leaf(Frozen):
    """The place of an entry in the Merkle log, counted from 0 without a gap."""

    number = models.BigIntegerField(primary_key=True)
    # no constraint in the database: a year of entries may be taken out, its leaves stay; `verify_all` checks it
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, db_constraint=False, related_name="leaf")
    hash = models.BinaryField(max_length=32)
    """`SHA-256(0x00 || content hash)` (RFC 6962 §2.1)."""


class Node(Frozen):
    """The hash of a complete subtree of two leaves or more, numbered in the order in which the log completes them."""

    number = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField(max_length=32)
    """`SHA-256(0x01 || left || right)` (RFC 6962 §2.1)."""


class Root(Frozen):
    """The log at one size. Each root carries the chain hash of the one before, so none can be left out or put in."""

    size = models.BigIntegerField(primary_key=True)
    """How many leaves the root covers."""
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    previous = models.BinaryField(max_length=32)
    """Chain hash of the root before; 32 zero bytes for the first."""
    chain = models.BinaryField(max_length=32)
    """`SHA-256` over previous chain hash, size, root hash and moment (see `merkle.chain_hash`)."""

    class Meta:
        verbose_name = _("published root")


class Purpose(models.IntegerChoices):
    """What an entry still waits for."""

    SEAL = 1, _("to be sealed")
    DISPATCH = 2, _("to be dispatched")


class Queued(models.Model):
    """The outbox: written in the act's transaction, one row for each thing an entry waits for, deleted when it is done."""

    id = models.BigAutoField(primary_key=True)
    purpose = models.SmallIntegerField(choices=Purpose)
    # no constraint in the database: it would cost each act one look-up per line, and `verify_all` checks it
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    token = models.UUIDField(null=True)
    """Who has claimed it; None when nobody has."""
    claimed_until = models.DateTimeField(null=True)
    """From then on anybody may claim it again: whoever had it is taken for dead."""

    class Meta:
        indexes = (models.Index(fields=("purpose", "id"), name="journal_queued_purpose"),)


class Delivery(models.Model):
    """An entry that one subscriber has not taken yet: it failed, or waits behind one about the same subject that did."""

    id = models.BigAutoField(primary_key=True)
    # no constraint in the database, as above: a year is not taken out while a delivery of it is owed
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    subscriber = models.CharField(max_length=100)
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=200)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    next_at = models.DateTimeField()
    dead_at = models.DateTimeField(null=True)
    """When we gave up: a dead letter, until somebody replays it."""
    token = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("delivery")
        constraints = (models.UniqueConstraint(fields=("entry", "subscriber"), name="journal_delivery_once"),)
        indexes = (
            models.Index(fields=("next_at",), condition=models.Q(dead_at=None), name="journal_delivery_due"),
            models.Index(fields=("subscriber", "subject_type", "subject_key", "id"), name="journal_delivery_order"),
        )


class Follower(models.Model):
    """Somebody outside who is told the log from one leaf to the next, and how far they were told."""

    name = models.CharField(max_length=60, primary_key=True)
    position = models.BigIntegerField(default=0)
    """Number of the leaf that comes next."""
    token = models.UUIDField(null=True)
    """Which worker tells them at the moment; None for nobody."""
    claimed_until = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)
    """When they were last told something."""
    problem = models.CharField(max_length=300, blank=True)
    """Why they were not, the last time."""

    def __str__(self) -> str:
        return f"{self.name}: {self.position}"


class Handled(models.Model):
    """A subscriber has carried out an entry: the row that makes `once()` true only once."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    subscriber = models.CharField(max_length=100)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "subscriber"), name="journal_handled_once"),)
