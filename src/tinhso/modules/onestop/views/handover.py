"""Hand-over lists between post and desk: made, sent, checked off, received, printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Refusal
from tinhso.kernel.documents.public import render_pdf
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import agencies_by_code
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import handover
from tinhso.modules.onestop.queries import handover as reads
from tinhso.modules.onestop.views.work import KEPT
from tinhso.web.words import own

LONGEST = 500


def lists(request: ActorRequest) -> HttpResponse:
    """List the hand-over lists of the reader's post offices and desks; begin one."""
    require(access.hands_over, request.actor)
    after, on = request.GET.get("sau", "")[:200], civil_date(request.at)
    page = reads.lists_of(request.actor, after=after)
    names = agencies_by_code({row.agent_code for row in page.rows} | {row.desk_code for row in page.rows}, on)
    context = {
        "title": gettext("Hand-over lists with the post"),
        "rows": [{"list": row, **_sides(row, names)} for row in page.rows],
        "may_begin": [
            {
                "direction": direction,
                "agent": agent.code,
                "text": own(agent, "name"),
                "way": reads.Direction(direction).label,
            }
            for direction, agent in reads.agents_of(request.actor, on)
        ],
        "takes": access.takes_by_post(request.actor),
        "next": f"?sau={page.after}" if page.after else "",
        "first": request.path if after else "",
    }
    return render(request, "onestop/handovers.html", context)


def _sides(row: reads.HandOver, names: Any) -> dict[str, str]:
    return {
        side: own(names[code], "name") if code in names else code
        for side, code in (("giver", row.giver), ("receiver", row.receiver))
    }


@require_POST
def begin(request: ActorRequest) -> HttpResponse:
    """Begin a list."""
    direction = reads.Direction.OUT if request.POST.get("direction") == "out" else reads.Direction.IN
    made = handover.begin_list(direction, request.POST.get("agent", "")[:35], actor=request.actor, at=request.at)
    return redirect("onestop:handover", made.pk)


def one(request: ActorRequest, list_id: UUID) -> HttpResponse:
    """Show a list: what is on it, what could be, what the receiver found."""
    found = reads.get_list(list_id, seen_by=request.actor)
    items, is_draft = reads.items_of(found), found.state == reads.HandOverState.DRAFT
    names = agencies_by_code({found.agent_code, found.desk_code}, civil_date(request.at))
    gives = access.gives(request.actor, found)
    context = {
        "title": reads.Direction(found.direction).label,
        "list": found,
        **_sides(found, names),
        "state": reads.HandOverState(found.state).label,
        "items": [{"item": item, "found": reads.ItemState(item.state).label} for item in items],
        "may_change": is_draft and gives,
        "may_check": found.state == reads.HandOverState.SENT and access.receives_list(request.actor, found),
        "offered": reads.fitting(found) if is_draft and gives else [],
        "answers": [
            {"value": state.value, "text": state.label} for state in reads.ItemState if state != reads.ItemState.WAITING
        ],
    }
    return render(request, "onestop/handover.html", context)


@require_POST
def change(request: ActorRequest, list_id: UUID, what: str) -> HttpResponse:
    """Do one thing with a list: put on, take off, send, check off, receive."""
    done: dict[str, Callable[[], Any]] = {
        "them": lambda: handover.put_on_list(
            list_id, _typed(request, "code"), papers=_typed(request, "papers"), **_who(request)
        ),
        "bo": lambda: handover.take_off_list(list_id, _id(request), **_who(request)),
        "gui": lambda: handover.send_list(list_id, tracking=_typed(request, "tracking")[:60], **_who(request)),
        "kiem": lambda: handover.check_item(
            list_id, _id(request), state=_typed(request, "state"), note=_typed(request, "note"), **_who(request)
        ),
        "nhan": lambda: handover.close_list(list_id, **_who(request)),
    }
    try:
        reads.get_list(list_id, seen_by=request.actor)
        if what in done:
            done[what]()
    except BadInput as no:
        messages.error(request, " ".join(str(fault.text) for fault in no.faults) or str(no))
    except Refusal as no:
        if no.status in KEPT:
            raise
        messages.error(request, str(no))
    else:
        messages.success(request, gettext("Done."))
    return redirect("onestop:handover", list_id)


def printed(request: ActorRequest, list_id: UUID) -> HttpResponse:
    """Give the list as PDF."""
    template, data = reads.list_paper(reads.get_list(list_id, seen_by=request.actor))
    response = HttpResponse(render_pdf(template, data, at=request.at), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="danh-sach-giao-nhan.pdf"'
    return response


def _who(request: ActorRequest) -> dict[str, Any]:
    return {"actor": request.actor, "at": request.at}


def _typed(request: ActorRequest, name: str) -> str:
    return str(request.POST.get(name, ""))[:LONGEST]


def _id(request: ActorRequest) -> UUID:
    try:
        return UUID(request.POST.get("item", ""))
    except ValueError:
        return UUID(int=0)
