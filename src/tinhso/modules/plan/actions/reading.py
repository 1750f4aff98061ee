"""Keeping what was read in a text: its head, and a line for everything a person is asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.kernel.journal.public import record
from tinhso.law.periods import read_period
from tinhso.modules.plan import access, events
from tinhso.modules.plan.models import Amount, Item, Plan, PlanState
from tinhso.modules.plan.queries.reading.whole import Found, WholeRead

MOST_ITEMS = 5_000
"""Lines of one plan; a text of three hundred pages has a thousand."""


@act
def keep_read(plan_id: UUID, read: WholeRead, lead_of: Callable[[str], str], *, actor: Actor, at: datetime) -> Plan:
    """Keep what was read; `lead_of` gives the code of the agency that words name. A text that was read meanwhile stays as it is."""
    require(access.can_read_in, actor)
    plan = Plan.objects.select_for_update().get(pk=plan_id)
    if plan.state == PlanState.READING:
        head = read.header
        plan.kind, plan.number, plan.signed_on, plan.place = head.kind, head.number[:60], head.on, head.place[:100]
        plan.issuer, plan.title, plan.text = (
            head.issuer[:300],
            (_sentence_case(head.title, head.place) or plan.title)[:1000],
            read.text,
        )
        plan.cited = [
            {"kind": each.kind, "number": each.number, "on": each.on.isoformat() if each.on else ""}
            for each in read.cited
        ]
        plan.doubts = [
            {"kind": each.kind, "text": each.text[:400], "off": f"{each.off.normalize():f}", "first": each.first}
            for each in read.doubts
        ]
        plan.state, plan.version, plan.changed_at = PlanState.REVIEW, plan.version + 1, at
        plan.save()
        items = [_item(plan, place, each, lead_of) for place, each in enumerate(read.found[:MOST_ITEMS], start=1)]
        Item.objects.bulk_create(items, batch_size=200)
        Amount.objects.bulk_create(_amounts(items, read.found), batch_size=500)
    record(events.READ.key, plan, actor=actor, at=at, items=len(read.found))
    return plan


@act
def note_unread(plan_id: UUID, problem: str, *, actor: Actor, at: datetime) -> None:
    """Keep that a text could not be read, and why; its page says what to do."""
    require(access.can_read_in, actor)
    plan = Plan.objects.select_for_update().get(pk=plan_id)
    plan.state, plan.problem, plan.changed_at = PlanState.UNREAD, problem, at
    plan.save(update_fields=["state", "problem", "changed_at"])
    record(events.UNREAD.key, plan, actor=actor, at=at, problem=problem)


def _item(plan: Plan, place: int, found: Found, lead_of: Callable[[str], str]) -> Item:
    return Item(
        plan=plan, order=place, kind=found.kind, way=found.way, first=found.first, last=found.last, sentence=found.sentence, read=_as_read(found),
        text=found.text, heading=found.heading[:400], value=_kept(found.value), above=_kept(found.above), below=_kept(found.below),
        unit=found.unit[:160], relation=found.relation, by=found.by, due=read_period(found.by).last if found.by else None, who=found.who[:400], lead=lead_of(found.who) if found.who else "",
        role=found.role, partners=found.partners[:600],
    )  # fmt: skip


def _kept(number: Decimal | None) -> Decimal | None:
    return None if number is None else number.quantize(Decimal("1e-9"))


def _as_read(found: Found) -> dict[str, Any]:
    numbers = {name: getattr(found, name) for name in ("value", "above", "below")}
    return {
        **{name: f"{number.normalize():f}" for name, number in numbers.items() if number is not None},
        "text": found.text, "unit": found.unit, "relation": found.relation, "by": found.by, "who": found.who, "way": found.way,
        "money": {year: f"{vnd.normalize():f}" for year, vnd in found.money}, "doubt": found.doubt, "off": f"{found.off.normalize():f}",
    }  # fmt: skip


def _amounts(items: Iterable[Item], found: Iterable[Found]) -> list[Amount]:
    return [
        Amount(item=item, year=int(year or 0), vnd=vnd.quantize(Decimal(1)))
        for item, each in zip(items, found, strict=False)
        for year, vnd in each.money
    ]


def _sentence_case(title: str, place: str) -> str:
    """Return a title in capitals as a sentence; of proper names only that of the place is known."""
    if not title.isupper():
        return title
    return (title[:1] + title[1:].lower()).replace(place.lower(), place) if place else title[:1] + title[1:].lower()
