"""Bank statements: import, what differs from the books, what was done about it (S-07)."""

from __future__ import annotations

import csv
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from tinhso.base.acts import require
from tinhso.base.clock import civil_date
from tinhso.base.refusals import BadInput, Fault, NotFound, Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import differences, statements
from tinhso.modules.onestop.queries import accounts
from tinhso.modules.onestop.queries.statements import overview
from tinhso.modules.onestop.queries.statements.lines import MOST_BYTES, WHY


def listing(request: ActorRequest) -> HttpResponse:
    """List the statements of the actor's accounts, and take another."""
    require(access.keeps_accounts, request.actor)
    mine = accounts.accounts_of(request.actor, civil_date(request.at))
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            return _import(request, [account.agency for account in mine])
        except BadInput as no:
            faults = [Fault("/file", str(no) if not no.faults else no.faults[0].text)]
        except statements.StatementKnown as no:
            faults = [Fault("/file", str(no))]
    after = request.GET.get("sau", "")[:200]
    page = overview.statements_of(request.actor, after=after)
    return render(
        request,
        "onestop/statements.html",
        {
            "title": gettext("Bank statements"),
            "accounts": [(account.agency, f"{account.number} · {account.bank}") for account in mine],
            "rows": page.rows,
            "next": f"?sau={page.after}" if page.after else "",
            "first": request.path if after else "",
            "faults": faults,
        },
        status=422 if faults else 200,
    )


def _import(request: ActorRequest, mine: list[str]) -> HttpResponse:
    agency, sent = request.POST.get("agency", ""), request.FILES.get("file")
    if agency not in mine:
        raise BadInput(faults=[Fault("/agency", gettext("Choose an account."), "agency")])
    if sent is None:
        raise BadInput(faults=[Fault("/file", gettext("Choose the file of the bank."), "file")])
    data = sent.read(MOST_BYTES + 1)
    made = statements.import_statement(data, sent.name or "", agency, actor=request.actor, at=request.at)
    messages.success(request, gettext("The statement is in. What differs is listed below."))
    return redirect("onestop:statement", made.id)


def statement(request: ActorRequest, statement_id: UUID) -> HttpResponse:
    """Show a statement: how many lines agree, and one by one what differs."""
    found = overview.get_statement(statement_id, seen_by=request.actor)
    wanted = request.GET.get("loai", "")[:20]
    page = overview.differences_of(found, wanted, after=request.GET.get("sau", "")[:200])
    return render(
        request,
        "onestop/statement.html",
        {
            "title": found.name or gettext("Bank statement"),
            "statement": found,
            "counts": overview.counts_of(found),
            "wanted": wanted,
            "rows": page.rows,
            "next": f"?loai={wanted}&sau={page.after}" if page.after else "",
            "missing": overview.missing_of(found),
            "unread": [(number, WHY.get(why, why)) for number, why in found.faults],
        },
    )


def faults(request: ActorRequest, statement_id: UUID) -> HttpResponse:
    """Give back the lines that could not be read, with their numbers, as a spreadsheet."""
    found = overview.get_statement(statement_id, seen_by=request.actor)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="loi.csv"'
    lines = csv.writer(response)
    lines.writerow([gettext("Line"), gettext("What is wrong")])
    lines.writerows([number, str(WHY.get(why, why))] for number, why in found.faults)
    return response


def resolve(request: ActorRequest, line_id: UUID) -> HttpResponse:
    """Resolve a difference: attach, give back, explain."""
    line = overview.get_line(line_id, seen_by=request.actor)
    faults: list[Fault] = []
    if request.method == "POST":
        given = {"reason": request.POST.get("reason", ""), "dossier_code": request.POST.get("dossier", "")[:60]}
        try:
            differences.resolve_line(line_id, request.POST.get("how", ""), **given, actor=request.actor, at=request.at)
        except BadInput as no:
            faults = list(no.faults)
        except Refusal as no:
            if no.status in (401, 403):
                raise
            faults = [Fault("/dossier" if isinstance(no, NotFound) else "", str(no))]
        else:
            messages.success(request, gettext("Resolved."))
            return redirect("onestop:statement", line.statement_id)
    return render(
        request,
        "onestop/resolve_line.html",
        {
            "title": gettext("A difference"),
            "line": line,
            "ways": overview.ways_of(line),
            "may_attach": overview.may_attach(line),
            "how": request.POST.get("how", ""),
            "reason": request.POST.get("reason", ""),
            "dossier": request.POST.get(
                "dossier", line.proposed[0] if line.proposed and len(line.proposed) == 1 else ""
            ),
            "proposed": overview.proposed_for(line),
            "is_open": line.waits,
            "faults": faults,
        },
        status=422 if faults else 200,
    )


def explain(request: ActorRequest, payment_id: UUID) -> HttpResponse:
    """Explain a transfer that the bank does not know."""
    missing = overview.get_missing(payment_id, seen_by=request.actor)
    faults: list[Fault] = []
    if request.method == "POST":
        try:
            differences.explain_missing(
                payment_id, reason=request.POST.get("reason", ""), actor=request.actor, at=request.at
            )
        except BadInput as no:
            faults = list(no.faults)
        except differences.AlreadyResolved as no:
            messages.error(request, str(no))
            return redirect("onestop:statement", missing.statement_id)
        else:
            messages.success(request, gettext("Resolved."))
            return redirect("onestop:statement", missing.statement_id)
    context = {"title": gettext("Not at the bank"), "missing": missing, "faults": faults}
    return render(request, "onestop/explain_missing.html", context, status=422 if faults else 200)
