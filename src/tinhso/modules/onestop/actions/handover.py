"""Hand-over lists between a postal agent and a desk, both ways (QĐ 45/2016/QĐ-TTg): sent by one, checked off by the other."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil, civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.base.rows import insert, new, update
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import find_agency
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.models import (
    DeliveryState,
    Direction,
    Dossier,
    HandOver,
    HandOverItem,
    HandOverState,
    ItemState,
    Way,
    next_number,
)
from tinhso.modules.onestop.queries.handover import GONE

MOST_ITEMS: Final = 200
LAW: Final = "QĐ 45/2016/QĐ-TTg"


class ListNotOpen(Refusal):
    """The list has gone on."""

    code = "onestop.list_not_open"
    text = _("This list has been sent or received already. Look at it again.")


class NotForThisList(Refusal):
    """What is on a list is what its giver holds."""

    code = "onestop.not_for_this_list"
    text = _(
        "{dossier} does not belong on this list: it was not taken by this agent, or its result does not go by post."
    )


class OnAnotherList(Refusal):
    """One thing travels once."""

    code = "onestop.on_another_list"
    text = _("{dossier} went on a list already. Only what was missing there goes again.")


class ListFull(Refusal):
    """A parcel has an end."""

    code = "onestop.list_full"
    text = _("A list has {most} things at most. Send it, then begin another.")


class ListEmpty(Refusal):
    """Nothing is sent with nothing on it."""

    code = "onestop.list_empty"
    text = _("There is nothing on the list. Add what you hand over first.")


class Unchecked(Refusal):
    """A list is received when each thing was looked for."""

    code = "onestop.list_unchecked"
    text = _("{count} things are not checked off yet: say of each whether it is there, missing or damaged.")
    law = LAW


@act
def begin_list(direction: str, agent_code: str, *, actor: Actor, at: datetime) -> HandOver:
    """Begin a list between a postal agent and the desk that it works for. Raises NotFound for no such agent."""
    agent = find_agency(agent_code, on=civil_date(at))
    if agent is None or agent.kind != "postal" or not agent.desk_code:
        raise NotFound
    made = new(HandOver, direction=direction, agent_code=agent_code, desk_code=agent.desk_code)
    made.made_at, made.made_by = at, actor.name
    require(access.gives, actor, made)
    insert(made)
    record("onestop.list_begun", made, actor=actor, at=at, direction=direction)
    return made


def _locked(list_id: UUID, actor: Actor, state: str) -> HandOver:
    """Return a list in this state, held until the act commits. Raises NotFound alike for absent and hidden, ListNotOpen."""
    found = HandOver.objects.select_for_update().filter(pk=list_id).first()
    if found is None or not access.sees_list(actor, found):
        raise access.hidden(actor)
    if found.state != state:
        raise ListNotOpen
    return found


@act
def put_on_list(list_id: UUID, code: str, *, papers: str = "", actor: Actor, at: datetime) -> HandOverItem:
    """Put a dossier, or its result, on a list. Raises NotForThisList, OnAnotherList, ListFull, ListNotOpen."""
    found = _locked(list_id, actor, HandOverState.DRAFT)
    require(access.gives, actor, found)
    # held: two lists that want it at once come one after the other
    dossier = Dossier.objects.select_for_update().filter(code=code.strip().upper()).first()
    if dossier is None or not _belongs(dossier, found):
        raise NotForThisList(dossier=code.strip().upper()[:60])
    if found.items.count() >= MOST_ITEMS:
        raise ListFull(most=MOST_ITEMS)
    item = new(HandOverItem, handover=found, dossier=dossier, direction=found.direction, papers=papers.strip())
    if HandOverItem.objects.filter(dossier=dossier, direction=found.direction, state__in=GONE).exists():
        raise OnAnotherList(dossier=dossier.code)
    insert(item)
    record("onestop.list_changed", found, actor=actor, at=at, dossier=dossier.code)
    return item


def _belongs(dossier: Dossier, found: HandOver) -> bool:
    if dossier.desk_code != found.desk_code:
        return False
    if found.direction == Direction.IN:
        return dossier.agent_code == found.agent_code and dossier.state == NationalState.FILED
    return dossier.result_way == Way.POST and dossier.delivery == DeliveryState.READY


@act
def take_off_list(list_id: UUID, item_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Take a thing off a list that is still being made. Raises NotFound, ListNotOpen."""
    found = _locked(list_id, actor, HandOverState.DRAFT)
    require(access.gives, actor, found)
    if not found.items.filter(pk=item_id).delete()[0]:
        raise NotFound
    record("onestop.list_changed", found, actor=actor, at=at, taken_off=str(item_id))


@act
def send_list(list_id: UUID, *, tracking: str = "", actor: Actor, at: datetime) -> HandOver:
    """
    Hand a list over: numbered in the giver's year, confirmed by who gives, closed to changes.

    Raises ListEmpty, ListNotOpen, and NotForThisList for what was withdrawn, received or handed over since it was put there.
    """
    found = _locked(list_id, actor, HandOverState.DRAFT)
    require(access.gives, actor, found)
    items = list(found.items.select_related("dossier"))
    if not items:
        raise ListEmpty
    # held in one order; what happened to a thing since it was put there is seen now
    held = Dossier.objects.select_for_update().filter(pk__in=[item.dossier_id for item in items]).order_by("pk")
    for dossier in held:
        if not _belongs(dossier, found):
            raise NotForThisList(dossier=dossier.code)
    found.year = civil(at).year
    found.number = next_number(f"handover:{found.giver}:{found.year}")
    found.state, found.sent_at, found.sent_by, found.tracking = HandOverState.SENT, at, actor.name, tracking.strip()
    update(found, "year", "number", "state", "sent_at", "sent_by", "tracking")
    record("onestop.list_sent", found, actor=actor, at=at, number=found.number, tracking=found.tracking)
    for item in items:
        record(
            "onestop.handed_over", item.dossier, actor=actor, at=at, direction=found.direction, tracking=found.tracking
        )
    return found


@act
def check_item(list_id: UUID, item_id: UUID, *, state: str, note: str = "", actor: Actor, at: datetime) -> HandOverItem:
    """Check one thing off: there, missing or damaged, the latter two with words. Raises BadInput, NotFound, ListNotOpen."""
    faults = []
    if state not in (ItemState.THERE, ItemState.MISSING, ItemState.DAMAGED):
        faults.append(Fault("/state", _("Say whether it is there, missing or damaged."), "choice"))
    elif state != ItemState.THERE and not note.strip():
        faults.append(Fault("/note", _("Write what is missing or damaged.")))
    if faults:
        raise BadInput(faults=faults)
    found = _locked(list_id, actor, HandOverState.SENT)
    require(access.receives_list, actor, found)
    item = found.items.filter(pk=item_id).first()
    if item is None:
        raise NotFound
    if item.state == ItemState.MISSING and state != ItemState.MISSING:
        _require_nowhere_else(item)
    item.state, item.note, item.checked_by, item.checked_at = state, note.strip(), actor.name, at
    update(item, "state", "note", "checked_by", "checked_at")
    record("onestop.item_checked", found, actor=actor, at=at, item=str(item_id), state=state, note=note.strip())
    return item


def _require_nowhere_else(item: HandOverItem) -> None:
    """Refuse what was missing and went on another list since: it is not here. Raises OnAnotherList."""
    dossier = Dossier.objects.select_for_update().get(pk=item.dossier_id)
    others = HandOverItem.objects.filter(dossier=dossier, direction=item.direction, state__in=GONE)
    if others.exclude(pk=item.pk).exists():
        raise OnAnotherList(dossier=dossier.code)


@act
def close_list(list_id: UUID, *, actor: Actor, at: datetime) -> HandOver:
    """Receive a list: confirmed by who receives, once each thing is checked off. Raises Unchecked, ListNotOpen."""
    found = _locked(list_id, actor, HandOverState.SENT)
    require(access.receives_list, actor, found)
    items = list(found.items.select_related("dossier"))
    if waiting := sum(item.state == ItemState.WAITING for item in items):
        raise Unchecked(count=waiting)
    found.state, found.closed_at, found.closed_by = HandOverState.CLOSED, at, actor.name
    update(found, "state", "closed_at", "closed_by")
    amiss = sum(item.state != ItemState.THERE for item in items)
    record("onestop.list_received", found, actor=actor, at=at, things=len(items), amiss=amiss)
    for item in items:
        record(
            "onestop.hand_over_received",
            item.dossier,
            actor=actor,
            at=at,
            direction=found.direction,
            found=item.state,
            note=item.note,
        )
    return found
