"""An inspector decides whether a scenario is used, tried in silence, or switched off."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault, NotFound
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import touch
from tinhso.modules.inspection import access, events
from tinhso.modules.inspection.models import Standing, State

CHOICES = (State.ON, State.SHADOW, State.OFF)


@act
def switch_scenario(code: str, state: str, *, reason: str, actor: Actor, at: datetime) -> Standing:
    """Switch a scenario on, to trial or off, with a reason. Raises NotFound, BadInput."""
    require(access.can_switch, actor)
    if state not in CHOICES:
        raise BadInput(faults=[Fault("/state", _("Choose one of the states."))])
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Write the reason; it is journalled."), "required")])
    standing = Standing.objects.select_for_update().filter(pk=code).first()
    if standing is None:
        raise NotFound
    was, standing.state, standing.reason = standing.state, State(state), reason.strip()[:500]
    standing.changed_by, standing.changed_at = actor.name[:200], at
    standing.errors, standing.problem = 0, ""
    fields = ["state", "reason", "changed_by", "changed_at", "errors", "problem"]
    standing.save(update_fields=fields)
    touch()
    record(events.SWITCHED.key, standing, actor=actor, at=at, was=was, became=state, reason=standing.reason)
    return standing
