"""Figures that no dossier tells: entered with evidence, approved by another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tinhso.base.refusals import BadInput
from tinhso.kernel.identity.public import ActorRequest
from tinhso.law.quality.indicators import REPORTED
from tinhso.modules.quality import access
from tinhso.modules.quality.actions import reporting as acts
from tinhso.modules.quality.queries import figures, shown
from tinhso.modules.quality.queries.periods import Period
from tinhso.modules.quality.queries.reported import get_report, reports_of
from tinhso.modules.quality.views.parts import period_of
from tinhso.web.words import number

CHIPS = {"waiting": "warn", "approved": "ok", "refused": "late", "replaced": "plain"}


def told_of(request: ActorRequest, found: figures.AgencyIndex, key: str) -> dict[str, Any]:
    """Return what was entered of an indicator in a period, and what the reader may do; empty for one that is counted."""
    if key not in REPORTED:
        return {}
    path = found.agency.path_codes
    return {
        "reports": [_row(request, row, path) for row in reports_of(found.agency.code, key, found.period)],
        "may_report": access.can_enter_points(request.actor, path),
        "report_url": f"{reverse('quality:report', args=[found.agency.code, key])}?ky={found.period.key}",
    }


def _row(request: ActorRequest, row: Any, path: Sequence[str]) -> dict[str, Any]:
    may_decide = row.is_waiting and access.can_decide_figure(request.actor, path, row.entered_key)
    return {
        "row": row,
        "period": shown.period_words(Period(row.first, row.last)),
        "figure": f"{number(row.numerator)} / {number(row.denominator)}",
        "chip": CHIPS[row.state],
        "state": row.get_state_display(),
        "may_decide": may_decide,
    }


@require_POST
def report(request: ActorRequest, code: str, key: str) -> HttpResponse:
    """Enter a figure with its evidence."""
    period, given = period_of(request), request.POST
    try:
        acts.report_figure(
            code, period, key, given.get("numerator", "")[:20], given.get("denominator", "")[:20],
            evidence=given.get("evidence", ""), actor=request.actor, at=request.at,
        )  # fmt: skip
    except BadInput as no:
        for fault in no.faults:
            messages.error(request, str(fault.text))
    else:
        messages.success(request, gettext("Entered. It counts when somebody else has approved it."))
    return _back(code, key, period.key)


@require_POST
def decide(request: ActorRequest, report_id: UUID) -> HttpResponse:
    """Approve a figure, or say what is wrong with it."""
    is_approved = request.POST.get("verb") == "approve"
    try:
        row = acts.decide_figure(
            report_id,
            is_approved=is_approved,
            reason=request.POST.get("reason", ""),
            actor=request.actor,
            at=request.at,
        )
    except BadInput as no:
        messages.error(request, str(no.faults[0].text))
        row = get_report(report_id)
    else:
        approved, refused = (
            gettext("Approved: it counts from now on."),
            gettext("Not approved. Whoever entered it sees why."),
        )
        messages.success(request, approved if is_approved else refused)
    return _back(row.agency_code, row.indicator, Period(row.first, row.last).key)


def _back(code: str, key: str, period: str) -> HttpResponse:
    return redirect(f"{reverse('quality:indicator', args=[code, key])}?ky={period}")
