"""The nine indices of TT 01/2018/TT-VPCP."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.refusals import BadInput
from tinhso.kernel.identity.public import ActorRequest
from tinhso.law.quality import nine as law
from tinhso.modules.quality import access
from tinhso.modules.quality.actions.points import enter_points
from tinhso.modules.quality.queries import rating, shown
from tinhso.modules.quality.queries.shown import BAND_CHIPS
from tinhso.modules.quality.views.parts import around, period_of
from tinhso.web.words import number


def nine(request: ActorRequest, code: str) -> HttpResponse:
    """Show the nine indices of an agency, and those of its officials to whoever may open dossiers."""
    require(access.can_see_figures, request.actor)
    period = period_of(request)
    found, rated = rating.agency_nine(code, period, at=request.at)
    path = found.agency.path_codes
    may_open = access.can_see_dossiers(request.actor, path, found.parts)
    officials = rating.officials_nine(code, period, at=request.at) if may_open else []
    return render(
        request,
        "quality/nine.html",
        {
            "title": gettext("Nine indices of TT 01/2018/TT-VPCP"),
            "name": shown.agency_name(found),
            "code": found.agency.code,
            "rows": [_row(index, rated) for index in law.TITLES],
            "total": number(rated.nine.total, 1),
            "missing": ", ".join(f"({index})" for index in rated.nine.missing),
            "result": {"kind": BAND_CHIPS[rated.result], "text": gettext(law.BANDS[rated.result])}
            if rated.result
            else None,
            "officials": [_official(one) for one in officials],
            "may_open": may_open,
            "may_enter": access.can_enter_points(request.actor, path),
            "choices": [
                {"value": str(index), "text": f"({index}) {gettext(law.TITLES[index])}"} for index in law.ENTERED
            ],
            "people": [{"value": "", "text": gettext("The agency itself")}]
            + [{"value": one.key, "text": one.name} for one in officials],
            **around(request, period),
        },
    )


def _row(index: int, rated: rating.Rated) -> dict[str, Any]:
    value, entered = rated.nine.values.get(index), rated.entered.get(index)
    return {
        "number": index,
        "title": gettext(law.TITLES[index]),
        "value": number(value, 1) if value is not None else "",
        "entered": entered if index in law.ENTERED else None,
        "counted": index not in law.ENTERED,
    }


def _official(one: rating.Rated) -> dict[str, Any]:
    return {
        "name": one.name,
        "dossiers": number(one.dossiers),
        "values": [
            {"number": index, "value": number(value, 1) if value is not None else "–"}
            for index, value in one.nine.values.items()
        ],
        "total": number(one.nine.total, 1),
        "result": gettext(law.DONE[one.result]) if one.result else "",
        "missing": ", ".join(f"({index})" for index in one.nine.missing),
    }


@require_POST
def enter(request: ActorRequest, code: str) -> HttpResponse:
    """Enter one index with its evidence."""
    period, given = period_of(request), request.POST
    index = given.get("number", "")
    try:
        enter_points(
            code, period, int(index) if index.isdecimal() and len(index) == 1 else 0, given.get("value", "")[:20],
            evidence=given.get("evidence", ""), official=given.get("official", ""), actor=request.actor, at=request.at,
        )  # fmt: skip
    except BadInput as no:
        for fault in no.faults:
            messages.error(request, str(fault.text))
    else:
        messages.success(request, gettext("Entered."))
    return redirect(f"{reverse('quality:nine', args=[code])}?ky={period.key}")
