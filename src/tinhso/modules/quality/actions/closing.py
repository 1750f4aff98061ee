"""Closing a period: its figures are kept as they stand, with who closed them and by which formulas."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, Refusal
from tinhso.kernel.casework.public import case_measures
from tinhso.kernel.journal.public import record, waits_from_before
from tinhso.law.quality.indicators import RULES
from tinhso.modules.quality import access
from tinhso.modules.quality.models import Closing
from tinhso.modules.quality.queries.figures import frozen, index_for
from tinhso.modules.quality.queries.kept import FOLLOWER, is_built
from tinhso.modules.quality.queries.periods import Period
from tinhso.modules.quality.queries.places import agency_of, day_of

LONGEST_REASON = 1000


class PeriodNotOver(Refusal):
    """A period is closed when it is over."""

    code = "quality.period_not_over"
    text = _("This period ends on {day}. Close it from the day after.")


class PeriodClosed(Refusal):
    """Closed once is closed."""

    code = "quality.period_closed"
    text = _("{by} closed this period already. Its figures stand; reopen it first if they must change.")


class PeriodOpen(Refusal):
    """Nothing to reopen."""

    code = "quality.period_open"
    text = _("This period is not closed.")


class NothingToClose(Refusal):
    """Without an index, or before everything was counted, there are no figures to keep."""

    code = "quality.nothing_to_close"
    text = _(
        "The figures of this period are not complete yet: dossiers are still being counted, or no index was in force."
    )


class StillMeasuring(Refusal):
    """What was done in the period is not in its figures yet: the worker was away, or is at it."""

    code = "quality.still_measuring"
    text = _(
        "Not everything done in this period is in its figures yet. Try again in a minute; if it stays so, tell whoever runs"
        " the system."
    )


@act
def close_period(agency_code: str, period: Period, *, actor: Actor, at: datetime) -> Closing:
    """
    Keep the figures of an agency for a period that is over.

    Of two who close at once, one does: the database takes one standing closing of a period. Raises PeriodNotOver,
    NothingToClose, StillMeasuring, PeriodClosed.
    """
    agency = agency_of(agency_code, day_of(period, at))
    require(access.can_close_period, actor, agency.path_codes)
    if period.last >= civil_date(at):
        raise PeriodNotOver(day=f"{period.last:%d/%m/%Y}")
    found = index_for(agency.code, period, at=at)
    if found.index is None or not is_built():
        raise NothingToClose
    if waits_from_before(FOLLOWER, period.end, about=case_measures().key):
        raise StillMeasuring
    facts, figures = frozen(found)
    closing = Closing(
        agency_code=agency.code, agency_name=agency.name, first=period.first, last=period.last, rules=RULES,
        facts=facts, figures=figures, points=found.index.points, measured=found.index.measured,
        closed_at=at, closed_by=actor.name,
    )  # fmt: skip
    Closing.objects.bulk_create([closing], ignore_conflicts=True)
    stands = Closing.objects.get(agency_code=agency.code, first=period.first, last=period.last, reopened_at=None)
    if stands.pk != closing.pk:
        raise PeriodClosed(by=stands.closed_by)
    record(
        "quality.period_closed", closing, actor=actor, at=at, agency=agency.code, points=str(closing.points),
        measured=str(closing.measured), rules=RULES,
    )  # fmt: skip
    return closing


@act
def reopen_period(agency_code: str, period: Period, *, reason: str, actor: Actor, at: datetime) -> Closing:
    """Let a closed period be reckoned anew, with a reason; what was closed stays to be read. Raises PeriodOpen, BadInput."""
    require(access.can_reopen_period, actor)
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise BadInput(faults=[Fault("/reason", _("Say why the figures must change."))])
    agency_code = agency_of(agency_code, day_of(period, at)).code
    rows = Closing.objects.select_for_update().filter(
        agency_code=agency_code, first=period.first, last=period.last, reopened_at=None
    )
    closing = rows.first()
    if closing is None:
        raise PeriodOpen
    closing.reopened_at, closing.reopened_by, closing.reason = at, actor.name, reason
    closing.save(update_fields=["reopened_at", "reopened_by", "reason"])
    record("quality.period_reopened", closing, actor=actor, at=at, agency=agency_code, reason=reason)
    return closing
