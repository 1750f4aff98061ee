"""A paper beside the declaration: what the machine read, what the officer decides, the true copy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from tinhso.base.refusals import Fault, Refusal
from tinhso.kernel.identity.public import ActorRequest
from tinhso.modules.onestop import access
from tinhso.modules.onestop.actions import copies
from tinhso.modules.onestop.actions.readings import open_dossier
from tinhso.modules.onestop.forms import CopyForm, FindingForm
from tinhso.modules.onestop.queries import compared as reads
from tinhso.web.words import own

KEPT = (401, 403, 404)


def compare(request: ActorRequest, file_id: UUID, code: str) -> HttpResponse:
    """Show a paper beside what was declared; keep what the officer found, or sign a true copy."""
    dossier = open_dossier(code, access.sees_as_office, actor=request.actor, at=request.at)
    file = reads.file_of(dossier, file_id)
    is_copy = "pin" in request.POST
    finding = FindingForm(request.POST if request.method == "POST" and not is_copy else None)
    copy = CopyForm(request.POST if is_copy else None)
    faults: list[Fault] = []
    form = copy if is_copy else finding
    if request.method == "POST" and form.is_valid():
        try:
            said = _do(request, code, file_id, is_copy, form.cleaned_data)
        except Refusal as no:
            if no.status in KEPT:
                raise
            faults = list(no.faults) or [Fault("", str(no))]
        else:
            messages.success(request, said)
            return redirect("onestop:compare", file_id, code)
    found = reads.compared(dossier, file)
    context = {
        "title": own(file, "component_name") or file.name,
        "dossier": dossier,
        "paper": found,
        "lines": [reads.line_shown(line) for line in found.lines],
        "outcome": reads.reading_said(found.outcome),
        "picture": _picture(found),
        "finding": finding,
        "copy": copy,
        "faults": faults,
        "may_decide": access.can_enter_answers(request.actor, dossier),
        "may_certify": access.can_certify(request.actor, dossier) and file.origin in copies.SCANNED and not found.copy,
    }
    return render(request, "onestop/compare.html", context)


def _do(request: ActorRequest, code: str, file_id: UUID, is_copy: bool, data: dict[str, Any]) -> str:
    who: dict[str, Any] = {"actor": request.actor, "at": request.at}
    if not is_copy:
        copies.settle_comparison(code, file_id, data["finding"], note=data["note"], **who)
        return gettext("Kept.")
    about = copies.AboutPaper(data["number"], data["issued_on"], data["issuer"], data["original_kept"])
    copies.certify_copy(code, file_id, about, pin=data["pin"], **who)
    return gettext("Signed as a true copy. The data store keeps it.")


def _picture(found: reads.Compared) -> str:
    """Return the address of the page that holds most of what was found, straightened; empty when there is none."""
    if not found.pages or found.outcome not in ("read", "part", "unclear"):
        return ""
    page = next((line.found.page for line in found.lines if line.found.page), 1)
    return reverse("documents:page", args=[found.file.document_id, page])
