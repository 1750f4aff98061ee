"""A goal of a plan becomes a target of an indicator, a reported figure an observation: from then on they live with the figures."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.indicators.public import Source, set_target, submit, tell
from tinhso.kernel.journal.public import record
from tinhso.modules.plan import access, events
from tinhso.modules.plan.actions.deciding import LookedAtElsewhere
from tinhso.modules.plan.models import Item, Kind
from tinhso.modules.plan.queries.plans import path_of


class NotHeldTo(Refusal):
    """The line was not accepted."""

    code = "plan.not_held_to"
    text = _("Accept this line first: what nobody looked at becomes no target.")


@act
def tie(item_id: UUID, indicator: str, unit: str, period: str, *, seen: int, actor: Actor, at: datetime) -> Item:
    """
    Make a goal the target of an indicator, or a reported figure its observation, of an agency and a period.

    A target counts at once; a figure is handed in, and counts when whoever answers for the indicator approves it. Who may set
    targets or tell figures is for the indicators. Raises NotFound, NotHeldTo, LookedAtElsewhere, BadInput and what those raise.
    """
    item = Item.objects.select_for_update(of=("self",)).select_related("plan").filter(pk=item_id).first()
    if item is None or item.kind not in (Kind.GOAL, Kind.REPORTED):
        raise NotFound
    require(access.can_keep_plan, actor, path_of(item.plan, at))
    if item.version != seen:
        raise LookedAtElsewhere
    if not item.is_held:
        raise NotHeldTo
    if item.value is None:
        raise BadInput(faults=[Fault("/value", _("Give the figure. Where there is none, it is a task."))])
    said = item.sentence or item.text
    value = f"{item.value.normalize():f}"
    if item.kind == Kind.GOAL:
        set_target(indicator, unit, period, value, source=item.plan.name, sentence=said[:1000], actor=actor, at=at)
    else:
        _tell(item, (indicator, unit, period), said, actor, at)
    item.indicator, item.measured, item.version = indicator, unit, item.version + 1
    if item.kind == Kind.GOAL:
        item.by = period
    item.save(update_fields=["indicator", "measured", "by", "version"])
    record(
        events.TIED.key, item.plan, actor=actor, at=at, item=str(item.pk), indicator=indicator, unit=unit, period=period
    )
    return item


def _tell(item: Item, figure: tuple[str, str, str], said: str, actor: Actor, at: datetime) -> None:
    """Tell the figure of an indicator, unit and period, and hand it in."""
    given = {"value": _plain(item.value), "above": _plain(item.above), "below": _plain(item.below)}
    told = tell(
        *figure,
        given,
        evidence=f"{item.plan.name}: {said}"[:1000],
        source=Source.PLAN,
        actor=actor,
        at=at,
    )
    submit(told.pk, seen=told.version, actor=actor, at=at)


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"
