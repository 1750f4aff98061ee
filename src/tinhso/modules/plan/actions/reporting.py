"""How far a goal or a task is, as whoever answers for it reports."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound
from tinhso.kernel.indicators.public import number_of
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import find_agency, successors
from tinhso.modules.plan import access, events
from tinhso.modules.plan.actions.deciding import LookedAtElsewhere, NotOpen
from tinhso.modules.plan.actions.tying import NotHeldTo
from tinhso.modules.plan.models import Item, Kind, PlanState, Progress, Standing
from tinhso.modules.plan.queries.plans import path_of

LONGEST = 2_000


@act
def report(
    item_id: UUID,
    standing: str,
    *,
    value: str = "",
    said: str = "",
    on: date | None = None,
    seen: int,
    actor: Actor,
    at: datetime,
) -> Progress:
    """
    Report how far a goal or task is, on a day that is not to come; the newest day stands.

    What is stuck or no longer to be done needs words. Raises NotFound, NotOpen, NotHeldTo, LookedAtElsewhere, BadInput by field.
    """
    item = Item.objects.select_for_update(of=("self",)).select_related("plan").filter(pk=item_id).first()
    if item is None or item.kind not in (Kind.GOAL, Kind.TASK):
        raise NotFound
    require(access.can_report_on, actor, path_of(item.plan, at), lead_path(item.lead, at))
    if item.plan.state == PlanState.WITHDRAWN:
        raise NotOpen(state=item.plan.get_state_display())
    if not item.is_held:
        raise NotHeldTo
    if item.version != seen:
        raise LookedAtElsewhere
    number, day = _checked(standing, value, said, on, at)
    last = Progress.objects.filter(item=item).order_by("-place").first()
    made = Progress.objects.create(
        item=item, place=last.place + 1 if last else 1, on=day, standing=standing, value=number, said=said.strip()[:LONGEST],
        by_key=actor.key, by_name=actor.name[:200], at=at,
    )  # fmt: skip
    newest = Progress.objects.filter(item=item).order_by("-on", "-place").first()
    item.standing, item.version = (newest or made).standing, item.version + 1
    item.save(update_fields=["standing", "version"])
    record(
        events.REPORTED.key, item.plan, actor=actor, at=at, item=str(item.pk), standing=standing, on=day.isoformat(),
        value=None if number is None else f"{number.normalize():f}",
    )  # fmt: skip
    return made


def lead_path(code: str, at: datetime) -> tuple[str, ...]:
    """Return the path of the agency that answers for a line; of one that ended, that of who took over. Empty when nobody does."""
    if not code:
        return ()
    found = find_agency(code, on=civil_date(at))
    if found is None:
        found = next(iter(successors(code, civil_date(at))), None)
    return tuple(found.path_codes) if found else ()


def _checked(standing: str, value: str, said: str, on: date | None, at: datetime) -> tuple[Decimal | None, date]:
    faults = []
    day = on or civil_date(at)
    number: Decimal | None = None
    if standing not in Standing.values:
        faults.append(Fault("/standing", _("Choose how far it is.")))
    if standing in (Standing.STUCK, Standing.DROPPED) and not said.strip():
        faults.append(Fault("/said", _("Say what holds it up, or why it is no longer to be done.")))
    if day > civil_date(at):
        faults.append(Fault("/on", _("Choose today or a day before.")))
    try:
        number = number_of(value)
    except ValueError:
        text = _("“{typed}” is no number. Type it as 1.234,5 or 1234.5, without a unit.")
        faults.append(Fault("/value", str(text).format(typed=value[:40]), "number"))
    if faults:
        raise BadInput(faults=faults)
    return number, day
