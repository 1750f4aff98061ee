"""Tables of people, businesses, accounts, tokens, notices and outgoing messages. Written by `actions` only."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from tinhso.base.text import fold, nfc
from tinhso.kernel.journal.public import new_id
from tinhso.kernel.organisation.public import Official


class Sex(models.TextChoices):
    """Sex as the identity card states it."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = ""


class Person(models.Model):
    """A human being, known by the personal identification number (số định danh cá nhân, Luật Căn cước 26/2023/QH15)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    citizen_number = models.CharField(max_length=12)
    full_name = models.CharField(max_length=200)
    name_folded = models.CharField(max_length=200, editable=False)
    birth_on = models.DateField(null=True)
    sex = models.CharField(max_length=6, choices=Sex, default=Sex.UNKNOWN, blank=True)
    address = models.CharField(max_length=300, default="", blank=True)
    unit_code = models.CharField(max_length=5, default="", blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    email = models.EmailField(default="", blank=True)
    verified_by = models.CharField(max_length=20, default="", blank=True)
    """Source that vouches for name and birth date (`vneid:2`); empty when an official typed them."""
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["citizen_number"], name="identity_one_person_per_citizen_number"),
        ]
        indexes = [models.Index(fields=["name_folded"], name="identity_person_name")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls this person: the opaque id, never the personal number."""
        return "person", str(self.pk)

    def rename(self, full_name: str) -> None:
        """Set the name in its stored form and in its searched form. Does not save."""
        self.full_name = nfc(full_name)
        self.name_folded = fold(full_name)


class Business(models.Model):
    """An enterprise, cooperative or household business, known by its tax code (mã số thuế)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tax_code = models.CharField(max_length=14)
    name = models.CharField(max_length=300)
    name_folded = models.CharField(max_length=300, editable=False)
    address = models.CharField(max_length=300, default="", blank=True)
    unit_code = models.CharField(max_length=5, default="", blank=True)
    phone = models.CharField(max_length=20, default="", blank=True)
    email = models.EmailField(default="", blank=True)
    representative = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="represents")
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tax_code"], name="identity_one_business_per_tax_code")]
        indexes = [models.Index(fields=["name_folded"], name="identity_business_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls this business."""
        return "business", str(self.pk)

    def rename(self, name: str) -> None:
        """Set the name in its stored form and in its searched form. Does not save."""
        self.name = nfc(name)
        self.name_folded = fold(name)


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by username, in any case."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """Return the account of a username. Raises Account.DoesNotExist."""
        return self.get(username__iexact=username or "")


class Account(AbstractBaseUser):
    """A way in, for exactly one official, person or business. It holds no roles: those come from posts, by date."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=64)
    email = models.EmailField(default="", blank=True)
    """Empty since 0003: an address has one home, the owner (`reached_at`). The column stays for Django's base class."""
    official = models.OneToOneField(Official, on_delete=models.PROTECT, null=True, related_name="account")
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, related_name="account")
    business = models.ForeignKey(Business, on_delete=models.PROTECT, null=True, related_name="accounts")
    language = models.CharField(max_length=2, default="vi")
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    code_step = models.BigIntegerField(null=True)
    """Step of the clock (30 s) whose one-time code was taken last: no code of it or of an earlier one is taken again."""
    password_until = models.DateTimeField(null=True)
    """When a password that somebody else gave stops opening the door; none once the owner has chosen their own."""
    added_at = models.DateTimeField()

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["username"], name="identity_one_account_per_username"),
            models.CheckConstraint(
                condition=Q(official__isnull=False, person__isnull=True, business__isnull=True)
                | Q(official__isnull=True, person__isnull=False, business__isnull=True)
                | Q(official__isnull=True, person__isnull=True, business__isnull=False),
                name="identity_account_is_of_exactly_one",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls this account."""
        return "account", str(self.pk)

    @property
    def subject_key(self) -> str:
        """Return the actor key of whom this account belongs to: `official:…`, `person:…` or `business:…`."""
        if self.official_id:
            return f"official:{self.official_id}"
        if self.person_id:
            return f"person:{self.person_id}"
        return f"business:{self.business_id}"

    @property
    def reached_at(self) -> str:
        """Return the mail address of whom this account belongs to, empty for none."""
        owner = self.official or self.person or self.business
        return owner.email if owner else ""


class FailedSignIn(models.Model):
    """One failed try, kept to slow down guessing. The name tried is kept as a digest: people type passwords there."""

    name_digest = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["name_digest", "at"], name="identity_failed_by_name"),
            models.Index(fields=["address", "at"], name="identity_failed_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%F %T}"


class ApiToken(models.Model):
    """A bearer token of an account: only its SHA-256 is kept, and it can do no more than its scopes say."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    scopes = models.JSONField(default=list)
    level = models.PositiveSmallIntegerField(default=2, db_default=2)
    """Assurance of the session that issued it, 2 at most: what it speaks with (see `Actor.level`)."""
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-issued_at"], name="identity_tokens_of_account")]

    def __str__(self) -> str:
        return self.name

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls this token."""
        return "api-token", str(self.pk)


class Notice(models.Model):
    """Something to read, inside the site. Text is a msgid with facts, so that it renders in the reader's language."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event_id = models.UUIDField()
    recipient = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    facts = models.JSONField(default=dict)
    link = models.CharField(max_length=300, default="", blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id", "recipient"], name="identity_one_notice_per_event"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="identity_notices_of"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="identity_notices_unread"),
        ]

    def __str__(self) -> str:
        return self.text


class MessageState(models.TextChoices):
    """Where an outgoing message stands."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class Message(models.Model):
    """One message on its way out of the house (e-mail), sent by the worker, once per event, recipient and channel."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event_id = models.UUIDField()
    recipient = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, default="email")
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=MessageState, default=MessageState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    last_fault = models.CharField(max_length=300, default="", blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event_id", "recipient", "channel"], name="identity_one_message_per_event_and_channel"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state="waiting"), name="identity_messages_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.recipient}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls this message."""
        return "message", str(self.pk)


class KeptAnswer(models.Model):
    """The answer to a write that came with an `Idempotency-Key`: the same request again gets it, and nothing is done."""

    owner = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="identity_one_answer_per_key"),
        ]
        indexes = [models.Index(fields=["at"], name="identity_answers_by_age")]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"


class Emergency(models.Model):
    """A role that an administrator took outside their post, for hours and for a reason; everybody near was told."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    official = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="+")
    agency_code = models.CharField(max_length=35)
    role = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    began_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """When it was given back before its time."""

    class Meta:
        indexes = [models.Index(fields=["official", "-id"], name="identity_emergencies_of")]

    def __str__(self) -> str:
        return f"{self.official_id} {self.role} {self.agency_code}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return "emergency", str(self.pk)

    @property
    def over_at(self) -> datetime:
        """Return when it ended or will."""
        return self.ended_at or self.until
