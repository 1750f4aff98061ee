"""Pages of the national portal: what waits, what was refused, which days differ, what a central system works."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound
from tinhso.base.registry import registry
from tinhso.kernel.casework.public import NationalCases, PortalAway, PortalRefuses, national_portal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import agencies_by_code
from tinhso.law.states import NationalState
from tinhso.modules.nationalportal import access
from tinhso.modules.nationalportal.actions import comparing, telling
from tinhso.modules.nationalportal.forms import DayForm
from tinhso.modules.nationalportal.queries import central as mirrored
from tinhso.modules.nationalportal.queries import standing
from tinhso.web.words import own

MOST_DIGITS = 6


@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """Show the queue and what the portal refused."""
    require(access.can_see, request.actor)
    told = standing.telling(request.at)
    link = registry.one(NationalCases).link
    context = {
        "title": gettext("National portal"),
        "tabs": _tabs("home"),
        "is_on": national_portal() is not None,
        "stats": [
            {"value": told.waiting, "term": gettext("Waiting")},
            {"value": told.sent_today, "term": gettext("Told in the last 24 hours")},
            {"value": told.parked, "term": gettext("Refused by the portal")},
        ],
        "telling": told,
        "parked": [(one, link(one.dossier_code)) for one in standing.parked()],
        "may_tell": access.can_tell(request.actor),
    }
    return render(request, "nationalportal/home.html", context)


@require_POST
def tell_again(request: ActorRequest) -> HttpResponse:
    """Tell of a dossier anew."""
    code = request.POST.get("code", "")[:60].strip()
    telling.tell_again(code, actor=request.actor, at=request.at)
    messages.success(request, gettext("{code} will be told again within seconds.").format(code=code))
    return redirect("nationalportal:home")


@require_GET
def days(request: ActorRequest) -> HttpResponse:
    """List the days that were compared."""
    require(access.can_see, request.actor)
    return _days(request, DayForm(today=civil_date(request.at)))


def _days(request: ActorRequest, form: DayForm, fault: str = "") -> HttpResponse:
    context = {
        "title": gettext("Compared with the national portal"),
        "tabs": _tabs("days"),
        "rows": standing.days(),
        "form": form,
        "fault": fault,
        "may_tell": access.can_tell(request.actor),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or fault else HTTPStatus.OK
    return render(request, "nationalportal/days.html", context, status=status)


@require_POST
def compare(request: ActorRequest) -> HttpResponse:
    """Compare a day now."""
    require(access.can_compare, request.actor)
    form = DayForm(request.POST, today=civil_date(request.at))
    if not form.is_valid():
        return _days(request, form)
    portal, day = national_portal(), form.cleaned_data["day"]
    if portal is None:
        return _days(request, form, gettext("No address of the national portal is set (TINHSO_NATIONAL_URL)."))
    try:
        comparing.compare_day(portal, day, actor=request.actor, at=request.at)
    except PortalAway as fault:
        return _days(
            request, form, gettext("The national portal did not answer. Try again later. ({fault})").format(fault=fault)
        )
    except PortalRefuses as fault:
        return _days(request, form, gettext("The national portal refused. ({fault})").format(fault=fault))
    return redirect("nationalportal:day", f"{day}")


@require_GET
def one_day(request: ActorRequest, day: str) -> HttpResponse:
    """Show how a day differs, by agency and dossier."""
    require(access.can_see, request.actor)
    found = standing.day_compared(_date(day))
    differ, link = standing.differences_of(found.day), registry.one(NationalCases).link
    agencies = agencies_by_code(
        {code for code, *_rest in found.by_agency} | {one.agency_code for one in differ}, on=civil_date(request.at)
    )
    context = {
        "title": gettext("Compared with the national portal"),
        "found": found,
        "counts": [
            (_agency(agencies, code), gettext(NationalState(state).title), here, there)
            for code, state, here, there in found.by_agency
        ],
        "rows": [
            {
                "one": one,
                "agency": _agency(agencies, one.agency_code),
                "here": _state(one.here),
                "there": _state(one.there),
                "link": link(one.dossier_code) if one.here else "",
                "may_send": one.here > 0,
            }
            for one in differ
        ],
        "may_tell": access.can_tell(request.actor),
    }
    return render(request, "nationalportal/day.html", context)


@require_POST
def send_differences(request: ActorRequest, day: str) -> HttpResponse:
    """Tell again of the dossiers that were ticked."""
    require(access.can_tell, request.actor)
    sent = comparing.send_differences(_date(day), request.POST.getlist("code"), actor=request.actor, at=request.at)
    told = ngettext("{n} dossier will be told again. Compare the day again in a minute.", "{n} dossiers will be told again. Compare the day again in a minute.", sent)  # fmt: skip
    messages.success(request, told.format(n=sent)) if sent else messages.error(
        request, gettext("Tick at least one dossier.")
    )
    return redirect("nationalportal:day", day)


@require_GET
def central(request: ActorRequest) -> HttpResponse:
    """List the dossiers of our agencies that central systems work."""
    require(access.can_see, request.actor)
    asked, text = request.GET.get("trang", ""), request.GET.get("q", "")[:60]
    page = int(asked) if asked.isdecimal() and len(asked) < MOST_DIGITS else 1
    rows, more = mirrored.dossiers(text, page=page)
    agencies = agencies_by_code({one.agency_code for one in rows}, on=civil_date(request.at))
    context = {
        "title": gettext("Dossiers of central systems"),
        "tabs": _tabs("central"),
        "q": text,
        "rows": [(one, _agency(agencies, one.agency_code), _state(one.state)) for one in rows],
        "counts": [(service, _state(state), count) for service, state, count in mirrored.by_service()],
        "page": page,
        "next": page + 1 if more else 0,
    }
    return render(request, "nationalportal/central.html", context)


def _tabs(current: str) -> list[dict[str, Any]]:
    named = [
        ("home", gettext("Queue"), reverse("nationalportal:home")),
        ("days", gettext("Compared days"), reverse("nationalportal:days")),
        ("central", gettext("Dossiers of central systems"), reverse("nationalportal:central")),
    ]
    return [{"text": text, "href": href, "current": key == current} for key, text, href in named]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as no:
        raise NotFound from no


def _agency(agencies: Any, code: str) -> str:
    return own(agencies[code], "name") if code in agencies else code


def _state(state: int) -> str:
    return gettext(NationalState(state).title) if state else "–"
