"""The journal: search, one entry, the roots, whether everything still holds."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from tinhso.base.acts import require
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.journal.public import latest_root, roots, verify_and_stamp
from tinhso.modules.administration import access
from tinhso.modules.administration.forms import JournalForm
from tinhso.modules.administration.queries import records as read
from tinhso.modules.administration.views.parts import more

ROOTS_SHOWN = 10
LARGE = 200_000
"""From so many entries on the whole log is verified on the command line: a page would wait too long."""


def journal(request: ActorRequest) -> HttpResponse:
    """Search the journal by subject, actor, event and day, newest first."""
    require(access.can_read_province, request.actor)
    form = JournalForm(request.GET)
    lines: list[read.Line] = []
    after = ""
    if form.is_valid():
        lines, after = read.search_lines(_question(form), seen_by=request.actor, before=_uuid(request.GET.get("sau")))
    kept = {name: request.GET.get(name, "") for name in form.fields}
    return render(
        request,
        "administration/journal.html",
        {"title": gettext("Journal"), "form": form, "lines": lines, "next": more(kept, after)},
    )


def _question(form: JournalForm) -> read.Question:
    data = form.cleaned_data
    return read.Question(data["loai"], data["ma"], data["ai"], data["viec"], data["tu"], data["den"])


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def entry(request: ActorRequest, entry_id: UUID) -> HttpResponse:
    """Show one entry whole, with the proof that it stands in the log."""
    require(access.can_read_province, request.actor)
    view = read.view_entry(entry_id)
    return render(request, "administration/entry.html", {"title": view.line.title, "view": view})


def log(request: ActorRequest) -> HttpResponse:
    """Show the newest roots; verify the whole log when asked."""
    require(access.can_read_province, request.actor)
    newest = latest_root()
    is_large = newest is not None and newest.size > LARGE
    report = verify_and_stamp(request.at) if request.method == "POST" and not is_large else None
    rows = [{"root": root, "hash": bytes(root.hash).hex()} for root in roots(limit=ROOTS_SHOWN)]
    return render(
        request,
        "administration/log.html",
        {
            "title": gettext("Proof of the journal"),
            "newest": newest,
            "rows": rows,
            "report": report,
            "is_large": is_large,
        },
    )
