"""What people do to the journal's machinery. What happened is not theirs to change."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.journal import access, partitions
from tinhso.kernel.journal.models import Delivery, Queued
from tinhso.kernel.journal.record import record


@act
def replay(delivery_id: int, *, actor: Actor, at: datetime) -> Delivery:
    """Have a dead letter tried again, with as many attempts as a new one. Raises NotFound if there is none."""
    require(access.can_replay, actor)
    delivery = Delivery.objects.filter(id=delivery_id).exclude(dead_at=None).first()
    if delivery is None:
        raise NotFound
    delivery.dead_at, delivery.attempts, delivery.next_at = None, 0, at
    delivery.save(update_fields=["dead_at", "attempts", "next_at"])
    record(
        "journal.delivery_replayed",
        ("delivery", delivery.id),
        actor=actor,
        at=at,
        subscriber=delivery.subscriber,
        entry=delivery.entry_id,
    )
    return delivery


class NoSuchYear(Refusal):
    """The journal has no such year in the place from which it is to be taken."""

    code = "journal.no_such_year"
    text = _("The journal has no table of the year {year} to do this with. See which there are: journal years.")


class YearNotOver(Refusal):
    """Lines may still come to the year."""

    code = "journal.year_not_over"
    text = _("{year} is not over for long enough: a year is taken out 30 days after its end at the earliest.")


class YearStillOwed(Refusal):
    """Lines of the year are not sealed, or not delivered to everybody."""

    code = "journal.year_still_owed"
    text = _(
        "{count} lines of {year} still wait to be sealed or delivered. Let the worker finish, and look after dead letters:"
        " journal dead, journal replay."
    )


@act
def detach_year(year: int, *, actor: Actor, at: datetime) -> str:
    """
    Take a year out of the journal (PostgreSQL) and return the name of its table, which stays as it is.

    Raises NoSuchYear, YearNotOver, YearStillOwed.
    """
    require(access.can_move_years, actor)
    found = next((each for each in partitions.partitions() if each.year == year), None)
    if found is None:
        raise NoSuchYear(year=year)
    if not partitions.year_is_settled(found, at):
        raise YearNotOver(year=year)
    ids = {"entry_id__lt": found.after} | ({"entry_id__gte": found.first} if found.first else {})
    if owed := Queued.objects.filter(**ids).count() + Delivery.objects.filter(**ids).count():
        raise YearStillOwed(year=year, count=owed)
    partitions.detach(found)
    record("journal.year_detached", ("journal-year", year), actor=actor, at=at, table=found.table)
    return found.table


@act
def attach_year(year: int, *, actor: Actor, at: datetime) -> str:
    """Put a year back that was taken out and return the name of its table. Raises NoSuchYear."""
    require(access.can_move_years, actor)
    found = partitions.taken_out(year)
    if found is None:
        raise NoSuchYear(year=year)
    partitions.attach(found)
    record("journal.year_attached", ("journal-year", year), actor=actor, at=at, table=found.table)
    return found.table
