"""Lateness: the apology goes out by itself, once for each day that passed; the head adds why and when. Nothing takes it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, by_system, require
from tinhso.base.clock import civil, civil_date
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.base.rows import insert, new, update
from tinhso.kernel.journal.public import record
from tinhso.kernel.organisation.public import calendar_for
from tinhso.law.answer import NoAnswer
from tinhso.law.lateness import apology, cause_by
from tinhso.law.states import NationalState
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions.processing import FARTHEST_DAYS, DayOff
from tinhso.modules.onestop.actions.steps import locked_dossier
from tinhso.modules.onestop.models import CauseClass, Dossier, DossierQuerySet, Lateness, LatenessBefore, next_numbers
from tinhso.modules.onestop.queries.lateness import lapsed, lapsed_again, unstated
from tinhso.modules.onestop.queries.services import choices

BATCH = 100
SAID = ("number", "due_at", "at", "law", "cause_by", "cause", "words", "expected_on", "stated_at", "stated_by")
"""What is kept of an apology when another takes its place."""


class _NothingLate(Exception):  # noqa: N818 - ends an act that found no work
    pass


class NotApologised(Refusal):
    """There is no lateness to explain."""

    code = "onestop.not_late"
    text = _("{dossier} is not late: no apology went out.")


class OverAlready(Refusal):
    """The result is there: an expected day would be told to nobody."""

    code = "onestop.over_already"
    text = _("{dossier} has ended. What was told of its lateness stays as it is.")


def apologise_for_lateness(*, limit: int = BATCH, actor: Actor, at: datetime) -> int:
    """
    Apologise for the results that were not ready on their day, the longest overdue first; return how many it took.

    Each dossier once, by two workers at once as well, and when the clock jumped back; once more when the day was counted
    anew after a supplement and passed too. Nothing to do is no act.
    """
    for which in (lapsed, lapsed_again):
        if which(at).exists():
            with suppress(_NothingLate):  # another worker has them in hand
                return _apologise(which, limit=limit, actor=actor, at=at)
    return 0


@act
def _apologise(which: Callable[[datetime], DossierQuerySet], *, limit: int, actor: Actor, at: datetime) -> int:
    """Keep the apologies of one batch, numbered: some statements for all of them, not for each."""
    require(by_system, actor)
    late = list(_held(which(at).order_by("due_at", "id").defer("answers", "components", "fee_steps"))[:limit])
    if not late:
        raise _NothingLate
    numbers = _numbers(late, at)
    until = {code: _cause_by(code, at) for code in numbers}
    rows = []
    for dossier in late:
        assert dossier.due_at is not None
        owed = apology(
            dossier.due_at,
            at,
            received_at=dossier.received_at or dossier.submitted_at,
            new_dates=1 if dossier.postponed_at else 0,
            standing=dossier.paused_at is not None,
            sent=dossier.apologised_at is not None and dossier.apologised_at >= dossier.due_at,
        )
        row = new(
            Lateness,
            dossier=dossier,
            agency_code=dossier.agency_code,
            office_code=dossier.office_code,
            number=next(numbers[dossier.agency_code]),
            due_at=dossier.due_at,
            at=at,
            law=owed.steps[-1].source,
            cause_by=until[dossier.agency_code],
        )
        rows.append(row)
        facts: dict[str, Any] = {"due_at": row.due_at.isoformat(), "number": row.number}
        if dossier.apologised_at is not None:
            facts["before"] = dossier.apologised_at.isoformat()
        dossier.apologised_at = at
        record("onestop.lateness_apologised", dossier, actor=actor, at=at, **facts)
    if which is lapsed_again:
        _put_aside(rows)
    else:
        insert(*rows)
    # without the revision: whoever has the dossier open has read nothing that is no longer so
    Dossier.objects.filter(pk__in=[dossier.pk for dossier in late]).update(apologised_at=at)
    return len(late)


def _put_aside(rows: list[Lateness]) -> None:
    """Have these apologies take the place of those of before, which are kept beside. Three statements."""
    known = Lateness.objects.select_for_update().in_bulk([row.dossier_id for row in rows])
    kept = [{name: getattr(one, name) for name in ("dossier_id", *SAID)} for one in known.values()]
    LatenessBefore.objects.bulk_create([LatenessBefore(**one) for one in kept])
    Lateness.objects.filter(pk__in=list(known)).delete()
    Lateness.objects.bulk_create(rows)


def _held(dossiers: DossierQuerySet) -> DossierQuerySet:
    if connection.features.has_select_for_update_skip_locked:
        return dossiers.select_for_update(skip_locked=True)
    return dossiers


def _numbers(late: list[Dossier], at: datetime) -> dict[str, Iterator[int]]:
    """Return numbers of form 04 for each agency, in the order of their counters: two workers never wait crosswise."""
    count = Counter(dossier.agency_code for dossier in late)
    year = civil(at).year
    return {code: iter(next_numbers(f"form04:{code}:{year}", count[code])) for code in sorted(count)}


def _cause_by(agency_code: str, at: datetime) -> datetime | None:
    hours = choices(at).get("deadline", {}).get("cause_within")
    with suppress(NoAnswer):  # a calendar that ends: it is owed all the same, only by no moment
        return cause_by(at, calendar_for(agency_code, at), hours=hours).value
    return None


def escalate_unstated(*, limit: int = BATCH, actor: Actor, at: datetime) -> int:
    """
    Tell that a cause was not stated within its hours: journalled for each dossier, from where heads and inspection hear it.

    What ended meanwhile is put aside: nobody states its cause any more. Returns how many it took; nothing is no act.
    """
    if not unstated(at).exists():
        return 0
    try:
        return _escalate(limit=limit, actor=actor, at=at)
    except _NothingLate:
        return 0


@act
def _escalate(*, limit: int, actor: Actor, at: datetime) -> int:
    require(by_system, actor)
    rows = unstated(at).select_related("dossier").order_by("cause_by", "pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    found = list(rows[:limit])
    if not found:
        raise _NothingLate
    ended = [late for late in found if late.dossier.finished_at or not NationalState(late.dossier.state).is_open]
    over = {late.pk for late in ended}
    Lateness.objects.filter(pk__in=over).update(over_at=at)
    Lateness.objects.filter(pk__in=[late.pk for late in found if late.pk not in over]).update(escalated_at=at)
    for late in found:
        if late.pk not in over:
            assert late.cause_by is not None
            facts: dict[str, Any] = {"cause_by": late.cause_by.isoformat(), "number": late.number}
            record("onestop.lateness_unexplained", late.dossier, actor=actor, at=at, **facts)
    if not len(found) - len(over):
        record("onestop.lateness_over", ("lateness", "ended"), actor=actor, at=at, dossiers=len(over))
    return len(found)


@act
def state_lateness(code: str, *, cause: str, words: str, expected_on: date, actor: Actor, at: datetime) -> Lateness:
    """
    Say why a result is late and when it is expected: the head, or a leader, of the agency that settles it.

    Said again it replaces what was said; the journal keeps both. It is no new date by law: the due date stays. Raises
    NotApologised, OverAlready, BadInput, DayOff.
    """
    faults = []
    if cause not in CauseClass.values:
        faults.append(Fault("/cause", _("Choose the cause."), "choice"))
    if not words.strip():
        faults.append(Fault("/words", _("Write the reason. The applicant reads exactly this.")))
    if not 0 <= (expected_on - civil_date(at)).days <= FARTHEST_DAYS:
        faults.append(Fault("/expected_on", _("Choose a day from today on, within a year."), "far"))
    if faults:
        raise BadInput(faults=faults)
    dossier = locked_dossier(code, actor)
    require(access.can_postpone, actor, dossier)
    late = Lateness.objects.filter(dossier=dossier).first()
    if late is None:
        raise NotApologised(dossier=code)
    if not NationalState(dossier.state).is_open or dossier.finished_at:
        raise OverAlready(dossier=code)
    if not calendar_for(dossier.agency_code, at).hours_on(expected_on):
        raise DayOff(day=f"{expected_on:%d/%m/%Y}")
    late.cause, late.words, late.expected_on = cause, words.strip(), expected_on
    late.stated_at, late.stated_by = late.stated_at or at, actor.name
    update(late, "cause", "words", "expected_on", "stated_at", "stated_by")
    record(
        "onestop.lateness_stated",
        dossier,
        actor=actor,
        at=at,
        cause=cause,
        reason=words.strip(),
        expected=expected_on.isoformat(),
    )
    return late
