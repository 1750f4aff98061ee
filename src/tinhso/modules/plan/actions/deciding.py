"""What a person says of what was read: right, right when corrected, not so; and what the program did not find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.indicators.public import number_of
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import find_agency
from tinhso.law.periods import read_period
from tinhso.modules.plan import access, events
from tinhso.modules.plan.models import Amount, Item, ItemState, Kind, Plan, PlanState, Way
from tinhso.modules.plan.queries.plans import path_of

LONGEST = 4_000
MOST_DIGITS = 15
FIRST_YEAR, LAST_YEAR = 1990, 2100
_OPEN = (PlanState.REVIEW, PlanState.HELD)


class LookedAtElsewhere(Refusal):
    """Two people decide on the same line."""

    code = "plan.looked_at_elsewhere"
    text = _("Somebody else has decided on this line meanwhile. Look at it again, then decide.")


class StillToDecide(Refusal):
    """Lines are left that nobody decided on."""

    code = "plan.still_to_decide"
    text = _(
        "{count} lines are not decided on yet. Accept or refuse them first, or refuse what is left with one press."
    )


class NotOpen(Refusal):
    """The text is being read, or was withdrawn."""

    code = "plan.not_open"
    text = _("This text is “{state}”: nothing can be decided on it now.")


@act
def accept(plan_id: UUID, items: Sequence[tuple[UUID, int]], *, actor: Actor, at: datetime) -> int:
    """
    Accept lines as they were read; each with the version that the page showed. Returns how many.

    Raises NotFound, NotOpen, LookedAtElsewhere.
    """
    return _say(plan_id, items, ItemState.ACCEPTED, actor, at)


@act
def refuse(plan_id: UUID, items: Sequence[tuple[UUID, int]], *, actor: Actor, at: datetime) -> int:
    """Refuse lines: they are nothing that is promised, done or paid. Raises as `accept`."""
    return _say(plan_id, items, ItemState.REFUSED, actor, at)


def _say(plan_id: UUID, items: Sequence[tuple[UUID, int]], state: ItemState, actor: Actor, at: datetime) -> int:
    plan = locked_plan(plan_id, actor, at)
    found = {
        row.pk: row for row in Item.objects.select_for_update().filter(plan=plan, pk__in=[pk for pk, _seen in items])
    }
    if len(found) != len(items):
        raise NotFound
    for pk, seen in items:
        if found[pk].version != seen:
            raise LookedAtElsewhere
        _decide(found[pk], state, actor, at)
    Item.objects.bulk_update(found.values(), ["state", "version", "decided_by", "decided_at"])
    record(events.DECIDED.key, plan, actor=actor, at=at, decided=str(state), items=[str(pk) for pk, _seen in items])
    return len(items)


def _decide(item: Item, state: ItemState, actor: Actor, at: datetime) -> None:
    item.state, item.version = state, item.version + 1
    item.decided_by, item.decided_at = actor.name[:200], at


@act
def correct(item_id: UUID, given: Mapping[str, str], *, seen: int, actor: Actor, at: datetime) -> Item:
    """
    Set right what was read of a line, and accept it so. What was read first stays beside it.

    `given`: text, value, unit, by, who, lead, partners; of money `way` and sums by year in đồng (`vnd-2025`, `vnd-0` for all).
    Numbers are as a person types them. Raises NotFound, NotOpen, LookedAtElsewhere, BadInput by field.
    """
    item = Item.objects.select_for_update(of=("self",)).select_related("plan").filter(pk=item_id).first()
    if item is None:
        raise NotFound
    plan = locked_plan(item.plan_id, actor, at)
    if item.version != seen:
        raise LookedAtElsewhere
    before = _facts(item)
    amounts = _set(item, given, at)
    _decide(item, ItemState.ADDED if item.state == ItemState.ADDED else ItemState.CORRECTED, actor, at)
    item.save()
    if item.kind == Kind.MONEY:
        _set_amounts(item, amounts)
    record(
        events.DECIDED.key,
        plan,
        actor=actor,
        at=at,
        decided="corrected",
        item=str(item.pk),
        before=before,
        after=_facts(item),
    )
    return item


@act
def add(plan_id: UUID, kind: str, given: Mapping[str, str], *, actor: Actor, at: datetime) -> Item:
    """Add a line that the program did not find; it stands nowhere in the text. Raises as `correct`."""
    plan = locked_plan(plan_id, actor, at)
    if kind not in Kind.values:
        raise NotFound
    last = Item.objects.filter(plan=plan).order_by("-order").values_list("order", flat=True).first() or 0
    item = Item(plan=plan, order=last + 1, kind=kind)
    amounts = _set(item, given, at)
    _decide(item, ItemState.ADDED, actor, at)
    item.save(force_insert=True)
    if kind == Kind.MONEY:
        _set_amounts(item, amounts)
    record(events.ADDED.key, plan, actor=actor, at=at, item=str(item.pk), kind=kind, after=_facts(item))
    return item


@act
def clear(plan_id: UUID, *, seen: int, refuse_rest: bool, actor: Actor, at: datetime) -> Plan:
    """Say that a text was looked through: from now on it is held to. Raises NotFound, NotOpen, LookedAtElsewhere, StillToDecide."""
    plan = locked_plan(plan_id, actor, at)
    if plan.version != seen:
        raise LookedAtElsewhere
    left = list(Item.objects.select_for_update().filter(plan=plan, state=ItemState.PROPOSED))
    if left and not refuse_rest:
        raise StillToDecide(count=len(left))
    for each in left:
        _decide(each, ItemState.REFUSED, actor, at)
    Item.objects.bulk_update(left, ["state", "version", "decided_by", "decided_at"], batch_size=500)
    plan.state, plan.version, plan.changed_at = PlanState.HELD, plan.version + 1, at
    plan.save(update_fields=["state", "version", "changed_at"])
    record(events.CLEARED.key, plan, actor=actor, at=at, refused=len(left))
    return plan


@act
def withdraw(plan_id: UUID, reason: str, *, actor: Actor, at: datetime) -> Plan:
    """Withdraw a text that was taken in by mistake or is no longer in force; what was reported on it stays. Raises NotFound, BadInput."""
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None or plan.state == PlanState.WITHDRAWN:
        raise NotFound
    require(access.can_keep_plan, actor, path_of(plan, at))
    if not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Say why: it stands in the journal."))])
    plan.state, plan.version, plan.changed_at = PlanState.WITHDRAWN, plan.version + 1, at
    plan.save(update_fields=["state", "version", "changed_at"])
    record(events.WITHDRAWN.key, plan, actor=actor, at=at, reason=reason.strip()[:LONGEST])
    return plan


def locked_plan(plan_id: UUID, actor: Actor, at: datetime) -> Plan:
    """Return a plan that may be changed, locked. Raises NotFound, Forbidden, NotOpen."""
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    require(access.can_keep_plan, actor, path_of(plan, at))
    if plan.state not in _OPEN:
        raise NotOpen(state=plan.get_state_display())
    return plan


def _facts(item: Item) -> dict[str, Any]:
    return {
        "text": item.text[:400],
        "value": None if item.value is None else f"{item.value.normalize():f}",
        "unit": item.unit,
        "by": item.by,
        "lead": item.lead,
    }


def _set(item: Item, given: Mapping[str, str], at: datetime) -> dict[int, Decimal]:
    """Set what a person typed; return the money by year. Raises BadInput."""
    faults: list[Fault] = []
    item.text = given.get("text", item.text).strip()[:LONGEST]
    if not item.text:
        faults.append(Fault("/text", _("Say in a few words what it is about.")))
    if item.kind in (Kind.GOAL, Kind.REPORTED):
        item.value = _number("value", given.get("value", ""), faults)
        item.unit = given.get("unit", item.unit).strip()[:160]
        if item.value is None and not faults:
            faults.append(Fault("/value", _("Give the figure. Where there is none, it is a task.")))
    item.by = _period(given.get("by", item.by).strip(), faults)
    item.who = given.get("who", item.who).strip()[:400]
    item.partners = given.get("partners", item.partners).strip()[:600]
    item.lead = _agency(given.get("lead", item.lead).strip(), at, faults)
    amounts: dict[int, Decimal] = {}
    if item.kind == Kind.MONEY:
        item.way = given.get("way", item.way) if given.get("way", item.way) in Way.values else Way.PROJECT
        amounts = _amounts(given, faults)
    if faults:
        raise BadInput(faults=faults)
    return amounts


def _number(name: str, typed: str, faults: list[Fault]) -> Decimal | None:
    try:
        return number_of(typed)
    except ValueError:
        text = _("“{typed}” is no number. Type it as 1.234,5 or 1234.5, without a unit.")
        faults.append(Fault(f"/{name}", str(text).format(typed=typed[:40]), "number"))
        return None


def _period(typed: str, faults: list[Fault]) -> str:
    if not typed:
        return ""
    try:
        return read_period(typed).key
    except ValueError:
        faults.append(Fault("/by", _("Give a year, quarter or month, such as 2025, 2025-Q4 or 2025-06; or nothing.")))
        return ""


def _agency(code: str, at: datetime, faults: list[Fault]) -> str:
    if not code:
        return ""
    found = find_agency(code, on=civil_date(at))
    if found is None:
        faults.append(Fault("/lead", _("Choose an agency of the list.")))
        return ""
    return found.code


def _amounts(given: Mapping[str, str], faults: list[Fault]) -> dict[int, Decimal]:
    """Return the sums by year; a field that is empty is a year without money."""
    amounts: dict[int, Decimal] = {}
    for name, typed in given.items():
        head, _dash, year = name.partition("-")
        if head != "vnd" or not year.isdecimal() or not typed.strip():
            continue
        if int(year) and not FIRST_YEAR <= int(year) <= LAST_YEAR:
            faults.append(Fault(f"/{name}", _("Give a year between 1990 and 2100.")))
            continue
        vnd = _number(name, typed, faults)
        if vnd is not None and (vnd < 0 or vnd != vnd.to_integral_value() or len(f"{vnd:f}") > MOST_DIGITS):
            faults.append(Fault(f"/{name}", _("Give a sum in whole đồng.")))
        elif vnd is not None:
            amounts[int(year)] = vnd
    if not amounts and not faults:
        faults.append(Fault("/vnd-0", _("Give at least one sum in đồng.")))
    return amounts


def _set_amounts(item: Item, amounts: Mapping[int, Decimal]) -> None:
    Amount.objects.filter(item=item).delete()
    Amount.objects.bulk_create([Amount(item=item, year=year, vnd=vnd) for year, vnd in sorted(amounts.items())])
