"""Lists, one draft with its canvas and its table, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tinhso.base.acts import require
from tinhso.base.refusals import Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.designer import access
from tinhso.modules.designer.actions import decisions, drafts
from tinhso.modules.designer.forms import (
    ApproveForm,
    DrawingForm,
    FileForm,
    NewForm,
    PropertiesForm,
    ReturnForm,
    SendForm,
    StepForm,
)
from tinhso.modules.designer.queries import drafts as read

PAGES = {str(read.DraftKind.FLOW): "", str(read.DraftKind.FORM): "form_"}
"""How the addresses of a kind begin; what other modules lend has pages of its own."""
KEPT = (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)


def home(request: ActorRequest) -> HttpResponse:
    """List drafts on their way, those that are done, and the flows in effect."""
    require(access.can_read_drafts, request.actor)
    context = {
        "title": _("Design of flows"),
        "drafts": read.list_drafts(),
        "done": read.list_drafts(is_open=False),
        "flows": read.published_flows(),
        "may_draft": access.can_draft(request.actor),
    }
    return render(request, "designer/home.html", context)


@require_POST
def begin(request: ActorRequest, code: str) -> HttpResponse:
    """Begin a draft from the version in effect."""
    draft = drafts.begin_draft(code, actor=request.actor, at=request.at)
    return redirect("designer:draft", draft.pk)


def new(request: ActorRequest) -> HttpResponse:
    """Begin a flow that there was not."""
    require(access.can_draft, request.actor)
    form = NewForm(request.POST if request.method == "POST" else None)
    return asked(
        request, form, _("A new flow"), _("Begin"),
        lambda: drafts.begin_empty(**form.cleaned_data, actor=request.actor, at=request.at),
    )  # fmt: skip


def upload(request: ActorRequest) -> HttpResponse:
    """Begin a draft from a BPMN file."""
    require(access.can_draft, request.actor)
    posted = request.method == "POST"
    form = FileForm(request.POST if posted else None, request.FILES if posted else None)
    return asked(
        request, form, _("A draft from a file"), _("Upload"),
        lambda: drafts.begin_from_file(form.cleaned_data["file"], actor=request.actor, at=request.at),
    )  # fmt: skip


def asked(
    request: ActorRequest,
    form: forms.Form,
    title: str,
    button: str,
    do: Callable[[], Any],
    *,
    home: str = "designer:home",
    back: str = "",
    page: str = "designer:draft",
) -> HttpResponse:
    """Ask, begin a draft, show it; a refusal is said where it was asked."""
    if request.method == "POST" and form.is_valid():
        try:
            made = do()
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error(None, str(no))
        else:
            return redirect(page, made.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"title": title, "form": form, "button": button, "back": back or reverse(home)}
    return render(request, "designer/form.html", context, status=status)


def draft(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Show a draft: the canvas, its steps as a table, what is proved of it."""
    require(access.can_read_drafts, request.actor)
    found = read.get_draft(draft_id)
    view = read.view_draft(found, request.at)
    may_write = found.is_open and access.can_draft(request.actor)
    return render(
        request,
        "designer/draft.html",
        {
            "title": found.name,
            "view": view,
            "draft": found,
            "proof": view.proof,
            "faults": [{"fault": fault, "path": view.proof.path_of(fault)} for fault in view.proof.faults],
            "may_write": may_write,
            "may_decide": found.state == "sent" and access.can_decide_this(request.actor, found),
            "send": SendForm(initial={"seen": found.version}),
        },
    )


def file(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Give the BPMN file of a draft, with a drawing."""
    require(access.can_read_drafts, request.actor)
    found = read.get_draft(draft_id)
    response = HttpResponse(read.drawn(found), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{found.code}-draft.bpmn"'
    return response


@require_POST
def save(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Keep what was drawn on the canvas."""
    require(access.can_draft, request.actor)
    form = DrawingForm(request.POST)

    def do() -> Any:
        given = form.cleaned_data
        return drafts.save_drawing(
            draft_id, given["xml"].encode(), seen=given["seen"], actor=request.actor, at=request.at
        )

    return pressed(request, draft_id, form, do, _("Saved."))


def element(request: ActorRequest, draft_id: UUID, element_id: str) -> HttpResponse:
    """Ask what is said of one element, and keep it."""
    require(access.can_read_drafts, request.actor)
    found = read.get_draft(draft_id)
    known = read.properties(found, element_id)
    initial = {name: getattr(known, name) for name in PropertiesForm(known.kind).fields if name != "seen"}
    form = PropertiesForm(known.kind, request.POST or None, initial={**initial, "seen": found.version})

    def do() -> Any:
        return drafts.change_properties(
            draft_id, element_id, form.values, seen=form.cleaned_data["seen"], actor=request.actor, at=request.at
        )

    title = known.name or element_id
    return _about(request, draft_id, form, do, title, may=found.is_open and access.can_draft(request.actor), step=known)


def add(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Put a step in."""
    require(access.can_draft, request.actor)
    found = read.get_draft(draft_id)
    view = read.view_draft(found, request.at)
    places = [
        (step.properties.id, step.properties.name or step.properties.id)
        for step in view.steps
        if step.properties.kind != "endEvent"
    ]
    if view.proof.graph:
        starts = [node for group in view.proof.graph.starts.values() for node in group if not node.scope]
        places = [(node.id, node.name or _("the beginning")) for node in starts] + places
    else:
        places = [("begin", _("the beginning")), *places]
    form = StepForm(places, request.POST or None, initial={"seen": found.version, "after": request.GET.get("sau", "")})

    def do() -> Any:
        given = form.cleaned_data
        return drafts.put_in_step(
            draft_id, given["after"], form.values, seen=given["seen"], actor=request.actor, at=request.at
        )

    return _about(request, draft_id, form, do, _("A new step"), may=found.is_open)


def _about(
    request: ActorRequest,
    draft_id: UUID,
    form: forms.Form,
    do: Callable[[], Any],
    title: str,
    *,
    may: bool,
    step: Any = None,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            do()
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            return redirect("designer:draft", draft_id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"title": title, "form": form, "draft_id": draft_id, "may": may, "step": step}
    return render(request, "designer/element.html", context, status=status)


@require_POST
def remove(request: ActorRequest, draft_id: UUID, element_id: str) -> HttpResponse:
    """Take a step out."""
    require(access.can_draft, request.actor)
    form = SendForm(request.POST)
    form.fields.pop("note")

    def do() -> Any:
        seen = form.cleaned_data["seen"]
        return drafts.take_out_step(draft_id, element_id, seen=seen, actor=request.actor, at=request.at)

    return pressed(request, draft_id, form, do, _("The step is gone."))


def _page(draft_id: UUID, name: str = "draft") -> str:
    """Return the page of a draft of any kind."""
    return f"designer:{PAGES.get(read.kind_of(draft_id), 'document_')}{name}"


@require_POST
def send(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Send a draft for approval."""
    require(access.can_draft, request.actor)
    form = SendForm(request.POST)

    def do() -> Any:
        given = form.cleaned_data
        return drafts.send_draft(draft_id, given["note"], seen=given["seen"], actor=request.actor, at=request.at)

    return pressed(request, draft_id, form, do, _("Sent. A legal officer decides now."), back=_page(draft_id))


@require_POST
def drop(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Drop a draft."""
    require(access.can_draft, request.actor)
    return pressed(
        request, draft_id, None,
        lambda: drafts.drop_draft(draft_id, actor=request.actor, at=request.at), _("Dropped."),
        back=_page(draft_id),
    )  # fmt: skip


def difference(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Say in sentences what changes, and let a legal officer decide."""
    require(access.can_read_drafts, request.actor)
    found = read.get_draft(draft_id)
    changes: list[Any] = []
    problem = ""
    try:
        changes = read.differences(found)
    except Refusal as no:
        problem = str(no)
    context = {
        "title": _("What changes"),
        "draft": found,
        "back": reverse("designer:draft", args=[found.pk]),
        "changes": changes,
        "problem": problem,
        "running": read.running_on(found.code),
        "may_decide": found.state == "sent" and access.can_decide_this(request.actor, found),
        "approve": ApproveForm(initial={"seen": found.version}),
        "give_back": ReturnForm(initial={"seen": found.version}),
    }
    return render(request, "designer/difference.html", context)


@require_POST
def approve(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Approve a draft from a day on."""
    require(access.can_decide, request.actor)
    form = ApproveForm(request.POST)

    def do() -> Any:
        given = form.cleaned_data
        return decisions.approve_draft(
            draft_id, given["effective_on"], seen=given["seen"], at_once=given["at_once"],
            actor=request.actor, at=request.at,
        )  # fmt: skip

    return pressed(request, draft_id, form, do, _("Approved."), back=_page(draft_id, "difference"))


@require_POST
def give_back(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Send a draft back with words."""
    require(access.can_decide, request.actor)
    form = ReturnForm(request.POST)

    def do() -> Any:
        given = form.cleaned_data
        return decisions.return_draft(draft_id, given["words"], seen=given["seen"], actor=request.actor, at=request.at)

    return pressed(request, draft_id, form, do, _("Sent back to its authors."), back=_page(draft_id, "difference"))


def pressed(
    request: ActorRequest,
    draft_id: UUID,
    form: forms.Form | None,
    do: Callable[[], Any],
    said: str,
    *,
    back: str = "designer:draft",
) -> HttpResponse:
    """Do an act, say it, go back; a refusal is said there."""
    if form is not None and not form.is_valid():
        messages.error(request, " ".join(str(text) for errors in form.errors.values() for text in errors))
        return redirect(back, draft_id)
    try:
        do()
    except Refusal as no:
        if no.status in (*KEPT, HTTPStatus.FORBIDDEN):
            raise
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return redirect(back, draft_id)
