"""Rehearsals of a draft: asked for, waited for, shown."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import NotFound, Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.designer import access
from tinhso.modules.designer.actions.rehearsals import ask_rehearsal
from tinhso.modules.designer.forms import RehearsalForm
from tinhso.modules.designer.queries import drafts as read
from tinhso.modules.designer.queries import rehearsing

YEAR = timedelta(days=365)


def rehearsals(request: ActorRequest, draft_id: UUID) -> HttpResponse:
    """Ask for a rehearsal, and list those that were."""
    require(access.can_read_drafts, request.actor)
    draft = read.get_draft(draft_id)
    today = civil_date(request.at)
    posts = rehearsing.posts_to_ask(draft.code, request.at - YEAR, request.at)
    initial = {"since": today - YEAR, "until": today, "absent_days": 3}
    form = RehearsalForm(posts, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = ask_rehearsal(
                draft_id, since=given["since"], until=given["until"], absent_days=given["absent_days"],
                staff=form.staff, actor=request.actor, at=request.at,
            )  # fmt: skip
        except Refusal as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, _("Asked for. The worker does it within a minute or two."))
            return redirect("designer:rehearsal", draft_id, made.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {
        "title": _("Rehearsal"),
        "draft": draft,
        "form": form,
        "posts": posts,
        "may": access.can_rehearse(request.actor),
        "rows": rehearsing.list_rehearsals(draft),
    }
    return render(request, "designer/rehearsals.html", context, status=status)


def rehearsal(request: ActorRequest, draft_id: UUID, rehearsal_id: UUID) -> HttpResponse:
    """Show what a rehearsal made of the cases, before and after."""
    require(access.can_read_drafts, request.actor)
    draft = read.get_draft(draft_id)
    found = rehearsing.get_rehearsal(draft, rehearsal_id)
    if found is None:
        raise NotFound
    context = {
        "title": _("Rehearsal"),
        "draft": draft,
        "rehearsal": found,
        "result": found.result,
        "is_old": found.result.get("file", "") not in ("", rehearsing.fingerprint(draft)),
    }
    if found.state == "done":
        rows = found.result["posts"]
        names = rehearsing.post_names(rows, civil_date(request.at))
        context |= {"posts": list(zip(names, rows, strict=True)), "chart": rehearsing.chart(found.result)}
    return render(request, "designer/rehearsal.html", context)
