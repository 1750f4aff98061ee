"""Every act on the organisation besides loading a pack: officials, appointments, delegations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Model, Q
from django.utils.text import format_lazy

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound
from tinhso.base.text import fold, nfc
from tinhso.kernel.journal.public import new_id, record
from tinhso.kernel.organisation import access, events
from tinhso.kernel.organisation.models import Agency, Delegation, Official, Post, Tenure, in_force
from tinhso.kernel.organisation.queries.agencies import get_agency
from tinhso.kernel.organisation.queries.people import get_official, get_post
from tinhso.kernel.organisation.refusals import (
    TOO_LONG,
    DatesCrossed,
    DelegatedToSelf,
    EndedAlready,
    HoldsAlready,
    NotTheHolder,
    RoleNotInPost,
    SeatsFull,
    StaffCodeTaken,
    UserNameTaken,
)
from tinhso.kernel.organisation.stamp import touch


@act
def add_official(
    staff_code: str, full_name: str, *, email: str = "", username: str = "", phone: str = "", actor: Actor, at: datetime
) -> Official:
    """Enter a new official. Raises StaffCodeTaken, UserNameTaken, BadInput."""
    require(access.can_add_officials, actor)
    _check_lengths(
        Official, staff_code=staff_code, full_name=nfc(full_name), email=email, username=username, phone=phone
    )
    other = Official.objects.filter(staff_code=staff_code).first()
    if other:
        raise StaffCodeTaken(staff_code=staff_code, name=other.full_name)
    other = Official.objects.filter(username=username).first() if username else None
    if other:
        raise UserNameTaken(username=username, name=other.full_name)
    name = nfc(full_name)
    official = Official.objects.create(
        id=new_id(), staff_code=staff_code, full_name=name, email=email, username=username, phone=phone,
        folded=fold(f"{name} {staff_code} {email}")[:300],
    )  # fmt: skip
    touch()
    record(events.OFFICIAL_ADDED.key, official, actor=actor, at=at, staff_code=staff_code)
    return official


@act
def change_official(
    official_id: UUID, *, full_name: str, email: str = "", phone: str = "", actor: Actor, at: datetime
) -> Official:
    """Correct an official's particulars; the journal names the fields, not what was in them."""
    require(access.can_add_officials, actor)
    official = get_official(official_id)
    given = {"full_name": nfc(full_name), "email": email, "phone": phone}
    _check_lengths(Official, **given)
    fields = sorted(name for name, value in given.items() if getattr(official, name) != value)
    for name in fields:
        setattr(official, name, given[name])
    official.folded = fold(f"{official.full_name} {official.staff_code} {official.email}")[:300]
    official.save(update_fields=[*fields, "folded"])
    touch()
    record(events.OFFICIAL_CHANGED.key, official, actor=actor, at=at, fields=fields, by="hand")
    return official


@act
def appoint(
    post_code: str,
    official_id: UUID,
    *,
    valid_from: date,
    valid_to: date | None = None,
    decision: str,
    actor: Actor,
    at: datetime,
) -> Tenure:
    """Give an official a post, both days included. Raises SeatsFull, HoldsAlready, DatesCrossed, NotFound."""
    post = get_post(post_code, valid_from)
    require(access.can_manage_people, actor, get_agency(post.agency_code, valid_from))
    official = get_official(official_id)
    _check_dates(valid_from, valid_to)
    _check_lengths(Tenure, decision=decision)
    # PostgreSQL: two administrators filling the last seat take turns; SQLite writes one act at a time
    list(Post.objects.select_for_update().filter(code=post_code).values_list("pk", flat=True))
    others = Tenure.objects.standing().filter(post_code=post_code).exclude(valid_to__lt=valid_from)
    if valid_to:
        others = others.filter(valid_from__lte=valid_to)
    held = list(others.select_related("official"))
    if any(tenure.official_id == official.id for tenure in held):
        raise HoldsAlready(name=official.full_name, post=post.title)
    if most_at_once(held) >= post.seats:
        raise SeatsFull(post=post.title, holders=", ".join(sorted({tenure.official.full_name for tenure in held})))
    tenure = Tenure.objects.create(
        post_code=post_code, official=official, valid_from=valid_from, valid_to=valid_to, decision=decision
    )
    touch()
    record(
        events.APPOINTED.key, official, actor=actor, at=at, agency=post.agency_code, post=post_code,
        valid_from=valid_from, valid_to=valid_to, decision=decision,
    )  # fmt: skip
    return tenure


def most_at_once(tenures: Iterable[Tenure]) -> int:
    """Return how many of these tenures hold on the fullest day."""
    rows = list(tenures)
    return max((sum(other.holds_on(row.valid_from) for other in rows) for row in rows), default=0)


@act
def end_tenure(tenure_id: int, *, last_day: date, decision: str, actor: Actor, at: datetime) -> Tenure:
    """Let a tenure end with a day; delegations by it end with it. Raises EndedAlready, DatesCrossed, NotFound."""
    tenure = _standing(Tenure.objects.standing().select_related("official").filter(pk=tenure_id).first())
    require(access.can_manage_people, actor, _agency_of(tenure))
    if tenure.valid_to and tenure.valid_to <= last_day:
        raise EndedAlready(end=tenure.valid_to)
    _check_dates(tenure.valid_from, last_day)
    was, tenure.valid_to = tenure.valid_to, last_day
    tenure.ended_at = at
    tenure.save(update_fields=["valid_to", "ended_at"])
    touch()
    record(
        events.TENURE_ENDED.key, tenure.official, actor=actor, at=at, post=tenure.post_code, was=was,
        valid_to=last_day, decision=decision,
    )  # fmt: skip
    return tenure


@act
def delegate(
    post_code: str,
    *,
    by: UUID,
    to: UUID,
    roles: Iterable[str],
    valid_from: date,
    valid_to: date | None,
    decision: str,
    actor: Actor,
    at: datetime,
) -> Delegation:
    """
    Let another official act in roles of a post, in the name of its holder, both days included.

    Raises NotTheHolder, RoleNotInPost, DelegatedToSelf, DatesCrossed, NotFound. What was delegated is not delegated on.
    """
    post = get_post(post_code, valid_from)
    require(access.can_delegate, actor, post, get_agency(post.agency_code, valid_from), by)
    _check_dates(valid_from, valid_to)
    _check_lengths(Delegation, decision=decision)
    giver, taker, wanted = get_official(by), get_official(to), tuple(sorted(set(roles)))
    if giver.pk == taker.pk:
        raise DelegatedToSelf(name=giver.full_name, post=post.title)
    if not Tenure.objects.filter(in_force(valid_from), post_code=post_code, official=giver).exists():
        raise NotTheHolder(name=giver.full_name, post=post.title, day=valid_from)
    for role in wanted or ("",):
        if role not in post.roles:
            raise RoleNotInPost(post=post.title, role=role, known=", ".join(post.roles))
    made = Delegation.objects.create(
        post_code=post_code, by_official=giver, to_official=taker, roles=wanted, valid_from=valid_from,
        valid_to=valid_to, decision=decision,
    )  # fmt: skip
    touch()
    record(
        events.DELEGATED.key, taker, actor=actor, at=at, agency=post.agency_code, post=post_code, by=giver.id,
        roles=wanted, valid_from=valid_from, valid_to=valid_to, decision=decision,
    )  # fmt: skip
    return made


@act
def revoke_delegation(delegation_id: int, *, decision: str, actor: Actor, at: datetime) -> Delegation:
    """Take a delegation back, at once: yesterday was its last day. Raises EndedAlready, NotFound."""
    rows = Delegation.objects.standing().select_related("to_official")
    made = _standing(rows.filter(pk=delegation_id).first())
    yesterday = civil_date(at) - timedelta(days=1)
    post = _post_of(made.post_code)
    require(access.can_delegate, actor, post, get_agency(post.agency_code, civil_date(at)), made.by_official_id)
    if made.valid_to and made.valid_to <= yesterday:
        raise EndedAlready(end=made.valid_to)
    if made.valid_from > yesterday:  # it began today or has not begun: it never was
        made.withdrawn_at = at
    else:
        made.valid_to = yesterday
    made.ended_at = at
    made.save(update_fields=["valid_to", "withdrawn_at", "ended_at"])
    touch()
    record(
        events.DELEGATION_REVOKED.key, made.to_official, actor=actor, at=at, agency=post.agency_code,
        post=made.post_code, decision=decision,
    )  # fmt: skip
    return made


def _check_lengths(model: type[Model], **given: str) -> None:
    """Raise BadInput for what does not fit its column: PostgreSQL would refuse it, SQLite would keep it."""
    longest = {name: getattr(model._meta.get_field(name), "max_length", 0) for name in given}  # noqa: SLF001 - Django's public way to fields
    faults = [
        Fault(f"/{name}", format_lazy(TOO_LONG, most=longest[name]), "too_long")
        for name, value in given.items()
        if len(value) > longest[name]
    ]
    if faults:
        raise BadInput(faults=faults)


def _check_dates(start: date, end: date | None) -> None:
    if end and end < start:
        raise DatesCrossed(start=start, end=end)


def _standing[M](row: M | None) -> M:
    if row is None:
        raise NotFound
    return row


def _post_of(code: str) -> Post:
    return _standing(Post.objects.standing().filter(code=code).order_by("-valid_from").first())


def _agency_of(tenure: Tenure) -> Agency:
    post = _post_of(tenure.post_code)
    return get_agency(post.agency_code, max(post.valid_from, tenure.valid_from))


@act
def release_official(official_id: UUID, *, post_code: str = "", decision: str, actor: Actor, at: datetime) -> int:
    """
    Let all that an official holds, or one post, end at once: yesterday was the last day, what began today never was.

    Delegations by them fall with their posts. Returns how many tenures and delegations ended.
    """
    official = get_official(official_id)
    yesterday = civil_date(at) - timedelta(days=1)
    ended = 0
    for model, whose in ((Tenure, "official"), (Delegation, "to_official")):
        standing = model.objects.standing().filter(**{whose: official})
        if post_code:
            standing = standing.filter(post_code=post_code)
        for row in standing.filter(Q(valid_to=None) | Q(valid_to__gt=yesterday)):
            post = _post_of(row.post_code)
            require(access.can_manage_people, actor, get_agency(post.agency_code, max(post.valid_from, row.valid_from)))
            _end_at_once(row, yesterday, at)
            ended += 1
    require(access.can_add_officials, actor)
    touch()
    record(events.RELEASED.key, official, actor=actor, at=at, ended=ended, decision=decision)
    return ended


def _end_at_once(row: Tenure | Delegation, yesterday: date, at: datetime) -> None:
    if row.valid_from > yesterday:
        row.withdrawn_at = at
    else:
        row.valid_to = yesterday
    row.ended_at = at
    row.save(update_fields=["valid_to", "withdrawn_at", "ended_at"])
