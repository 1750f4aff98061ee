"""Documents that other modules lend, such as procedures: lists, one draft, its pages, what citizens will see, what changes."""

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
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.designer import access
from tinhso.modules.designer.actions import document_drafts as acts
from tinhso.modules.designer.forms import ApproveForm, ReturnForm, SeenForm, SendForm
from tinhso.modules.designer.forms.documents import NewDocumentForm, RowForm
from tinhso.modules.designer.queries import documents as read
from tinhso.modules.designer.views.drafts import KEPT, asked

PAGE = "designer:document_draft"


def home(request: ActorRequest, kind: str) -> HttpResponse:
    """List drafts of a kind on their way, those that are done, and what a draft can begin from."""
    require(access.can_read_drafts, request.actor)
    lent, text = read.lent_kind(kind), request.GET.get("q", "")[:100]
    context = {
        "title": lent.title,
        "kind": lent,
        "asked": text,
        "drafts": read.document_drafts(kind),
        "done": read.document_drafts(kind, is_open=False),
        "rows": lent.standing(text, civil_date(request.at)),
        "may_draft": access.can_draft(request.actor),
    }
    return render(request, "designer/documents.html", context)


@require_POST
def begin(request: ActorRequest, kind: str, code: str) -> HttpResponse:
    """Begin a draft from the last version."""
    return redirect(PAGE, acts.begin_document(kind, code, actor=request.actor, at=request.at).pk)


def new(request: ActorRequest, kind: str) -> HttpResponse:
    """Begin a document that there was not."""
    require(access.can_draft, request.actor)
    lent = read.lent_kind(kind)
    form = NewDocumentForm(request.POST if request.method == "POST" else None)

    def do() -> Any:
        return acts.begin_new_document(kind, **form.cleaned_data, actor=request.actor, at=request.at)

    return asked(request, form, str(lent.title), _("Begin"), do, back=reverse("designer:procedures"), page=PAGE)


def draft(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Show a draft: what is wrong with it, its blocks and lists."""
    require(access.can_read_drafts, request.actor)
    found, kind = read.get_document_draft(draft_id)
    document, faults = read.document_of(found), read.faults_of(found, civil_date(request.at))
    return render(
        request,
        "designer/document_draft.html",
        {
            "title": found.name,
            "draft": found,
            "kind": kind,
            "parts": kind.parts(document),
            "kept": kind.kept(document),
            "faults": faults,
            "errors": [fault for fault in faults if fault.is_error],
            "may_write": found.is_open and access.can_draft(request.actor),
            "send": SendForm(initial={"seen": found.version}),
        },
    )


def page(request: ActorRequest, draft_id: UUID, page: str) -> HttpResponse:
    """Ask what a block or a row asks, and keep the answers."""
    require(access.can_read_drafts, request.actor)
    found, kind = read.get_document_draft(draft_id)
    document = read.document_of(found)
    form = kind.form(document, page, request.POST or None)

    def do(seen: int) -> str:
        acts.save_page(found.pk, page, form.cleaned_data, seen=seen, actor=request.actor, at=request.at)
        return page

    parts = {part.pointer: str(part.title) for part in kind.parts(document)}
    above = page.rpartition("/")[0]
    listed = next((line.title for part in kind.parts(document) for line in part.lines if line.pointer == page), "")
    context = {
        "title": parts.get(page) or listed or parts.get(above) or found.name,
        "page": page,
        "is_row": page not in parts,
        "lists": kind.below(document, page),
        "faults_here": [each for each in read.faults_of(found, civil_date(request.at)) if each.page == page],
    }
    return _answer(request, found, form, do, context)


def add(request: ActorRequest, draft_id: UUID, page: str) -> HttpResponse:
    """Put a row into a list."""
    require(access.can_draft, request.actor)
    found, kind = read.get_document_draft(draft_id)
    form = kind.form(read.document_of(found), page, request.POST or None, is_new=True)

    def do(seen: int) -> str:
        return acts.put_in_row(found.pk, page, form.cleaned_data, seen=seen, actor=request.actor, at=request.at)[1]

    return _answer(request, found, form, do, {"title": _("A new row"), "page": page, "is_new": True})


def _answer(
    request: ActorRequest, found: Any, form: forms.Form, do: Callable[[int], str], context: dict[str, Any]
) -> HttpResponse:
    """Keep what was typed and go back to the draft; what is wrong is said where it was typed, and stays typed."""
    seen = SeenForm(request.POST or None, initial={"seen": found.version})
    if request.method == "POST" and form.is_valid() and seen.is_valid():
        try:
            place = do(seen.cleaned_data["seen"])
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Saved."))
            # a fee without an amount is no fee: its page asks for it
            is_more = context.get("is_new") and read.lent_kind(found.kind).below(read.document_of(found), place)
            return redirect("designer:document_page", found.pk, place) if is_more else _back(found.pk, place)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    may = found.is_open and access.can_draft(request.actor)
    context |= {
        "draft": found,
        "form": form,
        "seen": seen["seen"],
        "may": may,
        "back": _above(found.pk, context["page"]),
    }
    return render(request, "designer/document_page.html", context, status=status)


def _above(draft_id: UUID, page: str) -> str:
    """Return the page above: of a row inside of a row that row's, else the draft's."""
    above = page.rstrip("0123456789").rstrip("/")
    row = above.rpartition("/")[0]
    if row[-1:].isdecimal():
        return reverse("designer:document_page", args=[draft_id, row])
    return f"{reverse(PAGE, args=[draft_id])}#{above.replace('/', '-')}"


def _back(draft_id: UUID, page: str) -> HttpResponse:
    return redirect(_above(draft_id, page))


def _act_on_row(request: ActorRequest, draft_id: UUID, do: Callable[[str, int, int], Any], said: str) -> HttpResponse:
    """Do something with a row that a button names, say it, go back to where it stood."""
    require(access.can_draft, request.actor)
    form = RowForm(request.POST)
    if not form.is_valid():
        raise NotFound
    given = form.cleaned_data
    try:
        do(given["page"], given["seen"], given["by"] or 0)
    except Refusal as no:
        if no.status in (*KEPT, HTTPStatus.FORBIDDEN):
            raise
        messages.error(request, str(no))
    else:
        messages.success(request, said)
    return _back(draft_id, given["page"])


@require_POST
def remove(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Take a row out."""

    def do(page: str, seen: int, _by: int) -> Any:
        return acts.take_out_row(draft_id, page, seen=seen, actor=request.actor, at=request.at)

    return _act_on_row(request, draft_id, do, _("Taken out."))


@require_POST
def move(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Move a row among its neighbours."""

    def do(page: str, seen: int, by: int) -> Any:
        return acts.shift_row(draft_id, page, by, seen=seen, actor=request.actor, at=request.at)

    return _act_on_row(request, draft_id, do, _("Moved."))


@require_POST
def fill(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Write what is known elsewhere into a list."""

    def do(page: str, seen: int, _by: int) -> Any:
        return acts.fill_list(draft_id, page, seen=seen, actor=request.actor, at=request.at)

    return _act_on_row(request, draft_id, do, _("Written in, to be changed here."))


def preview(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Show the page that citizens will see."""
    require(access.can_read_drafts, request.actor)
    found, kind = read.get_document_draft(draft_id)
    try:
        template, context = kind.preview(found.code, read.document_of(found), civil_date(request.at))
    except (KeyError, ValueError, TypeError, AttributeError):
        # half-written: the page of the draft says what is missing
        messages.error(request, _("It cannot be shown before the faults are mended."))
        return redirect(PAGE, found.pk)
    return render(request, template, {**context, "draft_back": reverse(PAGE, args=[found.pk])})


def file(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Give a draft as the file of a pack."""
    require(access.can_read_drafts, request.actor)
    found, kind = read.get_document_draft(draft_id)
    response = HttpResponse(kind.file(read.document_of(found)), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind.file_name.format(code=found.code)}"'
    return response


def difference(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Say in sentences what changes, and let a legal officer decide."""
    require(access.can_read_drafts, request.actor)
    found, kind = read.get_document_draft(draft_id)
    first = kind.earliest(civil_date(request.at))
    context = {
        "title": _("What changes"),
        "draft": found,
        "about": kind.about,
        "back": reverse(PAGE, args=[found.pk]),
        "changes": read.differences(found),
        "may_decide": found.state == "sent" and access.can_decide_this(request.actor, found),
        "approve": ApproveForm(initial={"seen": found.version, "effective_on": first}),
        "give_back": ReturnForm(initial={"seen": found.version}),
    }
    return render(request, "designer/difference.html", context)
