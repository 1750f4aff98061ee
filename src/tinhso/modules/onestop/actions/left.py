"""
A reform ended desks and the agencies above them: who closes, signs, receives and settles what they left open.

A book stays the book of its desk, with its numbers; only who answers for it changes. Whoever works where the desk is now
closes it (`access.own_and_before`); the next number is given by the book of the successor.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model, QuerySet

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import Heirs
from tinhso.modules.onestop.models import CashBook, HandOver, Statement, YearBook
from tinhso.modules.onestop.queries import left


@act
def hand_on_cash_books(heirs: Heirs, *, limit: int, actor: Actor, at: datetime) -> int:
    """Let the successor's head answer for a batch of cash books that nobody countersigned; return how many."""
    require(by_system, actor)
    rows = _held(CashBook.objects.select_for_update(), left.cash_books(heirs.movable), limit)
    for row in rows:
        _pass_on(row, ("agency_code",), ("cash_book", str(row.pk)), heirs, actor=actor, at=at)
    CashBook.objects.bulk_update(rows, ["agency_code"])
    return len(rows)


@act
def hand_on_year_books(heirs: Heirs, *, limit: int, actor: Actor, at: datetime) -> int:
    """Let the successor's leader close and sign a batch of follow-up books; return how many."""
    require(by_system, actor)
    rows = _held(YearBook.objects.select_for_update(), left.year_books(heirs.movable), limit)
    for row in rows:
        _pass_on(row, ("head_code",), row.journal_subject, heirs, actor=actor, at=at)
    YearBook.objects.bulk_update(rows, ["head_code"])
    return len(rows)


@act
def hand_on_lists(heirs: Heirs, *, limit: int, actor: Actor, at: datetime) -> int:
    """Send a batch of open hand-over lists on to the desks and agents of now; return how many."""
    require(by_system, actor)
    rows = _held(HandOver.objects.select_for_update(), left.lists(heirs.movable), limit)
    for row in rows:
        _pass_on(row, ("desk_code", "agent_code"), row.journal_subject, heirs, actor=actor, at=at)
    HandOver.objects.bulk_update(rows, ["desk_code", "agent_code"])
    return len(rows)


@act
def hand_on_statements(heirs: Heirs, *, limit: int, actor: Actor, at: datetime) -> int:
    """Give a batch of bank statements with open differences to the accountants of the successors; return how many."""
    require(by_system, actor)
    rows = _held(Statement.objects.select_for_update(), left.statements(heirs.movable), limit)
    for row in rows:
        _pass_on(row, ("agency_code",), ("statement", str(row.pk)), heirs, actor=actor, at=at)
    Statement.objects.bulk_update(rows, ["agency_code"])
    return len(rows)


def _held[T: Model](rows: QuerySet[T], found: QuerySet[T], limit: int) -> list[T]:
    """Return a batch of rows, locked in one order; what is found may be a join, which cannot be."""
    keys = list(found.order_by("pk").values_list("pk", flat=True)[:limit])
    return list(rows.filter(pk__in=keys).order_by("pk"))


def _pass_on(
    row: Model, names: tuple[str, ...], subject: tuple[str, str], heirs: Heirs, *, actor: Actor, at: datetime
) -> None:
    was = {name: getattr(row, name) for name in names}
    became = {name: heirs.of(code) for name, code in was.items()}
    for name, code in became.items():
        setattr(row, name, code)
    record("onestop.left_handed_on", subject, actor=actor, at=at, was=was, became=became)
