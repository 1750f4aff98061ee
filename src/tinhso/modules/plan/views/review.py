"""Looking through what was read of a plan, beside its text: accept, correct, refuse, add; then it is held to."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.base.acts import require
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.plan import access
from tinhso.modules.plan.actions import deciding
from tinhso.modules.plan.queries import plans as read
from tinhso.modules.plan.queries import shown, texts
from tinhso.modules.plan.queries.agencies import lead_choices
from tinhso.modules.plan.queries.kinds import ItemState, Kind, Way
from tinhso.modules.plan.views.register import page_of
from tinhso.modules.plan.views.trying import KEPT, tried
from tinhso.web.words import number

if TYPE_CHECKING:
    from tinhso.modules.plan.models import Item, Plan

FIELDS = ("text", "value", "unit", "by", "who", "lead", "partners", "way")
MOST_YEARS = 12


def review(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Show lines of a plan beside the part of the text they stand in; accept or refuse them, one or all of the page."""
    require(access.can_see_plans, request.actor)
    found = read.get_plan(plan_id)
    if request.method == "POST":
        require(access.can_keep_plan, request.actor, read.path_of(found, request.at))
        return _decide(request, found)
    kind = request.GET.get("loai", "")
    kind = kind if kind in Kind.values else ""
    state = request.GET.get("trang-thai", ItemState.PROPOSED)
    state = state if state in {*ItemState.values, "all"} else ItemState.PROPOSED
    rows = read.items_of(found, kind=kind, state="" if state == "all" else state)
    page, count = page_of(request), rows.count()
    items = list(rows[(page - 1) * read.REVIEW_PAGE : page * read.REVIEW_PAGE])
    context = {
        "title": _("Look through what was read"),
        "plan": found,
        "rows": [
            {**shown.item_row(each, request.at), "correct": reverse("plan:correct", args=[plan_id, each.pk])}
            for each in items
        ],
        "window": texts.around(found, items),
        "kinds": _links(found, kind, state),
        "states": _state_links(kind, state),
        "open": sum(left for _all, left in read.kinds_of(found).values()),
        "page_count": count,
        "next": f"?{urlencode({**request.GET.dict(), 'trang': page + 1})}" if page * read.REVIEW_PAGE < count else "",
        "query": request.GET.urlencode(),
        "may_keep": access.can_keep_plan(request.actor, read.path_of(found, request.at)),
        "add_links": [
            {"text": label, "href": f"{reverse('plan:add', args=[plan_id])}?loai={key}"} for key, label in Kind.choices
        ],
        "back": reverse("plan:plan", args=[plan_id]),
    }
    return render(request, "plan/review.html", context)


def _links(found: Plan, kind: str, state: str) -> list[dict[str, Any]]:
    known = read.kinds_of(found)
    every = [
        ("", _("All"), sum(left for _all, left in known.values())),
        *((key, label, known.get(key, (0, 0))[1]) for key, label in Kind.choices),
    ]
    return [
        {
            "text": f"{label} ({number(left)})" if state == ItemState.PROPOSED else str(label),
            "href": f"?{urlencode({'loai': key, 'trang-thai': state})}",
            "current": key == kind,
        }
        for key, label, left in every
    ]


def _state_links(kind: str, state: str) -> list[dict[str, Any]]:
    named = [(str(key), str(label)) for key, label in ItemState.choices]
    return [
        {"text": label, "href": f"?{urlencode({'loai': kind, 'trang-thai': key})}", "current": key == state}
        for key, label in [*named, ("all", _("All"))]
    ]


def _decide(request: ActorRequest, found: Plan) -> HttpResponse:
    verb = request.POST.get("verb", "")
    do = {"accept": deciding.accept, "refuse": deciding.refuse}.get(verb)
    if do is None:
        raise NotFound
    items = [_with_version(each) for each in request.POST.getlist("item")[: read.REVIEW_PAGE]]
    if not items:
        messages.error(request, _("Choose at least one line."))
    else:
        tried(request, lambda: do(found.pk, items, actor=request.actor, at=request.at))
    return redirect(f"{reverse('plan:review', args=[found.pk])}?{request.GET.urlencode()}")


def _with_version(said: str) -> tuple[UUID, int]:
    """Read `id:version` of a line. Raises NotFound."""
    key, _colon, seen = said.partition(":")
    try:
        return UUID(key), int(seen)
    except ValueError as error:
        raise NotFound from error


def correct(request: ActorRequest, plan_id: UUID, item_id: UUID) -> HttpResponse:
    """Set right what was read of a line. What was typed stays when it is refused."""
    require(access.can_see_plans, request.actor)
    found = read.get_item(plan_id, item_id)
    require(access.can_keep_plan, request.actor, read.path_of(found.plan, request.at))
    given = _given(request) if request.method == "POST" else _as_it_is(found)
    faults: dict[str, str] = {}
    if request.method == "POST":
        seen = request.POST.get("seen", "0")
        try:
            deciding.correct(
                item_id, given, seen=int(seen) if seen.isdecimal() else 0, actor=request.actor, at=request.at
            )
        except Refusal as no:
            faults = _faults(request, no)
        else:
            messages.success(request, _("Done. It stands in the journal."))
            return redirect(f"{reverse('plan:review', args=[plan_id])}?{request.GET.urlencode()}")
    return _form(request, found.plan, found, given, faults)


def add(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Add a line that the program did not find."""
    require(access.can_see_plans, request.actor)
    found = read.get_plan(plan_id)
    require(access.can_keep_plan, request.actor, read.path_of(found, request.at))
    kind = request.GET.get("loai", "")
    if kind not in Kind.values:
        raise NotFound
    given = _given(request) if request.method == "POST" else {}
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            deciding.add(plan_id, kind, given, actor=request.actor, at=request.at)
        except Refusal as no:
            faults = _faults(request, no)
        else:
            messages.success(request, _("Done. It stands in the journal."))
            return redirect("plan:review", plan_id)
    return _form(request, found, kind, given, faults)


def _given(request: ActorRequest) -> dict[str, str]:
    return {
        name: value
        for name, value in request.POST.items()
        if isinstance(value, str) and (name in FIELDS or name.startswith("vnd-"))
    } | _typed_years(request)


def _typed_years(request: ActorRequest) -> dict[str, str]:
    """Return the sum of a year that was typed beside it: `new-year` and `new-vnd`."""
    year, vnd = request.POST.get("new-year", "").strip(), request.POST.get("new-vnd", "").strip()
    return {f"vnd-{year}": vnd} if year.isdecimal() and vnd else {}


def _as_it_is(found: Item) -> dict[str, str]:
    """Return a line as its form shows it: numbers as people type them."""
    value = "" if found.value is None else f"{found.value.normalize():f}".replace(".", ",")
    money = {f"vnd-{each.year}": number(each.vnd) for each in found.amounts.all()}
    plain = {name: str(getattr(found, name)) for name in FIELDS if name != "value"}
    return {**plain, "value": value, **money}


def _faults(request: ActorRequest, no: Refusal) -> dict[str, str]:
    if no.status in KEPT:
        raise no
    if not no.faults:
        messages.error(request, str(no))
    return {fault.pointer.strip("/"): str(fault.text) for fault in no.faults}


def _form(
    request: ActorRequest, plan: Plan, line: Item | str, given: dict[str, str], faults: dict[str, str]
) -> HttpResponse:
    """Show the form of a line, or of a kind of line that is to be added."""
    found, kind = (None, line) if isinstance(line, str) else (line, line.kind)
    years = sorted({0, *(int(name[4:]) for name in given if name.startswith("vnd-") and name[4:].isdecimal())})[
        :MOST_YEARS
    ]
    leads = [("", _("Nobody of ours, or not told")), *lead_choices(plan.unit, request.at)]
    context = {
        "title": _("Correct") if found else _("Add a line"),
        "plan": plan,
        "item": found,
        "kind": kind,
        "kind_name": dict(Kind.choices)[kind],
        "given": given,
        "faults": faults,
        "is_figure": kind in (Kind.GOAL, Kind.REPORTED),
        "is_money": kind == Kind.MONEY,
        "years": [
            {
                "name": f"vnd-{year}",
                "label": str(year) if year else _("All years"),
                "value": given.get(f"vnd-{year}", ""),
                "fault": faults.get(f"vnd-{year}", ""),
            }
            for year in years
        ],
        "ways": Way.choices,
        "leads": leads,
        "window": texts.around(plan, [found]) if found else None,
        "back": f"{reverse('plan:review', args=[plan.pk])}?{request.GET.urlencode()}",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "plan/correct.html", context, status=status)


def clear(request: ActorRequest, plan_id: UUID) -> HttpResponse:
    """Say that a text was looked through."""
    require(access.can_see_plans, request.actor)
    if request.method == "POST":
        seen = request.POST.get("seen", "0")
        done = tried(
            request,
            lambda: deciding.clear(
                plan_id,
                seen=int(seen) if seen.isdecimal() else 0,
                refuse_rest=request.POST.get("rest") == "refuse",
                actor=request.actor,
                at=request.at,
            ),
        )
        return redirect("plan:plan" if done else "plan:review", plan_id)
    return redirect("plan:review", plan_id)
