"""What becomes of a figure that was told: submitted, returned, approved, published, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.indicators import access
from tinhso.kernel.indicators.actions.telling import ChangedMeanwhile, facts_of, keep
from tinhso.kernel.indicators.models import Observation, Source, State
from tinhso.kernel.indicators.queries import owner_path, teller_of
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import last_known_agency


class NotYet(Refusal):
    """The figure is not where this act begins."""

    code = "indicators.not_yet"
    text = _("This figure is “{state}” now. Look at it again.")


@act
def submit(observation_id: int, *, seen: int, actor: Actor, at: datetime) -> Observation:
    """Hand a draft in. Raises NotFound, NotYet, ChangedMeanwhile."""
    found = _locked(observation_id, seen)
    require(access.can_tell, actor, last_known_agency(found.unit).path_codes)
    return _become(found, State.SUBMITTED, (State.DRAFT, State.RETURNED), "indicators.submitted", actor=actor, at=at)


@act
def return_told(observation_id: int, reason: str, *, seen: int, actor: Actor, at: datetime) -> Observation:
    """Give it back with a reason. Raises NotFound, NotYet, ChangedMeanwhile, BadInput."""
    found = _deciding(observation_id, seen, actor, at)
    return _become(
        found, State.RETURNED, (State.SUBMITTED,), "indicators.returned", note=_said(reason), actor=actor, at=at
    )


@act
def approve(observation_id: int, *, seen: int, actor: Actor, at: datetime) -> Observation:
    """Approve what was submitted: from now on it is reckoned with. Of two at once the second is told. Raises as `return_told`."""
    found = _deciding(observation_id, seen, actor, at)
    return _become(found, State.APPROVED, (State.SUBMITTED,), "indicators.approved", actor=actor, at=at)


@act
def publish(observation_id: int, *, seen: int, actor: Actor, at: datetime) -> Observation:
    """Let everybody see it. Raises as `return_told`."""
    found = _deciding(observation_id, seen, actor, at)
    return _become(found, State.PUBLISHED, (State.APPROVED,), "indicators.published", actor=actor, at=at)


@act
def withdraw(observation_id: int, reason: str, *, seen: int, actor: Actor, at: datetime) -> Observation:
    """Withdraw a figure that counted: what was reckoned with it is reckoned anew without. Raises as `return_told`."""
    found = _deciding(observation_id, seen, actor, at)
    states = (State.APPROVED, State.PUBLISHED)
    return _become(found, State.WITHDRAWN, states, "indicators.withdrawn", note=_said(reason), actor=actor, at=at)


def _said(reason: str) -> str:
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Say why: who told the figure reads it."))])
    return reason


def _locked(observation_id: int, seen: int) -> Observation:
    rows = Observation.objects.select_for_update(of=("self",)).select_related("indicator")
    found = rows.filter(pk=observation_id).first()
    if found is None:
        raise NotFound
    if found.version != seen:
        raise ChangedMeanwhile
    return found


def _deciding(observation_id: int, seen: int, actor: Actor, at: datetime) -> Observation:
    found = _locked(observation_id, seen)
    require(access.can_decide_on, actor, owner_path(found.indicator, civil_date(at)), teller_of(found))
    return found


def _become(
    found: Observation, state: State, before: Sequence[State], event: str, *, note: str = "", actor: Actor, at: datetime
) -> Observation:
    if found.state not in before:
        raise NotYet(state=found.get_state_display())
    keep(found, state, Source(found.source), {}, note=note, actor=actor, at=at)
    record(event, found, actor=actor, at=at, **facts_of(found, found.indicator))
    return found
