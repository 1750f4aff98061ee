"""The register of plans and directives, taking one in, and the tasks of all of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import Agency, get_agency
from tinhso.modules.plan import access
from tinhso.modules.plan.actions.taking import KnownAlready, look_at, take_in
from tinhso.modules.plan.forms import GiveForm
from tinhso.modules.plan.queries import plans as read
from tinhso.modules.plan.queries import shown
from tinhso.modules.plan.queries.agencies import lead_choices, own_units
from tinhso.modules.plan.queries.kinds import PlanState
from tinhso.modules.plan.views.trying import KEPT
from tinhso.web.words import own

MOST_PAGES = 10_000


def home(request: ActorRequest) -> HttpResponse:
    """List the plans and directives, the newest first."""
    require(access.can_see_plans, request.actor)
    filters, page = _filters(request), page_of(request)
    found, count = read.list_plans(filters, page=page)
    counts = read.counts_of([each.pk for each in found])
    context = {
        "title": _("Plans and directives"),
        "rows": [shown.plan_row(each, counts.get(each.pk)) for each in found],
        "words": filters.words,
        "kinds": _kind_links(request, filters),
        "tabs": tabs("texts"),
        "count": count,
        "next": _more(request, page, count),
        "may_give": access.can_take_in(request.actor),
    }
    return render(request, "plan/home.html", context)


def _filters(request: ActorRequest) -> read.Filters:
    given = request.GET
    return read.Filters(
        words=given.get("q", "").strip()[:200],
        kind=given.get("loai", "") if given.get("loai", "") in {"plan", "directive"} else "",
        state=given.get("trang-thai", "") if given.get("trang-thai", "") in PlanState.values else "",
    )


def page_of(request: ActorRequest) -> int:
    """Return the page of a list that is asked for, from one."""
    asked = request.GET.get("trang", "")
    return min(max(int(asked), 1), MOST_PAGES) if asked.isdecimal() and len(asked) < len(str(MOST_PAGES)) + 1 else 1


def _more(request: ActorRequest, page: int, count: int) -> str:
    return "?" + urlencode({**request.GET.dict(), "trang": page + 1}) if page * read.PAGE < count else ""


def tabs(current: str) -> list[dict[str, Any]]:
    """Return the ways through plans: the texts, the tasks of all of them."""
    named = [("texts", _("Texts"), reverse("plan:home")), ("tasks", _("Tasks"), reverse("plan:tasks"))]
    return [{"text": text, "href": href, "current": key == current} for key, text, href in named]


def _kind_links(request: ActorRequest, filters: read.Filters) -> list[dict[str, Any]]:
    kept = {key: value for key, value in request.GET.dict().items() if key not in ("loai", "trang", "trang-thai")}
    named = [
        ("", "", _("All")),
        ("plan", "", _("Plans and resolutions")),
        ("directive", "", _("Directives")),
        ("", PlanState.REVIEW, _("To be looked through")),
    ]
    return [
        {
            "text": text,
            "href": "?" + urlencode({**kept, "loai": kind, "trang-thai": state}),
            "current": (kind, state) == (filters.kind, filters.state),
        }
        for kind, state, text in named
    ]


def give(request: ActorRequest) -> HttpResponse:
    """Take a text in: a file or pasted words. What was typed stays when it is refused."""
    require(access.can_take_in, request.actor)
    units = own_units(request.actor.agencies_with(access.KEEPING), request.at)
    posted = request.method == "POST"
    form = GiveForm(request.POST if posted else None, request.FILES if posted else None, units=units)
    if posted and form.is_valid():
        try:
            given = look_at(*_content(form))
            plan = take_in(given, unit=form.cleaned_data["unit"], actor=request.actor, at=request.at)
        except KnownAlready as no:
            messages.error(request, str(no))
            return redirect("plan:plan", no.facts["plan"])
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error("file", " ".join(str(fault.text) for fault in no.faults) or str(no))
        else:
            return redirect("plan:plan", plan.pk)
    context = {"title": _("Take in a plan or directive"), "form": form, "back": reverse("plan:home")}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "plan/give.html", context, status=status)


def _content(form: GiveForm) -> tuple[bytes, str]:
    sent = form.cleaned_data.get("file")
    if sent:
        return sent.read(), sent.name or "tep"
    words: str = form.cleaned_data["words"]
    first = next((line.strip() for line in words.splitlines() if line.strip()), "")
    return words.encode(), first[:120]


def _agency(request: ActorRequest) -> Agency | None:
    """Return the agency whose tasks are asked for. Raises NotFound for one that there is not."""
    code = request.GET.get("co-quan", "").strip()[:35]
    return get_agency(code, civil_date(request.at)) if code else None


def _below(agency: Agency | None, codes: list[str], request: ActorRequest) -> list[str]:
    """Return the agencies whose tasks are shown: of one that is asked for, with all below it; the province's, with those of nobody."""
    if agency is None:
        return codes
    below = [code for code, _name in lead_choices(agency.code, request.at)]
    return [*below, ""] if not agency.parent_code else below


def tasks(request: ActorRequest) -> HttpResponse:
    """List what texts oblige whom to do: of the reader's own agencies, or of all; late ones first."""
    require(access.can_see_plans, request.actor)
    agency = _agency(request)
    own_codes = [agency.code] if agency else sorted({held.agency for held in request.actor.holdings})
    whose = "all" if request.GET.get("cua") == "tat-ca" and agency is None else "mine"
    state = request.GET.get("trang-thai", "open")
    state = state if state in {"open", "done", "stuck", "all"} else "open"
    kept = {"co-quan": agency.code} if agency else {"cua": "tat-ca"} if whose == "all" else {}
    page, words = page_of(request), request.GET.get("q", "").strip()[:200]
    found, count = read.tasks_of(
        None if whose == "all" else _below(agency, own_codes, request),
        state="" if state == "all" else state,
        words=words,
        page=page,
    )
    context = {
        "title": _("What is to be done"),
        "rows": [shown.item_row(each, request.at) for each in found],
        "tabs": tabs("tasks"),
        "agency": own(agency, "name") if agency else "",
        "agency_key": agency.code if agency else "",
        "whose": [
            {
                "text": _("My agency"),
                "href": f"?{urlencode({'trang-thai': state})}",
                "current": whose == "mine" and agency is None,
            },
            {
                "text": _("All agencies"),
                "href": f"?{urlencode({'cua': 'tat-ca', 'trang-thai': state})}",
                "current": whose == "all",
            },
        ],
        "states": [
            {
                "text": text,
                "href": "?" + urlencode({**kept, "trang-thai": key}),
                "current": key == state,
            }
            for key, text in (("open", _("To be done")), ("stuck", _("Stuck")), ("done", _("Done")), ("all", _("All")))
        ],
        "count": count,
        "words": words,
        "next": _more(request, page, count),
        "today": civil_date(request.at),
        "whose_key": request.GET.get("cua", ""),
        "state_key": state,
    }
    return render(request, "plan/tasks.html", context)
