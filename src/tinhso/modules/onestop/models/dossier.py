"""The dossier (hồ sơ): business state, money state and delivery state are separate fields, each with one master."""

from __future__ import annotations

from typing import ClassVar

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from tinhso.base.refusals import NotFound
from tinhso.base.rows import fetch, key_value
from tinhso.kernel.forms.public import AnswersField, ChangesField
from tinhso.kernel.journal.public import new_id


class Way(models.TextChoices):
    """How it came in; the numbers of KenhThucHien are in `law.states` (1 direct, 2 online, 3 post)."""

    DIRECT = "direct", _("At the counter")
    ONLINE = "online", _("Online")
    POST = "post", _("By post")


class MoneyState(models.TextChoices):
    """Where the fee stands."""

    NONE = "none", _("No fee")
    DUE = "due", _("To be paid")
    PAID = "paid", _("Paid")
    BACK = "back", _("To be given back")
    REFUNDED = "refunded", _("Refunded")


class DeliveryState(models.TextChoices):
    """Where the result stands."""

    NONE = "none", _("Not yet")
    READY = "ready", _("Ready to collect")
    HANDED = "handed", _("Handed over")


class DossierQuerySet(models.QuerySet["Dossier"]):
    """Reads and the row lock that every act begins with."""

    def locked(self, code: str, *along: str) -> Dossier:
        """
        Return the dossier, locked until the act commits; `along` (`result`) is read with it. Raises NotFound.

        One statement on SQLite. PostgreSQL gives who waited for the lock the locked row as it is now, but what is joined to
        it as it was before the wait: there the result is a second statement, after the lock.
        """
        is_waited_for, is_wanted = connection.features.has_select_for_update, "result" in along
        result = self.model._meta.get_field("result")  # noqa: SLF001 - Django's public way
        if is_wanted and not is_waited_for:
            joined = "onestop_dossier LEFT JOIN onestop_result ON onestop_result.dossier_id = onestop_dossier.id"
            found = fetch(f"{joined} WHERE onestop_dossier.code = %s", [code], self.model, result.related_model)
        else:
            lock = " FOR UPDATE" if is_waited_for else ""
            found = fetch(f"onestop_dossier WHERE code = %s{lock}", [code], self.model)
        if not found:
            raise NotFound
        dossier: Dossier = found[0][0]
        if not is_wanted:
            return dossier
        if is_waited_for:
            key = key_value(self.model, dossier.pk)
            its = next(iter(fetch("onestop_result WHERE dossier_id = %s", [key], result.related_model)), (None,))[0]
        else:
            its = found[0][1]
        # known to be none, where there is none: no second look
        result.set_cached_value(dossier, its)
        if its is not None:
            its.dossier = dossier
        return dossier


class Dossier(models.Model):
    """One request of one person for one service, from filing to the result."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=60, unique=True)
    service_code = models.CharField(max_length=40)
    service_name = models.CharField(max_length=600)
    service_name_en = models.CharField(max_length=600, blank=True)
    service_version = models.CharField(max_length=80, blank=True)
    case_code = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=200, blank=True)

    agency_code = models.CharField(max_length=35, help_text="competent agency")
    agency_name = models.CharField(max_length=300)
    agency_name_en = models.CharField(max_length=300, blank=True)
    desk_code = models.CharField(max_length=35, help_text="receiving agency")
    office_code = models.CharField(max_length=35, db_default="", default="", help_text="division that processes it")
    shared_with = models.CharField(
        max_length=400, db_default="", default="", help_text="codes of further agencies of its flow, by spaces"
    )
    way = models.CharField(max_length=8, choices=Way.choices)
    result_way = models.CharField(max_length=8, choices=Way.choices, default=Way.DIRECT)
    result_address = models.CharField(max_length=400, blank=True)

    state = models.PositiveSmallIntegerField(help_text="national state 1-10 (TrangThaiHoSo), law.states")
    money = models.CharField(max_length=10, choices=MoneyState.choices, default=MoneyState.NONE)
    delivery = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.NONE)

    owner_key = models.CharField(max_length=80, help_text="person:<id> or business:<id>: whose dossier it is")
    submitter_key = models.CharField(max_length=80, help_text="who handed it in; the same person, mostly")
    applicant_name = models.CharField(max_length=200)
    applicant_folded = models.CharField(max_length=200, help_text="base.text.fold of the name, for search")
    applicant_number = models.CharField(max_length=20, blank=True, help_text="citizen number or tax code")
    applicant_phone = models.CharField(max_length=20, blank=True)
    applicant_email = models.CharField(max_length=200, blank=True)
    applicant_address = models.CharField(max_length=400, blank=True)

    form_code = models.CharField(max_length=60, blank=True)
    form_version = models.PositiveIntegerField(default=0)
    answers = AnswersField(default=dict)
    is_declared_whole = models.BooleanField(
        default=False, db_default=False, help_text="the form found nothing missing or wrong in the answers as they are"
    )
    components = models.JSONField(default=list, help_text="what was handed in: code, name, originals, copies, digital")

    submitted_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True, blank=True)
    clock_from = models.DateTimeField(null=True, blank=True, help_text="the legal clock's start; anew after supplement")
    limit_amount = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    limit_unit = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    postponed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    closing_reason = models.CharField(max_length=2000, blank=True, help_text="why refused, stopped or withdrawn")

    case_id = models.UUIDField(null=True, blank=True)
    receipt_entry = models.UUIDField(null=True, blank=True, help_text="journal entry of the filing")
    form_number = models.PositiveIntegerField(default=0, help_text="number of form 01 or 03 in the desk's year")
    stop_number = models.PositiveIntegerField(
        default=0, help_text="number of the notice of stopping in the agency's year"
    )
    fee_vnd = models.PositiveBigIntegerField(default=0)
    fee_steps = models.JSONField(default=list)
    demand = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="which demand for the fee stands: one more each time a paid fee rises"
    )
    settled_vnd = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="of the fee, what was paid on earlier demands; đồng"
    )
    later_vnd = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="of the fee, what was demanded after the dossier was looked at; đồng"
    )
    result_waits = models.BooleanField(
        default=True, db_default=True, help_text="whether the result waits while something is owed"
    )
    filed_from = models.UUIDField(null=True, blank=True, unique=True, help_text="the draft: filing twice is once")
    revision = models.PositiveIntegerField(default=0)
    apologised_at = models.DateTimeField(null=True, blank=True, help_text="when the apology for lateness went out")
    book_year = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="year of the follow-up book in which form_number is its line; 0: in none yet"
    )
    book_desk = models.CharField(
        max_length=35,
        db_default="",
        default="",
        help_text="desk that kept that book, when the dossier went on at another",
    )
    agent_code = models.CharField(
        max_length=35, db_default="", default="", help_text="postal agent that took it for the desk"
    )
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="when its time was over and what is personal went"
    )

    objects = DossierQuerySet.as_manager()

    class Meta:
        """Indexes are the questions people ask all day."""

        indexes: ClassVar = [
            models.Index(fields=["owner_key", "-submitted_at"], name="onestop_dossier_mine"),
            models.Index(fields=["agency_code", "state", "due_at"], name="onestop_dossier_agency"),
            models.Index(fields=["desk_code", "state", "submitted_at"], name="onestop_dossier_desk"),
            models.Index(fields=["desk_code", "delivery", "finished_at"], name="onestop_dossier_delivery"),
            models.Index(fields=["office_code", "state"], name="onestop_dossier_office"),
            models.Index(fields=["applicant_folded"], name="onestop_dossier_name"),
            models.Index(fields=["applicant_number"], name="onestop_dossier_number"),
            models.Index(fields=["applicant_phone"], name="onestop_dossier_phone"),
            models.Index(fields=["case_id"], name="onestop_dossier_case"),
            models.Index(fields=["received_at", "way"], name="onestop_dossier_received"),
            models.Index(fields=["submitted_at"], name="onestop_dossier_submitted"),
            models.Index(fields=["finished_at", "state"], name="onestop_dossier_finished"),
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(
                    apologised_at__isnull=True, finished_at__isnull=True, paused_at__isnull=True, due_at__isnull=False
                ),
                name="onestop_dossier_lapsing",
            ),
            models.Index(
                fields=["due_at", "id"],
                condition=models.Q(
                    apologised_at__lt=models.F("due_at"), finished_at__isnull=True, paused_at__isnull=True
                ),
                name="onestop_dossier_lapsing_again",
            ),
            models.Index(
                fields=["desk_code", "book_year", "form_number"],
                condition=models.Q(book_year__gt=0),
                name="onestop_dossier_book",
            ),
            models.Index(
                fields=["book_desk", "book_year", "form_number"],
                condition=~models.Q(book_desk=""),
                name="onestop_dossier_book_before",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(book_year=0, received_at__isnull=False),
                name="onestop_dossier_bookless",
            ),
            models.Index(fields=["agent_code", "id"], condition=~models.Q(agent_code=""), name="onestop_dossier_agent"),
            models.Index(
                fields=["desk_code"], condition=models.Q(money__in=["due", "back"]), name="onestop_dossier_owed_desk"
            ),
            models.Index(
                fields=["agency_code"], condition=models.Q(money__in=["due", "back"]), name="onestop_dossier_owed"
            ),
            models.Index(fields=["submitted_at", "code"], condition=models.Q(state=1), name="onestop_waits_filed"),
            models.Index(fields=["received_at", "code"], condition=models.Q(state=2), name="onestop_waits_accepted"),
            models.Index(fields=["due_at", "code"], condition=models.Q(state__in=[2, 4]), name="onestop_waits_due"),
            models.Index(fields=["paused_at", "code"], condition=models.Q(state=5), name="onestop_waits_paused"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__gte=1, state__lte=10), name="onestop_dossier_state"),
            models.CheckConstraint(
                condition=models.Q(received_at__isnull=True) | models.Q(due_at__isnull=False),
                name="onestop_dossier_received_has_due",
            ),
        ]

    def __str__(self) -> str:
        """Return the code."""
        return self.code

    @property
    def owed_vnd(self) -> int:
        """Return the fee less what was paid of it before it rose, in đồng: what is asked for while it is due."""
        return max(self.fee_vnd - self.settled_vnd, 0)

    @property
    def holds_result(self) -> bool:
        """Tell whether something is owed for which the result waits."""
        return self.money == MoneyState.DUE and self.result_waits

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("dossier", self.code)


class FileOrigin(models.TextChoices):
    """Who put a file into a dossier."""

    APPLICANT = "applicant", _("Applicant")
    DESK = "desk", _("Scanned at the counter")
    OFFICE = "office", _("Added by the office")
    RESULT = "result", _("Result")
    HELD = "held", _("From the data store")


class DossierFile(models.Model):
    """A file of a dossier, with the hash that the applicant was shown."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="files")
    component_code = models.CharField(max_length=40, blank=True)
    component_name = models.CharField(max_length=1000, blank=True)
    component_name_en = models.CharField(max_length=1000, blank=True)
    document_id = models.UUIDField()
    name = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    origin = models.CharField(max_length=10, choices=FileOrigin.choices)
    held_id = models.UUIDField(null=True, blank=True, help_text="what it is in the data store, when it came from there")
    replaced_at = models.DateTimeField(null=True, blank=True, help_text="a supplement brought a newer one")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the file's name."""
        return self.name


SUPPLEMENT = "supplement"
"""Reason of a pause that waits for a supplement."""
PAYMENT = "payment"
"""Reason of a pause that waits for a fee demanded after the dossier was looked at."""


class Pause(models.Model):
    """A time in which the clock stood still: why, and on what legal base. A pause without a base is a finding."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=30)
    base = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """At most one open pause a dossier."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier"], condition=models.Q(ended_at__isnull=True), name="onestop_pause_one_open"
            )
        ]

    def __str__(self) -> str:
        """Return reason and start."""
        return f"{self.reason} {self.started_at}"


class SupplementReason(models.TextChoices):
    """Coded reasons for an item of form 02; the officer adds the words."""

    MISSING = "missing", _("Missing")
    UNREADABLE = "unreadable", _("Cannot be read")
    WRONG = "wrong", _("Does not match")
    EXPIRED = "expired", _("No longer valid")
    UNSIGNED = "unsigned", _("Not signed or not certified")


class SupplementRequest(models.Model):
    """
    One complete list of what is missing, with a reason and a place for each item (NĐ 61/2018/NĐ-CP Đ.15 k.3, Đ.17).

    `items`: [{"pointer": "/child/full_name" | "", "component": code | "", "reason": code, "text": words}].
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="supplements")
    number = models.PositiveIntegerField(help_text="number of form 02 in the desk's year")
    items = models.JSONField()
    asked_by = models.CharField(max_length=200)
    asked_phone = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    answer_by = models.DateField(null=True, blank=True)
    at_reception = models.BooleanField(default=False, help_text="asked before reception: no clock was running")
    answered_at = models.DateTimeField(null=True, blank=True)
    changed = ChangesField(of="dossier", null=True, blank=True, help_text="[{pointer, was, now}]")
    reply = models.TextField(
        blank=True, default="", db_default="", help_text="what the applicant wrote with the answer"
    )
    part = models.CharField(
        max_length=60, db_default="", default="", help_text="participant that asks; empty: who settles the dossier"
    )
    due_before = models.DateTimeField(null=True, blank=True)
    due_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        """At most one open request a dossier."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier"], condition=models.Q(answered_at__isnull=True), name="onestop_supplement_one_open"
            )
        ]

    def __str__(self) -> str:
        """Return dossier and number."""
        return f"{self.dossier_id} #{self.number}"

    def components_asked(self) -> set[str]:
        """Return the codes of the components asked for."""
        return {item["component"] for item in self.items if item.get("component")}

    def pointers_asked(self) -> set[str]:
        """Return the JSON pointers of the answers to mend."""
        return {item["pointer"] for item in self.items if item.get("pointer")}


class DueChangeKind(models.TextChoices):
    """What moved a due date."""

    SUPPLEMENT = "supplement", "supplement"
    POSTPONED = "postponed", "postponed"
    PAYMENT = "payment", "payment"


class DueChange(models.Model):
    """Every change of a due date: the old one, the new one, who, why, on what base."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="due_changes")
    kind = models.CharField(max_length=12, choices=DueChangeKind)
    number = models.PositiveIntegerField(default=0, help_text="number of form 04 in the agency's year")
    at = models.DateTimeField()
    was = models.DateTimeField(null=True, blank=True)
    became = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=200)
    reason = models.CharField(max_length=1000)
    law = models.CharField(max_length=200)
    cause = models.CharField(max_length=12, blank=True, default="", db_default="", help_text="class, CauseClass")

    def __str__(self) -> str:
        """Return the new date."""
        return str(self.became)
