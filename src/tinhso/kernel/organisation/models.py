"""
Tables of the organisation.

Rows speak of two times: `valid_from`–`valid_to` says when something held in the world (both days inclusive, no
`valid_to` = still holds), `withdrawn_at` says when a row was found wrong and replaced by another.

Tables point at each other by code, not by row: a row may be replaced, a code never changes its meaning.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.organisation import reform_models  # noqa: F401 - Django looks for tables here

ROLES: dict[str, Any] = {
    "reception": _("Reception"),
    "processor": _("Processing officer"),
    "head": _("Head of division"),
    "leader": _("Leader who signs"),
    "clerk": _("Records clerk"),
    "cashier": _("Cashier"),
    "accountant": _("Accountant"),
    "admin": _("Administrator"),
    "auditor": _("Auditor"),
    "designer": _("Designer of flows"),
    "lawyer": _("Legal officer"),
    "postal": _("Postal agent"),
}
"""Roles that a post may carry; a province gives them its own titles, never other meanings."""


class Level(models.TextChoices):
    """Tier of government an agency belongs to."""

    PROVINCE = "province", _("Province")
    DISTRICT = "district", _("District")
    COMMUNE = "commune", _("Commune")


class Kind(models.TextChoices):
    """What sort of body an agency is."""

    COMMITTEE = "committee", _("People's Committee")
    OFFICE = "office", _("Office")
    DEPARTMENT = "department", _("Department")
    DIVISION = "division", _("Division")
    CENTRE = "centre", _("Public administration service centre")
    DESK = "desk", _("One-stop desk")
    BRANCH = "branch", _("Branch office")
    UNIT = "unit", _("Public service unit")
    POSTAL = "postal", _("Post office")
    VERTICAL = "vertical", _("Agency of a ministry in the area")


class Dated(models.Model):
    """A row with validity in the world and a way to be replaced without being erased."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    content = models.CharField(max_length=64, blank=True)
    """Hash of the pack's row this came from; empty for what was entered by hand or ended since."""

    class Meta:
        abstract = True

    def holds_on(self, on: date) -> bool:
        """Tell whether this row holds on a day."""
        return self.withdrawn_at is None and self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class EndedByHand(Dated):
    """A dated row that somebody may end before its time: a load of the pack does not give it back."""

    ended_at = models.DateTimeField(null=True, blank=True)
    """When somebody ended it by hand; the same moment as `withdrawn_at` when it was taken back before it began."""

    class Meta:
        abstract = True


class DatedQuerySet[M: Dated](models.QuerySet[M]):
    """Rows by what holds when."""

    def standing(self) -> Self:
        """Return the rows that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def on(self, day: date) -> Self:
        """Return the rows that hold on a day."""
        return self.filter(in_force(day))


class DatedManager[M: Dated](models.Manager[M]):
    """Gives every dated table the questions of `DatedQuerySet`."""

    def get_queryset(self) -> DatedQuerySet[M]:
        """Return all rows, withdrawn ones too."""
        return DatedQuerySet(self.model, using=self._db)

    def on(self, day: date) -> DatedQuerySet[M]:
        """Return the rows that hold on a day."""
        return self.get_queryset().on(day)

    def standing(self) -> DatedQuerySet[M]:
        """Return the rows that were not withdrawn."""
        return self.get_queryset().standing()


def in_force(day: date, prefix: str = "") -> Q:
    """Return the condition that a dated row (reached through `prefix`) holds on a day."""
    open_end = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": day})
    return open_end & Q(**{f"{prefix}withdrawn_at__isnull": True, f"{prefix}valid_from__lte": day})


def dated_constraints(name: str, *key: str) -> list[models.BaseConstraint]:
    """Return what must hold of every dated table: one standing row per key and first day, no end before the start."""
    return [
        models.UniqueConstraint(
            fields=[*key, "valid_from"], condition=Q(withdrawn_at__isnull=True), name=f"organisation_{name}_once"
        ),
        models.CheckConstraint(
            condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=f"organisation_{name}_dates"
        ),
    ]


class Agency(Dated):
    """An agency during one stretch of time. A change of name, parent or place is a new row under the same code."""

    code = models.CharField(max_length=35)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    short_name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=12, choices=Kind)
    level = models.CharField(max_length=8, choices=Level)
    parent_code = models.CharField(max_length=35, blank=True)
    path = models.CharField(max_length=255)
    """Codes from the root to itself, joined by `/`."""
    unit_code = models.CharField(max_length=5, blank=True)
    """Statistics code of the unit it governs or serves: province 2, district 3, commune 5 digits."""
    desk_code = models.CharField(max_length=35, blank=True)
    """The desk that receives for it; empty when its parent's desk does."""
    field = models.CharField(max_length=40, blank=True)
    """Field of work, e.g. `civil-status`: how a procedure finds the division that is competent."""
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=120, blank=True)
    decision = models.CharField(max_length=200, blank=True)
    illustrative = models.BooleanField(default=False)
    """The identifier or the dates are made up for demonstration, not taken from a decision."""
    folded = models.CharField(max_length=400)

    objects = DatedManager["Agency"]()

    class Meta:
        constraints = dated_constraints("agency", "code")
        indexes = [
            models.Index(fields=["code", "valid_from"], name="organisation_agency_code"),
            models.Index(fields=["level", "unit_code"], name="organisation_agency_unit"),
            models.Index(fields=["parent_code"], name="organisation_agency_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def parent(self) -> str:
        """Return the code of the agency above, empty at the root."""
        return self.parent_code

    @property
    def path_codes(self) -> tuple[str, ...]:
        """Return the codes from the root to itself."""
        return tuple(self.path.split("/"))

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("agency", self.code)


class AgencyCode(Dated):
    """One identifier of an agency; old schemes and closed codes keep resolving."""

    agency_code = models.CharField(max_length=35)
    identifier = models.CharField(max_length=35)
    scheme = models.CharField(max_length=8)
    """`qd20` (QĐ 20/2020/QĐ-TTg), `qcvn102` (QCVN 102:2016/BTTTT)."""

    objects = DatedManager["AgencyCode"]()

    class Meta:
        constraints = dated_constraints("agencycode", "identifier")
        indexes = [models.Index(fields=["agency_code"], name="organisation_code_agency")]

    def __str__(self) -> str:
        return f"{self.identifier} = {self.agency_code}"


class Succession(Dated):
    """`successor` took over from `predecessor` on `valid_from`: all, or a `share` that is estimated where several did."""

    predecessor = models.CharField(max_length=35)
    successor = models.CharField(max_length=35)
    kind = models.CharField(max_length=10)  # merger, split, rename, transfer
    share = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    decision = models.CharField(max_length=200)

    objects = DatedManager["Succession"]()

    class Meta:
        constraints = dated_constraints("succession", "predecessor", "successor")

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"


class Official(models.Model):
    """A person in the service of the state (cán bộ, công chức, viên chức), known by staff code."""

    id = models.UUIDField(primary_key=True, editable=False)
    staff_code = models.CharField(max_length=20, unique=True)
    full_name = models.CharField(max_length=120)
    email = models.CharField(max_length=120, blank=True)
    username = models.CharField(max_length=60, blank=True)
    """Suggested sign-in name; the account itself is kept by identity."""
    phone = models.CharField(max_length=30, blank=True)
    demo = models.BooleanField(default=False)
    """Invented for demonstration."""
    content = models.CharField(max_length=64, blank=True)
    folded = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["folded"], name="organisation_official_fold")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls them."""
        return ("official", str(self.id))


if TYPE_CHECKING:
    _RoleText = models.CharField[tuple[str, ...] | list[str], tuple[str, ...]]
else:
    _RoleText = models.CharField


class RoleList(_RoleText):
    """Roles in one text column, each between spaces (` clerk leader `), so that one role is found by `LIKE '% x %'`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *_args: Any) -> tuple[str, ...]:
        """Return the roles of a row that was read."""
        return tuple((value or "").split())

    def to_python(self, value: Any) -> tuple[str, ...]:
        """Return the roles, whatever they were given as."""
        return tuple(value.split()) if isinstance(value, str) else tuple(value or ())

    def get_prep_value(self, value: Any) -> str:
        """Return the text that is stored."""
        if isinstance(value, str):
            return value
        return f" {' '.join(sorted(value))} " if value else ""


class Post(Dated):
    """A place in an agency that somebody fills, and the roles that come with it."""

    code = models.CharField(max_length=60)
    agency_code = models.CharField(max_length=35)
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    roles = RoleList()
    seats = models.PositiveSmallIntegerField(default=1)
    """How many may hold it at once."""

    objects = DatedManager["Post"]()

    class Meta:
        constraints = dated_constraints("post", "code")
        indexes = [models.Index(fields=["agency_code"], name="organisation_post_agency")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("post", self.code)


class Tenure(EndedByHand):
    """An official holds a post from one day to another, by a decision."""

    post_code = models.CharField(max_length=60)
    official = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="tenures")
    decision = models.CharField(max_length=200, blank=True)

    objects = DatedManager["Tenure"]()

    class Meta:
        constraints = dated_constraints("tenure", "post_code", "official")
        indexes = [models.Index(fields=["post_code"], name="organisation_tenure_post")]

    def __str__(self) -> str:
        return f"{self.post_code}: {self.official_id}"


class Delegation(EndedByHand):
    """The holder of a post lets another official act in some of its roles (ủy quyền, phân công) until a day."""

    post_code = models.CharField(max_length=60)
    roles = RoleList()
    by_official = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="delegations_given")
    to_official = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="delegations")
    decision = models.CharField(max_length=200)

    objects = DatedManager["Delegation"]()

    class Meta:
        constraints = dated_constraints("delegation", "post_code", "to_official")
        indexes = [models.Index(fields=["post_code"], name="organisation_delegation_post")]

    def __str__(self) -> str:
        return f"{self.post_code}: {self.by_official_id} → {self.to_official_id}"


class ProvinceSettings(Dated):
    """`province.yaml` as it was loaded, whole."""

    code = models.CharField(max_length=10)
    data = models.JSONField(encoder=DjangoJSONEncoder)

    objects = DatedManager["ProvinceSettings"]()

    class Meta:
        constraints = dated_constraints("settings", "code")

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"


class CalendarVersion(Dated):
    """`calendar.yaml` as it was loaded, whole."""

    code = models.CharField(max_length=10)
    data = models.JSONField(encoder=DjangoJSONEncoder)

    objects = DatedManager["CalendarVersion"]()

    class Meta:
        constraints = dated_constraints("calendar", "code")

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"


class PackLoad(models.Model):
    """One load of a pack that changed something: what was loaded, when, by whom, and what it changed."""

    id = models.UUIDField(primary_key=True, editable=False)
    pack = models.CharField(max_length=60)
    digest = models.CharField(max_length=64)
    """SHA-256 over the names and contents of all files of the pack."""
    loaded_at = models.DateTimeField()
    actor_key = models.CharField(max_length=80)
    plan = models.JSONField(encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["-loaded_at"]

    def __str__(self) -> str:
        return f"{self.pack} {self.loaded_at:%Y-%m-%d %H:%M}"

    @property
    def journal_subject(self) -> tuple[str, str]:
        """Return what the journal calls it."""
        return ("pack-load", str(self.id))


class Stamp(models.Model):
    """One row whose value changes with every change of the organisation, so that others may remember what they read."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    value = models.UUIDField()

    def __str__(self) -> str:
        return str(self.value)
