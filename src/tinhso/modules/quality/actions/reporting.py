"""Entering an indicator that no dossier tells, with its evidence, and approving it by another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.base.actors import Actor
from tinhso.base.acts import act, require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.journal.public import record
from tinhso.law.quality.indicators import REPORTED
from tinhso.modules.quality import access
from tinhso.modules.quality.models import Reported, ReportState
from tinhso.modules.quality.queries.periods import Period
from tinhso.modules.quality.queries.places import agency_of, day_of

LONGEST = 1000
MOST = 100_000_000


class FigureDecided(Refusal):
    """Decided once is decided."""

    code = "quality.figure_decided"
    text = _("Somebody decided about this figure already, or entered another. Look at it again.")


@act
def report_figure(
    agency_code: str, period: Period, key: str, numerator: str, denominator: str, *, evidence: str, actor: Actor,
    at: datetime,
) -> Reported:  # fmt: skip
    """
    Enter an indicator of an agency for a period that has begun; it counts when another approves it.

    One that waits already is replaced; one that was approved stands until this one is. Raises BadInput, FigureDecided.
    """
    agency = agency_of(agency_code, day_of(period, at))
    require(access.can_enter_points, actor, agency.path_codes)
    part, whole = _checked(key, numerator, denominator, evidence.strip(), has_begun=period.first <= civil_date(at))
    _of(agency.code, key, period).filter(state=ReportState.WAITING).update(state=ReportState.REPLACED)
    row = Reported(
        agency_code=agency.code, indicator=key, first=period.first, last=period.last, numerator=part, denominator=whole,
        evidence=evidence.strip()[:LONGEST], entered_key=actor.key, entered_by=actor.name[:200], entered_at=at,
    )  # fmt: skip
    Reported.objects.bulk_create([row], ignore_conflicts=True)
    if not Reported.objects.filter(pk=row.pk).exists():
        raise FigureDecided  # another entered one at this very moment
    record(
        "quality.figure_reported", row, actor=actor, at=at, agency=agency.code, indicator=key, first=period.first,
        last=period.last, numerator=part, denominator=whole, evidence=row.evidence,
    )  # fmt: skip
    return row


@act
def decide_figure(report_id: UUID, *, is_approved: bool, reason: str = "", actor: Actor, at: datetime) -> Reported:
    """Approve an entered figure, or say why not; nobody approves their own. Raises NotFound, FigureDecided, BadInput."""
    row = Reported.objects.select_for_update().filter(pk=report_id).first()
    if row is None:
        raise NotFound
    agency = agency_of(row.agency_code, day_of(Period(row.first, row.last), at))
    require(access.can_decide_figure, actor, agency.path_codes, row.entered_key)
    if row.state != ReportState.WAITING:
        raise FigureDecided
    if not is_approved and not reason.strip():
        raise BadInput(faults=[Fault("/reason", _("Say what is wrong with it."))])
    if is_approved:
        same = _of(row.agency_code, row.indicator, Period(row.first, row.last))
        same.filter(state=ReportState.APPROVED).update(state=ReportState.REPLACED)
    row.state = ReportState.APPROVED if is_approved else ReportState.REFUSED
    row.decided_by, row.decided_at, row.reason = actor.name[:200], at, reason.strip()[:LONGEST]
    row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    record(
        "quality.figure_decided", row, actor=actor, at=at, agency=row.agency_code, indicator=row.indicator,
        state=row.state, reason=row.reason,
    )  # fmt: skip
    return row


def _of(agency_code: str, key: str, period: Period) -> QuerySet[Reported]:
    return Reported.objects.filter(agency_code=agency_code, indicator=key, first=period.first, last=period.last)


def _checked(key: str, numerator: str, denominator: str, evidence: str, *, has_begun: bool) -> tuple[int, int]:
    """Return both numbers. Raises BadInput with each place to mend."""
    part, whole = (_number(text) for text in (numerator, denominator))
    faults = []
    if key not in REPORTED:
        faults.append(Fault("/indicator", _("This indicator is counted, not entered.")))
    if not 1 <= whole <= MOST:
        faults.append(Fault("/denominator", _("Give a whole number from 1 on.")))
    if not 0 <= part <= max(whole, 0):
        faults.append(Fault("/numerator", _("Give a whole number that is not more than the whole.")))
    if not evidence:
        faults.append(Fault("/evidence", _("Say what this rests on: a number of minutes, a list, a decision.")))
    if not has_begun:
        faults.append(Fault("/period", _("This period has not begun.")))
    if faults:
        raise BadInput(faults=faults)
    return part, whole


def _number(text: str) -> int:
    """Return a number as people write it, with points or blanks between thousands; -1 for what is none."""
    digits = text.strip().replace(".", "").replace(" ", "").replace("\u00a0", "")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 9 else -1  # noqa: PLR2004
