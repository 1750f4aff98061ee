"""Money of a plan as it is allocated and paid out: booked by its paper, never changed, taken back with a reason."""

from __future__ import annotations

from dataclasses import dataclass
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
from tinhso.modules.plan import access, events
from tinhso.modules.plan.actions.deciding import FIRST_YEAR, LAST_YEAR, MOST_DIGITS, locked_plan
from tinhso.modules.plan.models import HELD, Booking, Item, Kind, Movement, Plan, Way
from tinhso.modules.plan.queries.plans import path_of


@dataclass(frozen=True, slots=True)
class Booked:
    """What a person typed of a movement of money."""

    booking: str
    year: str
    vnd: str
    paper: str
    on: date | None = None
    source: str = ""
    """Id of the line of money by source; empty where the plan names none."""
    project: str = ""
    note: str = ""


@act
def book(plan_id: UUID, given: Booked, *, actor: Actor, at: datetime) -> Movement:
    """
    Book money that was allocated or paid out, in whole đồng; below nought it was given back.

    More paid out than allocated is not refused, since papers come in any order; the page says it. Raises NotFound, NotOpen,
    BadInput by field.
    """
    plan = locked_plan(plan_id, actor, at)
    faults: list[Fault] = []
    vnd, day = _sum(given.vnd, faults), given.on or civil_date(at)
    if given.booking not in Booking.values:
        faults.append(Fault("/booking", _("Choose whether it was allocated or paid out.")))
    if not (given.year.isdecimal() and FIRST_YEAR <= int(given.year) <= LAST_YEAR):
        faults.append(Fault("/year", _("Give the year of the budget, such as 2026.")))
    if not given.paper.strip():
        faults.append(Fault("/paper", _("Name the decision or voucher: its number and day.")))
    if day > civil_date(at):
        faults.append(Fault("/on", _("Choose today or a day before.")))
    source = _line(plan, given.source, Way.SOURCE, "/source", faults)
    project = _line(plan, given.project, Way.PROJECT, "/project", faults)
    if faults:
        raise BadInput(faults=faults)
    made = Movement.objects.create(
        plan=plan, booking=given.booking, year=int(given.year), source=source, project=project, vnd=vnd, on=day,
        paper=given.paper.strip()[:300], note=given.note.strip()[:1000], by_name=actor.name[:200], at=at,
    )  # fmt: skip
    record(
        events.BOOKED.key, plan, actor=actor, at=at, movement=str(made.pk), booking=given.booking, year=made.year, vnd=f"{made.vnd:f}",
        paper=made.paper,
    )  # fmt: skip
    return made


@act
def take_back(movement_id: UUID, reason: str, *, actor: Actor, at: datetime) -> Movement:
    """Take a booking back: it stays to be seen, and counts no more. Raises NotFound, BadInput."""
    found = Movement.objects.select_for_update(of=("self",)).select_related("plan").filter(pk=movement_id).first()
    if found is None or found.taken_back_at is not None:
        raise NotFound
    require(access.can_keep_plan, actor, path_of(found.plan, at))
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Say why: it stands in the journal."))])
    found.taken_back_at, found.taken_back_by, found.reason = at, actor.name[:200], reason.strip()[:1000]
    found.save(update_fields=["taken_back_at", "taken_back_by", "reason"])
    record(events.UNBOOKED.key, found.plan, actor=actor, at=at, movement=str(found.pk), reason=found.reason)
    return found


def _sum(typed: str, faults: list[Fault]) -> Decimal:
    try:
        vnd = number_of(typed)
    except ValueError:
        vnd = None
    if vnd is None or vnd == 0 or vnd != vnd.to_integral_value() or len(f"{abs(vnd):f}") > MOST_DIGITS:
        faults.append(Fault("/vnd", _("Give a sum in whole đồng, such as 1.250.000.000.")))
        return Decimal(0)
    return vnd


def _line(plan: Plan, key: str, way: Way, pointer: str, faults: list[Fault]) -> Item | None:
    if not key:
        return None
    try:
        pk = UUID(key)
    except ValueError:
        pk = None
    found = Item.objects.filter(pk=pk, plan=plan, kind=Kind.MONEY, way=way, state__in=HELD).first() if pk else None
    if found is None:
        faults.append(Fault(pointer, _("Choose a line of the list.")))
    return found
