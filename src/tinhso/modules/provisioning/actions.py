"""What the staff system does: enter, change, release, give and take posts. Kernels write; here it is one act each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.casework.public import release_all
from tinhso.kernel.identity.public import Account, add_account, close_account, reopen_account
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Post, add_official, appoint, change_official, release_official
from tinhso.modules.provisioning import access
from tinhso.modules.provisioning.models import Staff
from tinhso.modules.provisioning.queries.people import holders

DECISION: Final = "SCIM"
LONGEST_CODE: Final = 20


class OwnUser(Refusal):
    """Nobody shuts themselves out, not by a program either."""

    code = "provisioning.own_user"
    text = _("This token belongs to the official who would be released. Use the token of another administrator.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An official as the staff system wants them to be."""

    username: str
    full_name: str
    email: str = ""
    phone: str = ""
    is_active: bool = True
    external_id: str = ""
    """What the staff system calls them; also the staff code of who is entered, where it fits."""


@act
def add_user(wanted: Wanted, *, actor: Actor, at: datetime) -> Account:
    """Enter an official with an account; the staff code is what the staff system calls them. Raises what kernels refuse."""
    require(access.can_provision, actor)
    code = wanted.external_id
    if not 0 < len(code) <= LONGEST_CODE:
        code = re.sub(r"[^A-Z0-9.-]", "", wanted.username.upper())[:LONGEST_CODE]
    official = add_official(
        code, wanted.full_name, email=wanted.email, username=wanted.username, phone=wanted.phone, actor=actor, at=at
    )
    account = add_account(wanted.username, official_id=official.pk, actor=actor, at=at)
    Staff.objects.create(official_id=official.pk, external_id=wanted.external_id)
    record("provisioning.user_added", account, actor=actor, at=at, of=account.subject_key)
    if not wanted.is_active:
        _release(account, actor, at)
    return account


@act
def change_user(account: Account, wanted: Wanted, *, actor: Actor, at: datetime) -> Account:
    """Let an official be as wanted: particulars, and whether they may work. Raises OwnUser and what the kernels refuse."""
    require(access.can_provision, actor)
    official = account.official
    assert official is not None
    given = {"full_name": wanted.full_name, "email": wanted.email, "phone": wanted.phone}
    changed = sorted(name for name, value in given.items() if getattr(official, name) != value)
    if changed:
        account.official = change_official(official.pk, **given, actor=actor, at=at)
    Staff.objects.update_or_create(official_id=official.pk, defaults={"external_id": wanted.external_id})
    if account.is_active and not wanted.is_active:
        _release(account, actor, at)
    elif wanted.is_active and not account.is_active:
        reopen_account(account, actor=actor, at=at)
    record(
        "provisioning.user_changed", account, actor=actor, at=at, of=account.subject_key, fields=changed,
        active=wanted.is_active,
    )  # fmt: skip
    return account


@act
def remove_user(account: Account, *, actor: Actor, at: datetime) -> None:
    """Release an official for good; the staff system sees them no more. Raises OwnUser."""
    require(access.can_provision, actor)
    if account.is_active:
        _release(account, actor, at)
    assert account.official_id is not None
    Staff.objects.update_or_create(official_id=account.official_id, defaults={"removed_at": at})
    record("provisioning.user_removed", account, actor=actor, at=at, of=account.subject_key)


@act
def set_holders(post: Post, wanted: set[UUID], *, actor: Actor, at: datetime) -> None:
    """Let exactly these officials hold a post from today on. Raises SeatsFull, NotFound."""
    require(access.can_provision, actor)
    held = holders(post, at)
    for official_id in sorted(held - wanted):
        release_official(official_id, post_code=post.code, decision=DECISION, actor=actor, at=at)
    for official_id in sorted(wanted - held):
        appoint(post.code, official_id, valid_from=civil_date(at), decision=DECISION, actor=actor, at=at)
    record(
        "provisioning.members_changed", post, actor=actor, at=at, agency=post.agency_code,
        came=len(wanted - held), left=len(held - wanted),
    )  # fmt: skip


def _release(account: Account, actor: Actor, at: datetime) -> None:
    """Take posts, sessions and tokens away at once, and put back what they had taken."""
    if account.subject_key == actor.key:
        raise OwnUser
    assert account.official_id is not None
    release_official(account.official_id, decision=DECISION, actor=actor, at=at)
    close_account(account, reason=DECISION, actor=actor, at=at)
    release_all(account.official_id, actor=actor, at=at)
