"""Pages of the data store: one's own, an official's with a purpose, loading from the archives, papers saved."""

from __future__ import annotations

import tempfile
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import Fault, NotFound, Refusal
from tinhso.base.sheets import write_xlsx
from tinhso.kernel.identity.public import ActorRequest
from tinhso.kernel.organisation.public import agencies_by_code
from tinhso.modules.holdings import access
from tinhso.modules.holdings.actions import backload, checking, keeping, sending
from tinhso.modules.holdings.actions.reading import ADVICE, read_holdings
from tinhso.modules.holdings.forms import CheckForm, LookForm, RevokeForm, SendForm
from tinhso.modules.holdings.queries import batches as batch_reads
from tinhso.modules.holdings.queries import held, shown
from tinhso.modules.holdings.queries.rows import HEADINGS
from tinhso.web.words import own as in_own_words

PREVIEW = 50
KEPT = (401, 403, 404)


@never_cache
@require_GET
def own(request: ActorRequest) -> HttpResponse:
    """Show what the province holds of the reader."""
    require(access.can_see_own_holdings, request.actor)
    number = held.own_number(request.actor)
    page = held.page_of(number, after=request.GET.get("after", ""), on=civil_date(request.at))
    context = {"lines": [shown.card_of(line) for line in page.lines], "after": page.after}
    return render(request, "holdings/own.html", context)


@never_cache
@require_GET
def readers(request: ActorRequest) -> HttpResponse:
    """Show who was shown what is held of the reader, when and why."""
    require(access.can_see_own_holdings, request.actor)
    numbers = held.numbers_of(held.own_number(request.actor))
    lines, after = held.readings_of(numbers, after=request.GET.get("after", ""))
    return render(request, "holdings/readers.html", {"lines": lines, "after": after})


@never_cache
@require_http_methods(["GET", "POST"])
def look(request: ActorRequest) -> HttpResponse:
    """Ask whose data is read and for what; show it, and journal it."""
    require(access.can_read_holdings, request.actor)
    form = LookForm(request.POST or None, initial={"dossier": request.GET.get("ho-so", "")})
    context: dict[str, Any] = {"form": form}
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            page = read_holdings(
                data["number"],
                dossier=data["dossier"],
                purpose=ADVICE if data["advice"] else "",
                after=request.POST.get("after", ""),
                actor=request.actor,
                at=request.at,
            )
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error(None, str(no))
            status = HTTPStatus(no.status)
        else:
            lines = [shown.card_of(line, actor=request.actor) for line in page.lines]
            context |= {"lines": lines, "after": page.after, "asked": True}
    return render(request, "holdings/look.html", context, status=status)


@require_GET
def saved(request: ActorRequest) -> HttpResponse:
    """Show how many papers were not asked for again, by procedure and year."""
    return render(request, "holdings/saved.html", {"years": shown.saved_by_year(held.saved_papers())})


@never_cache
@require_http_methods(["GET", "POST"])
def batches(request: ActorRequest) -> HttpResponse:
    """List the back-loads of one's agencies; take a new one."""
    require(access.can_load, request.actor)
    on = civil_date(request.at)
    mine = agencies_by_code(request.actor.agencies_with(access.LOADERS), on)
    choices = [(code, in_own_words(agency, "name")) for code, agency in sorted(mine.items())]
    form = SendForm(request.POST or None, request.FILES or None, agencies=choices)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("holdings:batch", _send(request, form.cleaned_data).id)
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error(None, str(no))
    rows = [
        shown.batch_row(batch, in_own_words(mine[batch.agency_code], "name"))
        for batch in batch_reads.list_batches(request.actor)
        if batch.agency_code in mine
    ]
    return render(request, "holdings/batches.html", {"form": form, "rows": rows})


def _send(request: ActorRequest, data: dict[str, Any]) -> Any:
    sending.check_archive(data["archive"])
    batch = backload.begin_batch(
        data["sheet"].file,
        name=data["sheet"].name or "",
        agency_code=data["agency"],
        is_sent=True,
        state=batch_reads.DRAFT,
        actor=request.actor,
        at=request.at,
    )
    if batch.state == batch_reads.DRAFT:
        sending.keep_sent(batch.id, data["sheet"], data["archive"])
    return batch


@require_GET
def empty_sheet(request: ActorRequest) -> HttpResponseBase:
    """Give out the sheet to fill in."""
    require(access.can_load, request.actor)
    return _as_sheet("ket-qua-con-hieu-luc.xlsx", [HEADINGS])


@never_cache
@require_GET
def batch(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    """Show how far a back-load has come; before it begins, what its first rows say."""
    found = batch_reads.get_batch(batch_id, seen_by=request.actor)
    context: dict[str, Any] = {
        "batch": found,
        "row": shown.batch_row(found),
        "is_draft": found.state == batch_reads.DRAFT,
    }
    if found.state == batch_reads.DRAFT:
        try:
            with sending.sent_files(found.id) as (sheet, files):
                ahead = backload.look_ahead(found, sheet, files, most=PREVIEW, at=request.at)
            context["preview"] = shown.preview_of(ahead.good, ahead.broken, len(ahead.known))
        except Refusal as no:
            context["faults"] = [Fault("", str(no))]
    context["broken"] = shown.broken_rows(found)
    context["may_check"] = access.can_check_batch(request.actor, found)
    context["is_mine"] = request.actor.key == found.begun_by
    return render(request, "holdings/batch.html", context)


@require_POST
def confirm(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    """Begin to load what was looked through."""
    found = batch_reads.get_batch(batch_id, seen_by=request.actor)
    backload.confirm_batch(found.id, actor=request.actor, at=request.at)
    messages.success(request, gettext("It is being loaded. You may close this page and come back."))
    return redirect("holdings:batch", found.id)


@never_cache
@require_GET
def broken(request: ActorRequest, batch_id: UUID) -> HttpResponseBase:
    """Give back the rows that were not taken, each with what to do."""
    found = batch_reads.get_batch(batch_id, seen_by=request.actor)
    return _as_sheet(f"{found.name.rsplit('.', 1)[0]}-loi.xlsx", backload.broken_sheet(found))


@never_cache
@require_http_methods(["GET", "POST"])
def check(request: ActorRequest, batch_id: UUID) -> HttpResponse:
    """Look at the sample; put the back-load in force, or reject it."""
    found = batch_reads.get_batch(batch_id, seen_by=request.actor)
    form = CheckForm(request.POST or None)
    faults: list[Fault] = []
    if request.method == "POST" and form.is_valid():
        wrong = [name.removeprefix("w-") for name in request.POST if name.startswith("w-")]
        given: dict[str, Any] = {
            "wrong": wrong,
            "note": form.cleaned_data["note"],
            "actor": request.actor,
            "at": request.at,
        }
        try:
            if "reject" in request.POST:
                checking.reject_batch(found.id, **given)
            else:
                checking.put_in_force(found.id, **given)
        except Refusal as no:
            if no.status in KEPT:
                raise
            faults = list(no.faults) or [Fault("", str(no))]
        else:
            sending.forget_sent(found.id)
            return redirect("holdings:batch", found.id)
    rows = checking.open_sample(found.id, actor=request.actor, at=request.at)
    opened = batch_reads.opened_by(found, request.actor)
    wrong_before = {name.removeprefix("w-") for name in request.POST if name.startswith("w-")}
    context = {
        "batch": found,
        "form": form,
        "faults": faults,
        "rows": [shown.sample_row(row, wrong_before, opened) for row in rows],
        "opened": len(opened),
    }
    return render(request, "holdings/check.html", context)


@never_cache
@require_GET
def paper(request: ActorRequest, batch_id: UUID, holding_id: UUID) -> HttpResponse:
    """Open a paper of the sample; that it was opened is noted."""
    row = checking.open_paper(batch_id, holding_id, actor=request.actor, at=request.at)
    return redirect("documents:read", row.document_id)


@never_cache
@require_http_methods(["GET", "POST"])
def revoke(request: ActorRequest, holding_id: UUID) -> HttpResponse:
    """Revoke a result that one's agency issued."""
    found = held.get_holding(holding_id)
    if not access.can_revoke_result(request.actor, found.issuer_code) or not held.was_shown(request.actor, found):
        require(access.can_read_holdings, request.actor)
        raise NotFound
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keeping.revoke_result(found.id, reason=form.cleaned_data["reason"], actor=request.actor, at=request.at)
        except Refusal as no:
            if no.status in KEPT:
                raise
            form.add_error(None, str(no))
        else:
            messages.success(request, gettext("Revoked. It stands for no paper any more, and its holder sees it."))
            return redirect("holdings:look")
    return render(request, "holdings/revoke.html", {"held": found, "form": form})


def _as_sheet(name: str, rows: Any) -> HttpResponseBase:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it when it is sent
    write_xlsx(file, rows)
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind)
