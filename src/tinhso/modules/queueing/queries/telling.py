"""What owners of appointments are told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.personal import Held
from tinhso.modules.queueing.models import Appointment
from tinhso.web.words import moment

BOOKED = _("Your appointment: {line}, {when}. Code: {code}.")
MOVED = _("Your appointment was moved: {line}, {when}. Code: {code}.")
CANCELLED = _("Your appointment was cancelled: {line}, {when}.")
REMINDED = _("Tomorrow: {line}, {when}. Code: {code}.")
TEXTS = {
    "queueing.appointment_booked": BOOKED,
    "queueing.appointment_moved": MOVED,
    "queueing.appointment_cancelled": CANCELLED,
}


def facts_of(found: Appointment) -> dict[str, Any]:
    """Return what fills these sentences."""
    return {"line": found.line.name, "when": moment(found.starts_at), "code": found.code}


def appointment_of(key: str) -> Appointment | None:
    """Return an appointment by its id, None when it is gone."""
    return Appointment.objects.select_related("line").filter(pk=UUID(key)).first()


def appointments_of(actor: Actor, _at: object) -> Held:
    """Return the appointments of a person or business; their names go when the day is over."""
    rows = Appointment.objects.filter(owner_key=actor.key).select_related("line").order_by("starts_at")
    return Held(
        [
            {
                "code": each.code,
                "line": each.line.name,
                "starts_at": each.starts_at,
                "state": each.state,
                "name": each.name,
            }
            for each in rows
        ]
    )
