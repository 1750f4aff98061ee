"""
Emergency access that shouts: an administrator takes a role outside their post, for hours, for a reason, never to sign.

Everybody near is told at once; each act meanwhile is marked in the journal (`by_emergency`); it ends by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.base.text import nfc
from tinhso.kernel.identity import access
from tinhso.kernel.identity.actions.notices import notify
from tinhso.kernel.identity.models import Emergency
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Agency, get_agency, province, touch, who_holds

ROLES: Final = ("reception", "processor", "head", "clerk", "cashier")
"""Roles of a desk. Not the leader's, who signs; not those that watch (administrator, auditor)."""
TOLD: Final = ("head", "leader", "auditor")
SHORTEST_REASON: Final = 15
TOO_SHORT = _("Say what happened and why nobody who holds the role can act: {least} letters at least.")
TOO_LONG_A_TIME = _("Choose from 1 to {most} hours.")
TELL = _("{name} took the role {role} at {agency} until {until}, in an emergency: {reason}")


class NeverInEmergency(Refusal):
    """Signing, and watching others, is nobody else's."""

    code = "identity.never_in_emergency"
    text = _(
        "The role {role} cannot be taken in an emergency. Signing waits for who holds the post, or for a delegation."
    )
    status = HTTPStatus.FORBIDDEN


@act
def begin_emergency(agency_code: str, role: str, *, hours: int, reason: str, actor: Actor, at: datetime) -> Emergency:
    """
    Take a role at an agency for some hours. Raises NeverInEmergency, BadInput, NotFound.

    Told: heads, leaders and auditors of the agency, who holds the role there, and auditors of the province.
    """
    agency = get_agency(agency_code, civil_date(at))
    require(access.can_take_emergency, actor, agency)
    if role not in ROLES:
        raise NeverInEmergency(role=role)
    _check(hours, reason)
    made = Emergency.objects.create(
        official_id=UUID(actor.key.removeprefix("official:")), agency_code=agency.code, role=role,
        reason=nfc(reason).strip()[:300], began_at=at, until=at + timedelta(hours=hours),
    )  # fmt: skip
    touch()
    record(
        "identity.emergency_begun", made, actor=actor, at=at, agency=agency.code, role=role, reason=made.reason,
        until=made.until,
    )  # fmt: skip
    _tell(made, agency, actor, at)
    return made


@act
def end_emergency(emergency: Emergency, *, actor: Actor, at: datetime) -> None:
    """Give the role back, or take it away, before its time."""
    require(access.can_end_emergency, actor, emergency)
    emergency.ended_at = min(at, emergency.over_at)
    emergency.save(update_fields=["ended_at"])
    touch()
    record("identity.emergency_ended", emergency, actor=actor, at=at, agency=emergency.agency_code)


def _check(hours: int, reason: str) -> None:
    faults = []
    if not 1 <= hours <= settings.EMERGENCY_HOURS:
        faults.append(Fault("/hours", str(TOO_LONG_A_TIME).format(most=settings.EMERGENCY_HOURS), "range"))
    if len(reason.strip()) < SHORTEST_REASON:
        faults.append(Fault("/reason", str(TOO_SHORT).format(least=SHORTEST_REASON), "too_short"))
    if faults:
        raise BadInput(faults=faults)


def _tell(made: Emergency, agency: Agency, actor: Actor, at: datetime) -> None:
    on = civil_date(at)
    near = {one.pk for role in {*TOLD, made.role} for one in who_holds(agency.code, role, on)}
    near |= {one.pk for one in who_holds(province(on).code, "auditor", on)}
    near.add(made.official_id)
    facts = {
        "name": actor.name, "role": province(on).role_title(made.role, "vi"),
        "role_en": province(on).role_title(made.role, "en"), "agency": agency.name, "agency_en": agency.name_en,
        "until": f"{made.until.astimezone(at.tzinfo):%H:%M %d/%m/%Y}", "reason": made.reason,
    }  # fmt: skip
    for official_id in sorted(near):
        notify(f"official:{official_id}", text=TELL, facts=facts, event_id=made.pk, at=at, actor=actor)
